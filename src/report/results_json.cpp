#include "answer/answer_json.h"
#include "melian/report.h"

namespace melian {

std::string results_json(const Game& game, const Answer& answer, const AnswerOptions& asked,
                         const Equilibria* equilibria) {
  nlohmann::ordered_json document;
  document["schema"] = result_schema;
  nlohmann::ordered_json content = to_json(game, answer, asked);
  for (auto& [key, entry] : content.items()) document[key] = std::move(entry);
  if (equilibria != nullptr) document["equilibria"] = to_json(*equilibria);
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace melian
