#include "melian/report.h"
#include "study/answer_json.h"

namespace melian {

std::string results_json(const Game& game, const Answer& answer, const AnswerOptions& asked) {
  nlohmann::ordered_json document;
  document["schema"] = result_schema;
  for (auto& [key, content] : to_json(game, answer, asked).items()) document[key] = std::move(content);
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace melian
