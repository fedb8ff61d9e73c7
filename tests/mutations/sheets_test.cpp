/// Answers whose posteriors rest between two sheets of solutions: the certificate refuses them, on
/// any grid.

#include <cmath>
#include <string>

#include <doctest/doctest.h>
#include <fmt/core.h>

#include "melian/answer.h"
#include "melian/as_tree.h"
#include "melian/language.h"
#include "melian/tree.h"

using namespace melian;

namespace {

/// B offers, A (low or high) answers; refusal may end in a collapse, or leaves A one late decision
/// with several solutions over a stretch of beliefs.
struct TwoSheets {
  double high = 0.829, cost_low = 0.074, cost_high = 0.179, war_low = 0.506, war_high = -0.014,
         war_other = 0.57, odds = 0.207, discount = 0.8;

  [[nodiscard]] Game game() const {
    const std::string text = fmt::format(
        R"(model "between two sheets"
player A types low {}, high {}
player B
param cost[A]: low = {}, high = {}
param war[A]: low = {}, high = {}
param war[B] = {}
param discount = {}
param precision = 45
param odds[B] = {}
horizon 2 rounds then end finish: A gets war[A] - cost[A], B gets war[B] - 0.268
phase war {{
  B offers y in {{0.3, 0.7}}
  A chooses answer {{ accept {{ end settlement: B gets 1 - y, A gets y }}  refuse {{ A pays cost[A] }} }}
  A pays cost[A] / 2
  time passes
  chance battle {{ breaks with odds[B] {{ end collapse: A gets 0.724, B gets 0.953 }}  stands otherwise }}
  A chooses late {{ go_on  stop {{ end late_stop: A gets war[A], B gets -0.032 }} }}
}}
)",
        1.0 - high, high, cost_low, cost_high, war_low, war_high, war_other, discount, odds);
    const auto model = read_model_text(text, "two_sheets.melian");
    REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
    const auto compiled = compile(*model, {});
    REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
    auto bound = compiled->bind({});
    REQUIRE_MESSAGE(bound.has_value(), (bound ? "" : render(bound.error())));
    return std::move(*bound);
  }
};

struct Verdict {
  bool holds = false;
  double off = 0.0;     ///< largest distance of an outcome from the nearest equilibrium found
  double stated = 0.0;  ///< the stated error there
};

/// Outcomes of every equilibrium that the tree finds.
std::vector<std::map<std::string, double>> by_tree(const Game& game, double lambda) {
  AsTree asked;
  asked.lambda = lambda;
  const auto request = tree_request(game, asked);
  REQUIRE(request.has_value());
  const auto form = unroll(game, request->unroll);
  REQUIRE(form.has_value());
  TreeOptions options;
  options.lambda = request->lambda;
  options.all = true;
  const auto solution = solve_tree(*form, options);
  REQUIRE(solution.has_value());
  std::vector<std::map<std::string, double>> out;
  for (const TreeFound& one : solution->all) {
    out.emplace_back();
    for (const auto& end : predict_tree(*form, one.log_strategy).ends)
      out.back()[end.outcome] += end.probability;
  }
  return out;
}

Verdict judged(const Game& game, double lambda, int nodes) {
  AnswerOptions options;
  options.solve.lambda = lambda;
  options.solve.method = BeliefGrid{.nodes = {nodes}};
  const auto found = answer(game, options);
  REQUIRE_MESSAGE(found.has_value(), (found ? "" : render(found.error())));
  Verdict out{.holds = found->certificate.holds, .off = 1.0};
  if (!out.holds) return out;
  for (const auto& one : by_tree(game, lambda)) {
    double off = 0.0, stated = 0.0;
    for (std::size_t k = 0; k < game.shape().outcomes.size(); ++k) {
      const std::string& name = game.shape().outcomes[k];
      const auto at = one.find(name);
      const double distance = std::abs(found->prediction.outcomes[k] -
                                       (at == one.end() ? 0.0 : at->second)),
                   error = found->certificate.grid_error.at("outcomes." + name);
      if (distance - error > off - stated) {
        off = distance;
        stated = error;
      }
    }
    if (off - stated < out.off - out.stated) {
      out.off = off;
      out.stated = stated;
    }
  }
  return out;
}

}  // namespace

TEST_CASE("certificate: an answer that rests between two sheets is refused on every grid") {
  const Game game = TwoSheets{}.game();
  for (const double lambda : {45.0, 60.0, 100.0})
    for (const int nodes : {257, 513, 1025, 4097}) {
      const Verdict verdict = judged(game, lambda, nodes);
      INFO("lambda ", lambda, ", nodes ", nodes, ": off by ", verdict.off, ", stated ",
           verdict.stated);
      CHECK((!verdict.holds || verdict.off <= verdict.stated + 1e-9));
    }
}

TEST_CASE("certificate: below the precision where a second solution shows the answer stands") {
  const Verdict verdict = judged(TwoSheets{}.game(), 10.0, 513);
  CHECK(verdict.holds);
  CHECK(verdict.off <= verdict.stated + 1e-9);
}

TEST_CASE("certificate: no game of this class is certified wrong") {
  constexpr int games = 40;
  int certified = 0, wrong = 0;
  for (std::uint64_t seed = 0; seed < games; ++seed) {
    RandomStream random(20251201, seed);
    const auto between = [&](double low, double high) {
      return low + (high - low) * random.uniform();
    };
    const TwoSheets one{.high = between(0.1, 0.95),
                        .cost_low = between(0.0, 0.2),
                        .cost_high = between(0.0, 0.2),
                        .war_low = between(0.2, 0.7),
                        .war_high = between(-0.1, 0.4),
                        .war_other = between(0.3, 0.7),
                        .odds = between(0.05, 0.4),
                        .discount = between(0.6, 0.95)};
    const double lambda = std::exp(between(std::log(15.0), std::log(120.0)));
    const int nodes = seed % 2 == 0 ? 257 : 1025;
    const Verdict verdict = judged(one.game(), lambda, nodes);
    certified += verdict.holds ? 1 : 0;
    const bool is_wrong = verdict.holds && verdict.off > verdict.stated + 1e-9;
    INFO("seed ", seed, ", lambda ", lambda, ", nodes ", nodes, ": off by ", verdict.off,
         ", stated ", verdict.stated);
    CHECK(!is_wrong);
    wrong += is_wrong ? 1 : 0;
  }
  MESSAGE(certified, " of ", games, " certified, ", wrong, " wrong");
  CHECK(certified > games / 4);
}
