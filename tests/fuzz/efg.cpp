/// libFuzzer target of the .efg reader: any text is read, refused with diagnostics, or a finding.

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "efg_entry.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string broken =
      melian::test::read_hostile_efg(std::string(reinterpret_cast<const char*>(data), size));
  if (!broken.empty()) {
    std::fprintf(stderr, "%s\n", broken.c_str());
    std::abort();
  }
  return 0;
}
