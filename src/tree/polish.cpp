#include "tree/polish.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "tree/shape.h"
#include "tree/sparse.h"
#include "tree/system.h"

namespace melian::tree {
namespace {

using Vector = std::vector<double>;

constexpr double landed_within = 1e-10;  // last correction, in logits
constexpr double at_round_off = 1e-6;    // corrections that shrink no more below this are round-off
constexpr double smallest_share = 1e-5;  // of a step: the equations have no solution this way
constexpr double reached_probability = 1e-6;

/// Largest change in logits; ratios far from nought count less, since their actions hardly matter.
double size_of(const Vector& move, const Vector& x) {
  constexpr double near = 20.0;
  double worst = 0.0;
  for (std::size_t k = 0; k < move.size(); ++k) {
    const double size = std::abs(move[k]) / (1.0 + std::abs(x[k]) / near);
    if (!(size <= worst)) worst = size;
  }
  return worst;
}

/// Newton's corrections at one lambda.
class Newton {
 public:
  Newton(System& system, double lambda)
      : system_(system),
        lambda_(lambda),
        factors_(system.pattern()),
        unknowns_(ix(system.num_unknowns())) {}

  /// Factorises the Jacobian where the system was last evaluated; false where it is singular.
  bool factorise() {
    Bordered& matrix = factors_.matrix();
    system_.jacobian(lambda_, matrix);
    for (std::size_t c = 0; c < unknowns_; ++c)
      matrix.entry[ix(matrix.column_begin[c + 1]) - 1] = 0.0;
    std::fill(matrix.entry.begin() + matrix.column_begin[unknowns_], matrix.entry.end(), 0.0);
    matrix.entry.back() = 1.0;  // lambda stays as it is
    return std::ranges::all_of(matrix.entry, [](double entry) { return std::isfinite(entry); }) &&
           factors_.factorise();
  }
  /// -J^-1 F where the system was last evaluated, by the factors at hand.
  [[nodiscard]] Vector correction() const {
    Vector right(unknowns_ + 1, 0.0);
    system_.residual(lambda_, {right.data(), unknowns_});
    for (double& entry : right) entry = -entry;
    Vector move = factors_.solve(right);
    move.pop_back();
    return move;
  }

 private:
  System& system_;
  double lambda_;
  Factors factors_;
  std::size_t unknowns_;
};

Vector moved_by(const Vector& x, double share, const Vector& move) {
  Vector out = x;
  for (std::size_t k = 0; k < x.size(); ++k) out[k] += share * move[k];
  return out;
}

struct Rest {
  Vector x;
  bool converged = false;
  int steps = 0;
  const char* why = "the limit of steps";
};

Rest come_to_rest(System& system, Vector x, const PolishOptions& options) {
  Rest out;
  Newton newton(system, options.lambda);
  double share = 1.0;
  system.evaluate(x);
  for (; out.steps < options.most_steps; ++out.steps) {
    if (!newton.factorise()) {
      out.why = "a singular Jacobian";
      break;
    }
    const Vector move = newton.correction();
    const double size = size_of(move, x);
    if (!std::isfinite(size)) {
      out.why = "numbers beyond arithmetic";
      break;
    }
    if (size <= landed_within) {
      x = moved_by(x, 1.0, move);
      out.converged = true;
      break;
    }
    bool taken = false;
    while (share >= smallest_share && !taken) {
      Vector tried = moved_by(x, share, move);
      system.evaluate(tried);
      const double left = size_of(newton.correction(), tried);
      if (left <= (1.0 - share / 4.0) * size) {
        x = std::move(tried);
        taken = true;
      } else if (size < at_round_off) {
        out.converged = true;
        break;
      } else {
        share /= 2.0;
      }
    }
    if (!taken) {
      if (!out.converged) out.why = "corrections that no share of a step makes smaller";
      break;
    }
    share = std::min(1.0, 2.0 * share);
  }
  out.x = std::move(x);
  return out;
}

/// How likely each information set is to be reached, by the analyst's odds.
Vector reach_of_sets(const ExtensiveForm& form, const Vector& log_strategy) {
  Vector of_node(form.nodes.size(), 1.0), out(form.sets.size(), 0.0);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    if (node.set < 0) continue;
    const ExtensiveForm::InformationSet& set = form.sets[ix(node.set)];
    out[ix(node.set)] += of_node[n];
    for (int a = 0; a < set.num_actions; ++a) {
      const std::size_t at = ix(set.first_action + a);
      of_node[ix(form.child(static_cast<int>(n), a))] =
          of_node[n] * (set.player < 0 ? form.actions[at].odds : std::exp(log_strategy[at]));
    }
  }
  return out;
}

double largest_change(const ExtensiveForm& form, const Vector& from, const Vector& to) {
  const Vector before = reach_of_sets(form, from), after = reach_of_sets(form, to);
  double out = 0.0;
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = form.sets[h];
    if (set.player < 0 || std::max(before[h], after[h]) < reached_probability) continue;
    for (int at = set.first_action; at < set.first_action + set.num_actions; ++at)
      out = std::max(out, std::abs(std::exp(from[ix(at)]) - std::exp(to[ix(at)])));
  }
  return out;
}

}  // namespace

Polished polish(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                const PolishOptions& options) {
  MELIAN_EXPECT(log_strategy.size() == form.actions.size(), "one entry for each action");
  Polished out;
  out.log_strategy = log_strategy;
  const auto too_large = [&](std::int64_t bytes) {
    if (bytes <= options.max_bytes) return false;
    out.message =
        fmt::format("not polished: a tree of {} nodes needs too much memory", form.nodes.size());
    return true;
  };
  if (too_large(System::bytes_to_plan(form))) return out;
  System system(form);
  if (too_large(system.bytes_to_solve())) return out;
  if (!sets_never_reached(form).empty()) {
    out.message = "not polished: chance never lets some information set be reached";
    return out;
  }
  Rest rest = come_to_rest(system, system.log_ratios(log_strategy), options);
  system.evaluate(rest.x);
  out.log_strategy = system.log_strategy();
  out.steps = rest.steps;
  out.moved = largest_change(form, log_strategy, out.log_strategy);
  out.certificate = certify_tree(form, out.log_strategy, options.lambda);
  out.at_rest = rest.converged && out.certificate.holds;
  if (out.at_rest)
    out.message = fmt::format("at rest after {} steps", out.steps);
  else if (!rest.converged)
    out.message = fmt::format("not at rest after {} steps: {}", out.steps, rest.why);
  else
    out.message = "not at rest: " + out.certificate.why_not.front();
  return out;
}

}  // namespace melian::tree
