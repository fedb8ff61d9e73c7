#include "melian/histories.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "melian/numeric.h"
#include "predict/forward_board.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

/// The analyst's prior over the cells of every group, in logs.
std::vector<std::vector<double>> log_priors(const Game& game, const BeliefSpace& space) {
  std::vector<double> start;
  for (const double belief : start_beliefs(game, space)) start.push_back(log_odds(belief));
  std::vector<std::vector<double>> out;
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const BeliefSpace::Group& group = space.groups()[g];
    std::vector<double>& cells = out.emplace_back(at(group.cells));
    space.log_cells(static_cast<int>(g), start.data() + group.first_axis, cells.data());
  }
  return out;
}

/// The same over full profiles.
std::vector<double> log_prior_of(const BeliefSpace& space, const Profiles& everyone,
                                 const std::vector<std::vector<double>>& by_group) {
  std::vector<double> out(at(everyone.count()), 0.0);
  for (std::size_t g = 0; g < by_group.size(); ++g)
    for (int theta = 0; theta < everyone.count(); ++theta)
      out[at(theta)] += by_group[g][at(space.cell(static_cast<int>(g), everyone, theta))];
  return out;
}

}  // namespace

HistoryWalk::HistoryWalk(const Game& game, StrategySource& source, HistoryLimits limits)
    : game_(game),
      source_(source),
      limits_(limits),
      space_(game.shape()),
      everyone_(game.shape().players, game.shape().everyone()),
      group_log_prior_(log_priors(game, space_)),
      log_prior_(log_prior_of(space_, everyone_, group_log_prior_)),
      source_of_(game.shape().branches.size(), -1) {
  const Structure& shape = game.shape();
  for (std::size_t s = 0; s < shape.states.size(); ++s)
    for (int k = 0; k < shape.states[s].num_branches; ++k)
      source_of_[at(shape.states[s].first_branch + k)] = static_cast<int>(s);
  PublicHistory start;
  start.state = shape.root;
  for (const double belief : start_beliefs(game, space_))
    start.log_odds.push_back(log_odds(belief));
  start.log_reach.assign(at(everyone_.count()), 0.0);
  start.possible = possible_at_start();
  waiting_[0].push_back(std::move(start));
  queued_ = 1;
}

/// Profiles of types that the analyst or some player holds possible.
std::vector<std::uint8_t> HistoryWalk::possible_at_start() const {
  std::vector<std::uint8_t> out;
  for (int theta = 0; theta < everyone_.count(); ++theta) {
    bool possible = log_prior_[at(theta)] > -infinity;
    for (int j = 0; j < game_.shape().num_players() && !possible; ++j) {
      double log = 0.0;
      for (std::size_t g = 0; g < space_.groups().size(); ++g) {
        const int cell = space_.cell(static_cast<int>(g), everyone_, theta);
        const std::vector<double> apart = disagreement(game_, space_, j, static_cast<int>(g));
        log += apart[at(cell)] == infinity ? 0.0 : group_log_prior_[g][at(cell)] + apart[at(cell)];
      }
      possible = log > -infinity;
    }
    out.push_back(possible ? 1 : 0);
  }
  return out;
}

const PublicHistory* HistoryWalk::next() {
  if (std::exchange(standing_, false)) expand();
  if (waiting_.empty()) return nullptr;
  const auto round = waiting_.begin();
  here_ = std::move(round->second.front());
  round->second.pop_front();
  if (round->second.empty()) waiting_.erase(round);
  here_.number = counts_.visited++;
  taken_.push_back({here_.parent, here_.branch});
  decided_ = game_.shape().decides(here_.state);
  decision_ = source_.visit(here_);
  if (decided_) ++counts_.decisions;
  standing_ = true;
  return &here_;
}

std::vector<int> HistoryWalk::path(std::int64_t number) const {
  std::vector<int> out;
  for (; taken_[at(number)].parent >= 0; number = taken_[at(number)].parent)
    out.push_back(taken_[at(number)].branch);
  std::ranges::reverse(out);
  return out;
}

std::optional<PublicHistory> HistoryWalk::after(int k) const {
  const Structure& shape = game_.shape();
  const PublicState& state = shape.states[at(here_.state)];
  const int number = state.first_branch + k;
  const Branch& branch = shape.branches[at(number)];
  PublicHistory out = here_;
  if (decided_)
    decide(k, out);
  else if (shape.moves[at(state.move)].kind == MoveKind::chance)
    befall(state, k, out);
  if (std::ranges::none_of(out.possible, [](std::uint8_t one) { return one != 0; })) return {};
  out.parent = here_.number;
  out.branch = number;
  out.reached = reach(out.log_reach);
  out.state = branch.next;
  if (branch.next < 0) return out;
  if (!out.closing) out.round += prediction::rounds_counted(shape, number);
  if (shape.states[at(branch.next)].timed && out.round >= shape.rounds) {
    out.state = shape.states[at(branch.next)].closing;
    out.round = shape.rounds;
    out.closing = true;
  }
  return out;
}

/// What lies behind every branch of the history in hand.
void HistoryWalk::expand() {
  const int branches = game_.shape().states[at(here_.state)].num_branches;
  for (int k = 0; k < branches; ++k)
    if (std::optional<PublicHistory> next = after(k)) queue(*std::move(next));
}

/// Queues a history, or counts why it is not queued.
void HistoryWalk::queue(PublicHistory after) {
  if (after.state < 0) {
    counts_.ended += after.reached;
    return;
  }
  if (after.reached < limits_.reached) {
    ++counts_.unlikely;
    counts_.unlikely_reached += after.reached;
  } else if (limits_.rounds > 0 && after.round >= limits_.rounds) {
    ++counts_.late;
    counts_.late_reached += after.reached;
  } else if (queued_ >= limits_.most) {
    ++counts_.crowded_out;
    counts_.crowded_out_reached += after.reached;
  } else {
    ++queued_;
    waiting_[after.round].push_back(std::move(after));
  }
}

void HistoryWalk::decide(int k, PublicHistory& after) const {
  std::vector<std::vector<double>> likelihood(space_.groups().size());  // [group][cell]
  for (const Decider& one : source_.deciders(here_.state)) {
    const int action = one.own_action(k);
    const auto log_of = [&](int type) {
      return decision_.log_strategy[at(one.row(one.types > 1 ? type : 0, action))];
    };
    for (int theta = 0; theta < everyone_.count(); ++theta) {
      const double log = log_of(everyone_.type_of(theta, one.player));
      after.log_reach[at(theta)] += log;
      if (log == -infinity) after.possible[at(theta)] = 0;
    }
    if (one.types == 1) continue;
    const int group = space_.group_of(one.player);
    std::vector<double>& cells = likelihood[at(group)];
    cells.resize(at(space_.groups()[at(group)].cells), 0.0);
    for (std::size_t c = 0; c < cells.size(); ++c)
      cells[c] += log_of(space_.type_in_cell(group, static_cast<int>(c), one.player));
  }
  for (std::size_t g = 0; g < likelihood.size(); ++g)
    if (!likelihood[g].empty()) learn(static_cast<int>(g), likelihood[g], after.log_odds);
}

void HistoryWalk::befall(const PublicState& state, int k, PublicHistory& after) const {
  const Structure& shape = game_.shape();
  const int branch = state.first_branch + k;
  const std::uint32_t live = state.live & shape.everyone();
  const Profiles profiles(shape.players, live);
  for (int theta = 0; theta < everyone_.count(); ++theta) {
    int profile = 0;
    for (int i = 0; i < shape.num_players(); ++i)
      profile += everyone_.type_of(theta, i) * profiles.stride(i);
    const double odds = game_.odds(branch)[profile];
    bool possible = odds > 0.0;
    for (int j = 0; j < shape.num_players(); ++j)
      possible = possible || game_.odds_for(branch, j, profiles.count())[profile] > 0.0;
    after.log_reach[at(theta)] += std::log(odds);
    if (!possible) after.possible[at(theta)] = 0;
  }
  for (std::size_t g = 0; g < space_.groups().size(); ++g) {
    if ((space_.groups()[g].mask & live) == 0) continue;
    const std::vector<double> news =
        chance_news(game_, space_, static_cast<int>(g), profiles, branch);
    if (!news.empty()) learn(static_cast<int>(g), news, after.log_odds);
  }
}

/// Bayes' rule for one group.
void HistoryWalk::learn(int group, const std::vector<double>& log_likelihood,
                        std::vector<double>& log_odds) const {
  if (std::ranges::all_of(log_likelihood, [](double log) { return log == -infinity; })) return;
  const BeliefSpace::Group& axes = space_.groups()[at(group)];
  std::vector<double> shift(at(axes.num_axes));
  space_.shifts(group, log_likelihood.data(), log_odds.data() + axes.first_axis, shift.data());
  for (std::size_t k = 0; k < shift.size(); ++k) {
    double& u = log_odds[at(axes.first_axis) + k];
    u = moved_log_odds(u, shift[k]);
  }
}

double HistoryWalk::reach(const std::vector<double>& log_reach) const {
  double sum = 0.0;
  for (std::size_t theta = 0; theta < log_reach.size(); ++theta)
    sum += std::exp(log_prior_[theta] + log_reach[theta]);
  return sum;
}

/// Odds of a group's cells as an observer sees them; of a group it belongs to, given its type.
std::vector<double> HistoryWalk::cells_for(const PublicHistory& history, int observer, int own_type,
                                           int number) const {
  const BeliefSpace::Group& group = space_.groups()[at(number)];
  const double* first = history.log_odds.data() + group.first_axis;
  std::vector<double> believed(first, first + group.num_axes);
  if (observer < 0) return space_.cell_odds(number, believed.data());
  const std::vector<double> apart = disagreement(game_, space_, observer, number);
  if (std::ranges::any_of(apart, [](double log) { return log != 0.0; })) {
    std::vector<double> shift(at(group.num_axes));
    space_.shifts(number, apart.data(), first, shift.data());
    for (std::size_t k = 0; k < believed.size(); ++k)
      believed[k] = moved_log_odds(believed[k], shift[k]);
  }
  const bool own = own_type >= 0 && (group.mask >> observer & 1U) != 0;
  std::vector<double> cells = space_.cell_odds(number, believed.data(), own ? observer : -1);
  for (int c = 0; c < group.cells && own; ++c)
    if (space_.type_in_cell(number, c, observer) != own_type) cells[at(c)] = 0.0;
  return cells;
}

std::vector<double> HistoryWalk::belief(const PublicHistory& history, int observer, int own_type,
                                        int about) const {
  const int types = game_.shape().players[at(about)].num_types();
  if (types == 1) return {1.0};
  const int group = space_.group_of(about);
  const std::vector<double> cells = cells_for(history, observer, own_type, group);
  std::vector<double> out(at(types), 0.0);
  for (std::size_t c = 0; c < cells.size(); ++c)
    out[at(space_.type_in_cell(group, static_cast<int>(c), about))] += cells[c];
  return out;
}

double HistoryWalk::value(const PublicHistory& history, const HistoryDecision& decision, int player,
                          int type) const {
  std::vector<std::vector<double>> cells;
  for (std::size_t g = 0; g < space_.groups().size(); ++g)
    cells.push_back(cells_for(history, player, type, static_cast<int>(g)));
  double out = 0.0;
  for (int theta = 0; theta < everyone_.count(); ++theta) {
    if (game_.shape().players[at(player)].num_types() > 1 &&
        everyone_.type_of(theta, player) != type)
      continue;
    double weight = 1.0;
    for (std::size_t g = 0; g < cells.size(); ++g)
      weight *= cells[g][at(space_.cell(static_cast<int>(g), everyone_, theta))];
    if (weight > 0.0)
      out += weight * decision.values[at(std::int64_t{player} * everyone_.count() + theta)];
  }
  return out;
}

}  // namespace melian
