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

/// Limits of all solutions found, and of the answer.
Result<TreeLimits> limits_of(const ExtensiveForm& form, const TreeSolution& solution,
                             const OnStep& on_step) {
  TreeLimits out;
  LimitOptions options;
  options.on_step = on_step;
  for (const TreeFound& found : solution.all) {
    Result<RefinedLimit> one =
        refined_limit(form, found.log_strategy, solution.summary.lambda_asked, options);
    if (!one) return std::unexpected(one.error());
    out.all.push_back(*std::move(one));
  }
  if (solution.chosen < out.all.size()) {
    out.answer = out.all[solution.chosen];
    return out;
  }
  Result<RefinedLimit> answer =
      refined_limit(form, solution.log_strategy, solution.summary.lambda, options);
  if (!answer) return std::unexpected(answer.error());
  out.answer = *std::move(answer);
  return out;
}

/// `game`: what the form was unrolled from; null where it came from a file.
int solve_and_print(const ExtensiveForm& form, const Game* game, TreeConventions conventions,
                    double lambda, const TreeWishes& wishes, const StrategyOptions& strategies) {
  if (wishes.limit && !(lambda > 0.0))
    return fail(complaint(idle_option_code, "`--limit` starts from a positive precision (lambda)",
                          "give `--lambda L` above 0"));
  Progress progress(wishes.quiet);
  progress.stage("tree");
  TreeOptions options;
  options.lambda = lambda;
  options.all = wishes.all || static_cast<std::int64_t>(form.nodes.size()) <= most_nodes_searched;
  if (!wishes.all) options.search_work = default_search_work;
  options.on_step = progress.callback();
  conventions.list_solutions = wishes.all;
  conventions.sets_elsewhere = strategies.asked;
  const Result<TreeSolution> found = solve_chosen(form, options, wishes.choice);
  Result<TreeLimits> limits = TreeLimits{};
  if (found && wishes.limit && found->summary.lambda > 0.0)
    limits = limits_of(form, *found, options.on_step);
  progress.clear();
  if (!found) return was_interrupted() ? stopped() : fail(found.error());
  if (!limits) return was_interrupted() ? stopped() : fail(limits.error());
  conventions.cut_by_clock = was_cut_by_clock();
  std::optional<StrategyList> list;
  if (strategies.asked && game != nullptr) {
    TreeStrategies source(*game, form, found->log_strategy, conventions.measure);
    list = list_strategies(*game, source, strategies.for_list());
  } else if (strategies.asked) {
    list = list_strategies(form, found->log_strategy, strategies.for_list());
  }
  strategies.print_with(list, form.title, wishes.json, [&] {
    return wishes.json ? tree_results_json(form, *found, conventions, *limits)
                       : tree_summary(form, *found, conventions, *limits, style_of_stdout());
  });
  return cut_short() ? cut_short_code()
                     : judged(found->certificate.holds, found->certificate.why_not,
                              wishes.json || strategies.document(), wishes.quiet);
}

}  // namespace

int solve_gambit(const std::string& file, double lambda, const TreeWishes& wishes,
                 const StrategyOptions& strategies) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "a game of Gambit's states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_gambit(file);
  if (!form) return fail(form.error());
  return solve_and_print(*form, nullptr,
                         {.fingerprint = sha256(write_efg(*form)),
                          .discounting = Discounting::present_value,
                          .measure = Measure::each},
                         lambda, wishes, strategies);
}

int solve_unrolled(const Game& game, const MethodOptions& method, const TreeWishes& wishes,
                   const StrategyOptions& strategies) {
  const AsTree asked = method.as_tree();
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return fail(request.error());
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return fail(form.error());
  return solve_and_print(*form, &game,
                         {.fingerprint = game.fingerprint,
                          .discounting = asked.discounting,
                          .measure = asked.measure,
                          .unrolled = true},
                         request->lambda, wishes, strategies);
}

}  // namespace melian::cli
