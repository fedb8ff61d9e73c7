/// The walk to higher precision; extrapolate.cpp reads where it leads.

#include "melian/limit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "melian/numeric.h"
#include "tree/assessment.h"
#include "tree/extrapolate.h"
#include "tree/follow.h"
#include "tree/shape.h"
#include "tree/system.h"

namespace melian {
namespace {

using tree::ix;

/// Where differences of epsilon times every stake move log-ratios by ten: payoffs have spoken.
double resolved_at(const ExtensiveForm& form, const std::vector<double>& stakes, double epsilon) {
  constexpr double spoken = 10.0;
  double out = 0.0;
  for (std::size_t h = 0; h < form.sets.size(); ++h)
    if (stakes[h] > 0.0)
      out = std::max(out, spoken / (epsilon * form.sets[h].lambda_factor * stakes[h]));
  return out;
}

Diagnostics too_large(const ExtensiveForm& form) {
  return {placeless(
      too_large_code,
      fmt::format("following a tree of {} nodes and {} information sets to its limit needs too "
                  "much memory",
                  form.nodes.size(), form.sets.size()),
      "fewer rounds, or fewer actions at each of them")};
}

class Walk {
 public:
  Walk(const ExtensiveForm& form, const std::vector<double>& log_strategy, double lambda,
       const LimitOptions& options, TreeLimit& out)
      : form_(form),
        given_(log_strategy),
        lambda_(lambda),
        options_(options),
        out_(out),
        system_(form) {}

  /// Follows the branch as far as it takes; what refuses the form.
  Diagnostics run() {
    constexpr std::int64_t most_entries = std::numeric_limits<int>::max();
    if (system_.num_entries() >= most_entries || system_.bytes_to_solve() > options_.max_bytes)
      return too_large(form_);
    range_ = tree::payoffs_of(form_).range;
    x_ = system_.log_ratios(given_);
    remember();
    const double needed = std::min(resolved_at(form_, out_.stake, out_.epsilon), 0.5 * highest());
    bool going = started_at_a_solution();
    while (going && !(precision() >= needed && has_settled()) && 2.0 * precision() <= highest())
      going = double_precision();
    const LimitBinding failed = out_.binding;
    tree::extrapolate(form_, given_, last_, out_);
    if (!going) {
      out_.binding = failed;
      out_.settled = false;
    }
    return {};
  }

 private:
  /// Always far enough for the conditions to be looked at.
  [[nodiscard]] double highest() const {
    constexpr double least_factor = 1 << (tree::snapshots_needed + 1);
    return std::max(options_.largest / range_, least_factor * lambda_);
  }

  [[nodiscard]] double precision() const { return lambda_ * out_.factors.back(); }

  bool started_at_a_solution() {
    const TreeCertificate certificate = certify_tree(form_, given_, lambda_);
    if (certificate.residual <= certificate.tolerance) return true;
    out_.binding = {LimitCondition::solution, -1, -1, certificate.residual,
                    fmt::format("the strategy given misses the logit equations by {} logits",
                                number_text(certificate.residual, 3))};
    return false;
  }

  bool has_settled() {
    if (last_.size() < tree::snapshots_needed) return false;
    tree::extrapolate(form_, given_, last_, out_);
    return out_.settled;
  }

  bool double_precision() {
    const double from = precision();
    tree::TraceLimits limits;
    limits.target = 2.0 * from;
    limits.only_first = true;
    limits.max_steps = options_.max_steps;
    tree::Follower follower(system_, range_, [&](const Step&) {
      return !options_.on_step ||
             options_.on_step(
                 {"limit",
                  std::clamp(std::log(from / lambda_) / std::log(highest() / lambda_), 0.0, 1.0)});
    });
    tree::Trace trace = follower.onward(x_, from, 1, limits);
    out_.steps += trace.steps + trace.rejected;
    out_.folds.insert(out_.folds.end(), trace.folds.begin(), trace.folds.end());
    if (trace.termination != TreeTermination::reached || trace.crossings.empty()) {
      failed(trace, from);
      return false;
    }
    x_ = std::move(trace.crossings.front());
    out_.factors.push_back(2.0 * out_.factors.back());
    remember();
    return true;
  }

  void failed(const tree::Trace& trace, double from) {
    const bool cancelled = trace.termination == TreeTermination::cancelled;
    out_.binding = {cancelled ? LimitCondition::cancelled : LimitCondition::branch, -1, -1,
                    trace.lambda,
                    cancelled ? "stopped"
                              : fmt::format("the branch could not be followed from lambda {} to "
                                            "{}: {}",
                                            number_text(from, 6), number_text(2.0 * from, 6),
                                            why(trace.termination))};
  }

  [[nodiscard]] static std::string why(TreeTermination termination) {
    switch (termination) {
      case TreeTermination::reached: return "it turns back to lambda 0";
      case TreeTermination::step_limit: return "the limit of steps";
      default: return "no step is small enough";
    }
  }

  void remember() {
    system_.evaluate(x_);
    last_.push_back({system_.log_strategy(), tree::log_beliefs(form_, system_.log_strategy())});
    if (last_.size() > tree::snapshots_needed) last_.pop_front();
  }

  const ExtensiveForm& form_;
  const std::vector<double>& given_;
  double lambda_;
  const LimitOptions& options_;
  TreeLimit& out_;
  tree::System system_;
  double range_ = 1.0;
  tree::Vector x_;
  std::deque<tree::Snapshot> last_;
};

}  // namespace

Result<TreeLimit> limit_tree(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                             double lambda, const LimitOptions& options) {
  MELIAN_EXPECT(log_strategy.size() == form.actions.size(), "one entry for each action");
  MELIAN_EXPECT(lambda > 0.0 && std::isfinite(lambda), "lambda is a positive number");
  MELIAN_EXPECT(options.epsilon > 0.0 && options.epsilon < 1.0, "epsilon lies between 0 and 1");
  TreeLimit out;
  out.lambda = lambda;
  out.epsilon = options.epsilon;
  out.factors = {1.0};
  out.stake = tree::stakes_of(form);
  if (tree::System::bytes_to_plan(form) > options.max_bytes)
    return std::unexpected(too_large(form));
  Walk walk(form, log_strategy, lambda, options, out);
  if (Diagnostics refused = walk.run(); !refused.empty())
    return std::unexpected(std::move(refused));
  return out;
}

}  // namespace melian
