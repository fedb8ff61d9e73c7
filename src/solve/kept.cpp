#include "solve/kept.h"

#include <chrono>
#include <map>
#include <mutex>

#include <fmt/core.h>

namespace melian {

struct KeptSolutions::Inside {
  struct One {
    Solution solution;
    std::vector<double> at_root;
  };
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const One>> by_fingerprint;
  std::int64_t taken_over = 0;
};

KeptSolutions::KeptSolutions() : inside_(std::make_unique<Inside>()) {}
KeptSolutions::~KeptSolutions() = default;

std::int64_t KeptSolutions::taken_over() const {
  const std::scoped_lock lock(inside_->mutex);
  return inside_->taken_over;
}

std::string solver_fingerprint(const Game& game, const BeliefAxes& axes,
                               const SolveOptions& options) {
  std::string text = fmt::format(
      "{} {} {} {} {} {} {} {} {}|", game.shape().fingerprint, options.lambda.has_value(),
      static_cast<int>(options.measure), static_cast<int>(options.discounting), options.refined,
      options.ladder, options.rung_halvings, options.list_solutions, options.max_bytes);
  const auto add = [&text](std::span<const double> list) {
    const std::size_t size = list.size();
    text.append(reinterpret_cast<const char*>(&size), sizeof size);
    text.append(reinterpret_cast<const char*>(list.data()), size * sizeof(double));
  };
  const double factors[] = {options.lambda.value_or(0.0), options.lambda_factor};
  add(factors);
  for (const auto* lists : {&axes.nodes, &axes.log_odds, &axes.centre})
    for (const std::vector<double>& list : *lists) add(list);
  // Every field of Numbers by name, so that a new one must be put on one side or the other. Left
  // out: what tallies count, which solving never reads; priors and beliefs, of which it reads where
  // they are nodes of the axes (above) and how they differ between players (below).
  const auto& [rewards, odds, perceived, amounts, prior, joint, beliefs, discount, precision] =
      game.numbers;
  (void)amounts, (void)prior, (void)joint, (void)beliefs;
  for (const auto* list : {&rewards, &odds, &perceived}) add(*list);
  for (const auto* table : {&discount, &precision})
    for (const std::vector<double>& list : *table) add(list);
  const BeliefSpace space(game.shape());
  for (int i = 0; i < game.shape().num_players(); ++i)
    for (std::size_t g = 0; g < space.groups().size(); ++g)
      add(disagreement(game, space, i, static_cast<int>(g)));
  return sha256(text);
}

namespace grid {

std::span<const double> root_table(const Plan& plan, const Tables& tables) {
  const StatePlan& state = plan.states[ix(plan.shape.root)];
  const double* first =
      (plan.shape.states[ix(plan.shape.root)].timed ? tables.timed : tables.untimed).data() +
      state.slab_offset;
  return {first, ix(state.size)};
}

std::vector<std::vector<double>> start_values(const Plan& plan, std::span<const double> at_root) {
  const StatePlan& state = plan.states[ix(plan.shape.root)];
  const std::int64_t start = plan.start_point(state.live);
  const Profiles profiles(plan.shape.players, state.live);
  std::vector<std::vector<double>> out;
  for (int j = 0; j < plan.players(); ++j) {
    const double* weights = plan.weights(j, state.live).data() + start;
    std::vector<double>& by_type = out.emplace_back(ix(plan.shape.players[ix(j)].num_types()), 0.0);
    for (std::size_t type = 0; type < by_type.size(); ++type)
      for (int q = 0; q < state.profiles; ++q)
        if (profiles.stride(j) == 0 || profiles.type_of(q, j) == static_cast<int>(type))
          by_type[type] += weights[q * state.points] *
                           at_root[ix((std::int64_t{j} * state.profiles + q) * state.of_block +
                                      start * state.of_point)];
  }
  return out;
}

std::optional<Solution> take_over(KeptSolutions& kept, const std::string& fingerprint,
                                  const Game& game, const BeliefAxes& axes,
                                  const SolveOptions& options) {
  const auto begun = std::chrono::steady_clock::now();
  std::shared_ptr<const KeptSolutions::Inside::One> known;
  {
    const std::scoped_lock lock(kept.inside().mutex);
    const auto found = kept.inside().by_fingerprint.find(fingerprint);
    if (found == kept.inside().by_fingerprint.end()) return std::nullopt;
    known = found->second;
    ++kept.inside().taken_over;
  }
  if (options.on_step && !options.on_step({"solve", 1.0})) return std::nullopt;
  Solution out = known->solution;
  out.assessment.game_fingerprint = game.fingerprint;
  if (out.refined) out.refined->game_fingerprint = game.fingerprint;
  out.start_values = start_values(Plan(game, axes, options), known->at_root);
  out.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return out;
}

void keep(KeptSolutions& kept, const std::string& fingerprint, const Solution& solution,
          std::vector<double> at_root) {
  auto one = std::make_shared<const KeptSolutions::Inside::One>(solution, std::move(at_root));
  const std::scoped_lock lock(kept.inside().mutex);
  kept.inside().by_fingerprint.try_emplace(fingerprint, std::move(one));
}

}  // namespace grid
}  // namespace melian
