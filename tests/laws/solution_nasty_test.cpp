/// Games at the edge of arithmetic: answered, or honestly not.

#include <cmath>

#include <doctest/doctest.h>

#include "support/nasty_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

TEST_CASE("nasty games: never an answer that is no number; what does not hold says why") {
  for (const NastyGame& nasty : nasty_games()) {
    CAPTURE(nasty.name);
    SolveOptions options;
    options.method = grid_of(nasty.game, 17);
    options.lambda = nasty.lambda;
    options.refined = true;
    const auto solution = solve(nasty.game, options);
    if (!solution) {
      CHECK(!solution.error().empty());
      continue;
    }
    for (const double log : solution->assessment.log_strategy) {
      REQUIRE(!std::isnan(log));
      REQUIRE(log <= 1e-12);
    }
    for (const auto& row : solution->start_values)
      for (const double value : row) CHECK(std::isfinite(value));
    if (solution->summary.unsolved > 0)
      CHECK(solution->summary.termination == Termination::unsolved_decisions);
    const Certificate certificate = certify(nasty.game, solution->assessment, *solution->refined);
    CHECK(certificate.holds == certificate.why_not.empty());
    CHECK(!std::isnan(certificate.residual));
    CHECK(!std::isnan(certificate.beliefs));
    CHECK(!std::isnan(certificate.cell_step));
    CHECK(!std::isnan(certificate.path_error));
    if (!certificate.holds) MESSAGE(nasty.name, ": ", certificate.why_not.front());
  }
}

TEST_CASE("nasty games: duplicate actions are taken equally often") {
  for (const NastyGame& nasty : nasty_games()) {
    if (nasty.name != "duplicate offers") continue;
    const Solution solution = solved(nasty.game, nasty.lambda, 33, false);
    const Structure& shape = nasty.game.shape();
    const PublicState& root = shape.states[static_cast<std::size_t>(shape.root)];
    const std::int64_t points = solution.assessment.axes.num_points(root.live),
                       row = solution.assessment.row(shape, 0, shape.root);
    for (std::int64_t p = 0; p < points; ++p)
      for (int k = 0; k < 4; k += 2)
        CHECK(solution.assessment.log_strategy[static_cast<std::size_t>(row + k * points + p)] ==
              doctest::Approx(solution.assessment.log_strategy[static_cast<std::size_t>(
                  row + (k + 1) * points + p)]));
  }
}
