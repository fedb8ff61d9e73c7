#include "worlds/shares.h"

#include <cmath>

#include <doctest/doctest.h>

using namespace melian;

TEST_CASE("shares: Student's quantiles are those of the tables") {
  // scipy 1.15, stats.t.ppf(.975, n).
  CHECK(student_quantile(1) == doctest::Approx(12.70620474));
  CHECK(student_quantile(2) == doctest::Approx(4.30265273));
  CHECK(student_quantile(15) == doctest::Approx(2.13144955));
  CHECK(student_quantile(31) == doctest::Approx(2.03951345));
}

TEST_CASE("shares: without weights the interval is Student's over the scrambles' shares") {
  // Shares .2, .3, .4 of ten worlds each: mean .3, standard error .1 / sqrt 3.
  const std::vector<ShareSums> scrambles{{2, 0, 10, 10}, {3, 0, 10, 10}, {4, 0, 10, 10}};
  const Share found = share_over(scrambles);
  const double half = 4.30265273 * 0.1 / std::sqrt(3.0);
  CHECK(found.share == doctest::Approx(0.3));
  CHECK(found.low == doctest::Approx(0.3 - half));
  CHECK(found.high == doctest::Approx(0.3 + half));
  CHECK(found.undecided_share == 0.0);
}

TEST_CASE("shares: undecided worlds widen the interval upwards and leave the lower end") {
  const std::vector<ShareSums> decided{{2, 0, 10, 10}, {3, 0, 10, 10}, {4, 0, 10, 10}},
      open{{2, 3, 10, 10}, {3, 3, 10, 10}, {4, 3, 10, 10}};
  CHECK(share_over(open).low == share_over(decided).low);
  CHECK(share_over(open).high == doctest::Approx(share_over(decided).high + 0.3));
  CHECK(share_over(open).undecided_share == doctest::Approx(0.3));
}

TEST_CASE(
    "shares: where all scrambles agree that a claim never holds, the interval is that of the "
    "binomial law and not empty") {
  const std::vector<ShareSums> scrambles{{0, 0, 16, 16}, {0, 0, 16, 16}};
  const Share found = share_over(scrambles);
  CHECK(found.low == 0.0);
  CHECK(found.high ==
        doctest::Approx(1.0 - std::pow(0.025, 1.0 / 32.0)));  // the exact bound with no success
}

TEST_CASE("shares: equal weights, of whatever size, are no weights") {
  const std::vector<ShareSums> plain{{2, 1, 10, 10}, {3, 0, 10, 10}},
      heavy{{14, 7, 70, 490}, {21, 0, 70, 490}};
  CHECK(share_over(heavy).share == doctest::Approx(share_over(plain).share));
  CHECK(share_over(heavy).low == doctest::Approx(share_over(plain).low));
  CHECK(share_over(heavy).high == doctest::Approx(share_over(plain).high));
}

TEST_CASE(
    "shares: the effective number is the number where weights are equal, and one where one world "
    "has it all") {
  CHECK(effective_number(std::vector<double>{2, 2, 2, 2}) == doctest::Approx(4.0));
  CHECK(effective_number(std::vector<double>{0, 0, 5}) == doctest::Approx(1.0));
  CHECK(effective_number(std::vector<double>{1, 3}) == doctest::Approx(1.6));
}

TEST_CASE(
    "shares: where all scrambles agree, weights that rest on few worlds leave a wide interval") {
  // Two scrambles of total weight 10 each; squares of 100 in all make them worth 4 worlds.
  const std::vector<ShareSums> scrambles{{10, 0, 10, 50}, {10, 0, 10, 50}};
  CHECK(share_over(scrambles).high == doctest::Approx(1.0));
  CHECK(share_over(scrambles).low == doctest::Approx(std::pow(0.025, 1.0 / 4.0)));
}
