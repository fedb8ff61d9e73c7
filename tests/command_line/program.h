#pragma once
/// Runs the program as a shell would.

#include <sys/wait.h>
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

namespace melian::program {

struct Ran {
  int code = -1;
  std::string out, err;
};

/// A folder of this test run's own; removed at its end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("melian_command_line_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

inline const Folder& folder() {
  static const Folder made;
  return made;
}

inline std::string content(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// `arguments` as a shell reads them.
inline Ran run(const std::string& arguments) {
  const std::string out = folder().file("stdout"), err = folder().file("stderr");
  const std::string command = std::string("'") + MELIAN_PROGRAM + "' " + arguments + " >'" + out + "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out), content(err)};
}

/// results.json without its times.
inline nlohmann::ordered_json timeless(const std::string& file) {
  auto document = nlohmann::ordered_json::parse(content(file));
  document.erase("timing");
  for (auto& reading : document["readings"]) reading["result"].erase("timing");
  return document;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace melian::program
