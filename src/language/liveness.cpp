#include "language/liveness.h"

namespace melian::lowering {

namespace {

class Flow {
 public:
  Flow(const Model::Checked& model, const Formulas& formulas, const Graph& graph,
       const std::vector<int>& keep)
      : model_(model),
        formulas_(formulas),
        graph_(graph),
        kept_(model.variables.size()),
        kept_states_(model.variables.size()),
        states_(model.variables.size()) {
    for (std::size_t v = 0; v < model.variables.size(); ++v)
      if (is_state(static_cast<int>(v))) states_.insert(static_cast<int>(v));
    for (const int v : keep) {
      kept_.insert(v);
      if (is_state(v)) kept_states_.insert(v);
    }
    live_.before.assign(graph.points.size(), VariableSet(model.variables.size()));
    live_.at_top.assign(graph.tops.size(), VariableSet(model.variables.size()));
    live_.top_follows.assign(graph.points.size(), 0);
  }

  Liveness run() {
    // Statements were lowered from the last to the first, so increasing order meets what follows
    // before what it follows.
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t p = 0; p < graph_.points.size(); ++p) {
        VariableSet before = flow(graph_.points[p]);
        const std::uint8_t top_follows = find_top_follows(graph_.points[p]);
        if (before == live_.before[p] && top_follows == live_.top_follows[p]) continue;
        live_.before[p] = std::move(before);
        live_.top_follows[p] = top_follows;
        changed = true;
      }
      for (std::size_t phase = 0; phase < graph_.tops.size(); ++phase) {
        VariableSet at_top = top(static_cast<int>(phase));
        if (at_top == live_.at_top[phase]) continue;
        live_.at_top[phase] = std::move(at_top);
        changed = true;
      }
    }
    return std::move(live_);
  }

 private:
  [[nodiscard]] bool is_state(int v) const {
    const auto kind = model_.variables[static_cast<std::size_t>(v)].kind;
    return kind == CheckedVariable::Kind::state_numbers ||
           kind == CheckedVariable::Kind::state_words;
  }
  [[nodiscard]] VariableSet after(int point) const {
    return point < 0 ? VariableSet(model_.variables.size())
                     : live_.before[static_cast<std::size_t>(point)];
  }
  void read(VariableSet& set, int formula) const {
    if (formula < 0) return;
    for (const int v : formulas_[formula].variables) set.insert(v);
  }

  void read_offers(VariableSet& set, int formula) const {
    if (formula < 0) return;
    for (const int v : formulas_[formula].variables)
      if (model_.variables[static_cast<std::size_t>(v)].kind == CheckedVariable::Kind::offer)
        set.insert(v);
  }

  [[nodiscard]] VariableSet top(int phase) const {
    VariableSet set = after(graph_[graph_.tops[static_cast<std::size_t>(phase)]].next);
    set.keep_only(states_);  // this round's choices are forgotten
    if (graph_.closing >= 0 && graph_.counted[static_cast<std::size_t>(phase)] != 0)
      set.insert_all(live_.at_top[static_cast<std::size_t>(graph_.closing)]);
    set.insert_all(kept_states_);
    return set;
  }

  [[nodiscard]] VariableSet flow(const Point& p) const {
    using Kind = Point::Kind;
    VariableSet set(model_.variables.size());
    const auto add_ways = [&](const std::vector<Way>& ways) {
      for (const Way& way : ways) set.insert_all(after(way.next));
    };
    const auto read_ways = [&](const std::vector<Way>& ways) {
      for (const Way& way : ways) {
        read(set, way.guard);
        read(set, way.odds);
        for (const auto& view : way.views) read(set, view.second);
      }
    };
    switch (p.kind) {
      case Kind::top: set = live_.at_top[static_cast<std::size_t>(p.phase)]; break;
      case Kind::offer:
        set = after(p.next);
        read(set, p.where);
        set.erase(p.variable);
        break;
      case Kind::choice:
      case Kind::chance:
        add_ways(p.ways);
        set.erase(p.variable);
        read_ways(p.ways);
        break;
      case Kind::simultaneous:
        set = after(p.next);
        for (const Part& part : p.parts) {
          add_ways(part.ways);
          read(set, part.where);  // of moves of the part only its own, which is made here
        }
        for (const Part& part : p.parts) set.erase(part.variable);
        for (const Part& part : p.parts) read_ways(part.ways);
        break;
      case Kind::pay:
        set = after(p.next);
        for (const Paid& paid : p.payments) read(set, paid.formula);
        break;
      case Kind::end:
        for (const Paid& paid : p.payments) read(set, paid.formula);
        break;
      case Kind::assign:
        set = after(p.next);
        if (!set.contains(p.variable)) {  // nothing reads what is assigned: only an offer it
                                          // accepts must be known
          if (p.assignment == ast::Assignment::Kind::becomes) read_offers(set, p.formula);
          break;
        }
        if (p.assignment == ast::Assignment::Kind::becomes) set.erase(p.variable);
        read(set, p.formula);
        break;
      case Kind::count:
        set = after(p.next);
        read(set, p.formula);
        break;
      case Kind::time: set = after(p.next); break;
      case Kind::when:
        set = after(p.next);
        set.insert_all(after(p.otherwise));
        read(set, p.formula);
        break;
      case Kind::go_to: set = live_.at_top[static_cast<std::size_t>(p.target)]; break;
      case Kind::bottom_of_closing: break;
    }
    set.insert_all(p.kind == Kind::top ? kept_states_ : kept_);
    return set;
  }

  [[nodiscard]] std::uint8_t find_top_follows(const Point& p) const {
    const auto follows = [&](int point) {
      return point >= 0 && live_.top_follows[static_cast<std::size_t>(point)] != 0;
    };
    if (p.kind == Point::Kind::go_to) return 1;
    bool found = follows(p.next) || follows(p.otherwise);
    for (const Way& way : p.ways) found = found || follows(way.next);
    return found ? 1 : 0;
  }

  const Model::Checked& model_;
  const Formulas& formulas_;
  const Graph& graph_;
  VariableSet kept_, kept_states_, states_;
  Liveness live_;
};

}  // namespace

Liveness find_liveness(const Model::Checked& model, const Formulas& formulas, const Graph& graph,
                       const std::vector<int>& keep) {
  return Flow(model, formulas, graph, keep).run();
}

}  // namespace melian::lowering
