#include <doctest/doctest.h>

#include <limits>
#include <sstream>

#include <nlohmann/json.hpp>

#include "report/table.h"
#include "report/words.h"
#include "support/hand_made.h"

using namespace melian;

namespace {

nlohmann::json document(const Answer& answer, const Game& game) {
  return nlohmann::json::parse(results_json(game, answer));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("results_json: carries every field of the contract under its name") {
  const Game game = hand_made::ultimatum();
  const Answer answer = hand_made::answer_to(game);
  const nlohmann::json found = document(answer, game);
  CHECK(found.at("schema") == "melian.result/1");
  CHECK(found.at("game").at("name") == "An ultimatum <for tests>");
  CHECK(found.at("game").at("players")[1].at("types") == nlohmann::json::array({"weak", "tough"}));
  CHECK(found.at("game").at("public_states") == 3);
  CHECK(found.at("game").at("belief_points") == 3);
  CHECK(found.at("method").at("lambda") == 50.0);
  CHECK(found.at("values").at("A").at("only") == 0.61);
  CHECK(found.at("values").at("B").at("tough") == 0.44);
  CHECK(found.at("outcomes").at("war").at("probability") == 0.3);
  CHECK(found.at("outcomes").at("war").at("by_types")[1].at("types").at("B") == "tough");
  CHECK(found.at("outcomes").at("war").at("by_types")[1].at("probability") == 0.6);
  CHECK(found.at("rounds").at("mean") == 1.0);
  CHECK(found.at("choices").at("demand").at("mean") == 0.74);
  CHECK(found.at("choices").at("demand").at("accepted_mean") == 0.7);
  CHECK(found.at("tallies").at("battles") == 0.3);
  CHECK(found.at("information").at("B").at("total") == 0.25);
  CHECK_FALSE(found.at("information").contains("A"));
  CHECK(found.at("equilibrium").at("unique") == true);
  CHECK(found.at("strategy_at_start")[0].at("probabilities").at("0.8") == 0.8);
  CHECK(found.at("certificate").at("exploitability").at("A").at("only").at("ceiling") == 0.01);
  CHECK(found.at("certificate").at("grid_error").at("outcomes.war") == 2e-5);
  CHECK(found.at("certificate").at("holds") == true);
  CHECK(found.at("timing").at("decisions_solved") == 9);
}

TEST_CASE("results_json: what does not exist is null, never NaN or -1") {
  const Game game = hand_made::ultimatum();
  Answer answer = hand_made::answer_to(game);
  answer.prediction.offers[0].accepted_mean.reset();
  answer.prediction.values[0][0] = std::numeric_limits<double>::quiet_NaN();
  answer.certificate.path_error = -1.0;
  const nlohmann::json found = document(answer, game);
  CHECK(found.at("choices").at("demand").at("accepted_mean").is_null());
  CHECK(found.at("values").at("A").at("only").is_null());
  CHECK(found.at("certificate").at("path_error").is_null());
}

TEST_CASE("results_json: numbers read back the same") {
  const Game game = hand_made::ultimatum();
  Answer answer = hand_made::answer_to(game);
  answer.prediction.outcomes[0] = 0.1 + 0.2;
  CHECK(document(answer, game).at("outcomes").at("settlement").at("probability").get<double>() ==
        0.1 + 0.2);
}

TEST_CASE("summary: fits eighty columns and says whether the answer is certified") {
  const Game game = hand_made::ultimatum();
  Answer answer = hand_made::answer_to(game);
  const std::string text = summary(game, answer);
  CHECK(contains(text, "certified:"));
  CHECK(contains(text, "settlement"));
  CHECK(contains(text, "0.7000"));
  CHECK(contains(text, "±2e-05"));
  CHECK_FALSE(contains(text, "\x1b["));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(text_width(line) <= 80);
  }
  answer.certificate.holds = false;
  answer.certificate.why_not = {"grid error: outcomes.war is uncertain by 0.02"};
  CHECK(contains(summary(game, answer),
                 "NOT certified:\n  - grid error: outcomes.war is uncertain by 0.02"));
  CHECK(contains(summary(game, answer, {.colour = true}), "\x1b["));
}

TEST_CASE(
    "narrate: tells the first move, the likeliest end with the types that differ, and what is "
    "revealed") {
  const Game game = hand_made::ultimatum();
  const std::vector<std::string> story = narrate(game, hand_made::answer_to(game).prediction);
  REQUIRE(story.size() >= 3);
  CHECK(story[0] == "A moves first. It most often offers demand 0.8 (80%), and 0.74 on average.");
  CHECK(story[1] == "70% of plays end in settlement: 90% when B is weak, 40% when B is tough.");
  CHECK(story[2] == "In 70% an offer of demand is accepted, at 0.7 on average.");
  CHECK(story.back() == "Play reveals 26% of what was unknown about B.");
}

TEST_CASE("html_page: results cannot end the element they stand in") {
  const std::string page =
      "<html><script id=\"melian-results\" "
      "type=\"application/json\">\"MELIAN_RESULTS\"</script></html>";
  const Result<std::string> filled = html_page(page, R"({"title": "</script><b>"})");
  REQUIRE(filled.has_value());
  CHECK(contains(*filled, R"({"title": "\u003c/script>\u003cb>"}</script></html>)"));
  CHECK_FALSE(html_page("<html></html>", "{}").has_value());
}

TEST_CASE("table: shortens its widest column where the width does not suffice") {
  Table table({"name", "number"});
  table.align_right({1});
  table.add({std::string(100, 'x'), "1.5"});
  const std::string text = table.text({.colour = false, .width = 40});
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(text_width(line) <= 40);
  CHECK(contains(text, "…"));
}

TEST_CASE(
    "table: a first column that wraps keeps all its words, beside numbers that stay on the first "
    "line") {
  Table table({"check", "number"});
  table.align_right({1}).wrap_first();
  table.add({"the first offer after a refusal at night", "1.5"});
  CHECK(table.text({.colour = false, .width = 34}) == R"(  check                     number
  the first offer after a      1.5
  refusal at night
)");
}

TEST_CASE("table: a first column that is kept is whole, however little that leaves to the others") {
  Table table({"name", "title"});
  table.keep_first();
  table.add({"leventoglu_slantchev_2007", "The armed peace of two sides"});
  const std::string text = table.text({.colour = false, .width = 44});
  CHECK(text.find("leventoglu_slantchev_2007  The armed peac…") != std::string::npos);
}

TEST_CASE("percent: exact only at certainty") {
  CHECK(percent(0.0) == "0%");
  CHECK(percent(1e-5) == "under 0.1%");
  CHECK(percent(0.034) == "3.4%");
  CHECK(percent(0.5) == "50%");
  CHECK(percent(0.99999) == "over 99.9%");
  CHECK(percent(1.0) == "100%");
}

TEST_CASE("wrap: breaks between words and indents what follows") {
  CHECK(wrap("one two three four five", {.colour = false, .width = 20}, 2) ==
        "one two three four\n  five");
}

TEST_CASE("grid_nodes: one number for everybody, or by player") {
  const Game game = hand_made::ultimatum();
  CHECK(grid_nodes(game.shape(), {}).value().empty());
  CHECK(grid_nodes(game.shape(), {"33"}).value() == std::vector<int>{33});
  CHECK(grid_nodes(game.shape(), {"33", "B=9"}).value() == std::vector<int>{33, 9});
  for (const char* word : {"", "1", "x", "-3", "3.5", "B=", "C=9", "99999999"}) {
    INFO(word);
    CHECK_FALSE(grid_nodes(game.shape(), {word}).has_value());
  }
}
