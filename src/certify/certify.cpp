#include "melian/certify.h"

#include <algorithm>
#include <cmath>

#include "certify/again.h"
#include "certify/along.h"
#include "certify/equations.h"
#include "certify/exploitability.h"
#include "certify/layout.h"
#include "certify/paths.h"
#include "certify/reach.h"

namespace melian {
namespace {

using namespace checking;

/// Round-off of sums of payoffs along a play, in units of the stake.
constexpr double round_off_of_stake = 1e-10;

void expect_common(const Layout& layout, const Assessment& assessment) {
  MELIAN_EXPECT(assessment.lambda.size() == layout.structure().players.size(),
                "one row of precisions per player");
  MELIAN_EXPECT(assessment.discounting == Discounting::current_value || layout.elapsed_is_unique(),
                "present values need one clock per round and public state");
}

/// Contracts of the door: the strategies belong to the game and are laid out as `Assessment` says.
void expect_whole(const Layout& layout, const Assessment& assessment) {
  const Structure& structure = layout.structure();
  expect_common(layout, assessment);
  for (const auto& layer : layout.layers())
    for (const int state : layer.states) {
      if (layout.deciders(state).empty()) continue;
      (void)strategy_block(layout, assessment, layer.round, state);
      const std::size_t slot = layout.slot(layer.round, state);
      MELIAN_EXPECT(slot < assessment.mark_offset.size() && assessment.mark_offset[slot] >= 0 &&
                        assessment.mark_offset[slot] + layout.shape(state).points <=
                            static_cast<std::int64_t>(assessment.marks.size()),
                    "a mark for every decision: " + describe_state(structure, state));
    }
}

void count_marks(const Layout& layout, const Assessment& assessment,
                 const std::vector<std::uint8_t>& reached, Certificate& certificate) {
  for (const auto& layer : layout.layers())
    for (const int state : layer.states) {
      if (layout.deciders(state).empty()) continue;
      const auto first =
          static_cast<std::size_t>(assessment.mark_offset[layout.slot(layer.round, state)]);
      const auto points = static_cast<std::size_t>(layout.shape(state).points);
      for (std::size_t p = first; p < first + points; ++p) {
        const auto mark = static_cast<DecisionMark>(assessment.marks[p]);
        // A jump is also a decision with several solutions; each decision is counted under the
        // worst that holds of it.
        certificate.several += mark == DecisionMark::several;
        certificate.jumps += mark == DecisionMark::jump;
        certificate.unsolved += mark == DecisionMark::unsolved;
        if (reached[p] == 0) continue;
        certificate.several_reached += mark == DecisionMark::several;
        certificate.jumps_reached += mark == DecisionMark::jump;
        certificate.unsolved_reached += mark == DecisionMark::unsolved;
      }
    }
}

/// Decisions solved again where play leads.
bool solve_again(const Layout& layout, const Assessment& strategies, const Iterates& values,
                 const Reach& reach, const CertifyOptions& options, Certificate& certificate) {
  bool goes_on = true;
  const OnStep on_step = [&](const melian::Step& step) {
    goes_on = goes_on && (!options.on_step || options.on_step(step));
    return goes_on;
  };
  Again again(layout, strategies, values);
  HalvedCells cells = halve_cells(layout, strategies, again, reach, options.tolerance, on_step);
  if (!goes_on) return false;
  const Plays plays = play_again(layout, again, options.tolerance, on_step);
  certificate.cell_change = cells.change;
  certificate.torn = cells.torn;
  certificate.not_solved = cells.not_solved;
  certificate.where_torn = cells.where_torn;
  certificate.where_not_solved = cells.where_not_solved;
  certificate.changed = std::move(cells.changed);
  certificate.cells_one_in = cells.one_in;
  certificate.path_mean = plays.mean;
  certificate.path_bound = plays.upper;
  certificate.plays = {.endings = plays.endings, .count = plays.count};
  return goes_on;
}

/// Everything that needs only the strategies on their own axes.
bool fill_equations(const Layout& layout, const Assessment& strategies,
                    const CertifyOptions& options, Certificate& certificate) {
  certificate.tolerance = options.tolerance;
  certificate.uncertified = options.uncertified;
  certificate.residual_tolerance = options.residual_tolerance;
  for (const Player& player : layout.structure().players) {
    certificate.names.emplace_back();
    for (const std::string& type : player.types)
      certificate.names.back().push_back(player.name + " (" + type + ")");
    if (player.types.empty()) certificate.names.back().push_back(player.name);
  }
  const Reach reach = reach_of(layout, strategies);
  count_marks(layout, strategies, reach.reached, certificate);
  const bool again = options.again && !certificate.equations_only;
  const Equations equations =
      check_equations(layout, strategies, reach.reached, options.on_step, again);
  certificate.settled = certificate.settled && equations.settled;
  if (!equations.finished) return false;
  certificate.residual = equations.residual;
  certificate.residual_reached = equations.residual_reached;
  certificate.beliefs = equations.beliefs;
  certificate.cell_step = equations.cell_step;
  certificate.stake = equations.stake;
  return !again || solve_again(layout, strategies, *equations.values, reach, options, certificate);
}

void expect_game(const Game& game, const Assessment& assessment) {
  MELIAN_EXPECT(
      assessment.game_fingerprint == game.fingerprint,
      "strategies of game " + assessment.game_fingerprint + ", not of " + game.fingerprint);
}

}  // namespace

Certificate certify_equations(const Game& game, const Assessment& strategies,
                              const CertifyOptions& options) {
  expect_game(game, strategies);
  const Layout layout(game, strategies.axes, strategies.measure);
  expect_whole(layout, strategies);
  Certificate certificate;
  certificate.equations_only = true;
  (void)fill_equations(layout, strategies, options, certificate);
  judge(certificate);
  return certificate;
}

Certificate certify(const Game& game, const Assessment& strategies, const Assessment& refined,
                    const CertifyOptions& options) {
  expect_game(game, refined);
  expect_whole(Layout(game, refined.axes, refined.measure), refined);
  WholeStrategies layers(refined);
  return certify(game, strategies, layers, options);
}

Certificate certify(const Game& game, const Assessment& strategies, StrategyLayers& refined,
                    const CertifyOptions& options) {
  expect_game(game, strategies);
  expect_game(game, refined.common());
  const Layout layout(game, strategies.axes, strategies.measure),
      refined_layout(game, refined.common().axes, refined.common().measure);
  expect_whole(layout, strategies);
  expect_common(refined_layout, refined.common());

  Certificate certificate;
  if (fill_equations(layout, strategies, options, certificate)) {
    WholeStrategies own(strategies);
    const BestResponses coarse = best_responses(layout, own, options.on_step);
    const BestResponses fine =
        coarse.finished ? best_responses(refined_layout, refined, options.on_step) : coarse;
    certificate.settled = certificate.settled && coarse.settled && fine.settled;
    for (std::size_t j = 0; fine.finished && j < fine.gain.size(); ++j) {
      certificate.exploitability.emplace_back();
      for (std::size_t type = 0; type < fine.gain[j].size(); ++type)
        certificate.exploitability.back().push_back(
            {.gain = fine.gain[j][type],
             .ceiling = fine.ceiling[j][type],
             .slack = std::abs(fine.gain[j][type] - coarse.gain[j][type]) +
                      round_off_of_stake * certificate.stake[j]});
    }
    if (fine.finished)
      certificate.path_error = path_error(layout, strategies, refined_layout, refined);
  }
  judge(certificate);
  return certificate;
}

double reached_difference(const Game& game, const Assessment& strategies,
                          const Assessment& others) {
  expect_game(game, strategies);
  expect_game(game, others);
  MELIAN_EXPECT(strategies.axes == others.axes && strategies.offset == others.offset,
                "two answers on the same axes");
  const Layout layout(game, strategies.axes, strategies.measure);
  expect_whole(layout, strategies);
  expect_whole(layout, others);
  const std::vector<std::uint8_t> reached = reached_decisions(layout, strategies);
  double worst = 0.0;
  for (const auto& layer : layout.layers())
    for (const int state : decisions_of(layout, layer)) {
      const StrategyBlock ours = strategy_block(layout, strategies, layer.round, state),
                          theirs = strategy_block(layout, others, layer.round, state);
      const auto marks =
          static_cast<std::size_t>(strategies.mark_offset[layout.slot(layer.round, state)]);
      for (std::int64_t p = 0; p < ours.points; ++p) {
        if (reached[marks + static_cast<std::size_t>(p)] == 0) continue;
        for (int row = 0; row < num_rows(layout.deciders(state)); ++row)
          keep_worst(worst, std::abs(std::exp(ours.at(row, p)) - std::exp(theirs.at(row, p))));
      }
    }
  return worst;
}

std::int64_t count_certify_bytes(const Structure& structure, const BeliefAxes& axes,
                                 const BeliefAxes& refined) {
  int jump = 0;  // rounds that a branch into the top of a phase passes over at most: so many rounds
                 // of tops are kept
  for (const Branch& branch : structure.branches) jump = std::max(jump, branch.advance);
  // As numbers, and in floating point: what is too large to count is large enough.
  double values = 0.0, best_responses = 0.0;
  for (const PublicState& state : structure.states) {
    const double kept = state.timed && state.entry ? 1.0 + std::min(jump, structure.rounds)
                        : structure.horizon == HorizonKind::forever && state.entry ? 2.0
                                                                                   : 1.0;
    double types = 0.0;
    for (int i = 0; i < structure.num_players(); ++i)
      types += (state.live >> i & 1U) != 0
                   ? structure.players[static_cast<std::size_t>(i)].num_types()
                   : 1;
    values += kept * structure.num_players() *
              static_cast<double>(structure.num_profiles(state.live)) *
              static_cast<double>(axes.num_points(state.live));
    best_responses += kept * 3.0 * types * static_cast<double>(refined.num_points(state.live));
  }
  return static_cast<std::int64_t>(
      std::min(8.0 * std::max(values, best_responses), 9e17));  // one after the other
}

}  // namespace melian
