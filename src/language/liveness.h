#pragma once
/// What must be remembered: at each program point the variables that some later statement may read
/// before they are overwritten (language reference, "What is public"). Backward data flow over the
/// statement graph.

#include <cstdint>
#include <string>
#include <vector>

#include "language/lower_graph.h"

namespace melian::lowering {

class VariableSet {
 public:
  explicit VariableSet(std::size_t count = 0) : bits_((count + 63) / 64, 0) {}
  void insert(int v) { bits_[static_cast<std::size_t>(v) / 64] |= std::uint64_t{1} << (v % 64); }
  void erase(int v) { bits_[static_cast<std::size_t>(v) / 64] &= ~(std::uint64_t{1} << (v % 64)); }
  [[nodiscard]] bool contains(int v) const {
    return (bits_[static_cast<std::size_t>(v) / 64] >> (v % 64) & 1U) != 0;
  }
  void insert_all(const VariableSet& other) {
    for (std::size_t k = 0; k < bits_.size(); ++k) bits_[k] |= other.bits_[k];
  }
  void keep_only(const VariableSet& other) {
    for (std::size_t k = 0; k < bits_.size(); ++k) bits_[k] &= other.bits_[k];
  }
  friend bool operator==(const VariableSet&, const VariableSet&) = default;

 private:
  std::vector<std::uint64_t> bits_;
};

struct Liveness {
  std::vector<VariableSet> before;  ///< by point
  std::vector<VariableSet>
      at_top;  ///< by phase, the closing included; what a checking top's closing reads too
  std::vector<std::uint8_t> top_follows;  ///< by point: the top of a phase can come before play
                                          ///< ends, so time passed since the last one matters
};

/// `keep`: variables remembered to the end of the round although nothing reads them.
[[nodiscard]] Liveness find_liveness(const Model::Checked& model, const Formulas& formulas,
                                     const Graph& graph, const std::vector<int>& keep);

}  // namespace melian::lowering
