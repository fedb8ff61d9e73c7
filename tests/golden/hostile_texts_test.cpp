/// The entry of the fuzzer over a seeded corpus, in every build: damaged models, token soup and
/// generated texts.

#include <doctest/doctest.h>

#include "fuzz/model_entry.h"
#include "support/random_model_text.h"
#include "support/texts.h"

TEST_CASE(
    "hostile texts: damaged models, token soup and generated texts are read or refused with "
    "reasons") {
  using namespace melian::test;
  constexpr std::uint64_t num_seeds = 1200;
  std::vector<std::string> texts;
  for (const auto& path : model_files(MELIAN_SOURCE_DIR)) texts.push_back(content_of(path));
  REQUIRE(!texts.empty());
  for (std::uint64_t seed = 0; seed < num_seeds; ++seed) {
    CAPTURE(seed);
    const std::string text = seed % 5 == 0   ? token_soup(seed, static_cast<int>(seed % 300))
                             : seed % 5 == 1 ? RandomModelText(seed).model()
                                             : damaged(texts[seed % texts.size()], seed);
    CHECK(read_hostile_text(text).empty());
  }
}
