#pragma once
/// The program's version, as results and stores carry it.

namespace melian {
inline constexpr const char* program_version = "0.1.0";
/// Raised when the numbers or the documents kept in a store change their meaning: old pieces are
/// then solved again.
inline constexpr int piece_generation = 4;
}  // namespace melian
