// From play as followed to the flat arrays of a structure: targets resolved, cycles refused, types
// kept where something later mentions them, states in the order they are solved.

#include <algorithm>

#include <fmt/core.h>

#include "language/lower_levels.h"
#include "language/lower_moves.h"
#include "language/lower_program.h"

namespace melian::lowering {

namespace {

class Builder {
 public:
  Builder(CompiledModel::Program& program, Play play, const CompileOptions& options,
          Diagnostics& diagnostics)
      : program_(program),
        model_(program.model.checked()),
        play_(std::move(play)),
        options_(options),
        diagnostics_(diagnostics),
        moves_(model_, program.graph, s_.moves) {}

  std::shared_ptr<const Structure> build() {
    header();
    states();
    find_timed();
    const bool ordered = find_levels();
    find_live();
    find_decisions();
    if (!lay_out_numbers()) return nullptr;
    remember();
    if (ordered && !find_reached()) return nullptr;
    fingerprint();
    return std::make_shared<const Structure>(std::move(s_));
  }

 private:
  [[nodiscard]] const Point& point_of(int state) const {
    return program_.graph[play_.states[static_cast<std::size_t>(state)].point];
  }
  template <class T>
  static T& at(std::vector<T>& v, std::int64_t k) {
    return v[static_cast<std::size_t>(k)];
  }
  template <class T>
  static const T& at(const std::vector<T>& v, std::int64_t k) {
    return v[static_cast<std::size_t>(k)];
  }

  void header() {
    s_.title = model_.title;
    s_.sources = model_.citations;
    s_.players = model_.players;
    s_.outcomes = model_.outcomes;
    s_.tallies = model_.tallies;
    s_.horizon = model_.horizon.kind;
    s_.rounds = s_.horizon == HorizonKind::finite ? program_.graph.rounds : 1;
    for (const CheckedPrior& prior : model_.priors)
      if (prior.observer < 0 && prior.players.size() > 1) {
        s_.correlated.push_back(prior.players);
        std::ranges::sort(s_.correlated.back());
      }
    for (std::size_t v = 0; v < model_.variables.size(); ++v) {
      Variable variable{model_.variables[v].name, program_.graph.holders[v].texts};
      if (model_.variables[v].is_chosen_number()) merge_contents(v, variable);
      s_.variables.push_back(std::move(variable));
    }
  }

  /// Sites of one offer or number chosen may share numbers: what is remembered is the number.
  void merge_contents(std::size_t v, Variable& variable) {
    const Holder& holder = program_.graph.holders[v];
    std::vector<double> numbers = holder.numbers;
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    variable.domain.clear();
    for (const double x : numbers) variable.domain.push_back(number_text(x));
    merged_.resize(model_.variables.size());
    for (const double x : holder.numbers)
      merged_[v].push_back(
          static_cast<int>(std::lower_bound(numbers.begin(), numbers.end(), x) - numbers.begin()));
  }
  [[nodiscard]] int shown_content(int variable, int content) const {
    const auto v = static_cast<std::size_t>(variable);
    return v < merged_.size() && !merged_[v].empty() ? at(merged_[v], content) : content;
  }

  // ---- states and branches

  void states() {
    const Graph& graph = program_.graph;
    s_.part_open = play_.part_open;
    for (std::size_t k = 0; k < play_.states.size(); ++k) {
      const PlayState& from = play_.states[k];
      const Point& p = graph[from.point];
      PublicState state;
      state.first_branch = from.first_branch;
      state.num_branches = from.num_branches;
      state.entry = from.top >= 0 && p.phase != graph.closing;
      state.move = moves_.at(p);
      state.part_open = from.part_open;
      phase_.push_back(p.phase);
      s_.states.push_back(state);
    }
    add_unreached_tops();
    for (std::size_t k = 0; k < play_.states.size(); ++k) add_branches(static_cast<int>(k));
    for (std::size_t k = play_.states.size(); k < s_.states.size(); ++k) {
      PublicState& state = s_.states[k];
      state.first_branch = static_cast<int>(s_.branches.size());
      state.num_branches = 1;
      Branch branch;
      branch.next = state.closing;
      s_.branches.push_back(branch);
    }
    s_.root = at(play_.tops, play_.root).state;
  }

  /// Tops where the clock has always run out: entries that play only passes on its way to their
  /// closing.
  void add_unreached_tops() {
    top_state_.assign(play_.tops.size(), -1);
    for (std::size_t k = 0; k < play_.tops.size(); ++k) {
      const PlayTop& top = play_.tops[k];
      top_state_[k] = top.state;
      if (top.state >= 0) continue;
      top_state_[k] = static_cast<int>(s_.states.size());
      PublicState state;
      state.move = moves_.passage(top.phase);
      state.entry = state.timed = true;
      state.closing = at(play_.tops, top.closing).state;
      unreached_.push_back(static_cast<int>(k));
      phase_.push_back(top.phase);
      s_.states.push_back(state);
    }
  }

  void add_branches(int state) {
    const PublicState& from = at(s_.states, state);
    const Point& p = point_of(state);
    // Branches keep their order and their numbers: play gave each state its branches in one piece.
    if (s_.branches.size() < play_.branches.size()) s_.branches.resize(play_.branches.size());
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const PlayBranch& written = at(play_.branches, b);
      Branch& branch = at(s_.branches, b);
      branch.action = moves_.action(p, written.action);
      branch.advance = written.to == PlayBranch::To::top ? written.advance : 0;
      branch.time = written.time;
      branch.open_to = written.open_to;
      switch (written.to) {
        case PlayBranch::To::state: branch.next = written.next; break;
        case PlayBranch::To::top: branch.next = at(top_state_, written.next); break;
        case PlayBranch::To::outcome: branch.next = -1 - written.next; break;
      }
    }
  }
  // ---- the clock

  void find_timed() {
    if (s_.horizon != HorizonKind::finite) return;
    std::vector<int> work;
    for (std::size_t k = 0; k < s_.states.size(); ++k) {
      PublicState& state = s_.states[k];
      if (k < play_.states.size()) {
        const int top = play_.states[k].top;
        state.timed = top >= 0 && at(program_.graph.counted, phase_[k]) != 0 &&
                      phase_[k] != program_.graph.closing;
      }
      if (state.timed) work.push_back(static_cast<int>(k));
    }
    reverse_ = Reverse(s_);
    while (!work.empty()) {
      const int state = work.back();
      work.pop_back();
      reverse_.for_each(state, [&](int from, int) {
        PublicState& before = at(s_.states, from);
        if (before.timed) return;
        before.timed = true;
        work.push_back(from);
      });
    }
    for (std::size_t k = 0; k < play_.states.size(); ++k) {
      PublicState& state = s_.states[k];
      if (!state.timed || !state.entry) continue;
      state.closing = at(play_.tops, at(play_.tops, play_.states[k].top).closing).state;
    }
  }

  bool find_levels() {
    if (s_.horizon != HorizonKind::finite) reverse_ = Reverse(s_);
    std::vector<std::string> names;
    for (const CheckedPhase& phase : model_.phases) names.push_back(phase.name);
    names.emplace_back("closing");
    const auto refusal = order_states(s_, reverse_, phase_, names);
    if (!refusal) return true;
    Diagnostic diagnostic = *refusal;
    if (!model_.phases.empty() && !model_.sources.empty()) {
      const ast::Span& span = model_.horizon.kind == HorizonKind::none ? model_.phases.front().span
                                                                       : model_.horizon.span;
      diagnostic = diagnostic_at(model_.sources, span, refusal->code, refusal->message,
                                 refusal->expected, refusal->hint);
    }
    diagnostics_.push_back(diagnostic);
    return false;
  }

  // ---- types and decisions

  [[nodiscard]] std::uint32_t by_type(const std::vector<int>& parameter_of_player,
                                      int player) const {
    const int parameter = at(parameter_of_player, player);
    const int of = parameter < 0 ? -1 : at(model_.parameters, parameter).player;
    return of < 0 ? 0U : 1U << of;
  }
  [[nodiscard]] std::uint32_t types_of(int entry) const {
    return entry < 0 ? 0U : program_.formulas[at(play_.entries, entry).formula].types;
  }

  [[nodiscard]] std::uint32_t mentioned_on(int b) const {
    const PlayBranch& written = at(play_.branches, b);
    const auto next = static_cast<std::size_t>(b) + 1;
    const bool last = next >= play_.branches.size();
    std::uint32_t mask = types_of(written.odds);
    const auto payments_end = last ? static_cast<std::int64_t>(play_.payments.size())
                                   : play_.branches[next].first_payment;
    for (auto k = written.first_payment; k < payments_end; ++k) {
      const Payment& payment = at(play_.payments, k);
      mask |= types_of(payment.entry);
      if (payment.time > 0) mask |= by_type(program_.discount, payment.player);
    }
    const auto counts_end =
        last ? static_cast<std::int64_t>(play_.counts.size()) : play_.branches[next].first_count;
    for (auto k = written.first_count; k < counts_end; ++k)
      mask |= types_of(at(play_.counts, k).entry);
    if (written.time > 0 && written.to != PlayBranch::To::outcome)
      for (int j = 0; j < s_.num_players(); ++j) mask |= by_type(program_.discount, j);
    return mask;
  }

  [[nodiscard]] std::uint32_t mentioned_at(const Point& p) const {
    std::uint32_t mask = 0;
    const auto decide = [&](int player, const std::vector<Way>& ways, int where) {
      mask |= by_type(program_.precision, player);
      std::uint32_t guards = where >= 0 ? program_.formulas[where].types : 0U;
      for (const Way& way : ways)
        if (way.guard >= 0) guards |= program_.formulas[way.guard].types;
      mask |= guards & 1U << player;
    };
    if (p.kind == Point::Kind::offer || p.kind == Point::Kind::choice)
      decide(p.player, p.ways, p.where);
    if (p.kind == Point::Kind::simultaneous)
      for (const Part& part : p.parts) decide(part.player, part.ways, part.where);
    return mask;
  }

  /// Grows what each state has until it holds what every state after it has.
  template <class T, class Get>
  void spread_back(Get&& get) {
    std::vector<int> work;
    std::vector<std::vector<int>> entries_of(s_.states.size());
    for (std::size_t k = 0; k < s_.states.size(); ++k) {
      work.push_back(static_cast<int>(k));
      if (s_.states[k].closing >= 0)
        at(entries_of, s_.states[k].closing).push_back(static_cast<int>(k));
    }
    while (!work.empty()) {
      const int state = work.back();
      work.pop_back();
      const T mine = get(at(s_.states, state));
      const auto give = [&](int from) {
        auto& theirs = get(at(s_.states, from));
        const T both = static_cast<T>(theirs | mine);
        if (both == static_cast<T>(theirs)) return;
        theirs = both;
        work.push_back(from);
      };
      reverse_.for_each(state, [&](int from, int) { give(from); });
      for (const int entry : at(entries_of, state)) give(entry);
    }
  }

  void find_live() {
    const std::uint32_t everyone = s_.everyone();
    for (std::size_t k = 0; k < play_.states.size(); ++k) {
      PublicState& state = s_.states[k];
      std::uint32_t mask = mentioned_at(point_of(static_cast<int>(k)));
      for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b)
        mask |= mentioned_on(b);
      state.live = mask & everyone;
    }
    for (const PlayView& view : play_.views) {
      const int state = reverse_.source(view.branch);
      at(s_.states, state).live |= types_of(view.entry) & everyone;
    }
    for (PublicState& state : s_.states) state.live = s_.with_correlated(state.live);
    spread_back<std::uint32_t>([](PublicState& state) -> std::uint32_t& { return state.live; });
  }

  void find_decisions() {
    for (PublicState& state : s_.states) {
      const Move& move = at(s_.moves, state.move);
      state.decision_follows = move.is_decision() || move.kind == MoveKind::simultaneous;
    }
    spread_back<bool>([](PublicState& state) -> bool& { return state.decision_follows; });
  }

  // ---- numbers

  bool lay_out_numbers() {
    CompiledModel::Program& g = program_;
    const auto num_branches = s_.branches.size();
    const auto players = static_cast<std::int64_t>(s_.players.size());
    s_.reward_offset.assign(num_branches, -1);
    s_.odds_offset.assign(num_branches, -1);
    s_.perceived_offset.assign(num_branches, -1);
    std::vector<std::uint8_t> seen_otherwise(s_.states.size(), 0);
    for (const PlayView& view : play_.views) at(seen_otherwise, reverse_.source(view.branch)) = 1;
    for (std::size_t k = 0; k < s_.states.size(); ++k) {
      const PublicState& state = s_.states[k];
      double profiles = 1.0;
      for (std::size_t i = 0; i < s_.players.size(); ++i)
        if ((state.live >> i & 1U) != 0) profiles *= s_.players[i].num_types();
      const double numbers =
          static_cast<double>(g.num_rewards + g.num_odds + g.num_perceived + g.num_amounts) +
          profiles * static_cast<double>(players * state.num_branches);
      if (numbers * sizeof(double) > static_cast<double>(options_.max_bytes))
        return refuse(numbers, profiles);
      const auto count = static_cast<std::int64_t>(profiles);
      for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
        at(s_.reward_offset, b) = g.num_rewards;
        g.num_rewards += players * count;
        if (at(s_.moves, state.move).kind != MoveKind::chance) continue;
        at(s_.odds_offset, b) = g.num_odds;
        g.num_odds += count;
        if (seen_otherwise[k] == 0) continue;
        at(s_.perceived_offset, b) = g.num_perceived;
        g.num_perceived += players * count;
      }
    }
    move_tables(num_branches);
    return true;
  }

  bool refuse(double numbers, double profiles) {
    Diagnostic refusal;
    refusal.code = too_large_code;
    refusal.message = fmt::format(
        "the game is too large: {} public states with {} branches need more than {:.0f} MB of "
        "numbers",
        s_.states.size(), s_.branches.size(), numbers * sizeof(double) / (1 << 20));
    refusal.expected = fmt::format("at most {} MB", options_.max_bytes >> 20);
    refusal.hint = fmt::format(
        "fewer types (a public state here has {:.0f} type profiles), coarser offers or coarser "
        "states",
        profiles);
    diagnostics_.push_back(refusal);
    return false;
  }

  void move_tables(std::size_t num_branches) {
    CompiledModel::Program& g = program_;
    const auto written = play_.branches.size();
    const auto begin_of = [&](std::size_t b, auto first, std::size_t all) {
      return b < written ? play_.branches[b].*first : static_cast<std::int64_t>(all);
    };
    for (std::size_t b = 0; b <= num_branches; ++b) {
      g.first_payment.push_back(begin_of(b, &PlayBranch::first_payment, play_.payments.size()));
      s_.count_begin.push_back(begin_of(b, &PlayBranch::first_count, play_.counts.size()));
      s_.acceptance_begin.push_back(
          begin_of(b, &PlayBranch::first_accepted, play_.accepted.size()));
      if (b < num_branches) g.odds.push_back(b < written ? play_.branches[b].odds : -1);
    }
    for (std::size_t b = 0; b < written; ++b) {
      const int profiles =
          s_.num_profiles(at(s_.states, reverse_.source(static_cast<int>(b))).live);
      for (auto k = s_.count_begin[b]; k < s_.count_begin[b + 1]; ++k) {
        s_.counts.push_back({at(play_.counts, k).tally, g.num_amounts});
        g.num_amounts += profiles;
      }
    }
    for (const Accepted& accepted : play_.accepted)
      s_.acceptances.push_back({moves_.of_site(accepted.site), accepted.action});
    g.payments = std::move(play_.payments);
    g.counts = std::move(play_.counts);
    g.views = std::move(play_.views);
    g.entries = std::move(play_.entries);
    g.entry_contents = std::move(play_.entry_contents);
  }

  void remember() {
    const auto add = [&](std::int64_t contents, int count) {
      s_.memory.push_back(static_cast<std::int64_t>(s_.remembered.size()));
      for (int k = 0; k < count; ++k) {
        const int variable = at(play_.contents, contents + 2 * k);
        s_.remembered.push_back(
            {variable, shown_content(variable, at(play_.contents, contents + 2 * k + 1))});
      }
    };
    for (const PlayState& state : play_.states) add(state.contents, state.num_contents);
    for (const int top : unreached_)
      add(at(play_.tops, top).contents, at(play_.tops, top).num_contents);
    s_.memory.push_back(static_cast<std::int64_t>(s_.remembered.size()));
  }

  // ---- rounds

  bool find_reached() {
    const std::size_t count = s_.states.size();
    const auto rounds = static_cast<std::size_t>(s_.rounds);
    if (static_cast<double>(count) * static_cast<double>(rounds) >
        static_cast<double>(options_.max_bytes) / 4) {
      Diagnostic refusal;
      refusal.code = too_large_code;
      refusal.message =
          fmt::format("the game is too large: {} public states in {} rounds", count, rounds);
      refusal.hint = "fewer rounds, or coarser states";
      diagnostics_.push_back(refusal);
      return false;
    }
    s_.reached.assign(count * rounds, 0);
    if (at(s_.states, s_.root).timed) s_.reached[static_cast<std::size_t>(s_.root)] = 1;
    for (std::size_t t = 0; t < rounds; ++t)
      for (std::size_t level = s_.timed_levels.size(); level-- > 0;)
        for (const int state : s_.timed_levels[level]) {
          if (s_.reached[t * count + static_cast<std::size_t>(state)] == 0) continue;
          const PublicState& from = at(s_.states, state);
          for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
            const Branch& branch = at(s_.branches, b);
            if (branch.next < 0 || !at(s_.states, branch.next).timed) continue;
            const std::size_t round = t + static_cast<std::size_t>(branch.advance);
            if (round < rounds)
              s_.reached[round * count + static_cast<std::size_t>(branch.next)] = 1;
          }
        }
    return true;
  }

  // ---- identity

  void fingerprint() {
    std::string text = program_.model.text_fingerprint();
    const auto add = [&text](std::int64_t x) {
      text.append(reinterpret_cast<const char*>(&x), sizeof x);
    };
    const auto add_text = [&](const std::string& x) {
      add(static_cast<std::int64_t>(x.size()));
      text += x;
    };
    for (const Player& player : s_.players) {
      add_text(player.name);
      for (const std::string& type : player.types) add_text(type);
    }
    for (const Move& move : s_.moves) {
      add_text(move.name);
      add(static_cast<std::int64_t>(move.kind));
      add(move.player);
      for (const std::string& action : move.actions) add_text(action);
      for (const double width : move.widths) add_text(number_text(width));
    }
    for (const std::string& outcome : s_.outcomes) add_text(outcome);
    add(static_cast<std::int64_t>(s_.horizon));
    add(s_.rounds);
    add(s_.root);
    for (const PublicState& state : s_.states)
      for (const std::int64_t x :
           {std::int64_t{state.move}, std::int64_t{state.num_branches}, std::int64_t{state.live},
            std::int64_t{state.timed}, std::int64_t{state.entry}, std::int64_t{state.closing}})
        add(x);
    for (const Branch& branch : s_.branches)
      for (const std::int64_t x :
           {std::int64_t{branch.action}, std::int64_t{branch.next}, std::int64_t{branch.advance},
            std::int64_t{branch.time}, static_cast<std::int64_t>(branch.open_to)})
        add(x);
    for (const std::uint64_t mask : s_.part_open) add(static_cast<std::int64_t>(mask));
    s_.fingerprint = sha256(text);
  }

  CompiledModel::Program& program_;
  const Model::Checked& model_;
  Play play_;
  const CompileOptions& options_;
  Diagnostics& diagnostics_;
  Structure s_;
  Moves moves_;
  Reverse reverse_;
  std::vector<std::vector<int>> merged_;  // by variable: contents of offers as shown
  std::vector<int> phase_, top_state_, unreached_;
};

}  // namespace

std::shared_ptr<const Structure> build_structure(CompiledModel::Program& program, Play play,
                                                 const CompileOptions& options,
                                                 Diagnostics& diagnostics) {
  return Builder(program, std::move(play), options, diagnostics).build();
}

}  // namespace melian::lowering
