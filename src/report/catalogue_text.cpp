#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/report.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

constexpr int shown_digits = 9;  // as many as published tables have

std::size_t count_passed(const std::vector<CheckResult>& results) {
  return static_cast<std::size_t>(std::ranges::count_if(results, &CheckResult::passed));
}

std::string passed_words(std::size_t passed, std::size_t all, const TextStyle& style) {
  return paint(style, passed == all ? "32" : "31",
               fmt::format("{} of {} checks pass", passed, all));
}

/// "Powell 2004" of "Powell, R. (2004). ...".
std::string short_citation(const std::string& citation) {
  const std::size_t comma = citation.find(','), open = citation.find('('),
                    close = citation.find(')', open == std::string::npos ? 0 : open);
  if (comma == std::string::npos || open == std::string::npos || close == std::string::npos)
    return citation;
  return citation.substr(0, comma) + " " + citation.substr(open + 1, close - open - 1);
}

std::size_t num_checks(const CatalogueEntry& entry) {
  return entry.checks.size() + entry.signs.size();
}

std::string sign_words(const Sign& sign) {
  const char* verb = sign.sign > 0 ? "rises" : sign.sign < 0 ? "falls" : "stays";
  return fmt::format("{} {} in {} ({} to {})", sign.quantity, verb, sign.parameter,
                     number_text(sign.from), number_text(sign.to));
}

std::string number_or_reason(const std::optional<double>& number, const std::string& why_not) {
  return number ? number_text(*number, shown_digits) : why_not;
}

std::string checks_table(const CatalogueEntry& entry, const std::vector<CheckResult>& results,
                         const TextStyle& style) {
  const bool run = !results.empty();
  Table table(run ? std::vector<std::string>{"check", "expected", "computed", "tolerance", ""}
                  : std::vector<std::string>{"check", "expected", "tolerance"});
  table.align_right(run ? std::vector<std::size_t>{1, 2, 3} : std::vector<std::size_t>{1, 2})
      .wrap_first();
  for (std::size_t k = 0; k < entry.checks.size(); ++k) {
    const Check& check = entry.checks[k];
    const std::optional<double> bound = run ? results[k].expected : std::nullopt;
    const std::string expected =
        check.at_most.empty() ? number_text(check.expected, shown_digits)
                              : "<= " + (bound ? number_text(*bound, shown_digits) : check.at_most);
    if (run)
      table.add({check.name, expected, number_or_reason(results[k].computed, results[k].why_not),
                 number_text(check.tolerance, 2), results[k].passed ? "pass" : "FAIL"});
    else
      table.add({check.name, expected, number_text(check.tolerance, 2)});
  }
  return table.text(style, 0);
}

std::string signs_table(const CatalogueEntry& entry, const std::vector<CheckResult>& results,
                        const TextStyle& style) {
  if (entry.signs.empty()) return {};
  const bool run = !results.empty();
  Table table(run ? std::vector<std::string>{"comparative static", "from", "to", ""}
                  : std::vector<std::string>{"comparative static"});
  table.wrap_first();
  if (run) table.align_right({1, 2});
  for (std::size_t k = 0; k < entry.signs.size(); ++k) {
    if (!run) {
      table.add({sign_words(entry.signs[k])});
      continue;
    }
    const CheckResult& result = results[entry.checks.size() + k];
    table.add({sign_words(entry.signs[k]), number_or_reason(result.at_from, result.why_not),
               number_or_reason(result.computed, ""), result.passed ? "pass" : "FAIL"});
  }
  return "\n" + table.text(style, 0);
}

/// What fails, and by how much: what a reader must know to judge it.
std::string failures(const CatalogueEntry& entry, const std::vector<CheckResult>& results,
                     const TextStyle& style) {
  std::string out;
  const auto add = [&](const std::string& words) { out += "  " + wrap(words, style, 4) + "\n"; };
  for (const CheckResult& result : results) {
    if (result.passed) continue;
    const bool is_sign = result.check >= entry.checks.size();
    const std::string name = is_sign ? sign_words(entry.signs[result.check - entry.checks.size()])
                                     : entry.checks[result.check].name;
    if (!result.computed || (!is_sign && !result.expected)) {
      add(fmt::format("{}: {}", name, result.why_not));
    } else if (is_sign) {
      add(fmt::format("{}: it goes from {} to {}", name, number_text(*result.at_from, shown_digits),
                      number_text(*result.computed, shown_digits)));
    } else {
      const double off = *result.computed - *result.expected;
      add(fmt::format("{}: computed {}, expected {}{}: off by {}, tolerance {}", name,
                      number_text(*result.computed, shown_digits),
                      entry.checks[result.check].at_most.empty() ? "" : "at most ",
                      number_text(*result.expected, shown_digits), number_text(off, 3),
                      number_text(entry.checks[result.check].tolerance, 2)));
    }
  }
  return out.empty() ? out : paint(style, "31", "Failing") + "\n" + out;
}

}  // namespace

std::string catalogue_table(const std::vector<CatalogueEntry>& catalogue,
                            const std::vector<std::vector<CheckResult>>& results,
                            const TextStyle& style) {
  std::set<std::string> tags;
  for (const CatalogueEntry& entry : catalogue) tags.insert(entry.tags.begin(), entry.tags.end());
  std::string out;
  for (const std::string& tag : tags) {
    Table table({"", "", "", ""});
    table.align_right({3}).keep_first();
    for (std::size_t k = 0; k < catalogue.size(); ++k) {
      const CatalogueEntry& entry = catalogue[k];
      if (std::ranges::find(entry.tags, tag) == entry.tags.end()) continue;
      const std::string checks =
          k < results.size()
              ? fmt::format("{} of {} pass", count_passed(results[k]), results[k].size())
              : counted(static_cast<long long>(num_checks(entry)), "check", "checks");
      table.add({entry.name, short_citation(entry.citation), entry.title, checks});
    }
    out += paint(style, "1", tag) + "\n" + table.text(style) + "\n";
  }
  std::size_t all = 0, passed = 0;
  for (const auto& one : results) {
    all += one.size();
    passed += count_passed(one);
  }
  if (!results.empty()) out += passed_words(passed, all, style) + "\n";
  return out;
}

std::string entry_text(const CatalogueEntry& entry, const std::vector<CheckResult>& results,
                       const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  std::string out = paint(style, "1", entry.title) + "\n";
  out += "  " + wrap(entry.citation, inner, 2) + "\n  " +
         wrap("Status: " + entry.status + ".", inner, 2) + "\n";
  out +=
      "  " + wrap(fmt::format("Mechanisms: {}.", fmt::join(entry.tags, ", ")), inner, 2) + "\n\n";
  out += paint(style, "1", "Claim") + "\n  " + wrap(entry.claim, inner, 2) + "\n";
  for (const ConditionResult& condition : judge_conditions(entry)) {
    std::string words = fmt::format("Condition{}: {}",
                                    !condition.holds   ? ""
                                    : *condition.holds ? ", holds"
                                                       : ", does not hold",
                                    condition.text);
    if (!condition.as_stated)
      words += " (FAIL: " +
               (condition.why_not.empty() ? "the file states the opposite" : condition.why_not) +
               ")";
    out += "  " + wrap(words, inner, 4) + "\n";
  }
  out += "\n" + checks_table(entry, results, style) + signs_table(entry, results, style);
  if (results.empty()) return out;
  return out + failures(entry, results, inner) +
         passed_words(count_passed(results), results.size(), style) + "\n";
}

}  // namespace melian
