#include "melian/equilibria.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/as_tree.h"
#include "melian/tree_answer.h"

namespace melian {
namespace {

std::string grouped_text(std::int64_t number) {
  std::string out = std::to_string(number);
  constexpr std::size_t group = 3;
  for (std::size_t k = out.size(); k > group; k -= group) out.insert(k - group, ",");
  return out;
}

std::string how_words(const ExtensiveForm& form, const TreeSummary& summary) {
  std::string out = fmt::format(
      "The search on the tree of {} nodes tried {} starting strategies, of which {} led to an "
      "equilibrium at this λ, and followed each equilibrium, and whatever crosses its path, as λ "
      "changes. That there are no others is not proved.",
      grouped_text(static_cast<std::int64_t>(form.nodes.size())), grouped_text(summary.starts),
      grouped_text(summary.starts_arrived));
  if (summary.search_cut) out += " It ended at its budget of work; `--all` goes on to the end.";
  return out;
}

std::string too_many_nodes(std::int64_t most, const char* more) {
  return fmt::format("the tree has more than {} nodes; {}", grouped_text(most), more);
}

Equilibrium one_of(const ExtensiveForm& form, const TreeFound& found) {
  Equilibrium out;
  out.id = found.id;
  for (const TreePrediction::End& end : predict_tree(form, found.log_strategy).ends)
    out.outcomes.emplace_back(end.outcome, end.probability);
  for (std::size_t i = 0; i < form.players.size(); ++i)
    out.values.emplace_back(form.players[i], found.certificate.values[i]);
  return out;
}

/// The largest difference of an outcome's probability, and what the answer may be off by there.
struct Distance {
  double apart = 0.0, allowed = 0.0;
};

Distance distance(const Structure& structure, const Answer& answer, const Equilibrium& one) {
  // What linear values between nodes, and a grid error that is an estimate, may leave.
  constexpr double at_least = 0.02, times_error = 4.0;
  Distance out{0.0, at_least};
  for (std::size_t o = 0; o < structure.outcomes.size(); ++o) {
    double here = 0.0;
    for (const auto& [name, probability] : one.outcomes)
      if (name == structure.outcomes[o]) here += probability;
    out.apart = std::max(out.apart, std::abs(here - answer.prediction.outcomes[o]));
    const auto error = answer.certificate.grid_error.find("outcomes." + structure.outcomes[o]);
    if (error != answer.certificate.grid_error.end())
      out.allowed = std::max(out.allowed, at_least + times_error * error->second);
  }
  return out;
}

/// Marks the one that the answer is, if it is one of them, and counts those that it is not.
void find_answer(const Game& game, const Answer& answer, Equilibria& into) {
  std::size_t nearest = into.found.size();
  Distance least{infinity, 0.0};
  for (std::size_t k = 0; k < into.found.size(); ++k) {
    const Distance here = distance(game.shape(), answer, into.found[k]);
    if (here.apart >= least.apart) continue;
    least = here;
    nearest = k;
  }
  const bool is_there = nearest < into.found.size() && least.apart <= least.allowed;
  if (is_there) into.found[nearest].chosen = true;
  const bool one_may_be = is_there || !answer.certificate.holds;
  into.others = static_cast<int>(into.found.size()) - (one_may_be && !into.found.empty() ? 1 : 0);
  if (!is_there && !into.found.empty())
    into.how += " The grid's own answer is none of those found.";
}

}  // namespace

Equilibria equilibria_of(const ExtensiveForm& form, const TreeSolution& solution) {
  Equilibria out;
  out.looked_for = !solution.all.empty() || solution.summary.starts > 0;
  if (!out.looked_for) {
    out.how = solution.summary.lambda_asked > 0.0
                  ? too_many_nodes(most_nodes_searched, "`--all` looks for them")
                  : "at lambda 0 there is one";
    return out;
  }
  out.how = how_words(form, solution.summary);
  for (const TreeFound& found : solution.all) out.found.push_back(one_of(form, found));
  if (solution.chosen < out.found.size() &&
      solution.all[solution.chosen].log_strategy == solution.log_strategy)
    out.found[solution.chosen].chosen = true;
  const bool has_answer = std::ranges::any_of(out.found, &Equilibrium::chosen);
  out.others = static_cast<int>(out.found.size()) - (has_answer ? 1 : 0);
  return out;
}

LookedBeside look_with_strategies(const Game& game, const Answer& answer,
                                  const AnswerOptions& asked, const LookOptions& options) {
  constexpr std::int64_t most_if_thorough = 20'000;
  LookedBeside out;
  const auto not_looked_for = [&](std::string why) {
    out.equilibria.how = std::move(why);
    return std::move(out);
  };
  AsTree how{asked.solve.lambda, asked.solve.measure, asked.solve.discounting, {}, nullptr};
  Result<TreeRequest> request = tree_request(game, how);
  if (!request) return not_looked_for(request.error().front().message);
  request->lambda *= asked.solve.lambda_factor;
  const std::int64_t most = options.thorough ? most_if_thorough : most_nodes_searched;
  request->unroll.max_nodes = most;
  Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form)
    return not_looked_for(form.error().front().code == too_large_code
                              ? too_many_nodes(most, options.thorough
                                                         ? "`--method tree --all` looks for them"
                                                         : "`--all` looks for them")
                              : form.error().front().message);
  TreeOptions search;
  search.lambda = request->lambda;
  search.all = true;
  if (!options.thorough) search.search_work = default_search_work;
  search.on_step = options.on_step;
  Result<TreeSolution> solution = solve_tree(*form, search);
  if (!solution) return not_looked_for(solution.error().front().message);
  out.equilibria = equilibria_of(*form, *solution);
  for (Equilibrium& one : out.equilibria.found) one.chosen = false;
  find_answer(game, answer, out.equilibria);
  out.form = *std::move(form);
  out.solution = *std::move(solution);
  return out;
}

Equilibria look_beside(const Game& game, const Answer& answer, const AnswerOptions& asked,
                       const LookOptions& options) {
  return look_with_strategies(game, answer, asked, options).equilibria;
}

}  // namespace melian
