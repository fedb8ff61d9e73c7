/// Lists of strategies go with the answer that `solve` gives. (docs/strategies.md itself is run by
/// tools/check_examples.py.)

#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "command_line/program.h"

using namespace melian::program;

namespace {

const std::string shipped = std::string(MELIAN_SOURCE_DIR) + "/models/";

nlohmann::json solved(const std::string& arguments) {
  const Ran ran = run("solve " + arguments + " --json -q");
  REQUIRE_MESSAGE((ran.code == 0 || ran.code == 3), ran.err);
  return nlohmann::json::parse(ran.out);
}

}  // namespace

TEST_CASE("solve --strategies: adds the list to the answer and changes nothing else of it") {
  for (const std::string& model : std::vector<std::string>{
           shipped + "schultz_1999/two_types.melian", shipped + "powell_2004/cost.melian",
           shipped + "kydd_2003/mediator.melian",
           shipped + "schultz_1999/two_types.melian --method grid",
           shipped + "schultz_1999/two_types.melian --method tree"}) {
    CAPTURE(model);
    nlohmann::json plain = solved(model), with = solved(model + " --strategies");
    CHECK(with.contains("information_sets_left_out"));
    const bool by_tree = plain.contains("information_sets");
    if (by_tree) CHECK(plain["information_sets"].size() > with["information_sets"].size());
    for (auto* document : {&plain, &with})
      for (const char* name : {"timing", "information_sets", "information_sets_left_out"})
        document->erase(name);
    CHECK(plain == with);
  }
}

TEST_CASE("solve --strategies: what is played has the probabilities that are printed") {
  // Every play of the crisis, from its rows: whatever the method, types and beliefs.
  for (const std::string method : {"", " --method grid", " --method tree"}) {
    CAPTURE(method);
    const nlohmann::json found =
        solved(shipped + "schultz_1999/two_types.melian --strategies" + method);
    const auto& sets = found["information_sets"];
    REQUIRE(sets.size() == 3);
    const auto& start = sets[0];
    double challenged = 0.0, quiet = 0.0;
    for (const std::string type : {"soft", "hard"}) {
      const double prior = start["analyst"]["A"][type];
      quiet += prior * start["types"][type]["leave"].get<double>();
      challenged += prior * start["types"][type]["challenge"].get<double>();
    }
    CHECK(sets[1]["reached"].get<double>() == doctest::Approx(challenged).epsilon(1e-9));
    const double resist = sets[1]["types"]["only"]["resist"];
    CHECK(sets[2]["reached"].get<double>() == doctest::Approx(challenged * resist).epsilon(1e-9));
    for (const std::string type : {"soft", "hard"})
      CHECK(sets[1]["beliefs"]["A"][type].get<double>() ==
            doctest::Approx(start["analyst"]["A"][type].get<double>() *
                            start["types"][type]["challenge"].get<double>() / challenged)
                .epsilon(1e-9));
    // A grid's predictions read strategies between nodes: they differ by what is stated.
    const double stated = method == " --method grid" ? 0.04 : 1e-9;
    const auto probability = [&](const char* outcome) {
      return found["outcomes"][outcome]["probability"].get<double>();
    };
    CHECK(std::abs(probability("status_quo") - quiet) < stated);
    CHECK(std::abs(probability("concession") -
                   challenged * sets[1]["types"]["only"]["concede"].get<double>()) < stated);
  }
}

TEST_CASE("solve --strategies: options that mean nothing are refused") {
  const std::string model = shipped + "schultz_1999/two_types.melian";
  for (const char* wrong :
       {"--csv", "--latex", "--reached 0.1", "--rounds 2", "--strategies --rounds 0",
        "--strategies --rounds 1.5", "--strategies --reached nan", "--strategies --reached 1.5",
        "--strategies --reached -1", "--strategies --csv --json", "--strategies --csv --latex"}) {
    CAPTURE(wrong);
    const Ran ran = run("solve " + model + " " + wrong);
    CHECK(ran.code == 2);
    CHECK(ran.out.empty());
    CHECK_FALSE(contains(ran.err, "179769"));
  }
}
