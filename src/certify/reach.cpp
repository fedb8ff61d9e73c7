#include "certify/reach.h"

#include <cmath>
#include <map>
#include <unordered_map>

namespace melian::checking {
namespace {

/// Mass below this is dropped: a million such points together stay far below `reached_probability`.
constexpr double negligible_mass = 1e-15;

/// Plays that come back to where they were are followed until hardly any is left, or this often.
constexpr int most_times_round = 2000;

class ForwardPass {
 public:
  ForwardPass(const Layout& layout, const Assessment& assessment)
      : layout_(layout), assessment_(assessment) {
    reach_.reached.assign(assessment.marks.size(), 0);
    reach_.mass.assign(assessment.marks.size(), 0.0);
  }

  Reach run() {
    const int root = layout_.structure().root;
    const Stencil start = start_point(layout_);
    auto& mass = mass_at(0, root);
    for (int k = 0; k < start.count; ++k)
      mass[static_cast<std::size_t>(start.index[static_cast<std::size_t>(k)])] =
          start.weight[static_cast<std::size_t>(k)];
    for (int time_round = 0; time_round < most_times_round && playing() >= reached_probability;
         ++time_round) {
      pass();
      mass_ = std::move(later_);
      later_.clear();
    }
    return std::move(reach_);
  }

 private:
  void pass() {
    for (auto layer = layout_.layers().rbegin(); layer != layout_.layers().rend(); ++layer)
      for (const int state : layer->states) {
        const auto found = mass_.find(layout_.slot(layer->round, state));
        if (found == mass_.end()) continue;
        const std::vector<double> here = std::move(found->second);
        mass_.erase(found);
        leave(layer->round, state, here);
      }
  }

  [[nodiscard]] double playing() const {
    double sum = 0.0;
    for (const auto& [slot, mass] : mass_)
      for (const double m : mass) sum += m;
    return sum;
  }

  std::vector<double>& mass_at(int round, int state) { return mass_at(round, state, mass_); }
  /// Where a branch puts its mass: what comes back waits for the next time round.
  std::vector<double>& mass_behind(int from, const Destination& to) {
    return mass_at(to.round, to.state, layout_.leads_back(from, to.state) ? later_ : mass_);
  }
  std::vector<double>& mass_at(int round, int state,
                               std::unordered_map<std::size_t, std::vector<double>>& masses) {
    auto& mass = masses[layout_.slot(round, state)];
    if (mass.empty()) mass.assign(static_cast<std::size_t>(layout_.shape(state).points), 0.0);
    return mass;
  }

  void leave(int round, int state, const std::vector<double>& here) {
    const Structure& structure = layout_.structure();
    const PublicState& from = structure.states[static_cast<std::size_t>(state)];
    const bool decision = !layout_.deciders(state).empty();
    if (decision) mark(round, state, here);
    for (int k = 0; k < from.num_branches; ++k) {
      const Step step = step_along(layout_, round, state, from.first_branch + k);
      if (step.to.ended()) continue;
      if (decision)
        decide(round, state, k, step, here);
      else
        befall(state, step, here,
               structure.moves[static_cast<std::size_t>(from.move)].kind == MoveKind::chance);
    }
  }

  void mark(int round, int state, const std::vector<double>& here) {
    const std::int64_t first = assessment_.mark_offset[layout_.slot(round, state)];
    for (std::size_t p = 0; p < here.size(); ++p) {
      reach_.reached[static_cast<std::size_t>(first) + p] |= here[p] >= reached_probability ? 1 : 0;
      reach_.mass[static_cast<std::size_t>(first) + p] += here[p];
    }
  }

  void decide(int round, int state, int branch, const Step& step, const std::vector<double>& here) {
    const Shape& shape = layout_.shape(state);
    const StrategyBlock strategy = strategy_block(layout_, assessment_, round, state);
    std::vector<double>& there = mass_behind(state, step.to);
    Listener listener(layout_, state);
    Bayes bayes(layout_, state);
    PointWalk walk(shape, 0);
    for (std::int64_t p = 0; p < shape.points; ++p, walk.next()) {
      const double mass = here[static_cast<std::size_t>(p)];
      if (!(mass > negligible_mass)) continue;
      const News& news = listener.hear(branch, [&](int row) { return strategy.at(row, p); });
      double odds = std::exp(listener.log_untyped());
      for (std::size_t g = 0; g < shape.groups.size(); ++g) {
        if (news.of_group[g].empty()) continue;
        const double* cells = layout_.cells(-1, shape.groups[g], walk);
        double sum = 0.0;
        for (std::size_t c = 0; c < news.of_group[g].size(); ++c)
          sum += cells[c] * std::exp(news.of_group[g][c]);
        odds *= sum;
      }
      add(there, bayes.land(walk, step, news), mass * odds);
    }
  }

  void befall(int state, const Step& step, const std::vector<double>& here, bool chance) {
    const Shape& shape = layout_.shape(state);
    const ChanceNews news = news_of_outcome(layout_, state, step.branch);
    if (!news.possible) return;
    const double* odds_by_profile = chance ? layout_.game().odds(step.branch) : nullptr;
    std::vector<double>& there = mass_behind(state, step.to);
    std::vector<double> weight(static_cast<std::size_t>(shape.profiles));
    Bayes bayes(layout_, state);
    PointWalk walk(shape, 0);
    for (std::int64_t p = 0; p < shape.points; ++p, walk.next()) {
      const double mass = here[static_cast<std::size_t>(p)];
      if (!(mass > negligible_mass)) continue;
      double odds = chance ? 0.0 : 1.0;
      if (chance) layout_.weigh(-1, shape, walk, weight);
      for (std::size_t q = 0; chance && q < weight.size(); ++q)
        odds += weight[q] * odds_by_profile[q];
      add(there, bayes.land(walk, step, news), mass * odds);
    }
  }

  static void add(std::vector<double>& there, const Stencil& at, double mass) {
    for (int k = 0; k < at.count; ++k)
      there[static_cast<std::size_t>(at.index[static_cast<std::size_t>(k)])] +=
          mass * at.weight[static_cast<std::size_t>(k)];
  }

  const Layout& layout_;
  const Assessment& assessment_;
  Reach reach_;
  std::unordered_map<std::size_t, std::vector<double>> mass_, later_;
};

}  // namespace

std::vector<std::uint8_t> reached_decisions(const Layout& layout, const Assessment& assessment) {
  return reach_of(layout, assessment).reached;
}

Reach reach_of(const Layout& layout, const Assessment& assessment) {
  return ForwardPass(layout, assessment).run();
}

Stencil start_point(const Layout& layout) {
  const std::vector<double> start = start_beliefs(layout.game(), layout.space()),
                            exact = start_log_odds(layout.game(), layout.space());
  Stencil at;
  at.start(0);
  for (const Shape::Axis& axis : layout.shape(layout.structure().root).axes) {
    const LaidAxis& laid = layout.axis(axis.axis);
    const auto k = static_cast<std::size_t>(axis.axis);
    at.spread(axis.stride, laid.plain() ? locate(laid.nodes(), start[k]) : laid.locate(exact[k]));
  }
  return at;
}

}  // namespace melian::checking
