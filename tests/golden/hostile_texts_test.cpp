/// The entry of the fuzzer over a seeded corpus, in every build: damaged models, token soup and generated texts.

#include <chrono>

#include <doctest/doctest.h>

#include "fuzz/model_entry.h"
#include "support/random_model_text.h"
#include "support/texts.h"

TEST_CASE("hostile texts: damaged models, token soup and generated texts are read or refused with reasons") {
  using namespace melian::test;
  constexpr auto enough = std::chrono::seconds(6);  // of work; the seeds are the same everywhere, how many are reached is not
  constexpr std::uint64_t num_seeds = 1200;
  std::vector<std::string> texts;
  for (const auto& path : model_files(MELIAN_SOURCE_DIR)) texts.push_back(content_of(path));
  REQUIRE(!texts.empty());
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t seed = 0; seed < num_seeds && std::chrono::steady_clock::now() - start < enough; ++seed) {
    CAPTURE(seed);
    const std::string text = seed % 5 == 0   ? token_soup(seed, static_cast<int>(seed % 300))
                             : seed % 5 == 1 ? RandomModelText(seed).model()
                                             : damaged(texts[seed % texts.size()], seed);
    CHECK(read_hostile_text(text).empty());
  }
}
