#pragma once
/// Reading the keys of one table of a study: each by its kind, and what is left over is a mistake.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "study/study_file.h"
#include "study/toml_text.h"

namespace melian::study_file {

/// Where mistakes go.
class Pen {
 public:
  Pen(const TextLines& lines, Draft& draft) : lines_(lines), draft_(draft) {}
  void error(const LinePlace& place, std::string code, std::string message,
             std::string expected = {}, std::string hint = {});
  /// A key that is missing at a place, told together with the others that are missing there.
  void missing(const LinePlace& place, const std::string& what, const std::string& key,
               const std::string& hint);
  void warning(const LinePlace& place, std::string code, std::string message,
               std::string hint = {});
  [[nodiscard]] const TextLines& lines() const { return lines_; }

 private:
  const TextLines& lines_;
  Draft& draft_;
};

/// The keys of one table. Every key asked for is known; `finish` names the others.
class Fields {
 public:
  /// `what`: how the table is called in messages, such as "a reading". `place`: where it stands.
  Fields(const TomlNode& table, LinePlace place, std::string what, Pen& pen)
      : table_(table), place_(place), what_(std::move(what)), pen_(pen) {}

  /// The value of a key if it is there and of that kind (a whole number is a number too).
  const TomlNode* get(const std::string& key, TomlNode::Kind kind);
  const TomlNode* any(const std::string& key);
  std::string text(const std::string& key);
  std::string needed_text(const std::string& key);
  std::optional<double> number(const std::string& key, double low, double high);
  std::optional<int> whole(const std::string& key, int low, int high);
  /// One text, or a list of texts.
  std::vector<Mention> texts(const std::string& key);
  /// A list of tables, as [[key]] makes it.
  std::vector<const TomlNode*> tables(const std::string& key);
  void missing(const std::string& key, const std::string& hint = {});
  void finish();
  [[nodiscard]] const LinePlace& place() const { return place_; }
  [[nodiscard]] LinePlace place_of(const std::string& key) const;

 private:
  const TomlNode& table_;
  LinePlace place_;
  std::string what_;
  Pen& pen_;
  std::set<std::string> known_;
};

}  // namespace melian::study_file
