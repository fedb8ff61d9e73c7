#include "claims/piece_solutions.h"

#include <limits>

#include <fmt/core.h>

#include "answer/answer_json.h"
#include "melian/limit.h"
#include "melian/predict_histories.h"
#include "melian/strategies.h"
#include "predict/history_tree.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t all_histories = std::numeric_limits<std::int64_t>::max();

/// Does the choice leave this solution?
bool is_kept(const StudyChoice& choice, const Equilibrium& one) {
  if (choice.empty()) return true;
  // A criterion without a verdict rules nothing out.
  if (choice.select == "intuitive") return one.survives_intuitive != false;
  if (choice.select == "d1") return one.survives_d1 != false;
  return one.chosen;
}

}  // namespace

std::vector<std::optional<double>> numbers_on_tree(const std::vector<metric::Atom>& atoms,
                                                   const Game& game, const ExtensiveForm& form,
                                                   const std::vector<double>& log_strategy,
                                                   Measure measure,
                                                   const metric::Surroundings& around) {
  TreeStrategies first(game, form, log_strategy, measure);
  const std::optional<Prediction> prediction = predict_histories(game, first, all_histories);
  TreeStrategies second(game, form, log_strategy, measure);
  prediction::HistoryTree histories(game, second);
  const bool built = histories.build(all_histories);
  MELIAN_EXPECT(built && prediction.has_value(), "histories without a bound on their number");
  return metric::read_off(atoms, game, histories, *prediction, around);
}

Result<Json> kept_solutions(const PieceRequest& request, Equilibria equilibria,
                            const ExtensiveForm* form, const TreeSolution* solution) {
  const StudyChoice& choice = request.choice;
  const bool refines = choice.select == "intuitive" || choice.select == "d1";
  for (std::size_t k = 0; refines && form && solution && k < equilibria.found.size(); ++k) {
    const Result<RefinedLimit> refined =
        refined_limit(*form, solution->all[k].log_strategy, solution->summary.lambda_asked);
    if (!refined) return std::unexpected(refined.error());
    equilibria.found[k].survives_intuitive = refined->refinements.intuitive.survives;
    equilibria.found[k].survives_d1 = refined->refinements.d1.survives;
  }
  Json out = to_json(equilibria);
  for (std::size_t k = 0; k < equilibria.found.size(); ++k)
    out["found"][k]["kept"] = is_kept(choice, equilibria.found[k]);
  return out;
}

std::string number_in_solution(const std::string& id, const std::string& metric) {
  return fmt::format("{}: {}", id, metric);
}

std::optional<PieceSolutions> solutions_of(const Piece& piece) {
  const Json document = Json::parse(piece.document);
  if (!document.contains("equilibria")) return std::nullopt;
  const Json& equilibria = document["equilibria"];
  PieceSolutions out;
  out.looked_for = equilibria["looked_for"].get<bool>();
  out.how = equilibria["how"].get<std::string>();
  for (const Json& one : equilibria["found"])
    out.found.push_back(
        {one["id"].get<std::string>(), one["kept"].get<bool>(), one["chosen"].get<bool>()});
  return out;
}

}  // namespace melian
