#pragma once
/// Runs the program as a shell would.

#include <sys/wait.h>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <nlohmann/json.hpp>

#include "support/folder.h"

namespace melian::program {

struct Ran {
  int code = -1;
  std::string out, err;
};

/// A folder of this test run's own; removed at its end.
inline const testing::Folder& folder() {
  static const testing::Folder made;
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
  const std::string command = std::string("'") + MELIAN_PROGRAM + "' " + arguments + " >'" + out +
                              "' 2>'" + err + "' </dev/null";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), content(out),
          content(err)};
}

/// results.json without its times.
inline nlohmann::ordered_json timeless(const std::string& file) {
  auto document = nlohmann::ordered_json::parse(content(file));
  document.erase("timing");
  for (auto& reading : document["readings"]) reading["result"].erase("timing");
  return document;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace melian::program
