#pragma once
/// The store of a study's run: one SQLite file, every solved piece kept in one transaction under
/// the hash of all that made it, so that a killed run resumes and a repeated run is free. Tables
/// and views: docs/formats/store.md.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "melian/claims.h"

namespace melian {

/// A solved game as kept: what is needed to rebuild its part of results.json, and the numbers its
/// claims take.
struct Piece {
  std::string game;  ///< fingerprint of the game
  std::string kind;  ///< "answer" (certified) or "solution"
  double lambda_factor = 1.0;
  std::string grid;     ///< "Moscow=9,Kyiv=9"
  std::string program;  ///< version that solved it
  double seconds = 0.0;
  std::string document;  ///< JSON
  std::map<std::string, std::optional<double>>
      numbers;  ///< by metric text; none where it does not exist
};

/// Where a study uses a piece.
struct PieceUse {
  std::string reading, variant, level;  ///< level: "answer", "half grid", ...
};

/// A solved game of a plausible world as kept.
struct WorldGame {
  std::string key;
  std::string parameters;  ///< JSON: what varies, by name
  std::string grid;        ///< "Moscow=5,Kyiv=5"
  std::string kind;        ///< "world", "finer" or "certified"
  double seconds = 0.0;
  std::int64_t decisions = 0, several = 0, jumps = 0, unsolved = 0;
  std::string failed;                          ///< why there is no solution; "" where there is one
  std::string certificate;                     ///< JSON, of certified ones
  std::vector<std::string> metrics;            ///< texts
  std::vector<std::optional<double>> numbers;  ///< like `metrics`; none where it does not exist
};

/// Which world of a design uses which solved game.
struct WorldUse {
  std::string design;  ///< "worlds", "effects", "finer", "certified"
  std::uint32_t scramble = 0;
  std::size_t number = 0;
  std::string changed, variant,
      key;  ///< `changed`: group whose parameters are those of another world
};

class Store {
 public:
  /// Opens or makes the file. A file that is refused has not been written to.
  /// Errors: M0914 (cannot be opened or written), M0915 (damaged, or no store of this program),
  /// M0916 (in use).
  [[nodiscard]] static Result<Store> open(const std::string& path);
  /// One that is there already, only to be read.
  /// Errors: as `open`; M0911 where there is none.
  [[nodiscard]] static Result<Store> open_to_read(const std::string& path);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// The game kept under this key. One that is not what was saved counts as not there.
  [[nodiscard]] Result<std::optional<Piece>> find(const std::string& key);
  /// One transaction: all of it is kept, or nothing.
  /// Errors: M0914, M0915, M0916, M0917 (no room left).
  [[nodiscard]] Result<void> save(const std::string& key, const Piece& piece);
  /// Notes where the piece is used; replaces what this place used before.
  [[nodiscard]] Result<void> note_use(const std::string& key, const PieceUse& use);

  /// The game of a world kept under this key.
  [[nodiscard]] Result<std::optional<WorldGame>> find_world(const std::string& key);
  /// One transaction for all of them: all are kept, or none.
  [[nodiscard]] Result<void> save_worlds(const std::vector<WorldGame>& games);
  /// Notes where worlds are used, in one transaction; replaces what was noted for these designs.
  [[nodiscard]] Result<void> note_worlds(const std::vector<WorldUse>& uses);
  /// Takes over what another store holds, in one transaction.
  /// Errors: as `open`, of either; M0918 where another program wrote it.
  [[nodiscard]] Result<StoreMerge> take_over(const std::string& other);

  /// Keys of games met so far that did not match their checksums.
  [[nodiscard]] const std::set<std::string>& damaged() const { return damaged_; }

  /// How long to wait for another program that holds the file (2000 unless said).
  void wait_at_most(int milliseconds);
  /// The file may not grow beyond so many bytes (rounded up to pages): how a full disk looks.
  void limit_size(std::int64_t bytes);

 private:
  struct File;
  explicit Store(std::unique_ptr<File> file);
  [[nodiscard]] static Result<Store> connect(const std::string& path, bool make);
  // These return SQLite's codes; `out` stays empty where nothing is kept, or nothing sound.
  [[nodiscard]] int make_tables(bool there);
  [[nodiscard]] int read(const std::string& key, std::optional<Piece>& out);
  [[nodiscard]] int read(const std::string& key, std::optional<WorldGame>& out);
  [[nodiscard]] int write(const std::string& key, const Piece& piece);
  [[nodiscard]] int write(const std::string& key, const WorldGame& game);
  template <class Kept>
  [[nodiscard]] int take_games(Store& there, const char* what, const char* keys_sql,
                               std::int64_t& taken, StoreMerge& out);
  std::unique_ptr<File> file_;
  std::set<std::string> damaged_;
};

}  // namespace melian
