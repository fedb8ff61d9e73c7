/// Probes measured history by history. Shares no sweep with `measure`: laws hold one against the
/// other.

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <span>
#include <utility>

#include "predict/backward.h"
#include "predict/history_tree.h"
#include "predict/probes_places.h"
#include "predict/probes_reader.h"

namespace melian {
namespace {

using namespace prediction;
using Kind = Column::Kind;
using Node = HistoryTree::Node;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

/// What a branch does to one amount: what it adds, whether and as what counting goes on behind it.
struct Passing {
  double at_once = 0.0;
  bool goes_on = true;
  int next = 0;  ///< the column that goes on; -1: none
};

/// Expected amounts from every history onwards, given the full profile of types.
class Amounts {
 public:
  Amounts(const HistoryTree& histories, std::vector<Column> columns)
      : histories_(histories),
        board_(histories.board()),
        structure_(board_.structure()),
        profiles_(at(board_.full().count())),
        columns_(std::move(columns)),
        shorter_(add_shorter(columns_)),
        tables_(histories.nodes().size()) {
    if (columns_.empty()) return;
    std::vector<double> taken;
    for (std::size_t n = tables_.size(); n-- > 0;) {
      const Node& node = histories_.nodes()[n];
      if (node.history.state < 0) continue;
      tables_[n].assign(columns_.size() * profiles_, 0.0);
      for (int k = 0; k < static_cast<int>(node.next.size()); ++k)
        if (node.next[at(k)] >= 0) add_branch(node, k, taken, tables_[n]);
    }
  }

  /// [full profile] of a column, from a history onwards.
  [[nodiscard]] const double* at_node(std::size_t node, int column) const {
    return tables_[node].data() + at(column) * profiles_;
  }

  /// Amounts once a branch is taken, its own included: [column][full profile].
  void after(const Node& node, int k, std::vector<double>& out) const {
    out.assign(columns_.size() * profiles_, 0.0);
    const int branch = histories_.branch(node, k);
    const auto to = at(node.next[at(k)]);
    const Node& there = histories_.nodes()[to];
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const Passing passing = pass(columns_[c], static_cast<int>(c), node, there, branch);
      double* amounts = out.data() + c * profiles_;
      std::fill_n(amounts, profiles_, passing.at_once);
      add_by_profile(columns_[c], node, branch, amounts);
      if (!passing.goes_on || passing.next < 0) continue;
      const double* behind = at_node(to, passing.next);
      for (std::size_t theta = 0; theta < profiles_; ++theta)
        amounts[theta] += factor(columns_[c], branch, theta) * behind[theta];
    }
  }

  [[nodiscard]] int column(const Column& wanted) const {
    return static_cast<int>(std::ranges::find(columns_, wanted) - columns_.begin());
  }

 private:
  void add_branch(const Node& node, int k, std::vector<double>& taken,
                  std::vector<double>& table) const {
    after(node, k, taken);
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const int observer = columns_[c].kind == Kind::payoff ? columns_[c].index : -1;
      for (std::size_t theta = 0; theta < profiles_; ++theta)
        if (const double p = histories_.probability(node, k, static_cast<int>(theta), observer);
            p > 0.0)
          table[c * profiles_ + theta] += p * taken[c * profiles_ + theta];
    }
  }

  [[nodiscard]] const Structure::Acceptance* acceptance(int branch, int move) const {
    for (std::int64_t k = structure_.acceptance_begin[at(branch)];
         k < structure_.acceptance_begin[at(branch) + 1]; ++k)
      if (structure_.acceptances[at(k)].move == move) return &structure_.acceptances[at(k)];
    return nullptr;
  }

  [[nodiscard]] Passing pass(const Column& column, int index, const Node& from, const Node& to,
                             int branch) const {
    const int state = from.history.state;
    const bool ended = to.history.state < 0, closes = HistoryTree::closes(from, to);
    const int rounds = ended ? 0 : board_.advance(branch);
    const auto wanted_end = [&] {
      return ended &&
             std::ranges::find(column.outcomes, -1 - to.history.state) != column.outcomes.end();
    };
    Passing out{0.0, !ended, index};
    const auto once = [&](double amount) { out = {amount, false, index}; };
    switch (column.kind) {
      case Kind::ends_in:
        if (wanted_end()) out.at_once = 1.0;
        break;
      case Kind::rounds_left:
        if (closes)
          once(structure_.rounds - 1 - from.history.round);
        else
          out.at_once = rounds;
        break;
      case Kind::ends_within:
        if (ended && (column.outcomes.empty() || wanted_end())) out.at_once = 1.0;
        if (closes) out.goes_on = false;
        for (int passed = rounds; passed > 0 && out.next >= 0; --passed)
          out.next = shorter_[at(out.next)];
        break;
      case Kind::cut_off:
        if (closes) once(1.0);
        break;
      case Kind::tally:
      case Kind::payoff: break;  // by profile
      case Kind::offer_sum:
        if (const Move& move = structure_.moves[at(structure_.states[at(state)].move)];
            structure_.states[at(state)].move == column.index)
          once(move.numbers[at(structure_.branches[at(branch)].action)]);
        break;
      case Kind::next_action:
        if (makes(structure_, state, column.index))
          once(column.detail == action_of(structure_, state, branch, column.index) ? 1.0 : 0.0);
        break;
      case Kind::move_made:
        if (makes(structure_, state, column.index) &&
            (column.detail < 0 ||
             column.detail == action_of(structure_, state, branch, column.index)))
          once(1.0);
        break;
      case Kind::accepted:
        if (acceptance(branch, column.index) != nullptr) once(1.0);
        break;
      case Kind::accepted_count:
        if (acceptance(branch, column.index) != nullptr) out.at_once = 1.0;
        break;
      case Kind::accepted_sum:
        if (const auto* accepted = acceptance(branch, column.index))
          out.at_once = structure_.moves[at(column.index)].numbers[at(accepted->action)];
        break;
      case Kind::accepted_in_round: MELIAN_EXPECT(false, "an amount of offers on a grid");
    }
    return out;
  }

  /// What a branch pays or counts, given the types.
  void add_by_profile(const Column& column, const Node& from, int branch, double* amounts) const {
    const Shape& shape = board_.shape(from.history.state);
    const auto add = [&](const double* by_live_profile) {
      for (std::size_t theta = 0; theta < profiles_; ++theta)
        amounts[theta] += by_live_profile[shape.profile_of_full[theta]];
    };
    if (column.kind == Kind::payoff)
      add(board_.game().reward(branch, column.index, shape.profiles));
    if (column.kind != Kind::tally) return;
    for (std::int64_t k = structure_.count_begin[at(branch)];
         k < structure_.count_begin[at(branch) + 1]; ++k)
      if (const Structure::Count& count = structure_.counts[at(k)]; count.tally == column.index)
        add(board_.game().numbers.amounts.data() + count.amount_offset);
  }

  [[nodiscard]] double factor(const Column& column, int branch, std::size_t theta) const {
    const int time = structure_.branches[at(branch)].time;
    if (column.kind != Kind::payoff || time == 0) return 1.0;
    const int type = board_.full().type_of(static_cast<int>(theta), column.index);
    return std::pow(board_.game().numbers.discount[at(column.index)][at(type)], time);
  }

  const HistoryTree& histories_;
  const Board& board_;
  const Structure& structure_;
  std::size_t profiles_;
  std::vector<Column> columns_;
  std::vector<int> shorter_;
  std::vector<std::vector<double>> tables_;  ///< [node]: [column][full profile]
};

/// Plays that stand at nodes: probability by full profile.
using Standing = std::map<std::size_t, std::vector<double>>;

/// Adds up one probe over its places.
class HistorySum {
 public:
  HistorySum(const HistoryTree& histories, const Amounts& amounts, const Probe& probe)
      : histories_(histories),
        board_(histories.board()),
        structure_(board_.structure()),
        amounts_(amounts),
        probe_(probe),
        reader_(reader_for(probe, structure_)),
        facts_(board_, probe.given),
        profiles_(at(board_.full().count())) {
    for (const Column& wanted : reader_.columns) column_.push_back(amounts.column(wanted));
  }

  Measured measured() {
    for (const auto& [node, mass] : places()) read(node, mass);
    return result();
  }

 private:
  struct Total {
    double amount = 0.0, divisor = 0.0, weight = 0.0;
  };
  [[nodiscard]] const Node& node_at(std::size_t n) const { return histories_.nodes()[n]; }
  /// Forces a way to another place than where the first move is made.
  [[nodiscard]] bool detours() const { return !probe_.then.empty(); }

  [[nodiscard]] std::vector<double> mass_of(const Node& node) const {
    std::vector<double> out;
    for (const double log : node.history.log_reach) out.push_back(std::exp(log));
    return out;
  }

  [[nodiscard]] bool looked_at(const Node& node) const {
    const PublicHistory& here = node.history;
    return here.state >= 0 && !here.closing && makes(structure_, here.state, reader_.move) &&
           here.round >= probe_.first_round - 1 && here.round <= probe_.last_round - 1;
  }

  [[nodiscard]] Standing places() const {
    Standing out;
    if (reader_.move < 0) {
      out[0].assign(profiles_, 1.0);
      return out;
    }
    for (std::size_t n = 0; n < histories_.nodes().size(); ++n)
      if (looked_at(node_at(n)) && (!detours() || facts_.hold_at(node_at(n).history.state)))
        out.emplace(n, mass_of(node_at(n)));
    std::map<int, int> forced{{*probe_.move, probe_.forced_action.value_or(-1)}};
    for (const std::map<int, int>& step : probe_.then) {
      out = led_to(out, forced, step);
      forced = step;
    }
    return out;
  }

  /// Makes plays take an action and follows them until they come to one of the next moves.
  [[nodiscard]] Standing led_to(const Standing& from, const std::map<int, int>& forced,
                                const std::map<int, int>& until) const {
    Standing waiting, out;
    const auto pass_on = [&](const Node& node, int k, const std::vector<double>& mass,
                             const std::vector<double>& odds) {
      const auto to = at(node.next[at(k)]);
      const PublicHistory& there = node_at(to).history;
      if (there.state < 0 || there.closing) return;
      const bool stops = std::ranges::any_of(
          until, [&](const auto& move) { return makes(structure_, there.state, move.first); });
      std::vector<double>& into = (stops ? out : waiting)[to];
      into.resize(profiles_, 0.0);
      for (std::size_t theta = 0; theta < profiles_; ++theta)
        into[theta] += mass[theta] * odds[theta];
    };
    for (const auto& [n, mass] : from) {
      const auto [move, action] = made_at(node_at(n).history.state, forced);
      for_each_branch(n, [&](int k, int branch) {
        if (move >= 0 && action_of(structure_, node_at(n).history.state, branch, move) == action)
          pass_on(node_at(n), k, mass, forced_odds(node_at(n), k, move));
      });
    }
    while (!waiting.empty()) {  // successors come later in the order of nodes
      const auto [n, mass] = *waiting.begin();
      waiting.erase(waiting.begin());
      for_each_branch(n, [&](int k, int) { pass_on(node_at(n), k, mass, odds_of(node_at(n), k)); });
    }
    return out;
  }

  template <class Visit>
  void for_each_branch(std::size_t n, const Visit& visit) const {
    const Node& node = node_at(n);
    for (int k = 0; k < static_cast<int>(node.next.size()); ++k)
      if (node.next[at(k)] >= 0) visit(k, histories_.branch(node, k));
  }

  /// The first of these moves that is made in a state, and its action; -1 for none.
  [[nodiscard]] std::pair<int, int> made_at(int state, const std::map<int, int>& forced) const {
    for (const auto& one : forced)
      if (makes(structure_, state, one.first)) return one;
    return {-1, -1};
  }

  [[nodiscard]] std::vector<double> odds_of(const Node& node, int k) const {
    std::vector<double> out;
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      out.push_back(histories_.probability(node, k, static_cast<int>(theta), -1));
    return out;
  }

  /// What is left to others where the action of `move` is forced, by those who have it.
  [[nodiscard]] std::vector<double> forced_odds(const Node& node, int k, int move) const {
    std::vector<double> out(profiles_, 1.0);
    if (node.log_strategy.empty()) return out;
    const std::vector<Decider>& movers = histories_.deciders(node);
    const std::vector<int>& together =
        structure_.moves[at(structure_.states[at(node.history.state)].move)].parts;
    for (std::size_t d = 0; d < movers.size(); ++d) {
      const Decider& one = movers[d];
      const int action = one.own_action(k);
      for (std::size_t theta = 0; theta < profiles_; ++theta) {
        const int type =
            one.types > 1 ? board_.full().type_of(static_cast<int>(theta), one.player) : 0;
        if (!together.empty() && together[d] != move)
          out[theta] *= std::exp(node.log_strategy[at(one.row(type, action))]);
        else if (one.types > 1 && !one.is_open(action, type))
          out[theta] = 0.0;
      }
    }
    return out;
  }

  void read(std::size_t n, const std::vector<double>& mass) {
    const Node& node = node_at(n);
    if (!detours() && !facts_.hold_at(node.history.state)) return;
    if (!probe_.forced_action && !facts_.taking()) return read_at(n, facts_.weights(mass.data()));
    const auto [move, forced] = detours()
                                    ? made_at(node.history.state, probe_.then.back())
                                    : std::pair(*probe_.move, probe_.forced_action.value_or(-1));
    for_each_branch(n, [&, m = move, f = forced](int k, int branch) {
      const int action = action_of(structure_, node.history.state, branch, m);
      if (probe_.forced_action ? action == f : facts_.takes(action))
        read_after(node, k, mass,
                   probe_.forced_action ? forced_odds(node, k, m) : odds_of(node, k));
    });
  }

  /// The place itself.
  void read_at(std::size_t n, std::vector<double> weights) {
    const Node& node = node_at(n);
    const auto* content = std::get_if<ContentMean>(&probe_.what);
    const bool share = std::holds_alternative<ActionShare>(probe_.what);
    const int ends = ends_too_soon(node.history.round);
    std::vector<double> going_on(profiles_, 1.0), at_once;
    for (std::size_t theta = 0; theta < profiles_ && ends >= 0; ++theta) {
      going_on[theta] = std::max(0.0, 1.0 - amounts_.at_node(n, ends)[theta]);
      weights[theta] *= going_on[theta];
    }
    std::vector<const double*> amounts;
    if (share) at_once = shares(node, ends, going_on);
    if (content != nullptr)
      at_once.assign(profiles_, content_at(structure_, node.history.state, content->variable));
    if (share || content != nullptr)
      amounts.push_back(at_once.data());
    else
      for (const int c : column_) amounts.push_back(amounts_.at_node(n, c));
    add(node.history, node.history.round, weights, amounts, nullptr);
  }

  void read_after(const Node& node, int k, const std::vector<double>& mass,
                  const std::vector<double>& odds) {
    std::vector<double> weights = facts_.weights(mass.data()), after;
    for (std::size_t theta = 0; theta < profiles_; ++theta) weights[theta] *= odds[theta];
    amounts_.after(node, k, after);
    std::vector<const double*> amounts;
    for (const int c : column_) amounts.push_back(after.data() + at(c) * profiles_);
    const PublicHistory& there = node_at(at(node.next[at(k)])).history;
    // What ended play is weighed by the odds themselves: they need not factorise.
    const auto* payoff = std::get_if<ExpectedPayoff>(&probe_.what);
    if (payoff != nullptr && there.state < 0 && node.log_strategy.empty()) {
      std::vector<double> own;
      for (std::size_t theta = 0; theta < profiles_; ++theta)
        own.push_back(histories_.probability(node, k, static_cast<int>(theta), payoff->player));
      add(node.history, node.history.round, weights, amounts, &own);
    } else {
      add(there, node.history.round, weights, amounts, nullptr);
    }
  }

  void add(const PublicHistory& believed, int round, const std::vector<double>& weights,
           const std::vector<const double*>& amounts, const std::vector<double>* own_odds) {
    Total& total = by_round_[round];
    double all = 0.0;
    for (const double weight : weights) all += weight;
    total.weight += all;
    if (!(all > 0.0)) return;
    if (const auto* belief = std::get_if<MeanBelief>(&probe_.what)) {
      total.amount +=
          all * histories_.walk().belief(believed, -1, 0, belief->player)[at(belief->type)];
      return;
    }
    if (const auto* payoff = std::get_if<ExpectedPayoff>(&probe_.what)) {
      std::map<int, double> expected;  // by own type
      for (std::size_t theta = 0; theta < profiles_; ++theta) {
        if (!(weights[theta] > 0.0)) continue;
        const int type = own_type(theta, payoff->player);
        if (!expected.contains(type))
          expected[type] = own_expectation(believed, payoff->player, type, amounts[0], own_odds);
        total.amount += weights[theta] * expected.at(type);
      }
      return;
    }
    const double begun = std::holds_alternative<ExpectedRounds>(probe_.what) ? round + 1 : 0.0;
    for (std::size_t theta = 0; theta < profiles_; ++theta) {
      total.amount += weights[theta] * (begun + amounts[0][theta]);
      if (amounts.size() > 1) total.divisor += weights[theta] * amounts[1][theta];
    }
  }

  [[nodiscard]] int own_type(std::size_t theta, int player) const {
    return structure_.players[at(player)].num_types() > 1
               ? board_.full().type_of(static_cast<int>(theta), player)
               : 0;
  }

  /// A type's expectation of an amount, by its own belief after a history.
  [[nodiscard]] double own_expectation(const PublicHistory& believed, int player, int type,
                                       const double* amounts,
                                       const std::vector<double>* own_odds) const {
    HistoryDecision decision;
    decision.values.assign(structure_.players.size() * profiles_, 0.0);
    double* mine = decision.values.data() + at(player) * profiles_;
    for (std::size_t theta = 0; theta < profiles_; ++theta)
      mine[theta] = amounts[theta] * (own_odds != nullptr ? (*own_odds)[theta] : 1.0);
    const double sum = histories_.walk().value(believed, decision, player, type);
    if (own_odds == nullptr) return sum;
    std::ranges::copy(*own_odds, mine);
    const double all = histories_.walk().value(believed, decision, player, type);
    return all > 0.0 ? sum / all : 0.0;
  }

  /// The column that says how likely play ends too soon; -1: it lasts anyway.
  [[nodiscard]] int ends_too_soon(int round) const {
    const int rounds = probe_.lasting == 0 ? 0 : std::max(0, probe_.lasting - round);
    return rounds == 0 ? -1 : amounts_.column({Kind::ends_within, rounds, -1, {}});
  }

  /// How often each profile takes the wanted action here, cut down to what is asked for.
  [[nodiscard]] std::vector<double> shares(const Node& node, int ends,
                                           const std::vector<double>& going_on) const {
    constexpr double round_off = 1e-12;  // of payoffs in the units of the model
    const ActionShare& wanted = std::get<ActionShare>(probe_.what);
    const int mover = structure_.moves[at(*probe_.move)].player;
    struct Option {
      bool wanted;
      std::vector<double> odds;
      std::map<int, double> worth;  // to the mover, by type
    };
    std::vector<Option> options;
    std::map<int, double> best;
    std::vector<double> after;
    for (int k = 0; k < static_cast<int>(node.next.size()); ++k) {
      if (node.next[at(k)] < 0) continue;
      const bool taken = action_of(structure_, node.history.state, histories_.branch(node, k),
                                   *probe_.move) == wanted.action;
      if (!taken && !wanted.mistaken) continue;
      Option& option = options.emplace_back(taken, odds_of(node, k), std::map<int, double>{});
      amounts_.after(node, k, after);
      if (wanted.mistaken) {
        const PublicHistory& there = node_at(at(node.next[at(k)])).history;
        for (std::size_t theta = 0; theta < profiles_; ++theta) {
          const int type = own_type(theta, mover);
          if (!(option.odds[theta] > 0.0) || option.worth.contains(type)) continue;
          const double worth = own_expectation(
              there, mover, type, after.data() + at(column_.front()) * profiles_, nullptr);
          option.worth[type] = worth;
          best[type] = best.contains(type) ? std::max(best.at(type), worth) : worth;
        }
      }
      for (std::size_t theta = 0; theta < profiles_ && ends >= 0; ++theta)
        option.odds[theta] *= going_on[theta] > 0.0
                                  ? (1.0 - after[at(ends) * profiles_ + theta]) / going_on[theta]
                                  : 0.0;
    }
    std::vector<double> out(profiles_, 0.0);
    for (const Option& option : options) {
      if (!option.wanted) continue;
      for (std::size_t theta = 0; theta < profiles_; ++theta) {
        const int type = wanted.mistaken ? own_type(theta, mover) : 0;
        if (!wanted.mistaken ||
            (option.worth.contains(type) && option.worth.at(type) < best.at(type) - round_off))
          out[theta] += option.odds[theta];
      }
    }
    return out;
  }

  [[nodiscard]] Measured result() const {
    // The mean offer at the start is that of the first round in which any is made.
    const bool first_only = std::holds_alternative<OfferMean>(probe_.what) && !probe_.move;
    Total total;
    for (const auto& [round, part] : by_round_) {
      if (first_only && total.weight > 0.0) break;
      total.amount += part.amount;
      total.divisor += part.divisor;
      total.weight += part.weight;
    }
    const bool ratio = columns_for(probe_.what, structure_, probe_.move).size() > 1;
    const double divisor = ratio ? total.divisor : total.weight;
    Measured out;
    out.weight = total.weight;
    if (divisor > 0.0) out.value = total.amount / divisor;
    return out;
  }

  const HistoryTree& histories_;
  const Board& board_;
  const Structure& structure_;
  const Amounts& amounts_;
  const Probe& probe_;
  Reader reader_;
  Facts facts_;
  std::size_t profiles_;
  std::vector<int> column_;
  std::map<int, Total> by_round_;
};

}  // namespace

bool needs_grid(const Functional& what) {
  return std::holds_alternative<HopelessOffers>(what) || std::holds_alternative<RangeShare>(what) ||
         std::holds_alternative<RangeWidth>(what);
}

std::vector<Measured> measure_histories(const HistoryTree& histories, std::span<const Probe> probes,
                                        const Prediction& prediction) {
  const Structure& structure = histories.board().structure();
  const auto predicted = [](const Probe& probe) {
    return std::holds_alternative<Hazard>(probe.what) || std::holds_alternative<News>(probe.what);
  };
  std::vector<Column> columns;
  for (const Probe& probe : probes) {
    MELIAN_EXPECT(!needs_grid(probe.what), "what is measured on histories");
    if (predicted(probe)) continue;
    for (const Column& wanted : reader_for(probe, structure).columns)
      if (std::ranges::find(columns, wanted) == columns.end()) columns.push_back(wanted);
  }
  const Amounts amounts(histories, std::move(columns));
  std::vector<Measured> out;
  for (const Probe& probe : probes)
    out.push_back(predicted(probe) ? from_prediction(histories.board().game(), prediction, probe)
                                   : HistorySum(histories, amounts, probe).measured());
  return out;
}

}  // namespace melian
