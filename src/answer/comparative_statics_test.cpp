#include "melian/comparative_statics.h"
#include "melian/as_tree.h"

#include <cmath>

#include <doctest/doctest.h>

#include "melian/beliefs.h"

using namespace melian;

namespace {

/// One demand before war; B's cost is private (Fearon 1995). Reservation values lie between the
/// numbers of the menu.
const Model& screening() {
  static const Model model = *read_model_text(R"(
model "One demand"
player A
player B  types low 0.4, high 0.6
param p = 0.5 in 0..1
param cost[A] = 0.1
param cost[B]: low = 0.075, high = 0.325
param step = 0.05
param precision = 1000
phase crisis {
  A offers x in {0 .. 1 by step}
  B chooses answer {
    accept { end settlement: A gets x, B gets 1 - x }
    fight { end war: A gets p - cost[A], B gets 1 - p - cost[B] }
  }
}
)",
                                              "one_demand.melian");
  return model;
}

Sweep swept(SweepOptions options) {
  options.answer.with_certificate = false;
  Result<Sweep> found = sweep(screening(), options);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : render(found.error())));
  return *std::move(found);
}

/// Where beliefs about D start.
double start_of(const Model& model, double weak) {
  const Game game = *compile(model)->bind({{"prior[D].weak", weak}});
  return start_beliefs(game, BeliefSpace(game.shape())).front();
}

}  // namespace

TEST_CASE("sweep: solves every point, and each as a solve of its own would") {
  SweepOptions options;
  options.vary = {{"prior[B].low", 0.1, 0.9, 5}};
  std::int64_t told = 0;
  options.on_cost = [&](const SweepCost& cost) { told = cost.points; };
  const Sweep found = swept(options);
  CHECK(told == 5);
  REQUIRE(found.points.size() == 5);
  CHECK(found.cost.points == 5);
  CHECK(found.cost.structures == 1);
  for (const SweepPoint& point : found.points) {
    const Game game = *compile(screening())->bind({{"prior[B].low", point.at[0]}});
    AnswerOptions alone;
    alone.with_certificate = false;
    const Answer answered = *answer(game, alone);
    CHECK(point.numbers == printed_numbers(game.shape(), answered.prediction));
    CHECK(point.holds);
  }
}

TEST_CASE(
    "sweep: points that differ in the prior alone are solved once, and each is an answer on the "
    "grid of all their priors") {
  // Two rounds of offers: beliefs move, so the grid matters.
  const Model model =
      *read_model(std::string(MELIAN_SOURCE_DIR) + "/models/powell_2004/cost.melian");
  SweepOptions options;
  options.vary = {{"prior[D].weak", 0.2, 0.8, 4}, {"cost[S]", 0.04, 0.06, 2}};
  options.answer.with_certificate = false;
  options.answer.solve.method = BeliefGrid{.nodes = {17}};
  options.find_switches = false;
  const Result<Sweep> found = sweep(model, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : render(found.error())));
  CHECK(found->solves == 2);
  AnswerOptions alone = options.answer;
  std::vector<double> tough;
  for (int k = 0; k < 4; ++k) tough.push_back(start_of(model, options.vary[0].at(k)));
  std::get<BeliefGrid>(alone.solve.method).must_have = {tough};
  for (const SweepPoint& point : found->points) {
    const Game game =
        *compile(model)->bind({{"prior[D].weak", point.at[0]}, {"cost[S]", point.at[1]}});
    CHECK(point.numbers == printed_numbers(game.shape(), answer(game, alone)->prediction));
  }
  options.answer.solve.method = BeliefGrid{.nodes = {3}};  // four priors would double this grid
  CHECK(sweep(model, options)->solves == 8);
}

TEST_CASE(
    "sweep: finds the threshold of screening where the first demand jumps, by the formula for this "
    "menu") {
  SweepOptions options;
  options.vary = {{"prior[B].low", 0.05, 0.95, 10}};
  const Sweep found = swept(options);
  // Demands 0.8 (war with the low-cost type) and 0.55 (no war) are worth the same: 0.8 (1 - q) +
  // 0.4 q = 0.55.
  constexpr double threshold = 0.25 / 0.4;
  constexpr double smoothed = 0.005;  // logit play of the receivers moves it by a few / lambda
  bool jumps = false;
  for (const SweepSwitch& one : found.switches) {
    CHECK(one.half_width <= 0.1 / 4096);
    if (one.subject != "A.x") continue;
    jumps = true;
    CHECK(one.from == "0.8");
    CHECK(one.to == "0.55");
    CHECK(std::abs(one.at[0] - threshold) < smoothed);
  }
  CHECK(jumps);
}

TEST_CASE("sweep: an offer that slides along its menu is no switch") {
  SweepOptions options;
  options.vary = {{"p", 0.3, 0.6, 4}};
  for (const SweepSwitch& one : swept(options).switches) CHECK(one.subject != "A.x");
}

TEST_CASE(
    "sweep: a parameter that shapes the game builds it anew, and two parameters span a plane") {
  SweepOptions options;
  options.vary = {{"step", 0.05, 0.1, 2}, {"p", 0.4, 0.6, 3}};
  const Sweep found = swept(options);
  REQUIRE(found.points.size() == 6);
  CHECK(found.cost.structures == 2);
  CHECK(found.points[4].at == std::vector<double>{0.1, 0.5});
}

TEST_CASE(
    "sweep: by tree outcomes and values are those of the grid, and so is the place where another "
    "outcome is most probable") {
  SweepOptions options;
  options.vary = {{"prior[B].low", 0.35, 0.65, 4}};
  const Sweep by_grid = swept(options);
  options.by_tree = true;
  const Sweep by_tree = swept(options);
  constexpr double meets =
      1e-8;  // one offer and one answer: the grid interpolates nothing that is reached
  for (std::size_t k = 0; k < by_tree.points.size(); ++k) {
    CHECK(by_tree.points[k].at == by_grid.points[k].at);
    CHECK(by_tree.points[k].holds);
    for (const char* name : {"outcomes.settlement", "outcomes.war", "values.A"}) {
      INFO(name);
      CHECK(std::abs(by_tree.points[k].numbers.at(name) - by_grid.points[k].numbers.at(name)) <
            meets);
    }
  }
  const auto place = [](const Sweep& found) {
    for (const SweepSwitch& one : found.switches)
      if (one.subject == "outcome") return one.at[0];
    return -1.0;
  };
  CHECK(place(by_tree) > 0.0);
  CHECK(std::abs(place(by_tree) - place(by_grid)) < meets);
  // All that is printed is there, by type too, and what each type most probably does first.
  for (const auto& [name, number] : by_grid.points[0].numbers) {
    INFO(name);
    CHECK(std::abs(by_tree.points[0].numbers.at(name) - number) < meets);
  }
  CHECK(by_tree.points[0].most_probable == by_grid.points[0].most_probable);
}

TEST_CASE("sweep: the method chosen is the tree where every point has a small one") {
  SweepOptions options;
  options.vary = {{"prior[B].low", 0.35, 0.65, 2}};
  options.choose_method = true;
  CHECK(swept(options).by_tree);
  options.vary = {{"step", 0.05, 0.1, 2}};
  CHECK(swept(options).by_tree);
  // Play without an end has no tree.
  const Model endless = *read_model_text(R"(
model "Endless"
player A
param p = 0.5 in 0..1
param precision = 5
param discount = 0.8
horizon forever
phase fight {
  A chooses step { stop { end stopped: A gets 0.1 } press }
  chance battle { A_wins with p { end war: A gets 1 } both_stand otherwise }
  time passes
}
)",
                                         "endless.melian");
  options.vary = {{"p", 0.3, 0.5, 2}};
  options.find_switches = false;
  const Result<Sweep> found = sweep(endless, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : render(found.error())));
  CHECK_FALSE(found->by_tree);
}

TEST_CASE(
    "sweep: a solution is followed as far as it reaches, and where it ends there is no number") {
  // Both meet or both do not: where meeting is worth little it is no equilibrium any more.
  const Model model = *read_model_text(R"(
model "Two places"
player A
player B
param worth = 1 in 0..2
param precision = 20
phase choice {
  simultaneously {
    A chooses left { here there }
    B chooses right { here there }
  }
  when left is here and right is here { end met: A gets worth, B gets worth }
  when left is there and right is there { end elsewhere: A gets 0.9, B gets 0.9 }
  end missed
}
)",
                                       "places.melian");
  SweepOptions options;
  options.vary = {{"worth", 0.02, 1.0, 8}};
  options.by_tree = true;
  options.find_switches = false;
  options.choice.select = "values";
  const Result<Sweep> best = sweep(model, options);
  REQUIRE_MESSAGE(best.has_value(), (best ? "" : render(best.error())));
  CHECK(best->points.front().numbers.at("outcomes.elsewhere") > 0.5);
  CHECK(best->points.back().numbers.at("outcomes.met") > 0.5);
  const Game game = *compile(model, {})->bind({});
  AsTree best_there;
  best_there.choice.select = "values";
  const auto there = solve_tree_of(game, best_there);
  REQUIRE(there.has_value());
  options.choice = {};
  options.choice.solution = there->solution.all[there->solution.chosen].id;
  const Result<Sweep> followed = sweep(model, options);
  REQUIRE_MESSAGE(followed.has_value(), (followed ? "" : render(followed.error())));
  CHECK(followed->points.back().numbers.at("outcomes.met") > 0.5);
  CHECK(followed->points.front().numbers.empty());
  CHECK_FALSE(followed->points.front().why_not.empty());
}

TEST_CASE("sweep: gives the same for one thread and for four") {
  SweepOptions options;
  options.vary = {{"prior[B].low", 0.1, 0.9, 4}, {"cost[A]", 0.05, 0.2, 3}};
  set_threads(1);
  const Sweep one = swept(options);
  set_threads(4);
  const Sweep four = swept(options);
  set_threads(0);
  REQUIRE(one.points.size() == four.points.size());
  for (std::size_t k = 0; k < one.points.size(); ++k)
    CHECK(one.points[k].numbers == four.points[k].numbers);
  REQUIRE(one.switches.size() == four.switches.size());
  for (std::size_t k = 0; k < one.switches.size(); ++k)
    CHECK(one.switches[k].at == four.switches[k].at);
}

TEST_CASE(
    "sweep: mistakes are told at once, sizes before anything is solved, and a stop is obeyed") {
  const auto code = [](const SweepOptions& options) {
    const Result<Sweep> found = sweep(screening(), options);
    REQUIRE_FALSE(found.has_value());
    return found.error();
  };
  SweepOptions options;
  options.vary = {{"p", 0.9, 0.1, 1}, {"p", 0.1, 0.2, 3}};
  CHECK(code(options).size() == 3);  // one point, a range that runs down, twice the same
  options.vary = {{"pp", 0.1, 0.9, 3}};
  CHECK(code(options).front().code == "M0520");
  options.vary = {{"p", 1.2, 1.5, 3}};
  CHECK(code(options).front().message.ends_with("(at p = 1.2)"));
  options.vary = {{"p", 0.1, 0.9, 1000}, {"cost[A]", 0.1, 0.9, 1000}};
  CHECK(code(options).front().code == too_large_code);
  options.vary = {{"p", 0.1, 0.9, 3}};
  options.max_decisions = 10;
  CHECK(code(options).front().code == too_large_code);
  options.max_decisions = SweepOptions{}.max_decisions;
  options.on_step = [](const Step&) { return false; };
  const Result<Sweep> stopped = sweep(screening(), options);
  REQUIRE(stopped.has_value());
  CHECK(stopped->cancelled);
}

TEST_CASE("sweep: a point outside the model's range says why, and the others have their numbers") {
  SweepOptions options;
  options.vary = {{"p", 0.5, 1.5, 3}};
  std::vector<double> told;
  options.on_point = [&](const SweepPoint& point) { told.push_back(point.at[0]); };
  const Sweep found = swept(options);
  CHECK(told == std::vector<double>{0.5, 1.0, 1.5});
  CHECK(found.points[0].failure.empty());
  CHECK(found.points[1].failure.empty());
  CHECK_FALSE(found.points[2].failure.empty());
  CHECK(found.points[2].numbers.empty());
}

TEST_CASE("sweep: both switches between two neighbouring points are found") {
  // War is likeliest where the cost of both is low or so high that A gives up; between, settlement.
  const Model model = *read_model_text(R"(
model "A window"
player A
param x = 0.5 in 0..1
param precision = 400
phase choice {
  A chooses what {
    low { end low: A gets 0.6 - x }
    middle { end middle: A gets 0.3 - abs(x - 0.5) }
    high { end high: A gets x - 0.4 }
  }
}
)",
                                       "window.melian");
  SweepOptions options;
  options.answer.with_certificate = false;
  options.vary = {{"x", 0.0, 1.0, 2}};
  const auto outcome_switches = [](const Sweep& sweep) {
    std::vector<SweepSwitch> out;
    for (const SweepSwitch& one : sweep.switches)
      if (one.subject == "outcome") out.push_back(one);
    return out;
  };
  const Result<Sweep> found = sweep(model, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : render(found.error())));
  const auto switches = outcome_switches(*found);
  REQUIRE(switches.size() == 2);
  // low = middle where 0.6 - x = x - 0.2, middle = high where 0.8 - x = x - 0.4.
  CHECK(switches[0].at[0] == doctest::Approx(0.4).epsilon(1e-3));
  CHECK(switches[1].at[0] == doctest::Approx(0.6).epsilon(1e-3));
  CHECK(switches[0].to == "middle");
  CHECK(switches[1].from == "middle");
  options.find_switches = false;
  CHECK(sweep(model, options)->switches.empty());
}
