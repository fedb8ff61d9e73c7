#include "language/lower_play.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/core.h>

#include "language/lower_memory.h"
#include "language/lower_mistakes.h"
#include "language/lower_size.h"

namespace melian::lowering {

namespace {

struct Open {
  int action = 0;
  std::uint64_t open_to = ~std::uint64_t{0};
};

class Follower {
 public:
  Follower(const Model::Checked& model, const Formulas& formulas, const Graph& graph,
           const Liveness& live, Shape& shape, const CompileOptions& options,
           Diagnostics& diagnostics)
      : model_(model),
        formulas_(formulas),
        graph_(graph),
        live_(live),
        shape_(shape),
        finite_(model.horizon.kind == HorizonKind::finite),
        memory_(model, graph, live, play_),
        mistakes_(model, graph, play_, shape),
        size_(model, graph, live, play_, options, diagnostics),
        types_(model.players.size(), 0) {}

  Play run() {
    Position start = memory_.empty();
    for (std::size_t v = 0; v < graph_.start.size(); ++v)
      if (graph_.start[v] >= 0) memory_.set(start, static_cast<int>(v), graph_.start[v]);
    play_.root = top_at(0, start, -1, -1);
    queue_top(0, play_.root);
    while (!queue_.empty() && !size_.too_large()) {
      const int round = queue_.begin()->first;
      std::vector<Item> items = std::move(queue_.begin()->second);
      queue_.erase(queue_.begin());
      for (std::size_t k = 0; k < items.size() && !size_.too_large(); ++k) {
        if (items[k].is_top)
          begin_phase(round, items[k].id);
        else
          expand(round, items[k].id);
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

  // ---- tops and states

  int top_at(int phase, const Position& position, int from, int by) {
    const auto [id, fresh] = memory_.top(phase, position, from, by);
    if (!fresh) return id;
    const bool checks = graph_.counted[static_cast<std::size_t>(phase)] != 0;
    if (finite_ && phase != graph_.closing && !play_.tops[static_cast<std::size_t>(id)].overtime &&
        graph_.check_follows[static_cast<std::size_t>(phase)] != 0) {
      Position over = position;
      over.overtime = true;
      const int closing = top_at(checks ? graph_.closing : phase, over, from, by);
      play_.tops[static_cast<std::size_t>(id)].closing = closing;
      queue_top(graph_.rounds, closing);
    }
    return id;
  }

  int found(const Memory::Found& state) {
    if (state.fresh)
      size_.add_state(graph_[play_.states[static_cast<std::size_t>(state.id)].point]);
    return state.id;
  }
  int state_at(int point, bool entry, const Position& position, int from, int by) {
    return found(memory_.state(point, entry, position, from, by));
  }

  // ---- the order of search: by the earliest round, so that nothing beyond the horizon is looked
  // at

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
    const int from = top.from, by = top.by;
    mistakes_.look_at(from, by);
    Position position = memory_.at_top(id);
    const bool is_move = walk_plainly(position);
    const int state = is_move ? state_at(position.point, true, position, from, by)
                              : found(memory_.passage(id, from, by));
    play_.tops[static_cast<std::size_t>(id)].state = state;
    play_.states[static_cast<std::size_t>(state)].top = id;
    queue_state(round, state);
  }

  /// Follows conditions (and choices that leave nothing to choose); true when they lead to a move
  /// without anything happening on the way.
  bool walk_plainly(Position& position) {
    for (;;) {
      const Point& p = graph_[position.point];
      switch (p.kind) {
        case Point::Kind::when:
          position.point = holds(p.formula, position) ? p.next : p.otherwise;
          break;
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
        mistakes_.add(formulas_[formula].span, "M0330",
                      fmt::format("'{}' is read before it is made",
                                  model_.variables[static_cast<std::size_t>(v)].name),
                      position);
        return false;
      }
    return true;
  }
  bool holds(int formula, const Position& position) {
    return known(formula, position) && compute_at(formula, position) != 0.0;
  }

  std::uint64_t open_to(int guard, int player, const Position& position) {
    if (guard < 0) return ~std::uint64_t{0};
    if (!known(guard, position)) return ~std::uint64_t{0};
    if (formulas_[guard].types == 0)
      return compute_at(guard, position) != 0.0 ? ~std::uint64_t{0} : 0;
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
      find_open_numbers(p, position, open_);
    } else {
      find_open(p.ways, p.player, position, open_);
    }
    check_open(p.player, p.site, p.span, open_, position);
  }
  /// Of an offer, or of a number chosen alone (a point) or at once with others (a part).
  template <class Chosen>
  void find_open_numbers(const Chosen& chosen, Position& position, std::vector<Open>& open) {
    const auto count =
        static_cast<int>(graph_.offers[static_cast<std::size_t>(chosen.site)].numbers.size());
    const int first = graph_.first_content[static_cast<std::size_t>(chosen.site)];
    const int before = position.contents[static_cast<std::size_t>(chosen.variable)];
    for (int k = 0; k < count; ++k) {
      if (chosen.where >= 0) memory_.set(position, chosen.variable, first + k);
      const std::uint64_t mask = open_to(chosen.where, chosen.player, position);
      if (mask != 0) open.push_back({k, mask});
    }
    memory_.set(position, chosen.variable, before);
  }
  void find_open(const std::vector<Way>& ways, int player, const Position& position,
                 std::vector<Open>& open) {
    for (std::size_t k = 0; k < ways.size(); ++k) {
      const std::uint64_t mask = open_to(ways[k].guard, player, position);
      if (mask != 0) open.push_back({static_cast<int>(k), mask});
    }
  }
  void check_open(int player, int site, const ast::Span& span, const std::vector<Open>& open,
                  const Position& position) {
    std::uint64_t some = 0;
    for (const Open& o : open) some |= o.open_to;
    const std::uint64_t missing = all_types(player) & ~some;
    if (missing == 0) return;
    const Player& mover = model_.players[static_cast<std::size_t>(player)];
    std::string who = mover.name;
    for (int type = 0; type < mover.num_types() && !mover.types.empty(); ++type)
      if ((missing >> type & 1U) != 0)
        who += fmt::format("{}{}", who == mover.name ? " of type " : ", ",
                           mover.types[static_cast<std::size_t>(type)]);
    mistakes_.add(span, "M0331",
                  fmt::format("{} has no option at '{}'", who,
                              model_.sites[static_cast<std::size_t>(site)].name),
                  position, "an option that is open to every type in every public state");
  }

  void take_silently(const Point& p, Position& position) {
    if (p.kind == Point::Kind::offer) {
      make_offer(p, open_[0].action, position);
      position.point = p.next;
    } else {
      const Way& way = p.ways[static_cast<std::size_t>(open_[0].action)];
      memory_.set(position, p.variable, way.word);
      position.point = way.next;
    }
  }
  void make_offer(const Point& p, int action, Position& position) {
    memory_.set(position, p.variable,
                graph_.first_content[static_cast<std::size_t>(p.site)] + action);
    if (const int flag = memory_.flag(p.variable); flag >= 0)
      position.contents[static_cast<std::size_t>(flag)] = 0;
  }

  // ---- branches

  void expand(int round, int id) {
    if (play_.states[static_cast<std::size_t>(id)].num_branches >= 0) return;
    const auto first = static_cast<int>(play_.branches.size());
    play_.states[static_cast<std::size_t>(id)].first_branch = first;
    play_.states[static_cast<std::size_t>(id)].num_branches = 0;
    here_ = id;
    mistakes_.look_at(id, -1);
    Position position = memory_.at_state(id);
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
          memory_.set(next_, p.variable, way.word);
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
          for (const auto& [player, odds] : way.views)
            play_.views.push_back(
                {static_cast<int>(play_.branches.size()), player, entry(odds, position)});
          memory_.set(next_, p.variable, way.word);
          next_.point = way.next;
          finish_branch(round, next_);
        }
        break;
      case Point::Kind::simultaneous: expand_together(round, p, position); break;
      default: break;
    }
    play_.states[static_cast<std::size_t>(id)].num_branches =
        static_cast<int>(play_.branches.size()) - first;
    size_.check();
  }

  void expand_together(int round, const Point& p, Position& position) {
    std::vector<std::vector<Open>> open(p.parts.size());
    std::int64_t count = 1;
    for (std::size_t k = 0; k < p.parts.size(); ++k) {
      const Part& part = p.parts[k];
      if (part.is_number)
        find_open_numbers(part, position, open[k]);
      else
        find_open(part.ways, part.player, position, open[k]);
      check_open(part.player, part.site, p.span, open[k], position);
      count *= static_cast<std::int64_t>(open[k].size());
    }
    keep_open(p, open);
    for (std::int64_t joint = 0; joint < count; ++joint) {
      Position next = position;
      std::vector<int> chosen(p.parts.size());
      std::int64_t rest = joint;
      for (std::size_t k = p.parts.size(); k-- > 0;) {
        chosen[k] = open[k][static_cast<std::size_t>(rest) % open[k].size()].action;
        rest /= static_cast<std::int64_t>(open[k].size());
      }
      std::int64_t action = 0;  // in mixed radix over all that each part may write down
      for (std::size_t k = 0; k < p.parts.size(); ++k) {
        const Part& part = p.parts[k];
        const int written =
            part.is_number ? chosen[k] : part.ways[static_cast<std::size_t>(chosen[k])].word;
        action = action * graph_.num_written(part) + written;
        memory_.set(next, part.variable, graph_.content_of(part, written));
      }
      begin_branch(static_cast<int>(action));
      for (std::size_t k = 0; k < p.parts.size(); ++k) {
        if (p.parts[k].is_number) continue;
        for (int at = p.parts[k].ways[static_cast<std::size_t>(chosen[k])].next; at >= 0;)
          at = do_statement(graph_[at], next);
      }
      next.point = p.next;
      finish_branch(round, next);
    }
  }
  /// Which types have which action of each part.
  void keep_open(const Point& p, const std::vector<std::vector<Open>>& open) {
    play_.states[static_cast<std::size_t>(here_)].part_open =
        static_cast<int>(play_.part_open.size());
    for (std::size_t k = 0; k < p.parts.size(); ++k) {
      const Part& part = p.parts[k];
      const std::size_t first = play_.part_open.size(),
                        actions = part.is_number
                                      ? static_cast<std::size_t>(graph_.num_written(part))
                                      : part.ways.size();
      play_.part_open.resize(first + actions, 0);
      for (const Open& o : open[k])
        play_.part_open[first + static_cast<std::size_t>(o.action)] = o.open_to;
    }
  }

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
    mistakes_.look_at(here_, by);
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
          const bool closes = finite_ && position.overtime &&
                              graph_.counted[static_cast<std::size_t>(p.target)] != 0;
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
          mistakes_.add(p.span, "M0332", "the horizon's closing does not end play", position,
                        "an end on every way through it");
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
      case Point::Kind::count:
        play_.counts.push_back({p.tally, p.formula < 0 ? -1 : entry(p.formula, position)});
        break;
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
      play_.payments.push_back(
          {paid.player, entry(paid.formula, position), branch_.time, paid.pays});
      accept(paid.formula, position);
    }
  }

  /// The first mention of an offer in an end, a payment or a `becomes` accepts it.
  void accept(int formula, Position& position) {
    for (const int v : formulas_[formula].variables) {
      const int flag = memory_.flag(v);
      if (flag < 0 || position.contents[static_cast<std::size_t>(v)] < 0 ||
          position.contents[static_cast<std::size_t>(flag)] != 0)
        continue;
      position.contents[static_cast<std::size_t>(flag)] = 1;
      play_.accepted.push_back(offer_at(v, position.contents[static_cast<std::size_t>(v)]));
    }
  }
  Accepted offer_at(int variable, int content) const {
    for (std::size_t site = 0; site < graph_.offers.size(); ++site) {
      const int action = content - graph_.first_content[site];
      const bool mine = site_variable(static_cast<int>(site)) == variable;
      if (mine && action >= 0 && action < static_cast<int>(graph_.offers[site].numbers.size()))
        return {static_cast<int>(site), action};
    }
    return {};
  }
  int site_variable(int site) const {
    if (site_variables_.empty()) {
      site_variables_.assign(model_.sites.size(), -1);
      for (const Point& p : graph_.points)
        if (p.kind == Point::Kind::offer)
          site_variables_[static_cast<std::size_t>(p.site)] = p.variable;
    }
    return site_variables_[static_cast<std::size_t>(site)];
  }

  void assign(const Point& p, Position& position) {
    if (p.formula >= 0 && p.assignment == ast::Assignment::Kind::becomes)
      accept(p.formula, position);
    if (p.next >= 0 && !live_.before[static_cast<std::size_t>(p.next)].contains(p.variable)) {
      memory_.set(position, p.variable, -1);
      return;
    }
    if (p.word >= 0) {
      memory_.set(position, p.variable, p.word);
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
    if (model_.variables[v].stops && !std::isnan(after))
      after = std::clamp(after, domain.numbers.front(), domain.numbers.back());
    const int content = domain.find(after);
    if (content >= 0) {
      memory_.set(position, p.variable, content);
      return;
    }
    memory_.set(position, p.variable,
                position.contents[v] >= 0
                    ? position.contents[v]
                    : graph_.start[v]);  // so that one mistake is reported once
    const std::string& name = model_.variables[v].name;
    const std::string range =
        fmt::format("{} .. {}", graph_.holders[v].texts.front(), graph_.holders[v].texts.back());
    if (after < domain.numbers.front() || after > domain.numbers.back())
      mistakes_.add(
          p.span, "M0333",
          fmt::format("'{}' is driven to {}, past its end", name, number_text(clean(after))),
          position, range,
          "a `when` that prevents it, or `stops` after the state's start to stay at the end");
    else
      mistakes_.add(p.span, "M0334",
                    fmt::format("'{}' becomes {}, which is not one of its numbers", name,
                                number_text(clean(after))),
                    position, range, "a finer step in the state's range");
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

  const Model::Checked& model_;
  const Formulas& formulas_;
  const Graph& graph_;
  const Liveness& live_;
  Shape& shape_;
  bool finite_ = false;

  Play play_;
  Memory memory_;
  Mistakes mistakes_;
  Size size_;
  mutable std::vector<int> site_variables_;
  KeyTable entry_keys_;
  std::map<int, std::vector<Item>> queue_;
  std::vector<int> top_round_, state_round_;  // the earliest round each was queued for
  Position next_;                             // scratch: where a branch has come to
  std::vector<int> types_;
  std::vector<int> key_;
  std::vector<Open> open_;
  PlayBranch branch_;
  int here_ = -1;  // the state whose branches are made
};

}  // namespace

Play follow_play(const Model::Checked& model, const Formulas& formulas, const Graph& graph,
                 const Liveness& live, Shape& shape, const CompileOptions& options,
                 Diagnostics& diagnostics) {
  return Follower(model, formulas, graph, live, shape, options, diagnostics).run();
}

}  // namespace melian::lowering
