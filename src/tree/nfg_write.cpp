/// An extensive form in which every player chooses once, as an `.nfg` in payoffs.

#include <algorithm>

#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/gambit_read.h"

namespace melian {
namespace {

constexpr double most_profiles = 1'000'000.0;

/// The information set of each player; -1 where it has none.
std::vector<int> set_of_players(const ExtensiveForm& form) {
  std::vector<int> out(form.players.size(), -1);
  for (std::size_t s = 0; s < form.sets.size(); ++s)
    if (form.sets[s].player != ExtensiveForm::chance)
      out[static_cast<std::size_t>(form.sets[s].player)] = static_cast<int>(s);
  return out;
}

/// Expected payoffs of all strategy profiles: every end is weighed by chance and counts in each
/// profile that leads to it.
class Table {
 public:
  explicit Table(const ExtensiveForm& form) : form_(form), sets_(set_of_players(form)) {
    for (const int set : sets_) {
      counts_.push_back(set < 0 ? 1 : form.sets[static_cast<std::size_t>(set)].num_actions);
      strides_.push_back(profiles_);
      profiles_ *= static_cast<std::size_t>(counts_.back());
    }
    payoffs_.assign(profiles_ * form.players.size(), 0.0);
    for (std::size_t n = 0; n < form.nodes.size(); ++n)
      if (form.nodes[n].outcome >= 0) earn(static_cast<int>(n));
  }

  [[nodiscard]] const std::vector<int>& counts() const { return counts_; }
  [[nodiscard]] const std::vector<int>& sets() const { return sets_; }
  [[nodiscard]] std::size_t profiles() const { return profiles_; }
  /// Profiles count with the first player's strategy fastest.
  [[nodiscard]] double payoff(std::size_t profile, std::size_t player) const {
    return payoffs_[profile * form_.players.size() + player];
  }

 private:
  /// What is earned on arriving at a node, in all profiles that lead there.
  void earn(int node) {
    std::vector<int> needed(form_.players.size(), -1);
    double odds = 1.0;
    for (int n = node; form_.nodes[static_cast<std::size_t>(n)].parent >= 0;) {
      const ExtensiveForm::Node& here = form_.nodes[static_cast<std::size_t>(n)];
      const ExtensiveForm::InformationSet& set = form_.sets[static_cast<std::size_t>(
          form_.nodes[static_cast<std::size_t>(here.parent)].set)];
      if (set.player == ExtensiveForm::chance) {
        odds *= form_.actions[static_cast<std::size_t>(set.first_action + here.taken)].odds;
      } else {
        int& own = needed[static_cast<std::size_t>(set.player)];
        if (own >= 0 && own != here.taken) return;  // no single choice leads here
        own = here.taken;
      }
      n = here.parent;
    }
    add(needed, 0, 0, odds, form_.nodes[static_cast<std::size_t>(node)].outcome);
  }

  void add(const std::vector<int>& needed, std::size_t player, std::size_t profile, double odds,
           int outcome) {
    if (player == needed.size()) {
      for (std::size_t i = 0; i < needed.size(); ++i)
        payoffs_[profile * needed.size() + i] += odds * form_.payoff(outcome, static_cast<int>(i));
      return;
    }
    const int first = std::max(needed[player], 0);
    const int end = needed[player] < 0 ? counts_[player] : first + 1;
    for (int a = first; a < end; ++a)
      add(needed, player + 1, profile + static_cast<std::size_t>(a) * strides_[player], odds,
          outcome);
  }

  const ExtensiveForm& form_;
  std::vector<int> sets_, counts_;
  std::vector<std::size_t> strides_;
  std::size_t profiles_ = 1;
  std::vector<double> payoffs_;  ///< [profile][player]
};

}  // namespace

Diagnostics beyond_nfg(const ExtensiveForm& form) {
  Diagnostics out = beyond_efg(form);
  std::vector<int> sets(form.players.size(), 0);
  for (const ExtensiveForm::InformationSet& set : form.sets)
    if (set.player != ExtensiveForm::chance) ++sets[static_cast<std::size_t>(set.player)];
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (sets[i] > 1)
      out.push_back(placeless(
          tree_refusal_code,
          fmt::format("{} chooses at {} information sets, and an .nfg is written for games in "
                      "which each player chooses at one",
                      form.players[i], sets[i]),
          "write it as an extensive form: `--efg`"));
  double profiles = 1.0;
  for (const ExtensiveForm::InformationSet& set : form.sets)
    if (set.player != ExtensiveForm::chance) profiles *= set.num_actions;
  if (out.empty() && profiles > most_profiles)
    out.push_back(placeless(too_large_code,
                            fmt::format("the strategic form has {} strategy profiles, more than "
                                        "the {} allowed",
                                        number_text(profiles, 4), number_text(most_profiles)),
                            "fewer numbers in an offer, or write it as an extensive form: "
                            "`--efg`"));
  return out;
}

std::string write_nfg(const ExtensiveForm& form) {
  MELIAN_EXPECT(beyond_nfg(form).empty(), "the form has a strategy for each action");
  using tree::quoted;
  const Table table(form);
  std::string out = "NFG 1 R " + quoted(form.title) + " {";
  for (const std::string& player : form.players) out += " " + quoted(player);
  out += " }\n\n{";
  for (std::size_t i = 0; i < form.players.size(); ++i) {
    out += i > 0 ? "\n  {" : " {";
    const int set = table.sets()[i];
    if (set < 0) out += " \"none\"";
    for (int a = 0; set >= 0 && a < table.counts()[i]; ++a)
      out +=
          " " + quoted(form.actions[static_cast<std::size_t>(
                                        form.sets[static_cast<std::size_t>(set)].first_action + a)]
                           .label);
    out += " }";
  }
  out += " }\n" + quoted(form.comment) + "\n\n";
  for (std::size_t k = 0; k < table.profiles(); ++k) {
    for (std::size_t i = 0; i < form.players.size(); ++i)
      out += (i > 0 ? " " : "") + number_text(table.payoff(k, i));
    out += "\n";
  }
  return out;
}

}  // namespace melian
