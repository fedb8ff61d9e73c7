#pragma once
/// The texts a study's model is made of, for whoever wants to read what was solved.

#include <string>
#include <vector>

#include "melian/study.h"

namespace melian {

struct ModelFile {
  std::string name;  ///< as the study or the file that names it writes it
  std::string text;
};

/// The model, what it extends, its modules and those of variants; files that cannot be read any
/// more are left out.
[[nodiscard]] std::vector<ModelFile> model_files(const Study& study);

}  // namespace melian
