#include "tree/find_all.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <utility>

#include "tree/shape.h"
#include "tree/starts.h"

namespace melian::tree {
namespace {

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

  std::vector<TreeFound> run(const Vector& principal, const std::vector<Fork>& forks) {
    lay_out_budget();
    lay_out_stages();
    if (summary_.termination == TreeTermination::reached) {
      add(principal, TreeFound::Origin::principal, -1);
      if (!found_.empty()) {  // else round-off hides whether it is a solution
        leave(forks, 0);
        walk(0, 1);
      }
    }
    const Starts by_actions(form_, Starts::Alike::actions), by_labels(form_, Starts::Alike::labels);
    gather(starts_, [&](int k) { return from_start(k, by_actions.preferred(k, starts_)); });
    gather(replies_, [&](int k) { return from_replies(k, by_labels.preferred(k, replies_)); });
    for (std::size_t k = walked_; k < found_.size() && !cancelled_; ++k) {
      walk(static_cast<int>(k), 1);
      walk(static_cast<int>(k), -1);
    }
    return std::move(found_);
  }

 private:
  OnStep watched() {
    return [this](const Step&) {
      const std::scoped_lock lock(watching_);
      if (options_.on_step && !cancelled_)
        cancelled_ = !options_.on_step(
            {"further solutions", starts_ + replies_ > 0
                                      ? static_cast<double>(summary_.starts) / (starts_ + replies_)
                                      : 0.0});
      return !cancelled_;
    };
  }

  /// Of the work a fifth goes to starts, two each to replies and to walks along branches.
  void lay_out_budget() {
    constexpr int steps_of_a_start = 60;     // few curves need more
    constexpr int steps_of_replies = 12;     // most are evaluations, which cost less
    constexpr int most_replies = 16;         // to a start
    constexpr std::int64_t of_itself = 300;  // what a point takes besides its nodes
    const std::int64_t of_a_point = of_itself + static_cast<std::int64_t>(form_.nodes.size());
    const std::int64_t fifth = options_.search_work / of_a_point / 5;
    starts_ = static_cast<int>(std::min<std::int64_t>(options_.starts, fifth / steps_of_a_start));
    steps_of_start_ =
        static_cast<int>(std::min<std::int64_t>(most_steps, fifth / std::max(1, starts_)));
    replies_ = static_cast<int>(std::min<std::int64_t>(most_replies * std::int64_t{options_.starts},
                                                       2 * fifth / steps_of_replies));
    left_ = 2 * fifth;
  }

  /// Adds what `one` comes to from each of its starts; they run at once as far as memory allows.
  template <class One>
  void gather(int starts, const One& one) {
    std::vector<Vector> arrivals(ix(starts));
    const auto start = [&](std::size_t k) {
      if (!cancelled_) arrivals[k] = one(static_cast<int>(k));
    };
    if (system_.bytes_to_solve() <= options_.max_bytes / std::max(1, num_threads())) {
      parallel_for(arrivals.size(), start);
    } else {
      for (std::size_t k = 0; k < arrivals.size(); ++k) start(k);
    }
    for (std::size_t k = 0; k < arrivals.size(); ++k) {
      if (arrivals[k].empty()) continue;
      ++summary_.starts_arrived;
      add(std::move(arrivals[k]), TreeFound::Origin::started, started_ + static_cast<int>(k));
    }
    summary_.starts += starts;
    started_ += starts;
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
    limits.max_steps = std::min(limits.max_steps, steps_of_start_);
    Trace trace = Follower(biased, range_, watched()).from_start(limits);
    const bool arrived = trace.termination == TreeTermination::reached && !trace.crossings.empty();
    return arrived ? std::move(trace.crossings.front()) : Vector();
  }

  /// Along the branch of a solution as lambda moves: round a fold it may come to the target again,
  /// and others may cross it.
  void walk(int from, int direction) {
    walked_ = std::max(walked_, ix(from) + 1);
    const TraceLimits limits = of_walk();
    if (limits.max_steps <= 0) return;
    take(follower_.onward(solutions_[ix(from)], options_.lambda, direction, limits), from,
         TreeFound::Origin::continued, 0.0);
  }

  /// Along the branches that cross the branch of a solution, both ways.
  void leave(const std::vector<Fork>& forks, int from) {
    for (const Fork& fork : forks)
      for (const int direction : {1, -1}) {
        const TraceLimits limits = of_walk();
        if (limits.max_steps <= 0 || cancelled_) return;
        take(follower_.aside(fork, direction, limits), from, TreeFound::Origin::crossing,
             fork.y.back() / range_);
      }
  }

  /// Where logit replies to play that prefers these actions come to rest, if Newton's method brings
  /// them to a solution: an equilibrium whose actions are strict best replies draws replies in.
  /// The last movers reply first, to beliefs that the preferred play gives them.
  Vector from_replies(int number, const std::vector<int>& preferred) {
    if (!watched()({"", 0.0})) return {};
    constexpr double strengths[] = {0.3, 1.0, 0.1};        // of what payoffs can move logits by
    constexpr int of_a_stage = 3, of_all = 20, whole = 5;  // replies; all: whole ones, then half
    constexpr double at_rest = 0.1;  // in logits: Newton's method does the rest
    System system = system_;
    Vector x = system.preference(preferred, strengths[number % 3] * options_.lambda * range_);
    Vector move(x.size());
    const auto reply = [&](int from_stage, double part) {
      system.evaluate(x);
      system.residual(options_.lambda, move);
      double furthest = 0.0;
      for (std::size_t k = 0; k < x.size(); ++k) {
        if (stage_[k] < from_stage) continue;
        x[k] -= part * move[k];
        furthest = std::max(furthest, std::abs(move[k]));
      }
      return furthest;
    };
    for (int stage = stages - 1; stage > 0; --stage)
      for (int n = 0; n < of_a_stage && reply(stage, 1.0) > at_rest; ++n) {
      }
    for (int n = 0; n < of_all && reply(0, n < whole ? 1.0 : 0.5) > at_rest; ++n) {
    }
    return Follower(system, range_, watched()).settle(std::move(x), options_.lambda);
  }

  /// Cuts play into stages by how many moves lie above a set.
  void lay_out_stages() {
    std::vector<int> moves(form_.nodes.size(), 0), above(form_.sets.size(), 0);
    int most = 0;
    for (std::size_t n = 0; n < moves.size(); ++n) {
      const ExtensiveForm::Node& node = form_.nodes[n];
      if (node.parent >= 0) moves[n] = moves[ix(node.parent)] + 1;
      if (node.set < 0) continue;
      above[ix(node.set)] = std::max(above[ix(node.set)], moves[n]);
      most = std::max(most, moves[n]);
    }
    for (const int set : system_.set_of_unknown())
      stage_.push_back(most < stages ? above[ix(set)] : above[ix(set)] * stages / (most + 1));
  }

  /// What a walk has met: its solutions, then the branches that crossed it.
  void take(Trace trace, int from, TreeFound::Origin origin, double crossed_at) {
    summary_.search_steps += trace.steps + trace.rejected;
    left_ -= trace.steps + trace.rejected;
    for (Vector& x : trace.crossings) add(std::move(x), origin, from, crossed_at);
    std::erase_if(trace.forks, [&](const Fork& fork) { return !is_new(fork); });
    leave(trace.forks, from);
  }

  /// A crossing is met once along each of the branches that meet there.
  bool is_new(const Fork& fork) {
    constexpr double same = 0.01;  // in logits: forks are told to a step of the path
    for (const Vector& known : forks_) {
      double apart = 0.0;
      for (std::size_t k = 0; k < known.size(); ++k)
        apart = std::max(apart, std::abs(known[k] - fork.y[k]) / (1.0 + std::abs(known[k])));
      if (apart < same) return false;
    }
    forks_.push_back(fork.y);
    return true;
  }

  [[nodiscard]] TraceLimits of_walk() {
    TraceLimits limits = ordinary();
    if (left_ < limits.max_steps) {
      summary_.search_cut = true;
      limits.max_steps = static_cast<int>(std::max<std::int64_t>(left_, 0));
    }
    limits.stop_at = [&](const Vector& y) { return known(Vector(y.begin(), y.end() - 1)); };
    return limits;
  }

  [[nodiscard]] TraceLimits ordinary() const {
    constexpr double far_beyond = 4.0;  // times the target: folds beyond are not looked for
    TraceLimits limits;
    limits.target = options_.lambda;
    limits.highest = far_beyond * options_.lambda;
    limits.max_steps = std::min(options_.max_steps, most_steps);
    return limits;
  }

  [[nodiscard]] bool known(const Vector& x) {
    return std::ranges::any_of(solutions_, [&](const Vector& other) { return are_one(x, other); });
  }

  /// Both are solved to round-off. Where branches meet at the target, round-off lets solutions lie
  /// far apart: they are one where everything between them solves the equations as well.
  bool are_one(const Vector& x, const Vector& other) {
    constexpr double same = 1e-5, near = 0.1;  // in logits, relative to large ones
    constexpr double solved = 1e-10;           // of the equations, in logits
    double apart = 0.0;
    for (std::size_t k = 0; k < x.size(); ++k)
      apart = std::max(apart, std::abs(x[k] - other[k]) / (1.0 + std::abs(x[k])));
    if (apart < same) return true;
    if (apart > near) return false;
    Vector between(x.size()), residual(x.size());
    for (const double part : {0.2, 0.4, 0.6, 0.8}) {
      for (std::size_t k = 0; k < x.size(); ++k) between[k] = x[k] + part * (other[k] - x[k]);
      system_.evaluate(between);
      system_.residual(options_.lambda, residual);
      for (std::size_t k = 0; k < x.size(); ++k)
        if (!(std::abs(residual[k]) <= solved * (1.0 + std::abs(x[k])))) return false;
    }
    return true;
  }

  void add(Vector x, TreeFound::Origin origin, int from, double crossed_at = 0.0) {
    if (known(x)) return;
    system_.evaluate(x);
    TreeFound one{origin, from, "", crossed_at, system_.log_strategy(), {}};
    one.certificate = certify_tree(form_, one.log_strategy, options_.lambda);
    if (!(one.certificate.residual <= one.certificate.tolerance)) return;
    one.id = solution_id(form_, one.log_strategy);
    solutions_.push_back(std::move(x));
    found_.push_back(std::move(one));
  }

  static constexpr int most_steps = 3000;  // of one walk
  static constexpr int stages = 8;         // of play, at most

  const ExtensiveForm& form_;
  System& system_;
  double range_;
  const TreeOptions& options_;
  TreeSummary& summary_;
  Follower follower_;
  std::vector<Vector> solutions_;
  std::vector<TreeFound> found_;
  std::vector<Vector> forks_;
  std::vector<int> stage_;  ///< by unknown
  std::size_t walked_ = 0;
  int starts_ = 0, steps_of_start_ = 0, replies_ = 0, started_ = 0;
  std::int64_t left_ = 0;  ///< points that walks may still correct
  std::mutex watching_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

std::vector<TreeFound> find_all(const ExtensiveForm& form, System& system, double payoff_range,
                                const Vector& principal, const std::vector<Fork>& forks,
                                const TreeOptions& options, TreeSummary& summary) {
  return Finder(form, system, payoff_range, options, summary).run(principal, forks);
}

}  // namespace melian::tree
