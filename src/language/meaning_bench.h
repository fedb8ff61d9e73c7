#pragma once
/// Inside `meaning`: the bench on which one model is checked. The check is a sequence of steps, one
/// file each; every step reads what earlier ones laid out here and adds its part of
/// `Model::Checked`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "language/files.h"
#include "language/meaning.h"

namespace melian {

/// Mistakes with their places, so that they can be told in order. One mistake a place: a word that
/// is wrong is not wrong twice.
class Mistakes {
 public:
  /// What may be added to a mistake while it is told; nothing where it was told before.
  class Told {
   public:
    Told(const Sources& sources, Diagnostic* told) : sources_(sources), told_(told) {}
    /// The name that the mistake is about, without its index.
    Told& about(std::string_view name);
    /// Another place, with what stands there.
    Told& see(const ast::Span& span, std::string message);

   private:
    const Sources& sources_;
    Diagnostic* told_;
  };

  explicit Mistakes(const Sources& sources) : sources_(sources) {}
  Told error(const ast::Span& span, std::string code, std::string message, std::string hint = {},
             std::string expected = {});
  void warning(const ast::Span& span, std::string code, std::string message, std::string hint = {});
  /// Whether `what` (an unknown name, say) is met for the first time: later mentions are not
  /// mistakes of their own.
  [[nodiscard]] bool first(const std::string& what) { return met_.insert(what).second; }
  /// "did you mean `x`?", or "".
  [[nodiscard]] std::string nearest(std::string_view word,
                                    const std::vector<std::string>& candidates) const;
  [[nodiscard]] bool any_errors() const { return num_errors_ > 0; }
  /// So many mistakes that nobody reads hints; looking for near words would take long.
  [[nodiscard]] bool no_more_hints() const { return num_errors_ > 200; }
  /// Errors, or warnings where there are none, in order of file and place.
  [[nodiscard]] Diagnostics take_errors();
  [[nodiscard]] Diagnostics take_warnings();

 private:
  struct Entry {
    ast::Span span;
    Diagnostic diagnostic;
  };
  [[nodiscard]] Diagnostics take(Severity severity);
  const Sources& sources_;
  std::vector<Entry> entries_;
  std::map<std::pair<int, int>, int> places_;  ///< (file, begin) of errors
  std::unordered_set<std::string> met_;
  std::size_t num_errors_ = 0;
};

/// What an expression is.
enum class Kind : std::uint8_t { unknown, number, truth, parameter_word, variable_word, player };

/// What a name of the shared space names.
enum class Sort : std::uint8_t { player, parameter, let, variable };
struct Symbol {
  Sort sort = Sort::player;
  int index = -1;
  ast::Span span;
  int layer = 0;
};

/// The first of the words with this text. Requires: there is one.
[[nodiscard]] const ast::Word& first_of(const std::vector<ast::Word>& words,
                                        const std::string& text);

/// A list of words as text, for what was expected; "" where it is too long to help.
[[nodiscard]] std::string list_of(const std::vector<std::string>& words);

/// A set of small numbers.
class Bits {
 public:
  void add(int i);
  [[nodiscard]] bool has(int i) const;
  void unite(const Bits& other);
  void intersect(const Bits& other);
  /// Calls visit(i) for every member, smallest first.
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t w = 0; w < words_.size(); ++w)
      for (std::uint64_t rest = words_[w]; rest != 0; rest &= rest - 1)
        visit(static_cast<int>(64 * w) + __builtin_ctzll(rest));
  }

 private:
  std::vector<std::uint64_t> words_;
};

/// A set of players.
using PlayerMask = std::uint32_t;
constexpr int most_players = 32;
[[nodiscard]] inline PlayerMask mask_of(int player) {
  return PlayerMask{1} << static_cast<unsigned>(player);
}

/// A declaration, the item it stands in, and which file's share of the model it belongs to.
template <class T>
struct Declared {
  const T* what = nullptr;
  const ast::Item* item = nullptr;
  int layer = 0;
};

/// What may be known of a let, whatever the numbers.
struct LetFacts {
  Kind kind = Kind::unknown;
  PlayerMask types = 0;  ///< players whose true type it reads
  Bits variables;        ///< states, choices, offers and chance moves it reads
  int height = 1;        ///< of its expression, lets expanded
  double size = 1;       ///< operations, lets expanded
  int factorises = -1;   ///< whether it is a product of one factor per player; -1: not asked yet
  bool used = false;
};

struct Bench {
  explicit Bench(ReadFiles files) : read(std::move(files)), mistakes(read.sources) {}

  ReadFiles read;
  Mistakes mistakes;
  Model::Checked model;
  Settings set_for_parts;  ///< instead of defaults where numbers of parts are counted

  // Declarations of all layers, in order (gather).
  std::vector<Declared<ast::PlayerDeclaration>> players;
  std::vector<Declared<ast::Prior>> priors;
  std::vector<Declared<ast::Believes>> believes;
  std::vector<Declared<ast::Parameter>> parameters;
  std::vector<Declared<ast::Set>> sets;
  std::vector<Declared<ast::Let>> lets;
  std::vector<Declared<ast::State>> states;
  std::vector<Declared<ast::Phase>> phases;
  std::vector<Declared<ast::At>> ats;
  std::optional<Declared<ast::Horizon>> horizon;

  // Names (declare).
  std::unordered_map<std::string, Symbol> symbols;
  std::unordered_map<std::string, int> phase_names, outcome_names, tally_names;
  std::unordered_map<std::string, ast::Span> places;
  std::unordered_map<std::string, std::vector<const ast::At*>> fillings;
  std::vector<std::unordered_map<std::string, int>> type_names, parameter_words, variable_words;
  std::vector<bool> numeric_types;  ///< per player
  std::vector<PlayerMask>
      joint_group;  ///< per player: those its type has a joint prior with, itself included
  std::vector<LetFacts> let_facts;
  std::vector<int> parameter_declared;  ///< per CheckedParameter: into `parameters`; -1: made here
  Bits parameters_used, shaping_lets, used_lets;
  PlayerMask types_used = 0;

  [[nodiscard]] const Symbol* find(const std::string& name) const;
  [[nodiscard]] std::optional<int> find_player(const std::string& name) const;
  /// The player of this name, or an error at `span` (once a name).
  [[nodiscard]] std::optional<int> need_player(const std::string& name, const ast::Span& span);
  [[nodiscard]] std::vector<std::string> names_of(std::initializer_list<Sort> sorts) const;
  [[nodiscard]] std::string player_name(int player) const {
    return model.players[static_cast<std::size_t>(player)].name;
  }
  [[nodiscard]] std::string players_in(PlayerMask mask) const;
};

// ---- the steps, in order
// -----------------------------------------------------------------------------------------

/// Merges the layers: collects declarations, replaces lets, keeps what fills places (M0203, M0309,
/// M06..).
void gather(Bench& bench);
/// Enters every name of the shared space and of the others; players, parameters and variables exist
/// from here on.
void declare(Bench& bench);
/// Contents of parameters, where they make sense, and what the files `set`.
void give_contents(Bench& bench);
/// Lets, each after those it reads; cycles.
void resolve_lets(Bench& bench);
/// Numeric parts, priors and beliefs; parameters of role prior and belief.
void resolve_beliefs(Bench& bench);
/// Ranges and starts of states, the horizon, the phases with what fills their places.
void resolve_play(Bench& bench);
/// Follows play through the phases: choices read before they are made, statements and phases never
/// reached.
void follow_play(Bench& bench);
/// What is declared and never used; the lists of parameters and labels.
void list_contents(Bench& bench);

/// Of the errors of a model that is not complete (files or parts of texts are missing), leaves
/// those that do not rest on what is missing. `told` are the mistakes that made it so: on their
/// lines nothing more is said.
void keep_what_stands(const Sources& sources, bool every_file_read, const Diagnostics& told,
                      Diagnostics& errors);

// ---- expressions
// ---------------------------------------------------------------------------------------------------

struct Resolved {
  Kind kind = Kind::unknown;
  TermPtr term;    ///< of a number or truth
  int index = -1;  ///< of a player, switch parameter or word variable
  struct Fixed {
    int player, type;
  };
  std::vector<Fixed> fixed;  ///< of a switch parameter by type: `mode[D].tough`
};

/// What an expression may read where it stands.
struct MayRead {
  PlayerMask types = ~PlayerMask{0};
  bool variables = true;       ///< states and this round's choices
  const char* where = "here";  ///< "the range of an offer", for the mistake
  const char* hint = "";       ///< what helps, for the mistake
};

/// How large an expression is with its lets expanded.
struct Extent {
  int height = 1;
  double size = 1;
};
[[nodiscard]] Extent extent_with_lets(const Bench& bench, const Term& term);
/// Whether later stages can go through it by recursion; an error where not.
bool check_extent(Bench& bench, const Extent& extent, const ast::Span& span);

[[nodiscard]] TermPtr make_term(Term::Op op, std::vector<TermPtr> args, const ast::Span& span,
                                int index = -1, int content = -1);
[[nodiscard]] TermPtr make_number(double number, const ast::Span& span);
/// A number or a condition; other kinds are mistakes. Never null: a mistake reads as the number 0.
[[nodiscard]] TermPtr resolve_number(Bench& bench, const ast::ExpressionPtr& expression,
                                     const MayRead& may = {});
[[nodiscard]] TermPtr resolve_condition(Bench& bench, const ast::ExpressionPtr& expression,
                                        const MayRead& may = {});
[[nodiscard]] Resolved resolve(Bench& bench, const ast::Expression& expression);
/// A word of what is named: an option, outcome, word of a state or switch; -1 and an error where
/// there is none.
[[nodiscard]] int need_word(Bench& bench, const std::unordered_map<std::string, int>& words,
                            const std::vector<std::string>& listed, const std::string& owner,
                            const std::string& word, const ast::Span& span);
/// The path's only word where it is one (`accept`), else null.
[[nodiscard]] const std::string* bare_word(const ast::Expression& expression);
/// Whether words stand right of `is` when this stands left: a player, a switch, or a variable with
/// words.
[[nodiscard]] bool names_words(const Bench& bench, const ast::Expression& expression);
[[nodiscard]] CheckedRange resolve_range(Bench& bench, const ast::Range& range, const char* where);

// ---- what expressions read
// -------------------------------------------------------------------------------------------

[[nodiscard]] PlayerMask types_read(const Bench& bench, const Term& term);
void add_variables_read(const Bench& bench, const Term& term, Bits& variables);
/// A product of factors that read the type of one player each (or of one group with a joint prior)?
[[nodiscard]] bool factorises(Bench& bench, const Term& term);
[[nodiscard]] bool within_one_group(const Bench& bench, PlayerMask types);
/// Marks parameters this reads as used, through lets; and as shaping the game.
void mark_used(Bench& bench, const Term& term);
void mark_shaping(Bench& bench, const Term& term);
/// The number this is at the parameters' defaults (only if `defaults`); nothing where it reads
/// anything that plays.
[[nodiscard]] std::optional<double> constant(const Bench& bench, const Term& term, bool defaults);
/// Whether a condition is false for this type of the player, whatever all else may be.
[[nodiscard]] bool never_true(const Bench& bench, const Term& term, int player, int type);

/// Chance odds that would make beliefs about different players depend on each other; perceived odds
/// out of place.
void check_chance(Bench& bench, const CheckedChance& chance, const ast::Chance& written);

}  // namespace melian
