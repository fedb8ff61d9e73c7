#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "melian/report.h"
#include "report/study_equilibria_words.h"
#include "report/study_worlds_words.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

/// A study's results on one screen, read from the same document as every other view.
class StudyScreen {
 public:
  StudyScreen(const Json& results, const TextStyle& style) : results_(results), style_(style) {}

  [[nodiscard]] std::string text() const {
    std::string out = heading(results_["study"].value("title", "Study"));
    const std::string question = results_["study"].value("question", "");
    if (!question.empty()) out += "  " + wrap(question, inner(), 2) + "\n";
    return out + "\n" + outcomes() + claims() + evidence() + certificate();
  }

 private:
  [[nodiscard]] TextStyle inner() const { return {style_.colour, style_.width - 2}; }
  [[nodiscard]] std::string heading(const std::string& words) const {
    return paint(style_, "1", words) + "\n";
  }

  [[nodiscard]] std::vector<std::string> reading_ids() const {
    std::vector<std::string> ids;
    for (const Json& reading : results_["readings"]) ids.push_back(reading["id"]);
    return ids;
  }

  [[nodiscard]] std::vector<std::string> header(const std::string& first) const {
    std::vector<std::string> titles{first};
    for (const std::string& id : reading_ids()) titles.push_back(id);
    return titles;
  }

  /// Outcome names, those likely under some reading first.
  [[nodiscard]] std::vector<std::string> outcome_names() const {
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [name, first] : results_["readings"].front()["result"]["outcomes"].items()) {
      double most = 0;
      for (const Json& reading : results_["readings"])
        most = std::max(most, reading["result"]["outcomes"][name].value("probability", 0.0));
      ranked.emplace_back(most, name);
    }
    std::ranges::stable_sort(ranked,
                             [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::string> names;
    for (auto& [share, name] : ranked) names.push_back(std::move(name));
    return names;
  }

  [[nodiscard]] std::string outcomes() const {
    if (results_["readings"].empty()) return "";
    Table table(header("how it ends, by reading"));
    align_all_right(table);
    for (const std::string& name : outcome_names()) {
      std::vector<std::string> row{name};
      for (const Json& reading : results_["readings"])
        row.push_back(percent(reading["result"]["outcomes"][name].value("probability", 0.0)));
      table.add(std::move(row));
    }
    const std::string unit = results_["study"].value("round_name", "round");
    std::vector<std::string> lengths{fmt::format("{}s played, on average", unit)};
    for (const Json& reading : results_["readings"])
      lengths.push_back(with_decimals(reading["result"]["rounds"].value("mean", 0.0), 1));
    table.add(std::move(lengths));
    return table.text(style_);
  }

  void align_all_right(Table& table) const {
    std::vector<std::size_t> columns;
    for (std::size_t c = 1; c <= results_["readings"].size(); ++c) columns.push_back(c);
    table.align_right(columns);
  }

  [[nodiscard]] std::string claims() const {
    if (!results_.contains("claims") || results_["claims"].empty()) return "";
    Table table(header("claim, by reading"));
    table.wrap_first();
    bool any_depends = false;
    for (const Json& claim : results_["claims"]) {
      std::vector<std::string> row{
          fmt::format("{} {}", claim.value("id", ""), claim.value("text", ""))};
      for (const std::string& id : reading_ids()) {
        if (!claim["base"].contains(id)) {
          row.emplace_back();
          continue;
        }
        const Json& judged = claim["base"][id];
        const bool depends = !judged.value("same_for_all_lambda", true);
        any_depends = any_depends || depends;
        row.push_back(judged.value("verdict", "undecided") + (depends ? "*" : ""));
      }
      table.add(std::move(row));
    }
    std::string out = "\n" + table.text(style_);
    out += "  " +
           wrap("A claim that fails under a reading: its opposite holds there.", inner(), 2) + "\n";
    if (any_depends)
      out +=
          "  " + wrap("* the verdict differs at half or twice the precision λ", inner(), 2) + "\n";
    return out + study_equilibria_words(results_, style_) + worlds_words(results_, style_) +
           reasons();
  }

  /// How likely the dated events are under each reading, and how far such events could tell
  /// readings apart.
  [[nodiscard]] std::string evidence() const {
    if (!results_.contains("evidence")) return "";
    const Json& evidence = results_["evidence"];
    Table table(header("dated events, by reading"));
    align_all_right(table);
    const auto row = [&](const std::string& title, const Json& numbers, const auto& shown) {
      std::vector<std::string> cells{title};
      for (const std::string& id : reading_ids())
        cells.push_back(numbers[id].is_number() ? shown(numbers[id].get<double>()) : "");
      table.add(std::move(cells));
    };
    const auto log10 = [](double natural) { return with_decimals(natural / std::log(10.0), 2); };
    row("log10 likelihood", evidence["log_likelihood"], log10);
    row("  of events before the text (calibration)", evidence["calibration"], log10);
    row("  of events after it (test)", evidence["test"], log10);
    row("prior", evidence["prior"], percent);
    row("posterior", evidence["posterior"], percent);
    const Json& test = evidence["common_test"];
    if (test["since"].is_string())
      row(fmt::format("posterior by what came after {} alone", test["since"].get<std::string>()),
          test["posterior"], percent);
    std::string out = "\n" + table.text(style_);
    for (const Json& words : evidence["words"])
      out += "  " + wrap(words.get<std::string>(), inner(), 4) + "\n";
    return out + power(evidence) + "  " +
           wrap("Which reading made the events likelier in this model; no verdict on anybody.",
                inner(), 2) +
           "\n";
  }

  [[nodiscard]] std::string power(const Json& evidence) const {
    if (!evidence["power"].is_object()) return "";
    double low = 1.0, high = 0.0, misleading = 0.0;
    for (const Json& row : evidence["power"]["table"]) {
      low = std::min(low, row.value("strong_share", 0.0));
      high = std::max(high, row.value("strong_share", 0.0));
      misleading = std::max(misleading, row.value("misleading_share", 0.0));
    }
    return "  " +
           wrap(fmt::format("Power: events like these favour the truth by {} or more in {} to {} "
                            "of simulated records, by pair of readings, and mislead as "
                            "much in at most {}.",
                            number_text(evidence.value("threshold", 10.0)), percent(low),
                            percent(high), percent(misleading)),
                inner(), 4) +
           "\n";
  }

  /// Why readings disagree: one sentence for each claim and reading, as the results have it.
  [[nodiscard]] std::string reasons() const {
    std::string out;
    for (const Json& claim : results_["claims"])
      for (const Json& reason : claim.value("reasons", Json::array()))
        out += "  " +
               wrap(fmt::format("{}: {}", claim.value("id", ""), reason.value("sentence", "")),
                    inner(), 4) +
               "\n";
    return out.empty() ? out : "\n" + heading("why readings disagree") + out;
  }

  [[nodiscard]] std::string certificate() const {
    if (results_.value("all_hold", false))
      return "\n" +
             paint(style_, "32",
                   wrap("certified: the answer of every reading passes its checks.", style_, 2)) +
             "\n";
    std::string out = "\n" + paint(style_, "31", "NOT certified:") + "\n";
    constexpr std::size_t shown = 8;
    const Json failures = results_.value("failures", Json::array());
    for (std::size_t k = 0; k < std::min(shown, failures.size()); ++k)
      out += "  " + wrap("- " + failures[k].get<std::string>(), inner(), 4) + "\n";
    if (failures.size() > shown)
      out += fmt::format("  and {} more in results.json\n", failures.size() - shown);
    return out;
  }

  const Json& results_;
  TextStyle style_;
};

}  // namespace

std::string study_summary(const std::string& results, const TextStyle& style) {
  const Json document = Json::parse(results, nullptr, false);
  MELIAN_EXPECT(document.is_object() && document.contains("study") && document.contains("readings"),
                "results.json as run_study writes it");
  return StudyScreen(document, style).text();
}

}  // namespace melian
