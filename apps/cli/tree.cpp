#include "tree.h"

#include <cmath>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
#include "melian/limit_results.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// Limits of the answer and of all solutions found.
Result<TreeLimits> limits_of(const ExtensiveForm& form, const TreeSolution& solution,
                             const OnStep& on_step) {
  TreeLimits out;
  LimitOptions options;
  options.on_step = on_step;
  const double lambda = solution.summary.lambda;
  Result<RefinedLimit> answer = refined_limit(form, solution.log_strategy, lambda, options);
  if (!answer) return std::unexpected(answer.error());
  out.answer = *std::move(answer);
  for (const TreeFound& found : solution.all) {
    Result<RefinedLimit> one =
        refined_limit(form, found.log_strategy, solution.summary.lambda_asked, options);
    if (!one) return std::unexpected(one.error());
    out.all.push_back(*std::move(one));
  }
  return out;
}

int solve_and_print(const ExtensiveForm& form, TreeConventions conventions, double lambda,
                    const TreeOutput& output) {
  if (output.limit && !(lambda > 0.0))
    return fail(complaint(idle_option_code, "`--limit` starts from a positive precision (lambda)",
                          "give `--lambda L` above 0"));
  Progress progress(output.quiet);
  progress.stage("tree");
  TreeOptions options;
  options.lambda = lambda;
  options.all = output.all;
  options.on_step = progress.callback();
  const Result<TreeSolution> found = solve_tree(form, options);
  Result<TreeLimits> limits = TreeLimits{};
  if (found && output.limit && found->summary.lambda > 0.0)
    limits = limits_of(form, *found, options.on_step);
  progress.clear();
  if (!found) return was_interrupted() ? stopped() : fail(found.error());
  if (!limits) return was_interrupted() ? stopped() : fail(limits.error());
  conventions.cut_by_clock = was_cut_by_clock();
  print(output.json ? tree_results_json(form, *found, conventions, *limits)
                    : tree_summary(form, *found, conventions, *limits, style_of_stdout()));
  return cut_short() ? cut_short_code()
                     : judged(found->certificate.holds, found->certificate.why_not, output.json,
                              output.quiet);
}

}  // namespace

int solve_gambit(const std::string& file, double lambda, const TreeOutput& output) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "a game of Gambit's states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_gambit(file);
  if (!form) return fail(form.error());
  return solve_and_print(*form,
                         {.fingerprint = sha256(write_efg(*form)),
                          .discounting = Discounting::present_value,
                          .measure = Measure::each},
                         lambda, output);
}

int solve_unrolled(const Game& game, const MethodOptions& method, const TreeOutput& output) {
  AsTree asked{std::nullopt, method.measure == "each" ? Measure::each : Measure::cells,
               method.present_value ? Discounting::present_value : Discounting::current_value};
  if (!std::isnan(method.lambda)) asked.lambda = method.lambda;
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return fail(request.error());
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return fail(form.error());
  return solve_and_print(
      *form,
      {.fingerprint = game.fingerprint, .discounting = asked.discounting, .measure = asked.measure},
      request->lambda, output);
}

}  // namespace melian::cli
