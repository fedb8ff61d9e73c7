#include "study/study_fields.h"

#include <algorithm>

#include <fmt/core.h>

namespace melian::study_file {

void Pen::error(const LinePlace& place, std::string code, std::string message, std::string expected,
                std::string hint) {
  draft_.errors.push_back(
      lines_.at(place, std::move(code), std::move(message), std::move(expected), std::move(hint)));
}

void Pen::missing(const LinePlace& place, const std::string& what, const std::string& key,
                  const std::string& hint) {
  const auto known = std::ranges::find_if(draft_.errors, [&](const Diagnostic& told) {
    return told.code == "M0705" && !told.expected_words.empty() && told.line == place.line &&
           told.column == place.column;
  });
  if (known == draft_.errors.end()) {
    error(place, "M0705", fmt::format("{} needs `{}`", what, key), {}, hint);
    draft_.errors.back().expected_words.push_back(key);
    return;
  }
  // One diagnostic a place: all that is missing there.
  known->expected_words.push_back(key);
  known->message = what + " needs ";
  const std::vector<std::string>& keys = known->expected_words;
  for (std::size_t k = 0; k < keys.size(); ++k)
    known->message += (k == 0 ? "`" : k + 1 == keys.size() ? " and `" : ", `") + keys[k] + "`";
  if (!hint.empty()) known->hint += (known->hint.empty() ? "" : "; ") + hint;
}

void Pen::warning(const LinePlace& place, std::string code, std::string message, std::string hint) {
  draft_.warnings.push_back(
      lines_.at(place, std::move(code), std::move(message), {}, std::move(hint)));
  draft_.warnings.back().severity = Severity::warning;
}

const TomlNode* Fields::any(const std::string& key) {
  known_.insert(key);
  const TomlEntry* entry = table_.find(key);
  return entry ? &entry->node : nullptr;
}

const TomlNode* Fields::get(const std::string& key, TomlNode::Kind kind) {
  const TomlNode* node = any(key);
  if (!node) return nullptr;
  if (node->kind == kind || (kind == TomlNode::Kind::number && node->is_number())) return node;
  pen_.error(node->place, "M0704", fmt::format("`{}` is {} here", key, kind_word(node->kind)),
             kind_word(kind));
  return nullptr;
}

std::string Fields::text(const std::string& key) {
  const TomlNode* node = get(key, TomlNode::Kind::text);
  return node ? node->text : std::string{};
}

std::string Fields::needed_text(const std::string& key) {
  if (!table_.find(key)) missing(key);
  const TomlNode* node = get(key, TomlNode::Kind::text);
  if (!node) return {};
  if (node->text.find_first_not_of(" \t\n\r") == std::string::npos)
    pen_.error(node->place, "M0705", fmt::format("`{}` is empty", key));
  return node->text;
}

std::optional<double> Fields::number(const std::string& key, double low, double high) {
  const TomlNode* node = get(key, TomlNode::Kind::number);
  if (!node) return std::nullopt;
  if (node->number >= low && node->number <= high) return node->number;
  pen_.error(node->place, "M0716", fmt::format("`{}` is {}", key, number_text(node->number)),
             fmt::format("a number from {} to {}", number_text(low), number_text(high)));
  return std::nullopt;
}

std::optional<int> Fields::whole(const std::string& key, int low, int high) {
  const TomlNode* node = get(key, TomlNode::Kind::whole);
  if (!node) return std::nullopt;
  if (node->number >= low && node->number <= high) return static_cast<int>(node->number);
  pen_.error(node->place, "M0716", fmt::format("`{}` is {}", key, number_text(node->number)),
             fmt::format("a whole number from {} to {}", low, high));
  return std::nullopt;
}

std::vector<Mention> Fields::texts(const std::string& key) {
  const TomlNode* node = any(key);
  if (!node) return {};
  if (node->kind == TomlNode::Kind::text) return {{node->text, node->place}};
  if (node->kind != TomlNode::Kind::list) {
    pen_.error(node->place, "M0704", fmt::format("`{}` is {} here", key, kind_word(node->kind)),
               "a text or a list of texts");
    return {};
  }
  std::vector<Mention> out;
  for (const TomlNode& item : node->items) {
    if (item.kind == TomlNode::Kind::text)
      out.push_back({item.text, item.place});
    else
      pen_.error(item.place, "M0704",
                 fmt::format("an entry of `{}` is {} here", key, kind_word(item.kind)), "a text");
  }
  return out;
}

std::vector<const TomlNode*> Fields::tables(const std::string& key) {
  const TomlNode* node = any(key);
  if (!node) return {};
  std::vector<const TomlNode*> out;
  if (node->kind == TomlNode::Kind::list) {
    for (const TomlNode& item : node->items) {
      if (item.kind == TomlNode::Kind::table)
        out.push_back(&item);
      else
        pen_.error(item.place, "M0704",
                   fmt::format("an entry of `{}` is {} here", key, kind_word(item.kind)),
                   "a table");
    }
  } else {
    pen_.error(node->place, "M0704", fmt::format("`{}` is {} here", key, kind_word(node->kind)),
               fmt::format("a list of tables, each beginning with [[{}]]", key));
  }
  return out;
}

void Fields::missing(const std::string& key, const std::string& hint) {
  pen_.missing(place_, what_, key, hint);
}

void Fields::finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const TomlEntry& entry : table_.entries) {
    if (known_.contains(entry.key)) continue;
    const std::string near = nearest_word(entry.key, known);
    std::string expected;
    for (const std::string& key : known) expected += (expected.empty() ? "" : ", ") + key;
    pen_.error(entry.place, "M0703", fmt::format("{} has no key `{}`", what_, entry.key),
               near.empty() ? expected : "",
               near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  }
}

LinePlace Fields::place_of(const std::string& key) const {
  const TomlEntry* entry = table_.find(key);
  return entry ? entry->node.place : place_;
}

}  // namespace melian::study_file
