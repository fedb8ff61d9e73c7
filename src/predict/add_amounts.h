#pragma once
/// What a branch adds to the expected amounts of its source, at all belief points: the innermost
/// loops of the backward sweep.

#include <cstddef>
#include <cstdint>
#include <span>

namespace melian::prediction {

/// Columns next to each other that a branch treats alike.
struct ColumnRun {
  enum class Kind {
    follows,  ///< what follows as it is, of as many columns of the successor
    nothing,
    other,  ///< one column by itself
  };
  Kind kind;
  int first, end, from;  ///< from: the first of the successor's columns
};

/// What a branch adds to the amounts at all points.
struct Addition {
  int points, columns, profiles, profiles_there;
  const double *at_once, *factor;  ///< [column][profile]; not read in plain columns
  const std::uint8_t* plain;       ///< [column]: nothing at once, and what follows as it is
  const double* successor;         ///< null where play ends
  const int* column;               ///< [column]: the successor's; -1: none
  const std::int64_t* profile;     ///< [profile]: the successor's; null: the same
  const int* low;                  ///< [point]
  const double* weight;
  int step;
  const double *zero, *one;  ///< [point]
  const double* second;  ///< [profile]: is it the second type's odds that count? (`lanes::chosen`)
  const double* const* own;  ///< [column]: odds by profile whatever the point; null: those
  std::span<const ColumnRun> runs;
  bool first;  ///< nothing was added before
};

inline constexpr std::size_t most_packed =
    8;  ///< profiles read at once: so many numbers may be read behind a table's last

/// Adds to a table [point][column][profile]; writes it where nothing was added before.
void add_amounts(const Addition& addition, double* to);

}  // namespace melian::prediction
