/// Runs what the catalogue states: checks, bounds, signs, conditions, thresholds.

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "melian/as_tree.h"
#include "melian/report.h"
#include "study/formula.h"

namespace melian {
namespace {

/// What two statements must share to be answered by one solve.
std::string solve_key(const CatalogueGame& asked) {
  std::string key = fmt::format(
      "{}|{}|{}|{}|{}|", asked.model, asked.lambda ? number_text(*asked.lambda) : "",
      static_cast<int>(asked.measure), static_cast<int>(asked.discounting), asked.by_tree);
  for (const std::string& word : asked.grid) key += word + ",";
  for (const auto& [name, content] : asked.settings) {
    const double* number = std::get_if<double>(&content);
    key += fmt::format("|{}={}", name,
                       number != nullptr ? number_text(*number) : std::get<std::string>(content));
  }
  return key;
}

std::string first_line(const Diagnostics& diagnostics) {
  return diagnostics.empty()
             ? "unknown reason"
             : fmt::format("{}: {}", diagnostics.front().code, diagnostics.front().message);
}

/// A game and what it predicts, by grid or by tree.
struct Solved {
  std::shared_ptr<const Structure> structure;
  std::optional<Prediction> prediction;
  TreeNumbers by_tree;
};

Result<Solved> solved_as_tree(const Game& game, const CatalogueGame& asked) {
  Result<TreeNumbers> found =
      solve_as_tree(game, {asked.lambda, asked.measure, asked.discounting, Choice{}, nullptr});
  if (!found) return std::unexpected(found.error());
  if (!found->reached)
    return std::unexpected(Diagnostics{placeless(tree_refusal_code, found->why_not.front())});
  return Solved{game.structure, std::nullopt, *std::move(found)};
}

Result<Solved> solve_for(const CatalogueEntry& entry, const CatalogueGame& asked) {
  const Result<Game> game = load_game((entry.folder / asked.model).string(), asked.settings);
  if (!game) return std::unexpected(game.error());
  if (asked.by_tree) return solved_as_tree(*game, asked);
  AnswerOptions options;
  options.with_certificate = false;
  options.solve.lambda = asked.lambda;
  options.solve.measure = asked.measure;
  options.solve.discounting = asked.discounting;
  if (!asked.grid.empty()) {
    Result<std::vector<int>> nodes = grid_nodes(game->shape(), asked.grid);
    if (!nodes) return std::unexpected(nodes.error());
    std::get<BeliefGrid>(options.solve.method).nodes = *std::move(nodes);
  }
  Result<Answer> found = answer(*game, options);
  if (!found) return std::unexpected(found.error());
  return Solved{game->structure, std::move(found->prediction), {}};
}

Result<double> number_of(const Solved& solved, const std::string& name) {
  if (solved.prediction) return quantity(*solved.structure, *solved.prediction, name);
  return number_by_tree(solved.by_tree, name);
}

/// Parameters and definitions, each worked out once what it needs is there.
Result<std::map<std::string, double>> worked_out(const Model& model, const Settings& settings,
                                                 const Definitions& where) {
  Result<std::map<std::string, double>> numbers = parameter_numbers(model, settings);
  if (!numbers) return numbers;
  Definitions waiting = where;
  Diagnostics last;
  while (!waiting.empty()) {
    const std::size_t before = waiting.size();
    std::erase_if(waiting, [&](const auto& one) {
      const Result<double> number = evaluate_formula(one.second, *numbers);
      if (!number) {
        last = number.error();
        return false;
      }
      (*numbers)[one.first] = *number;
      return true;
    });
    if (waiting.size() == before) return std::unexpected(last);
  }
  return numbers;
}

Result<std::map<std::string, double>> worked_out(const CatalogueEntry& entry,
                                                 const std::string& file, const Settings& settings,
                                                 const Definitions& where) {
  const Result<Model> model = read_model((entry.folder / file).string());
  if (!model) return std::unexpected(model.error());
  return worked_out(*model, settings, where);
}

/// The text with every {formula} replaced by its number.
Result<std::string> filled_in(const std::string& text,
                              const std::map<std::string, double>& numbers) {
  constexpr int digits = 4;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    if (close == std::string::npos) {
      out += text[at++];
      continue;
    }
    const Result<double> number = evaluate_formula(text.substr(at + 1, close - at - 1), numbers);
    if (!number) return std::unexpected(number.error());
    out += number_text(*number, digits);
    at = close + 1;
  }
  return out;
}

ConditionResult judged(const CatalogueEntry& entry, const Condition& condition) {
  ConditionResult out{condition.text, std::nullopt, true, {}};
  if (condition.model.empty()) {
    out.holds = condition.holds;
    return out;
  }
  const auto failed = [&](const Diagnostics& diagnostics) {
    out.why_not = first_line(diagnostics);
    out.as_stated = false;
    return out;
  };
  const auto numbers = worked_out(entry, condition.model, condition.settings, condition.where);
  if (!numbers) return failed(numbers.error());
  const Result<std::string> text = filled_in(condition.text, *numbers);
  if (!text) return failed(text.error());
  out.text = *text;
  if (condition.holds_if.empty()) return out;
  const Result<double> holds = evaluate_formula(condition.holds_if, *numbers);
  if (!holds) return failed(holds.error());
  out.holds = *holds != 0.0;
  out.as_stated = !condition.holds || *condition.holds == *out.holds;
  return out;
}

/// Solves once what several statements ask of one game.
class Solver {
 public:
  explicit Solver(const CatalogueEntry& entry) : entry_(entry) {}
  [[nodiscard]] Result<double> number(const CatalogueGame& asked, const std::string& name) {
    const std::string key = solve_key(asked);
    if (!solved_.contains(key)) solved_.emplace(key, solve_for(entry_, asked));
    const Result<Solved>& answer = solved_.at(key);
    if (!answer) return std::unexpected(answer.error());
    return number_of(*answer, name);
  }

 private:
  const CatalogueEntry& entry_;
  std::map<std::string, Result<Solved>> solved_;
};

CheckResult run(const CatalogueEntry& entry, const Check& check, Solver& solver) {
  CheckResult out;
  out.expected = check.expected;
  const Result<double> computed = solver.number(check, check.quantity);
  if (!computed) {
    out.why_not = first_line(computed.error());
    return out;
  }
  out.computed = *computed;
  if (check.at_most.empty()) {
    out.passed = std::abs(*computed - check.expected) <= check.tolerance;
    return out;
  }
  const auto numbers = worked_out(entry, check.model, check.settings, check.where);
  const Result<double> bound = numbers ? evaluate_formula(check.at_most, *numbers)
                                       : Result<double>(std::unexpected(numbers.error()));
  out.expected = bound ? std::optional(*bound) : std::nullopt;
  if (!bound) out.why_not = first_line(bound.error());
  out.passed = bound && *computed <= *bound + check.tolerance;
  return out;
}

CheckResult run(const Sign& sign, Solver& solver) {
  CheckResult out;
  const auto at = [&](double content) {
    CatalogueGame game = sign;
    game.settings[sign.parameter] = content;
    return solver.number(game, sign.quantity);
  };
  const Result<double> from = at(sign.from), to = at(sign.to);
  if (!from || !to) {
    out.why_not = first_line(from ? to.error() : from.error());
    return out;
  }
  out.at_from = *from;
  out.computed = *to;
  const double change = *to - *from;
  out.passed =
      sign.sign == 0 ? std::abs(change) <= sign.tolerance : sign.sign * change > sign.tolerance;
  return out;
}

}  // namespace

std::vector<CheckResult> run_checks(const CatalogueEntry& entry, const OnStep& on_step) {
  const std::size_t all = entry.checks.size() + entry.signs.size();
  std::vector<CheckResult> results(all);
  Solver solver(entry);
  for (std::size_t k = 0; k < all; ++k) {
    if (on_step && !on_step({"checks", static_cast<double>(k) / static_cast<double>(all)}))
      results[k].why_not = "stopped";
    else
      results[k] = k < entry.checks.size() ? run(entry, entry.checks[k], solver)
                                           : run(entry.signs[k - entry.checks.size()], solver);
    results[k].check = k;
  }
  return results;
}

std::vector<ConditionResult> judge_conditions(const CatalogueEntry& entry) {
  std::vector<ConditionResult> out;
  for (const Condition& condition : entry.conditions) out.push_back(judged(entry, condition));
  return out;
}

Result<double> threshold_value(const Threshold& threshold, const Model& model,
                               const Settings& settings) {
  const auto numbers = worked_out(model, settings, threshold.where);
  if (!numbers) return std::unexpected(numbers.error());
  return evaluate_formula(threshold.value, *numbers);
}

}  // namespace melian
