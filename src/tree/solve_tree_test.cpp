#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/tree.h"
#include "tree/elimination.h"
#include "tree/follow.h"
#include "tree/sparse.h"
#include "tree/system.h"

using namespace melian;

namespace {

ExtensiveForm read(const std::string& text) {
  auto form = read_efg_text(text, "test.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  return std::move(*form);
}

/// A and B choose at once; payoffs by row and column.
ExtensiveForm at_once(const double (&a)[2][2], const double (&b)[2][2]) {
  std::string text = "EFG 2 R \"at once\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"up\" \"down\" } 0\n";
  for (int r = 0; r < 2; ++r) {
    text += "p \"\" 2 1 \"\" { \"left\" \"right\" } 0\n";
    for (int c = 0; c < 2; ++c)
      text += fmt::format("t \"\" {} \"\" {{ {}, {} }}\n", 1 + 2 * r + c, a[r][c], b[r][c]);
  }
  return read(text);
}

/// Three players at once: joining pays 1 where all join, staying out pays `out` for sure.
/// Symmetric, so on the branch lambda = logit(p) / (p^2 - out).
ExtensiveForm joining(double out) {
  std::string text =
      "EFG 2 R \"joining\" { \"A\" \"B\" \"C\" }\np \"\" 1 1 \"\" { \"join\" \"out\" } 0\n";
  int outcome = 0;
  for (int a = 0; a < 2; ++a) {
    text += "p \"\" 2 1 \"\" { \"join\" \"out\" } 0\n";
    for (int b = 0; b < 2; ++b) {
      text += "p \"\" 3 1 \"\" { \"join\" \"out\" } 0\n";
      for (int c = 0; c < 2; ++c) {
        const double all = a + b + c == 0 ? 1.0 : 0.0;
        text += fmt::format("t \"\" {} \"\" {{ {}, {}, {} }}\n", ++outcome, a == 1 ? out : all,
                            b == 1 ? out : all, c == 1 ? out : all);
      }
    }
  }
  return read(text);
}
double lambda_of_joining(double p, double out) {
  return (std::log(p) - std::log1p(-p)) / (p * p - out);
}

struct Folds {
  double up = 0.0, down = 0.0;  ///< where lambda(p) turns, found by looking
  double p = 0.0;               ///< at the upper one
};
Folds folds_of_joining(double out) {
  Folds found;
  for (double p = 0.5 + 1e-5; p < 0.9; p += 1e-5) {
    const double before = lambda_of_joining(p - 1e-5, out), here = lambda_of_joining(p, out),
                 after = lambda_of_joining(p + 1e-5, out);
    if (here > before && here > after && found.up == 0.0) found.up = here, found.p = p;
    if (here < before && here < after) found.down = here;
  }
  return found;
}

TreeSolution solved(const ExtensiveForm& form, double lambda) {
  TreeOptions options;
  options.lambda = lambda;
  auto solution = solve_tree(form, options);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : render(solution.error())));
  return std::move(*solution);
}
double chance_of(const TreeSolution& solution, int action) {
  return std::exp(solution.log_strategy[static_cast<std::size_t>(action)]);
}

constexpr double solved_to =
    1e-9;  // Newton lands at round-off; what is left is the test's own arithmetic

}  // namespace

TEST_CASE("solve_tree: lambda 0 is uniform play") {
  const TreeSolution solution = solved(at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}}), 0.0);
  for (int a = 0; a < 4; ++a) CHECK(chance_of(solution, a) == doctest::Approx(0.5));
  CHECK(solution.certificate.holds);
}

TEST_CASE(
    "solve_tree: matching pennies with a prize of nine solves its two logit equations at every "
    "lambda") {
  const ExtensiveForm form = at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}});
  for (const double lambda : {0.1, 1.0, 10.0, 100.0, 1e4}) {
    CAPTURE(lambda);
    const TreeSolution solution = solved(form, lambda);
    const double up = chance_of(solution, 0), left = chance_of(solution, 2);
    CHECK(std::log(up / (1.0 - up)) ==
          doctest::Approx(lambda * (9.0 * left - (1.0 - left))).epsilon(1e-7));
    CHECK(std::log(left / (1.0 - left)) ==
          doctest::Approx(lambda * ((1.0 - up) - up)).epsilon(1e-7));
    CHECK(solution.certificate.holds);
    CHECK(solution.certificate.regret[0] <= solution.certificate.ceiling[0]);
  }
}

TEST_CASE(
    "solve_tree: the branch of symmetric coordination stays symmetric and reports the crossing at "
    "lambda 2") {
  const TreeSolution solution = solved(at_once({{1, 0}, {0, 1}}, {{1, 0}, {0, 1}}), 10.0);
  CHECK(chance_of(solution, 0) == doctest::Approx(0.5).epsilon(solved_to));
  REQUIRE(solution.summary.branch_points.size() == 1);
  constexpr double step_there = 2e-3;  // how finely a crossing is located
  CHECK(std::abs(solution.summary.branch_points[0].lambda - 2.0) < step_there);
  CHECK(solution.summary.folds.empty());
}

TEST_CASE("solve_tree: the slightest advantage decides coordination, without a crossing") {
  const TreeSolution solution =
      solved(at_once({{1.000001, 0}, {0, 1}}, {{1.000001, 0}, {0, 1}}), 50.0);
  CHECK(chance_of(solution, 0) > 0.999);
  CHECK(solution.summary.branch_points.empty());
}

TEST_CASE("solve_tree: folds are passed, and the target is where the branch first comes to it") {
  constexpr double out = 0.248;
  const ExtensiveForm form = joining(out);
  const auto [fold_up, fold_down, fold_p] = folds_of_joining(out);
  REQUIRE(fold_up > fold_down);
  const TreeSolution early = solved(form, 0.5 * (fold_up + fold_down));
  CHECK(early.summary.folds.empty());
  CHECK(chance_of(early, 0) < fold_p);
  CHECK(lambda_of_joining(chance_of(early, 0), out) ==
        doctest::Approx(early.summary.lambda).epsilon(1e-7));
  const TreeSolution late = solved(form, 1.05 * fold_up);
  REQUIRE(late.summary.folds.size() == 2);
  CHECK(late.summary.folds[0].lambda == doctest::Approx(fold_up).epsilon(1e-4));
  CHECK(late.summary.folds[1].lambda == doctest::Approx(fold_down).epsilon(1e-4));
  CHECK(lambda_of_joining(chance_of(late, 0), out) ==
        doctest::Approx(late.summary.lambda).epsilon(1e-7));
  CHECK(chance_of(late, 0) > fold_p);
}

TEST_CASE("solve_tree: too small a step limit says which lambda was reached and does not hold") {
  TreeOptions options;
  options.lambda = 100.0;
  options.max_steps = 5;
  const auto solution = solve_tree(at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}}), options);
  REQUIRE(solution.has_value());
  CHECK(solution->summary.termination == TreeTermination::step_limit);
  CHECK(solution->summary.lambda > 0.0);
  CHECK(solution->summary.lambda < 100.0);
  CHECK(solution->certificate.residual < solved_to);
  CHECK_FALSE(solution->certificate.holds);
  CHECK(solution->summary.message.find("not 100") != std::string::npos);
}

TEST_CASE("solve_tree: cancelling ends it with the point reached") {
  TreeOptions options;
  options.lambda = 100.0;
  int steps = 0;
  options.on_step = [&](const Step&) { return ++steps < 4; };
  const auto solution = solve_tree(at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}}), options);
  REQUIRE(solution.has_value());
  CHECK(solution->summary.termination == TreeTermination::cancelled);
  CHECK_FALSE(solution->certificate.holds);
}

TEST_CASE(
    "solve_tree: payoffs times c and lambda over c give the same play, however small or large c "
    "is") {
  const TreeSolution plain = solved(at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}}), 3.0);
  for (const double c : {1e-12, 1e-3, 1e6, 1e15}) {
    CAPTURE(c);
    const TreeSolution scaled = solved(at_once({{9 * c, 0}, {0, c}}, {{0, c}, {c, 0}}), 3.0 / c);
    for (int a = 0; a < 4; ++a)
      CHECK(std::abs(chance_of(scaled, a) - chance_of(plain, a)) < solved_to);
  }
}

TEST_CASE("solve_tree: inner outcomes add up along the path") {
  const TreeSolution solution =
      solved(read("EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"pay\" \"keep\" } 1 \"\" { 5 }\nc "
                  "\"\" 1 \"\" { \"a\" 1/2 \"b\" 1/2 } 2 \"\" { -1 }\n"
                  "t \"\" 3 \"\" { 4 }\nt \"\" 0\nt \"\" 0\n"),
             1.0);
  const double pay = 1.0 / (1.0 + std::exp(-1.0));  // 5 - 1 + 2 against 5
  CHECK(chance_of(solution, 0) == doctest::Approx(pay));
  CHECK(solution.certificate.values[0] == doctest::Approx(5.0 + pay));
}

TEST_CASE("solve_tree: a game without choices has its values and nothing to solve") {
  const TreeSolution solution = solved(read("EFG 2 R \"\" { \"A\" }\nc \"\" 1 \"\" { \"a\" 1/4 "
                                            "\"b\" 3/4 } 0\nt \"\" 1 \"\" { 4 }\nt \"\" 0\n"),
                                       5.0);
  CHECK(solution.certificate.values[0] == doctest::Approx(1.0));
  CHECK(solution.certificate.holds);
}

TEST_CASE(
    "solve_tree: refuses absent-mindedness, sets that chance never reaches, and numbers beyond "
    "arithmetic") {
  const auto code_of = [](const std::string& text, double lambda) {
    TreeOptions options;
    options.lambda = lambda;
    const auto solution = solve_tree(read(text), options);
    return solution ? std::string() : solution.error()[0].code;
  };
  CHECK(code_of("EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"on\" \"off\" } 0\np \"\" 1 1 0\nt "
                "\"\" 0 t \"\" 0 t \"\" 0",
                1.0) == "M0902");
  CHECK(code_of("EFG 2 R \"\" { \"A\" }\nc \"\" 1 \"\" { \"a\" 0 \"b\" 1 } 0\np \"\" 1 1 \"\" { "
                "\"l\" \"r\" } 0\nt \"\" 0 t \"\" 0 t \"\" 0",
                1.0) == "M0902");
  CHECK(code_of("EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 1 \"\" { 1e308 }\nt \"\" "
                "1 t \"\" 0",
                1.0) == "M0902");
  CHECK(code_of("EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 0\nt \"\" 1 \"\" { 1e50 } "
                "t \"\" 0",
                1e80) == "M0902");
}

TEST_CASE("solve_tree: a system too large is refused with its size before it is built") {
  TreeOptions options;
  options.lambda = 1.0;
  options.max_bytes = 100;
  const auto solution = solve_tree(at_once({{1, 0}, {0, 1}}, {{1, 0}, {0, 1}}), options);
  REQUIRE_FALSE(solution.has_value());
  CHECK(solution.error()[0].code == "M0901");
}

TEST_CASE("certify_tree: moving probability away from the solution is told by the residual") {
  const ExtensiveForm form = at_once({{9, 0}, {0, 1}}, {{0, 1}, {1, 0}});
  TreeSolution solution = solved(form, 3.0);
  CHECK(certify_tree(form, solution.log_strategy, 3.0).holds);
  const double moved = 0.001;
  solution.log_strategy[0] = std::log(chance_of(solution, 0) + moved);
  solution.log_strategy[1] = std::log(chance_of(solution, 1) - moved);
  const TreeCertificate spoilt = certify_tree(form, solution.log_strategy, 3.0);
  CHECK_FALSE(spoilt.holds);
  CHECK(spoilt.why_not[0].starts_with("residual:"));
}

TEST_CASE(
    "system: the Jacobian and the slope are those of the residual, by differences; also with odds "
    "seen differently and a bias") {
  ExtensiveForm form = read(
      "EFG 2 R \"\" { \"A\" \"B\" }\nc \"\" 1 \"\" { \"weak\" 1/3 \"tough\" 2/3 } 0\n"
      "p \"\" 1 1 \"\" { \"ask\" \"wait\" \"quit\" } 0\np \"\" 2 1 \"\" { \"give\" \"fight\" } "
      "0\nt \"\" 1 \"\" { 3, 1 }\nt \"\" 2 \"\" { -1, 2 }\n"
      "p \"\" 2 2 \"\" { \"give\" \"fight\" } 0\nt \"\" 3 \"\" { 2, 0 }\np \"\" 1 3 \"\" { \"l\" "
      "\"r\" } 0\nt \"\" 4 \"\" { 1, 1 }\nt \"\" 5 \"\" { 0, 3 }\nt "
      "\"\" 6 \"\" { 0, 1 }\n"
      "p \"\" 1 2 \"\" { \"ask\" \"wait\" \"quit\" } 0\np \"\" 2 1 0\nt \"\" 7 \"\" { 1, -1 }\nt "
      "\"\" 8 \"\" { 4, 2 }\n"
      "p \"\" 2 2 0\nt \"\" 9 \"\" { 1, 5 }\nt \"\" 10 \"\" { 2, 2 }\nt \"\" 11 \"\" { 1, 0 }\n");
  bool disagree = false, biased = false;
  SUBCASE("alike") {}
  SUBCASE("B sees other odds") { disagree = true; }
  SUBCASE("biased") { disagree = biased = true; }
  if (disagree) {
    form.perceived.assign(2 * form.actions.size(), 0.0);
    const auto types = static_cast<std::size_t>(
        form.sets[static_cast<std::size_t>(form.nodes[0].set)].first_action);
    form.perceived[types] = 1.0 / 3.0;
    form.perceived[types + 1] = 2.0 / 3.0;
    form.perceived[form.actions.size() + types] = 0.8;
    form.perceived[form.actions.size() + types + 1] = 0.2;
  }
  tree::System system(form);
  const auto n = static_cast<std::size_t>(system.num_unknowns());
  REQUIRE(n == 7);
  if (biased) system.set_bias({1.0, -2.0, 0.5, 3.0, 0.0, -1.0, 2.0}, 4.0);
  std::vector<double> x = system.start(), f(n), moved(n);
  for (std::size_t k = 0; k < n; ++k) x[k] += 0.3 * std::sin(1.0 + static_cast<double>(k));
  constexpr double lambda = 1.7, nudge = 1e-6, by_differences = 1e-8;
  tree::Bordered matrix = system.pattern();
  system.evaluate(x);
  system.jacobian(lambda, matrix);
  for (std::size_t c = 0; c < n; ++c) {
    std::vector<double> column(n, 0.0);
    for (int k = matrix.column_begin[c]; k < matrix.column_begin[c + 1]; ++k)
      if (matrix.row[static_cast<std::size_t>(k)] < static_cast<int>(n))
        column[static_cast<std::size_t>(matrix.row[static_cast<std::size_t>(k)])] =
            matrix.entry[static_cast<std::size_t>(k)];
    std::vector<double> up = x, down = x;
    up[c] += nudge;
    down[c] -= nudge;
    system.evaluate(up);
    system.residual(lambda, moved);
    system.evaluate(down);
    system.residual(lambda, f);
    for (std::size_t r = 0; r < n; ++r)
      CHECK(std::abs(column[r] - (moved[r] - f[r]) / (2.0 * nudge)) < by_differences);
  }
  std::vector<double> slope(n);
  system.evaluate(x);
  system.slope(slope);
  system.residual(lambda + nudge, moved);
  system.residual(lambda - nudge, f);
  for (std::size_t r = 0; r < n; ++r)
    CHECK(std::abs(slope[r] - (moved[r] - f[r]) / (2.0 * nudge)) < by_differences);
}

TEST_CASE("solve_tree: values and beliefs of a player who sees other odds are its own") {
  // Chance draws good or bad; A, who does not see it, enters or stays out.
  ExtensiveForm form = read(
      "EFG 2 R \"\" { \"A\" }\nc \"\" 1 \"\" { \"good\" 1/2 \"bad\" 1/2 } 0\np \"\" 1 1 \"\" { "
      "\"in\" \"out\" } 0\nt \"\" 1 \"\" { 2 }\nt \"\" 2 \"\" { 0 }\n"
      "p \"\" 1 1 0\nt \"\" 3 \"\" { -1 }\nt \"\" 4 \"\" { 0 }\n");
  const auto draw =
      static_cast<std::size_t>(form.sets[static_cast<std::size_t>(form.nodes[0].set)].first_action);
  form.perceived.assign(form.actions.size(), 0.0);
  form.perceived[draw] = 0.9;
  form.perceived[draw + 1] = 0.1;
  constexpr double lambda = 2.0, own = 0.9 * 2 - 0.1, analyst = 0.5 * 2 - 0.5;
  const TreeSolution solution = solved(form, lambda);
  const double in = 1.0 / (1.0 + std::exp(-lambda * own));
  CHECK(solution.certificate.holds);
  CHECK(solution.certificate.values[0] == doctest::Approx(in * own));
  CHECK(predict_tree(form, solution.log_strategy).payoffs[0] == doctest::Approx(in * analyst));
}

TEST_CASE(
    "solve_tree --all: between two folds every root of the joining game is found, folds with their "
    "place") {
  constexpr double out = 0.248;
  const ExtensiveForm form = joining(out);
  TreeOptions options;
  const Folds folds = folds_of_joining(out);
  options.lambda = 0.5 * (folds.up + folds.down);
  options.all = true;
  const auto solution = solve_tree(form, options);
  REQUIRE(solution.has_value());
  int roots = 0;
  for (double p = 0.5 + 1e-6; p < 0.999999; p += 1e-5) {
    const double before = lambda_of_joining(p, out) - options.lambda,
                 after = lambda_of_joining(p + 1e-5, out) - options.lambda;
    if (before * after > 0.0 || std::abs(before) > 0.1) continue;
    ++roots;
    bool found = false;
    for (const TreeFound& one : solution->all) {
      const double chance = std::exp(one.log_strategy[0]);
      found = found || (chance >= p - 1e-9 && chance <= p + 1.1e-5);
    }
    CHECK(found);
  }
  CHECK(roots == 3);
  for (const TreeTurn& fold : solution->summary.folds) CHECK(fold.set >= 0);
  for (const TreeFound& one : solution->all) CHECK(one.certificate.holds);
}

TEST_CASE(
    "elimination: many leaves that meet at one hub go before it, and what fills in is counted") {
  constexpr int leaves = 50;
  tree::BlockGraph graph;
  graph.size.assign(leaves + 1, 1);
  for (int k = 1; k <= leaves; ++k) graph.shared.emplace_back(0, k);  // the hub is given first
  const tree::Elimination found = tree::elimination_order(graph, 1e9);
  CHECK(found.order.back() == 0);
  CHECK(found.entries == 3.0 * leaves + 1.0);
  CHECK(std::isinf(tree::elimination_order(graph, 10.0).entries));
}
