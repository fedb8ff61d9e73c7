#pragma once
/// What a hostile expected.json is put through: read; every number held against the text's own; its
/// conditions judged.

#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

#include "fuzz/diagnostics_law.h"
#include "fuzz/small_game.h"
#include "melian/report.h"

namespace melian::test {

/// Do the entry's numbers stand in the document?
inline std::string broken_numbers(const CatalogueEntry& entry, const nlohmann::json& document) {
  const auto list = [&](const char* key) { return document.value(key, nlohmann::json::array()); };
  const nlohmann::json checks = list("checks"), signs = list("signs");
  if (entry.checks.size() != checks.size() || entry.signs.size() != signs.size() ||
      entry.conditions.size() != list("conditions").size() ||
      entry.thresholds.size() != list("thresholds").size())
    return "lists of other lengths";
  for (std::size_t k = 0; k < entry.checks.size(); ++k) {
    const Check& check = entry.checks[k];
    if (check.tolerance != checks[k]["tolerance"]) return "another tolerance";
    if (check.at_most.empty() && check.expected != checks[k]["expected"]) return "another number";
    if (check.lambda && *check.lambda != checks[k]["lambda"]) return "another lambda";
    if (checks[k].contains("grid") && checks[k]["grid"].is_number() &&
        check.grid != std::vector<std::string>{checks[k]["grid"].dump()})
      return "another grid";
  }
  for (std::size_t k = 0; k < entry.signs.size(); ++k)
    if (entry.signs[k].from != signs[k]["from"] || entry.signs[k].to != signs[k]["to"])
      return "another range";
  return {};
}

/// Returns "" or the law the text breaks.
inline std::string read_hostile_expected(const std::string& text) {
  const Result<CatalogueEntry> entry = read_expected_text(text, "fuzz/expected.json");
  if (!entry) {
    for (const Diagnostic& error : entry.error())
      if (error.file != "fuzz/expected.json") return "a reason without its file";
    return broken_refusal(entry.error(), Places::some, lines_of(text));
  }
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return "read, but no object";
  if (std::string broken = broken_numbers(*entry, document); !broken.empty()) return broken;
  // Formulas over the parameters of some model: a number, or a reason.
  for (const Threshold& threshold : entry->thresholds) {
    const Result<double> value = threshold_value(threshold, small_model(), {});
    if (value && !std::isfinite(*value)) return "a threshold that is no number";
    if (!value && value.error().empty()) return "a threshold without a reason";
  }
  return {};
}

}  // namespace melian::test
