#include "report/json_text.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace melian {
namespace {

/// Hears what a parser reads and builds nothing; returning false ends the reading.
class Listener : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Listener(int deepest) : deepest_(deepest) {}

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool key(string_t& name) override {
    if (keys_.back().insert(name).second) return true;
    wrong = fmt::format("\"{}\" stands twice in one table", printable_text(name, true));
    return false;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& why) override {
    constexpr int number_out_of_range = 406;
    wrong = why.id == number_out_of_range ? "this number is too large" : "this is no JSON";
    byte = position;
    return false;
  }

  std::string wrong;     ///< "" where nothing is
  std::size_t byte = 0;  ///< from 1: where the reading ended; 0: not known

 private:
  bool enter() {
    keys_.emplace_back();
    if (static_cast<int>(keys_.size()) <= deepest_) return true;
    wrong = fmt::format("tables and lists stand more than {} deep in each other", deepest_);
    return false;
  }
  bool leave() {
    keys_.pop_back();
    return true;
  }

  int deepest_;
  std::vector<std::set<std::string>> keys_;  ///< of the objects that are open
};

bool begins_a_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

/// Line, column and line's text of a byte, counted from 1.
void place(Diagnostic& diagnostic, const std::string& text, std::size_t byte) {
  const std::size_t at = std::min(byte - 1, text.size());
  const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const auto from = text.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto here = text.begin() + static_cast<std::ptrdiff_t>(at);
  diagnostic.line = 1 + static_cast<int>(std::count(text.begin(), from, '\n'));
  diagnostic.column = 1 + static_cast<int>(std::count_if(from, here, begins_a_character));
  diagnostic.source_line = printable_text(text.substr(begin, text.find('\n', begin) - begin), true);
}

}  // namespace

Diagnostics trouble_with_json(const std::string& text, const std::string& file, const char* code,
                              int deepest) {
  Listener listener(deepest);
  if (nlohmann::json::sax_parse(text, &listener)) return {};
  Diagnostic out = placeless(code, listener.wrong);
  out.file = file;
  if (listener.byte > 0) place(out, text, listener.byte);
  return {out};
}

}  // namespace melian
