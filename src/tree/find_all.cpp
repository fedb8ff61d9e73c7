#include "tree/find_all.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <utility>

#include "tree/shape.h"

namespace melian::tree {
namespace {

/// A well-mixed number from two: the same on every machine (SplitMix64).
std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
  std::uint64_t z = a * 0x9E3779B97F4A7C15ULL + b * 0xD1B54A32D192ED03ULL + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

/// Preferred actions to start from. Sets of one player with the same actions are *alike*: the same
/// decision of another type or after another history. The first starts run through what alike sets
/// may all prefer; the later ones draw, for each kind of sets, whether they prefer one action
/// together, each its own, or none.
class Starts {
 public:
  explicit Starts(const ExtensiveForm& form) : form_(form), kind_(form.sets.size(), -1) {
    std::map<std::pair<int, std::vector<std::string>>, int> kinds;
    for (std::size_t h = 0; h < form.sets.size(); ++h) {
      const ExtensiveForm::InformationSet& set = form.sets[h];
      if (set.player < 0 || set.num_actions < 2) continue;
      std::vector<std::string> labels;
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        labels.push_back(form.actions[ix(a)].label);
      const auto [found, is_new] =
          kinds.try_emplace({set.player, std::move(labels)}, static_cast<int>(radix_.size()));
      if (is_new) radix_.push_back(set.num_actions);
      kind_[h] = found->second;
    }
    for (const int actions : radix_) together_ *= actions;
  }

  /// Preferred action by set of the form; -1: none.
  [[nodiscard]] std::vector<int> preferred(int start, int starts) const {
    std::vector<int> out(form_.sets.size(), -1);
    const int run_through = static_cast<int>(std::min(together_, starts / 2.0));
    const bool all_together = together_ <= starts / 2.0;
    for (std::size_t h = 0; h < out.size(); ++h) {
      if (kind_[h] < 0) continue;
      const auto kind = static_cast<std::uint64_t>(kind_[h]),
                 actions = static_cast<std::uint64_t>(form_.sets[h].num_actions),
                 s = static_cast<std::uint64_t>(start);
      if (start < run_through && all_together) {
        out[h] = digit(start, kind_[h]);
        continue;
      }
      enum : std::uint64_t { together, each_its_own, none, modes };
      const std::uint64_t mode = start < run_through ? together : mixed(s, kind) % modes;
      if (mode == together) out[h] = static_cast<int>(mixed(s + 1000003, kind) % actions);
      if (mode == each_its_own) out[h] = static_cast<int>(mixed(s + 2000003, h) % actions);
    }
    return out;
  }

 private:
  [[nodiscard]] int digit(int number, int kind) const {
    for (int k = 0; k < kind; ++k) number /= radix_[ix(k)];
    return number % radix_[ix(kind)];
  }

  const ExtensiveForm& form_;
  std::vector<int> kind_, radix_;
  double together_ = 1.0;  ///< ways in which alike sets may all prefer the same
};

class Finder {
 public:
  Finder(const ExtensiveForm& form, System& system, double payoff_range, const TreeOptions& options,
         TreeSummary& summary)
      : form_(form),
        system_(system),
        range_(payoff_range),
        options_(options),
        summary_(summary),
        follower_(system, payoff_range, watched()) {}

  std::vector<TreeFound> run(const Vector& principal) {
    if (summary_.termination == TreeTermination::reached) {
      add(principal, TreeFound::Origin::principal, -1);
      walk(0, 1);
    }
    std::vector<Vector> arrivals = arrive();
    for (std::size_t k = 0; k < arrivals.size() && !cancelled_; ++k) {
      if (arrivals[k].empty()) continue;
      ++summary_.starts_arrived;
      const int before = static_cast<int>(found_.size());
      add(std::move(arrivals[k]), TreeFound::Origin::started, static_cast<int>(k));
      if (static_cast<int>(found_.size()) == before) continue;
      walk(before, 1);
      walk(before, -1);
    }
    return std::move(found_);
  }

 private:
  OnStep watched() {
    return [this](const Step&) {
      const std::scoped_lock lock(watching_);
      if (options_.on_step && !cancelled_)
        cancelled_ = !options_.on_step(
            {"further solutions",
             options_.starts > 0 ? static_cast<double>(summary_.starts) / options_.starts : 0.0});
      return !cancelled_;
    };
  }

  /// Where the curves from all starts come to the target; empty where one does not. At once as far
  /// as memory allows.
  std::vector<Vector> arrive() {
    const Starts starts(form_);
    std::vector<Vector> out(ix(options_.starts));
    const auto one = [&](std::size_t k) {
      out[k] =
          from_start(static_cast<int>(k), starts.preferred(static_cast<int>(k), options_.starts));
    };
    if (system_.bytes_to_solve() <= options_.max_bytes / std::max(1, num_threads())) {
      parallel_for(out.size(), one);
    } else {
      for (std::size_t k = 0; k < out.size(); ++k) one(k);
    }
    return out;
  }

  /// A curve from play biased towards `preferred`, with the bias gone where it comes to the target.
  Vector from_start(int number, const std::vector<int>& preferred) {
    if (cancelled_) return {};
    constexpr double strengths[] = {1.0, 4.0,
                                    0.5};  // of what payoffs can move logits by at the target
    System biased = system_;
    biased.set_bias(biased.preference(preferred, strengths[number % 3] * options_.lambda * range_),
                    options_.lambda);
    TraceLimits limits = ordinary();
    limits.only_first = true;
    limits.any_curve = true;
    Trace trace = Follower(biased, range_, watched()).from_start(limits);
    {
      const std::scoped_lock lock(watching_);
      ++summary_.starts;
    }
    const bool arrived = trace.termination == TreeTermination::reached && !trace.crossings.empty();
    return arrived ? std::move(trace.crossings.front()) : Vector();
  }

  /// Along the branch of a solution as lambda moves: round a fold it may come to the target again.
  void walk(int from, int direction) {
    TraceLimits limits = ordinary();
    limits.stop_at = [&](const Vector& y) { return known(Vector(y.begin(), y.end() - 1)); };
    Trace trace = follower_.onward(solutions_[ix(from)], options_.lambda, direction, limits);
    for (Vector& x : trace.crossings) add(std::move(x), TreeFound::Origin::continued, from);
  }

  [[nodiscard]] TraceLimits ordinary() const {
    constexpr double far_beyond = 4.0;  // times the target: folds beyond are not looked for
    constexpr int steps = 3000;
    TraceLimits limits;
    limits.target = options_.lambda;
    limits.highest = far_beyond * options_.lambda;
    limits.max_steps = std::min(options_.max_steps, steps);
    return limits;
  }

  [[nodiscard]] bool known(const Vector& x) const {
    constexpr double same = 1e-5;  // in logits; both are solved to round-off
    return std::ranges::any_of(solutions_, [&](const Vector& other) {
      double apart = 0.0;
      for (std::size_t k = 0; k < x.size(); ++k)
        apart = std::max(apart, std::abs(x[k] - other[k]) / (1.0 + std::abs(x[k])));
      return apart < same;
    });
  }

  void add(Vector x, TreeFound::Origin origin, int from) {
    if (known(x)) return;
    system_.evaluate(x);
    TreeFound one{origin, from, system_.log_strategy(), {}};
    one.certificate = certify_tree(form_, one.log_strategy, options_.lambda);
    if (!(one.certificate.residual <= one.certificate.tolerance)) return;
    solutions_.push_back(std::move(x));
    found_.push_back(std::move(one));
  }

  const ExtensiveForm& form_;
  System& system_;
  double range_;
  const TreeOptions& options_;
  TreeSummary& summary_;
  Follower follower_;
  std::vector<Vector> solutions_;
  std::vector<TreeFound> found_;
  std::mutex watching_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

std::vector<TreeFound> find_all(const ExtensiveForm& form, System& system, double payoff_range,
                                const Vector& principal, const TreeOptions& options,
                                TreeSummary& summary) {
  return Finder(form, system, payoff_range, options, summary).run(principal);
}

}  // namespace melian::tree
