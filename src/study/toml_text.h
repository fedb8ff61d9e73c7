#pragma once
/// A TOML text as a plain tree with places, so that only one file sees the TOML library. Knows
/// nothing of studies.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "melian/base.h"

namespace melian {

/// Where something stands in a text: lines and columns from 1, in characters.
struct LinePlace {
  int line = 0, column = 0, length = 1;
};

/// A text cut into lines, for diagnostics.
class TextLines {
 public:
  TextLines(std::string file, const std::string& text);
  [[nodiscard]] Diagnostic at(const LinePlace& place, std::string code, std::string message,
                              std::string expected = {}, std::string hint = {}) const;
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& line(int number) const;  ///< "" beyond the end
  [[nodiscard]] int count() const { return static_cast<int>(lines_.size()); }

 private:
  std::string file_;
  std::vector<std::string> lines_;
};

struct TomlEntry;
struct TomlNode {
  enum class Kind { text, whole, number, boolean, date, list, table } kind = Kind::table;
  std::string text;     ///< of texts; of dates: as YYYY-MM-DD
  double number = 0.0;  ///< of wholes and numbers
  bool boolean = false;
  std::vector<TomlNode> items;     ///< of lists
  std::vector<TomlEntry> entries;  ///< of tables, in the order of the file
  LinePlace place;
  [[nodiscard]] bool is_number() const { return kind == Kind::whole || kind == Kind::number; }
  [[nodiscard]] const TomlEntry* find(std::string_view key) const;
};
struct TomlEntry {
  std::string key;
  LinePlace place;
  TomlNode node;
};

/// What the kind is called in messages: "a text", "a list", ...
[[nodiscard]] const char* kind_word(TomlNode::Kind kind);

/// Errors: M0701 (not a text, too large, nested too deeply), M0702 (not TOML).
[[nodiscard]] Result<TomlNode> read_toml(const std::string& text, const std::string& file);

/// Where each byte of a text value stands in the file (one more than the text is long). Follows
/// quotes and escapes; all at the value's own place where the file does not spell it out.
[[nodiscard]] std::vector<LinePlace> places_of(const TomlNode& value, const TextLines& lines);

}  // namespace melian
