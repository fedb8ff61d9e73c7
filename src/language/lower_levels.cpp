#include "language/lower_levels.h"

#include <algorithm>
#include <functional>

#include <fmt/core.h>

namespace melian::lowering {

namespace {

using Keep = std::function<bool(const PublicState& from, const Branch& branch)>;

/// Longest ways to the end along the branches kept; -1 where a cycle can be reached.
std::vector<int> heights(const Structure& s, const Reverse& reverse, const Keep& keep) {
  std::vector<int> waiting(s.states.size(), 0), height(s.states.size(), -1), work;
  for (std::size_t k = 0; k < s.states.size(); ++k) {
    const PublicState& state = s.states[k];
    for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
      const Branch& branch = s.branches[static_cast<std::size_t>(b)];
      if (branch.next >= 0 && keep(state, branch)) ++waiting[k];
    }
    if (waiting[k] > 0) continue;
    height[k] = 0;
    work.push_back(static_cast<int>(k));
  }
  std::vector<int> tallest(s.states.size(), 0);
  for (std::size_t done = 0; done < work.size(); ++done) {
    const int state = work[done];
    reverse.for_each(state, [&](int from, int b) {
      const auto f = static_cast<std::size_t>(from);
      if (!keep(s.states[f], s.branches[static_cast<std::size_t>(b)])) return;
      tallest[f] = std::max(tallest[f], height[static_cast<std::size_t>(state)] + 1);
      if (--waiting[f] > 0) return;
      height[f] = tallest[f];
      work.push_back(from);
    });
  }
  return height;
}

/// The phases that one of the cycles goes through: "war -> truce -> war".
std::string cycle_text(const Structure& s, const Keep& keep, const std::vector<int>& height,
                       const std::vector<int>& phase, const std::vector<std::string>& names) {
  std::vector<int> seen(s.states.size(), -1), way;
  int state = static_cast<int>(std::find(height.begin(), height.end(), -1) - height.begin());
  while (seen[static_cast<std::size_t>(state)] < 0) {
    seen[static_cast<std::size_t>(state)] = static_cast<int>(way.size());
    way.push_back(state);
    const PublicState& from = s.states[static_cast<std::size_t>(state)];
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const Branch& branch = s.branches[static_cast<std::size_t>(b)];
      if (branch.next < 0 || !keep(from, branch) ||
          height[static_cast<std::size_t>(branch.next)] >= 0)
        continue;
      state = branch.next;
      break;
    }
  }
  std::vector<int> phases;
  for (auto k = static_cast<std::size_t>(seen[static_cast<std::size_t>(state)]); k < way.size();
       ++k)
    if (s.states[static_cast<std::size_t>(way[k])].entry)
      phases.push_back(phase[static_cast<std::size_t>(way[k])]);
  std::rotate(phases.begin(), std::min_element(phases.begin(), phases.end()), phases.end());
  std::string text;
  for (const int p : phases) text += names[static_cast<std::size_t>(p)] + " -> ";
  return phases.empty() ? text : text + names[static_cast<std::size_t>(phases.front())];
}

bool within_round(const Structure& s, const Branch& branch) {
  return branch.advance == 0 || !s.states[static_cast<std::size_t>(branch.next)].entry;
}

std::vector<std::vector<int>> levels(const Structure& s, const std::vector<int>& height,
                                     bool timed) {
  std::vector<std::vector<int>> out;
  for (std::size_t k = 0; k < s.states.size(); ++k) {
    if (s.states[k].timed != timed) continue;
    const auto h = static_cast<std::size_t>(height[k]);
    if (out.size() <= h) out.resize(h + 1);
    out[h].push_back(static_cast<int>(k));
  }
  std::erase_if(out, [](const std::vector<int>& level) { return level.empty(); });
  return out;
}

}  // namespace

Reverse::Reverse(const Structure& s)
    : source_(s.branches.size(), 0), begin_(s.states.size() + 1, 0) {
  for (std::size_t k = 0; k < s.states.size(); ++k)
    for (int b = s.states[k].first_branch; b < s.states[k].first_branch + s.states[k].num_branches;
         ++b)
      source_[static_cast<std::size_t>(b)] = static_cast<int>(k);
  for (const Branch& branch : s.branches)
    if (branch.next >= 0) ++begin_[static_cast<std::size_t>(branch.next) + 1];
  for (std::size_t k = 1; k < begin_.size(); ++k) begin_[k] += begin_[k - 1];
  branches_.resize(static_cast<std::size_t>(begin_.back()));
  std::vector<std::int64_t> at(begin_.begin(), begin_.end() - 1);
  for (std::size_t b = 0; b < s.branches.size(); ++b)
    if (s.branches[b].next >= 0)
      branches_[static_cast<std::size_t>(at[static_cast<std::size_t>(s.branches[b].next)]++)] =
          static_cast<int>(b);
}

std::optional<Diagnostic> order_states(Structure& s, const Reverse& reverse,
                                       const std::vector<int>& phase,
                                       const std::vector<std::string>& names) {
  const auto is_cyclic = [](const std::vector<int>& height) {
    return std::find(height.begin(), height.end(), -1) != height.end();
  };
  const Keep timeless = [](const PublicState&, const Branch& branch) { return branch.time == 0; };
  const std::vector<int> without_time = heights(s, reverse, timeless);
  Diagnostic refusal;
  if (is_cyclic(without_time)) {
    refusal.code = "M0335";
    refusal.message = fmt::format("play can go round {} without time passing",
                                  cycle_text(s, timeless, without_time, phase, names));
    refusal.expected =
        "time passing on every way round, or a state that keeps play from coming back";
    refusal.hint = "add `time passes` before play returns";
    return refusal;
  }
  if (s.horizon == HorizonKind::forever) {
    // Where time passes on every way round, a later round begins on it.
    s.untimed_levels = levels(
        s,
        heights(s, reverse,
                [](const PublicState&, const Branch& branch) { return branch.advance == 0; }),
        false);
    return std::nullopt;
  }
  const Keep same_layer = [&s](const PublicState& from, const Branch& branch) {
    return from.timed == s.states[static_cast<std::size_t>(branch.next)].timed &&
           (!from.timed || within_round(s, branch));
  };
  const std::vector<int> height = heights(s, reverse, same_layer);
  if (is_cyclic(height)) {
    const std::string way = cycle_text(s, same_layer, height, phase, names);
    if (s.horizon == HorizonKind::none) {
      refusal.code = "M0336";
      refusal.message = fmt::format("play can go round {} for ever, and there is no horizon", way);
      refusal.expected =
          "`horizon N rounds then end ...`, `horizon forever`, or a state that keeps play from "
          "coming back";
    } else {
      refusal.code = "M0337";
      refusal.message = fmt::format(
          "play can go round {} for ever: the horizon does not count the time that passes there",
          way);
      refusal.expected =
          "a horizon that counts one of these phases, or a state that keeps play from coming back";
    }
    return refusal;
  }
  s.untimed_levels = levels(s, height, false);
  s.timed_levels = levels(s, height, true);
  return std::nullopt;
}

}  // namespace melian::lowering
