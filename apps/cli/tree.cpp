#include "tree.h"

#include <cmath>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// `game`: what the form was unrolled from; null where it came from a file.
int solve_and_print(const ExtensiveForm& form, const Game* game, const TreeConventions& conventions,
                    double lambda, bool all, bool json, const StrategyOptions& strategies,
                    bool quiet) {
  catch_interrupts();
  Progress progress(quiet);
  TreeOptions options;
  options.lambda = lambda;
  options.all = all;
  options.on_step = progress.callback();
  const Result<TreeSolution> found = solve_tree(form, options);
  progress.clear();
  if (was_interrupted()) return stopped();
  if (!found) return fail(found.error());
  std::optional<StrategyList> list;
  if (strategies.asked && game != nullptr) {
    TreeStrategies source(*game, form, found->log_strategy, conventions.measure);
    list = list_strategies(*game, source, strategies.for_list());
  } else if (strategies.asked) {
    list = list_strategies(form, found->log_strategy, strategies.for_list());
  }
  strategies.print_with(list, form.title, json, [&] {
    return json ? tree_results_json(form, *found, conventions)
                : tree_summary(form, *found, conventions, style_of_stdout());
  });
  return judged(found->certificate.holds, found->certificate.why_not, json || strategies.document(),
                quiet);
}

}  // namespace

bool is_efg(const std::string& name) { return name.ends_with(".efg"); }

int solve_efg(const std::string& file, double lambda, bool all, bool json,
              const StrategyOptions& strategies, bool quiet) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "an .efg states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_efg(file);
  if (!form) return fail(form.error());
  return solve_and_print(*form, nullptr,
                         {.fingerprint = sha256(write_efg(*form)),
                          .discounting = Discounting::present_value,
                          .measure = Measure::each},
                         lambda, all, json, strategies, quiet);
}

int solve_unrolled(const Game& game, const MethodOptions& method, bool all, bool json,
                   const StrategyOptions& strategies, bool quiet) {
  AsTree asked{std::nullopt, method.measure == "each" ? Measure::each : Measure::cells,
               method.present_value ? Discounting::present_value : Discounting::current_value};
  if (!std::isnan(method.lambda)) asked.lambda = method.lambda;
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return fail(request.error());
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return fail(form.error());
  return solve_and_print(*form, &game,
                         {.fingerprint = game.fingerprint,
                          .discounting = asked.discounting,
                          .measure = asked.measure,
                          .unrolled = true},
                         request->lambda, all, json, strategies, quiet);
}

}  // namespace melian::cli
