/// The tree as referee (docs/methods_certify.md; decision 0023).

#include <algorithm>
#include <cmath>
#include <optional>

#include "answer/on_tree.h"
#include "melian/answer.h"
#include "tree/polish.h"

namespace melian {
namespace {

using Printed = std::map<std::string, double>;

constexpr auto most_nodes = static_cast<std::int64_t>(most_tree_nodes);
constexpr int most_newton_steps = 60;
constexpr double branch_work = 5e6;  // points of the tree's own branch times nodes
constexpr std::int64_t most_bytes = std::int64_t{1} << 30;
constexpr double round_off = 1e-6;  // relative to a number's scale: residuals may be 1e-6 logits

double read(const Printed& from, const std::string& name, double otherwise) {
  const auto found = from.find(name);
  return found == from.end() ? otherwise : found->second;
}

/// The printed number that is furthest off, in multiples of its stated error.
struct Furthest {
  double errors = 0.0;
  std::string number;
  double ours = 0.0, tree = 0.0;
};

Furthest furthest(const Certificate& certificate, const Printed& ours, const Printed& tree) {
  Furthest out;
  for (const auto& [name, number] : ours) {
    const auto there = tree.find(name);
    if (there == tree.end()) continue;
    const double allowed = read(certificate.grid_error, name, 0.0) +
                           round_off * std::max(read(certificate.scale, name, 1.0),
                                                round_off * std::abs(number)),
                 errors = std::abs(number - there->second) / allowed;
    if (out.number.empty() || !(errors <= out.errors)) out = {errors, name, number, there->second};
  }
  return out;
}

/// The printed numbers on the tree's own branch; none where the budget did not reach.
std::optional<Printed> on_own_branch(const Game& game, const AnswerOptions& options,
                                     const Unrolled& tree) {
  TreeOptions how;
  how.lambda = tree.lambda;
  how.max_bytes = std::min(most_bytes, options.solve.max_bytes);
  how.max_steps = static_cast<int>(
      std::clamp(branch_work / static_cast<double>(tree.form.nodes.size()), 50.0, 5000.0));
  how.on_step = options.solve.on_step;
  const Result<TreeSolution> found = solve_tree(tree.form, how);
  if (!found || found->summary.termination != TreeTermination::reached || !found->certificate.holds)
    return std::nullopt;
  return numbers_on_tree(game, tree, found->log_strategy);
}

/// Are two equilibria one?
bool same(const Printed& a, const Printed& b) {
  constexpr double apart = 1e-5;
  return std::ranges::all_of(a, [&](const auto& one) {
    return std::abs(one.second - read(b, one.first, one.second)) <=
           apart * (1.0 + std::abs(one.second));
  });
}

}  // namespace

void referee_by_tree(const Game& game, const AnswerOptions& options, Answer& answer) {
  TreeCheck& check = answer.certificate.tree;
  check = {};
  if (answer.tree || answer.solution.summary.termination == Termination::cancelled) return;
  const Result<Unrolled> tree = unroll_for(game, answer.solution.assessment, most_nodes);
  if (!tree) return;
  check.nodes = static_cast<std::int64_t>(tree->form.nodes.size());
  const Printed ours = printed_numbers(game.shape(), answer.prediction);

  tree::PolishOptions newton;
  newton.lambda = tree->lambda;
  newton.most_steps = most_newton_steps;
  newton.max_bytes = std::min(most_bytes, options.solve.max_bytes);
  const tree::Polished polished =
      tree::polish(tree->form, read_onto_tree(game, answer.solution.assessment, *tree), newton);
  Furthest off;
  if (polished.at_rest) {
    check.checked = true;
    check.moved = polished.moved;
    check.found = numbers_on_tree(game, *tree, polished.log_strategy);
    off = furthest(answer.certificate, ours, check.found);
    check.within = off.errors <= 1.0;
  }
  const std::optional<Printed> own = on_own_branch(game, options, *tree);
  if (own) {
    const Furthest there = furthest(answer.certificate, ours, *own);
    if (!check.within && there.errors <= 1.0) {
      check.checked = check.within = true;
      check.found = *own;
      off = there;
    } else if (!check.checked || !same(check.found, *own)) {
      check.own_branch = *own;
    }
  }
  check.number = off.number;
  check.ours = off.ours;
  check.tree = off.tree;
  if (!check.checked) check.why_not_checked = polished.message;
}

}  // namespace melian
