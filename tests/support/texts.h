#pragma once
/// Model files of the repository as texts.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace melian::test {

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every .melian file below these folders of the repository, in order of path.
inline std::vector<std::filesystem::path> model_files(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> out;
  for (const char* folder : {"models", "studies", "tests/texts"}) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder))
      if (entry.path().extension() == ".melian") out.push_back(entry.path());
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace melian::test
