/// What solving does not read of a game must not change its strategies, and what it reads must not
/// be missing from its fingerprint: random games, changed in one kind of number at a time, solved
/// afresh and with the solution of the unchanged game at hand.

#include <cstring>
#include <functional>

#include <doctest/doctest.h>

#include "game/builder.h"
#include "melian/beliefs.h"
#include "melian/solve.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::testing;

namespace {

struct Change {
  const char* what;
  bool read;                                              ///< by the solver
  std::function<bool(const Structure&, Numbers&)> apply;  ///< false: the game has no such number
};

/// Moves a tenth of each likelihood from a chance move's first branch to its second.
bool shift_odds(const Structure& shape, const std::vector<std::int64_t>& offset, int players,
                std::vector<double>& numbers) {
  for (const PublicState& state : shape.states) {
    if (shape.moves[static_cast<std::size_t>(state.move)].kind != MoveKind::chance ||
        state.num_branches < 2)
      continue;
    const auto first = static_cast<std::size_t>(state.first_branch);
    if (offset[first] < 0 || offset[first + 1] < 0) continue;
    const int size = players * shape.num_profiles(state.live);
    bool moved = false;
    for (int k = 0; k < size; ++k) {
      double &from = numbers[static_cast<std::size_t>(offset[first] + k)],
             &to = numbers[static_cast<std::size_t>(offset[first + 1] + k)];
      const double part = 0.1 * from;
      from -= part;
      to += part;
      moved = moved || part > 0.0;
    }
    if (moved) return true;
  }
  return false;
}

std::vector<Change> changes() {
  std::vector<Change> out;
  out.push_back({"a payoff", true, [](const Structure&, Numbers& n) {
                   for (double& reward : n.rewards) reward *= 1.01;
                   return true;
                 }});
  out.push_back({"odds", true, [](const Structure& shape, Numbers& n) {
                   return shift_odds(shape, shape.odds_offset, 1, n.odds);
                 }});
  out.push_back({"perceived odds", true, [](const Structure& shape, Numbers& n) {
                   return shift_odds(shape, shape.perceived_offset, shape.num_players(),
                                     n.perceived);
                 }});
  out.push_back({"what tallies count", false, [](const Structure&, Numbers& n) {
                   for (double& amount : n.amounts) amount += 1.0;
                   return true;
                 }});
  out.push_back({"a discount", true, [](const Structure&, Numbers& n) {
                   n.discount.front().front() *= 0.9;
                   return true;
                 }});
  out.push_back({"a precision", true, [](const Structure&, Numbers& n) {
                   n.precision.front().front() *= 1.1;
                   return true;
                 }});
  out.push_back({"the prior of all", false, [](const Structure& shape, Numbers& n) {
                   if (!shape.correlated.empty()) return false;
                   std::vector<double>& prior = n.prior.front();
                   const double last = prior.back();
                   prior.back() *= 0.5;
                   prior.front() += 0.5 * last;
                   for (auto& beliefs : n.beliefs) beliefs.front() = prior;
                   return true;
                 }});
  out.push_back({"the joint prior of all", false, [](const Structure& shape, Numbers& n) {
                   if (shape.correlated.empty()) return false;
                   std::vector<double>& joint = n.joint.front();
                   double sum = 0.0;
                   for (std::size_t k = 0; k < joint.size(); ++k)
                     sum += joint[k] *= 1.0 + 0.3 * static_cast<double>(k);
                   for (double& odds : joint) odds /= sum;
                   const std::vector<int>& tied = shape.correlated.front();
                   std::size_t stride = joint.size();
                   for (const int player : tied) {
                     std::vector<double>& prior = n.prior[static_cast<std::size_t>(player)];
                     stride /= prior.size();
                     std::ranges::fill(prior, 0.0);
                     for (std::size_t k = 0; k < joint.size(); ++k)
                       prior[k / stride % prior.size()] += joint[k];
                     for (auto& beliefs : n.beliefs)
                       beliefs[static_cast<std::size_t>(player)] = prior;
                   }
                   return true;
                 }});
  out.push_back({"what one player believes", true, [](const Structure&, Numbers& n) {
                   std::vector<double>& own = n.beliefs.back().front();
                   const double last = own.back();
                   own.back() *= 0.6;
                   own.front() += 0.4 * last;
                   return true;
                 }});
  return out;
}

Game with_numbers(const Game& game, Numbers numbers) {
  Game out = game;
  out.numbers = std::move(numbers);
  out.fingerprint = game_fingerprint(*out.structure, out.numbers);
  return out;
}

std::vector<std::vector<double>> starts(const Game& one, const Game& other) {
  const BeliefSpace space(one.shape());
  const std::vector<double> a = start_beliefs(one, space), b = start_beliefs(other, space);
  std::vector<std::vector<double>> out;
  for (std::size_t k = 0; k < a.size(); ++k) out.push_back({a[k], b[k]});
  return out;
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

void check_same(const Solution& a, const Solution& b) {
  CHECK(a.assessment.game_fingerprint == b.assessment.game_fingerprint);
  CHECK(same_bytes(a.assessment.log_strategy, b.assessment.log_strategy));
  CHECK(a.assessment.marks == b.assessment.marks);
  CHECK(a.assessment.offset == b.assessment.offset);
  CHECK(a.assessment.axes.nodes == b.assessment.axes.nodes);
  CHECK(a.assessment.lambda == b.assessment.lambda);
  CHECK(a.start_values == b.start_values);
  CHECK(a.summary.message == b.summary.message);
  CHECK(a.summary.residual == b.summary.residual);
  CHECK(a.summary.decisions == b.summary.decisions);
  CHECK(a.summary.places == b.summary.places);
  CHECK(a.refined.has_value() == b.refined.has_value());
  if (a.refined && b.refined) CHECK(same_bytes(a.refined->log_strategy, b.refined->log_strategy));
}

}  // namespace

TEST_CASE(
    "kept solutions: a solution is taken over exactly where the solver reads no changed number, "
    "and is that of a fresh solve to the last byte") {
  int taken = 0, solved = 0;
  for (int seed = 1; seed <= 8; ++seed) {
    RandomGameOptions shape;
    shape.tied = seed % 4 == 3;
    shape.disagreement = seed % 3 == 1 && !shape.tied;
    shape.perceived_odds = seed % 2 == 0;
    shape.types_discount = seed % 5 == 0;
    Game game = random_game(static_cast<std::uint64_t>(seed), shape);
    if (game.numbers.precision.empty())
      for (const auto& discount : game.numbers.discount)
        game.numbers.precision.emplace_back(discount.size(), 4.0);
    for (const Change& change : changes()) {
      Numbers numbers = game.numbers;
      if (!change.apply(game.shape(), numbers)) continue;
      // Where players disagree with the analyst a change of everybody's prior changes by how much.
      const bool read = change.read ||
                        (shape.disagreement && std::string_view(change.what) == "the prior of all");
      const Game before = with_numbers(game, game.numbers),
                 after = with_numbers(game, std::move(numbers));
      SolveOptions options;
      options.method = BeliefGrid{.nodes = {5}, .must_have = starts(before, after)};
      options.refined = seed % 2 == 1;
      const auto first = solve(before, options), fresh = solve(after, options);
      if (!first || !fresh) continue;
      CAPTURE(seed);
      CAPTURE(change.what);
      for (const bool reversed : {false, true}) {
        options.kept = std::make_shared<KeptSolutions>();
        REQUIRE(solve(reversed ? after : before, options).has_value());
        const auto again = solve(reversed ? before : after, options);
        REQUIRE(again.has_value());
        check_same(*again, reversed ? *first : *fresh);
        const bool same_numbers = before.fingerprint == after.fingerprint;  // no tallies, say
        if (!same_numbers || !read) CHECK(options.kept->taken_over() == (read ? 0 : 1));
        (options.kept->taken_over() > 0 ? taken : solved) += 1;
      }
    }
  }
  CHECK(taken >= 15);
  CHECK(solved >= 30);
}

TEST_CASE(
    "kept solutions: another grid, precision, measure or way up the ladder is another solution") {
  const Game game = random_game(5);
  SolveOptions options;
  options.lambda = 3.0;
  options.method = BeliefGrid{.nodes = {5}};
  const auto print = [&](const SolveOptions& of) {
    return solver_fingerprint(game, belief_axes(game, std::get<BeliefGrid>(of.method)), of);
  };
  const std::string own = print(options);
  CHECK(print(options) == own);
  const auto changed = [&](const std::function<void(SolveOptions&)>& change) {
    SolveOptions other = options;
    change(other);
    return print(other) != own;
  };
  CHECK(changed([](SolveOptions& o) { o.lambda = 3.5; }));
  CHECK(changed([](SolveOptions& o) { o.lambda.reset(); }));
  CHECK(changed([](SolveOptions& o) { o.lambda_factor = 2.0; }));
  CHECK(changed([](SolveOptions& o) { o.method = BeliefGrid{.nodes = {9}}; }));
  CHECK(changed([](SolveOptions& o) { o.measure = Measure::each; }));
  CHECK(changed([](SolveOptions& o) { o.discounting = Discounting::present_value; }));
  CHECK(changed([](SolveOptions& o) { o.refined = true; }));
  CHECK(changed([](SolveOptions& o) { o.ladder = false; }));
  CHECK(changed([](SolveOptions& o) { o.rung_halvings = 1; }));
}
