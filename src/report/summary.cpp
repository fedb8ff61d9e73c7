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
    out +=
        "\n" + heading("What happens") + story() + "\n" +
        (answer_.tree ? certificate_words(*answer_.tree, answer_.certificate, style_)
                      : certificate_words(answer_.certificate, answer_.solution.summary, style_)) +
        method_words();
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
    if (answer_.tree)
      how.push_back("solved as a tree of " +
                    counted(static_cast<long long>(answer_.tree->nodes), "node", "nodes"));
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

  /// Which method was chosen, where the choice was left to the program, and what had not served.
  [[nodiscard]] std::string method_words() const {
    const MethodUsed& method = answer_.method;
    if (method.asked != MethodName::automatic) return "";
    std::string words =
        fmt::format("Method: {}, because {}.", answer_.solution.summary.method, method.why);
    if (!answer_.certificate.holds && !method.tried.empty())
      words += fmt::format(" Tried: {}.", fmt::join(method.tried, "; "));
    return "  " + paint(style_, "2", wrap(words, inner(), 2)) + "\n";
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

  /// Of a game without a last round: how many plays end in a round, then how the ends weigh
  /// discounted, then where plays end in eternity, which slips alone may decide.
  [[nodiscard]] std::string endless_outcomes() const {
    const auto& discounted = prediction_.discounted_outcomes;
    const bool alike = std::ranges::all_of(
        discounted, [&](const std::vector<double>& one) { return one == discounted.front(); });
    std::vector<std::string> head{"outcome"};
    for (std::size_t j = 0; j < (alike ? 1 : discounted.size()); ++j)
      head.push_back(alike ? "discounted" : "discounted by " + structure_.players[j].name);
    head.emplace_back("in the end");
    head.emplace_back("grid error");
    Table table(head);
    std::vector<std::size_t> numbers;
    for (std::size_t c = 1; c < head.size(); ++c) numbers.push_back(c);
    table.align_right(numbers);
    for (std::size_t o = 0; o < structure_.outcomes.size(); ++o) {
      std::vector<std::string> row{structure_.outcomes[o]};
      for (std::size_t c = 1; c + 2 < head.size(); ++c)
        row.push_back(with_decimals(discounted[c - 1][o]));
      row.push_back(with_decimals(prediction_.outcomes[o]));
      row.push_back(error_of("outcomes." + structure_.outcomes[o]));
      table.add(row);
    }
    std::vector<std::string> rest{"play goes on"};
    for (std::size_t c = 1; c + 2 < head.size(); ++c) {
      double sum = 0.0;
      for (const double odds : discounted[c - 1]) sum += odds;
      rest.push_back(with_decimals(std::max(0.0, 1.0 - sum)));
    }
    rest.resize(head.size());
    table.add(rest);
    return hazards() + table.text(style_);
  }

  /// "ends in a round: 1: 2.0%, 2: 0.51%, ..., 250: 0.50% of the plays that reach it".
  [[nodiscard]] std::string hazards() const {
    const std::vector<double>& hazard = prediction_.hazard;
    constexpr std::size_t first_rounds = 3;
    std::vector<std::string> parts;
    for (std::size_t t = 0; t < std::min(first_rounds, hazard.size()); ++t)
      parts.push_back(fmt::format("round {}: {}", t + 1, percent(hazard[t])));
    std::size_t last = hazard.size();  // the last that a thousandth of plays reach
    while (last > first_rounds && prediction_.reached_by_round[last - 1] < 1e-3) --last;
    if (last > first_rounds)
      parts.push_back(fmt::format("round {}: {}", last, percent(hazard[last - 1])));
    return fmt::format("hazard (plays that end in a round, of those that reach it): {}\n\n",
                       fmt::join(parts, ", "));
  }

  [[nodiscard]] std::string outcomes() const {
    if (!prediction_.discounted_outcomes.empty()) return endless_outcomes();
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
      table.add({structure_.moves[at(move)].name, number_words(move, offer)});
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

  /// Of an offer also how often it is accepted: beside the mean of a round what is accepted in that
  /// round, then what is accepted in all.
  [[nodiscard]] std::string number_words(int move, const OfferPrediction& offer) const {
    if (offer.first_round == 0) return "never made";
    std::string out =
        fmt::format("{} on average in round {}", number_text(offer.mean, 4), offer.first_round);
    if (structure_.moves[at(move)].kind != MoveKind::offer) return out;
    if (!offer.accepted_mean) return out + "; never accepted";
    const RoundAcceptance first =
        acceptance_in(offer, structure_.moves[at(move)].numbers, offer.first_round);
    const bool once = prediction_.rounds_distribution.size() <= 1;
    if (!once)
      out += first.mean ? fmt::format(" ({} of these accepted, at {})", percent(first.share),
                                      number_text(*first.mean, 4))
                        : " (none of these accepted)";
    return out + fmt::format("; {} {}, at {}", once ? "accepted" : "accepted in all",
                             percent(offer.accepted), number_text(*offer.accepted_mean, 4));
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
