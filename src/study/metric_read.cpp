#include <algorithm>
#include <set>

#include "predict/sweep_size.h"
#include "study/metric_plan.h"

namespace melian::metric {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// The analyst's mean belief at the top of a round, given that it is reached, over true types where
/// none is given.
std::optional<double> belief_at_top(const Plan& plan, const Structure& structure,
                                    const Prediction& prediction) {
  const auto round = at(*plan.belief_round - 1);
  const auto& believed = prediction.belief_by_round[at(plan.player)];
  double belief = 0.0, reached = 0.0;
  const Profiles profiles(structure.players, structure.everyone());
  for (int k = 0; k < static_cast<int>(believed.size()); ++k) {
    if ((plan.given_own_type && *plan.given_own_type != k) ||
        round >= believed.front()[at(k)].size())
      continue;
    double weight = 0.0;
    for (int p = 0; p < profiles.count(); ++p) {
      if (profiles.type_of(p, plan.player) != k) continue;
      double survives = prediction.profile_weight[at(p)];
      for (std::size_t t = 0; t < round && t < prediction.hazard_by_profile[at(p)].size(); ++t)
        survives *= 1.0 - prediction.hazard_by_profile[at(p)][t];
      weight += survives;
    }
    // Of all types but the first; what is left is the first's.
    for (int type = std::max(1, plan.type);
         type < (plan.type > 0 ? plan.type + 1 : static_cast<int>(believed.size())); ++type)
      belief += weight * believed[at(type)][at(k)][round];
    reached += weight;
  }
  if (!(reached > 0)) return std::nullopt;
  return plan.type > 0 ? belief / reached : 1.0 - belief / reached;
}

/// The probability that play ends so, or before more rounds have begun, or what it counts, over the
/// profiles that are given.
std::optional<double> ends_at_start(const Plan::AtStart& wanted, const Structure& structure,
                                    const Prediction& prediction) {
  const Profiles profiles(structure.players, structure.everyone());
  double sum = 0.0, total = 0.0;
  for (int p = 0; p < profiles.count(); ++p) {
    if (std::ranges::any_of(wanted.given, [&](const TypeIs& type) {
          return (profiles.type_of(p, type.player) == type.type) == type.negated;
        }))
      continue;
    const double weight = prediction.profile_weight[at(p)];
    total += weight;
    for (int end : wanted.ends) sum += weight * prediction.outcomes_by_profile[at(end)][at(p)];
    if (wanted.tally) sum += weight * prediction.tallies_by_profile[at(*wanted.tally)][at(p)];
    if (wanted.rounds == 0) continue;
    double going = 1.0;
    for (std::size_t t = 0; t < at(wanted.rounds) && t < prediction.hazard_by_profile[at(p)].size();
         ++t)
      going *= 1.0 - prediction.hazard_by_profile[at(p)][t];
    sum += weight * (1.0 - going);
  }
  return total > 0 ? std::optional(sum / total) : std::nullopt;
}

/// How much each of several offers of one name counts: how often it is made first, or accepted.
double offer_weight(Quantity quantity, int offer, const Prediction& prediction) {
  const auto found = prediction.offers.find(offer);
  if (found == prediction.offers.end()) return 0.0;
  if (quantity == Quantity::accepted) return found->second.accepted;
  const auto first = static_cast<std::size_t>(std::max(1, found->second.first_round) - 1);
  return first < found->second.reached_by_round.size() ? found->second.reached_by_round[first]
                                                       : 0.0;
}

/// Does it take more of a prediction than how plays end, how long they last and what they count?
bool needs_whole_prediction(const Atom& atom, const Plan& plan) {
  return plan.belief_round || atom.quantity == Quantity::information ||
         (atom.quantity != Quantity::acceptance && std::ranges::any_of(plan.offers, [&](int offer) {
            return offer != plan.offers.front();
          }));
}

/// How all atoms are computed, and what that takes besides their own sweeps.
struct Plans {
  std::vector<Plan> plans;
  std::vector<Probe> probes;  ///< of all of them, in order
  bool whole = false;         ///< is a whole prediction needed?
  bool ends = false;          ///< or how plays end, how long they last and what they count?
  [[nodiscard]] bool measured(bool known) const { return !probes.empty() || ends_alone(known); }
  [[nodiscard]] bool ends_alone(bool known) const { return ends && !whole && !known; }
};

Plans plans_for(const std::vector<Atom>& atoms, const Structure& structure,
                const Surroundings& around) {
  Plans out;
  std::vector<Mistake> mistakes;
  for (const Atom& atom : atoms) {
    const Plan& plan = out.plans.emplace_back(plan_of(atom, structure, around, mistakes));
    MELIAN_EXPECT(mistakes.empty(), "metric `" + text_of(atom) + "`: " + mistakes.front().message);
    out.probes.insert(out.probes.end(), plan.probes.begin(), plan.probes.end());
    out.whole = out.whole || needs_whole_prediction(atom, plan);
    out.ends = out.ends || plan.at_start || atom.quantity == Quantity::hazard;
  }
  return out;
}

/// The atoms' numbers from their probes' and from the prediction.
std::vector<std::optional<double>> combine(const std::vector<Atom>& atoms,
                                           const Structure& structure,
                                           const std::vector<Plan>& plans,
                                           const std::vector<Measured>& measured,
                                           const Prediction& prediction) {
  std::vector<std::optional<double>> out;
  std::size_t next = 0;
  for (std::size_t a = 0; a < atoms.size(); ++a) {
    const Plan& plan = plans[a];
    const std::size_t first = next;
    next += plan.probes.size();
    if (plan.number || plan.belief_round) {
      out.push_back(plan.number ? plan.number : belief_at_top(plan, structure, prediction));
      continue;
    }
    if (plan.at_start) {
      const auto number = ends_at_start(*plan.at_start, structure, prediction);
      out.push_back(number && plan.complement ? std::optional(1.0 - *number) : number);
      continue;
    }
    const bool several_offers =
        std::ranges::any_of(plan.offers, [&](int offer) { return offer != plan.offers.front(); });
    if (plan.total) {
      double total = 0.0;
      for (std::size_t k = 0; k < plan.probes.size(); ++k)
        total += measured[first + k].weight * measured[first + k].value.value_or(0.0);
      out.emplace_back(total);
      continue;
    }
    double total = 0.0, weight = 0.0;
    for (std::size_t k = 0; k < plan.probes.size(); ++k) {
      const Measured& one = measured[first + k];
      double share = one.weight;
      if (several_offers)
        share *= atoms[a].quantity == Quantity::acceptance
                     ? 1.0
                     : offer_weight(atoms[a].quantity, plan.offers[k], prediction);
      if (one.value && share > 0) total += share * *one.value, weight += share;
    }
    if (!(weight > 0)) {
      out.emplace_back(std::nullopt);
      continue;
    }
    double number = total / weight;
    if (several_offers && atoms[a].quantity == Quantity::acceptance)
      number *= static_cast<double>(std::set<int>(plan.offers.begin(), plan.offers.end()).size());
    out.emplace_back(plan.complement ? 1.0 - number : number);
  }
  return out;
}

std::vector<std::optional<double>> read(const std::vector<Atom>& atoms, const Game& game,
                                        const Assessment& assessment, const Prediction* known,
                                        const Surroundings& around) {
  const Plans asked = plans_for(atoms, game.shape(), around);
  Prediction own;
  if (known == nullptr && asked.whole) own = predict(game, assessment);
  const Prediction& prediction = known != nullptr ? *known : own;
  const bool ends = asked.ends_alone(known != nullptr);
  std::vector<Measured> measured;
  if (asked.measured(known != nullptr))
    measured =
        measure(game, assessment, asked.probes,
                known != nullptr || asked.whole ? &prediction : nullptr, ends ? &own : nullptr);
  return combine(atoms, game.shape(), asked.plans, measured, prediction);
}

}  // namespace

std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms, const Game& game,
                                            const Assessment& assessment,
                                            const Prediction& prediction,
                                            const Surroundings& around) {
  return read(atoms, game, assessment, &prediction, around);
}

std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms, const Game& game,
                                            const prediction::HistoryTree& histories,
                                            const Prediction& prediction,
                                            const Surroundings& around) {
  const Plans asked = plans_for(atoms, game.shape(), around);
  return combine(atoms, game.shape(), asked.plans,
                 measure_histories(histories, asked.probes, prediction), prediction);
}

bool needs_grid(const Atom& atom) {
  return atom.quantity == Quantity::range || atom.quantity == Quantity::range_width ||
         atom.quantity == Quantity::hopeless || atom.quantity == Quantity::hopeless_gain;
}

std::int64_t count_read_bytes(const std::vector<Atom>& atoms, const Structure& structure,
                              const BeliefAxes& axes, bool known, bool alone,
                              const Surroundings& around) {
  const Plans asked = plans_for(atoms, structure, around);
  const std::int64_t predicting =
      asked.whole && !known ? prediction::count_predict_bytes(structure, axes).most() : 0;
  if (!asked.measured(known)) return predicting;
  return std::max(predicting, prediction::count_sweep_bytes(structure, axes, asked.probes,
                                                            asked.ends_alone(known), alone)
                                  .most());
}

std::vector<std::optional<double>> read_off(const std::vector<Atom>& atoms, const Game& game,
                                            const Assessment& assessment,
                                            const Surroundings& around) {
  return read(atoms, game, assessment, nullptr, around);
}

}  // namespace melian::metric
