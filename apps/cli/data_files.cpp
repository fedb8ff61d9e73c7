#include "data_files.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include <fmt/core.h>

namespace melian::cli {
namespace fs = std::filesystem;
namespace {

/// Names like "powell_2004/cost.melian" of everything in the catalogue.
std::vector<std::string> shipped_models() {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path models = data_folder() / "models";
  for (const auto& folder : fs::directory_iterator(models, error))
    for (const auto& file : fs::directory_iterator(folder.path(), error))
      if (file.path().extension() == ".melian")
        names.push_back(fs::relative(file.path(), models, error).generic_string());
  std::ranges::sort(names);
  return names;
}

/// Files in the folder of `given`, written as the reader wrote it.
std::vector<std::string> neighbours(const fs::path& given) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = given.has_parent_path() ? given.parent_path() : fs::path(".");
  for (const auto& file : fs::directory_iterator(folder, error))
    if (file.path().extension() == given.extension())
      names.push_back(given.has_parent_path() ? file.path().generic_string()
                                              : file.path().filename().generic_string());
  std::ranges::sort(names);
  return names;
}

}  // namespace

fs::path data_folder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = program.parent_path().parent_path() / "share" / "melian";
  if (!error && fs::is_directory(beside / "models", error)) return beside;
  return MELIAN_SOURCE_DIR;
}

Result<std::string> page_template() {
  const fs::path folder = data_folder() / "web";
  std::error_code error;
  constexpr std::size_t largest_page = std::size_t{64} << 20;
  for (const fs::path& file : {folder / "dist" / "index.html", folder / "index.html"})
    if (fs::exists(file, error)) return read_file(file.string(), largest_page);
  return std::unexpected(
      complaint("M0921", "the report's page has not been built", "build it with `make web`"));
}

Result<std::string> find_model(const std::string& given) {
  std::error_code error;
  const fs::path models = data_folder() / "models";
  for (const fs::path& file : {fs::path(given), models / given, models / (given + ".melian")})
    if (fs::is_regular_file(file, error)) return file.string();
  if (fs::exists(given, error)) return given;  // a folder, a device: reading it says what is wrong
  std::vector<std::string> candidates = shipped_models();
  for (std::string& name : neighbours(given)) candidates.push_back(std::move(name));
  std::string near = nearest_word(given, candidates);
  if (near.empty()) near = nearest_word(given + ".melian", candidates);
  return std::unexpected(complaint("M0911", fmt::format("there is no file {}", given),
                                   near.empty() ? "`melian models` lists the shipped ones"
                                                : fmt::format("did you mean `{}`?", near)));
}

Result<void> write_file(const fs::path& file, const std::string& text) {
  std::error_code error;
  if (file.has_parent_path()) fs::create_directories(file.parent_path(), error);
  fs::path unfinished = file;
  unfinished += ".unfinished";
  std::ofstream out(unfinished, std::ios::binary);
  out << text;
  out.close();
  if (!out)
    return std::unexpected(complaint("M0914", fmt::format("cannot write {}", file.string()),
                                     "check that the folder is there and may be written to"));
  fs::rename(unfinished, file, error);
  if (error)
    return std::unexpected(
        complaint("M0914", fmt::format("cannot write {}: {}", file.string(), error.message())));
  return {};
}

Diagnostics complaint(const std::string& code, const std::string& message,
                      const std::string& hint) {
  return {placeless(code, message, hint)};
}

}  // namespace melian::cli
