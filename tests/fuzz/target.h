#pragma once
/// How a libFuzzer target ends an input that broke a law.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace melian::test {

/// `broken`: "" or the law that the input broke.
inline int judged(const std::string& broken) {
  if (broken.empty()) return 0;
  std::fprintf(stderr, "broken law: %s\n", broken.c_str());
  std::abort();
}

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace melian::test
