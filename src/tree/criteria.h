#pragma once
/// The intuitive criterion and D1 at one unused message.

#include "melian/limit.h"
#include "tree/signals.h"

namespace melian::tree {

/// D1 compares sets of mixed best replies up to so many replies.
inline constexpr std::size_t most_replies = 200;

/// Type t is ruled out if its limit value exceeds what it gets at most after best replies to any
/// belief; fails if, with beliefs on the types left, some type gains against every best reply.
[[nodiscard]] MessageVerdict intuitive_criterion(const Signal& signal, double epsilon);

/// Type t is ruled out if some other type strictly gains wherever t gains or is indifferent, among
/// all mixed best replies to any belief; fails if no best reply to a belief on the types left keeps
/// every type from the message.
[[nodiscard]] MessageVerdict d1_criterion(const Signal& signal, double epsilon);

}  // namespace melian::tree
