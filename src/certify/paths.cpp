#include "certify/paths.h"

#include <algorithm>
#include <cmath>

#include "certify/bayes.h"

namespace melian::checking {
namespace {

constexpr int num_paths = 512;                 // enough to see every branch of weight one per cent, quick beside a sweep
constexpr int most_steps = 2000;               // of a play that may go on for ever
constexpr std::uint64_t path_seed = 20250516;  // any constant: the same game gives the same certificate

/// Where true beliefs lie on a state's axes.
Stencil place_beliefs(const Layout& layout, int state, const std::vector<double>& log_odds_of) {
  Stencil at;
  at.start(0);
  for (const Shape::Axis& axis : layout.shape(state).axes)
    at.spread(axis.stride, locate(layout.nodes(axis.axis), logistic(log_odds_of[static_cast<std::size_t>(axis.axis)])));
  return at;
}

/// Probabilities by row of a state's strategies, interpolated.
std::vector<double> read_strategy(const Layout& layout, const Assessment& assessment, const Destination& here, const Stencil& at) {
  const StrategyBlock block = strategy_block(layout, assessment, here.round, here.state);
  std::vector<double> probability(static_cast<std::size_t>(num_rows(layout.deciders(here.state))), 0.0);
  for (std::size_t row = 0; row < probability.size(); ++row)
    for (int k = 0; k < at.count; ++k)
      probability[row] += at.weight[static_cast<std::size_t>(k)] * std::exp(block.at(static_cast<int>(row), at.index[static_cast<std::size_t>(k)]));
  return probability;
}

int draw(const std::vector<double>& probability, RandomStream& random) {
  const double u = random.uniform();
  double sum = 0.0;
  int last = 0;
  for (std::size_t a = 0; a < probability.size(); ++a) {
    if (probability[a] <= 0.0) continue;
    last = static_cast<int>(a);
    sum += probability[a];
    if (u < sum) break;
  }
  return last;
}

/// One play at true beliefs.
class Play {
 public:
  Play(const Layout& layout, const Assessment& strategies, const Layout& refined_layout, const Assessment& refined, std::uint64_t number)
      : layout_(layout), strategies_(strategies), refined_layout_(refined_layout), refined_(refined), random_(path_seed, number) {
    draw_types();
  }

  double follow() {
    const Structure& structure = layout_.structure();
    const bool forever = structure.horizon == HorizonKind::forever;
    int steps = 0;
    for (Destination here{structure.root, 0}; !here.ended() && !(forever && steps == most_steps); ++steps) {
      const PublicState& state = structure.states[static_cast<std::size_t>(here.state)];
      int taken = 0;
      if (!layout_.deciders(here.state).empty())
        taken = decide(here);
      else if (structure.moves[static_cast<std::size_t>(state.move)].kind == MoveKind::chance)
        taken = befall(here.state);
      here = layout_.follow(here.round, state.first_branch + taken);
    }
    return worst_;
  }

 private:
  void draw_types() {
    const BeliefSpace& space = layout_.space();
    types_.assign(layout_.structure().players.size(), 0);
    for (const double belief : start_beliefs(layout_.game(), space)) beliefs_.push_back(log_odds(belief));
    for (std::size_t g = 0; g < space.groups().size(); ++g) {
      const BeliefSpace::Group& group = space.groups()[g];
      const std::vector<double> odds = space.cell_odds(static_cast<int>(g), beliefs_.data() + group.first_axis);
      const double u = random_.uniform();
      double sum = 0.0;
      int cell = group.cells - 1;  // from the last on: the second of two types has the low draws
      while (cell > 0 && !(u < sum + odds[static_cast<std::size_t>(cell)])) sum += odds[static_cast<std::size_t>(cell--)];
      for (const int player : group.players) types_[static_cast<std::size_t>(player)] = space.type_in_cell(static_cast<int>(g), cell, player);
    }
  }

  int decide(const Destination& here) {
    const auto ours = read_strategy(layout_, strategies_, here, place_beliefs(layout_, here.state, beliefs_));
    const auto finer = read_strategy(refined_layout_, refined_, here, place_beliefs(refined_layout_, here.state, beliefs_));
    int taken = 0;
    for (const Decider& who : layout_.deciders(here.state)) {
      const auto first = static_cast<std::size_t>(who.row(who.types > 1 ? types_[static_cast<std::size_t>(who.player)] : 0, 0));
      const std::vector<double> own(finer.begin() + static_cast<std::ptrdiff_t>(first), finer.begin() + static_cast<std::ptrdiff_t>(first) + who.num_actions());
      for (std::size_t a = 0; a < own.size(); ++a)
        if (own[a] >= reached_probability) keep_worst(worst_, std::abs(std::log(ours[first + a]) - std::log(own[a])));
      taken += who.stride * draw(own, random_);
    }
    Listener listener(layout_, here.state);
    Bayes(layout_, here.state).move(beliefs_, listener.hear(taken, [&](int row) { return std::log(finer[static_cast<std::size_t>(row)]); }));
    return taken;
  }

  int befall(int state) {
    const Shape& shape = layout_.shape(state);
    const PublicState& from = layout_.structure().states[static_cast<std::size_t>(state)];
    int profile = 0;
    for (std::size_t i = 0; i < types_.size(); ++i) profile += types_[i] * shape.profile_stride[i];
    std::vector<double> odds;
    for (int k = 0; k < from.num_branches; ++k) odds.push_back(layout_.game().odds(from.first_branch + k)[profile]);
    const int taken = draw(odds, random_);
    Bayes(layout_, state).move(beliefs_, news_of_outcome(layout_, state, from.first_branch + taken));
    return taken;
  }

  const Layout& layout_;
  const Assessment& strategies_;
  const Layout& refined_layout_;
  const Assessment& refined_;
  RandomStream random_;
  std::vector<int> types_;       ///< [player]
  std::vector<double> beliefs_;  ///< [axis]: the analyst's log-odds
  double worst_ = 0.0;
};

}  // namespace

double path_error(const Layout& layout, const Assessment& strategies, const Layout& refined_layout, const Assessment& refined) {
  std::vector<double> worst(num_paths, 0.0);
  parallel_for(worst.size(), [&](std::size_t n) { worst[n] = Play(layout, strategies, refined_layout, refined, n).follow(); });
  double out = 0.0;
  for (const double one : worst) keep_worst(out, one);
  return out;
}

}  // namespace melian::checking
