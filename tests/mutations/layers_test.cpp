/// Strategies handed over layer by layer earn the certificate they earn as a whole.

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "melian/certify.h"
#include "melian/language.h"
#include "melian/solve.h"
#include "support/random_games.h"
#include "support/solved.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// Refined decisions are solved again against values recomputed from the strategies: of the payoffs
/// at stake, or in logits, by no more than round-off and Newton's last step.
constexpr double same = 1e-9;

Game catalogue(const std::string& name, const Settings& settings) {
  auto game = load_game(std::string(MELIAN_SOURCE_DIR) + "/models/" + name + ".melian", settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return std::move(*game);
}

void check_same(const Game& game, const Solution& solution) {
  const Certificate whole = certified(game, solution);
  RefinedStrategies layers(game, solution.assessment);
  const Certificate streamed = certify(game, solution.assessment, layers);
  CHECK(streamed.holds == whole.holds);
  CHECK(streamed.residual == whole.residual);
  CHECK(streamed.residual_reached == whole.residual_reached);
  CHECK(streamed.beliefs == whole.beliefs);
  CHECK(streamed.cell_step == whole.cell_step);
  CHECK(streamed.unsolved == whole.unsolved);
  CHECK(std::abs(streamed.path_error - whole.path_error) <= same * (1.0 + whole.path_error));
  REQUIRE(streamed.exploitability.size() == whole.exploitability.size());
  for (std::size_t j = 0; j < whole.exploitability.size(); ++j)
    for (std::size_t type = 0; type < whole.exploitability[j].size(); ++type) {
      const Exploitability &ours = streamed.exploitability[j][type],
                           &theirs = whole.exploitability[j][type];
      const double scale = std::max(1.0, whole.stake[j]);
      CHECK(std::abs(ours.gain - theirs.gain) <= same * scale);
      CHECK(std::abs(ours.ceiling - theirs.ceiling) <= same * scale);
      CHECK(std::abs(ours.slack - theirs.slack) <= same * scale);
    }
}

/// Passes layers on and writes down what was asked for; spoils one type's strategies where told to.
class Spy final : public StrategyLayers {
 public:
  explicit Spy(StrategyLayers& inner) : inner_(inner) {}
  struct Call {
    int round;
    std::vector<int> states;
    std::size_t points;
  };
  std::vector<Call> calls;
  std::size_t most_numbers = 0;
  bool spoil = false;
  [[nodiscard]] const Assessment& common() const override { return inner_.common(); }
  [[nodiscard]] const Assessment& layer(
      int round, std::span<const int> states,
      std::span<const std::vector<std::int64_t>> points) override {
    const Assessment& given = inner_.layer(round, states, points);
    calls.push_back({round, {states.begin(), states.end()}, points.size()});
    most_numbers = std::max(most_numbers, given.log_strategy.size());
    if (!spoil) return given;
    spoilt_ = given;
    for (std::size_t k = 0; k + 1 < spoilt_.log_strategy.size(); k += 2)
      std::swap(spoilt_.log_strategy[k], spoilt_.log_strategy[k + 1]);
    std::ranges::reverse(spoilt_.log_strategy);
    return spoilt_;
  }

 private:
  StrategyLayers& inner_;
  Assessment spoilt_;
};

}  // namespace

TEST_CASE(
    "certify: refined strategies solved layer by layer earn catalogue models the certificate they "
    "earn as a whole") {
  for (const auto& [name, settings, lambda, nodes] :
       std::vector<std::tuple<std::string, Settings, double, int>>{
           {"powell_2004/cost", {{"offers_allowed", 5.0}}, 50.0, 17},
           {"powell_2004/two_rounds", {}, 50.0, 33},
           {"sobel_takahashi_1983/two_gains", {}, 20.0, 17},
           {"kydd_2003/mediator", {}, 20.0, 9},
           {"filson_werner_2002/finite_resources", {{"step", 0.05}}, 20.0, 9},
           {"jervis_1978/security_dilemma", {}, 10.0, 5},
       }) {
    CAPTURE(name);
    const Game game = catalogue(name, settings);
    REQUIRE(RefinedStrategies::possible(game.shape()));
    check_same(game, solved(game, lambda, nodes));
  }
}

TEST_CASE(
    "certify: refined strategies solved layer by layer earn random games the certificate they earn "
    "as a whole") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options;
    options.rounds = seed % 2 == 0 ? 3 : 0;
    options.types = seed % 3 == 0 ? 3 : 2;
    options.together = seed > 3;
    options.tied = seed == 5;
    options.perceived_odds = seed == 4;
    options.disagreement = seed == 2;
    const Game game = random_game(seed, options);
    REQUIRE(RefinedStrategies::possible(game.shape()));
    check_same(game, solved(game, 3.0, 3));
  }
}

TEST_CASE(
    "certify: layers are asked for once backward, then only around sampled plays; the largest is a "
    "fraction of the whole") {
  const Game game = catalogue("powell_2004/cost", {{"offers_allowed", 8.0}});
  const Solution solution = solved(game, 20.0, 17);
  RefinedStrategies layers(game, solution.assessment);
  Spy spy(layers);
  CertifyOptions coarse;
  coarse.tolerance = 0.02;  // of 17 nodes
  CHECK(certify(game, solution.assessment, spy, coarse).holds);
  const auto forward =
      std::ranges::find_if(spy.calls, [](const Spy::Call& call) { return call.points > 0; });
  REQUIRE(forward != spy.calls.end());
  std::vector<std::pair<int, int>> seen;
  for (auto call = spy.calls.begin(); call != forward; ++call)
    for (const int state : call->states) {
      CHECK(std::ranges::find(seen, std::pair(call->round, state)) == seen.end());
      seen.emplace_back(call->round, state);
    }
  const auto timed = std::find_if(spy.calls.begin(), forward, [](const Spy::Call& call) {
    return call.round > 0;
  });  // the end of play comes before
  CHECK(timed != forward);
  CHECK(std::ranges::is_sorted(timed, forward, std::greater<>(), &Spy::Call::round));
  CHECK(std::ranges::all_of(forward, spy.calls.end(), [](const Spy::Call& call) {
    return call.points == call.states.size();
  }));
  CHECK(5 * spy.most_numbers < solution.refined->log_strategy.size());
}

TEST_CASE("certify: layers give the same certificate to the last digit for any number of threads") {
  const Game game = catalogue("powell_2004/two_rounds", {});
  const Solution solution = solved(game, 50.0, 17);
  std::vector<Certificate> found;
  const int before = num_threads();
  for (const int threads : {1, 3}) {
    set_threads(threads);
    RefinedStrategies layers(game, solution.assessment);
    found.push_back(certify(game, solution.assessment, layers));
  }
  set_threads(before);
  CHECK(found[0].path_error == found[1].path_error);
  CHECK(found[0].exploitability[1][0].gain == found[1].exploitability[1][0].gain);
  CHECK(found[0].exploitability[1][1].ceiling == found[1].exploitability[1][1].ceiling);
}

TEST_CASE(
    "certify: layers that are not best responses are caught by exploitability, as the whole would "
    "be") {
  const Game game = catalogue("powell_2004/two_rounds", {});
  const Solution solution = solved(game, 200.0, 33);
  RefinedStrategies layers(game, solution.assessment);
  Spy spy(layers);
  spy.spoil = true;
  const Certificate certificate = certify(game, solution.assessment, spy);
  CHECK(!certificate.holds);
  CHECK(blames(certificate, "exploitability"));
}

TEST_CASE("certify: layers of another game are refused") {
  const Game game = catalogue("powell_2004/cost", {}),
             other = catalogue("powell_2004/two_rounds", {});
  const Solution solution = solved(game, 20.0, 9), foreign = solved(other, 20.0, 9);
  RefinedStrategies layers(other, foreign.assessment);
  CHECK_THROWS_AS((void)certify(game, solution.assessment, layers), ContractViolation);
  CHECK_THROWS_AS((void)RefinedStrategies(game, foreign.assessment), ContractViolation);
}
