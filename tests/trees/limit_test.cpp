/// Limits of equilibria as precision grows, and refinements of these limits, where theory says what
/// they are.

#include <algorithm>
#include <array>

#include "melian/as_tree.h"
#include "melian/limit.h"
#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

struct Limited {
  TreeLimit limit;
  Refinements refinements;
};

Limited limit_of(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                 double lambda) {
  auto limit = limit_tree(form, log_strategy, lambda);
  REQUIRE_MESSAGE(limit.has_value(), (limit ? "" : render(limit.error())));
  Refinements refinements = refine_tree(form, *limit);
  return {std::move(*limit), std::move(refinements)};
}

/// All solutions found of a model at its own precisions, with their limits.
struct Solutions {
  ExtensiveForm form;
  std::vector<Limited> all;

  /// The limit probability of an action at the set with this label.
  [[nodiscard]] double chance(std::size_t k, const std::string& label,
                              const std::string& action) const {
    for (const ExtensiveForm::InformationSet& set : form.sets)
      for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
        if (set.label == label && form.actions[static_cast<std::size_t>(a)].label == action)
          return all[k].limit.strategy[static_cast<std::size_t>(a)];
    FAIL("no action ", action, " at ", label);
    return -1.0;
  }
};

Solutions solutions_of(const Game& game, int starts = 48) {
  const auto request = tree_request(game, {});
  REQUIRE(request.has_value());
  TreeOptions how;
  how.lambda = request->lambda;
  how.all = true;
  how.starts = starts;
  SolvedTree tree = tree_of(game, how, request->unroll);
  Solutions out;
  for (const TreeFound& found : tree.solution.all)
    out.all.push_back(limit_of(tree.form, found.log_strategy, how.lambda));
  out.form = std::move(tree.form);
  return out;
}

ExtensiveForm efg(const std::string& text) {
  auto form = read_efg_text(text, "test.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  return std::move(*form);
}

std::vector<double> solved(const ExtensiveForm& form, double lambda) {
  TreeOptions how;
  how.lambda = lambda;
  const auto solution = solve_tree(form, how);
  REQUIRE(solution.has_value());
  return solution->log_strategy;
}

/// Two players at once: A's rows, B's columns.
std::string two_by_two(const std::vector<std::array<double, 2>>& payoffs) {
  std::string out = "EFG 2 R \"\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"u\" \"d\" } 0\n";
  for (int row = 0; row < 2; ++row) {
    out += "p \"\" 2 1 \"\" { \"l\" \"r\" } 0\n";
    for (int column = 0; column < 2; ++column) {
      const auto& pay = payoffs[static_cast<std::size_t>(2 * row + column)];
      out += "t \"\" " + std::to_string(2 * row + column + 1) + " \"\" { " + number_text(pay[0]) +
             ", " + number_text(pay[1]) + " }\n";
    }
  }
  return out;
}

}  // namespace

TEST_CASE("limit_tree: mixed equilibria of two by two games, from any precision") {
  // A mixes so that B does not care, and the other way round.
  const ExtensiveForm form = efg(two_by_two({{{3, 0}}, {{0, 1}}, {{0, 2}}, {{1, 0}}}));
  for (const double lambda : {0.3, 2.0, 50.0}) {
    CAPTURE(lambda);
    const Limited found = limit_of(form, solved(form, lambda), lambda);
    CHECK(found.limit.settled);
    CHECK(found.limit.binding.words.empty());
    CHECK(found.limit.strategy[0] == doctest::Approx(2.0 / 3.0).epsilon(1e-6));
    CHECK(found.limit.strategy[2] == doctest::Approx(0.25).epsilon(1e-6));
    CHECK(found.limit.values[0] == doctest::Approx(0.75).epsilon(1e-6));
    CHECK(found.limit.values[1] == doctest::Approx(2.0 / 3.0).epsilon(1e-6));
    CHECK(found.limit.factors.front() == 1.0);
    CHECK(found.limit.distance > 0.0);
    // Both nodes of B's set are believed as A plays.
    CHECK(found.limit.belief[1] == doctest::Approx(2.0 / 3.0).epsilon(1e-6));
    CHECK_FALSE(found.refinements.intuitive.survives.has_value());
    CHECK(found.refinements.intuitive.reason.find("does not apply") != std::string::npos);
  }
}

TEST_CASE("limit_tree: what has not settled says so") {
  // A's payoffs differ by less than the highest precision tells apart; B's say how high that is.
  const ExtensiveForm near =
      efg(two_by_two({{{1.000003, 5}}, {{1.000003, 0}}, {{1, 5}}, {{1, 0}}}));
  const Limited open = limit_of(near, solved(near, 1.0), 1.0);
  CHECK_FALSE(open.limit.settled);
  CHECK(open.limit.binding.condition == LimitCondition::supports);
  CHECK(open.limit.binding.set >= 0);
  CHECK(open.limit.binding.words.find("of A") != std::string::npos);
  CHECK_FALSE(open.refinements.d1.survives.has_value());
  CHECK(open.refinements.d1.reason.find("has not settled") != std::string::npos);

  const ExtensiveForm form = efg(two_by_two({{{3, 0}}, {{0, 1}}, {{0, 2}}, {{1, 0}}}));
  std::vector<double> spoilt = solved(form, 2.0);
  spoilt[0] += 0.01;
  CHECK(limit_of(form, spoilt, 2.0).limit.binding.condition == LimitCondition::solution);

  LimitOptions options;
  options.on_step = [](const Step&) { return false; };
  const auto stopped = limit_tree(form, solved(form, 2.0), 2.0, options);
  REQUIRE(stopped.has_value());
  CHECK_FALSE(stopped->settled);
  CHECK(stopped->binding.condition == LimitCondition::cancelled);

  options = {};
  options.max_bytes = 10;
  CHECK_FALSE(limit_tree(form, solved(form, 2.0), 2.0, options).has_value());
}

TEST_CASE("limit_tree: what differs by round-off alone is no stake") {
  // After some offers B's two replies pay the same but for the last digit.
  const Game game = game_from(text_of("m01b_fearon_two_costs"));
  const auto request = tree_request(game, {});
  REQUIRE(request.has_value());
  const SolvedTree tree = tree_of(game, request->lambda, request->unroll);
  const Limited found = limit_of(tree.form, tree.solution.log_strategy, request->lambda);
  CHECK_MESSAGE(found.limit.settled, found.limit.binding.words);
  for (const double stake : found.limit.stake) CHECK((stake == 0.0 || stake > 1e-6));
}

TEST_CASE("refinements: beer and quiche, both pooling equilibria; quiche fails") {
  // The tough type errs less: else logit play itself believes that beer comes from it.
  const Game game = game_from(text_of("beer_quiche"), {{"precision[Newcomer].weak", 4.0},
                                                       {"precision[Newcomer].tough", 20.0},
                                                       {"precision[Bully]", 20.0}});
  const Solutions found = solutions_of(game);
  int on_beer = 0, on_quiche = 0;
  for (std::size_t k = 0; k < found.all.size(); ++k) {
    const Limited& one = found.all[k];
    CHECK(one.limit.settled);
    const double weak = found.chance(k, "breakfast of Newcomer weak", "beer"),
                 tough = found.chance(k, "breakfast of Newcomer tough", "beer");
    if (weak == 1.0 && tough == 1.0) {
      ++on_beer;
      CHECK(one.refinements.intuitive.survives == true);
      CHECK(one.refinements.d1.survives == true);
    }
    if (weak == 0.0 && tough == 0.0) {
      ++on_quiche;
      for (const Survival* survival : {&one.refinements.intuitive, &one.refinements.d1}) {
        CHECK(survival->survives == false);
        REQUIRE(survival->messages.size() == 1);
        const MessageVerdict& message = survival->messages[0];
        CHECK(message.message == "beer");
        CHECK(message.type == "breakfast of Newcomer tough");
        CHECK(message.excluded == std::vector<std::string>{"breakfast of Newcomer weak"});
        CHECK(message.margin == doctest::Approx(1.0).epsilon(1e-6));
      }
    }
  }
  CHECK(on_beer == 1);
  CHECK(on_quiche >= 1);
  CHECK(on_beer + on_quiche == static_cast<int>(found.all.size()));
}

TEST_CASE("refinements: with one precision for all, beer is the only equilibrium logit play has") {
  const Solutions found =
      solutions_of(game_from(text_of("beer_quiche"), {{"precision[Newcomer].weak", 20.0},
                                                      {"precision[Newcomer].tough", 20.0},
                                                      {"precision[Bully]", 20.0}}));
  REQUIRE(found.all.size() == 1);
  CHECK(found.chance(0, "breakfast of Newcomer weak", "beer") == 1.0);
  CHECK(found.all[0].refinements.d1.survives == true);
}

TEST_CASE("refinements: of Spence's market D1 leaves the least costly separation") {
  const std::string low = "years of Worker low", high = "years of Worker high";
  // Where the high type errs less, firms may believe that it is the low one who strays: pooling and
  // costlier separation are equilibria too.
  const Solutions found =
      solutions_of(game_from(text_of("spence_two_types"), {{"precision[Worker].low", 100.0},
                                                           {"precision[Worker].high", 150.0},
                                                           {"precision[Firm]", 150.0}}));
  int pooling = 0, costlier = 0, least_costly = 0;
  for (std::size_t k = 0; k < found.all.size(); ++k) {
    CHECK(found.all[k].limit.settled);
    const bool low_apart = found.chance(k, low, "0") == 1.0;
    const bool is_least_costly = low_apart && found.chance(k, high, "1.05") == 1.0;
    least_costly += is_least_costly ? 1 : 0;
    costlier += low_apart && found.chance(k, high, "1.4") == 1.0 ? 1 : 0;
    pooling += low_apart && found.chance(k, high, "0") == 1.0 ? 1 : 0;
    CHECK(found.all[k].refinements.d1.survives == is_least_costly);
    CHECK(found.all[k].refinements.intuitive.survives == is_least_costly);
  }
  // The search also finds equilibria that differ only after years that hardly anybody chooses.
  CHECK(least_costly >= 1);
  CHECK(costlier >= 1);
  CHECK(pooling >= 1);

  const Solutions alike = solutions_of(game_from(text_of("spence_two_types")));
  REQUIRE(alike.all.size() == 1);
  CHECK(alike.chance(0, low, "0") == 1.0);
  CHECK(alike.chance(0, high, "1.05") == 1.0);
  CHECK(alike.all[0].refinements.intuitive.survives == true);
  CHECK(alike.all[0].refinements.d1.survives == true);
}

TEST_CASE("refinements: a defender that sinks costs; separation survives, pooling does not") {
  const std::string weak = "m of Defender weak", strong = "m of Defender strong";
  const auto solve = [](double value_of_weak) {
    return solutions_of(
        game_from(text_of("sinking_costs"), {{"value[Defender].weak", value_of_weak}}));
  };
  // To separate costs the weak type its value; .6 is the first step above .55.
  const Solutions between = solve(0.55);
  int separating = 0, pooling = 0;
  for (std::size_t k = 0; k < between.all.size(); ++k) {
    const Refinements& refinements = between.all[k].refinements;
    CHECK(between.all[k].limit.settled);
    const bool weak_at_0 = between.chance(k, weak, "0") == 1.0;
    const bool separates = weak_at_0 && between.chance(k, strong, "0.6") == 1.0;
    separating += separates ? 1 : 0;
    pooling += weak_at_0 && between.chance(k, strong, "0") == 1.0 ? 1 : 0;
    CHECK(refinements.intuitive.survives == separates);
    CHECK(refinements.d1.survives == separates);
  }
  CHECK(separating == 1);
  CHECK(pooling >= 1);

  // Where the threshold lies on a step, .5, the weak type is indifferent there: the intuitive
  // criterion is open, and D1 rules the weak type out.
  const Solutions tied = solve(0.5);
  separating = 0;
  for (std::size_t k = 0; k < tied.all.size(); ++k) {
    if (tied.chance(k, weak, "0") != 1.0 || tied.chance(k, strong, "0.6") != 1.0) continue;
    ++separating;
    const Refinements& refinements = tied.all[k].refinements;
    CHECK_FALSE(refinements.intuitive.survives.has_value());
    CHECK(refinements.intuitive.reason.find("of a tie") != std::string::npos);
    CHECK(refinements.d1.survives == false);
    for (const MessageVerdict& message : refinements.d1.messages)
      if (message.message == "0.5") CHECK(message.margin == doctest::Approx(0.1).epsilon(1e-6));
  }
  CHECK(separating == 1);
}

TEST_CASE("refinements: where the sender's later move depends on beliefs, the verdict is open") {
  const Game game = game_from(R"(
model "Two talks"
player A types low 0.5, high 0.5
player B
param worth[A]: low = 1, high = 2
param precision = 20
phase talks {
  A chooses word { soft { A pays 1 } hard { A pays 3 } }
  B chooses first { yes no }
  B chooses second {
    left  { end one: A gets worth[A], B gets worth[A] }
    right { end two: A gets 0, B gets 1.5 }
  }
}
)");
  const Solutions found = solutions_of(game, 8);
  for (const Limited& one : found.all) {
    CHECK(one.limit.settled);
    CHECK_FALSE(one.refinements.intuitive.survives.has_value());
    CHECK(one.refinements.intuitive.reason.find("depends on beliefs") != std::string::npos);
  }
}

TEST_CASE("refinements: who does not see a message, and who sees two in a row") {
  // At once: the action that no type takes is no message.
  const Solutions at_once = solutions_of(game_from(R"(
model "At once"
player A types low 0.5, high 0.5
player B
param worth[A]: low = 1, high = 2
param precision = 20
phase play {
  simultaneously {
    A chooses a { up down }
    B chooses b { left right }
  }
  when a is up and b is left { end one: A gets worth[A], B gets 1 }
  when a is up { end two: A gets worth[A], B gets 0 }
  when b is left { end three: A gets 0, B gets 0 }
  end four: A gets 0, B gets 1
}
)"),
                                         8);
  for (const Limited& one : at_once.all) {
    CHECK(one.limit.settled);
    CHECK(one.refinements.d1.survives != false);
    CHECK(one.refinements.d1.messages.empty());
  }
  // Two of the sender's moves before the reply: the second is a message, the first is not looked at
  // as one, and where it is not in use nothing is claimed.
  const Solutions in_a_row = solutions_of(game_from(R"(
model "In a row"
player A types low 0.5, high 0.5
player B
param worth[A]: low = 1, high = 2
param precision = 20
phase play {
  A chooses first { free costly { A pays 3 } }
  A chooses second { soft hard { A pays 2 * worth[A] } }
  B chooses reply {
    trust { end one: A gets 1, B gets worth[A] }
    doubt { end two: A gets 0, B gets 1.4 }
  }
}
)"),
                                          8);
  for (const Limited& one : in_a_row.all) {
    CHECK(one.limit.settled);
    CHECK_FALSE(one.refinements.d1.survives.has_value());
    CHECK(one.refinements.d1.reason.find("more than one move") != std::string::npos);
  }
}

TEST_CASE("refinements: a chance move between message and reply leaves the verdict open") {
  const Solutions found = solutions_of(game_from(R"(
model "Noise"
player A types low 0.5, high 0.5
player B
param worth[A]: low = 1, high = 2
param precision = 20
phase play {
  A chooses word { soft hard { A pays 3 } }
  chance weather { sun with 0.5  rain otherwise }
  B chooses reply {
    trust { end one: A gets 1, B gets worth[A] }
    doubt { end two: A gets 0, B gets 1.4 }
  }
}
)"),
                                       8);
  for (const Limited& one : found.all) {
    CHECK(one.limit.settled);
    CHECK_FALSE(one.refinements.intuitive.survives.has_value());
    CHECK(one.refinements.intuitive.reason.find("not one reply") != std::string::npos);
  }
}
