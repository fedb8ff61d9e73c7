#include <doctest/doctest.h>

#include "support/stationary.h"

namespace melian {
namespace {

using test::answered;
using test::game_of;
using test::text_of;

}  // namespace

TEST_CASE(
    "two-sided private costs: at high precision no decision goes unsolved, and the certificate "
    "holds on refined grids alike") {
  const Game game = game_of(text_of("two_sided_private_costs"));
  for (const double lambda : {200.0, 1000.0}) {
    CAPTURE(lambda);
    const Answer coarse = answered(game, lambda, 9), fine = answered(game, lambda, 17);
    for (const Answer* one : {&coarse, &fine}) {
      CHECK(one->solution.summary.unsolved == 0);
      CHECK(one->solution.summary.several > 0);
      CHECK_MESSAGE(one->certificate.holds,
                    (one->certificate.why_not.empty() ? "" : one->certificate.why_not.front()));
    }
    for (std::size_t o = 0; o < fine.prediction.outcomes.size(); ++o)
      CHECK(fine.prediction.outcomes[o] ==
            doctest::Approx(coarse.prediction.outcomes[o]).epsilon(1e-6));
  }
}

TEST_CASE("two-sided private costs: the worst decisions are named first") {
  const Answer answer = answered(game_of(text_of("two_sided_private_costs")), 200.0, 17);
  REQUIRE(answer.solution.summary.jumps > 0);
  CHECK(answer.solution.summary.places.front().find("fold") != std::string::npos);
}

}  // namespace melian
