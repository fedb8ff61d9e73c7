#pragma once
/// The files of one model: what it extends, the modules it is used with, and the order in which
/// they add to each other.

#include <string>
#include <vector>

#include "language/ast.h"
#include "language/source.h"
#include "melian/file_source.h"

namespace melian {

/// One file's share of a model. Later layers may set, replace and fill what earlier ones declare.
struct Layer {
  int file = 0;  ///< into ReadFiles::sources and ::files
  bool module = false;
};

struct ReadFiles {
  Sources sources;               ///< the file asked for comes first
  std::vector<ast::File> files;  ///< parsed; one per source
  std::vector<Layer> layers;  ///< in order of merging: what is extended, then the extending file's
                              ///< modules, then itself
  Diagnostics diagnostics;    ///< unreadable files, cycles, misuse of `extends` and `with`
  Diagnostics syntax;         ///< mistakes of the parser, in all files
};

/// Reads a model file (or a module, with the model it is for) and everything it names. Never
/// throws; files that cannot be read are diagnostics and left out.
[[nodiscard]] ReadFiles read_files(const FileSource& source, const std::string& path,
                                   const std::vector<std::string>& modules);
/// The same for a text in memory; what it names is looked up beside `name`, on the disk.
[[nodiscard]] ReadFiles read_text(const std::string& text, const std::string& name);

}  // namespace melian
