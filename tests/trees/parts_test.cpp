/// Numeric types in parts: as the parts grow in number, the tree comes to the game with a continuum
/// of types.

#include "trees/model_trees.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// log(1 + e^z), whose slope is sigma.
double softplus(double z) {
  return z > 0.0 ? z + std::log1p(std::exp(-z)) : std::log1p(std::exp(z));
}

/// How often a type drawn evenly from `low` to `high` accepts, when it gains its type plus `gain`
/// by it.
double accepted(double lambda, double gain, double low, double high) {
  return (softplus(lambda * (gain + high)) - softplus(lambda * (gain + low))) /
         (lambda * (high - low));
}

/// Logit play over offers with these payoffs at the nodes of an even grid; ends weigh half. Returns
/// the probabilities.
std::vector<double> logit_offers(double lambda, const std::vector<double>& payoffs) {
  double most = -1e300, sum = 0.0;
  for (const double payoff : payoffs) most = std::max(most, payoff);
  std::vector<double> out;
  for (std::size_t k = 0; k < payoffs.size(); ++k) {
    out.push_back((k == 0 || k + 1 == payoffs.size() ? 0.5 : 1.0) *
                  std::exp(lambda * (payoffs[k] - most)));
    sum += out.back();
  }
  for (double& one : out) one /= sum;
  return out;
}

struct Outcome {
  double value = 0.0, refused = 0.0;
};

double gap(const Outcome& a, const Outcome& b) {
  return std::max(std::abs(a.value - b.value), std::abs(a.refused - b.refused));
}

/// Errors that must fall with the square of the number of parts: halved parts, a quarter of the
/// error.
void falls_with_the_square(const std::vector<double>& errors) {
  for (std::size_t k = 1; k < errors.size(); ++k) {
    CAPTURE(k);
    CAPTURE(errors[k - 1]);
    CAPTURE(errors[k]);
    CHECK(errors[k] < 0.3 * errors[k - 1]);
  }
}

}  // namespace

TEST_CASE(
    "parts: a uniform cost of war in 5, 10, 20 and 40 parts comes to the continuum as one over "
    "their number squared") {
  constexpr double lambda = 30.0, p = 0.5, cost = 0.1, most = 0.4, step = 0.05;
  std::vector<double> payoffs, refusals;
  for (int k = 0; k <= 20; ++k) {
    const double x = step * k, yes = accepted(lambda, (1 - x) - (1 - p), 0.0, most);
    payoffs.push_back(yes * x + (1 - yes) * (p - cost));
    refusals.push_back(1 - yes);
  }
  const std::vector<double> offers = logit_offers(lambda, payoffs);
  Outcome exact;
  for (std::size_t k = 0; k < offers.size(); ++k)
    exact.value += offers[k] * payoffs[k], exact.refused += offers[k] * refusals[k];
  std::vector<double> errors;
  for (const char* parts : {"5", "10", "20", "40"}) {
    const std::string text = with(with(text_of("m01a_fearon_uniform_cost"), "in 40 parts",
                                       std::string("in ") + parts + " parts"),
                                  "by 0.01", "by 0.05");
    const SolvedTree tree = tree_of(game_from(text), lambda);
    errors.push_back(gap(
        {tree.value(0), share(predict_tree(tree.form, tree.solution.log_strategy), "war")}, exact));
  }
  falls_with_the_square(errors);
  CHECK(errors.back() < 2e-4);
}

TEST_CASE("parts: at high lambda the uniform cost gives the published demand, war and payoff") {
  for (const auto& [p, cost, most, demand, war, value] :
       {std::tuple(.5, .1, .4, .65, .375, .55625), std::tuple(.3, .1, .4, .45, .375, .35625),
        std::tuple(.4, .2, .5, .55, .30, .445)}) {
    CAPTURE(p);
    const std::string text = with(text_of("m01a_fearon_uniform_cost"), "by 0.01", "by 0.025");
    const SolvedTree tree =
        tree_of(game_from(text, {{"p", p}, {"cost[A]", cost}, {"C", most}}), 3000.0);
    constexpr double noise = 1e-3;  // a few over lambda
    const TreePrediction seen = predict_tree(tree.form, tree.solution.log_strategy);
    CHECK(std::abs(tree.value(0) - value) < 0.2 * noise);
    CHECK(std::abs(share(seen, "war") - war) < noise);
    double mean = 0.0;
    for (const std::string x :
         {"0.35", "0.375", "0.4", "0.425", "0.45", "0.475", "0.5", "0.525", "0.55", "0.575", "0.6",
          "0.625", "0.65", "0.675", "0.7", "0.725", "0.75"})
      mean += std::stod(x) * tree.chance("x", x);
    CHECK(std::abs(mean - demand) < noise);
  }
}

TEST_CASE(
    "parts: one offer before the deadline comes to its closed form, at finite lambda and in the "
    "limit") {
  constexpr double lambda = 30.0, step = 0.1;
  std::vector<double> payoffs, refusals;
  for (int k = 0; k <= 10; ++k) {
    const double yes = accepted(lambda, -step * k, 0.0, 1.0);
    payoffs.push_back(yes * step * k);
    refusals.push_back(1 - yes);
  }
  const std::vector<double> offers = logit_offers(lambda, payoffs);
  Outcome exact;
  for (std::size_t k = 0; k < offers.size(); ++k)
    exact.value += offers[k] * payoffs[k], exact.refused += offers[k] * refusals[k];
  std::vector<double> errors;
  for (const char* parts : {"10", "20", "40"}) {
    const std::string text =
        with(with(text_of("m17_deadline"), "in 50 parts", std::string("in ") + parts + " parts"),
             "by 0.02", "by 0.1");
    const SolvedTree tree = tree_of(game_from(text, {{"offers_allowed", 1.0}}), lambda);
    errors.push_back(
        gap({tree.value(0), share(predict_tree(tree.form, tree.solution.log_strategy), "no_deal")},
            exact));
  }
  falls_with_the_square(errors);
  const SolvedTree limit =
      tree_of(game_from(text_of("m17_deadline"), {{"offers_allowed", 1.0}}), 5000.0);
  CHECK(std::abs(limit.value(0) - 0.25) < 0.003);
}

TEST_CASE(
    "parts: two offers before the deadline come to a fixed point of their own for a continuum of "
    "gains") {
  // For each first price, second prices are logit at the belief that refusing leaves; refusing
  // looks ahead to them.
  constexpr double lambda = 20.0, discount = 0.9, step = 0.2;
  constexpr int prices = 6, fine = 4000;
  std::vector<double> first_payoffs, first_refused;
  for (int one = 0; one < prices; ++one) {
    std::vector<double> second(prices, 1.0 / prices);
    double value = 0.0, none = 0.0;
    for (int sweep = 0; sweep < 400; ++sweep) {
      std::vector<double> worth(prices, 0.0);
      double left = 0.0;
      value = none = 0.0;
      for (int cell = 0; cell < fine; ++cell) {
        const double v = (cell + 0.5) / fine;
        double ahead = 0.0, deal[prices];
        for (int k = 0; k < prices; ++k) {
          deal[k] = sigma(lambda * (v - step * k));
          ahead += second[static_cast<std::size_t>(k)] * deal[k] * (v - step * k);
        }
        const double yes = sigma(lambda * (v - step * one - discount * ahead));
        left += 1 - yes;
        value += yes * step * one / fine;
        for (int k = 0; k < prices; ++k) {
          worth[static_cast<std::size_t>(k)] += (1 - yes) * deal[k] * step * k;
          none += (1 - yes) * second[static_cast<std::size_t>(k)] * (1 - deal[k]) / fine;
        }
      }
      double later = 0.0;
      for (int k = 0; k < prices; ++k)
        later += second[static_cast<std::size_t>(k)] * worth[static_cast<std::size_t>(k)] / fine;
      value += discount * later;
      for (double& one_worth : worth) one_worth /= left;
      const std::vector<double> reply = logit_offers(lambda, worth);
      for (std::size_t k = 0; k < second.size(); ++k) second[k] = 0.5 * (second[k] + reply[k]);
    }
    first_payoffs.push_back(value);
    first_refused.push_back(none);
  }
  const std::vector<double> offers = logit_offers(lambda, first_payoffs);
  Outcome exact;
  for (std::size_t k = 0; k < offers.size(); ++k)
    exact.value += offers[k] * first_payoffs[k], exact.refused += offers[k] * first_refused[k];
  std::vector<double> errors;
  for (const char* parts : {"10", "20", "40"}) {
    const std::string text =
        with(with(text_of("m17_deadline"), "in 50 parts", std::string("in ") + parts + " parts"),
             "by 0.02", "by 0.2");
    const SolvedTree tree = tree_of(game_from(text), lambda);
    errors.push_back(
        gap({tree.value(0), share(predict_tree(tree.form, tree.solution.log_strategy), "no_deal")},
            exact));
  }
  CAPTURE(errors[0]);
  CAPTURE(errors[1]);
  CAPTURE(errors[2]);
  CHECK(errors[1] <
        0.5 * errors[0]);  // a part of ten is as wide as two logits: not yet in the square
  CHECK(errors[2] < 0.3 * errors[1]);
  CHECK(errors.back() < 5e-5);
}

TEST_CASE(
    "parts: two offers before the deadline at high lambda give the published profit and delay") {
  const std::string text =
      with(with(text_of("m17_deadline"), "in 50 parts", "in 25 parts"), "by 0.02", "by 0.1");
  const SolvedTree tree = tree_of(game_from(text), 1000.0);
  const TreePrediction seen = predict_tree(tree.form, tree.solution.log_strategy);
  constexpr double prices_and_parts = 0.02;  // prices 0.1 apart, parts 0.04
  CHECK(std::abs(tree.value(0) - 0.232692308) < prices_and_parts);
  CHECK(std::abs(share(seen, "no_deal") - 0.423076923) < 2 * prices_and_parts);
}

TEST_CASE(
    "parts: a crisis with normal payoffs comes to its continuum as the parts of all three payoffs "
    "grow in number") {
  constexpr double lambda = 8.0;  // low enough for one equilibrium
  const auto chance_to_resist = [&](int of_a, int of_b) {
    const std::vector<double> war = normal_parts(-1.9, 1.0, of_a),
                              retreat = normal_parts(-1.2, 1.0, of_a),
                              stand = normal_parts(-2.9, 1.0, of_b);
    const auto excess = [&](double resist) {
      double challenges = 0.0, fights = 0.0, resists = 0.0;
      for (const double w : war)
        for (const double r : retreat) {
          const double fight = sigma(lambda * (w - r)),
                       challenge =
                           sigma(lambda * (1 - resist + resist * (fight * w + (1 - fight) * r)));
          challenges += challenge;
          fights += challenge * fight;
        }
      for (const double w : stand)
        resists += sigma(lambda * (fights / challenges * w + 1 - fights / challenges));
      return resists / static_cast<double>(stand.size()) - resist;
    };
    double low = 0.0, high = 0.6;
    for (int n = 0; n < 60; ++n) {
      const double middle = 0.5 * (low + high);
      (excess(middle) > 0.0 ? low : high) = middle;
    }
    return low;
  };
  const double continuum = chance_to_resist(300, 1000);
  std::vector<double> errors;
  for (const int parts : {6, 12, 24}) {
    std::string text = text_of("m24_lewis_schultz");
    for (int k = 0; k < 3; ++k)
      text = with(text, "in 30 parts", "in " + std::to_string(parts) + " parts");
    const SolvedTree tree = tree_of(game_from(text), lambda);
    double resist = 0.0;
    for (int k = 1; k <= parts; ++k)
      resist += tree.chance("reply of B war." + std::to_string(k), "resist") / parts;
    CHECK(std::abs(resist - chance_to_resist(parts, parts)) <
          1e-8);  // the same parts: the same number
    errors.push_back(std::abs(resist - continuum));
  }
  constexpr double per_doubling =
      0.6;  // slower than the square: the tails of a normal lie in its last part
  CAPTURE(errors[0]);
  CAPTURE(errors[1]);
  CAPTURE(errors[2]);
  CHECK(errors[1] < per_doubling * errors[0]);
  CHECK(errors[2] < per_doubling * errors[1]);
}

TEST_CASE(
    "parts: a profile of too many types is refused with nodes for each and profiles, before "
    "anything is built") {
  UnrollOptions options;
  options.max_nodes = 1000;
  const auto form = unroll(game_from(text_of("m24_lewis_schultz")), options);
  REQUIRE_FALSE(form.has_value());
  CHECK(form.error()[0].code == "M0901");
  CHECK(form.error()[0].message.find("27000 profiles") != std::string::npos);
}
