#pragma once
/// A folder of a test's own, gone with all that is in it when the test is over.

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace melian::testing {

class Folder {
 public:
  Folder()
      : path(std::filesystem::temp_directory_path() /
             ("melian_test_" + std::to_string(::getpid()) + "_" + std::to_string(next_++))) {
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path / name).string(); }
  /// Writes a file and returns where it is.
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
    return file(name);
  }

  const std::filesystem::path path;

 private:
  static inline int next_ = 0;
};

}  // namespace melian::testing
