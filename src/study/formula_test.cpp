#include "study/formula.h"

#include <doctest/doctest.h>

using namespace melian;

namespace {

const std::map<std::string, double> numbers{{"cost[B].low", 0.05},
                                            {"cost[B].high", 0.35},
                                            {"cost[A]", 0.1},
                                            {"prior[B].low", 0.4},
                                            {"d", 0.9},
                                            {"belief[Kyiv][Moscow].soft", 0.25}};

double value(const std::string& formula) {
  const Result<double> found = evaluate_formula(formula, numbers);
  REQUIRE_MESSAGE(found.has_value(), formula);
  return *found;
}

}  // namespace

TEST_CASE("formula: reads arithmetic over parameters as their model names them") {
  CHECK(value("(cost[B].high - cost[B].low) / (cost[B].high + cost[A])") ==
        doctest::Approx(2.0 / 3));
  CHECK(value("belief[Kyiv][Moscow].soft * 2") == 0.5);
  CHECK(value("1 - 2 - 3") == -4.0);
  CHECK(value("2 ^ 3 ^ 2") == 512.0);
  CHECK(value("-2 ^ 2") == -4.0);
  CHECK(value("8 / 4 / 2") == 1.0);
  CHECK(value("1e-3 + .5") == doctest::Approx(0.501));
  CHECK(
      value("max(1, 2, 3) - min(4, 2) + abs(-1) + ln(exp(2)) + sqrt(9) + ceil(0.2) + floor(0.9)") ==
      8.0);
}

TEST_CASE("formula: a comparison is 1 where it holds, and comparisons join") {
  CHECK(value("prior[B].low < (cost[B].high - cost[B].low) / (cost[B].high + cost[A])") == 1.0);
  CHECK(value("d >= 1") == 0.0);
  CHECK(value("d < 1 and not d < 0.5 or 1 = 2") == 1.0);
  CHECK(value("if(d > 0.5, 3, 4)") == 3.0);
}

TEST_CASE(
    "formula: what cannot be read is told with its place, what is unknown with the nearest name") {
  const auto complaint = [](const std::string& formula) {
    const Result<double> found = evaluate_formula(formula, numbers);
    REQUIRE_MESSAGE(!found.has_value(), formula);
    CHECK(found.error().front().code == "M0942");
    return found.error().front();
  };
  CHECK(complaint("1 +").column == 4);
  CHECK(complaint("(1 + 2").expected == "`)`");
  CHECK(complaint("1 2").column == 3);
  CHECK(complaint("cost[B].hihg").hint == "did you mean `cost[B].high`?");
  CHECK(complaint("sin(1)").column == 1);
  CHECK(complaint("1 / 0").message.starts_with("the formula gives no finite number"));
  CHECK(complaint("").column == 1);
  CHECK(complaint(std::string(1000, '(')).message.starts_with("the formula is nested too deeply"));
  std::string denied;
  for (int k = 0; k < 300'000; ++k) denied += "not ";
  CHECK(complaint(denied + "1").message.starts_with("the formula is nested too deeply"));
}
