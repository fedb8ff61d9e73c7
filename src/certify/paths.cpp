#include "certify/paths.h"

#include <algorithm>
#include <cmath>

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
    at.spread(axis.stride, locate(layout.nodes(axis.player), logistic(log_odds_of[static_cast<std::size_t>(axis.player)])));
  return at;
}

/// Probability of each branch for one type, interpolated.
std::vector<double> read_strategy(const Layout& layout, const Assessment& assessment, int round, int state, int type, const Stencil& at) {
  const StrategyBlock block = strategy_block(layout, assessment, round, state);
  std::vector<double> probability(static_cast<std::size_t>(block.branches), 0.0);
  for (std::size_t a = 0; a < probability.size(); ++a)
    for (int k = 0; k < at.count; ++k)
      probability[a] += at.weight[static_cast<std::size_t>(k)] * std::exp(block.at(type, static_cast<int>(a), at.index[static_cast<std::size_t>(k)]));
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

double follow_one(const Layout& layout, const Assessment& strategies, const Layout& refined_layout, const Assessment& refined, std::uint64_t number) {
  const Game& game = layout.game();
  const Structure& structure = layout.structure();
  RandomStream random(path_seed, number);
  std::vector<int> types;
  std::vector<double> beliefs;
  for (int i = 0; i < structure.num_players(); ++i) {
    const auto& prior = game.numbers.prior[static_cast<std::size_t>(i)];
    const double second = prior.size() > 1 ? prior[1] : 0.0;
    types.push_back(prior.size() > 1 && random.uniform() < second ? 1 : 0);
    beliefs.push_back(log_odds(second));
  }
  double worst = 0.0;
  const bool forever = structure.horizon == HorizonKind::forever;
  int steps = 0;
  for (Destination here{structure.root, 0}; !here.ended() && !(forever && steps == most_steps); ++steps) {
    const PublicState& state = structure.states[static_cast<std::size_t>(here.state)];
    const Move& move = structure.moves[static_cast<std::size_t>(state.move)];
    const Shape& shape = layout.shape(here.state);
    int taken = 0;
    if (structure.is_decision(here.state)) {
      const Stencil coarse = place_beliefs(layout, here.state, beliefs), fine = place_beliefs(refined_layout, here.state, beliefs);
      const int own = shape.has(move.player) ? types[static_cast<std::size_t>(move.player)] : 0;
      const auto ours = read_strategy(layout, strategies, here.round, here.state, own, coarse);
      const auto finer = read_strategy(refined_layout, refined, here.round, here.state, own, fine);
      for (std::size_t a = 0; a < ours.size(); ++a)
        if (finer[a] >= reached_probability) keep_worst(worst, std::abs(std::log(ours[a]) - std::log(finer[a])));
      taken = draw(finer, random);
      if (shape.has(move.player)) {
        const auto other = read_strategy(refined_layout, refined, here.round, here.state, 1 - own, fine);
        const double mine = std::log(finer[static_cast<std::size_t>(taken)]), theirs = std::log(other[static_cast<std::size_t>(taken)]);
        double& belief = beliefs[static_cast<std::size_t>(move.player)];
        belief = shifted(belief, own == 1 ? log_ratio(mine, theirs) : log_ratio(theirs, mine));
      }
    } else if (move.kind == MoveKind::chance) {
      int profile = 0;
      for (const Shape::Axis& axis : shape.axes) profile += types[static_cast<std::size_t>(axis.player)] * axis.profile_stride;
      std::vector<double> odds;
      for (int k = 0; k < state.num_branches; ++k) odds.push_back(game.odds(state.first_branch + k)[profile]);
      taken = draw(odds, random);
      const ChanceNews news = chance_news(game, shape, state.first_branch + taken);
      for (std::size_t k = 0; k < shape.axes.size(); ++k) {
        double& belief = beliefs[static_cast<std::size_t>(shape.axes[k].player)];
        belief = shifted(belief, news.shift[k]);
      }
    }
    here = layout.follow(here.round, state.first_branch + taken);
  }
  return worst;
}

}  // namespace

double path_error(const Layout& layout, const Assessment& strategies, const Layout& refined_layout, const Assessment& refined) {
  std::vector<double> worst(num_paths, 0.0);
  parallel_for(worst.size(), [&](std::size_t n) { worst[n] = follow_one(layout, strategies, refined_layout, refined, n); });
  double out = 0.0;
  for (const double one : worst) keep_worst(out, one);
  return out;
}

}  // namespace melian::checking
