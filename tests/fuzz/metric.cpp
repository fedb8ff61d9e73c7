/// libFuzzer target of the metric language.

#include "fuzz/metric_entry.h"
#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return melian::test::judged(melian::test::read_hostile_metric(melian::test::text_of(data, size)));
}
