#include "answer/answer_tree.h"

#include <chrono>
#include <utility>

#include <fmt/core.h>

#include "melian/as_tree.h"
#include "melian/predict_histories.h"
#include "melian/strategies.h"

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

}  // namespace

Result<Answer> answer_tree(const Game& game, const AnswerOptions& options, int max_steps) {
  AsTree asked;
  asked.lambda = options.solve.lambda;
  asked.measure = options.solve.measure;
  asked.discounting = options.solve.discounting;
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return std::unexpected(request.error());
  const auto begun = std::chrono::steady_clock::now();
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return std::unexpected(form.error());
  TreeOptions how;
  how.lambda = request->lambda * options.solve.lambda_factor;
  how.max_steps = max_steps;
  how.max_bytes = options.solve.max_bytes;
  how.on_step = options.solve.on_step;
  const Result<TreeSolution> found = solve_tree(*form, how);
  if (!found) return std::unexpected(found.error());

  Answer out;
  out.solution = as_solution(game, options, *request, *found);
  out.certificate = as_certificate(options, *found);
  out.tree = ByTree{static_cast<std::int64_t>(form->nodes.size()), found->summary,
                    found->certificate, found->log_strategy};
  out.solve_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  if (found->summary.termination == TreeTermination::cancelled) return out;
  TreeStrategies strategies(game, *form, found->log_strategy, options.solve.measure);
  std::optional<Prediction> prediction =
      predict_histories(game, strategies, static_cast<std::int64_t>(form->nodes.size()) * 4 + 1024,
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

}  // namespace melian
