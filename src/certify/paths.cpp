#include "certify/paths.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "certify/bayes.h"

namespace melian::checking {
namespace {

constexpr int num_paths =
    512;  // enough to see every branch of weight one per cent, quick beside a sweep
constexpr int most_steps = 2000;  // of a play that may go on for ever
constexpr std::uint64_t path_seed =
    20250516;  // any constant: the same game gives the same certificate

/// Where true beliefs lie on a state's axes.
Stencil place_beliefs(const Layout& layout, int state, const std::vector<double>& log_odds_of) {
  Stencil at;
  at.start(0);
  for (const Shape::Axis& axis : layout.shape(state).axes)
    at.spread(axis.stride,
              layout.axis(axis.axis).locate(log_odds_of[static_cast<std::size_t>(axis.axis)]));
  return at;
}

/// Probabilities by row of a state's strategies, interpolated.
std::vector<double> read_strategy(const Layout& layout, const Assessment& assessment,
                                  const Destination& here, const Stencil& at) {
  const StrategyBlock block = strategy_block(layout, assessment, here.round, here.state);
  std::vector<double> probability(static_cast<std::size_t>(num_rows(layout.deciders(here.state))),
                                  0.0);
  for (std::size_t row = 0; row < probability.size(); ++row)
    for (int k = 0; k < at.count; ++k)
      probability[row] +=
          at.weight[static_cast<std::size_t>(k)] *
          std::exp(block.at(static_cast<int>(row), at.index[static_cast<std::size_t>(k)]));
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
  Play(const Layout& layout, const Assessment& strategies, const Layout& refined_layout,
       std::uint64_t number)
      : layout_(layout),
        strategies_(strategies),
        refined_layout_(refined_layout),
        random_(path_seed, number),
        here_{layout.structure().root, 0} {
    draw_types();
  }

  [[nodiscard]] const Destination& here() const { return here_; }
  [[nodiscard]] bool over() const {
    return here_.ended() ||
           (layout_.structure().horizon == HorizonKind::forever && steps_ == most_steps);
  }
  [[nodiscard]] double worst() const { return worst_; }
  /// The refined points around where it stands.
  [[nodiscard]] Stencil around() const {
    return place_beliefs(refined_layout_, here_.state, beliefs_);
  }

  /// One move on. `refined`: holds the strategies of the points around.
  void go_on(const Assessment& refined) {
    const PublicState& state = layout_.structure().states[static_cast<std::size_t>(here_.state)];
    int taken = 0;
    if (!layout_.deciders(here_.state).empty())
      taken = decide(refined);
    else if (layout_.structure().moves[static_cast<std::size_t>(state.move)].kind ==
             MoveKind::chance)
      taken = befall(here_.state);
    here_ = layout_.follow(here_.round, state.first_branch + taken);
    ++steps_;
  }

 private:
  void draw_types() {
    const BeliefSpace& space = layout_.space();
    types_.assign(layout_.structure().players.size(), 0);
    beliefs_ = start_log_odds(layout_.game(), space);
    for (std::size_t g = 0; g < space.groups().size(); ++g) {
      const BeliefSpace::Group& group = space.groups()[g];
      const std::vector<double> odds =
          space.cell_odds(static_cast<int>(g), beliefs_.data() + group.first_axis);
      const double u = random_.uniform();
      double sum = 0.0;
      int cell = group.cells - 1;  // from the last on: the second of two types has the low draws
      while (cell > 0 && !(u < sum + odds[static_cast<std::size_t>(cell)]))
        sum += odds[static_cast<std::size_t>(cell--)];
      for (const int player : group.players)
        types_[static_cast<std::size_t>(player)] =
            space.type_in_cell(static_cast<int>(g), cell, player);
    }
  }

  int decide(const Assessment& refined) {
    const auto ours =
        read_strategy(layout_, strategies_, here_, place_beliefs(layout_, here_.state, beliefs_));
    const auto finer = read_strategy(refined_layout_, refined, here_, around());
    int taken = 0;
    for (const Decider& who : layout_.deciders(here_.state)) {
      const auto first = static_cast<std::size_t>(
          who.row(who.types > 1 ? types_[static_cast<std::size_t>(who.player)] : 0, 0));
      const std::vector<double> own(
          finer.begin() + static_cast<std::ptrdiff_t>(first),
          finer.begin() + static_cast<std::ptrdiff_t>(first) + who.num_actions());
      for (std::size_t a = 0; a < own.size(); ++a)
        if (own[a] >= reached_probability)
          keep_worst(worst_, std::abs(std::log(ours[first + a]) - std::log(own[a])));
      taken += who.stride * draw(own, random_);
    }
    Listener listener(layout_, here_.state);
    Bayes(layout_, here_.state).move(beliefs_, listener.hear(taken, [&](int row) {
      return std::log(finer[static_cast<std::size_t>(row)]);
    }));
    return taken;
  }

  int befall(int state) {
    const Shape& shape = layout_.shape(state);
    const PublicState& from = layout_.structure().states[static_cast<std::size_t>(state)];
    int profile = 0;
    for (std::size_t i = 0; i < types_.size(); ++i) profile += types_[i] * shape.profile_stride[i];
    std::vector<double> odds;
    for (int k = 0; k < from.num_branches; ++k)
      odds.push_back(layout_.game().odds(from.first_branch + k)[profile]);
    const int taken = draw(odds, random_);
    Bayes(layout_, state)
        .move(beliefs_, news_of_outcome(layout_, state, from.first_branch + taken));
    return taken;
  }

  const Layout& layout_;
  const Assessment& strategies_;
  const Layout& refined_layout_;
  RandomStream random_;
  Destination here_;
  int steps_ = 0;
  std::vector<int> types_;       ///< [player]
  std::vector<double> beliefs_;  ///< [axis]: the analyst's log-odds
  double worst_ = 0.0;
};

/// All plays that stand somewhere in a layer take their move.
void move_layer(const Layout& layout, const Layout::Layer& layer,
                std::unordered_map<std::size_t, std::vector<Play*>>& standing,
                StrategyLayers& refined) {
  std::vector<Play*> moving;
  std::vector<int> states;  // at which somebody decides ...
  std::vector<std::vector<std::int64_t>> points;
  for (const int state : layer.states) {
    const auto found = standing.find(layout.slot(layer.round, state));
    if (found == standing.end()) continue;
    const std::vector<Play*> here = std::move(found->second);
    standing.erase(found);
    moving.insert(moving.end(), here.begin(), here.end());
    if (layout.deciders(state).empty()) continue;
    states.push_back(state);
    std::vector<std::int64_t>& wanted =
        points.emplace_back();  // ... and the points that will be read there
    for (const Play* play : here) {
      const Stencil at = play->around();
      wanted.insert(wanted.end(), at.index.begin(), at.index.begin() + at.count);
    }
    std::ranges::sort(wanted);
    wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  }
  if (moving.empty()) return;
  const Assessment& strategies =
      states.empty() ? refined.common() : refined.layer(layer.round, states, points);
  parallel_for(moving.size(), [&](std::size_t n) { moving[n]->go_on(strategies); });
  for (Play* play : moving)
    if (!play->over())
      standing[layout.slot(play->here().round, play->here().state)].push_back(play);
}

}  // namespace

double path_error(const Layout& layout, const Assessment& strategies, const Layout& refined_layout,
                  StrategyLayers& refined) {
  std::vector<Play> plays;
  for (std::size_t n = 0; n < num_paths; ++n)
    plays.emplace_back(layout, strategies, refined_layout, n);
  std::unordered_map<std::size_t, std::vector<Play*>> standing;  // by slot
  for (Play& play : plays) standing[layout.slot(0, layout.structure().root)].push_back(&play);
  while (!standing.empty())  // more than once only where play comes back
    for (auto layer = layout.layers().rbegin(); layer != layout.layers().rend(); ++layer)
      move_layer(layout, *layer, standing, refined);
  double out = 0.0;
  for (const Play& play : plays) keep_worst(out, play.worst());
  return out;
}

}  // namespace melian::checking
