/// Models whose exact logit equilibria are known from elsewhere: numbers of an independent program,
/// or a recursion of a few lines.

#include "trees/model_trees.h"

#include <array>
#include <map>

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double as_printed = 1e-9;  // the numbers are given with nine or ten digits
constexpr double same = 1e-8;        // two computations of the same, solvers' tolerances included

}  // namespace

TEST_CASE(
    "tree: the security dilemma attacks as often as the exact numbers say at lambda 1, 5 and 10") {
  struct Row {
    double wait, lone, victim, both, attack[3];
  };
  for (const Row& row : {Row{.5, .45, .1, .2, {.5064931272, .5383685180, .5979478646}},
                         Row{.5, .35, .1, .2, {.4933337547, .4547263165, .3468705855}},
                         Row{.6, .5, .0, .3, {.5277460745, .7184887036, .9406126804}}}) {
    CAPTURE(row.lone);
    const Game game = game_from(text_of("m21_security_dilemma"), {{"both_wait", row.wait},
                                                                  {"lone_attacker", row.lone},
                                                                  {"victim", row.victim},
                                                                  {"both_attack", row.both}});
    const double lambdas[] = {1.0, 5.0, 10.0};
    for (int k = 0; k < 3; ++k) {
      const SolvedTree tree = tree_of(game, lambdas[k]);
      CHECK(std::abs(tree.chance("a", "attack") - row.attack[k]) < as_printed);
      CHECK(std::abs(tree.chance("b", "attack") - row.attack[k]) < as_printed);
      CHECK(std::abs(share(predict_tree(tree.form, tree.solution.log_strategy), "war") -
                     row.attack[k] * row.attack[k]) < same);
    }
  }
}

TEST_CASE(
    "tree: who moves later of those that move at once does not see what the earlier ones did") {
  const auto form = unroll(game_from(text_of("m21_security_dilemma")));
  REQUIRE(form.has_value());
  int nodes_of_b = 0;
  for (const ExtensiveForm::Node& node : form->nodes)
    if (node.set >= 0 && form->sets[static_cast<std::size_t>(node.set)].player == 1) ++nodes_of_b;
  CHECK(form->sets.size() == 2);
  CHECK(nodes_of_b == 2);
  CHECK(has_perfect_recall(*form));
}

TEST_CASE(
    "tree: the armed peace cut short is its stage game solved from the end, followed from lambda "
    "0") {
  constexpr int most = 5;
  constexpr double theta = 0.9, g = 0.5, cost = 0.05, lambda = 30.0;
  const SolvedTree tree =
      tree_of(game_from(text_of("m10_armed_peace"), {{"most", static_cast<double>(most)}}), lambda);
  std::array<double, most> attack{};
  attack.fill(0.5);
  double value = 0.0;
  constexpr int rungs = 3000, sweeps = 200;
  for (int k = 1; k <= rungs; ++k) {
    const double at = lambda * k / rungs;
    value = std::pow(theta, most) / 2.0;
    for (int n = most - 1; n >= 0; --n) {
      const double peace = std::pow(theta, n) / 2.0, after = value - cost,
                   loot = g * std::pow(theta, n + 1);
      double& q = attack[static_cast<std::size_t>(n)];
      const auto excess = [&](double p) {
        return sigma(at * ((1 - p) * (after + loot - peace) + p * loot)) - p;
      };
      for (int s = 0; s < sweeps; ++s) {
        const double nudge = 1e-6, slope = (excess(q + nudge) - excess(q - nudge)) / (2 * nudge);
        q -= excess(q) / slope;
      }
      value = (1 - q) * (1 - q) * peace +
              (1 - (1 - q) * (1 - q)) * after;  // what one seizes the other loses
    }
  }
  CHECK(std::abs(tree.value(0) - value) < same);
  CHECK(std::abs(tree.value(1) - value) < same);
  CHECK(std::abs(tree.chance("a", "attack") - attack[0]) < same);
  CHECK(tree.solution.summary.folds.empty());
}

TEST_CASE(
    "tree: sides that disagree about the odds play the recursion in which each expects by its "
    "own") {
  const std::string text = with(text_of("m07_smith_stam"), "by 0.005", "by 0.05");
  constexpr double cost = 0.08, discount = 0.98, lambda = 60.0, step = 0.05;
  constexpr int lives = 2, prices = 21;
  const SolvedTree tree = tree_of(game_from(text), lambda);
  CHECK_FALSE(tree.form.perceived.empty());
  const auto view_one = [](int won, int lost) { return (2.0 + won) / (3.0 + won + lost); };
  const auto view_two = [](int won, int lost) { return (1.0 + won) / (3.0 + won + lost); };
  std::map<std::pair<int, int>, std::array<double, 2>>
      after;  // values of both at the top of a round
  std::array<double, prices> offers{};
  double accepted = 0.0;
  for (int battles = 2 * lives; battles >= 0; --battles)
    for (int won = 0; won <= battles; ++won) {
      const int lost = battles - won;
      std::array<double, 2>& value = after[{won, lost}];
      if (won >= lives || lost >= lives) {
        value = {won >= lives ? 1.0 : 0.0, lost >= lives ? 1.0 : 0.0};
        continue;
      }
      const auto fight = [&](int who, double win) {
        return -cost +
               discount * (win * after[{won + 1, lost}][static_cast<std::size_t>(who)] +
                           (1 - win) * after[{won, lost + 1}][static_cast<std::size_t>(who)]);
      };
      const double one = fight(0, view_one(won, lost)), two = fight(1, view_two(won, lost));
      double sum = 0.0;
      value = {0.0, 0.0};
      accepted = 0.0;
      for (int k = 0; k < prices; ++k) {
        const double y = step * k, yes = sigma(lambda * (y - two)),
                     mine = yes * (1 - y) + (1 - yes) * one;
        const double weight = (k == 0 || k == prices - 1 ? 0.5 : 1.0) * std::exp(lambda * mine);
        offers[static_cast<std::size_t>(k)] = weight;
        sum += weight;
        value[0] += weight * mine;
        value[1] += weight * (yes * y + (1 - yes) * two);
        accepted += weight * yes;
      }
      value[0] /= sum, value[1] /= sum, accepted /= sum;
      for (double& offer : offers) offer /= sum;
    }
  const auto start = after[{0, 0}];
  CHECK(std::abs(tree.value(0) - start[0]) < same);
  CHECK(std::abs(tree.value(1) - start[1]) < same);
  CHECK(std::abs(tree.chance("y", "0.5") - offers[10]) < same);
  // The analyst, who expects by p = 0.5, sees less than both players hope for.
  const TreePrediction seen = predict_tree(tree.form, tree.solution.log_strategy);
  CHECK(seen.payoffs[0] + seen.payoffs[1] < tree.value(0) + tree.value(1) - 0.01);
  CHECK(accepted < 0.5);  // they disagree too much to settle before the first battle
}

TEST_CASE(
    "tree: one decisive battle is fought where the odds are seen further apart than war costs, and "
    "else settled") {
  const std::string text = with(text_of("m07_smith_stam"), "by 0.005", "by 0.02");
  const auto settled = [&](double cost) {
    const Game game = game_from(text, {{"lives", 1.0},
                                       {"a[One]", 3.0},
                                       {"b[One]", 2.0},
                                       {"a[Two]", 2.0},
                                       {"b[Two]", 3.0},
                                       {"cost", cost},
                                       {"discount", 1.0}});
    const SolvedTree tree = tree_of(game, 2000.0);
    return share(predict_tree(tree.form, tree.solution.log_strategy), "settlement");
  };
  CHECK(settled(0.085) < 0.02);
  CHECK(settled(0.115) > 0.98);
}

TEST_CASE(
    "tree: on the principal branch a mediator babbles, and the demand is the one made without it") {
  const double lambda = 40.0;
  const SolvedTree mediated = tree_of(game_from(text_of("m09_kydd_mediator")), lambda);
  for (const char* set : {"message of Mediator heard_weak", "message of Mediator heard_tough"})
    CHECK(mediated.chance(set, "weak") == doctest::Approx(0.5));
  const std::string alone = R"(
model "No mediator"
player One
player Two types weak 0.6, tough 0.4
param cost[Two]: weak = 0.30, tough = 0.05
phase crisis {
  One offers x in 0..1 by 0.05
  Two chooses answer {
    accept { end settlement: One gets x, Two gets 1 - x }
    fight  { end war: One gets 0.4, Two gets 0.5 - cost[Two] }
  }
}
)";
  const SolvedTree without = tree_of(game_from(alone), lambda);
  for (const char* x : {"0", "0.5", "0.55", "0.75", "0.8", "1"})
    for (const int after : {0, 1})
      CHECK(std::abs(mediated.chance("x", x, after) - without.chance("x", x)) < same);
  CHECK(std::abs(share(predict_tree(mediated.form, mediated.solution.log_strategy), "war") -
                 share(predict_tree(without.form, without.solution.log_strategy), "war")) < same);
}

TEST_CASE(
    "tree: a joint prior is drawn as it is written, and a mediator that is often right is "
    "correlated with the truth") {
  const auto form = unroll(game_from(text_of("m09_kydd_mediator")));
  REQUIRE(form.has_value());
  const ExtensiveForm::InformationSet& types =
      form->sets[static_cast<std::size_t>(form->nodes[0].set)];
  REQUIRE(types.num_actions == 4);
  std::map<std::string, double> odds;
  for (int a = 0; a < 4; ++a)
    odds[form->actions[static_cast<std::size_t>(types.first_action + a)].label] =
        form->actions[static_cast<std::size_t>(types.first_action + a)].odds;
  CHECK(odds["Two weak, Mediator heard_weak"] == doctest::Approx(0.48));
  CHECK(odds["Two weak, Mediator heard_tough"] == doctest::Approx(0.12));
  CHECK(odds["Two tough, Mediator heard_weak"] == doctest::Approx(0.08));
  CHECK(odds["Two tough, Mediator heard_tough"] == doctest::Approx(0.32));
}

TEST_CASE("tree: insincere talks on the principal branch equal the exact numbers at six lambdas") {
  struct Row {
    double lambda, grant, weary, stubborn;
  };
  for (const Row& row :
       {Row{1, .506105903, .512849683, .499568548}, Row{10, .555557120, .697805825, .512668392},
        Row{50, .419615604, .962437228, .504624826}, Row{100, .367310606, .994418849, .416007291},
        Row{200, .377857162, .999981410, .391019624}, Row{1000, .395005754, 1, .377675899}}) {
    CAPTURE(row.lambda);
    const SolvedTree tree = tree_of(game_from(text_of("m15_insincere_talks")), row.lambda);
    CHECK(std::abs(tree.chance("reply", "grant") - row.grant) < as_printed);
    CHECK(std::abs(tree.chance("request of B weary", "ask") - row.weary) < as_printed);
    CHECK(std::abs(tree.chance("request of B stubborn", "ask") - row.stubborn) < as_printed);
    CHECK(tree.solution.summary.folds.empty());
  }
}

TEST_CASE(
    "tree: correlated types who move at once, and one who learns from it, play the fixed point of "
    "Bayes' rule and logit choice") {
  const std::string text = R"(
model "At once, then once more"
player A types soft, hard
player B types weak, strong
prior A, B:
  soft & weak   with 0.1,
  soft & strong with 0.4,
  hard & weak   with 0.3,
  hard & strong with 0.2
param push[A]: soft = 0.2, hard = 1.1
param stand[B]: weak = -0.5, strong = 0.7
param prize[B]: weak = 1.5, strong = -1

phase meeting {
  simultaneously {
    A chooses a { hold, attack }
    B chooses b { hold, attack }
  }
  when a is attack { A gets push[A], B pays 0.3 }
  when b is attack { B gets stand[B], A pays 0.6 }
  when a is attack and b is attack { end clash: A gets stand[B] * -1, B gets push[A] * -1 }
  A chooses next {
    press { end pressed: A gets prize[B], B pays 0.5 }
    stop  { end stopped: B gets 0.2 }
  }
}
)";
  constexpr double lambda = 1.5;
  const SolvedTree tree = tree_of(game_from(text), lambda);
  const double joint[2][2] = {{0.1, 0.4}, {0.3, 0.2}}, push[2] = {0.2, 1.1}, stand[2] = {-0.5, 0.7},
               prize[2] = {1.5, -1.0};
  double a[2] = {0.5, 0.5}, b[2] = {0.5, 0.5},
         press[2][2][2] = {};  // press: [type of A][a attacks][b attacks]
  for (int sweep = 0; sweep < 2000; ++sweep) {
    // What each side gets when these actions meet these types, with A pressing as it does.
    const auto to_a = [&](int i, int k, int x, int y) {
      const double now = x * push[i] - y * 0.6;
      return now + (x == 1 && y == 1 ? -stand[k] : press[i][x][y] * prize[k]);
    };
    const auto to_b = [&](int i, int k, int x, int y) {
      const double now = y * stand[k] - x * 0.3;
      return now +
             (x == 1 && y == 1 ? -push[i] : press[i][x][y] * -0.5 + (1 - press[i][x][y]) * 0.2);
    };
    for (int i = 0; i < 2; ++i) {
      for (int x = 0; x < 2; ++x)
        for (int y = 0; y < 2; ++y) {
          double gain = 0.0, mass = 0.0;
          for (int k = 0; k < 2; ++k) {
            const double weight = joint[i][k] * (y == 1 ? b[k] : 1 - b[k]);
            gain += weight * prize[k];
            mass += weight;
          }
          press[i][x][y] = sigma(lambda * gain / mass);
        }
      double gain = 0.0, mass = 0.0;
      for (int k = 0; k < 2; ++k) {
        gain += joint[i][k] * (b[k] * (to_a(i, k, 1, 1) - to_a(i, k, 0, 1)) +
                               (1 - b[k]) * (to_a(i, k, 1, 0) - to_a(i, k, 0, 0)));
        mass += joint[i][k];
      }
      a[i] += 0.2 * (sigma(lambda * gain / mass) - a[i]);
    }
    for (int k = 0; k < 2; ++k) {
      double gain = 0.0, mass = 0.0;
      for (int i = 0; i < 2; ++i) {
        gain += joint[i][k] * (a[i] * (to_b(i, k, 1, 1) - to_b(i, k, 1, 0)) +
                               (1 - a[i]) * (to_b(i, k, 0, 1) - to_b(i, k, 0, 0)));
        mass += joint[i][k];
      }
      b[k] += 0.2 * (sigma(lambda * gain / mass) - b[k]);
    }
  }
  CHECK(std::abs(tree.chance("a of A soft", "attack") - a[0]) < same);
  CHECK(std::abs(tree.chance("a of A hard", "attack") - a[1]) < same);
  CHECK(std::abs(tree.chance("b of B weak", "attack") - b[0]) < same);
  CHECK(std::abs(tree.chance("b of B strong", "attack") - b[1]) < same);
  CHECK(std::abs(tree.chance("next of A soft", "press", 0) - press[0][0][0]) < same);
  CHECK(std::abs(tree.chance("next of A soft", "press", 1) - press[0][0][1]) < same);
  CHECK(has_perfect_recall(tree.form));
}
