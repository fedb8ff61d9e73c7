#include <algorithm>
#include <map>

#include "melian/game.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Strongly connected components by Tarjan's algorithm without recursion; a component's number is
/// larger than those it leads to.
class Components {
 public:
  explicit Components(const Structure& structure)
      : structure_(structure),
        of_(structure.states.size(), -1),
        seen_(structure.states.size(), -1),
        low_(structure.states.size(), 0) {
    for (std::size_t s = 0; s < structure.states.size(); ++s)
      if (seen_[s] < 0) search(static_cast<int>(s));
  }
  [[nodiscard]] int of(int state) const { return of_[at(state)]; }
  [[nodiscard]] int count() const { return count_; }

 private:
  struct Visit {
    int state, branch;
  };

  void search(int first) {
    std::vector<Visit> way;
    const auto enter = [&](int state) {
      seen_[at(state)] = low_[at(state)] = time_++;
      open_.push_back(state);
      way.push_back({state, structure_.states[at(state)].first_branch});
    };
    enter(first);
    while (!way.empty()) {
      const int state = way.back().state;
      const PublicState& from = structure_.states[at(state)];
      if (way.back().branch < from.first_branch + from.num_branches) {
        const int next = structure_.branches[at(way.back().branch++)].next;
        if (next < 0) continue;
        if (seen_[at(next)] < 0)
          enter(next);
        else if (of_[at(next)] < 0)
          low_[at(state)] = std::min(low_[at(state)], seen_[at(next)]);
        continue;
      }
      way.pop_back();
      if (!way.empty())
        low_[at(way.back().state)] = std::min(low_[at(way.back().state)], low_[at(state)]);
      if (low_[at(state)] == seen_[at(state)]) close(state);
    }
  }

  void close(int root) {
    for (int state = -1; state != root; open_.pop_back()) {
      state = open_.back();
      of_[at(state)] = count_;
    }
    ++count_;
  }

  const Structure& structure_;
  std::vector<int> of_, seen_, low_, open_;
  int time_ = 0, count_ = 0;
};

/// The stages of a game in which play can come back: at each height of the graph of components
/// first all that lie on no cycle, together, then the cycles one by one.
void add_stages(const Structure& structure, SolutionOrder& order) {
  const Components component(structure);
  std::vector<std::vector<int>> members(at(component.count()));
  std::vector<int> height(at(component.count()), 0), round_level(structure.states.size(), 0);
  std::vector<bool> cyclic(at(component.count()), false);
  for (std::size_t level = 0; level < structure.untimed_levels.size(); ++level)
    for (const int state : structure.untimed_levels[level]) {
      round_level[at(state)] = static_cast<int>(level);
      members[at(component.of(state))].push_back(state);
    }
  std::map<int, std::vector<int>> by_height;
  for (int c = 0; c < component.count(); ++c) {
    for (const int state : members[at(c)]) {
      const PublicState& from = structure.states[at(state)];
      for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
        const int next = structure.branches[at(b)].next;
        if (next < 0) continue;
        if (component.of(next) == c)
          cyclic[at(c)] = true;
        else
          height[at(c)] = std::max(height[at(c)], height[at(component.of(next))] + 1);
      }
    }
    by_height[height[at(c)]].push_back(c);
  }
  for (const auto& [h, components] : by_height) {
    std::vector<int> level;
    for (const int c : components)
      if (!cyclic[at(c)]) level.insert(level.end(), members[at(c)].begin(), members[at(c)].end());
    std::sort(level.begin(), level.end());
    if (!level.empty()) {
      if (order.stages.empty() || order.stages.back().cyclic) order.stages.emplace_back();
      order.stages.back().levels.push_back(std::move(level));
    }
    for (const int c : components) {
      if (!cyclic[at(c)]) continue;
      std::map<int, std::vector<int>> levels;
      for (const int state : members[at(c)]) levels[round_level[at(state)]].push_back(state);
      SolutionOrder::Stage& stage = order.stages.emplace_back();
      stage.cyclic = true;
      for (auto& [number, states] : levels) stage.levels.push_back(std::move(states));
    }
  }
}

}  // namespace

std::vector<int> SolutionOrder::heads(const Structure& structure, int stage) const {
  std::vector<int> out;
  for (const auto& level : stages[at(stage)].levels)
    for (const int state : level) {
      const PublicState& from = structure.states[at(state)];
      for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
        const int next = structure.branches[at(b)].next;
        if (next >= 0 && stage_of[at(next)] == stage && leads_back(state, next))
          out.push_back(next);
      }
    }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

SolutionOrder solution_order(const Structure& structure) {
  SolutionOrder order;
  if (structure.horizon == HorizonKind::forever)
    add_stages(structure, order);
  else
    order.stages.push_back({false, structure.untimed_levels});
  order.stage_of.assign(structure.states.size(), -1);
  order.level_of = order.stage_of;
  for (std::size_t stage = 0; stage < order.stages.size(); ++stage)
    for (std::size_t level = 0; level < order.stages[stage].levels.size(); ++level)
      for (const int state : order.stages[stage].levels[level]) {
        order.stage_of[at(state)] = static_cast<int>(stage);
        order.level_of[at(state)] = static_cast<int>(level);
      }
  return order;
}

}  // namespace melian
