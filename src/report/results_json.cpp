#include "answer/answer_json.h"
#include "melian/report.h"

namespace melian {

std::string results_json(const Game& game, const Answer& answer, const AnswerOptions& asked,
                         const Equilibria* equilibria) {
  nlohmann::ordered_json document;
  document["schema"] = result_schema;
  if (answer.cut_by_clock) document["cut_by_clock"] = true;
  nlohmann::ordered_json content = to_json(game, answer, asked);
  for (auto& [key, entry] : content.items()) document[key] = std::move(entry);
  if (equilibria != nullptr) document["equilibria"] = to_json(*equilibria);
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string unfinished_json(const std::string& why, bool cut_by_clock) {
  nlohmann::ordered_json document;
  document["schema"] = result_schema;
  if (cut_by_clock) document["cut_by_clock"] = true;
  document["method"] = {{"termination", "cancelled"}, {"message", why}};
  document["certificate"] = {{"holds", false}, {"why_not", {"incomplete: " + why}}};
  return document.dump(2) + "\n";
}

}  // namespace melian
