#include "study/evidence_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "study/evidence.h"

namespace melian::study_file {
namespace {

/// Goes through a text byte by byte and knows line and column (in characters).
class CsvReader {
 public:
  CsvReader(const std::string& text, const TextLines& lines, Diagnostics& errors)
      : text_(text), lines_(lines), errors_(errors) {
    if (text_.starts_with("\xEF\xBB\xBF")) next_ = 3;
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> out;
    while (next_ < text_.size()) {
      CsvRow row;
      do row.push_back(field());
      while (take(','));
      if (!end_line() && next_ < text_.size()) {
        wrong({line_, column_, 1}, "text behind the closing quote",
              "a comma or the end of the line", "inside quotes, a quote is written twice: \"\"");
        while (next_ < text_.size() && text_[next_] != '\n') step();
        end_line();
      }
      if (row.size() > 1 || !row.front().text.empty()) out.push_back(std::move(row));
    }
    return out;
  }

 private:
  void wrong(const LinePlace& place, std::string message, std::string expected, std::string hint) {
    errors_.push_back(
        lines_.at(place, "M0760", std::move(message), std::move(expected), std::move(hint)));
  }

  void step() {
    const char c = text_[next_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++column_;
    }
  }

  bool take(char wanted) {
    if (next_ >= text_.size() || text_[next_] != wanted) return false;
    step();
    return true;
  }

  bool end_line() {
    if (next_ + 1 < text_.size() && text_[next_] == '\r' && text_[next_ + 1] == '\n') step();
    return take('\n');
  }

  CsvField field() {
    CsvField out;
    out.place = {line_, column_, 1};
    if (take('"')) {
      while (true) {
        if (next_ >= text_.size()) {
          wrong(out.place, "this quote is never closed", {},
                "every field that begins with a quote ends with one");
          break;
        }
        if (take('"') && !(next_ < text_.size() && text_[next_] == '"')) break;
        out.text += text_[next_];
        step();
      }
    } else {
      while (next_ < text_.size() && text_[next_] != ',' && text_[next_] != '\n') {
        if (text_[next_] == '\r' && next_ + 1 < text_.size() && text_[next_ + 1] == '\n') break;
        if (text_[next_] == '"')
          wrong({line_, column_, 1}, "a quote inside a field without quotes", {},
                "put the whole field in quotes and double the quotes in it");
        out.text += text_[next_];
        step();
      }
    }
    if (line_ == out.place.line) out.place.length = std::max(1, column_ - out.place.column);
    out.text = printable_text(out.text);
    return out;
  }

  const std::string& text_;
  const TextLines& lines_;
  Diagnostics& errors_;
  std::size_t next_ = 0;
  int line_ = 1, column_ = 1;
};

std::optional<double> number_in(const std::string& text) {
  double out = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(out))
    return std::nullopt;
  return out;
}

constexpr std::array<const char*, 7> columns{"date",   "actor",       "kind",  "what",
                                             "source", "reliability", "number"};
constexpr std::size_t needed_columns = 6;

class LogReader {
 public:
  LogReader(const std::string& text, const TextLines& lines, Diagnostics& errors)
      : lines_(lines), errors_(errors), text_(text) {}

  std::vector<LoggedEvent> events(std::vector<EvidencePlaces::Event>& places) {
    const std::vector<CsvRow> rows = read_csv(text_, lines_, errors_);
    std::vector<LoggedEvent> out;
    if (rows.empty()) {
      say({1, 1, 1}, "M0761", "the log is empty",
          "a first line date,actor,kind,what,source,reliability");
      return out;
    }
    if (!read_header(rows.front())) return out;
    for (std::size_t r = 1; r < rows.size(); ++r) {
      if (rows[r].size() != rows.front().size()) {
        say(rows[r].back().place, "M0762",
            fmt::format("this row has {} fields, the first line has {}", rows[r].size(),
                        rows.front().size()),
            {},
            rows[r].size() > rows.front().size() ? "a field that holds a comma is put in quotes"
                                                 : "an empty field keeps its comma");
        continue;
      }
      out.push_back(event(rows[r]));
      const CsvField* number = field(rows[r], 6);
      places.push_back({field(rows[r], 1)->place, field(rows[r], 2)->place,
                        number == nullptr ? field(rows[r], 2)->place : number->place});
    }
    return out;
  }

 private:
  void say(const LinePlace& place, const char* code, std::string message, std::string expected = {},
           std::string hint = {}) {
    errors_.push_back(
        lines_.at(place, code, std::move(message), std::move(expected), std::move(hint)));
  }

  bool read_header(const CsvRow& row) {
    const std::size_t before = errors_.size();
    column_.fill(-1);
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto known = std::ranges::find(columns, row[c].text);
      if (known == columns.end()) {
        const std::string near = nearest_word(row[c].text, {columns.begin(), columns.end()});
        say(row[c].place, "M0761", fmt::format("the log has no column `{}`", row[c].text),
            "date, actor, kind, what, source, reliability, number",
            near.empty() ? "" : fmt::format("did you mean `{}`?", near));
        continue;
      }
      int& place = column_[static_cast<std::size_t>(known - columns.begin())];
      if (place >= 0)
        say(row[c].place, "M0761", fmt::format("there are two columns `{}`", row[c].text));
      place = static_cast<int>(c);
    }
    for (std::size_t k = 0; k < needed_columns; ++k)
      if (column_[k] < 0)
        say(row.front().place, "M0761", fmt::format("the column `{}` is missing", columns[k]),
            "date,actor,kind,what,source,reliability");
    return errors_.size() == before;
  }

  [[nodiscard]] const CsvField* field(const CsvRow& row, std::size_t column) const {
    return column_[column] < 0 ? nullptr : &row[static_cast<std::size_t>(column_[column])];
  }

  LoggedEvent event(const CsvRow& row) {
    LoggedEvent out;
    out.date = field(row, 0)->text;
    out.actor = field(row, 1)->text;
    out.kind = field(row, 2)->text;
    out.what = field(row, 3)->text;
    out.source = field(row, 4)->text;
    if (const auto day = evidence::day_of(out.date)) {
      out.day = *day;
      if (day < latest_)
        say(field(row, 0)->place, "M0764", "this event is earlier than the one before it",
            "events in order of date");
      latest_ = std::max(latest_, *day);
    } else {
      say(field(row, 0)->place, "M0763", fmt::format("`{}` is no date", out.date.substr(0, 40)),
          "YYYY-MM-DD, a day of the calendar");
    }
    for (const std::size_t needed : {2, 3, 4})
      if (field(row, needed)->text.find_first_not_of(" \t") == std::string::npos)
        say(field(row, needed)->place, "M0772", fmt::format("`{}` is empty", columns[needed]),
            needed == 4 ? "where this can be looked up" : "");
    if (const CsvField& text = *field(row, 5); !text.text.empty()) {
      out.reliability = number_in(text.text);
      if (!out.reliability || *out.reliability < 0.0 || *out.reliability > 1.0) {
        say(text.place, "M0765", fmt::format("`{}` is no reliability", text.text.substr(0, 40)),
            "a number from 0 to 1, or nothing: that of its kind");
        out.reliability.reset();
      }
    }
    if (const CsvField* text = field(row, 6); text != nullptr && !text->text.empty()) {
      out.number = number_in(text->text);
      if (!out.number)
        say(text->place, "M0765", fmt::format("`{}` is no number", text->text.substr(0, 40)),
            "what was offered, in the model's units");
    }
    return out;
  }

  const TextLines& lines_;
  Diagnostics& errors_;
  const std::string& text_;
  std::array<int, columns.size()> column_{};
  int latest_ = -1'000'000'000;
};

}  // namespace

std::vector<CsvRow> read_csv(const std::string& text, const TextLines& lines, Diagnostics& errors) {
  return CsvReader(text, lines, errors).rows();
}

std::vector<LoggedEvent> read_event_log(const std::string& text, const TextLines& lines,
                                        Diagnostics& errors,
                                        std::vector<EvidencePlaces::Event>& places) {
  return LogReader(text, lines, errors).events(places);
}

}  // namespace melian::study_file
