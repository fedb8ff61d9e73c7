#include "tree.h"

#include <cmath>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
#include "terminal.h"

namespace melian::cli {
namespace {

int solve_and_print(const ExtensiveForm& form, const TreeConventions& conventions, double lambda,
                    bool all, bool json, bool quiet) {
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
  print(json ? tree_results_json(form, *found, conventions)
             : tree_summary(form, *found, conventions, style_of_stdout()));
  return judged(found->certificate.holds, found->certificate.why_not, json, quiet);
}

}  // namespace

int solve_gambit(const std::string& file, double lambda, bool all, bool json, bool quiet) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "a game of Gambit's states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_gambit(file);
  if (!form) return fail(form.error());
  return solve_and_print(*form,
                         {.fingerprint = sha256(write_efg(*form)),
                          .discounting = Discounting::present_value,
                          .measure = Measure::each},
                         lambda, all, json, quiet);
}

int solve_unrolled(const Game& game, const MethodOptions& method, bool all, bool json, bool quiet) {
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
      request->lambda, all, json, quiet);
}

}  // namespace melian::cli
