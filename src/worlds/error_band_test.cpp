#include "worlds/error_band.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "claims/verdict.h"

using namespace melian;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

metric::Expression expression(const std::string& text) {
  auto parsed = metric::parse_metric(text);
  REQUIRE(parsed.mistakes.empty());
  return parsed.value;
}

/// A different number for every tally that is named.
double number_of(const metric::Atom& atom) {
  const std::string name = atom.names.empty() ? "" : atom.names.front().text;
  return name == "a" ? 0.7 : name == "b" ? -0.4 : name == "c" ? 1.9 : 0.05;
}

double reach_of(const std::string& text) {
  return metric::reach(expression(text), {{number_of, {}}, {}});
}

/// How far the expression moves when every atom moves by `share` of itself, up or down: the
/// furthest of all ways, in shares.
double furthest(const std::string& text, double share) {
  const metric::Expression of = expression(text);
  const double here = evaluate(of, {number_of, {}});
  double out = 0.0;
  for (unsigned ways = 0; ways < 16; ++ways) {
    const auto moved = [&](const metric::Atom& atom) {
      const std::string& name = atom.names.front().text;
      const unsigned bit = name == "a" ? 0 : name == "b" ? 1 : name == "c" ? 2 : 3;
      return number_of(atom) * (1.0 + ((ways >> bit & 1U) != 0 ? share : -share));
    };
    out = std::max(out, std::abs(evaluate(of, {moved, {}}) - here) / share);
  }
  return out;
}

/// A skew number: log-normal, from two uniform ones (Box and Muller 1958).
double skew(RandomStream& from) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - from.uniform())),
               angle = 2.0 * 3.14159265358979323846 * from.uniform();
  return std::exp(1.5 * radius * std::cos(angle));
}

/// Worlds with a gap, what the finer grid makes of it, and its reach.
ClaimGaps world(double gap, double reach) { return {{gap}, {{gap}}, {}, {{reach}}, {}}; }

ParsedClaim one_comparison() {
  Study study;
  study.claims = {
      Claim{"C", "somebody", "so", "not so", {}, {{"", "", "rounds", {}, "value > 0"}}, {}, {}}};
  auto parsed = parse_claims(study);
  REQUIRE(parsed.has_value());
  return parsed->front();
}

}  // namespace

TEST_CASE(
    "conformal_band: of fewer than four scores nothing, of fewer than nine the largest, of nine "
    "the ninth, of nineteen the eighteenth") {
  CHECK(conformal_band({}).factor == infinite);
  CHECK(conformal_band({0.1, 0.1, 0.1}).factor == infinite);
  CHECK(conformal_band({0.1, 0.1, 0.1}).coverage == 0.0);
  const ErrorBand four = conformal_band({0.2, 0.3, 0.1, 0.25});
  CHECK(four.factor == 0.3);
  CHECK(four.coverage == doctest::Approx(4.0 / 5.0));
  std::vector<double> scores;
  for (int k = 1; k <= 9; ++k) scores.push_back(k);
  CHECK(conformal_band(scores).factor == 9.0);
  CHECK(conformal_band(scores).coverage == doctest::Approx(0.9));
  for (int k = 10; k <= 19; ++k) scores.push_back(k);
  CHECK(conformal_band(scores).factor == 18.0);
  CHECK(conformal_band(scores).coverage == doctest::Approx(0.9));
  CHECK(enough_checked == 9);
}

TEST_CASE(
    "conformal_band: a further world keeps to it as often as it says, however skew errors are and "
    "however their size varies") {
  constexpr int times = 20'000;
  for (const int checked : {4, 6, 9, 19}) {
    RandomStream random(7, static_cast<std::uint64_t>(checked));
    int kept = 0;
    double coverage = 0.0;
    for (int t = 0; t < times; ++t) {
      std::vector<double> scores;
      for (int w = 0; w < checked; ++w) {
        const double reach = skew(random);
        scores.push_back(moved_score(1.0, 1.0 + reach * skew(random), reach));
      }
      ErrorBand band = conformal_band(scores);
      const double reach = skew(random), error = reach * skew(random);
      kept += error <= band.error(reach) ? 1 : 0;
      coverage = band.coverage;
    }
    const double share = static_cast<double>(kept) / times;
    // Scores without ties: exactly k / (n + 1). Four standard errors of the share.
    CHECK(share == doctest::Approx(coverage).epsilon(
                       4.0 * std::sqrt(coverage * (1.0 - coverage) / times) / coverage));
  }
}

TEST_CASE(
    "scores: what the finer grid leaves where it is has no error, what it has no number for an "
    "unbounded one") {
  for (const auto& score : {moved_score, taken_back_score}) {
    CHECK(score(0.2, 0.2, 0.0) == 0.0);
    CHECK(score(0.2, 0.1, 0.5) == doctest::Approx(0.2));
    CHECK(score(-0.2, 0.1, 0.5) == doctest::Approx(0.6));
    CHECK(score(0.2, std::nan(""), 0.5) == infinite);
    CHECK(score(0.2, 0.1, 0.0) == infinite);
  }
  // Away from the threshold nothing is taken back; from a tie everything is.
  CHECK(moved_score(0.2, 0.3, 0.5) == doctest::Approx(0.2));
  CHECK(taken_back_score(0.2, 0.3, 0.5) == 0.0);
  CHECK(taken_back_score(-0.2, -0.3, 0.5) == 0.0);
  CHECK(taken_back_score(0.0, -0.3, 0.5) == doctest::Approx(0.6));
  CHECK(ErrorBand{infinite, 0.5, 1}.error(0.0) == infinite);
  CHECK(ErrorBand{0.1, 0.5, 1}.error(2.0) == doctest::Approx(0.2));
}

TEST_CASE(
    "bands_of: a checked world is never decided against its own finer grid, and one without a "
    "number there leaves all open") {
  const ParsedClaim claim = one_comparison();
  std::vector<ClaimGaps> coarse, fine;
  RandomStream random(3, 1);
  for (int w = 0; w < 6; ++w) {
    const double gap = random.uniform() - 0.5;
    coarse.push_back(world(gap, std::abs(gap) + 0.2));
    fine.push_back(world(gap + 0.8 * (random.uniform() - 0.5), 1.0));
  }
  const ClaimBands bands = bands_of(claim, coarse, fine);
  CHECK(bands.halves[0][0].taken_back[0].checked == 6);
  for (std::size_t w = 0; w < coarse.size(); ++w)
    CHECK(judge_gaps(claim, coarse[w], errors_in(coarse[w], bands)).verdict !=
          opposite_of(fine[w].halves[0][0] > 0 ? Verdict::holds : Verdict::fails));
  fine[4].halves[0][0] = std::nan("");
  CHECK(bands_of(claim, coarse, fine).halves[0][0].taken_back[0].factor == infinite);
  fine[4] = {};  // a game that failed there
  const ClaimBands open = bands_of(claim, coarse, fine);
  CHECK(open.halves[0][0].taken_back[0].factor == infinite);
  CHECK(judge_gaps(claim, coarse[0], errors_in(coarse[0], open)).verdict == Verdict::undecided);
  coarse[4].halves[0][0] = std::nan("");  // open anyway: tells nothing
  CHECK(bands_of(claim, coarse, fine).halves[0][0].taken_back[0].checked == 5);
  CHECK(std::isfinite(bands_of(claim, coarse, fine).halves[0][0].taken_back[0].factor));
}

TEST_CASE(
    "bands_of: worlds with several solutions have an error of their own, and none while few of "
    "them are checked") {
  const ParsedClaim claim = one_comparison();
  std::vector<ClaimGaps> coarse, fine;
  for (int w = 0; w < 8; ++w) {
    coarse.push_back(world(0.3, 1.0));
    coarse.back().several = w >= 5;
    fine.push_back(world(w >= 5 ? -0.4 : 0.2, 1.0));
  }
  const auto verdict = [&](bool several) {
    ClaimGaps here = world(0.3, 1.0);
    here.several = several;
    return judge_gaps(claim, here, errors_in(here, bands_of(claim, coarse, fine))).verdict;
  };
  CHECK(bands_of(claim, coarse, fine).halves[0][0].moved.factor == doctest::Approx(0.7));
  CHECK(verdict(false) == Verdict::holds);
  CHECK(verdict(true) == Verdict::undecided);  // three of them tell nothing
  coarse.push_back(coarse.back());
  fine.push_back(world(0.29, 1.0));
  CHECK(bands_of(claim, coarse, fine).halves[0][0].taken_back[1].factor == doctest::Approx(0.7));
  CHECK(verdict(true) == Verdict::undecided);
}

TEST_CASE(
    "errors_in: worlds are judged against their own finer grid as rarely as is said, with errors "
    "that lean one way and grow with the number") {
  const ParsedClaim claim = one_comparison();
  constexpr int times = 4'000;
  for (const int checked : {4, 9}) {
    RandomStream random(11, static_cast<std::uint64_t>(checked));
    const auto draw = [&](ClaimGaps& coarse, ClaimGaps& fine) {
      const double number = skew(random), gap = number - 1.0;  // is it above 1?
      coarse = world(gap, number + 1.0);
      fine = world(number * (1.0 + 0.3 * skew(random) - 0.2) - 1.0, 1.0);
    };
    int against = 0, decided = 0;
    double coverage = 0.0;
    for (int t = 0; t < times; ++t) {
      std::vector<ClaimGaps> coarse(static_cast<std::size_t>(checked)),
          fine(static_cast<std::size_t>(checked));
      for (std::size_t w = 0; w < coarse.size(); ++w) draw(coarse[w], fine[w]);
      ClaimGaps here, there;
      draw(here, there);
      const ClaimBands bands = bands_of(claim, coarse, fine);
      coverage = bands.halves[0][0].taken_back[0].coverage;
      const Verdict verdict = judge_gaps(claim, here, errors_in(here, bands)).verdict;
      decided += verdict == Verdict::undecided ? 0 : 1;
      against +=
          verdict == opposite_of(there.halves[0][0] > 0 ? Verdict::holds : Verdict::fails) ? 1 : 0;
    }
    CHECK(static_cast<double>(against) / times <= 1.0 - coverage);
    CHECK(decided > times / 4);
  }
}

TEST_CASE("metric reach: closed forms") {
  CHECK(reach_of("3") == 3.0);
  CHECK(reach_of("tally(a) - tally(b)") == doctest::Approx(0.7 + 0.4));
  CHECK(reach_of("2 * tally(a)") == doctest::Approx(2.8));
  CHECK(reach_of("tally(a) / tally(b)") == doctest::Approx(2.0 * 0.7 / 0.4));
  CHECK(reach_of("max(tally(a), tally(c))") == doctest::Approx(1.9));
  CHECK(reach_of("log(tally(c))") == doctest::Approx(1.0));
  CHECK(reach_of("tally(a) - 0.5") == doctest::Approx(1.2));
  // A difference near nought below the line makes a ratio reach far.
  CHECK(reach_of("tally(c) / (tally(a) + tally(b) - 0.29)") > 100.0 * 1.9);
}

TEST_CASE(
    "metric reach: the furthest that atoms, each moved by a small share of itself, move an "
    "expression, never less") {
  constexpr double share = 1e-6;
  for (const char* text : {"tally(a) + tally(b) * tally(c)", "(tally(a) - tally(b)) / tally(c)",
                           "tally(c) / (tally(a) + tally(d))", "abs(tally(b)) - tally(a)",
                           "log(tally(c)) * tally(a)", "-tally(b)"})
    CHECK(reach_of(text) == doctest::Approx(furthest(text, share)).epsilon(1e-4));
  // An atom that stands twice, and the lesser of two, may reach less far than told.
  for (const char* text : {"tally(a) - tally(a) * tally(b)", "min(tally(a), tally(c))",
                           "max(tally(a) - tally(b), tally(c)) / tally(c)"})
    CHECK(reach_of(text) >= furthest(text, share) * (1.0 - 1e-4));
}

TEST_CASE("claims: the reach of a half's ratio and difference is that of its two numbers") {
  Study study;
  study.variants = {{"quiet", "", {}}};
  const Claim claim{"C",
                    "somebody",
                    "so",
                    "not so",
                    {},
                    {{"",
                      "",
                      "rounds",
                      {"base", "quiet"},
                      "ratio < 0.5 and difference > 0.1 and first > second"}},
                    {},
                    {}};
  study.claims = {claim};
  const auto parsed = parse_claims(study);
  REQUIRE(parsed.has_value());
  const AtomNumbers numbers = [](const std::string& variant, const metric::Atom&) {
    return std::optional(variant == "base" ? 3.0 : 2.0);
  };
  const ClaimGaps gaps = gaps_of(claim, parsed->front(), numbers);
  CHECK(gaps.half_reaches[0][0] == doctest::Approx(2.0 * 3.0 / 2.0 + 0.5));
  CHECK(gaps.half_reaches[0][1] == doctest::Approx(3.0 + 2.0 + 0.1));
  CHECK(gaps.half_reaches[0][2] == doctest::Approx(3.0 + 2.0));
}
