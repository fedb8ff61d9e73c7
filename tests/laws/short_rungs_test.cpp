#include <string>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "melian/solve.h"

namespace melian {

TEST_CASE(
    "ladder: where several move at once it keeps to the branch of the whole game, as a recursion "
    "in small steps of lambda finds it") {
  struct Row {
    double theta, g, cost, most, lambda, value;
  };
  for (const Row& row : {Row{.95, .4, .1, 8, 10, .4940471}, Row{.8, .2, .01, 9, 30, .0595937}}) {
    const auto game = load_game(
        std::string(MELIAN_SOURCE_DIR) + "/models/leventoglu_slantchev_2007/armed_peace.melian",
        {{"theta", row.theta}, {"g", row.g}, {"cost", row.cost}, {"most", row.most}});
    REQUIRE(game.has_value());
    SolveOptions options;
    options.lambda = row.lambda;
    const auto found = solve(*game, options);
    REQUIRE(found.has_value());
    CHECK(found->start_values[0][0] == doctest::Approx(row.value).epsilon(1e-6));
    CHECK(found->start_values[1][0] == doctest::Approx(row.value).epsilon(1e-6));
  }
}

}  // namespace melian
