#pragma once
/// What readers of Gambit's two formats share: one token ahead, all mistakes told at once, numbers,
/// and a header that both begin with.

#include <string>
#include <string_view>
#include <vector>

#include "melian/tree.h"
#include "tree/efg_lex.h"

namespace melian::tree {

inline constexpr const char* syntax_code = "M0931";
inline constexpr const char* end_code = "M0932";
inline constexpr const char* payoffs_code = "M0933";
inline constexpr const char* number_code = "M0934";
inline constexpr const char* odds_code = "M0935";
inline constexpr const char* set_code = "M0936";
inline constexpr const char* player_code = "M0937";
inline constexpr const char* outcome_code = "M0938";

inline constexpr std::size_t most_bytes = std::size_t{256} << 20;
inline constexpr std::size_t most_nodes = 20'000'000;

class GambitReader {
 protected:
  GambitReader(std::string_view text, const std::string& file) : lexer_(text, file) {
    token_ = lexer_.next();
  }

  void advance() {
    if (!stopped_) token_ = lexer_.next();
  }
  void tell(const EfgToken& token, const char* code, std::string message, std::string expected = {},
            std::string hint = {});
  /// Nothing more is read or told: every loop over tokens finds the end.
  void give_up();
  void stop(const char* code, std::string message, std::string expected, std::string hint = {});
  void stop_here(const std::string& expected);
  EfgToken take(EfgKind kind, const std::string& expected);
  double take_number(const std::string& what);
  /// A number that names something: 0, 1, 2, ...
  int take_index(const std::string& what);

  /// `EFG 2 R "title" { "player" ... }`, into the form.
  void read_header(const std::string& magic, const std::string& version, const std::string& what);
  /// A payoff for each player, in braces; as many as there are players, whatever the file has.
  std::vector<double> read_payoffs();
  /// The same after what precedes them in the brace that began at `brace`.
  std::vector<double> read_payoffs_after(const EfgToken& brace);

  EfgLexer lexer_;
  EfgToken token_;
  ExtensiveForm form_;
  Diagnostics told_;
  bool stopped_ = false;
};

/// A text in quotes as Gambit writes it.
[[nodiscard]] std::string quoted(const std::string& text);

}  // namespace melian::tree
