#include "report/catalogue_reader.h"

#include <algorithm>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "report/json_text.h"

namespace melian {
namespace {

constexpr const char* catalogue_code = "M0923";

/// The mechanisms that the catalogue is listed by; one list, so that two spellings of one mechanism
/// cannot both be in use.
const std::vector<std::string>& known_tags() {
  static const std::vector<std::string> tags{
      "screening",      "learning in war", "signalling",           "commitment problem",
      "first strike",   "indivisibility",  "reputation",           "heterogeneous priors",
      "mediation",      "insincere talks", "third party",          "deadline",
      "two-level game", "spoilers",        "complete information", "statistical model"};
  return tags;
}

}  // namespace

void ExpectedReader::complain(const std::string& message, const std::string& hint) {
  Diagnostic diagnostic = placeless(catalogue_code, message, hint);
  diagnostic.file = file_;
  diagnostics_.push_back(std::move(diagnostic));
}

void ExpectedReader::only(const Json& object, std::initializer_list<const char*> keys,
                          const std::string& where) {
  const std::vector<std::string> known(keys.begin(), keys.end());
  for (const auto& [key, content] : object.items()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    const std::string near = nearest_word(key, known);
    complain(fmt::format("{} has a \"{}\", which means nothing there", where, key),
             near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
  }
}

std::string ExpectedReader::text(const Json& object, const std::string& key,
                                 const std::string& where, bool needed) {
  if (!object.contains(key)) {
    if (needed) complain(fmt::format("{} has no \"{}\"", where, key));
    return {};
  }
  if (object[key].is_string()) return object[key].get<std::string>();
  complain(fmt::format("\"{}\" of {} is no text", key, where));
  return {};
}

std::vector<std::string> ExpectedReader::texts(const Json& object, const std::string& key,
                                               const std::string& where) {
  std::vector<std::string> out;
  const Json list = object.value(key, Json::array());
  const bool fine =
      list.is_array() && std::ranges::all_of(list, [](const Json& one) { return one.is_string(); });
  if (!fine) complain(fmt::format("\"{}\" of {} is no list of texts", key, where));
  if (fine)
    for (const Json& one : list) out.push_back(one.get<std::string>());
  return out;
}

std::optional<double> ExpectedReader::number(const Json& object, const std::string& key,
                                             const std::string& where, bool needed) {
  if (object.contains(key) && object[key].is_number()) return object[key].get<double>();
  if (needed || object.contains(key))
    complain(fmt::format("\"{}\" of {} is no number", key, where));
  return std::nullopt;
}

std::optional<bool> ExpectedReader::truth(const Json& object, const std::string& key,
                                          const std::string& where) {
  if (!object.contains(key)) return std::nullopt;
  if (object[key].is_boolean()) return object[key].get<bool>();
  complain(fmt::format("\"{}\" of {} is neither true nor false", key, where));
  return std::nullopt;
}

Settings ExpectedReader::settings(const Json& object, const std::string& where) {
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

std::vector<std::string> ExpectedReader::grid(const Json& object, const std::string& where) {
  std::vector<std::string> out;
  if (!object.contains("grid")) return out;
  const Json& grid = object["grid"];
  if (grid.is_number_integer())
    out.push_back(grid.dump());
  else if (grid.is_object())
    for (const auto& [player, nodes] : grid.items()) {
      if (nodes.is_number_integer())
        out.push_back(fmt::format("{}={}", player, nodes.dump()));
      else
        complain(fmt::format("grid of {} in {} is no whole number", player, where));
    }
  else
    complain(fmt::format("\"grid\" of {} is neither a number nor a table of players", where));
  return out;
}

Definitions ExpectedReader::definitions(const Json& object, const std::string& where) {
  Definitions out;
  if (!object.contains("where")) return out;
  const Json& given = object["where"];
  if (!given.is_object()) {
    complain(fmt::format("\"where\" of {} is no table of formulas", where));
    return out;
  }
  for (const auto& [name, formula] : given.items()) {
    if (formula.is_string())
      out[name] = formula.get<std::string>();
    else if (formula.is_number())
      out[name] = number_text(formula.get<double>());
    else
      complain(fmt::format("`{}` in \"where\" of {} is no formula", name, where));
  }
  return out;
}

void ExpectedReader::game(CatalogueGame& into, const Json& object, const std::string& where) {
  into.model = text(object, "model", where);
  into.settings = settings(object, where);
  into.lambda = number(object, "lambda", where, false);
  into.grid = grid(object, where);
  const std::string measure = text(object, "measure", where, false);
  if (measure == "each")
    into.measure = Measure::each;
  else if (!measure.empty() && measure != "cells")
    complain(fmt::format("measure of {} is neither \"cells\" nor \"each\"", where));
  const std::string method = text(object, "method", where, false);
  into.by_tree = method == "tree";
  if (!method.empty() && method != "tree" && method != "grid")
    complain(fmt::format("method of {} is neither \"grid\" nor \"tree\"", where));
  if (truth(object, "present_value", where).value_or(false))
    into.discounting = Discounting::present_value;
}

Check ExpectedReader::check(const Json& object, std::size_t index) {
  std::string where = fmt::format("check {}", index + 1);
  Check out;
  if (!object.is_object()) {
    complain(where + " is no table");
    return out;
  }
  out.name = text(object, "name", where);
  if (!out.name.empty()) where = fmt::format("check \"{}\"", out.name);
  only(object,
       {"name", "model", "settings", "lambda", "grid", "measure", "method", "present_value",
        "quantity", "expected", "at_most", "where", "tolerance", "because"},
       where);
  game(out, object, where);
  out.quantity = text(object, "quantity", where);
  out.at_most = text(object, "at_most", where, false);
  out.where = definitions(object, where);
  if (out.at_most.empty()) out.expected = number(object, "expected", where, true).value_or(0.0);
  if (!out.at_most.empty() && object.contains("expected"))
    complain(where + " has both \"expected\" and \"at_most\"");
  out.tolerance = number(object, "tolerance", where, true).value_or(0.0);
  if (out.tolerance < 0) complain(fmt::format("tolerance of {} is negative", where));
  out.because = text(object, "because", where);
  return out;
}

Sign ExpectedReader::sign(const Json& object, std::size_t index) {
  const std::string where = fmt::format("sign {}", index + 1);
  Sign out;
  if (!object.is_object()) {
    complain(where + " is no table");
    return out;
  }
  only(object,
       {"model", "settings", "lambda", "grid", "measure", "method", "present_value", "parameter",
        "from", "to", "number", "sign", "tolerance", "because"},
       where);
  game(out, object, where);
  out.parameter = text(object, "parameter", where);
  out.from = number(object, "from", where, true).value_or(0.0);
  out.to = number(object, "to", where, true).value_or(0.0);
  out.quantity = text(object, "number", where);
  const std::string sign = text(object, "sign", where);
  out.sign = sign == "+" ? 1 : sign == "-" ? -1 : 0;
  if (sign != "+" && sign != "-" && sign != "0")
    complain(fmt::format("\"sign\" of {} is none of \"+\", \"-\", \"0\"", where));
  out.tolerance = number(object, "tolerance", where, true).value_or(0.0);
  if (out.tolerance < 0) complain(fmt::format("tolerance of {} is negative", where));
  out.because = text(object, "because", where);
  return out;
}

Condition ExpectedReader::condition(const Json& object, std::size_t index) {
  const std::string where = fmt::format("condition {}", index + 1);
  Condition out;
  if (!object.is_object()) {
    complain(where + " is no table");
    return out;
  }
  only(object, {"text", "model", "settings", "where", "holds_if", "holds"}, where);
  out.text = text(object, "text", where);
  out.model = text(object, "model", where, false);
  out.settings = settings(object, where);
  out.where = definitions(object, where);
  out.holds_if = text(object, "holds_if", where, false);
  out.holds = truth(object, "holds", where);
  if (out.model.empty() && (!out.holds_if.empty() || out.text.find('{') != std::string::npos))
    complain(where + " has numbers but no \"model\" whose parameters they come from");
  return out;
}

Threshold ExpectedReader::threshold(const Json& object, std::size_t index) {
  const std::string where = fmt::format("threshold {}", index + 1);
  Threshold out;
  if (!object.is_object()) {
    complain(where + " is no table");
    return out;
  }
  only(object, {"model", "parameter", "value", "where", "what", "source"}, where);
  out.model = text(object, "model", where);
  out.parameter = text(object, "parameter", where);
  out.value = text(object, "value", where);
  out.where = definitions(object, where);
  out.what = text(object, "what", where);
  out.source = text(object, "source", where);
  return out;
}

CatalogueEntry ExpectedReader::entry(const std::string& content) {
  constexpr int deepest = 16;
  const Diagnostics trouble = trouble_with_json(content, file_, catalogue_code, deepest);
  diagnostics_.insert(diagnostics_.end(), trouble.begin(), trouble.end());
  if (!trouble.empty()) return {};
  const Json object = Json::parse(content, nullptr, false);
  if (object.is_object()) return entry(object);
  complain("this is no JSON object");
  return {};
}

CatalogueEntry ExpectedReader::entry(const Json& object) {
  CatalogueEntry out;
  only(object,
       {"title", "citation", "claim", "mechanism", "status", "tags", "conditions", "thresholds",
        "checks", "signs"},
       "the file");
  out.title = text(object, "title", "the file");
  out.citation = text(object, "citation", "the file");
  out.claim = text(object, "claim", "the file");
  out.mechanism = text(object, "mechanism", "the file");
  out.status = text(object, "status", "the file");
  out.tags = texts(object, "tags", "the file");
  if (out.tags.empty())
    complain("the file has no \"tags\"",
             fmt::format("give at least one of: {}", fmt::join(known_tags(), ", ")));
  for (const std::string& tag : out.tags)
    if (std::ranges::find(known_tags(), tag) == known_tags().end()) {
      const std::string near = nearest_word(tag, known_tags());
      complain(fmt::format("there is no tag \"{}\"", tag),
               near.empty() ? fmt::format("give one of: {}", fmt::join(known_tags(), ", "))
                            : fmt::format("did you mean \"{}\"?", near));
    }
  const auto each = [&](const char* key, const auto& read) {
    const Json list = object.value(key, Json::array());
    if (!list.is_array()) complain(fmt::format("\"{}\" is no list", key));
    if (list.is_array())
      for (std::size_t k = 0; k < list.size(); ++k) read(list[k], k);
  };
  each("conditions",
       [&](const Json& one, std::size_t k) { out.conditions.push_back(condition(one, k)); });
  each("thresholds",
       [&](const Json& one, std::size_t k) { out.thresholds.push_back(threshold(one, k)); });
  each("checks", [&](const Json& one, std::size_t k) { out.checks.push_back(check(one, k)); });
  each("signs", [&](const Json& one, std::size_t k) { out.signs.push_back(sign(one, k)); });
  if (out.checks.empty()) complain("there are no \"checks\"");
  return out;
}

}  // namespace melian
