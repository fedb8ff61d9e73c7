#include "prove/counts.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/core.h>

namespace melian::prove {
namespace {

constexpr const char* header =
    "engine,class,first,last,compared,certified,wrong,gross,wrongly_alone,refused_right,"
    "refused_far,not_compared,reasons\n";
constexpr const char* record_code = "M0801";

std::vector<std::string> parts(const std::string& text, char separator) {
  std::vector<std::string> out;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) out.push_back(part);
  return out;
}

template <class Number>
bool read(const std::string& text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_line(const std::string& line, Record& out) {
  const std::vector<std::string> cells = parts(line, ',');
  constexpr std::size_t without_reasons = 12;
  if (cells.size() < without_reasons) return false;
  out.engine = cells[0];
  out.of_class = cells[1];
  std::int64_t* numbers[] = {&out.counts.compared,      &out.counts.certified,
                             &out.counts.wrong,         &out.counts.gross,
                             &out.counts.wrongly_alone, &out.counts.refused_right,
                             &out.counts.refused_far,   &out.counts.not_compared};
  bool fine = read(cells[2], out.first) && read(cells[3], out.last);
  for (std::size_t k = 0; k < std::size(numbers); ++k)
    fine = fine && read(cells[4 + k], *numbers[k]);
  if (cells.size() == without_reasons) return fine;
  for (const std::string& one : parts(cells[without_reasons], ';')) {
    const std::size_t at = one.rfind(':');
    fine = fine && at != std::string::npos &&
           read(one.substr(at + 1), out.counts.reasons[one.substr(0, at)]);
  }
  return fine;
}

std::string line_of(const Record& record) {
  const Counts& c = record.counts;
  std::string reasons;
  for (const auto& [name, count] : c.reasons)
    reasons += fmt::format("{}{}:{}", reasons.empty() ? "" : ";", name, count);
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", record.engine, record.of_class,
                     record.first, record.last, c.compared, c.certified, c.wrong, c.gross,
                     c.wrongly_alone, c.refused_right, c.refused_far, c.not_compared, reasons);
}

}  // namespace

void Counts::add(const Verdict& verdict) {
  if (verdict.fate == Fate::not_compared) {
    ++not_compared;
    ++not_compared_for[verdict.reasons];
    return;
  }
  ++compared;
  certified += verdict.certified ? 1 : 0;
  wrong += verdict.fate == Fate::wrong ? 1 : 0;
  gross += verdict.fate == Fate::wrong && verdict.gross ? 1 : 0;
  wrongly_alone += verdict.fate == Fate::wrongly_alone ? 1 : 0;
  refused_far += verdict.fate == Fate::refused_far ? 1 : 0;
  if (verdict.fate != Fate::refused_right) return;
  ++refused_right;
  ++reasons[verdict.reasons];
}

void Counts::add(const Counts& other) {
  compared += other.compared;
  certified += other.certified;
  wrong += other.wrong;
  gross += other.gross;
  wrongly_alone += other.wrongly_alone;
  refused_right += other.refused_right;
  refused_far += other.refused_far;
  not_compared += other.not_compared;
  for (const auto& [name, count] : other.reasons) reasons[name] += count;
}

Result<std::vector<Record>> read_records(const std::string& path) {
  std::vector<Record> out;
  if (!std::filesystem::exists(path)) return out;
  const Result<std::string> text = read_file(path);
  if (!text) return std::unexpected(text.error());
  const std::vector<std::string> lines = parts(*text, '\n');
  for (std::size_t k = 1; k < lines.size(); ++k)
    if (!read_line(lines[k], out.emplace_back()))
      return std::unexpected(Diagnostics{
          placeless(record_code, fmt::format("line {} of {} cannot be read", k + 1, path))});
  return out;
}

Result<bool> append_records(const std::string& path, const std::vector<Record>& records) {
  const bool is_new = !std::filesystem::exists(path);
  std::ofstream file(path, std::ios::app);
  if (is_new) file << header;
  for (const Record& record : records) file << line_of(record);
  file.flush();
  if (!file)
    return std::unexpected(
        Diagnostics{placeless(record_code, fmt::format("{} could not be written", path))});
  return true;
}

}  // namespace melian::prove
