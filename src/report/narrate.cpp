#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/report.h"
#include "report/words.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// What one prediction looks like when told: the structure's names and the prior's weights close at
/// hand.
class Narrator {
 public:
  Narrator(const Game& game, const Prediction& prediction)
      : structure_(game.shape()),
        prior_(game.numbers.prior),
        prediction_(prediction),
        profiles_(structure_.players, structure_.everyone()) {}

  [[nodiscard]] std::vector<std::string> tell() const {
    std::vector<std::string> story;
    for (std::string sentence : {opening(), ending(), offers(), lesson(), duration(), revelation()})
      if (!sentence.empty()) story.push_back(std::move(sentence));
    return story;
  }

 private:
  /// The first move, or the first moves where several are made at once: what is done most often,
  /// and how the types differ in it.
  [[nodiscard]] std::string opening() const {
    const Move& move = structure_.moves[at(structure_.states[at(structure_.root)].move)];
    if (prediction_.start.empty())
      return move.kind == MoveKind::chance ? fmt::format("Chance moves first ({}).", move.name)
                                           : "";
    std::vector<std::vector<StartStrategy>> movers;
    for (const StartStrategy& start : prediction_.start) {
      if (movers.empty() || movers.back().front().move != start.move) movers.emplace_back();
      movers.back().push_back(start);
    }
    if (movers.size() == 1) {
      const auto [action, shares] = favourite(movers.front());
      std::string sentence =
          fmt::format("{} moves first. It most often {} {} ({})",
                      structure_.players[at(movers.front().front().player)].name,
                      move.kind == MoveKind::offer ? "offers" : "chooses", action, shares);
      const auto number = prediction_.offers.find(movers.front().front().move);
      if (number != prediction_.offers.end())
        sentence += fmt::format(", and {} on average", number_text(number->second.mean, 3));
      return sentence + ".";
    }
    std::vector<std::string> names, parts;
    for (const auto& mover : movers) {
      names.push_back(structure_.players[at(mover.front().player)].name);
      const auto [action, shares] = favourite(mover);
      parts.push_back(
          fmt::format("{}'s most frequent choice is {} ({})", names.back(), action, shares));
    }
    return fmt::format("{} move first, at the same time: {}.", fmt::join(names, " and "),
                       fmt::join(parts, "; "));
  }

  /// What one mover does most often, "answer refuse", and how often, by its types.
  [[nodiscard]] std::pair<std::string, std::string> favourite(
      const std::vector<StartStrategy>& types) const {
    const Move& move = structure_.moves[at(types.front().move)];
    std::vector<double> mean(types.front().probabilities.size(), 0.0);
    for (const StartStrategy& start : types)
      for (std::size_t k = 0; k < mean.size(); ++k)
        mean[k] += prior_[at(start.player)][at(start.type)] * start.probabilities[k];
    const auto most = static_cast<std::size_t>(std::ranges::max_element(mean) - mean.begin());
    std::vector<std::string> shares;
    for (const StartStrategy& start : types)
      shares.push_back(
          types.size() == 1
              ? percent(start.probabilities[most])
              : fmt::format("{} when {}", percent(start.probabilities[most]),
                            type_name(structure_.players[at(start.player)], start.type)));
    return {fmt::format("{} {}", move.name, move.actions[at(types.front().actions[most])]),
            fmt::format("{}", fmt::join(shares, ", "))};
  }

  /// Of a game without a last round: what happens in a round, and how much the ends weigh.
  [[nodiscard]] std::string endless_ending() const {
    const std::vector<double>& discounted = prediction_.discounted_outcomes.front();
    const auto heaviest =
        static_cast<std::size_t>(std::ranges::max_element(discounted) - discounted.begin());
    double sum = 0.0;
    for (const double odds : discounted) sum += odds;
    return fmt::format(
        "{} of plays end in the first round. Discounted by {}'s discount to the start, all ends "
        "together weigh {}, {} most ({}); play that goes on weighs {}.",
        percent(prediction_.hazard.front()), structure_.players.front().name, percent(sum),
        structure_.outcomes[heaviest], percent(discounted[heaviest]),
        percent(std::max(0.0, 1.0 - sum)));
  }

  /// The likeliest outcome, and the types for which it is likeliest and least likely.
  [[nodiscard]] std::string ending() const {
    if (!prediction_.discounted_outcomes.empty()) return endless_ending();
    const auto likeliest = static_cast<std::size_t>(std::ranges::max_element(prediction_.outcomes) -
                                                    prediction_.outcomes.begin());
    std::string sentence =
        fmt::format("{} of plays end in {}", percent(prediction_.outcomes[likeliest]),
                    structure_.outcomes[likeliest]);
    const std::vector<double>& by_profile = prediction_.outcomes_by_profile[likeliest];
    std::size_t most = 0, least = 0;
    for (std::size_t p = 0; p < by_profile.size(); ++p) {
      if (prediction_.profile_weight[p] <= 0) continue;
      if (by_profile[p] > by_profile[most] || prediction_.profile_weight[most] <= 0) most = p;
      if (by_profile[p] < by_profile[least] || prediction_.profile_weight[least] <= 0) least = p;
    }
    constexpr double worth_telling = 0.005;
    if (by_profile.size() > 1 && by_profile[most] - by_profile[least] > worth_telling)
      sentence +=
          fmt::format(": {} when {}, {} when {}", percent(by_profile[most]), profile_words(most),
                      percent(by_profile[least]), profile_words(least));
    return sentence + ".";
  }

  [[nodiscard]] std::string profile_words(std::size_t profile) const {
    std::vector<std::string> words;
    for (int i = 0; i < structure_.num_players(); ++i)
      if (structure_.players[at(i)].num_types() > 1)
        words.push_back(fmt::format(
            "{} is {}", structure_.players[at(i)].name,
            structure_.players[at(i)].types[at(profiles_.type_of(static_cast<int>(profile), i))]));
    return fmt::format("{}", fmt::join(words, " and "));
  }

  [[nodiscard]] std::string offers() const {
    std::vector<std::string> parts;
    bool any = false;
    for (const auto& [move, offer] : prediction_.offers) {
      any = any || structure_.moves[at(move)].kind == MoveKind::offer;
      if (offer.accepted_mean)
        parts.push_back(fmt::format("in {} an offer of {} is accepted, at {} on average",
                                    percent(offer.accepted), structure_.moves[at(move)].name,
                                    number_text(*offer.accepted_mean, 3)));
    }
    if (parts.empty()) return any ? "No offer is ever accepted." : "";
    std::string sentence = fmt::format("{}.", fmt::join(parts, "; "));
    sentence.front() = 'I';
    return sentence;
  }

  /// Probability that play reaches round `round` (from 0) for a profile.
  [[nodiscard]] double survival(std::size_t profile, std::size_t round) const {
    double reached = 1.0;
    for (std::size_t t = 0; t < round && t < prediction_.hazard_by_profile[profile].size(); ++t)
      reached *= 1.0 - prediction_.hazard_by_profile[profile][t];
    return reached;
  }

  /// The analyst's mean belief in a player's type at the top of the second round, over all plays
  /// that reach it.
  [[nodiscard]] std::optional<double> belief_after_first_round(int player, int believed) const {
    const auto& by_type = prediction_.belief_by_round[at(player)][at(believed)];
    double weight = 0, sum = 0;
    for (std::size_t p = 0; p < prediction_.profile_weight.size(); ++p) {
      const auto type = at(profiles_.type_of(static_cast<int>(p), player));
      if (type >= by_type.size() || by_type[type].size() < 2) return std::nullopt;
      const double reached = prediction_.profile_weight[p] * survival(p, 1);
      weight += reached;
      sum += reached * by_type[type][1];
    }
    return weight > 0 ? std::optional(sum / weight) : std::nullopt;
  }

  /// What the fact that the first round did not end play teaches: of two types of the second, of
  /// more of each.
  [[nodiscard]] std::string lesson() const {
    std::vector<std::string> parts;
    for (int i = 0; i < structure_.num_players(); ++i) {
      const int types = structure_.players[at(i)].num_types();
      if (types < 2 || at(i) >= prediction_.belief_by_round.size()) continue;
      for (int type = types == 2 ? 1 : 0; type < types; ++type) {
        const std::optional<double> after = belief_after_first_round(i, type);
        constexpr double worth_telling = 0.005;
        if (after && std::abs(*after - prior_[at(i)][at(type)]) > worth_telling)
          parts.push_back(fmt::format("that {} is {} goes from {} to {}",
                                      structure_.players[at(i)].name,
                                      structure_.players[at(i)].types[at(type)],
                                      percent(prior_[at(i)][at(type)]), percent(*after)));
      }
    }
    return parts.empty() ? ""
                         : fmt::format("When the first round ends nothing, the chance {}.",
                                       fmt::join(parts, ", and "));
  }

  /// Where plays are left that nobody follows to their end.
  [[nodiscard]] std::string cut_words() const {
    if (structure_.horizon != HorizonKind::forever) return "at the horizon";
    return fmt::format("after {} rounds", prediction_.rounds_distribution.size());
  }

  [[nodiscard]] std::string duration() const {
    if (structure_.horizon == HorizonKind::none && prediction_.rounds_distribution.size() < 2)
      return "";
    std::string sentence =
        fmt::format("Play lasts {} rounds on average", number_text(prediction_.rounds_mean, 3));
    if (!prediction_.rounds_distribution.empty())
      sentence += fmt::format("; {} of plays end in the first",
                              percent(prediction_.rounds_distribution.front()));
    if (prediction_.unfinished > 0)
      sentence += fmt::format(", {} are not over {}", percent(prediction_.unfinished), cut_words());
    return sentence + ".";
  }

  [[nodiscard]] std::string revelation() const {
    std::vector<std::string> parts;
    for (int i = 0; i < structure_.num_players() && at(i) < prediction_.information.size(); ++i) {
      const Information& information = prediction_.information[at(i)];
      if (structure_.players[at(i)].num_types() < 2 || information.prior_entropy <= 0) continue;
      parts.push_back(fmt::format("{} of what was unknown about {}",
                                  percent(information.total / information.prior_entropy),
                                  structure_.players[at(i)].name));
    }
    return parts.empty() ? "" : fmt::format("Play reveals {}.", fmt::join(parts, ", "));
  }

  const Structure& structure_;
  const std::vector<std::vector<double>>& prior_;
  const Prediction& prediction_;
  Profiles profiles_;
};

}  // namespace

std::vector<std::string> narrate(const Game& game, const Prediction& prediction) {
  return Narrator(game, prediction).tell();
}

}  // namespace melian
