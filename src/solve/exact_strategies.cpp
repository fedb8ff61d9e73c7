#include "melian/exact_strategies.h"

#include <cmath>

#include "solve/stored_values.h"

namespace melian {
namespace grid {
namespace {

/// Beliefs between nodes, and the point of the grid nearest to them.
struct Where {
  Standpoint at;
  std::int64_t near = 0;
};

Where stand(const Plan& plan, const StatePlan& state, const std::vector<double>& log_odds) {
  Where out;
  out.at.u.assign(plan.axes.size(), 0.0);
  out.at.place.assign(plan.axes.size(), {});
  for (const int k : state.axes) {
    out.at.u[ix(k)] = log_odds[ix(k)];
    const Place place = landing_place(plan.axes[ix(k)], log_odds[ix(k)], 0.0, 0).place;
    out.at.place[ix(k)] = place;
    out.near += (place.cell + (place.weight > 0.5 ? 1 : 0)) * state.axis_stride[ix(k)];
  }
  return out;
}

using Decision = ExactStrategies::Decision;

/// One decision with all that is needed to solve it again.
class Resolver {
 public:
  Resolver(StoredValues& values, int round, int state, const std::vector<double>& log_odds)
      : stored_(values.stored()),
        here_(values.plan(), values.rung().tables, state, round, values.rung().factor),
        state_(here_.plan()),
        where_(stand(values.plan(), state_, log_odds)),
        row_(stored_.row(values.plan().shape, round, state)) {}

  Decision solve() {
    Decision out;
    JointScores scores(here_, where_.at);
    if (state_.joint)
      solve_joint(scores, out);
    else
      state_.line ? solve_line(out) : solve_point(out);
    out.values.resize(ix(std::int64_t{here_.whole().players()} * state_.profiles));
    scores.values(out.log_strategy.data(), out.values.data());
    return out;
  }

 private:
  [[nodiscard]] std::vector<double> nearest() const {
    return rows_at(stored_, row_, state_.rows, state_.points, where_.near);
  }

  void solve_joint(JointScores& scores, Decision& out) const {
    JointSolver solver(state_);
    JointAnswer answer;
    if (!solver.approach(scores, nearest(), answer))
      solver.follow(nullptr, scores, solver.indifferent(), answer);
    out.log_strategy = std::move(answer.x);
    out.mark = answer.mark;
  }

  /// Where the others' beliefs lie, the mover's own axis at its first node; what it believes.
  void read_others(Scratch& scratch, std::vector<double>& beliefs) const {
    const Plan& plan = here_.whole();
    const Profiles profiles(plan.shape.players, state_.live);
    beliefs.resize(ix(state_.profiles));
    plan.weigh(state_.mover, profiles, state_.live, where_.at.u.data(), beliefs.data());
    Standpoint others = where_.at;
    if (state_.line) others.place[ix(state_.own_axis)] = {0, 0.0};
    News still;
    still.reset(plan.space.num_axes());
    scratch.landing.land(plan, state_, others, still, false);
  }

  void solve_point(Decision& out) const {
    Scratch scratch;
    std::vector<double> beliefs;
    read_others(scratch, beliefs);
    out.log_strategy.resize(ix(here_.num_branches()));
    here_.score_point(scratch.landing.corners, beliefs.data(), 1, out.log_strategy.data());
    const double log_z = log_sum_exp(out.log_strategy);
    for (double& log : out.log_strategy) log -= log_z;
    out.mark = std::isfinite(log_z) ? DecisionMark::unique : DecisionMark::unsolved;
  }

  void solve_line(Decision& out) const {
    Scratch scratch;
    std::vector<double> beliefs;
    read_others(scratch, beliefs);
    const std::vector<Corner> corners = scratch.landing.corners;
    Line line;
    here_.score_line(corners, beliefs.data(), 1, line, scratch);
    line.prepare();
    const int branches = here_.num_branches();
    Guide guide;
    guide.selection = Selection::nearest;
    guide.ratio = [&](int, std::vector<double>& ratio) {
      const std::vector<double> stored = inner_rows();
      ratio.assign(ix(branches), 0.0);
      for (int k = 0; k < branches; ++k)
        if (here_.open_to(k) == 3) ratio[ix(k)] = stored[ix(branches + k)] - stored[ix(k)];
    };
    Kernel kernel;
    LineAnswer answer;
    kernel.solve(line, {where_.at.u[ix(state_.own_axis)]}, guide, answer);
    for (int type = 0; type < 2; ++type)
      for (int k = 0; k < branches; ++k)
        out.log_strategy.push_back(answer.log_sigma[answer.index(type, k, 0)]);
    out.mark = answer.mark[0];
  }

  /// The stored strategy at the nearest node inside: at corners one of the types is not there.
  [[nodiscard]] std::vector<double> inner_rows() const {
    const std::int64_t node = where_.near / state_.own_stride % state_.own_nodes;
    const std::int64_t inside =
        std::clamp<std::int64_t>(node, std::min<std::int64_t>(1, state_.own_nodes - 1),
                                 std::max<std::int64_t>(0, state_.own_nodes - 2));
    return rows_at(stored_, row_, state_.rows, state_.points,
                   where_.near + (inside - node) * state_.own_stride);
  }

  const Assessment& stored_;
  Here here_;
  const StatePlan& state_;
  Where where_;
  std::int64_t row_;
};

}  // namespace
}  // namespace grid

struct ExactStrategies::Inside {
  grid::StoredValues values;
};

ExactStrategies::ExactStrategies(const Game& game, const Assessment& strategies)
    : inside_(new Inside{{game, strategies}}) {}
ExactStrategies::~ExactStrategies() = default;

bool ExactStrategies::settled() const { return inside_->values.settled(); }

ExactStrategies::Decision ExactStrategies::at(int round, int state,
                                              const std::vector<double>& log_odds) {
  grid::StoredValues& values = inside_->values;
  MELIAN_EXPECT(values.plan().states[grid::ix(state)].decides(),
                "somebody decides: " + describe_state(values.plan().shape, state));
  MELIAN_EXPECT(values.plan().reached(round, state),
                "play can stand there: " + describe_state(values.plan().shape, state));
  if (values.plan().shape.states[grid::ix(state)].timed) values.stand_in(round);
  return grid::Resolver(values, round, state, log_odds).solve();
}

}  // namespace melian
