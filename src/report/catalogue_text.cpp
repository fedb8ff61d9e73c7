#include <algorithm>

#include <fmt/core.h>

#include "melian/report.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

std::string passed_words(const std::vector<CheckResult>& results, const TextStyle& style) {
  const auto passed = std::ranges::count_if(results, &CheckResult::passed);
  const bool all = passed == static_cast<std::ptrdiff_t>(results.size());
  return paint(style, all ? "32" : "31", fmt::format("{} of {} checks pass", passed, results.size()));
}

/// "Powell 2004" of "Powell, R. (2004). ...".
std::string short_citation(const std::string& citation) {
  const std::size_t comma = citation.find(','), open = citation.find('('), close = citation.find(')', open == std::string::npos ? 0 : open);
  if (comma == std::string::npos || open == std::string::npos || close == std::string::npos) return citation;
  return citation.substr(0, comma) + " " + citation.substr(open + 1, close - open - 1);
}

std::string number_or_reason(const CheckResult& result) { return result.computed ? number_text(*result.computed, 9) : result.why_not; }

}  // namespace

std::string catalogue_table(const std::vector<CatalogueEntry>& catalogue, const std::vector<std::vector<CheckResult>>& results, const TextStyle& style) {
  Table table({"name", "mechanism", "paper", "checks"});
  table.align_right({3});
  std::size_t all = 0, passed = 0;
  for (std::size_t k = 0; k < catalogue.size(); ++k) {
    std::string checks = std::to_string(catalogue[k].checks.size());
    if (k < results.size()) {
      const auto good = static_cast<std::size_t>(std::ranges::count_if(results[k], &CheckResult::passed));
      passed += good;
      checks = fmt::format("{} of {}", good, results[k].size());
    }
    all += catalogue[k].checks.size();
    table.add({catalogue[k].name, catalogue[k].mechanism, short_citation(catalogue[k].citation), checks});
  }
  std::string out = table.text(style, 0);
  if (!results.empty()) out += paint(style, passed == all ? "32" : "31", fmt::format("{} of {} checks pass", passed, all)) + "\n";
  return out;
}

std::string entry_text(const CatalogueEntry& entry, const std::vector<CheckResult>& results, const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  std::string out = paint(style, "1", entry.title) + "\n";
  out += "  " + wrap(entry.citation, inner, 2) + "\n  " + wrap("Status: " + entry.status + ".", inner, 2) + "\n\n";
  out += paint(style, "1", "Claim") + "\n  " + wrap(entry.claim, inner, 2) + "\n";
  for (const Condition& condition : entry.conditions) {
    const std::string holds = condition.holds ? *condition.holds ? " (met)" : " (not met)" : "";
    out += "  " + wrap("Condition: " + condition.text + holds, inner, 4) + "\n";
  }
  out += "\n";
  if (results.empty()) {
    Table table({"check", "expected", "tolerance"});
    table.align_right({1, 2});
    for (const Check& check : entry.checks) table.add({check.name, number_text(check.expected, 9), number_text(check.tolerance, 2)});
    return out + table.text(style, 0);
  }
  Table table({"check", "expected", "computed", "tolerance", ""});
  table.align_right({1, 2, 3});
  for (const CheckResult& result : results) {
    const Check& check = entry.checks[result.check];
    table.add({check.name, number_text(check.expected, 9), number_or_reason(result), number_text(check.tolerance, 2), result.passed ? "pass" : "FAIL"});
  }
  return out + table.text(style, 0) + passed_words(results, style) + "\n";
}

}  // namespace melian
