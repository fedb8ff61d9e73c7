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
                    const TreeWishes& wishes) {
  catch_interrupts();
  Progress progress(wishes.quiet);
  TreeOptions options;
  options.lambda = lambda;
  options.all = wishes.all || static_cast<std::int64_t>(form.nodes.size()) <= most_nodes_searched;
  if (!wishes.all) options.search_work = default_search_work;
  options.on_step = progress.callback();
  conventions.list_solutions = wishes.all;
  const Result<TreeSolution> found = solve_chosen(form, options, wishes.choice);
  progress.clear();
  if (was_interrupted()) return stopped();
  if (!found) return fail(found.error());
  print(wishes.json ? tree_results_json(form, *found, conventions)
                    : tree_summary(form, *found, conventions, style_of_stdout()));
  return judged(found->certificate.holds, found->certificate.why_not, wishes.json, wishes.quiet);
}

}  // namespace

bool is_efg(const std::string& name) { return name.ends_with(".efg"); }

int solve_efg(const std::string& file, double lambda, const TreeWishes& wishes) {
  if (std::isnan(lambda))
    return fail(complaint(idle_option_code, "an .efg states no precision (lambda)",
                          "give `--lambda L`, in 1/payoff units"));
  const Result<ExtensiveForm> form = read_efg(file);
  if (!form) return fail(form.error());
  return solve_and_print(*form,
                         {.fingerprint = sha256(write_efg(*form)),
                          .discounting = Discounting::present_value,
                          .measure = Measure::each},
                         lambda, wishes);
}

int solve_unrolled(const Game& game, const MethodOptions& method, const TreeWishes& wishes) {
  const AsTree asked = method.as_tree();
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return fail(request.error());
  const Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return fail(form.error());
  return solve_and_print(
      *form,
      {.fingerprint = game.fingerprint, .discounting = asked.discounting, .measure = asked.measure},
      request->lambda, wishes);
}

}  // namespace melian::cli
