/// Any bytes as a study: mistakes are values, never exceptions, and reading ends. A contract
/// violation is a crash here.

#include <cstddef>
#include <cstdint>
#include <string>

#include "melian/run.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Beside this file the small model of the goldens can be named by a fuzzed text.
  const auto study =
      melian::read_study_text(text, MELIAN_SOURCE_DIR "/tests/golden/data/study/fuzzed.toml");
  static_cast<void>(study);
  return 0;
}
