#include <nlohmann/json.hpp>

#include "melian/report.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

/// Bytes of a file that are no UTF-8 become U+FFFD.
Json text_json(const std::string& text) { return printable_text(text); }

Json place_json(const TextPlace& place) {
  Json out;
  out["file"] = place.file.empty() ? Json() : text_json(place.file);
  const bool somewhere = place.line > 0;
  out["line"] = somewhere ? Json(place.line) : Json();
  out["column"] = somewhere ? Json(place.column) : Json();
  out["length"] = somewhere ? Json(place.length) : Json();
  return out;
}

/// A list: the words one by one where the parser knows them, else what was expected as one text.
Json expected_json(const Diagnostic& diagnostic) {
  Json out = Json::array();
  for (const std::string& word : diagnostic.expected_words) out.push_back(text_json(word));
  if (out.empty() && !diagnostic.expected.empty()) out.push_back(text_json(diagnostic.expected));
  return out;
}

}  // namespace

std::string diagnostics_json(const Diagnostics& diagnostics) {
  Json all = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    Json one{{"code", diagnostic.code},
             {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
             {"message", text_json(diagnostic.message)}};
    one.update(place_json(diagnostic));
    one["expected"] = expected_json(diagnostic);
    one["hint"] = diagnostic.hint.empty() ? Json() : text_json(diagnostic.hint);
    one["related"] = Json::array();
    for (const RelatedPlace& related : diagnostic.related) {
      Json place{{"message", text_json(related.message)}};
      place.update(place_json(related));
      one["related"].push_back(std::move(place));
    }
    all.push_back(std::move(one));
  }
  return Json{{"schema", diagnostics_schema}, {"diagnostics", std::move(all)}}.dump(2) + "\n";
}

}  // namespace melian
