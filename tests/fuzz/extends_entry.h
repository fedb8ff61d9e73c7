#pragma once
/// What hostile models of several files are put through, in memory: read twice, read in another
/// folder, compiled small. A line `=== PATH` begins a file; the first is the one asked for, files
/// behind a line `=== with PATH` are modules asked for besides.

#include <map>
#include <string>
#include <vector>

#include "fuzz/diagnostics_law.h"
#include "melian/file_source.h"

namespace melian::test {

struct SeveralFiles {
  std::string first;
  std::vector<std::string> modules;
  std::map<std::string, std::string> texts;
};

inline SeveralFiles several_files(const std::string& text) {
  SeveralFiles out;
  std::string* now = nullptr;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    constexpr std::size_t most = 40;
    if (!line.starts_with("=== ")) {
      if (now != nullptr) *now += line + "\n";
      continue;
    }
    std::string path = line.substr(4);
    const bool module = path.starts_with("with ");
    if (module) path = path.substr(5);
    if (out.texts.size() >= most) break;
    if (out.first.empty() && !module) out.first = path;
    if (module && out.modules.size() < most) out.modules.push_back(path);
    now = &out.texts[path];
  }
  return out;
}

/// The same files below a folder of another name; files outside it cannot be moved.
inline std::optional<SeveralFiles> moved(const SeveralFiles& files) {
  SeveralFiles out{"elsewhere/" + files.first, {}, {}};
  for (const auto& [path, text] : files.texts) {
    if (path.empty() || path.front() == '/' || path.find("..") != std::string::npos ||
        text.find("..") != std::string::npos || text.find("\"/") != std::string::npos)
      return std::nullopt;
    out.texts["elsewhere/" + path] = text;
  }
  for (const std::string& module : files.modules) out.modules.push_back("elsewhere/" + module);
  return out;
}

inline Result<Model> read_model_of(const SeveralFiles& files) {
  return read_model_from(files_in_memory(files.texts), files.first, files.modules);
}

/// Every reason stands in a file that was given, or is about one that was asked for.
inline std::string broken_places(const SeveralFiles& files, const Diagnostics& errors) {
  if (errors.empty()) return "refused without a reason";
  for (const Diagnostic& error : errors) {
    const auto named = files.texts.find(error.file);
    if (error.line > 0 && named == files.texts.end())
      return fmt::format("a line of a file that nobody gave: {}", error.file);
    const std::ptrdiff_t lines = named == files.texts.end() ? 0 : lines_of(named->second);
    if (std::string broken = broken_refusal({error}, Places::some, lines); !broken.empty())
      return broken;
  }
  return {};
}

/// Returns "" or the law the files break.
inline std::string read_hostile_files(const std::string& text) {
  const SeveralFiles files = several_files(text);
  if (files.texts.empty()) return {};
  const Result<Model> model = read_model_of(files), again = read_model_of(files);
  if (model.has_value() != again.has_value()) return "read once and refused once";
  if (model && model->text_fingerprint() != again->text_fingerprint())
    return "another model the second time";
  if (!model && render(model.error()) != render(again.error()))
    return "other reasons the second time";
  if (const auto there = moved(files)) {
    const Result<Model> other = read_model_of(*there);
    if (other.has_value() != model.has_value()) return "read in one folder, refused in another";
    if (model && other->text_fingerprint() != model->text_fingerprint())
      return "another model in another folder";
    if (!model && other.error().size() != model.error().size())
      return "other reasons in another folder";
  }
  if (!model) return broken_places(files, model.error());
  constexpr std::int64_t few_states = 500, few_bytes = std::int64_t{8} << 20;
  const Result<CompiledModel> compiled =
      compile(*model, {}, {.keep = {}, .max_states = few_states, .max_bytes = few_bytes});
  if (!compiled) return compiled.error().empty() ? "not compiled without a reason" : "";
  const Result<Game> game = compiled->bind({});
  return !game && game.error().empty() ? "not bound without a reason" : "";
}

}  // namespace melian::test
