/// A solution carried from one game to another of the same shape.

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/tree.h"

namespace melian {
namespace {

double mean(double from, double to, double part) { return from + part * (to - from); }

void mix(std::vector<double>& into, const std::vector<double>& to, double part) {
  for (std::size_t k = 0; k < into.size(); ++k) into[k] = mean(into[k], to[k], part);
}

/// The game at `part` of the way from one to the other: odds still sum to one.
ExtensiveForm between(const ExtensiveForm& from, const ExtensiveForm& to, double part) {
  ExtensiveForm out = from;
  mix(out.payoffs, to.payoffs, part);
  mix(out.perceived, to.perceived, part);
  for (std::size_t a = 0; a < out.actions.size(); ++a) {
    out.actions[a].odds = mean(from.actions[a].odds, to.actions[a].odds, part);
    out.actions[a].log_weight = mean(from.actions[a].log_weight, to.actions[a].log_weight, part);
  }
  for (std::size_t h = 0; h < out.sets.size(); ++h)
    out.sets[h].lambda_factor = mean(from.sets[h].lambda_factor, to.sets[h].lambda_factor, part);
  return out;
}

bool of_one_shape(const ExtensiveForm& a, const ExtensiveForm& b) {
  if (a.players != b.players || a.nodes != b.nodes || a.sets.size() != b.sets.size() ||
      a.actions.size() != b.actions.size() || a.payoffs.size() != b.payoffs.size() ||
      a.perceived.size() != b.perceived.size())
    return false;
  for (std::size_t h = 0; h < a.sets.size(); ++h)
    if (a.sets[h].player != b.sets[h].player || a.sets[h].num_actions != b.sets[h].num_actions)
      return false;
  return true;
}

/// The largest change of a probability.
double moved(const std::vector<double>& a, const std::vector<double>& b) {
  double out = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k)
    out = std::max(out, std::abs(std::exp(a[k]) - std::exp(b[k])));
  return out;
}

Diagnostics lost(const std::string& why) {
  return {placeless(no_such_solution_code, why,
                    "name a solution of the game nearer to where it is asked for")};
}

}  // namespace

Result<TreeSolution> carry(const ExtensiveForm& from, const std::vector<double>& log_strategy,
                           double from_lambda, const ExtensiveForm& to,
                           const TreeOptions& options) {
  constexpr double widest = 0.1;  // of a probability in one step: farther, another may be met
  constexpr double shortest = 1e-4;
  if (!of_one_shape(from, to))
    return std::unexpected(
        lost("the game has another shape here: the solution has no counterpart"));
  TreeOptions at = options;
  at.all = false;
  at.near = log_strategy;
  double done = 0.0, step = 1.0;
  while (true) {
    const double next = std::min(1.0, done + step);
    at.lambda = mean(from_lambda, options.lambda, next);
    Result<TreeSolution> found = solve_tree(next == 1.0 ? to : between(from, to, next), at);
    if (!found || found->summary.termination == TreeTermination::cancelled) return found;
    const bool arrived = found->summary.termination == TreeTermination::reached &&
                         found->certificate.holds && moved(at.near, found->log_strategy) <= widest;
    if (arrived && next == 1.0) return found;
    if (arrived) {
      done = next;
      step *= 2.0;
      at.near = std::move(found->log_strategy);
    } else {
      step *= 0.5;
    }
    if (step < shortest)
      return std::unexpected(lost(fmt::format(
          "the solution cannot be followed so far: its branch turns back or is crossed at {} of "
          "the way",
          number_text(done, 3))));
  }
}

}  // namespace melian
