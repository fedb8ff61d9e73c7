/// Which method answers a game: decided by sizes and by certificates, never by the clock.

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <fmt/core.h>

#include "answer/answer_tree.h"
#include "melian/beliefs.h"

namespace melian {
namespace {

/// Steps along a tree's branch times its nodes: what `automatic` spends on a tree before it looks
/// at the grid, and once nothing else has served.
constexpr double tree_work = 2e7, last_tree_work = 4e8;
/// Decisions that a grid of `automatic` may have, in one pass, certificate apart.
constexpr std::int64_t grid_work = 20'000'000, finer_grid_work = 4'000'000;
constexpr int most_refinements = 3;

int steps_within(double work, double nodes) {
  return static_cast<int>(std::clamp(work / std::max(nodes, 1.0), 200.0, 20'000.0));
}

/// One search through the methods, until one holds.
class MethodSearch {
 public:
  MethodSearch(const Game& game, const AnswerOptions& options)
      : game_(game), options_(options), nodes_(count_tree_nodes(game)) {}

  Result<Answer> run() {
    if (try_tree(tree_work) || try_following() || try_grids() || try_tree_again()) return finish();
    if (best_) return finish();
    Diagnostics all;
    for (const Diagnostics& refused : refusals_)
      all.insert(all.end(), refused.begin(), refused.end());
    return std::unexpected(std::move(all));
  }

 private:
  bool try_tree(double work) {
    if (!(nodes_ <= most_tree_nodes)) {
      note(std::isinf(nodes_) ? "play has no end that a tree could reach"
                              : fmt::format("its tree has {} nodes, more than {}",
                                            number_text(nodes_, 4), number_text(most_tree_nodes)));
      return false;
    }
    return take(answer_tree(game_, options_, steps_within(work, nodes_)), "tree",
                fmt::format("its tree has {} nodes at most", number_text(nodes_)));
  }

  /// With more steps, where a first try ended short of the precision asked for.
  bool try_tree_again() {
    return nodes_ <= most_tree_nodes && !refused_tree_ && try_tree(last_tree_work);
  }

  bool try_following() {
    const Structure& shape = game_.shape();
    if (shape.horizon == HorizonKind::forever || shape.everyone() == 0) return false;
    BeliefGrid grid = std::get<BeliefGrid>(options_.solve.method);
    if (!grid.nodes.empty() || grid.follow) return false;
    if (BeliefSpace(shape).num_axes() > 2) return false;
    grid.follow.emplace();
    return try_grid(grid, "belief grid that follows play", grid_work);
  }

  bool try_grids() {
    BeliefGrid grid = std::get<BeliefGrid>(options_.solve.method);
    if (try_grid(grid, "belief grid", grid_work)) return true;
    if (!grid.nodes.empty() || game_.shape().everyone() == 0 || !last_answered_) return false;
    int nodes = 0;
    for (const int one : last_nodes_) nodes = std::max(nodes, one);
    for (int k = 0; k < most_refinements && nodes > 1; ++k) {
      nodes = 2 * nodes - 1;
      grid.nodes = {nodes};
      if (try_grid(grid, fmt::format("belief grid of {} nodes", nodes), finer_grid_work))
        return true;
    }
    return false;
  }

  bool try_grid(const BeliefGrid& grid, const std::string& name, std::int64_t most) {
    last_answered_ = false;
    const BeliefAxes axes = belief_axes(game_, grid);
    const std::int64_t decisions = count_decisions(game_.shape(), axes);
    if (decisions > most) {
      note(fmt::format("a {} has {} decisions", name,
                       number_text(static_cast<double>(decisions), 4)));
      if (!is_last_resort()) return false;
    }
    AnswerOptions asked = options_;
    asked.solve.method = grid;
    return take(answer(game_, asked), name, {});
  }

  /// No tree can answer, and nothing has: then even a large grid is tried, or refused by its size.
  [[nodiscard]] bool is_last_resort() const { return !best_ && !(nodes_ <= most_tree_nodes); }

  /// Keeps a found answer if it is the first, or holds. True: look no further.
  bool take(Result<Answer> found, const std::string& name, const std::string& why) {
    if (!found) {
      if (name == "tree") refused_tree_ = true;
      note(fmt::format("{}: {}", name, found.error().front().message));
      refusals_.push_back(found.error());
      return false;
    }
    last_answered_ = true;
    last_nodes_ = found->solution.summary.nodes;
    const bool stopped = found->solution.summary.termination == Termination::cancelled;
    if (!found->certificate.holds && !stopped)
      note(fmt::format("{}: not certified ({})", name,
                       found->certificate.why_not.empty() ? "no reason given"
                                                          : found->certificate.why_not.front()));
    const bool done = found->certificate.holds || stopped;
    if (done || !best_) {
      best_ = *std::move(found);
      best_->method.why = why;
    }
    return done;
  }

  void note(std::string what) {
    if (std::ranges::find(tried_, what) == tried_.end()) tried_.push_back(std::move(what));
  }

  Result<Answer> finish() {
    MethodUsed& used = best_->method;
    used.asked = MethodName::automatic;
    used.tree_nodes = nodes_;
    used.tried = tried_;
    if (used.why.empty()) used.why = tried_.empty() ? "nothing else was tried" : tried_.front();
    return *std::move(best_);
  }

  const Game& game_;
  const AnswerOptions& options_;
  double nodes_;
  bool refused_tree_ = false, last_answered_ = false;
  std::vector<int> last_nodes_;
  std::optional<Answer> best_;
  std::vector<std::string> tried_;
  std::vector<Diagnostics> refusals_;
};

}  // namespace

Result<Answer> answer_by_method(const Game& game, const AnswerOptions& options) {
  switch (options.method) {
    case MethodName::grid: return answer(game, options);
    case MethodName::automatic: return MethodSearch(game, options).run();
    case MethodName::tree: break;
  }
  Result<Answer> found = answer_tree(game, options, TreeOptions{}.max_steps);
  if (found) found->method.asked = MethodName::tree;
  return found;
}

}  // namespace melian
