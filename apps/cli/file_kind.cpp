#include "file_kind.h"

#include <algorithm>

#include <fmt/core.h>

#include "melian/tree.h"

namespace melian::cli {
namespace {

constexpr const char* wrong_kind_code = "M0810";
constexpr std::size_t start_bytes = std::size_t{64} << 10;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// The first line that is neither empty nor a comment.
std::string_view first_line(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    return line.substr(first);
  }
  return {};
}

/// `model = "..."`, `title = ...`, `[section]`: TOML, where a model has `model "..."`.
bool reads_as_toml(std::string_view line) {
  if (line.starts_with("[")) return true;
  const std::size_t word =
      line.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
  if (word == 0 || word == std::string_view::npos) return false;
  const std::size_t sign = line.find_first_not_of(" \t", word);
  return sign != std::string_view::npos && line[sign] == '=';
}

Diagnostics refusal(const std::string& path, const std::string& what, const std::string& hint) {
  return {placeless(wrong_kind_code, fmt::format("`{}` is {}", path, what), hint)};
}

/// What can be said of files that neither a model nor a study is.
Diagnostics neither(const std::string& path, FileKind kind) {
  if (kind == FileKind::efg)
    return refusal(path, "a Gambit extensive form, which this command does not read",
                   fmt::format("`melian solve {} --lambda L` solves it", path));
  if (kind == FileKind::nfg)
    return refusal(path, "a Gambit strategic form, which this command does not read",
                   fmt::format("`melian solve {} --lambda L` solves it", path));
  if (kind == FileKind::compressed)
    return refusal(path, "a compressed file", "unpack it first, for example with `gunzip`");
  return {};
}

}  // namespace

FileKind kind_of_file(const std::string& path) {
  switch (gambit_format(path)) {
    case GambitFormat::efg: return FileKind::efg;
    case GambitFormat::nfg: return FileKind::nfg;
    case GambitFormat::none: break;
  }
  const std::string start = start_of_file(path, start_bytes), name = lower_case(path);
  for (const std::string_view magic : {"\x1f\x8b", "PK\x03\x04", "BZh",
                                       "\xFD"
                                       "7zXZ",
                                       "\x28\xB5\x2F\xFD"})
    if (start.starts_with(magic)) return FileKind::compressed;
  const std::string_view line = first_line(start);
  if (reads_as_toml(line)) return FileKind::study;
  if (line.starts_with("model") || line.starts_with("module")) return FileKind::model;
  if (name.ends_with(".toml")) return FileKind::study;
  if (name.ends_with(".melian")) return FileKind::model;
  return name.ends_with(".gz") || name.ends_with(".zip") ? FileKind::compressed : FileKind::unknown;
}

Diagnostics not_a_model(const std::string& path) {
  const FileKind kind = kind_of_file(path);
  if (kind == FileKind::study)
    return refusal(path, "a study, not a model",
                   fmt::format("`melian run {}` runs it, `melian check {}` checks it", path, path));
  return neither(path, kind);
}

Diagnostics not_a_study(const std::string& path) {
  const FileKind kind = kind_of_file(path);
  if (kind == FileKind::model)
    return refusal(
        path, "a model, not a study",
        fmt::format("`melian solve {}` solves it; a study is a .toml that names it", path));
  return neither(path, kind);
}

}  // namespace melian::cli
