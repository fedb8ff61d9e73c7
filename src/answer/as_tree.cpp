#include "melian/as_tree.h"

#include <algorithm>

#include <fmt/core.h>

#include "melian/solve.h"

namespace melian {

Result<TreeRequest> tree_request(const Game& game, const AsTree& asked) {
  TreeRequest out;
  out.unroll.measure = asked.measure;
  out.unroll.discounting = asked.discounting;
  out.lambda = asked.lambda.value_or(0.0);
  if (asked.lambda) return out;
  out.unroll.lambda = game.numbers.precision;
  for (std::size_t i = 0; i < game.shape().players.size(); ++i) {
    const Player& player = game.shape().players[i];
    if (i >= out.unroll.lambda.size() ||
        out.unroll.lambda[i].size() != static_cast<std::size_t>(player.num_types()))
      return std::unexpected(Diagnostics{
          placeless(no_precision_code,
                    fmt::format("the model states no precision (lambda) for {}", player.name))});
    out.lambda = std::max(out.lambda, *std::ranges::max_element(out.unroll.lambda[i]));
  }
  return out;
}

Result<TreeSolution> solve_chosen(const ExtensiveForm& form, TreeOptions options,
                                  const Choice& choice) {
  if (choice.is_default()) return solve_tree(form, options);
  const bool small = static_cast<std::int64_t>(form.nodes.size()) <= most_nodes_searched;
  const bool whole = options.all && options.search_work > default_search_work;
  options.all = true;
  if (small && !whole) options.search_work = default_search_work;
  Result<TreeSolution> found = solve_tree(form, options);
  if (!found) return found;
  const bool is_there = choice.solution.empty() || find_solution(found->all, choice.solution) >= 0;
  if (!is_there && small && !whole) {
    options.search_work = TreeOptions{}.search_work;
    found = solve_tree(form, options);
    if (!found) return found;
  }
  if (const Result<void> chosen = choose(form, *found, choice); !chosen)
    return std::unexpected(chosen.error());
  return found;
}

Result<SolvedAsTree> solve_tree_of(const Game& game, const AsTree& asked, const OnStep& on_step) {
  const Result<TreeRequest> request = tree_request(game, asked);
  if (!request) return std::unexpected(request.error());
  Result<ExtensiveForm> form = unroll(game, request->unroll);
  if (!form) return std::unexpected(form.error());
  TreeOptions options;
  options.lambda = request->lambda;
  options.on_step = on_step;
  Result<TreeSolution> solution;
  if (asked.named_in && !asked.choice.solution.empty()) {
    AsTree there = asked;
    there.named_in.reset();
    const Result<SolvedAsTree> named = solve_tree_of(*asked.named_in, there, on_step);
    if (!named) return std::unexpected(named.error());
    solution = carry(named->form, named->solution.log_strategy, named->solution.summary.lambda,
                     *form, options);
  } else {
    solution = solve_chosen(*form, options, asked.choice);
  }
  if (!solution) return std::unexpected(solution.error());
  return SolvedAsTree{*std::move(form), *std::move(solution)};
}

Result<TreeNumbers> solve_as_tree(const Game& game, const AsTree& asked, const OnStep& on_step) {
  const Result<SolvedAsTree> solved = solve_tree_of(game, asked, on_step);
  if (!solved) return std::unexpected(solved.error());
  const ExtensiveForm* form = &solved->form;
  const TreeSolution* solution = &solved->solution;

  TreeNumbers out;
  out.reached = solution->summary.termination == TreeTermination::reached;
  out.certified = solution->certificate.holds;
  out.why_not = out.reached ? solution->certificate.why_not
                            : std::vector{fmt::format("the tree was followed to lambda {} only",
                                                      number_text(solution->summary.lambda, 4))};
  const TreePrediction prediction = predict_tree(*form, solution->log_strategy);
  for (const std::string& outcome : game.shape().outcomes) out.numbers["outcomes." + outcome] = 0.0;
  for (const TreePrediction::End& end : prediction.ends)
    out.numbers["outcomes." + end.outcome] += end.probability;
  for (std::size_t i = 0; i < prediction.payoffs.size(); ++i)
    out.numbers["values." + form->players[i]] = prediction.payoffs[i];
  constexpr double tie = 1e-9;  // round-off must not decide which of two is named
  double largest = -1.0;
  for (const std::string& outcome : game.shape().outcomes)
    if (const double probability = out.numbers.at("outcomes." + outcome);
        probability > largest + tie) {
      largest = probability;
      out.most_probable_outcome = outcome;
    }
  return out;
}

Result<double> number_by_tree(const TreeNumbers& solved, const std::string& name) {
  const auto found = solved.numbers.find(name);
  if (found != solved.numbers.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, number] : solved.numbers) names.push_back(known);
  const std::string near = nearest_word(name, names);
  return std::unexpected(
      Diagnostics{placeless("M0922", fmt::format("by tree there is no `{}`", name),
                            near.empty() ? "" : fmt::format("did you mean `{}`?", near))});
}

}  // namespace melian
