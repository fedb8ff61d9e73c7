#include "tree.h"

#include <cmath>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/as_tree.h"
#include "terminal.h"

namespace melian::cli {
namespace {

int solve_and_print(const ExtensiveForm& form, TreeConventions conventions, double lambda,
                    const TreeOutput& output) {
  Progress progress(output.quiet);
  progress.stage("tree");
  TreeOptions options;
  options.lambda = lambda;
  options.all = output.all;
  options.on_step = progress.callback();
  const Result<TreeSolution> found = solve_tree(form, options);
  progress.clear();
  if (!found) return was_interrupted() ? stopped() : fail(found.error());
  conventions.cut_by_clock = was_cut_by_clock();
  print(output.json ? tree_results_json(form, *found, conventions)
                    : tree_summary(form, *found, conventions, style_of_stdout()));
  return cut_short() ? cut_short_code()
                     : judged(found->certificate.holds, found->certificate.why_not, output.json,
                              output.quiet);
}

}  // namespace

bool is_efg(const std::string& name) { return name.ends_with(".efg"); }

int solve_efg(const std::string& file, double lambda, const TreeOutput& output) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "an .efg states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_efg(file);
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
