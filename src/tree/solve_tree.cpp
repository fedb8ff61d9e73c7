#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "melian/tree.h"
#include "tree/find_all.h"
#include "tree/follow.h"
#include "tree/shape.h"
#include "tree/system.h"

namespace melian {
namespace {

using tree::ix;
using tree::Payoffs;

Diagnostics outside_the_method(const ExtensiveForm& form) {
  constexpr std::size_t most_told = 5;
  Diagnostics out;
  for (const int h : tree::sets_passed_twice(form)) {
    if (out.size() == most_told) break;
    out.push_back(placeless(
        tree_refusal_code,
        fmt::format("a play can pass {} twice, and the player does not know which time it is",
                    tree::set_words(form, h)),
        "give the two passings information sets of their own"));
  }
  for (const int h : tree::sets_never_reached(form)) {
    if (out.size() == most_told) break;
    out.push_back(
        placeless(tree_refusal_code,
                  fmt::format("chance never lets {} be reached: Bayes' rule gives no belief there",
                              tree::set_words(form, h)),
                  "drop actions of probability 0, or make them small instead"));
  }
  return out;
}

Diagnostics too_large(std::int64_t bytes, const ExtensiveForm& form, const TreeOptions& options) {
  if (bytes <= options.max_bytes) return {};
  constexpr double gigabyte = 1073741824.0;
  return {placeless(
      too_large_code,
      fmt::format(
          "a tree of {} nodes and {} information sets needs {} GB, more than the {} GB allowed",
          form.nodes.size(), form.sets.size(),
          number_text(static_cast<double>(bytes) / gigabyte, 3),
          number_text(static_cast<double>(options.max_bytes) / gigabyte, 3)),
      "fewer rounds, or fewer actions at each of them")};
}

/// Numbers whose products and sums would leave the range of doubles.
Diagnostics beyond_arithmetic(const Payoffs& payoffs, double lambda) {
  constexpr double most = 1e100;
  if (!(payoffs.largest <= most))
    return {placeless(tree_refusal_code,
                      fmt::format("payoffs add up to {}, beyond what can be computed with",
                                  number_text(payoffs.largest, 3)),
                      "state payoffs in a larger unit")};
  if (!(lambda * payoffs.range <= most))
    return {placeless(
        tree_refusal_code,
        fmt::format("lambda {} times payoffs that differ by {} is beyond what can be computed with",
                    number_text(lambda, 3), number_text(payoffs.range, 3)),
        "a smaller lambda")};
  return {};
}

std::string words(const TreeSummary& summary) {
  const std::string reached = number_text(summary.lambda, 6),
                    asked = number_text(summary.lambda_asked);
  switch (summary.termination) {
    case TreeTermination::reached: return fmt::format("reached lambda {}", asked);
    case TreeTermination::step_too_small:
      return fmt::format(
          "stopped at lambda {}, not {}: the branch could not be followed by any step that is not "
          "vanishingly small",
          reached, asked);
    case TreeTermination::step_limit:
      return fmt::format("stopped at lambda {}, not {}: the limit of {} steps", reached, asked,
                         summary.steps + summary.rejected);
    case TreeTermination::cancelled:
      return fmt::format("stopped at lambda {}, not {}: cancelled", reached, asked);
    case TreeTermination::not_run: break;
  }
  return summary.message;
}

/// The principal branch up to where it first comes to the lambda asked for.
tree::Vector principal(tree::Follower& follower, const TreeOptions& options, TreeSummary& summary,
                       std::vector<tree::Fork>& forks) {
  tree::TraceLimits limits;
  limits.target = options.lambda;
  limits.only_first = true;
  limits.max_steps = options.max_steps;
  tree::Trace trace = follower.from_start(limits);
  summary.termination = trace.termination;
  summary.steps = trace.steps;
  summary.rejected = trace.rejected;
  summary.folds = std::move(trace.folds);
  summary.branch_points = std::move(trace.branch_points);
  forks = std::move(trace.forks);
  const bool reached = trace.termination == TreeTermination::reached;
  summary.lambda = reached ? options.lambda : trace.lambda;
  return reached ? std::move(trace.crossings.front()) : std::move(trace.last);
}

/// By Newton's method from a solution nearby; that one where it leads nowhere.
tree::Vector nearby(tree::Follower& follower, const tree::System& system,
                    const TreeOptions& options, TreeSummary& summary) {
  tree::Vector from = system.log_ratios(options.near);
  tree::Vector x = follower.settle(from, options.lambda);
  const bool reached = !x.empty();
  summary.termination = reached ? TreeTermination::reached : TreeTermination::step_too_small;
  summary.lambda = options.lambda;
  return reached ? x : from;
}

}  // namespace

Result<TreeSolution> solve_tree(const ExtensiveForm& form, const TreeOptions& options) {
  MELIAN_EXPECT(!form.nodes.empty(), "a tree has a root");
  MELIAN_EXPECT(options.near.empty() || options.near.size() == form.actions.size(),
                "a strategy nearby says the log of every action");
  MELIAN_EXPECT(options.lambda >= 0.0 && std::isfinite(options.lambda),
                "lambda is a finite number from 0 up");
  const auto started = std::chrono::steady_clock::now();
  Diagnostics refused = outside_the_method(form);
  const Payoffs payoffs = tree::payoffs_of(form);
  if (refused.empty()) refused = beyond_arithmetic(payoffs, options.lambda);
  if (refused.empty()) refused = too_large(tree::System::bytes_to_plan(form), form, options);
  if (!refused.empty()) return std::unexpected(std::move(refused));
  tree::System system(form);
  constexpr std::int64_t most_entries = std::numeric_limits<int>::max();
  const bool countable = system.num_entries() < most_entries;
  refused =
      too_large(countable ? system.bytes_to_solve() : std::numeric_limits<std::int64_t>::max(),
                form, options);
  if (!refused.empty()) return std::unexpected(std::move(refused));

  TreeSolution out;
  out.summary.lambda_asked = options.lambda;
  out.summary.unknowns = system.num_unknowns();
  out.summary.entries = system.num_entries();
  tree::Follower follower(system, payoffs.range, options.on_step);
  std::vector<tree::Fork> forks;
  const tree::Vector x = options.near.empty() ? principal(follower, options, out.summary, forks)
                                              : nearby(follower, system, options, out.summary);
  system.evaluate(x);
  out.log_strategy = system.log_strategy();
  out.summary.message = words(out.summary);
  out.certificate = certify_tree(form, out.log_strategy, out.summary.lambda);
  if (out.summary.termination != TreeTermination::reached) {
    out.certificate.why_not.insert(out.certificate.why_not.begin(), out.summary.message);
    out.certificate.holds = false;
  }
  if (options.all && out.summary.termination != TreeTermination::cancelled && options.lambda > 0.0)
    out.all = tree::find_all(form, system, payoffs.range, x, forks, options, out.summary);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  out.summary.seconds = taken.count();
  return out;
}

}  // namespace melian
