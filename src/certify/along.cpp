#include "certify/along.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace melian::checking {
namespace {

/// Of the decisions reached: up to so many are all solved again with cells halved; of more, half as
/// many that are reached most, and about half as many of the others.
constexpr std::size_t most_nodes = 40'000;
constexpr int plays_a_batch = 512;
constexpr int most_batches = 8;
constexpr std::int64_t wanted_of_each_ending = 16;
constexpr std::size_t most_answers = 200'000;  // of all plays, before further batches are spared
constexpr std::size_t most_remembered = 200'000;
constexpr int most_steps = 2000;  // of a play that may go on for ever
constexpr std::uint64_t plays_seed = 20251201, cells_seed = 20261201;
constexpr double confidence =
    1e-3;  // that the mean lies above an upper bound, all batches together

/// Which reached decisions are solved again: all with at least this mass, of the others one in
/// `one_in`.
struct Chosen {
  double mass = 0.0;
  std::int64_t one_in = 1;

  /// Nothing where the decision is left out.
  [[nodiscard]] std::optional<StrategyChange::Of> part_of(std::size_t mark, double of_mass) const {
    if (of_mass >= mass) return StrategyChange::Of::all;
    const auto drawn = static_cast<std::int64_t>(RandomStream(cells_seed, mark).uniform() * 2.0 *
                                                 static_cast<double>(one_in));
    if (drawn > 1) return std::nullopt;
    return drawn == 0 ? StrategyChange::Of::first_sample : StrategyChange::Of::second_sample;
  }
  [[nodiscard]] double speaks_for(StrategyChange::Of part) const {
    return part == StrategyChange::Of::all ? 1.0 : static_cast<double>(one_in);
  }
};

/// Mass above the tolerance is never left out: a single decision may refuse.
Chosen choose(const Reach& reach, double tolerance) {
  std::vector<double> masses;
  for (std::size_t k = 0; k < reach.mass.size(); ++k)
    if (reach.reached[k] != 0) masses.push_back(reach.mass[k]);
  if (masses.size() <= most_nodes) return {};
  const auto last = masses.begin() + most_nodes / 2;
  std::ranges::nth_element(masses, last, std::ranges::greater{});
  Chosen out{.mass = std::min(*last, tolerance)};
  const std::ptrdiff_t light =
      std::ranges::count_if(masses, [&](double mass) { return mass < out.mass; });
  out.one_in = 1 + 2 * static_cast<std::int64_t>(light) / static_cast<std::int64_t>(most_nodes);
  return out;
}

/// What a piece of nodes found; joined in order.
struct Found {
  HalvedCells cells;
  Spot torn_at, not_solved_at;
};

std::string in_words(const Layout& layout, const Spot& spot) {
  std::string out = describe_state(layout.structure(), spot.state);
  if (layout.structure().states[static_cast<std::size_t>(spot.state)].timed)
    out += ", round " + std::to_string(spot.round + 1);
  return out;
}

void visit(const Layout& layout, const Assessment& assessment, const Again& again,
           const Reach& reach, const Chosen& chosen, int round, const Piece& piece, Found& found) {
  const Shape& shape = layout.shape(piece.state);
  const std::vector<Decider>& deciders = layout.deciders(piece.state);
  const auto marks =
      static_cast<std::size_t>(assessment.mark_offset[layout.slot(round, piece.state)]);
  const std::int64_t rows = assessment.row(layout.structure(), round, piece.state);
  std::vector<double> weight(static_cast<std::size_t>(shape.profiles));
  Spot spot{round, piece.state,
            std::vector<double>(static_cast<std::size_t>(layout.space().num_axes()), 0.0)};
  PointWalk walk(shape, piece.first);
  for (std::int64_t p = piece.first; p < piece.last; ++p, walk.next()) {
    const std::size_t mark = marks + static_cast<std::size_t>(p);
    if (reach.reached[mark] == 0) continue;
    const std::optional<StrategyChange::Of> part = chosen.part_of(mark, reach.mass[mark]);
    if (!part) continue;
    for (std::size_t a = 0; a < shape.axes.size(); ++a)
      spot.beliefs[static_cast<std::size_t>(shape.axes[a].axis)] = layout.node_log_odds(
          shape.axes[a].axis)[static_cast<std::size_t>(walk.node(static_cast<int>(a)))];
    const Answered& answered = again.at(spot, Ahead::halved);
    const double mass = reach.mass[mark];
    if (mass * answered.into_torn > found.cells.torn) {
      found.cells.torn = mass * answered.into_torn;
      found.torn_at = spot;
    }
    if (!answered.solved) {
      found.cells.change += chosen.speaks_for(*part) * mass;
      if (mass > found.cells.not_solved) {
        found.cells.not_solved = mass;
        found.not_solved_at = spot;
      }
      continue;
    }
    layout.weigh(-1, shape, walk, weight);
    double change = 0.0;
    for (const Decider& who : deciders)
      for (int type = 0; type < who.types; ++type) {
        double odds = 0.0;
        for (std::size_t q = 0; q < weight.size(); ++q)
          if (who.types == 1 || shape.type_in(static_cast<int>(q), who.player) == type)
            odds += weight[q];
        change += odds * apart(who, type, answered);
      }
    if (change == 0.0) continue;
    found.cells.change += chosen.speaks_for(*part) * mass * change;
    for (std::size_t row = 0; row < answered.log_sigma.size(); ++row)
      found.cells.changed.push_back({rows + static_cast<std::int64_t>(row) * shape.points + p,
                                     answered.log_sigma[row], *part});
  }
}

int draw(const double* probability, std::size_t count, RandomStream& random) {
  const double u = random.uniform();
  double sum = 0.0;
  int last = 0;
  for (std::size_t a = 0; a < count; ++a) {
    if (probability[a] <= 0.0) continue;
    last = static_cast<int>(a);
    sum += probability[a];
    if (u < sum) break;
  }
  return last;
}

struct Drawn {
  int outcome = -1;
  double apart = 0.0;
};

std::vector<int> draw_types(const Layout& layout, const std::vector<double>& beliefs,
                            RandomStream& random) {
  const BeliefSpace& space = layout.space();
  std::vector<int> types(layout.structure().players.size(), 0);
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const BeliefSpace::Group& group = space.groups()[g];
    const std::vector<double> odds =
        space.cell_odds(static_cast<int>(g), beliefs.data() + group.first_axis);
    const int cell = draw(odds.data(), odds.size(), random);
    for (const int player : group.players)
      types[static_cast<std::size_t>(player)] =
          space.type_in_cell(static_cast<int>(g), cell, player);
  }
  return types;
}

Drawn draw_play(const Layout& layout, const Again& again, std::uint64_t number) {
  const Structure& structure = layout.structure();
  RandomStream random(plays_seed, number);
  Spot spot{0, structure.root, {}};
  for (const double belief : start_beliefs(layout.game(), layout.space()))
    spot.beliefs.push_back(log_odds(belief));
  const std::vector<int> types = draw_types(layout, spot.beliefs, random);
  Drawn out;
  for (int steps = 0; steps < most_steps || structure.horizon != HorizonKind::forever; ++steps) {
    const PublicState& here = structure.states[static_cast<std::size_t>(spot.state)];
    const std::vector<Decider>& deciders = layout.deciders(spot.state);
    int taken = 0;
    if (!deciders.empty()) {
      const Answered& answered = again.at(spot, Ahead::halved);
      for (const Decider& who : deciders) {
        const int type = who.types > 1 ? types[static_cast<std::size_t>(who.player)] : 0;
        out.apart += answered.solved ? apart(who, type, answered) : 1.0;
        std::vector<double> odds;
        for (int a = 0; a < who.num_actions(); ++a)
          odds.push_back(std::exp(answered.log_sigma[static_cast<std::size_t>(who.row(type, a))]));
        taken += who.stride * draw(odds.data(), odds.size(), random);
      }
      Listener listener(layout, spot.state);
      Bayes(layout, spot.state).move(spot.beliefs, listener.hear(taken, [&](int row) {
        return answered.log_sigma[static_cast<std::size_t>(row)];
      }));
    } else if (structure.moves[static_cast<std::size_t>(here.move)].kind == MoveKind::chance) {
      const Shape& shape = layout.shape(spot.state);
      int profile = 0;
      for (std::size_t i = 0; i < types.size(); ++i) profile += types[i] * shape.profile_stride[i];
      std::vector<double> odds;
      for (int k = 0; k < here.num_branches; ++k)
        odds.push_back(layout.game().odds(here.first_branch + k)[profile]);
      taken = draw(odds.data(), odds.size(), random);
      Bayes(layout, spot.state)
          .move(spot.beliefs, news_of_outcome(layout, spot.state, here.first_branch + taken));
    }
    const Destination to = layout.follow(spot.round, here.first_branch + taken);
    if (to.ended()) {
      out.outcome = -1 - to.state;
      break;
    }
    spot.round = to.round;
    spot.state = to.state;
  }
  return out;
}

}  // namespace

HalvedCells halve_cells(const Layout& layout, const Assessment& assessment, Again& again,
                        const Reach& reach, double tolerance, const OnStep& on_step) {
  HalvedCells out;
  const Chosen chosen = choose(reach, tolerance);
  out.one_in = chosen.one_in;
  const double all = static_cast<double>(layout.layers().size());
  double done = 0.0;
  for (auto layer = layout.layers().rbegin(); layer != layout.layers().rend(); ++layer) {
    if (on_step && !on_step({.stage = "certify", .done = 0.5 + 0.25 * done++ / all})) break;
    std::vector<Piece> pieces = pieces_of(layout, *layer);
    std::erase_if(pieces, [&](const Piece& piece) { return layout.deciders(piece.state).empty(); });
    std::vector<Found> found(pieces.size());
    parallel_for(pieces.size(), [&](std::size_t k) {
      visit(layout, assessment, again, reach, chosen, layer->round, pieces[k], found[k]);
    });
    for (Found& one : found) {
      out.change += one.cells.change;
      if (one.cells.torn > out.torn) {
        out.torn = one.cells.torn;
        out.where_torn = in_words(layout, one.torn_at);
      }
      if (one.cells.not_solved > out.not_solved) {
        out.not_solved = one.cells.not_solved;
        out.where_not_solved = in_words(layout, one.not_solved_at);
      }
      out.changed.insert(out.changed.end(), one.cells.changed.begin(), one.cells.changed.end());
    }
    if (again.remembered() > most_remembered) again.forget();
  }
  return out;
}

namespace {

/// Mean and upper confidence bound of what is never negative (Maurer and Pontil 2009, theorem 4),
/// looked at after every batch.
void bound(Plays& plays, double sum, double squares, double largest) {
  const auto n = static_cast<double>(plays.count);
  plays.mean = sum / n;
  const double variance = std::max(0.0, squares / n - plays.mean * plays.mean) * n / (n - 1.0),
               log_odds_against = std::log(2.0 * most_batches / confidence);
  plays.upper = plays.mean + std::sqrt(2.0 * variance * log_odds_against / n) +
                7.0 * largest * log_odds_against / (3.0 * (n - 1.0));
}

}  // namespace

Plays play_again(const Layout& layout, Again& again, double tolerance, const OnStep& on_step) {
  Plays out;
  out.endings.assign(layout.structure().outcomes.size(), 0);
  const std::size_t before = again.answers();
  double sum = 0.0, squares = 0.0, largest = 0.0;
  for (int batch = 0; batch < most_batches; ++batch) {
    std::vector<Drawn> drawn(plays_a_batch);
    parallel_for(drawn.size(), [&](std::size_t n) {
      drawn[n] = draw_play(layout, again, static_cast<std::uint64_t>(batch) * plays_a_batch + n);
    });
    for (const Drawn& one : drawn) {
      if (one.outcome >= 0) ++out.endings[static_cast<std::size_t>(one.outcome)];
      sum += one.apart;
      squares += one.apart * one.apart;
      largest = std::max(largest, one.apart);
    }
    out.count += plays_a_batch;
    bound(out, sum, squares, largest);
    if (again.remembered() > most_remembered) again.forget();
    const bool each_ending = std::ranges::all_of(
        out.endings, [](std::int64_t n) { return n == 0 || n >= wanted_of_each_ending; });
    const bool settled = out.upper <= tolerance || out.mean > tolerance;
    if ((each_ending && settled && batch > 0) || again.answers() - before > most_answers) break;
    if (on_step && !on_step({.stage = "certify", .done = 0.75})) break;
  }
  return out;
}

}  // namespace melian::checking
