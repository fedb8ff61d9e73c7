/// What gambit-logit finds on stored games (data/expected.json says with which version), matched by
/// player and number.

#include <cmath>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "melian/tree.h"

namespace {

using namespace melian;

const std::string data = std::string(MELIAN_SOURCE_DIR) + "/tests/trees/data/";
constexpr double as_printed =
    1e-6;  // nine digits are stored; gambit-logit stops its corrector earlier

int set_of(const ExtensiveForm& form, int player, int number) {
  for (std::size_t h = 0; h < form.sets.size(); ++h)
    if (form.sets[h].player == player && form.sets[h].number == number) return static_cast<int>(h);
  return -1;
}

}  // namespace

TEST_CASE("tree: equals Gambit's agent QRE on the stored games to 1e-6") {
  const auto stored = nlohmann::json::parse(std::ifstream(data + "expected.json"));
  int rows = 0;
  for (const auto& game : stored["games"]) {
    const std::string file = game["file"];
    CAPTURE(file);
    const auto form = read_efg(data + file);
    REQUIRE(form.has_value());
    CHECK(has_perfect_recall(*form));
    for (const auto& row : game["results"]) {
      ++rows;
      TreeOptions options;
      options.lambda = row["lambda"];
      CAPTURE(options.lambda);
      const auto solution = solve_tree(*form, options);
      REQUIRE(solution.has_value());
      CHECK(solution->summary.termination == TreeTermination::reached);
      CHECK(solution->certificate.holds);
      for (std::size_t i = 0; i < form->players.size(); ++i)
        CHECK(std::abs(solution->certificate.values[i] - row["values"][i].get<double>()) <
              as_printed);
      for (const auto& set : row["information_sets"]) {
        const int h = set_of(*form, set["player"].get<int>() - 1, set["number"]);
        REQUIRE(h >= 0);
        const ExtensiveForm::InformationSet& found = form->sets[static_cast<std::size_t>(h)];
        REQUIRE(set["probabilities"].size() == static_cast<std::size_t>(found.num_actions));
        for (int a = 0; a < found.num_actions; ++a) {
          const double probability =
              std::exp(solution->log_strategy[static_cast<std::size_t>(found.first_action + a)]);
          CHECK(std::abs(probability -
                         set["probabilities"][static_cast<std::size_t>(a)].get<double>()) <
                as_printed);
        }
      }
    }
  }
  CHECK(rows == 16);
}
