/// Crossings, the search for other equilibria, and their names.

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/core.h>

#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

ExtensiveForm read(const std::string& text) {
  auto form = read_efg_text(text, "test.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  return std::move(*form);
}

/// Chance draws which of several meetings is played; meeting k pays `stakes[k]` to both. Play that
/// mixes evenly is a solution at every lambda, and another branch crosses it at 2 / stakes[k].
ExtensiveForm meetings(const std::vector<double>& stakes) {
  std::string odds;
  for (std::size_t k = 0; k < stakes.size(); ++k)
    odds += fmt::format(" \"m{}\" 1/{}", k, stakes.size());
  std::string text =
      fmt::format("EFG 2 R \"meetings\" {{ \"A\" \"B\" }}\nc \"\" 1 \"\" {{{} }} 0\n", odds);
  for (std::size_t k = 0; k < stakes.size(); ++k) {
    text += fmt::format("p \"\" 1 {} \"\" {{ \"l\" \"r\" }} 0\n", k + 1);
    for (const bool left : {true, false}) {
      text += fmt::format("p \"\" 2 {} \"\" {{ \"l\" \"r\" }} 0\n", k + 1);
      for (const bool too : {true, false})
        text += left == too
                    ? fmt::format("t \"\" {} \"met\" {{ {}, {} }}\n", k + 2, stakes[k], stakes[k])
                    : std::string("t \"\" 1 \"missed\" { 0, 0 }\n");
    }
  }
  return read(text);
}

/// Three places to meet, each worth one to both.
ExtensiveForm three_places() {
  std::string text =
      "EFG 2 R \"places\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"a\" \"b\" \"c\" } 0\n";
  for (int a = 0; a < 3; ++a) {
    text += "p \"\" 2 1 \"\" { \"a\" \"b\" \"c\" } 0\n";
    for (int b = 0; b < 3; ++b)
      text += a == b ? "t \"\" 1 \"met\" { 1, 1 }\n" : "t \"\" 2 \"missed\" { 0, 0 }\n";
  }
  return read(text);
}

TreeSolution searched(const ExtensiveForm& form, double lambda,
                      std::int64_t work = default_search_work) {
  TreeOptions options;
  options.lambda = lambda;
  options.all = true;
  options.search_work = work;
  auto solution = solve_tree(form, options);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : render(solution.error())));
  CHECK(solution->summary.termination == TreeTermination::reached);
  CHECK(solution->certificate.holds);
  return std::move(*solution);
}

double share_of(const ExtensiveForm& form, const TreeFound& found, const std::string& outcome) {
  double out = 0.0;
  for (const TreePrediction::End& end : predict_tree(form, found.log_strategy).ends)
    if (end.outcome == outcome) out += end.probability;
  return out;
}

double drawn(std::uint64_t game, std::uint64_t which, double low, double high) {
  RandomStream random(game, which);
  return low + (high - low) * random.uniform();
}

/// A 2 x 2 x 2 game with payoffs drawn from 0 to 4.
ExtensiveForm drawn_game(std::uint64_t seed) {
  std::string text = "EFG 2 R \"drawn\" { \"A\" \"B\" \"C\" }\np \"\" 1 1 \"\" { \"x\" \"y\" } 0\n";
  RandomStream random(seed, 0);
  int outcome = 0;
  for (int a = 0; a < 2; ++a) {
    text += "p \"\" 2 1 \"\" { \"x\" \"y\" } 0\n";
    for (int b = 0; b < 2; ++b) {
      text += "p \"\" 3 1 \"\" { \"x\" \"y\" } 0\n";
      for (int c = 0; c < 2; ++c) {
        const double u = 4 * random.uniform(), v = 4 * random.uniform(), w = 4 * random.uniform();
        ++outcome;
        text += fmt::format("t \"\" {} \"o{}\" {{ {}, {}, {} }}\n", outcome, outcome, u, v, w);
      }
    }
  }
  return read(text);
}

/// What the solution at hand is: its strategy must be its game's solution at lambda.
void check_names(const TreeSolution& solution) {
  std::set<std::string> ids;
  for (const TreeFound& found : solution.all) {
    ids.insert(found.id);
    CHECK(found.certificate.holds);
  }
  CHECK(ids.size() == solution.all.size());
}

}  // namespace

TEST_CASE("solve_tree: every crossing of a straight branch is told, at whatever lambda is asked") {
  constexpr double told_to = 1e-4;  // relative: what a step across it leaves
  for (std::uint64_t game = 0; game < 12; ++game) {
    std::vector<double> stakes;
    for (std::uint64_t k = 0; k < 3; ++k) stakes.push_back(drawn(game, k, 0.5, 2.0));
    if (game == 0) stakes = {1.0, 1.4};
    const ExtensiveForm form = meetings(stakes);
    std::vector<double> expected;
    for (const double stake : stakes) expected.push_back(2.0 / stake);
    std::ranges::sort(expected);
    CAPTURE(game);
    for (const double lambda : {1.02 * expected.back(), 3.0 * expected.back(), 500.0}) {
      CAPTURE(lambda);
      TreeOptions options;
      options.lambda = lambda;
      const auto solution = solve_tree(form, options);
      REQUIRE(solution.has_value());
      CHECK(solution->certificate.holds);
      REQUIRE(solution->summary.branch_points.size() == expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k)
        CHECK(std::abs(solution->summary.branch_points[k].lambda / expected[k] - 1.0) < told_to);
    }
  }
}

TEST_CASE("solve_tree: two branches that cross at one point are told, though no sign changes") {
  TreeOptions options;
  options.lambda = 8.0;
  const auto solution = solve_tree(three_places(), options);
  REQUIRE(solution.has_value());
  REQUIRE(solution->summary.branch_points.size() == 1);
  CHECK(solution->summary.branch_points[0].lambda == doctest::Approx(3.0).epsilon(1e-5));
}

TEST_CASE("solve_tree: exactly where branches cross there is an answer, and it is one") {
  for (std::uint64_t game = 0; game < 12; ++game) {
    const double stake = game == 0 ? 1.0 : drawn(game, 9, 0.3, 3.0);
    CAPTURE(stake);
    const TreeSolution solution = searched(meetings({stake}), 2.0 / stake);
    CHECK(solution.all.size() == 1);
    CHECK(std::exp(solution.log_strategy[2]) == doctest::Approx(0.5));
  }
}

TEST_CASE(
    "solve_tree --all: three places to meet have seven equilibria, in the work nobody asked for") {
  for (const double lambda : {4.0, 10.0, 100.0}) {
    const TreeSolution solution = searched(three_places(), lambda);
    CHECK(solution.all.size() == 7);
    check_names(solution);
  }
}

TEST_CASE(
    "solve_tree --all: signals of resolve pool with war, and among the others is the separation "
    "without") {
  const Game game = game_from(text_of("fearon_1997_signals"), {{"way", std::string("sink")}});
  const auto form = unroll(game);
  REQUIRE(form.has_value());
  const TreeSolution solution = searched(*form, 60.0);
  CHECK(share_of(*form, solution.all[0], "war") == doctest::Approx(0.3).epsilon(1e-3));
  double least = 1.0;
  for (const TreeFound& found : solution.all)
    least = std::min(least, share_of(*form, found, "war"));
  CHECK(least < 1e-3);
  check_names(solution);
}

TEST_CASE(
    "solve_tree --all: where reassurance is an equilibrium it is found beside conflict: who can be "
    "trusted cooperates first, so that trust comes about where both can be") {
  const Game game = game_from(text_of("kydd_2000_reassurance"), {{"alpha", 0.45}});
  const auto form = unroll(game);
  REQUIRE(form.has_value());
  const TreeSolution solution = searched(*form, 400.0);
  CHECK(share_of(*form, solution.all[0], "conflict") > 0.999);
  bool reassured = false;
  for (const TreeFound& found : solution.all)
    reassured = reassured || std::abs(share_of(*form, found, "trust") - 0.4 * 0.4) < 1e-3;
  CHECK(reassured);
  check_names(solution);
}

TEST_CASE("solution_id: names do not hang on threads, on the work of the search, or on round-off") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CAPTURE(seed);
    ExtensiveForm form = drawn_game(seed);
    const auto names = [&](const TreeSolution& solution) {
      std::set<std::string> out;
      for (const TreeFound& found : solution.all) out.insert(found.id);
      return out;
    };
    constexpr double lambda = 12.0;
    const TreeSolution one = searched(form, lambda);
    set_threads(1);
    const TreeSolution alone = searched(form, lambda);
    set_threads(0);
    CHECK(names(one) == names(alone));
    for (std::size_t k = 0; k < one.all.size(); ++k)
      CHECK(one.all[k].log_strategy == alone.all[k].log_strategy);
    const TreeSolution thorough = searched(form, lambda, 20 * default_search_work);
    for (double& payoff : form.payoffs) payoff *= 1.0 + 1e-9;
    const TreeSolution nearby = searched(form, lambda);
    for (const TreeFound& found : one.all) {
      CHECK(find_solution(thorough.all, found.id) >= 0);
      CHECK(find_solution(nearby.all, found.id) >= 0);
    }
    check_names(one);
  }
}

TEST_CASE("choose: by name, by the values of all, and by one player's") {
  const ExtensiveForm form = read(
      "EFG 2 R \"battle\" { \"A\" \"B\" }\np \"\" 1 1 \"\" { \"x\" \"y\" } 0\np \"\" 2 1 \"\" { "
      "\"x\" \"y\" } 0\nt \"\" 1 \"xx\" { 5, 1 }\nt \"\" 2 \"no\" { 0, 0 }\np \"\" 2 1 0\nt \"\" "
      "2 \"no\" { 0, 0 }\nt \"\" 3 \"yy\" { 1, 2 }\n");
  const TreeSolution found = searched(form, 20.0);
  REQUIRE(found.all.size() == 3);
  const auto chosen = [&](const Choice& choice) {
    TreeSolution out = found;
    const auto done = choose(form, out, choice);
    REQUIRE_MESSAGE(done.has_value(), (done ? "" : render(done.error())));
    CHECK(out.log_strategy == out.all[out.chosen].log_strategy);
    CHECK(out.certificate.values == out.all[out.chosen].certificate.values);
    return share_of(form, out.all[out.chosen], "xx");
  };
  CHECK(chosen({"", "values"}) > 0.99);
  CHECK(chosen({"", "value:A"}) > 0.99);
  CHECK(chosen({"", "value:B"}) < 0.01);
  for (const TreeFound& one : found.all)
    CHECK(chosen({one.id, "principal"}) == share_of(form, one, "xx"));
  TreeSolution out = found;
  const auto nowhere = choose(form, out, {"000-000-000", "principal"});
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error()[0].code == no_such_solution_code);
  CHECK(nowhere.error()[0].hint.find(found.all[1].id) != std::string::npos);
  CHECK_FALSE(choose(form, out, {"", "value:C"}).has_value());
  CHECK_FALSE(choose(form, out, {"", "fairest"}).has_value());
}

TEST_CASE("carry: a solution is followed to another game, and told where it ends on the way") {
  const auto battle = [](double xx) {
    return read(fmt::format(
        "EFG 2 R \"battle\" {{ \"A\" \"B\" }}\np \"\" 1 1 \"\" {{ \"x\" \"y\" }} 0\np \"\" 2 1 "
        "\"\" {{ \"x\" \"y\" }} 0\nt \"\" 1 \"xx\" {{ {0}, {0} }}\nt \"\" 2 \"no\" {{ 0, 0 }}\np "
        "\"\" 2 1 0\nt \"\" 2 \"no\" {{ 0, 0 }}\nt \"\" 3 \"yy\" {{ 2, 2 }}\n",
        xx));
  };
  constexpr double lambda = 6.0;
  const ExtensiveForm from = battle(2.0), to = battle(1.5), beyond = battle(-2.0);
  const TreeSolution found = searched(from, lambda);
  const auto on_x = std::ranges::find_if(
      found.all, [&](const TreeFound& one) { return share_of(from, one, "xx") > 0.9; });
  REQUIRE(on_x != found.all.end());
  TreeOptions options;
  options.lambda = lambda;
  const auto carried = carry(from, on_x->log_strategy, lambda, to, options);
  REQUIRE(carried.has_value());
  CHECK(carried->certificate.holds);
  CHECK(std::exp(carried->log_strategy[0]) > 0.9);
  const auto ended = carry(from, on_x->log_strategy, lambda, beyond, options);
  REQUIRE_FALSE(ended.has_value());
  CHECK(ended.error()[0].code == no_such_solution_code);
}

TEST_CASE("simulate_tree: plays end in each outcome as often as predicted") {
  const ExtensiveForm form = drawn_game(3);
  const TreeSolution solution = searched(form, 2.0);
  constexpr std::int64_t plays = 20'000;
  const std::vector<TreePlay> drawn_plays = simulate_tree(form, solution.log_strategy, plays, 7);
  CHECK(drawn_plays == simulate_tree(form, solution.log_strategy, plays, 7));
  for (const TreePrediction::End& end : predict_tree(form, solution.log_strategy).ends) {
    std::int64_t ended = 0;
    for (const TreePlay& play : drawn_plays) {
      const int outcome = form.nodes[static_cast<std::size_t>(play.back())].outcome;
      ended += form.outcomes[static_cast<std::size_t>(outcome)].label == end.outcome ? 1 : 0;
    }
    const double spread = std::sqrt(end.probability * (1 - end.probability) / plays);
    CHECK(std::abs(static_cast<double>(ended) / plays - end.probability) < 5 * spread + 1e-9);
  }
}
