#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "melian/report.h"

namespace melian {
namespace {

using Json = nlohmann::json;

constexpr const char* catalogue_code = "M0923";

/// Reads one expected.json and keeps every complaint.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  void complain(const std::string& message, const std::string& hint = {}) {
    Diagnostic diagnostic;
    diagnostic.code = catalogue_code;
    diagnostic.file = file_;
    diagnostic.message = message;
    diagnostic.hint = hint;
    diagnostics_.push_back(std::move(diagnostic));
  }

  [[nodiscard]] std::string text(const Json& object, const std::string& key, const std::string& where, bool needed = true) {
    if (!object.contains(key)) {
      if (needed) complain(fmt::format("{} has no \"{}\"", where, key));
      return {};
    }
    if (object[key].is_string()) return object[key].get<std::string>();
    complain(fmt::format("\"{}\" of {} is no text", key, where));
    return {};
  }

  [[nodiscard]] std::optional<double> number(const Json& object, const std::string& key, const std::string& where, bool needed) {
    if (object.contains(key) && object[key].is_number()) return object[key].get<double>();
    if (needed || object.contains(key)) complain(fmt::format("\"{}\" of {} is no number", key, where));
    return std::nullopt;
  }

  [[nodiscard]] Settings settings(const Json& object, const std::string& where) {
    Settings out;
    if (!object.contains("settings")) return out;
    if (!object["settings"].is_object()) {
      complain(fmt::format("\"settings\" of {} is no table", where));
      return out;
    }
    for (const auto& [name, content] : object["settings"].items()) {
      if (content.is_number())
        out[name] = content.get<double>();
      else if (content.is_string())
        out[name] = content.get<std::string>();
      else
        complain(fmt::format("setting `{}` of {} is neither number nor word", name, where));
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> grid(const Json& object, const std::string& where) {
    std::vector<std::string> out;
    if (!object.contains("grid")) return out;
    const Json& grid = object["grid"];
    if (grid.is_number_integer())
      out.push_back(std::to_string(grid.get<int>()));
    else if (grid.is_object())
      for (const auto& [player, nodes] : grid.items()) {
        if (nodes.is_number_integer())
          out.push_back(fmt::format("{}={}", player, nodes.get<int>()));
        else
          complain(fmt::format("grid of {} in {} is no whole number", player, where));
      }
    else
      complain(fmt::format("\"grid\" of {} is neither a number nor a table of players", where));
    return out;
  }

  [[nodiscard]] Check check(const Json& object, std::size_t index) {
    std::string where = fmt::format("check {}", index + 1);
    Check out;
    if (!object.is_object()) {
      complain(where + " is no table");
      return out;
    }
    out.name = text(object, "name", where);
    if (!out.name.empty()) where = fmt::format("check \"{}\"", out.name);
    out.model = text(object, "model", where);
    out.settings = settings(object, where);
    out.lambda = number(object, "lambda", where, false);
    out.grid = grid(object, where);
    const std::string measure = text(object, "measure", where, false);
    if (measure == "each")
      out.measure = Measure::each;
    else if (!measure.empty() && measure != "cells")
      complain(fmt::format("measure of {} is neither \"cells\" nor \"each\"", where));
    if (object.contains("present_value")) {
      if (object["present_value"].is_boolean())
        out.discounting = object["present_value"].get<bool>() ? Discounting::present_value : Discounting::current_value;
      else
        complain(fmt::format("\"present_value\" of {} is neither true nor false", where));
    }
    out.quantity = text(object, "quantity", where);
    out.expected = number(object, "expected", where, true).value_or(0.0);
    out.tolerance = number(object, "tolerance", where, true).value_or(0.0);
    if (out.tolerance < 0) complain(fmt::format("tolerance of {} is negative", where));
    out.because = text(object, "because", where);
    return out;
  }

  [[nodiscard]] CatalogueEntry entry(const Json& object) {
    CatalogueEntry out;
    out.title = text(object, "title", "the file");
    out.citation = text(object, "citation", "the file");
    out.claim = text(object, "claim", "the file");
    out.mechanism = text(object, "mechanism", "the file");
    out.status = text(object, "status", "the file");
    for (const Json& condition : object.value("conditions", Json::array())) {
      Condition read{text(condition, "text", "a condition"), std::nullopt};
      if (condition.contains("holds") && condition["holds"].is_boolean()) read.holds = condition["holds"].get<bool>();
      out.conditions.push_back(std::move(read));
    }
    if (!object.contains("checks") || !object["checks"].is_array() || object["checks"].empty())
      complain("there are no \"checks\"");
    else
      for (std::size_t k = 0; k < object["checks"].size(); ++k) out.checks.push_back(check(object["checks"][k], k));
    return out;
  }

  [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  std::string file_;
  Diagnostics diagnostics_;
};

/// What two checks must share to be answered by one solve.
std::string solve_key(const Check& check) {
  std::string key = fmt::format("{}|{}|{}|{}|", check.model, check.lambda ? number_text(*check.lambda) : "", static_cast<int>(check.measure),
                                static_cast<int>(check.discounting));
  for (const std::string& word : check.grid) key += word + ",";
  for (const auto& [name, content] : check.settings) {
    const double* number = std::get_if<double>(&content);
    key += fmt::format("|{}={}", name, number != nullptr ? number_text(*number) : std::get<std::string>(content));
  }
  return key;
}

std::string first_line(const Diagnostics& diagnostics) {
  return diagnostics.empty() ? "unknown reason" : fmt::format("{}: {}", diagnostics.front().code, diagnostics.front().message);
}

/// A game and what it predicts.
struct Solved {
  std::shared_ptr<const Structure> structure;
  Prediction prediction;
};

Result<Solved> solve_for(const CatalogueEntry& entry, const Check& check) {
  const Result<Game> game = load_game((entry.folder / check.model).string(), check.settings);
  if (!game) return std::unexpected(game.error());
  AnswerOptions options;
  options.with_certificate = false;
  options.solve.lambda = check.lambda;
  options.solve.measure = check.measure;
  options.solve.discounting = check.discounting;
  if (!check.grid.empty()) {
    Result<std::vector<int>> nodes = grid_nodes(game->shape(), check.grid);
    if (!nodes) return std::unexpected(nodes.error());
    std::get<BeliefGrid>(options.solve.method).nodes = *std::move(nodes);
  }
  Result<Answer> found = answer(*game, options);
  if (!found) return std::unexpected(found.error());
  return Solved{game->structure, std::move(found->prediction)};
}

}  // namespace

Result<CatalogueEntry> read_expected(const std::filesystem::path& file) {
  const Result<std::string> text = read_file(file.string());
  if (!text) return std::unexpected(text.error());
  Reader reader(file.string());
  const Json object = Json::parse(*text, nullptr, false);
  CatalogueEntry entry;
  if (!object.is_object())
    reader.complain("this is no JSON object");
  else
    entry = reader.entry(object);
  if (!reader.diagnostics().empty()) return std::unexpected(reader.diagnostics());
  entry.folder = file.parent_path();
  entry.name = entry.folder.filename().string();
  return entry;
}

Result<std::vector<CatalogueEntry>> read_catalogue(const std::filesystem::path& models) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& folder : std::filesystem::directory_iterator(models, error))
    if (std::filesystem::exists(folder.path() / "expected.json")) files.push_back(folder.path() / "expected.json");
  std::ranges::sort(files);
  std::vector<CatalogueEntry> entries;
  Diagnostics diagnostics;
  for (const std::filesystem::path& file : files) {
    Result<CatalogueEntry> entry = read_expected(file);
    if (entry)
      entries.push_back(*std::move(entry));
    else
      diagnostics.insert(diagnostics.end(), entry.error().begin(), entry.error().end());
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  return entries;
}

std::vector<CheckResult> run_checks(const CatalogueEntry& entry, const OnStep& on_step) {
  std::vector<CheckResult> results(entry.checks.size());
  std::map<std::string, Result<Solved>> solved;
  for (std::size_t k = 0; k < entry.checks.size(); ++k) {
    const Check& check = entry.checks[k];
    results[k].check = k;
    if (on_step && !on_step({"checks", static_cast<double>(k) / static_cast<double>(entry.checks.size())})) {
      results[k].why_not = "stopped";
      continue;
    }
    const std::string key = solve_key(check);
    if (!solved.contains(key)) solved.emplace(key, solve_for(entry, check));
    const Result<Solved>& answer = solved.at(key);
    if (!answer) {
      results[k].why_not = first_line(answer.error());
      continue;
    }
    const Result<double> computed = quantity(*answer->structure, answer->prediction, check.quantity);
    if (!computed) {
      results[k].why_not = first_line(computed.error());
      continue;
    }
    results[k].computed = *computed;
    results[k].passed = std::abs(*computed - check.expected) <= check.tolerance;
  }
  return results;
}

Result<std::vector<int>> grid_nodes(const Structure& structure, const std::vector<std::string>& words) {
  constexpr int most_nodes = 1 << 20;
  Diagnostics diagnostics;
  const auto complain = [&](const std::string& message, const std::string& hint) { diagnostics.push_back(placeless("M0803", message, hint)); };
  std::vector<std::string> names;
  for (const Player& player : structure.players) names.push_back(player.name);
  std::vector<int> nodes(names.size(), 0);
  bool per_player = false;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string count_text = equals == std::string::npos ? word : word.substr(equals + 1);
    const bool is_whole = !count_text.empty() && count_text.size() <= 7 && std::ranges::all_of(count_text, [](char c) { return c >= '0' && c <= '9'; });
    const int count = is_whole ? std::stoi(count_text) : 0;
    if (count < 2 || count > most_nodes) {
      complain(fmt::format("`{}` is no number of belief nodes", word),
               fmt::format("give a whole number from 2 to {}, as in `--grid 33` or `--grid {}=9`", most_nodes, names.empty() ? "A" : names.front()));
      continue;
    }
    if (equals == std::string::npos) {
      std::ranges::fill(nodes, count);
      continue;
    }
    const std::string name = word.substr(0, equals);
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      const std::string near = nearest_word(name, names);
      complain(fmt::format("there is no player `{}` to give belief nodes", name), near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      continue;
    }
    per_player = true;
    nodes[static_cast<std::size_t>(found - names.begin())] = count;
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  if (!per_player) return nodes.empty() || nodes.front() == 0 ? std::vector<int>{} : std::vector<int>{nodes.front()};
  return nodes;
}

}  // namespace melian
