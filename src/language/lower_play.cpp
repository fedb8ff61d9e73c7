#include "language/lower_play.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/core.h>

#include "language/lower_table.h"

namespace melian::lowering {

namespace {

constexpr std::size_t most_mistakes = 20;       // shown at once
constexpr std::size_t longest_way = 24;         // moves of the way shown with a mistake
constexpr std::int64_t most_joint_actions = 100'000;
constexpr std::int64_t bytes_per_state = 300, bytes_per_branch = 200;  // of the tables here and of the structure made from them

/// Where play stands between two public states. `contents` holds the variables (-1: nothing remembered), then for each
/// offer whether it has been accepted this round.
struct Position {
  int point = -1;
  std::vector<int> contents;
  std::vector<double> numbers;
  int elapsed = 0;
  bool overtime = false;
};

struct Open {
  int action = 0;
  std::uint64_t open_to = ~std::uint64_t{0};
};

class Follower {
 public:
  Follower(const Model::Checked& model, const Formulas& formulas, const Graph& graph, const Liveness& live, Shape& shape, const CompileOptions& options,
           Diagnostics& diagnostics)
      : model_(model), formulas_(formulas), graph_(graph), live_(live), shape_(shape), options_(options), diagnostics_(diagnostics),
        finite_(model.horizon.kind == HorizonKind::finite), types_(model.players.size(), 0) {
    const std::size_t num_variables = model.variables.size();
    flag_.assign(num_variables, -1);
    num_slots_ = num_variables;
    for (std::size_t v = 0; v < num_variables; ++v)
      if (model.variables[v].kind == CheckedVariable::Kind::offer) flag_[v] = static_cast<int>(num_slots_++);
    find_slots();
  }

  Play run() {
    Position start = empty();
    for (std::size_t v = 0; v < graph_.start.size(); ++v)
      if (graph_.start[v] >= 0) set(start, static_cast<int>(v), graph_.start[v]);
    play_.root = top_at(0, start, -1, -1);
    queue_top(0, play_.root);
    while (!queue_.empty() && !stopped_) {
      const int round = queue_.begin()->first;
      std::vector<Item> items = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      for (std::size_t k = 0; k < items.size() && !stopped_; ++k) {
        if (items[k].is_top) begin_phase(round, items[k].id);
        else expand(round, items[k].id);
        const auto more = queue_.find(round);
        if (more == queue_.end()) continue;
        items.insert(items.end(), more->second.begin(), more->second.end());
        queue_.erase(more);
      }
    }
    return std::move(play_);
  }

 private:
  struct Item {
    bool is_top = false;
    int id = -1;
  };

  // ---- positions and keys

  Position empty() const {
    Position position;
    position.contents.assign(num_slots_, -1);
    position.numbers.assign(model_.variables.size(), 0.0);
    return position;
  }
  void set(Position& position, int variable, int content) const {
    const auto v = static_cast<std::size_t>(variable);
    position.contents[v] = content;
    position.numbers[v] = content < 0 ? 0.0 : graph_.holders[v].numbers[static_cast<std::size_t>(content)];
  }

  void find_slots() {
    slots_.resize(graph_.points.size());
    for (std::size_t p = 0; p < graph_.points.size(); ++p) slots_[p] = slots_of(live_.before[p]);
    for (const VariableSet& set : live_.at_top) top_slots_.push_back(slots_of(set));
    // An entry that is a move itself also remembers what the closing would read.
    entry_slots_ = slots_;
    if (graph_.closing < 0) return;
    for (std::size_t p = 0; p < graph_.points.size(); ++p) {
      const int phase = graph_.points[p].phase;
      if (phase == graph_.closing || graph_.counted[static_cast<std::size_t>(phase)] == 0) continue;
      VariableSet set = live_.before[p];
      set.insert_all(live_.at_top[static_cast<std::size_t>(graph_.closing)]);
      entry_slots_[p] = slots_of(set);
    }
  }
  std::vector<int> slots_of(const VariableSet& set) const {
    std::vector<int> slots;
    for (int v = 0; v < static_cast<int>(model_.variables.size()); ++v)
      if (set.contains(v)) slots.push_back(v);
    return slots;
  }

  int top_at(int phase, const Position& position, int from, int by) {
    PlayTop top;
    top.phase = phase;
    top.overtime = position.overtime && graph_.check_follows[static_cast<std::size_t>(phase)] != 0;
    key_.assign({2 * phase + (top.overtime ? 1 : 0)});
    const std::vector<int>& slots = top_slots_[static_cast<std::size_t>(phase)];
    for (const int v : slots) key_.push_back(position.contents[static_cast<std::size_t>(v)]);
    const auto [id, fresh] = top_keys_.add(key_);
    if (!fresh) return id;
    top.contents = static_cast<std::int64_t>(play_.contents.size());
    for (const int v : slots) remember(v, position, top.num_contents);
    top.from = from;
    top.by = by;
    play_.tops.push_back(top);
    if (finite_ && phase != graph_.closing && !top.overtime && graph_.check_follows[static_cast<std::size_t>(phase)] != 0) {
      Position over = position;
      over.overtime = true;
      const int closing = top_at(graph_.counted[static_cast<std::size_t>(phase)] != 0 ? graph_.closing : phase, over, from, by);
      play_.tops[static_cast<std::size_t>(id)].closing = closing;
      queue_top(graph_.rounds, closing);
    }
    return id;
  }

  int state_at(int point, bool entry, const Position& position, int from, int by) {
    // The same move may be met at the top of the phase and within the round: one public state, where it remembers the same.
    const std::vector<int>& slots = (entry ? entry_slots_ : slots_)[static_cast<std::size_t>(point)];
    const bool apart = entry && slots.size() != slots_[static_cast<std::size_t>(point)].size();
    key_.assign({4 * point + (apart ? 2 : 0) + (position.overtime ? 1 : 0)});
    for (const int v : slots) {
      key_.push_back(position.contents[static_cast<std::size_t>(v)]);
      if (flag_[static_cast<std::size_t>(v)] >= 0) key_.push_back(position.contents[static_cast<std::size_t>(flag_[static_cast<std::size_t>(v)])]);
    }
    if (live_.top_follows[static_cast<std::size_t>(point)] != 0) key_.push_back(position.elapsed);
    return new_state(point, slots, position, from, by);
  }

  int passage_at(int top, int from, int by) {
    key_.assign({-1 - top});
    const PlayTop& t = play_.tops[static_cast<std::size_t>(top)];
    const int point = graph_.tops[static_cast<std::size_t>(t.phase)];
    return new_state(point, top_slots_[static_cast<std::size_t>(t.phase)], at_top(top), from, by);
  }

  int new_state(int point, const std::vector<int>& slots, const Position& position, int from, int by) {
    const auto [id, fresh] = state_keys_.add(key_);
    if (!fresh) return id;
    PlayState state;
    state.point = point;
    state.contents = static_cast<std::int64_t>(play_.contents.size());
    for (const int v : slots) remember(v, position, state.num_contents);
    state.from = from;
    state.by = by;
    play_.states.push_back(state);
    promised_branches_ += sure_branches(graph_[point]);
    elapsed_.push_back(position.elapsed);
    overtime_.push_back(position.overtime ? 1 : 0);
    flags_begin_.push_back(static_cast<std::int64_t>(flags_.size()));
    for (const int v : slots)
      if (flag_[static_cast<std::size_t>(v)] >= 0) {
        flags_.push_back(flag_[static_cast<std::size_t>(v)]);
        flags_.push_back(position.contents[static_cast<std::size_t>(flag_[static_cast<std::size_t>(v)])]);
      }
    check_size();
    return id;
  }

  void remember(int variable, const Position& position, int& count) {
    const int content = position.contents[static_cast<std::size_t>(variable)];
    if (content < 0) return;
    play_.contents.push_back(variable);
    play_.contents.push_back(content);
    ++count;
  }

  Position at_top(int top) const {
    const PlayTop& t = play_.tops[static_cast<std::size_t>(top)];
    Position position = empty();
    position.overtime = t.overtime;
    position.point = graph_[graph_.tops[static_cast<std::size_t>(t.phase)]].next;
    recall(position, t.contents, t.num_contents);
    return position;
  }
  Position at_state(int state) const {
    const auto s = static_cast<std::size_t>(state);
    Position position = empty();
    position.point = play_.states[s].point;
    position.elapsed = elapsed_[s];
    position.overtime = overtime_[s] != 0;
    recall(position, play_.states[s].contents, play_.states[s].num_contents);
    const auto end = s + 1 < flags_begin_.size() ? flags_begin_[s + 1] : static_cast<std::int64_t>(flags_.size());
    for (std::int64_t k = flags_begin_[s]; k < end; k += 2)
      position.contents[static_cast<std::size_t>(flags_[static_cast<std::size_t>(k)])] = flags_[static_cast<std::size_t>(k) + 1];
    return position;
  }
  void recall(Position& position, std::int64_t at, int count) const {
    for (int k = 0; k < count; ++k)
      set(position, play_.contents[static_cast<std::size_t>(at + 2 * k)], play_.contents[static_cast<std::size_t>(at + 2 * k + 1)]);
  }

  // ---- the order of search: by the earliest round, so that nothing beyond the horizon is looked at

  void queue_top(int round, int top) { queue(round, {true, top}, top_round_); }
  void queue_state(int round, int state) { queue(round, {false, state}, state_round_); }
  void queue(int round, Item item, std::vector<int>& earliest) {
    const auto id = static_cast<std::size_t>(item.id);
    if (earliest.size() <= id) earliest.resize(id + 1, std::numeric_limits<int>::max());
    if (earliest[id] <= round) return;
    earliest[id] = round;
    queue_[round].push_back(item);
  }

  void begin_phase(int round, int id) {
    PlayTop& top = play_.tops[static_cast<std::size_t>(id)];
    if (top.state >= 0 || (top.closing >= 0 && round >= graph_.rounds)) return;
    const int from = here_ = top.from, by = here_branch_ = top.by;
    Position position = at_top(id);
    const bool is_move = walk_plainly(position);
    const int state = is_move ? state_at(position.point, true, position, from, by) : passage_at(id, from, by);
    play_.tops[static_cast<std::size_t>(id)].state = state;
    play_.states[static_cast<std::size_t>(state)].top = id;
    queue_state(round, state);
  }

  /// Follows conditions (and choices that leave nothing to choose); true when they lead to a move without anything
  /// happening on the way.
  bool walk_plainly(Position& position) {
    for (;;) {
      const Point& p = graph_[position.point];
      switch (p.kind) {
        case Point::Kind::when: position.point = holds(p.formula, position) ? p.next : p.otherwise; break;
        case Point::Kind::offer:
        case Point::Kind::choice: {
          find_open(p, position);
          if (open_.size() != 1) return true;
          take_silently(p, position);
          break;
        }
        case Point::Kind::chance:
        case Point::Kind::simultaneous: return true;
        default: return false;
      }
    }
  }

  // ---- what is open

  double compute_at(int formula, const Position& position) {
    return shape_.number(formula, position.contents, position.numbers, types_);
  }
  bool known(int formula, const Position& position) {
    for (const int v : formulas_[formula].variables)
      if (position.contents[static_cast<std::size_t>(v)] < 0) {
        mistake(formulas_[formula].span, "M0330", fmt::format("'{}' is read before it is made", model_.variables[static_cast<std::size_t>(v)].name), position);
        return false;
      }
    return true;
  }
  bool holds(int formula, const Position& position) { return known(formula, position) && compute_at(formula, position) != 0.0; }

  std::uint64_t open_to(int guard, int player, const Position& position) {
    if (guard < 0) return ~std::uint64_t{0};
    if (!known(guard, position)) return ~std::uint64_t{0};
    if (formulas_[guard].types == 0) return compute_at(guard, position) != 0.0 ? ~std::uint64_t{0} : 0;
    const int num_types = model_.players[static_cast<std::size_t>(player)].num_types();
    std::uint64_t mask = 0;
    int& type = types_[static_cast<std::size_t>(player)];
    for (type = 0; type < num_types && type < 64; ++type)
      if (compute_at(guard, position) != 0.0) mask |= std::uint64_t{1} << type;
    type = 0;
    return mask == all_types(player) ? ~std::uint64_t{0} : mask;
  }
  std::uint64_t all_types(int player) const {
    const int num_types = model_.players[static_cast<std::size_t>(player)].num_types();
    return num_types >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << num_types) - 1;
  }

  /// The actions open to some type, in `open_`; a diagnostic when some type has none.
  void find_open(const Point& p, Position& position) {
    open_.clear();
    if (p.kind == Point::Kind::offer) {
      const auto count = static_cast<int>(graph_.offers[static_cast<std::size_t>(p.site)].numbers.size());
      const int first = graph_.first_content[static_cast<std::size_t>(p.site)];
      const int before = position.contents[static_cast<std::size_t>(p.variable)];
      for (int k = 0; k < count; ++k) {
        if (p.where >= 0) set(position, p.variable, first + k);
        const std::uint64_t mask = open_to(p.where, p.player, position);
        if (mask != 0) open_.push_back({k, mask});
      }
      set(position, p.variable, before);
    } else {
      find_open(p.ways, p.player, position, open_);
    }
    check_open(p.player, p.site, p.span, open_, position);
  }
  void find_open(const std::vector<Way>& ways, int player, const Position& position, std::vector<Open>& open) {
    for (std::size_t k = 0; k < ways.size(); ++k) {
      const std::uint64_t mask = open_to(ways[k].guard, player, position);
      if (mask != 0) open.push_back({static_cast<int>(k), mask});
    }
  }
  void check_open(int player, int site, const ast::Span& span, const std::vector<Open>& open, const Position& position) {
    std::uint64_t some = 0;
    for (const Open& o : open) some |= o.open_to;
    const std::uint64_t missing = all_types(player) & ~some;
    if (missing == 0) return;
    const Player& mover = model_.players[static_cast<std::size_t>(player)];
    std::string who = mover.name;
    for (int type = 0; type < mover.num_types() && !mover.types.empty(); ++type)
      if ((missing >> type & 1U) != 0) who += fmt::format("{}{}", who == mover.name ? " of type " : ", ", mover.types[static_cast<std::size_t>(type)]);
    mistake(span, "M0331", fmt::format("{} has no option at '{}'", who, model_.sites[static_cast<std::size_t>(site)].name), position,
            "an option that is open to every type in every public state");
  }

  void take_silently(const Point& p, Position& position) {
    if (p.kind == Point::Kind::offer) {
      make_offer(p, open_[0].action, position);
      position.point = p.next;
    } else {
      const Way& way = p.ways[static_cast<std::size_t>(open_[0].action)];
      set(position, p.variable, way.word);
      position.point = way.next;
    }
  }
  void make_offer(const Point& p, int action, Position& position) {
    set(position, p.variable, graph_.first_content[static_cast<std::size_t>(p.site)] + action);
    position.contents[static_cast<std::size_t>(flag_[static_cast<std::size_t>(p.variable)])] = 0;
  }

  // ---- branches

  void expand(int round, int id) {
    if (play_.states[static_cast<std::size_t>(id)].num_branches >= 0) return;
    const auto first = static_cast<int>(play_.branches.size());
    play_.states[static_cast<std::size_t>(id)].first_branch = first;
    play_.states[static_cast<std::size_t>(id)].num_branches = 0;
    here_ = id;
    here_branch_ = -1;
    Position position = at_state(id);
    const Point& p = graph_[position.point];
    switch (p.kind) {
      case Point::Kind::top: {
        next_ = position;
        next_.point = p.next;
        begin_branch(0);
        finish_branch(round, next_);
        break;
      }
      case Point::Kind::offer: {
        find_open(p, position);
        const std::vector<Open> open = open_;
        for (const Open& o : open) {
          next_ = position;
          begin_branch(o.action, o.open_to);
          make_offer(p, o.action, next_);
          next_.point = p.next;
          finish_branch(round, next_);
        }
        break;
      }
      case Point::Kind::choice: {
        find_open(p, position);
        const std::vector<Open> open = open_;
        for (const Open& o : open) {
          const Way& way = p.ways[static_cast<std::size_t>(o.action)];
          next_ = position;
          begin_branch(way.word, o.open_to);
          set(next_, p.variable, way.word);
          next_.point = way.next;
          finish_branch(round, next_);
        }
        break;
      }
      case Point::Kind::chance:
        for (const Way& way : p.ways) {
          next_ = position;
          begin_branch(way.word);
          branch_.odds = way.odds < 0 ? -1 : entry(way.odds, position);
          for (const auto& [player, odds] : way.views) play_.views.push_back({static_cast<int>(play_.branches.size()), player, entry(odds, position)});
          set(next_, p.variable, way.word);
          next_.point = way.next;
          finish_branch(round, next_);
        }
        break;
      case Point::Kind::simultaneous: expand_together(round, p, position); break;
      default: break;
    }
    play_.states[static_cast<std::size_t>(id)].num_branches = static_cast<int>(play_.branches.size()) - first;
    check_size();
  }

  void expand_together(int round, const Point& p, const Position& position) {
    std::vector<std::vector<Open>> open(p.parts.size());
    std::int64_t count = 1;
    for (std::size_t k = 0; k < p.parts.size(); ++k) {
      find_open(p.parts[k].ways, p.parts[k].player, position, open[k]);
      check_open(p.parts[k].player, p.parts[k].site, p.span, open[k], position);
      count *= static_cast<std::int64_t>(open[k].size());
    }
    if (count > most_joint_actions) {
      too_large(fmt::format("{} joint actions at once", count));
      return;
    }
    for (std::int64_t joint = 0; joint < count; ++joint) {
      Position next = position;
      std::vector<int> chosen(p.parts.size());
      std::int64_t rest = joint;
      for (std::size_t k = p.parts.size(); k-- > 0;) {
        chosen[k] = open[k][static_cast<std::size_t>(rest) % open[k].size()].action;
        rest /= static_cast<std::int64_t>(open[k].size());
      }
      std::int64_t action = 0;  // in mixed radix over all words of each part
      for (std::size_t k = 0; k < p.parts.size(); ++k) {
        const int word = p.parts[k].ways[static_cast<std::size_t>(chosen[k])].word;
        action = action * static_cast<std::int64_t>(words(p.parts[k].variable)) + word;
        set(next, p.parts[k].variable, word);
      }
      begin_branch(static_cast<int>(action));
      for (std::size_t k = 0; k < p.parts.size(); ++k)
        for (int at = p.parts[k].ways[static_cast<std::size_t>(chosen[k])].next; at >= 0;) at = do_statement(graph_[at], next);
      next.point = p.next;
      finish_branch(round, next);
    }
  }
  std::size_t words(int variable) const { return model_.variables[static_cast<std::size_t>(variable)].range.words.size(); }

  void begin_branch(int action, std::uint64_t open_to = ~std::uint64_t{0}) {
    branch_ = PlayBranch{};
    branch_.action = action;
    branch_.open_to = open_to;
    branch_.first_payment = static_cast<std::int64_t>(play_.payments.size());
    branch_.first_count = static_cast<std::int64_t>(play_.counts.size());
    branch_.first_accepted = static_cast<std::int64_t>(play_.accepted.size());
  }

  void finish_branch(int round, Position& position) {
    const auto by = static_cast<int>(play_.branches.size());
    play_.branches.push_back(branch_);  // first, so that mistakes on the way can name it
    here_branch_ = by;
    walk(position, by);
    play_.branches[static_cast<std::size_t>(by)] = branch_;
    if (branch_.to == PlayBranch::To::state) queue_state(round, branch_.next);
    if (branch_.to == PlayBranch::To::top) queue_top(round + branch_.advance, branch_.next);
  }

  /// Does what is written until the next move, the top of a phase, or the end of play.
  void walk(Position& position, int by) {
    for (;;) {
      const Point& p = graph_[position.point];
      switch (p.kind) {
        case Point::Kind::offer:
        case Point::Kind::choice:
          find_open(p, position);
          if (open_.size() == 1) {
            take_silently(p, position);
            break;
          }
          [[fallthrough]];
        case Point::Kind::chance:
        case Point::Kind::simultaneous:
          branch_.to = PlayBranch::To::state;
          branch_.next = state_at(position.point, false, position, here_, by);
          return;
        case Point::Kind::go_to: {
          const bool closes = finite_ && position.overtime && graph_.counted[static_cast<std::size_t>(p.target)] != 0;
          branch_.to = PlayBranch::To::top;
          branch_.next = top_at(closes ? graph_.closing : p.target, position, here_, by);
          branch_.advance = position.elapsed;
          return;
        }
        case Point::Kind::end:
          pay(p, position);
          branch_.to = PlayBranch::To::outcome;
          branch_.next = p.target;
          return;
        case Point::Kind::bottom_of_closing:
          mistake(p.span, "M0332", "the horizon's closing does not end play", position, "an end on every way through it");
          branch_.to = PlayBranch::To::outcome;
          branch_.next = 0;
          return;
        default: position.point = do_statement(p, position);
      }
    }
  }

  int do_statement(const Point& p, Position& position) {
    switch (p.kind) {
      case Point::Kind::pay: pay(p, position); break;
      case Point::Kind::count: play_.counts.push_back({p.tally, p.formula < 0 ? -1 : entry(p.formula, position)}); break;
      case Point::Kind::time:
        branch_.time += p.rounds;
        if (graph_.counted[static_cast<std::size_t>(p.phase)] != 0) position.elapsed += p.rounds;
        break;
      case Point::Kind::assign: assign(p, position); break;
      case Point::Kind::when: return holds(p.formula, position) ? p.next : p.otherwise;
      default: break;
    }
    return p.next;
  }

  void pay(const Point& p, Position& position) {
    for (const Paid& paid : p.payments) {
      play_.payments.push_back({paid.player, entry(paid.formula, position), branch_.time, paid.pays});
      accept(paid.formula, position);
    }
  }

  /// The first mention of an offer in an end, a payment or a `becomes` accepts it.
  void accept(int formula, Position& position) {
    for (const int v : formulas_[formula].variables) {
      const int flag = flag_[static_cast<std::size_t>(v)];
      if (flag < 0 || position.contents[static_cast<std::size_t>(v)] < 0 || position.contents[static_cast<std::size_t>(flag)] != 0) continue;
      position.contents[static_cast<std::size_t>(flag)] = 1;
      play_.accepted.push_back(offer_at(v, position.contents[static_cast<std::size_t>(v)]));
    }
  }
  Accepted offer_at(int variable, int content) const {
    for (std::size_t site = 0; site < graph_.offers.size(); ++site) {
      const int action = content - graph_.first_content[site];
      const bool mine = site_variable(static_cast<int>(site)) == variable;
      if (mine && action >= 0 && action < static_cast<int>(graph_.offers[site].numbers.size())) return {static_cast<int>(site), action};
    }
    return {};
  }
  int site_variable(int site) const {
    if (site_variables_.empty()) {
      site_variables_.assign(model_.sites.size(), -1);
      for (const Point& p : graph_.points)
        if (p.kind == Point::Kind::offer) site_variables_[static_cast<std::size_t>(p.site)] = p.variable;
    }
    return site_variables_[static_cast<std::size_t>(site)];
  }

  void assign(const Point& p, Position& position) {
    if (p.formula >= 0 && p.assignment == ast::Assignment::Kind::becomes) accept(p.formula, position);
    if (p.next >= 0 && !live_.before[static_cast<std::size_t>(p.next)].contains(p.variable)) {
      set(position, p.variable, -1);
      return;
    }
    if (p.word >= 0) {
      set(position, p.variable, p.word);
      return;
    }
    const auto v = static_cast<std::size_t>(p.variable);
    if (!known(p.formula, position)) return;
    const Domain& domain = graph_.holders[v].domain;
    const double amount = compute_at(p.formula, position);
    const double before = position.numbers[v];
    double after = amount;
    if (p.assignment == ast::Assignment::Kind::rises) after = before + amount;
    if (p.assignment == ast::Assignment::Kind::falls) after = before - amount;
    if (domain.numbers.empty()) return;
    if (model_.variables[v].stops && !std::isnan(after)) after = std::clamp(after, domain.numbers.front(), domain.numbers.back());
    const int content = domain.find(after);
    if (content >= 0) {
      set(position, p.variable, content);
      return;
    }
    set(position, p.variable, position.contents[v] >= 0 ? position.contents[v] : graph_.start[v]);  // so that one mistake is reported once
    const std::string& name = model_.variables[v].name;
    const std::string range = fmt::format("{} .. {}", graph_.holders[v].texts.front(), graph_.holders[v].texts.back());
    if (after < domain.numbers.front() || after > domain.numbers.back())
      mistake(p.span, "M0333", fmt::format("'{}' is driven to {}, past its end", name, number_text(clean(after))), position, range,
              "a `when` that prevents it, or `stops` after the state's start to stay at the end");
    else
      mistake(p.span, "M0334", fmt::format("'{}' becomes {}, which is not one of its numbers", name, number_text(clean(after))), position, range,
              "a finer step in the state's range");
  }

  int entry(int formula, const Position& position) {
    if (!known(formula, position)) return 0;
    const std::vector<int>& variables = formulas_[formula].variables;
    key_.assign({formula});
    for (const int v : variables) key_.push_back(position.contents[static_cast<std::size_t>(v)]);
    const auto [id, fresh] = entry_keys_.add(key_);
    if (!fresh) return id;
    play_.entries.push_back({formula, static_cast<std::int64_t>(play_.entry_contents.size())});
    play_.entry_contents.insert(play_.entry_contents.end(), key_.begin() + 1, key_.end());
    return id;
  }

  // ---- mistakes and sizes

  std::string action_text(int state, int branch) const {
    const Point& p = graph_[play_.states[static_cast<std::size_t>(state)].point];
    const int action = play_.branches[static_cast<std::size_t>(branch)].action;
    const auto name = [&](int v) -> const std::string& { return model_.variables[static_cast<std::size_t>(v)].name; };
    const auto word = [&](int v, std::int64_t w) -> const std::string& { return graph_.holders[static_cast<std::size_t>(v)].texts[static_cast<std::size_t>(w)]; };
    switch (p.kind) {
      case Point::Kind::offer: return fmt::format("{} {}", name(p.variable), graph_.offers[static_cast<std::size_t>(p.site)].texts[static_cast<std::size_t>(action)]);
      case Point::Kind::choice:
      case Point::Kind::chance: return fmt::format("{} {}", name(p.variable), word(p.variable, action));
      case Point::Kind::simultaneous: {
        std::string text;
        std::int64_t rest = action;
        for (std::size_t k = p.parts.size(); k-- > 0;) {
          const auto radix = static_cast<std::int64_t>(words(p.parts[k].variable));
          text = fmt::format("{} {}{}{}", name(p.parts[k].variable), word(p.parts[k].variable, rest % radix), text.empty() ? "" : " and ", text);
          rest /= radix;
        }
        return text;
      }
      default: return {};
    }
  }

  std::string way_here() const {
    if (here_ < 0) return "at the start";
    std::vector<std::string> moves;
    int state = here_;
    int branch = here_branch_;
    while (state >= 0) {
      if (branch >= 0) {
        std::string text = action_text(state, branch);
        if (!text.empty()) moves.push_back(std::move(text));
      }
      const PlayState& s = play_.states[static_cast<std::size_t>(state)];
      branch = s.by;
      state = s.from;
    }
    if (moves.empty()) return "at the start";
    std::string text = "after ";
    const std::size_t shown = std::min(moves.size(), longest_way);
    if (shown < moves.size()) text += fmt::format("{} moves, then ", moves.size() - shown);
    for (std::size_t k = shown; k-- > 0;) text += moves[k] + (k > 0 ? ", " : "");
    return text;
  }

  std::string contents_here(const Position& position) const {
    std::string text;
    for (std::size_t v = 0; v < model_.variables.size(); ++v)
      if (position.contents[v] >= 0)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", model_.variables[v].name, graph_.holders[v].texts[static_cast<std::size_t>(position.contents[v])]);
    return text;
  }

  void mistake(const ast::Span& span, const char* code, const std::string& message, const Position& position, const std::string& expected = {},
               const std::string& hint = {}) {
    if (mistakes_.size() >= most_mistakes || !mistakes_.insert({code, span.file, span.begin}).second) return;
    const std::string contents = contents_here(position);
    shape_.error(span, code, fmt::format("{} {}{}", message, way_here(), contents.empty() ? "" : fmt::format(" (there: {})", contents)), expected, hint);
  }

  /// Branches a state at this point has whatever its contents: every state found will be expanded, so sizes are known
  /// long before they are reached.
  std::int64_t sure_branches(const Point& p) const {
    if (p.kind == Point::Kind::offer) return p.where >= 0 ? 1 : static_cast<std::int64_t>(graph_.offers[static_cast<std::size_t>(p.site)].numbers.size());
    std::int64_t sure = 0;
    for (const Way& way : p.ways) sure += way.guard < 0 ? 1 : 0;
    return std::max<std::int64_t>(sure, 1);
  }

  void check_size() {
    const auto states = static_cast<std::int64_t>(play_.states.size());
    const auto branches = std::max(promised_branches_, static_cast<std::int64_t>(play_.branches.size()));
    if (states > options_.max_states) return too_large(fmt::format("more than {} public states", options_.max_states));
    const std::int64_t bytes = states * bytes_per_state + branches * (bytes_per_branch + 8 * static_cast<std::int64_t>(model_.players.size())) +
                               static_cast<std::int64_t>(play_.payments.size() * sizeof(Payment) + play_.contents.size() * sizeof(int));
    if (bytes > options_.max_bytes) too_large(fmt::format("more than {} public states with {} branches, which need more than {} MB", states, branches, options_.max_bytes >> 20));
  }

  void too_large(const std::string& what) {
    if (stopped_) return;
    stopped_ = true;
    Diagnostic refusal;
    refusal.code = too_large_code;
    refusal.message = fmt::format("the game is too large: {}", what);
    refusal.expected = fmt::format("at most {} public states and {} MB", options_.max_states, options_.max_bytes >> 20);
    refusal.hint = coarsen();
    diagnostics_.push_back(refusal);
  }

  /// The variables that multiply public states most.
  std::string coarsen() const {
    std::vector<std::pair<std::size_t, std::string>> sizes;
    for (std::size_t v = 0; v < model_.variables.size(); ++v) {
      const int variable = static_cast<int>(v);
      const bool alive = std::any_of(live_.before.begin(), live_.before.end(), [variable](const VariableSet& set) { return set.contains(variable); });
      if (alive && graph_.holders[v].numbers.size() > 1) sizes.emplace_back(graph_.holders[v].numbers.size(), model_.variables[v].name);
    }
    std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    std::string text = "coarsen what public states remember: ";
    for (std::size_t k = 0; k < std::min<std::size_t>(4, sizes.size()); ++k) text += fmt::format("{}{} ({} contents)", k > 0 ? ", " : "", sizes[k].second, sizes[k].first);
    return text;
  }

  struct Place {
    std::string code;
    int file = 0, begin = 0;
    auto operator<=>(const Place&) const = default;
  };

  const Model::Checked& model_;
  const Formulas& formulas_;
  const Graph& graph_;
  const Liveness& live_;
  Shape& shape_;
  const CompileOptions& options_;
  Diagnostics& diagnostics_;
  bool finite_ = false, stopped_ = false;
  std::int64_t promised_branches_ = 0;

  std::vector<int> flag_;                       // of offers: the slot that says whether it has been accepted
  std::size_t num_slots_ = 0;
  std::vector<std::vector<int>> slots_, entry_slots_, top_slots_;
  mutable std::vector<int> site_variables_;
  KeyTable state_keys_, top_keys_, entry_keys_;
  std::vector<int> elapsed_;                    // by state
  std::vector<std::uint8_t> overtime_;
  std::vector<std::int64_t> flags_begin_;
  std::vector<int> flags_;
  std::map<int, std::vector<Item>> queue_;
  std::vector<int> top_round_, state_round_;    // the earliest round each was queued for
  Position next_;                               // scratch: where a branch has come to
  std::vector<int> types_;
  std::vector<int> key_;
  std::vector<Open> open_;
  PlayBranch branch_;
  int here_ = -1, here_branch_ = -1;             // where mistakes are found
  std::set<Place> mistakes_;
  Play play_;
};

}  // namespace

Play follow_play(const Model::Checked& model, const Formulas& formulas, const Graph& graph, const Liveness& live, Shape& shape,
                 const CompileOptions& options, Diagnostics& diagnostics) {
  return Follower(model, formulas, graph, live, shape, options, diagnostics).run();
}

}  // namespace melian::lowering
