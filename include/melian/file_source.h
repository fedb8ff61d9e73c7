#pragma once
/// A second door of `language`: where the files come from that a model names. The disk is one
/// source; texts in memory are another, for editors, web pages and tests.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "melian/base.h"
#include "melian/language.h"

namespace melian {

struct FileSource {
  /// The text of a file.
  /// Errors: as `read_file` (M0911 where there is none).
  std::function<Result<std::string>(const std::string& path)> read;
  /// The same for all paths of one file.
  std::function<std::string(const std::string& path)> identity;
  /// The names of model files in a folder, for hints; at most 1,000.
  std::function<std::vector<std::string>(const std::string& folder)> names;
};

[[nodiscard]] FileSource files_on_disk();
/// Texts by path; `a/../b.melian` is `b.melian`. The disk is never looked at.
[[nodiscard]] FileSource files_in_memory(std::map<std::string, std::string> texts);

/// `read_model`, with the files of this source.
[[nodiscard]] Result<Model> read_model_from(const FileSource& files, const std::string& path,
                                            const std::vector<std::string>& modules = {});

}  // namespace melian
