#include "report/study_equilibria_words.h"

#include <map>
#include <vector>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

/// "under K, another under M": readings of which the same is said, together.
using BySentence = std::vector<std::pair<std::string, std::vector<std::string>>>;

void say_of(BySentence& sentences, const std::string& sentence, const std::string& reading) {
  for (auto& [said, readings] : sentences)
    if (said == sentence) return readings.push_back(reading);
  sentences.push_back({sentence, {reading}});
}

std::string found_words(const Json& equilibria) {
  if (!equilibria.value("looked_for", false))
    return fmt::format("other equilibria were not looked for ({})", equilibria.value("how", ""));
  const int others = equilibria.value("others_at_least", 0);
  if (others == 0) return "no other equilibrium was found";
  return others == 1 ? std::string("at least 1 other equilibrium was found")
                     : fmt::format("at least {} other equilibria were found", others);
}

/// "C2 under K: holds in 1, fails in 3 of the 4 equilibria found"; "" where they agree.
std::string claim_words(const std::string& claim, const std::string& reading, const Json& judged) {
  if (!judged.contains("equilibria")) return "";
  const Json& equilibria = judged["equilibria"];
  std::vector<std::string> parts;
  int all = 0;
  for (const auto& [field, words] : {std::pair("holds", "holds"), std::pair("fails", "fails"),
                                     std::pair("undecided", "is undecided")}) {
    const int number = equilibria.value(field, 0);
    all += number;
    if (number > 0) parts.push_back(fmt::format("{} in {}", words, number));
  }
  if (parts.size() < 2) return "";
  const bool together = equilibria["games"].size() > 1;
  return fmt::format("{} under {} {} of {} {}", claim, reading, fmt::join(parts, ", "), all,
                     together ? "combinations of the equilibria of its games" : "equilibria");
}

}  // namespace

std::string study_equilibria_words(const Json& results, const TextStyle& style) {
  BySentence sentences;
  for (const Json& reading : results["readings"])
    if (reading["result"].contains("equilibria"))
      say_of(sentences, found_words(reading["result"]["equilibria"]), reading["id"]);
  if (sentences.empty()) return "";
  const TextStyle inner{style.colour, style.width - 2};
  std::string out = "\n" + paint(style, "1", "other equilibria") + "\n";
  for (const auto& [sentence, readings] : sentences)
    out += "  " +
           wrap(fmt::format("Under {}: {}.", fmt::join(readings, ", "), sentence), inner, 2) + "\n";
  for (const Json& claim : results["claims"])
    for (const auto& [reading, judged] : claim["base"].items())
      if (const std::string words = claim_words(claim.value("id", ""), reading, judged);
          !words.empty())
        out += "  " + wrap(words + ", so it is undecided.", inner, 2) + "\n";
  return out;
}

}  // namespace melian
