#pragma once
/// The store of a study's run: one SQLite file, every solved piece kept in one transaction under the hash of all that
/// made it, so that a killed run resumes and a repeated run is free. Tables and views: docs/formats/store.md.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "melian/base.h"

namespace melian {

/// A solved game as kept: what is needed to rebuild its part of results.json, and the numbers its claims take.
struct Piece {
  std::string game;  ///< fingerprint of the game
  std::string kind;  ///< "answer" (certified) or "solution"
  double lambda_factor = 1.0;
  std::string grid;     ///< "Moscow=9,Kyiv=9"
  std::string program;  ///< version that solved it
  double seconds = 0.0;
  std::string document;                                  ///< JSON
  std::map<std::string, std::optional<double>> numbers;  ///< by metric text; none where it does not exist
};

/// Where a study uses a piece.
struct PieceUse {
  std::string reading, variant, level;  ///< level: "answer", "half grid", ...
};

class Store {
 public:
  /// Opens or makes the file.
  /// Errors: M0914 (cannot be opened or written), M0915 (damaged, or no store of this program), M0916 (in use).
  [[nodiscard]] static Result<Store> open(const std::string& path);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  [[nodiscard]] Result<std::optional<Piece>> find(const std::string& key);
  /// One transaction: all of it is kept, or nothing.
  /// Errors: M0914, M0915, M0916, M0917 (no room left).
  [[nodiscard]] Result<void> save(const std::string& key, const Piece& piece);
  /// Notes where the piece is used; replaces what this place used before.
  [[nodiscard]] Result<void> note_use(const std::string& key, const PieceUse& use);
  /// How long to wait for another program that holds the file (2000 unless said).
  void wait_at_most(int milliseconds);
  /// The file may not grow beyond so many bytes (rounded up to pages): how a full disk looks.
  void limit_size(std::int64_t bytes);

 private:
  struct File;
  explicit Store(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

}  // namespace melian
