#pragma once
/// What many comparisons add up to, and the file in which runs add up.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "melian/base.h"
#include "prove/compare.h"

namespace melian::prove {

struct Counts {
  std::int64_t compared = 0, certified = 0, wrong = 0, gross = 0, wrongly_alone = 0,
               refused_right = 0, refused_far = 0, not_compared = 0;
  std::map<std::string, std::int64_t> reasons;           ///< of right answers refused
  std::map<std::string, std::int64_t> not_compared_for;  ///< why not; kept in no file
  void add(const Verdict& verdict);
  void add(const Counts& other);
  /// Certified answers that are wrong, or wrongly said to be the only one.
  [[nodiscard]] std::int64_t all_wrong() const { return wrong + wrongly_alone; }
};

/// One line of the file: a class over a range of seeds, with one engine.
struct Record {
  std::string engine, of_class;
  std::uint64_t first = 0, last = 0;
  Counts counts;
};

[[nodiscard]] Result<std::vector<Record>> read_records(const std::string& path);
/// Appends; an absent file is begun with its header.
[[nodiscard]] Result<bool> append_records(const std::string& path,
                                          const std::vector<Record>& records);

}  // namespace melian::prove
