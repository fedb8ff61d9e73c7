#include "language/lower_memory.h"

namespace melian::lowering {

Memory::Memory(const Model::Checked& model, const Graph& graph, const Liveness& live, Play& play)
    : model_(model), graph_(graph), live_(live), play_(play) {
  const std::size_t num_variables = model.variables.size();
  flag_.assign(num_variables, -1);
  num_slots_ = num_variables;
  for (std::size_t v = 0; v < num_variables; ++v)
    if (model.variables[v].kind == CheckedVariable::Kind::offer)
      flag_[v] = static_cast<int>(num_slots_++);
  find_slots(live);
}

void Memory::find_slots(const Liveness& live) {
  for (const VariableSet& set : live.before) slots_.push_back(slots_of(set));
  for (const VariableSet& set : live.at_top) top_slots_.push_back(slots_of(set));
  entry_slots_ = slots_;
  if (graph_.closing < 0) return;
  for (std::size_t p = 0; p < graph_.points.size(); ++p) {
    const int phase = graph_.points[p].phase;
    if (phase == graph_.closing || graph_.counted[static_cast<std::size_t>(phase)] == 0) continue;
    VariableSet set = live.before[p];
    set.insert_all(live.at_top[static_cast<std::size_t>(graph_.closing)]);
    entry_slots_[p] = slots_of(set);
  }
}

std::vector<int> Memory::slots_of(const VariableSet& set) const {
  std::vector<int> slots;
  for (int v = 0; v < static_cast<int>(model_.variables.size()); ++v)
    if (set.contains(v)) slots.push_back(v);
  return slots;
}

Position Memory::empty() const {
  Position position;
  position.contents.assign(num_slots_, -1);
  position.numbers.assign(model_.variables.size(), 0.0);
  return position;
}

void Memory::set(Position& position, int variable, int content) const {
  const auto v = static_cast<std::size_t>(variable);
  position.contents[v] = content;
  position.numbers[v] =
      content < 0 ? 0.0 : graph_.holders[v].numbers[static_cast<std::size_t>(content)];
}

Memory::Found Memory::top(int phase, const Position& position, int from, int by) {
  PlayTop top;
  top.phase = phase;
  top.overtime = position.overtime && graph_.check_follows[static_cast<std::size_t>(phase)] != 0;
  key_.assign({2 * phase + (top.overtime ? 1 : 0)});
  const std::vector<int>& slots = top_slots_[static_cast<std::size_t>(phase)];
  for (const int v : slots) key_.push_back(position.contents[static_cast<std::size_t>(v)]);
  const auto [id, fresh] = top_keys_.add(key_);
  if (!fresh) return {id, false};
  top.contents = static_cast<std::int64_t>(play_.contents.size());
  for (const int v : slots) remember(v, position, top.num_contents);
  top.from = from;
  top.by = by;
  play_.tops.push_back(top);
  return {id, true};
}

Memory::Found Memory::state(int point, bool entry, const Position& position, int from, int by) {
  // The same move may be met at the top of the phase and within the round: one public state, where
  // it remembers the same.
  const std::vector<int>& slots = (entry ? entry_slots_ : slots_)[static_cast<std::size_t>(point)];
  const bool apart = entry && slots.size() != slots_[static_cast<std::size_t>(point)].size();
  key_.assign({4 * point + (apart ? 2 : 0) + (position.overtime ? 1 : 0)});
  for (const int v : slots) {
    key_.push_back(position.contents[static_cast<std::size_t>(v)]);
    if (flag(v) >= 0) key_.push_back(position.contents[static_cast<std::size_t>(flag(v))]);
  }
  if (live_.top_follows[static_cast<std::size_t>(point)] != 0) key_.push_back(position.elapsed);
  return new_state(point, slots, position, from, by);
}

Memory::Found Memory::passage(int top, int from, int by) {
  key_.assign({-1 - top});
  const int phase = play_.tops[static_cast<std::size_t>(top)].phase;
  return new_state(graph_.tops[static_cast<std::size_t>(phase)],
                   top_slots_[static_cast<std::size_t>(phase)], at_top(top), from, by);
}

Memory::Found Memory::new_state(int point, const std::vector<int>& slots, const Position& position,
                                int from, int by) {
  const auto [id, fresh] = state_keys_.add(key_);
  if (!fresh) return {id, false};
  PlayState state;
  state.point = point;
  state.contents = static_cast<std::int64_t>(play_.contents.size());
  for (const int v : slots) remember(v, position, state.num_contents);
  state.from = from;
  state.by = by;
  play_.states.push_back(state);
  elapsed_.push_back(position.elapsed);
  overtime_.push_back(position.overtime ? 1 : 0);
  flags_begin_.push_back(static_cast<std::int64_t>(flags_.size()));
  for (const int v : slots) {
    if (flag(v) < 0) continue;
    flags_.push_back(flag(v));
    flags_.push_back(position.contents[static_cast<std::size_t>(flag(v))]);
  }
  return {id, true};
}

void Memory::remember(int variable, const Position& position, int& count) {
  const int content = position.contents[static_cast<std::size_t>(variable)];
  if (content < 0) return;
  play_.contents.push_back(variable);
  play_.contents.push_back(content);
  ++count;
}

void Memory::recall(Position& position, std::int64_t at, int count) const {
  for (int k = 0; k < count; ++k)
    set(position, play_.contents[static_cast<std::size_t>(at + 2 * k)],
        play_.contents[static_cast<std::size_t>(at + 2 * k + 1)]);
}

Position Memory::at_top(int top) const {
  const PlayTop& t = play_.tops[static_cast<std::size_t>(top)];
  Position position = empty();
  position.overtime = t.overtime;
  position.point = graph_[graph_.tops[static_cast<std::size_t>(t.phase)]].next;
  recall(position, t.contents, t.num_contents);
  return position;
}

Position Memory::at_state(int state) const {
  const auto s = static_cast<std::size_t>(state);
  Position position = empty();
  position.point = play_.states[s].point;
  position.elapsed = elapsed_[s];
  position.overtime = overtime_[s] != 0;
  recall(position, play_.states[s].contents, play_.states[s].num_contents);
  const auto end =
      s + 1 < flags_begin_.size() ? flags_begin_[s + 1] : static_cast<std::int64_t>(flags_.size());
  for (std::int64_t k = flags_begin_[s]; k < end; k += 2)
    position.contents[static_cast<std::size_t>(flags_[static_cast<std::size_t>(k)])] =
        flags_[static_cast<std::size_t>(k) + 1];
  return position;
}

}  // namespace melian::lowering
