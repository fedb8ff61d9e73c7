#include "melian/file_source.h"

#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/core.h>

namespace melian {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_names = 1000;

std::string normal(const std::string& path) { return fs::path(path).lexically_normal().string(); }

std::string identity_on_disk(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::weakly_canonical(path, error);
  return error ? normal(path) : canonical.string();
}

std::vector<std::string> names_on_disk(const std::string& folder) {
  std::vector<std::string> out;
  std::error_code error;
  for (fs::directory_iterator it(folder.empty() ? fs::path(".") : fs::path(folder), error), end;
       !error && it != end && out.size() < most_names; it.increment(error))
    if (it->path().extension() == ".melian") out.push_back(it->path().filename().string());
  return out;
}

}  // namespace

FileSource files_on_disk() {
  return {.read = [](const std::string& path) { return read_file(path); },
          .identity = identity_on_disk,
          .names = names_on_disk};
}

FileSource files_in_memory(std::map<std::string, std::string> texts) {
  auto kept = std::make_shared<std::map<std::string, std::string>>();
  for (auto& [path, text] : texts) kept->insert_or_assign(normal(path), std::move(text));
  const auto read = [kept](const std::string& path) -> Result<std::string> {
    if (const auto found = kept->find(normal(path)); found != kept->end()) return found->second;
    Diagnostic missing = placeless("M0911", fmt::format("cannot read {}", path),
                                   "check that the file is among those given");
    missing.file = path;
    return std::unexpected(Diagnostics{missing});
  };
  const auto names = [kept](const std::string& folder) {
    std::vector<std::string> out;
    for (const auto& [path, text] : *kept)
      if (fs::path(path).parent_path() == fs::path(normal(folder)) &&
          fs::path(path).extension() == ".melian" && out.size() < most_names)
        out.push_back(fs::path(path).filename().string());
    return out;
  };
  return {.read = read, .identity = normal, .names = names};
}

}  // namespace melian
