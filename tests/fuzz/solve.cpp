/// libFuzzer target of solving: small games drawn from the input.

#include "fuzz/solve_entry.h"
#include "fuzz/target.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  melian::set_threads(1);  // games this small are slower on several
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return melian::test::judged(melian::test::solve_hostile_game(melian::test::text_of(data, size)));
}
