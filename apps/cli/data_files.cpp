#include "data_files.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

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

/// 0, or what went wrong, as errno.
int write_bytes(const fs::path& file, const std::string& text) {
  errno = 0;
  const auto failure = [] { return errno != 0 ? errno : EIO; };
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return failure();
  int code = 0;
  if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) code = failure();
  if (std::fclose(out) != 0 && code == 0) code = failure();
  return code;
}

Diagnostics not_written(const fs::path& file, int code) {
  const bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
  return complaint(
      full ? no_space_code : cannot_write_code,
      fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(code)),
      full ? "make room on the disk and run the same command again"
           : "check that the folder is there and may be written to");
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
  constexpr std::size_t largest_page = std::size_t{64} << 20;
  const fs::path folder = data_folder(), source = MELIAN_SOURCE_DIR;
  // A source tree also has web/index.html: what the page is built from, and blank without a build.
  const fs::path page =
      folder / "web" / (folder == source ? fs::path("dist") : fs::path()) / "index.html";
  std::error_code error;
  if (fs::exists(page, error)) return read_file(page.string(), largest_page);
  return std::unexpected(complaint(
      "M0921", "the report's page has not been built, so this run writes no report.html",
      fmt::format("build the page with `make web` in {} and run the same command again: what was "
                  "solved is kept",
                  source.string())));
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
  const fs::file_status there = fs::status(file, error);
  // A device or a pipe is written to; renaming another file over it would replace it.
  const bool at_once = fs::exists(there) && !fs::is_regular_file(there);
  fs::path unfinished = file;
  if (!at_once) unfinished += ".unfinished";
  if (const int code = write_bytes(unfinished, text); code != 0) {
    if (!at_once && code != EISDIR) fs::remove(unfinished, error);
    return std::unexpected(not_written(file, code));
  }
  if (at_once) return {};
  fs::rename(unfinished, file, error);
  if (!error) return {};
  const int code = error.value();
  fs::remove(unfinished, error);
  return std::unexpected(not_written(file, code));
}

Diagnostics complaint(const std::string& code, const std::string& message,
                      const std::string& hint) {
  return {placeless(code, message, hint)};
}

}  // namespace melian::cli
