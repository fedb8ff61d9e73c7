/// From `.nfg`, payoff or outcome version, to an extensive form: the players choose one after the
/// other, none seeing what the others chose. The file lists strategy profiles with the first
/// player's strategy fastest; the tree has the last player's fastest.

#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/gambit_read.h"

namespace melian {
namespace {

using namespace tree;

class Reader : private GambitReader {
 public:
  Reader(std::string_view text, const std::string& file) : GambitReader(text, file) {}

  Result<ExtensiveForm> read() {
    read_header("NFG", "1", "strategic form");
    read_strategies();
    if (token_.kind == EfgKind::text) form_.comment = take(EfgKind::text, "a comment").content;
    count_profiles();
    if (token_.kind == EfgKind::open)
      read_outcomes();
    else
      read_profile_payoffs();
    if (token_.kind != EfgKind::end)
      stop(end_code,
           fmt::format("all {} strategy profiles have been given, but {} follows", num_profiles_,
                       lexer_.named(token_)),
           "the end of the file");
    if (!told_.empty()) return std::unexpected(std::move(told_));
    build();
    return std::move(form_);
  }

 private:
  /// `{ { "a" "b" } { "c" "d" } }`, or how many each player has: `{ 2 2 }`.
  void read_strategies() {
    const EfgToken brace = take(EfgKind::open, "{ and the strategies of the players");
    while (token_.kind == EfgKind::open) {
      advance();
      std::vector<std::string>& names = strategies_.emplace_back();
      while (token_.kind == EfgKind::text) names.push_back(take(EfgKind::text, "").content);
      take(EfgKind::close, "the name of a strategy in quotes, or }");
    }
    while (strategies_.empty() || counted_) {
      if (token_.kind != EfgKind::number) break;
      counted_ = true;
      const EfgToken written = token_;
      const int count = take_index("a number of strategies");
      counts_.push_back(count);
      if (count < 1 && !stopped_)
        tell(written, set_code, "a player without strategies", "at least one strategy");
      if (count > static_cast<int>(most_nodes)) return too_large();
    }
    take(EfgKind::close,
         counted_ ? "a number of strategies, or }" : "{ and the strategies of a player, or }");
    for (const std::vector<std::string>& names : strategies_) {
      counts_.push_back(static_cast<int>(names.size()));
      if (names.empty())
        tell(brace, set_code, "a player without strategies", "at least one strategy in quotes");
    }
    if (!stopped_ && counts_.size() != form_.players.size())
      tell(brace, player_code,
           fmt::format("strategies for {} players, of {}", counts_.size(), form_.players.size()),
           "the strategies of every player named at the top of the file");
    if (!told_.empty()) give_up();  // from here on no number knows its place
  }

  void too_large() {
    stop(too_large_code, fmt::format("more than {} strategy profiles", most_nodes),
         "a smaller game", "fewer strategies");
  }

  void count_profiles() {
    double profiles = 1.0, nodes = 1.0;
    for (const int count : counts_) nodes += profiles *= count;
    if (!stopped_ && nodes > static_cast<double>(most_nodes)) return too_large();
    num_profiles_ = static_cast<std::int64_t>(profiles);
  }

  /// Payoff version: a payoff of each player for each strategy profile.
  void read_profile_payoffs() {
    const auto players = static_cast<std::int64_t>(form_.players.size());
    for (std::int64_t k = 0; k < num_profiles_ && !stopped_; ++k) {
      outcome_of_profile_.push_back(static_cast<int>(k));
      for (std::int64_t i = 0; i < players && !stopped_; ++i) {
        if (token_.kind != EfgKind::number)
          return stop(token_.kind == EfgKind::end ? end_code : syntax_code,
                      fmt::format("found {} after {} of {} payoffs", lexer_.named(token_),
                                  k * players + i, num_profiles_ * players),
                      "a payoff: one for each player and strategy profile, the first player's "
                      "strategy fastest");
        form_.payoffs.push_back(take_number("a payoff"));
        if (token_.kind == EfgKind::comma) advance();
      }
    }
  }

  /// Outcome version: outcomes with their payoffs, then the number of an outcome for each strategy
  /// profile, 0 for none.
  void read_outcomes() {
    take(EfgKind::open, "{ and the outcomes");
    while (token_.kind == EfgKind::open) read_outcome();
    take(EfgKind::close, "{ and an outcome, or }");
    const auto outcomes = static_cast<int>(form_.outcomes.size());
    for (std::int64_t k = 0; k < num_profiles_ && !stopped_; ++k) {
      const EfgToken written = token_;
      if (written.kind != EfgKind::number)
        return stop(written.kind == EfgKind::end ? end_code : syntax_code,
                    fmt::format("found {} after {} of {} outcomes", lexer_.named(written), k,
                                num_profiles_),
                    "the number of an outcome: one for each strategy profile, 0 for none");
      const int number = take_index("the number of an outcome (0 for none)");
      if (number > outcomes)
        tell(written, outcome_code,
             fmt::format("there is no outcome {}: the file lists {}", number, outcomes),
             fmt::format("a number from 0 to {}", outcomes));
      outcome_of_profile_.push_back(number > outcomes ? -1 : number - 1);
    }
  }

  /// `{ "label" 1, 2 }`
  void read_outcome() {
    const EfgToken brace = take(EfgKind::open, "{ and an outcome");
    std::string label = take(EfgKind::text, "the label of the outcome, in quotes").content;
    const std::vector<double> payoffs = read_payoffs_after(brace);
    form_.outcomes.push_back({static_cast<int>(form_.outcomes.size()) + 1, std::move(label)});
    form_.payoffs.insert(form_.payoffs.end(), payoffs.begin(), payoffs.end());
  }

  // ---- The tree ----

  void build() {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      ExtensiveForm::InformationSet set;
      set.player = static_cast<int>(i);
      set.number = 1;
      set.first_action = static_cast<int>(form_.actions.size());
      set.num_actions = counts_[i];
      for (int a = 0; a < counts_[i]; ++a)
        form_.actions.push_back(
            {.label = name_of(i, a), .odds = 0.0, .odds_text = {}, .log_weight = 0.0});
      form_.sets.push_back(std::move(set));
    }
    name_profiles();
    std::vector<int> chosen;
    add_nodes(chosen, -1);
  }

  [[nodiscard]] std::string name_of(std::size_t player, int strategy) const {
    return counted_ ? std::to_string(strategy + 1)
                    : strategies_[player][static_cast<std::size_t>(strategy)];
  }

  /// In the payoff version outcomes have no names but the strategies that lead to them.
  void name_profiles() {
    if (!form_.outcomes.empty() || outcome_of_profile_.empty()) return;
    for (std::int64_t k = 0; k < num_profiles_; ++k) {
      std::string label;
      std::int64_t rest = k;
      for (std::size_t i = 0; i < counts_.size(); ++i) {
        label += (i > 0 ? " & " : "") + name_of(i, static_cast<int>(rest % counts_[i]));
        rest /= counts_[i];
      }
      form_.outcomes.push_back({static_cast<int>(k) + 1, std::move(label)});
    }
  }

  /// As deep as there are players.
  int add_nodes(std::vector<int>& chosen, int parent) {
    const auto node = static_cast<int>(form_.nodes.size());
    form_.nodes.emplace_back();
    form_.labels.emplace_back();
    form_.nodes.back().parent = parent;
    if (!chosen.empty()) form_.nodes.back().taken = chosen.back();
    const std::size_t player = chosen.size();
    if (player == counts_.size()) {
      std::int64_t profile = 0;
      for (std::size_t i = player; i-- > 0;) profile = profile * counts_[i] + chosen[i];
      form_.nodes.back().outcome = outcome_of_profile_[static_cast<std::size_t>(profile)];
      return node;
    }
    form_.nodes.back().set = static_cast<int>(player);
    const auto first = static_cast<std::int64_t>(form_.children.size());
    form_.nodes.back().first_child = first;
    form_.children.resize(form_.children.size() + static_cast<std::size_t>(counts_[player]), -1);
    for (int a = 0; a < counts_[player]; ++a) {
      chosen.push_back(a);
      const int child = add_nodes(chosen, node);
      form_.children[static_cast<std::size_t>(first + a)] = child;
      chosen.pop_back();
    }
    return node;
  }

  std::vector<std::vector<std::string>> strategies_;
  std::vector<int> counts_;
  bool counted_ = false;  ///< the file gives numbers of strategies, not their names
  std::int64_t num_profiles_ = 0;
  std::vector<int> outcome_of_profile_;  ///< [profile, the first player fastest]; -1 for none
};

}  // namespace

Result<ExtensiveForm> read_nfg_text(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

Result<ExtensiveForm> read_nfg(const std::string& path) {
  const Result<std::string> text = read_file(path, most_bytes);
  if (!text) return std::unexpected(text.error());
  return read_nfg_text(*text, path);
}

GambitFormat gambit_format(const std::string& path) {
  constexpr std::size_t enough = 256;  // of blanks before the first word
  const std::string start = start_of_file(path, enough);
  const EfgToken first = EfgLexer(start, path).next();
  if (first.kind == EfgKind::word && first.content == "EFG") return GambitFormat::efg;
  if (first.kind == EfgKind::word && first.content == "NFG") return GambitFormat::nfg;
  std::string name = path;
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (name.ends_with(".efg")) return GambitFormat::efg;
  return name.ends_with(".nfg") ? GambitFormat::nfg : GambitFormat::none;
}

Result<ExtensiveForm> read_gambit(const std::string& path) {
  return gambit_format(path) == GambitFormat::nfg ? read_nfg(path) : read_efg(path);
}

}  // namespace melian
