#include <nlohmann/json.hpp>

#include "melian/report.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json conditions_json(const CatalogueEntry& entry) {
  Json out = Json::array();
  for (const ConditionResult& condition : judge_conditions(entry)) {
    Json one{{"text", condition.text},
             {"holds", condition.holds ? Json(*condition.holds) : Json()},
             {"as_stated", condition.as_stated}};
    if (!condition.why_not.empty()) one["why_not"] = condition.why_not;
    out.push_back(std::move(one));
  }
  return out;
}

Json checks_json(const CatalogueEntry& entry, const std::vector<CheckResult>& results) {
  Json out = Json::array();
  for (std::size_t k = 0; k < entry.checks.size(); ++k) {
    const Check& check = entry.checks[k];
    Json one{{"name", check.name},
             {"model", check.model},
             {"quantity", check.quantity},
             {"tolerance", check.tolerance},
             {"because", check.because}};
    if (check.at_most.empty()) one["expected"] = check.expected;
    if (!check.at_most.empty()) one["at_most"] = check.at_most;
    if (k < results.size()) {
      if (!check.at_most.empty()) one["bound"] = or_null(results[k].expected);
      one["computed"] = or_null(results[k].computed);
      one["passed"] = results[k].passed;
      if (!results[k].why_not.empty()) one["why_not"] = results[k].why_not;
    }
    out.push_back(std::move(one));
  }
  return out;
}

Json signs_json(const CatalogueEntry& entry, const std::vector<CheckResult>& results) {
  Json out = Json::array();
  for (std::size_t k = 0; k < entry.signs.size(); ++k) {
    const Sign& sign = entry.signs[k];
    Json one{{"model", sign.model},     {"parameter", sign.parameter},
             {"from", sign.from},       {"to", sign.to},
             {"number", sign.quantity}, {"sign", sign.sign > 0 ? "+" : sign.sign < 0 ? "-" : "0"},
             {"because", sign.because}};
    if (const std::size_t r = entry.checks.size() + k; r < results.size()) {
      one["at_from"] = or_null(results[r].at_from);
      one["at_to"] = or_null(results[r].computed);
      one["passed"] = results[r].passed;
      if (!results[r].why_not.empty()) one["why_not"] = results[r].why_not;
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

std::string catalogue_json(const std::vector<CatalogueEntry>& catalogue,
                           const std::vector<std::vector<CheckResult>>& results) {
  Json document{{"schema", "melian.catalogue/1"}, {"entries", Json::array()}};
  for (std::size_t k = 0; k < catalogue.size(); ++k) {
    const CatalogueEntry& entry = catalogue[k];
    const std::vector<CheckResult> found =
        k < results.size() ? results[k] : std::vector<CheckResult>{};
    Json thresholds = Json::array();
    for (const Threshold& threshold : entry.thresholds) {
      const Result<Model> model = read_model((entry.folder / threshold.model).string());
      const Result<double> at = model ? threshold_value(threshold, *model, {})
                                      : Result<double>(std::unexpected(model.error()));
      thresholds.push_back({{"model", threshold.model},
                            {"parameter", threshold.parameter},
                            {"value", threshold.value},
                            {"at", at ? Json(*at) : Json()},
                            {"what", threshold.what},
                            {"source", threshold.source}});
    }
    document["entries"].push_back({{"name", entry.name},
                                   {"title", entry.title},
                                   {"citation", entry.citation},
                                   {"claim", entry.claim},
                                   {"status", entry.status},
                                   {"mechanism", entry.mechanism},
                                   {"tags", entry.tags},
                                   {"conditions", conditions_json(entry)},
                                   {"thresholds", thresholds},
                                   {"checks", checks_json(entry, found)},
                                   {"signs", signs_json(entry, found)}});
  }
  return document.dump(2) + "\n";
}

}  // namespace melian
