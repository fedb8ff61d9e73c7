#include "claims/claims.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "claims/verdict.h"

using namespace melian;

namespace {

/// Numbers that do not depend on the atom, by variant.
AtomNumbers constant(std::map<std::string, double> by_variant) {
  return [by_variant](const std::string& variant, const metric::Atom&) -> std::optional<double> {
    const auto found = by_variant.find(variant);
    return found == by_variant.end() ? std::nullopt : std::optional(found->second);
  };
}

struct Case {
  Claim claim;
  ParsedClaim parsed;
};

Case claim_of(std::vector<ClaimHalf> halves, std::vector<std::string> only_if = {}) {
  Study study;
  study.variants = {{"quiet", "", {}}};
  Claim claim{"C", "somebody", "so", "not so", {}, std::move(halves), std::move(only_if), {}};
  study.claims = {claim};
  auto parsed = parse_claims(study);
  REQUIRE(parsed.has_value());
  return {claim, parsed->front()};
}

ClaimJudgement judge(const Case& of, AtomNumbers fine, AtomNumbers coarse,
                     std::optional<AtomNumbers> selection = std::nullopt) {
  return judge_claim(of.claim, of.parsed,
                     {std::move(fine), std::move(coarse), std::move(selection)});
}

}  // namespace

TEST_CASE("verdict: a number beyond its error decides, within it nothing is decided") {
  CHECK(judge_gap(0.2, 0.1) == Verdict::holds);
  CHECK(judge_gap(-0.2, 0.1) == Verdict::fails);
  CHECK(judge_gap(0.05, 0.1) == Verdict::undecided);
  CHECK(judge_gap(0.1, 0.1) == Verdict::undecided);
  CHECK(judge_gap(0.0, 0.0) == Verdict::undecided);
  CHECK(judge_gap(0.0, 0.0, true) == Verdict::holds);
  CHECK(judge_gap(std::nan(""), 0.0) == Verdict::undecided);
  CHECK(judge_gap(1.0, std::numeric_limits<double>::infinity()) == Verdict::undecided);
}

TEST_CASE("verdict: a claim holds if all its halves do and fails if one does") {
  using enum Verdict;
  CHECK(all_of({holds, holds}) == holds);
  CHECK(all_of({holds, fails, undecided}) == fails);
  CHECK(all_of({holds, undecided}) == undecided);
  CHECK(all_of({}) == undecided);
  CHECK(opposite_of(holds) == fails);
  CHECK(opposite_of(undecided) == undecided);
}

TEST_CASE("claim: its error is the change from the grid with half the nodes") {
  const Case more = claim_of({{"", "", "rounds", {}, "value > 0.5"}});
  const ClaimJudgement clear = judge(more, constant({{"base", 1.0}}), constant({{"base", 0.9}}));
  CHECK(clear.verdict == Verdict::holds);
  CHECK(clear.halves[0].error() == doctest::Approx(0.1));
  CHECK(clear.halves[0].value == 1.0);
  CHECK(clear.halves[0].compared_with == 0.5);
  CHECK(judge(more, constant({{"base", 0.55}}), constant({{"base", 0.45}})).verdict ==
        Verdict::undecided);
  CHECK(judge(more, constant({{"base", 0.1}}), constant({{"base", 0.2}})).verdict ==
        Verdict::fails);
}

TEST_CASE("claim: below a threshold is the mirror of above") {
  const Case less = claim_of({{"", "", "rounds", {}, "value < 0.5"}});
  CHECK(judge(less, constant({{"base", 0.1}}), constant({{"base", 0.2}})).verdict ==
        Verdict::holds);
  CHECK(judge(less, constant({{"base", 1.0}}), constant({{"base", 0.9}})).verdict ==
        Verdict::fails);
  const Case turned = claim_of({{"", "", "rounds", {}, "0.5 > value"}});
  const ClaimJudgement judged = judge(turned, constant({{"base", 0.1}}), constant({{"base", 0.2}}));
  CHECK(judged.verdict == Verdict::holds);
  CHECK(judged.halves[0].value == 0.1);
  CHECK(judged.halves[0].compared_with == 0.5);
}

TEST_CASE("claim: two variants give a difference and a ratio") {
  const AtomNumbers numbers = constant({{"base", 2.0}, {"quiet", 6.0}});
  CHECK(
      judge(claim_of({{"", "", "rounds", {"quiet", "base"}, "difference > 3.9"}}), numbers, numbers)
          .verdict == Verdict::holds);
  CHECK(judge(claim_of({{"", "", "rounds", {"quiet", "base"}, "ratio < 2.5"}}), numbers, numbers)
            .verdict == Verdict::fails);
  const ClaimJudgement judged =
      judge(claim_of({{"", "", "rounds", {"base", "quiet"}, "first < second"}}), numbers, numbers);
  CHECK(judged.verdict == Verdict::holds);
  CHECK(judged.halves[0].first == 2.0);
  CHECK(judged.halves[0].second == 6.0);
}

TEST_CASE("claim: an atom in a named variant ignores the variants compared") {
  const AtomNumbers numbers = constant({{"base", 2.0}, {"quiet", 6.0}});
  CHECK(
      judge(claim_of({{"", "", "rounds - rounds in quiet", {}, "value < -3.9"}}), numbers, numbers)
          .verdict == Verdict::holds);
}

TEST_CASE("claim: solutions that disagree make it undecided") {
  const Case more = claim_of({{"", "", "rounds", {}, "value > 0.5"}});
  const ClaimJudgement judged =
      judge(more, constant({{"base", 1.0}}), constant({{"base", 1.0}}), constant({{"base", 0.3}}));
  CHECK(judged.verdict == Verdict::undecided);
  CHECK(judged.halves[0].solver_error == doctest::Approx(0.7));
  REQUIRE(judged.why.size() == 1);
  CHECK(judged.why[0].starts_with("several solutions"));
}

TEST_CASE("claim: a guard that is not met makes it undecided and says so") {
  const AtomNumbers numbers = constant({{"base", 1.0}});
  const Case guarded = claim_of({{"", "", "rounds", {}, "value > 0.5"}}, {"rounds > 2"});
  const ClaimJudgement judged = judge(guarded, numbers, numbers);
  CHECK(judged.verdict == Verdict::undecided);
  CHECK_FALSE(judged.guards[0].met);
  CHECK(judged.why.back() == "the claim is judged only if rounds > 2, which is not so here");
  CHECK(judge(claim_of({{"", "", "rounds", {}, "value > 0.5"}}, {"rounds > 0.2"}), numbers, numbers)
            .verdict == Verdict::holds);
}

TEST_CASE("claim: what never happens is undecided, not zero") {
  const AtomNumbers nothing = constant({});
  const ClaimJudgement judged =
      judge(claim_of({{"", "", "accepted(y)", {}, "value < 0.5"}}), nothing, nothing);
  CHECK(judged.verdict == Verdict::undecided);
  CHECK_FALSE(judged.halves[0].value.has_value());
}

TEST_CASE("claim: the half that decides is the one shown") {
  const AtomNumbers numbers = constant({{"base", 1.0}});
  const ClaimJudgement judged =
      judge(claim_of({{"a", "", "rounds", {}, "value > 0"}, {"b", "", "rounds", {}, "value > 2"}}),
            numbers, numbers);
  CHECK(judged.verdict == Verdict::fails);
  CHECK(judged.deciding == 1);
}

TEST_CASE("claim: a contrast is judged and shown, and decides nothing") {
  const AtomNumbers numbers = constant({{"base", 1.0}});
  const ClaimJudgement judged = judge(
      claim_of({{"a", "", "rounds", {}, "value > 2", true}, {"b", "", "rounds", {}, "value > 0"}}),
      numbers, numbers);
  CHECK(judged.verdict == Verdict::holds);
  CHECK(judged.deciding == 1);
  CHECK(judged.halves[0].verdict == Verdict::fails);
}

TEST_CASE("claim: a contrast decides nothing over plausible worlds either") {
  const Case both =
      claim_of({{"a", "", "rounds", {}, "value > 2", true}, {"b", "", "rounds", {}, "value > 0"}});
  const ClaimGaps gaps = gaps_of(both.claim, both.parsed, constant({{"base", 1.0}}));
  ClaimGaps exact = gaps;
  for (auto& half : exact.halves) std::ranges::fill(half, 0.0);
  const GapsVerdict judged = judge_gaps(both.parsed, gaps, exact);
  CHECK(judged.verdict == Verdict::holds);
  CHECK(judged.deciding == 1);
  CHECK(judged.halves[0] == Verdict::fails);
}

TEST_CASE("base rate: wars that had lasted 1178 days go on for another year with probability .54") {
  // Weibull shape .72, median 163 days (inter-state wars); computed by hand: exp(-(3.499 - 2.881)).
  const BaseRate rate{"wars", "", "", 0.72, 163, 1178, 30.4};
  CHECK(rate.survival(12) == doctest::Approx(0.54).epsilon(0.01));
  CHECK(rate.survival(0) == 1.0);
}
