/// The entry of the .efg fuzzer over damaged copies of stored games, in every build.

#include <doctest/doctest.h>

#include "fuzz/efg_entry.h"
#include "support/random_model_text.h"
#include "support/texts.h"

TEST_CASE("hostile texts: damaged .efg files are read or refused with reasons") {
  using namespace melian::test;
  const std::string folder = std::string(MELIAN_SOURCE_DIR) + "/tests/trees/data/";
  for (const char* file : {"ultimatum_K5_2types.efg", "twosided_K3_T1_delta1.efg"}) {
    const std::string text = content_of(folder + file);
    REQUIRE(!text.empty());
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      CAPTURE(seed);
      CHECK(read_hostile_efg(damaged(text, seed)).empty());
    }
  }
}
