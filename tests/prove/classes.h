#pragma once
/// Small games drawn at random, class by class, as texts of the language: what `make prove` solves.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace melian::prove {

/// One sender, one receiver, two types, two messages, two replies; the reply matters to the sender
/// after the first message only, so an equilibrium is a root in one unknown (closed_form.h).
struct Signal {
  double lambda = 1.0;
  double prior = 0.5, belief = 0.5;     ///< in the first type: the analyst's, the receiver's
  double left[2] = {}, right[2] = {};   ///< [type]: what the sender gets for the message alone
  double trusted = 0.0, doubted = 0.0;  ///< what the sender gets besides, after `left`
  double trust[2] = {};                 ///< [type]: what trusting gives the receiver; doubting: 0
};

/// A drawn game, and how it is to be solved.
struct Drawn {
  std::string text;
  int grid = 0;  ///< belief nodes; 0: the default
  bool follow = false;
  bool has_signal = false;
  Signal signal;
  /// Of an endless game: the same with so many rounds and an end, for the tree.
  std::vector<std::string> finite;
};

struct Class {
  const char* name;
  const char* what;  ///< for the page
  Drawn (*draw)(std::uint64_t seed);
};
/// All classes, in the order of the page.
[[nodiscard]] const std::vector<Class>& classes();
/// Null where there is none of that name.
[[nodiscard]] const Class* find_class(std::string_view name);

}  // namespace melian::prove
