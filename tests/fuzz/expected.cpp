/// libFuzzer target of the catalogue's expected.json.

#include "fuzz/expected_entry.h"
#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return melian::test::judged(
      melian::test::read_hostile_expected(melian::test::text_of(data, size)));
}
