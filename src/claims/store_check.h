#pragma once
/// What of a store's file can be trusted: its header, its tables, and a checksum for every game.
/// Private to store*.cpp.

#include <string>

#include <sqlite3.h>

#include "claims/store.h"

namespace melian {

/// In the file's header, so that a file of another kind is told apart without being opened.
inline constexpr int store_application = 0x4D4C4E53;  ///< "MLNS"
inline constexpr int store_version = 2;
inline constexpr const char* store_schema = "melian.store/2";

/// The statements that make the tables and views of a store.
[[nodiscard]] const char* store_tables();

/// Looks at the first bytes of the file and at nothing else.
/// Returns: whether there is a store already; false where there is no file, or an empty one.
/// Errors:  M0914 (cannot be read), M0915 (no store, or one of another version).
[[nodiscard]] Result<bool> look_for_store(const std::string& path);

/// Is the file sound and are its tables those of a store? Reads, and writes nothing.
/// Errors: M0915, M0916, M0914.
[[nodiscard]] Result<void> check_store(sqlite3* handle, const std::string& path);

/// SHA-256 of all that is kept of a game, in an order of its own; numbers by their bits.
[[nodiscard]] std::string checksum_of(const std::string& key, const Piece& piece);
[[nodiscard]] std::string checksum_of(const WorldGame& game);

}  // namespace melian
