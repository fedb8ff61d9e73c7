#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/report.h"
#include "report/certificate_words.h"
#include "report/equilibria_words.h"
#include "report/solution_words.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// One answer laid out section by section.
class Screen {
 public:
  Screen(const Game& game, const Answer& answer, const TextStyle& style)
      : game_(game),
        structure_(game.shape()),
        answer_(answer),
        prediction_(answer.prediction),
        style_(style) {}

  [[nodiscard]] std::string text() const {
    std::string out = title() + "\n" + outcomes() + "\n" + values() + play() +
                      solution_words(structure_, answer_.solution, style_);
    out += "\n" + heading("What happens") + story() + "\n" +
           certificate_words(answer_.certificate, answer_.solution.summary, style_);
    return out;
  }

 private:
  [[nodiscard]] std::string heading(const std::string& words) const {
    return paint(style_, "1", words) + "\n";
  }

  [[nodiscard]] std::string title() const {
    std::vector<std::string> players;
    for (int i = 0; i < structure_.num_players(); ++i) players.push_back(player_words(i));
    std::vector<std::string> nodes;
    for (const auto& axis : answer_.solution.assessment.axes.nodes)
      nodes.push_back(std::to_string(axis.size()));
    for (const std::vector<int>& tied : structure_.correlated) {
      std::vector<std::string> names;
      for (const int player : tied) names.push_back(structure_.players[at(player)].name);
      players.push_back(
          fmt::format("the types of {} have a joint prior", fmt::join(names, " and ")));
    }
    std::vector<std::string> how{fmt::format("precision λ = {}", lambda_words())};
    if (!nodes.empty()) how.push_back(fmt::format("{} belief nodes", fmt::join(nodes, " x ")));
    if (structure_.horizon == HorizonKind::finite)
      how.push_back(counted(structure_.rounds, "round", "rounds"));
    how.push_back(fmt::format(
        "{} measure", answer_.solution.assessment.measure == Measure::cells ? "cell" : "counting"));
    how.push_back(answer_.solution.assessment.discounting == Discounting::current_value
                      ? "current-value λ"
                      : "present-value λ");
    return heading(structure_.title.empty() ? "(no title)" : structure_.title) + "  " +
           wrap(fmt::format("{}", fmt::join(players, "; ")), inner(), 2) + "\n  " +
           paint(style_, "2", wrap(fmt::format("{}", fmt::join(how, ", ")), inner(), 2)) + "\n";
  }

  [[nodiscard]] TextStyle inner() const { return {style_.colour, style_.width - 2}; }

  [[nodiscard]] std::string player_words(int i) const {
    const Player& player = structure_.players[at(i)];
    if (player.types.empty()) return player.name;
    std::vector<std::string> types;
    for (std::size_t k = 0; k < player.types.size(); ++k)
      types.push_back(
          fmt::format("{} {}", player.types[k], number_text(game_.numbers.prior[at(i)][k], 4)));
    return fmt::format("{} ({})", player.name, fmt::join(types, ", "));
  }

  [[nodiscard]] std::string lambda_words() const {
    double low = infinity, high = -infinity;
    for (const auto& of_player : answer_.solution.assessment.lambda)
      for (double lambda : of_player) {
        low = std::min(low, lambda);
        high = std::max(high, lambda);
      }
    return low == high ? number_text(low)
                       : fmt::format("{} to {}", number_text(low), number_text(high));
  }

  [[nodiscard]] std::string error_of(const std::string& name) const {
    const auto found = answer_.certificate.grid_error.find(name);
    if (found == answer_.certificate.grid_error.end()) return "";
    return found->second == 0.0 ? "none" : "±" + error_text(found->second);
  }

  [[nodiscard]] std::string outcomes() const {
    std::vector<std::size_t> order(structure_.outcomes.size());
    for (std::size_t o = 0; o < order.size(); ++o) order[o] = o;
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
      return prediction_.outcomes[a] > prediction_.outcomes[b];
    });
    constexpr std::size_t most_rows = 12;
    Table table({"outcome", "probability", "grid error", ""});
    table.align_right({1, 2});
    for (std::size_t k = 0; k < std::min(order.size(), most_rows); ++k)
      table.add({structure_.outcomes[order[k]], with_decimals(prediction_.outcomes[order[k]]),
                 error_of("outcomes." + structure_.outcomes[order[k]]),
                 bar(prediction_.outcomes[order[k]], 24)});
    std::string out = table.text(style_);
    if (order.size() > most_rows)
      out += fmt::format("  and {} more in --json\n", order.size() - most_rows);
    return out;
  }

  [[nodiscard]] std::string values() const {
    Table table({"value at the start", "payoff units", "grid error"});
    table.align_right({1, 2});
    for (int i = 0; i < structure_.num_players(); ++i)
      for (std::size_t k = 0; k < prediction_.values[at(i)].size(); ++k) {
        const Player& player = structure_.players[at(i)];
        const std::string key = player.types.empty()
                                    ? "values." + player.name
                                    : fmt::format("values.{}.{}", player.name, player.types[k]);
        table.add({player.types.empty() ? player.name
                                        : fmt::format("{} ({})", player.name, player.types[k]),
                   with_decimals(prediction_.values[at(i)][k]), error_of(key)});
      }
    return table.text(style_);
  }

  /// Rounds, offers, tallies and information, one line each.
  [[nodiscard]] std::string play() const {
    Table table({"", ""});
    table.wrap_last();
    if (prediction_.rounds_distribution.size() > 1) table.add({"rounds", rounds_words()});
    if (prediction_.unfinished > 0)
      table.add(
          {"unfinished",
           structure_.horizon == HorizonKind::forever
               ? fmt::format("{} of plays go on after {} rounds", percent(prediction_.unfinished),
                             prediction_.rounds_distribution.size())
               : fmt::format("{} of plays reach the horizon", percent(prediction_.unfinished))});
    for (const auto& [move, offer] : prediction_.offers)
      table.add({structure_.moves[at(move)].name, offer_words(offer)});
    for (std::size_t k = 0; k < prediction_.tallies.size(); ++k)
      table.add({structure_.tallies[k],
                 fmt::format("{} expected", with_decimals(prediction_.tallies[k]))});
    for (int i = 0; i < structure_.num_players() && at(i) < prediction_.information.size(); ++i)
      if (structure_.players[at(i)].num_types() > 1)
        table.add({"known of " + structure_.players[at(i)].name,
                   information_words(prediction_.information[at(i)])});
    return table.empty() ? "" : "\n" + table.text(style_);
  }

  [[nodiscard]] std::string rounds_words() const {
    std::string out =
        fmt::format("{} on average; ends in round", with_decimals(prediction_.rounds_mean, 2));
    constexpr std::size_t shown = 3;
    for (std::size_t t = 0; t < std::min(shown, prediction_.rounds_distribution.size()); ++t)
      out += fmt::format("{} {}: {}", t == 0 ? "" : ",", t + 1,
                         percent(prediction_.rounds_distribution[t]));
    return out;
  }

  [[nodiscard]] static std::string offer_words(const OfferPrediction& offer) {
    if (offer.first_round == 0) return "never made";
    std::string out =
        fmt::format("{} on average in round {}", number_text(offer.mean, 4), offer.first_round);
    out += offer.accepted_mean ? fmt::format("; accepted {}, at {}", percent(offer.accepted),
                                             number_text(*offer.accepted_mean, 4))
                               : "; never accepted";
    return out;
  }

  [[nodiscard]] static std::string information_words(const Information& information) {
    double talk = 0, battlefield = 0;
    for (double bits : information.talk) talk += bits;
    for (double bits : information.battlefield) battlefield += bits;
    return fmt::format("{} of {} bits (talk {}, battlefield {})",
                       with_decimals(information.total, 3),
                       with_decimals(information.prior_entropy, 3), with_decimals(talk, 3),
                       with_decimals(battlefield, 3));
  }

  [[nodiscard]] std::string story() const {
    std::string all;
    for (const std::string& sentence : narrate(game_, prediction_))
      all += (all.empty() ? "" : " ") + sentence;
    return "  " + wrap(all, inner(), 2) + "\n";
  }

  const Game& game_;
  const Structure& structure_;
  const Answer& answer_;
  const Prediction& prediction_;
  TextStyle style_;
};

}  // namespace

std::string summary(const Game& game, const Answer& answer, const TextStyle& style,
                    const Equilibria* equilibria, bool list_them) {
  std::string out = Screen(game, answer, style).text();
  if (equilibria == nullptr) return out;
  if (list_them && equilibria->looked_for) out += "\n" + equilibria_table(*equilibria, style);
  return out + "\n" + equilibria_words(*equilibria, style);
}

}  // namespace melian
