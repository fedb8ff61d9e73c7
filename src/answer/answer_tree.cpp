#include "answer/answer_tree.h"

#include <chrono>
#include <limits>
#include <utility>

#include <fmt/core.h>

#include "melian/as_tree.h"
#include "melian/predict_histories.h"
#include "melian/strategies.h"
#include "melian/tree_answer.h"
#include "predict/history_tree.h"

namespace melian {
namespace {

Termination termination_of(TreeTermination tree) {
  switch (tree) {
    case TreeTermination::reached: return Termination::converged;
    case TreeTermination::cancelled: return Termination::cancelled;
    case TreeTermination::not_run: return Termination::not_run;
    case TreeTermination::step_too_small:
    case TreeTermination::step_limit: break;
  }
  return Termination::unsolved_decisions;
}

/// What a tree's solution has in common with a grid's.
Solution as_solution(const Game& game, const AnswerOptions& options, const TreeRequest& request,
                     const TreeSolution& found) {
  Solution out;
  out.assessment.game_fingerprint = game.fingerprint;
  out.assessment.measure = options.solve.measure;
  out.assessment.discounting = options.solve.discounting;
  out.assessment.lambda = request.unroll.lambda;
  if (out.assessment.lambda.empty())
    for (const Player& player : game.shape().players)
      out.assessment.lambda.emplace_back(static_cast<std::size_t>(player.num_types()),
                                         request.lambda);
  else
    for (auto& of_player : out.assessment.lambda)
      for (double& lambda : of_player) lambda *= options.solve.lambda_factor;
  out.summary.method = "tree";
  out.summary.termination = termination_of(found.summary.termination);
  out.summary.message = found.summary.message;
  out.summary.residual = found.certificate.residual;
  out.summary.seconds = found.summary.seconds;
  return out;
}

Certificate as_certificate(const AnswerOptions& options, const TreeSolution& found) {
  Certificate out;
  out.residual = out.residual_reached = found.certificate.residual;
  out.residual_tolerance = found.certificate.tolerance;
  out.tolerance = options.certify.tolerance;
  out.why_not = found.certificate.why_not;
  out.holds = found.certificate.holds && found.summary.termination == TreeTermination::reached;
  if (found.summary.termination != TreeTermination::reached)
    out.why_not.push_back(fmt::format("incomplete: the tree was followed to λ = {} only ({})",
                                      number_text(found.summary.lambda, 4), found.summary.message));
  return out;
}

AsTree as_tree(const AnswerOptions& options) {
  AsTree out;
  out.lambda = options.solve.lambda;
  out.measure = options.solve.measure;
  out.discounting = options.solve.discounting;
  return out;
}

/// A game unrolled at its lambda, ready to be solved.
struct Unrolled {
  TreeRequest request;
  ExtensiveForm form;
  TreeOptions how;
};

Result<Unrolled> unrolled(const Game& game, const AnswerOptions& options, double factor) {
  Result<TreeRequest> request = tree_request(game, as_tree(options));
  if (!request) return std::unexpected(request.error());
  Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return std::unexpected(form.error());
  TreeOptions how;
  how.lambda = request->lambda * factor;
  how.max_bytes = options.solve.max_bytes;
  how.on_step = options.solve.on_step;
  return Unrolled{*std::move(request), *std::move(form), std::move(how)};
}

/// The solution that is meant, and others where they are looked for.
Result<TreeSolution> solve_meant(const Unrolled& game, const AnswerOptions& options,
                                 const TreeChoice& choice) {
  TreeOptions how = game.how;
  const bool small = static_cast<std::int64_t>(game.form.nodes.size()) <= most_nodes_searched;
  if (choice.look && small) {
    how.all = true;
    how.search_work = default_search_work;
  }
  if (choice.choice.solution.empty() || choice.named_in == nullptr)
    return solve_chosen(game.form, how, choice.choice);
  const Result<Unrolled> there = unrolled(*choice.named_in, options, choice.named_factor);
  if (!there) return std::unexpected(there.error());
  const Result<TreeSolution> named = solve_chosen(there->form, there->how, choice.choice);
  if (!named) return std::unexpected(named.error());
  return carry(there->form, named->log_strategy, named->summary.lambda, game.form, game.how);
}

/// What a solved tree says, in the words of an answer.
Answer read_answer(const Game& game, const AnswerOptions& options, const Unrolled& unrolled,
                   const TreeSolution& found, std::chrono::steady_clock::time_point begun) {
  const ExtensiveForm& form = unrolled.form;
  Answer out;
  out.solution = as_solution(game, options, unrolled.request, found);
  out.certificate = as_certificate(options, found);
  out.tree = ByTree{static_cast<std::int64_t>(form.nodes.size()), found.summary, found.certificate,
                    found.log_strategy};
  out.solve_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (found.summary.termination == TreeTermination::cancelled) return out;
  TreeStrategies strategies(game, form, found.log_strategy, options.solve.measure);
  std::optional<Prediction> prediction =
      predict_histories(game, strategies, static_cast<std::int64_t>(form.nodes.size()) * 4 + 1024,
                        options.solve.on_step);
  if (!prediction) {
    out.solution.summary.termination = Termination::cancelled;
    return out;
  }
  out.prediction = *std::move(prediction);
  out.solution.start_values = out.prediction.values;
  for (const auto& [name, number] : printed_numbers(game.shape(), out.prediction))
    out.certificate.grid_error[name] = 0.0;
  return out;
}

}  // namespace

Result<Answer> answer_tree(const Game& game, const AnswerOptions& options, int max_steps) {
  const auto begun = std::chrono::steady_clock::now();
  Result<Unrolled> tree = unrolled(game, options, options.solve.lambda_factor);
  if (!tree) return std::unexpected(tree.error());
  tree->how.max_steps = max_steps;
  const Result<TreeSolution> found = solve_tree(tree->form, tree->how);
  if (!found) return std::unexpected(found.error());
  return read_answer(game, options, *tree, *found, begun);
}

Result<TreeAnswer> answer_on_tree(const Game& game, const AnswerOptions& options,
                                  const TreeChoice& choice) {
  const auto begun = std::chrono::steady_clock::now();
  Result<Unrolled> tree = unrolled(game, options, options.solve.lambda_factor);
  if (!tree) return std::unexpected(tree.error());
  Result<TreeSolution> found = solve_meant(*tree, options, choice);
  if (!found) return std::unexpected(found.error());
  TreeAnswer out;
  out.answer = read_answer(game, options, *tree, *found, begun);
  out.answer.method.asked = MethodName::tree;
  out.form = std::move(tree->form);
  out.solution = *std::move(found);
  return out;
}

Simulation simulate_solution(const Game& game, const ExtensiveForm& form,
                             const std::vector<double>& log_strategy, Measure measure,
                             std::int64_t plays, std::uint64_t seed) {
  TreeStrategies source(game, form, log_strategy, measure);
  prediction::HistoryTree histories(game, source);
  const bool built = histories.build(std::numeric_limits<std::int64_t>::max());
  MELIAN_EXPECT(built, "histories without a bound on their number");
  return simulate_histories(histories, plays, seed);
}

}  // namespace melian
