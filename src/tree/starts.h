#pragma once
/// Places to start a search for solutions from.

#include <vector>

#include "melian/tree.h"

namespace melian::tree {

/// Preferred actions to start from. Sets that are *alike* are the same decision after another
/// history, or of another type. The first starts run through what alike sets may all prefer; the
/// later ones draw, for each kind of sets, whether they prefer one action together, each its own,
/// or none.
class Starts {
 public:
  enum class Alike {
    actions,  ///< one player's sets with the same actions
    labels    ///< those that have the same label besides
  };
  Starts(const ExtensiveForm& form, Alike alike);

  /// Preferred action by set of the form; -1: none.
  [[nodiscard]] std::vector<int> preferred(int start, int starts) const;

 private:
  [[nodiscard]] int digit(int number, int kind) const;

  const ExtensiveForm& form_;
  std::vector<int> kind_, radix_;
  double together_ = 1.0;  ///< ways in which alike sets may all prefer the same
};

}  // namespace melian::tree
