/// The part of a store that keeps plausible worlds, and the merging of stores.

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/core.h>

#include "answer/version.h"
#include "claims/store_check.h"
#include "claims/store_file.h"

namespace melian {
namespace {

Diagnostics another_program(const std::string& path, const std::string& program) {
  Diagnostic out =
      placeless("M0918",
                fmt::format("the store {} was written by Melian {}, this is {}", path,
                            program.empty() ? "of another kind" : program, program_version),
                "run the study there again with this program; numbers of different programs do not "
                "go into one store");
  out.file = path;
  return {out};
}

}  // namespace

int Store::read(const std::string& key, std::optional<WorldGame>& out) {
  Statement row(file_->handle,
                "SELECT id, parameters, grid, kind, seconds, decisions, several, jumps, unsolved, "
                "failed, certificate, checksum FROM world WHERE key = ?");
  const int found = row.bind(1, key).step();
  if (found != SQLITE_ROW) return found == SQLITE_DONE ? SQLITE_OK : found;
  WorldGame game{key,
                 row.text(1),
                 row.text(2),
                 row.text(3),
                 row.number(4),
                 row.whole(5),
                 row.whole(6),
                 row.whole(7),
                 row.whole(8),
                 row.text(9),
                 row.text(10),
                 {},
                 {}};
  Statement numbers(file_->handle,
                    "SELECT m.metric, n.value FROM world_number n JOIN metric m ON m.id = n.metric "
                    "WHERE n.world = ? ORDER BY n.metric");
  numbers.bind(1, row.whole(0));
  int code = numbers.step();
  for (; code == SQLITE_ROW; code = numbers.step()) {
    game.metrics.push_back(numbers.text(0));
    game.numbers.push_back(numbers.is_null(1) ? std::nullopt : std::optional(numbers.number(1)));
  }
  if (code != SQLITE_DONE) return code;
  if (checksum_of(game) == row.text(11))
    out = std::move(game);
  else
    damaged_.insert(key);
  return SQLITE_OK;
}

Result<std::optional<WorldGame>> Store::find_world(const std::string& key) {
  std::optional<WorldGame> out;
  if (const int code = read(key, out); code != SQLITE_OK) return file_->failed(code);
  return out;
}

/// Numbers that are kept already and that the game does not bring stay beside the new ones.
int Store::write(const std::string& /*key*/, const WorldGame& fresh) {
  WorldGame game = fresh;
  std::optional<WorldGame> kept;
  if (const int code = read(game.key, kept); code != SQLITE_OK) return code;
  for (std::size_t k = 0; kept && k < kept->metrics.size(); ++k)
    if (std::ranges::find(fresh.metrics, kept->metrics[k]) == fresh.metrics.end()) {
      game.metrics.push_back(kept->metrics[k]);
      game.numbers.push_back(kept->numbers[k]);
    }
  Statement row(file_->handle,
                "INSERT OR REPLACE INTO world VALUES ((SELECT id FROM world WHERE key = ?1), ?1, "
                "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
  row.bind(1, game.key)
      .bind(2, game.parameters)
      .bind(3, game.grid)
      .bind(4, game.kind)
      .bind(5, std::string(program_version))
      .bind(6, game.seconds);
  row.bind(7, game.decisions).bind(8, game.several).bind(9, game.jumps).bind(10, game.unsolved);
  if (game.failed.empty())
    row.bind_null(11);
  else
    row.bind(11, game.failed);
  if (game.certificate.empty())
    row.bind_null(12);
  else
    row.bind(12, game.certificate);
  if (const int code = row.bind(13, checksum_of(game)).step(); code != SQLITE_DONE) return code;
  Statement id(file_->handle, "SELECT id FROM world WHERE key = ?");
  if (const int code = id.bind(1, game.key).step(); code != SQLITE_ROW) return code;
  Statement forget(file_->handle, "DELETE FROM world_number WHERE world = ?");
  if (const int code = forget.bind(1, id.whole(0)).step(); code != SQLITE_DONE) return code;
  Statement metric(file_->handle, "INSERT OR IGNORE INTO metric (metric) VALUES (?)");
  Statement number(file_->handle,
                   "INSERT OR REPLACE INTO world_number SELECT ?, id, ? FROM metric WHERE metric = "
                   "?");
  for (std::size_t k = 0; k < game.metrics.size(); ++k) {
    if (const int code = metric.again().bind(1, game.metrics[k]).step(); code != SQLITE_DONE)
      return code;
    number.again().bind(1, id.whole(0)).bind(2, game.numbers[k]).bind(3, game.metrics[k]);
    if (const int code = number.step(); code != SQLITE_DONE) return code;
  }
  return SQLITE_OK;
}

Result<void> Store::save_worlds(const std::vector<WorldGame>& games) {
  if (games.empty()) return {};
  return file_->in_one_transaction([&]() -> int {
    for (const WorldGame& game : games)
      if (const int code = write(game.key, game); code != SQLITE_OK) return code;
    return SQLITE_OK;
  });
}

Result<void> Store::note_worlds(const std::vector<WorldUse>& uses) {
  return file_->in_one_transaction([&]() -> int {
    Statement forget(file_->handle, "DELETE FROM draw");
    if (const int code = forget.step(); code != SQLITE_DONE) return code;
    Statement row(file_->handle, "INSERT OR REPLACE INTO draw VALUES (?, ?, ?, ?, ?, ?)");
    for (const WorldUse& use : uses) {
      row.again()
          .bind(1, use.design)
          .bind(2, static_cast<std::int64_t>(use.scramble))
          .bind(3, static_cast<std::int64_t>(use.number));
      if (const int code = row.bind(4, use.changed).bind(5, use.variant).bind(6, use.key).step();
          code != SQLITE_DONE)
        return code;
    }
    return SQLITE_OK;
  });
}

namespace {

using KeptNumbers = std::map<std::string, std::optional<double>>;

KeptNumbers numbers_of(const Piece& piece) { return piece.numbers; }
KeptNumbers numbers_of(const WorldGame& game) {
  KeptNumbers out;
  for (std::size_t k = 0; k < game.metrics.size(); ++k) out[game.metrics[k]] = game.numbers[k];
  return out;
}

/// Adds numbers that `mine` lacks; names those of which both say something else.
/// Returns: whether anything was added.
bool add_numbers(Piece& mine, const Piece& theirs) {
  const std::size_t before = mine.numbers.size();
  mine.numbers.insert(theirs.numbers.begin(), theirs.numbers.end());
  return mine.numbers.size() > before;
}
bool add_numbers(WorldGame& mine, const WorldGame& theirs) {
  const std::size_t before = mine.metrics.size();
  for (std::size_t k = 0; k < theirs.metrics.size(); ++k)
    if (std::ranges::find(mine.metrics, theirs.metrics[k]) == mine.metrics.end()) {
      mine.metrics.push_back(theirs.metrics[k]);
      mine.numbers.push_back(theirs.numbers[k]);
    }
  return mine.metrics.size() > before;
}

}  // namespace

/// Takes over the sound games of one table of another store that are not here yet.
template <class Kept>
int Store::take_games(Store& there, const char* what, const char* keys_sql, std::int64_t& taken,
                      StoreMerge& out) {
  Statement keys(there.file_->handle, keys_sql);
  int code = keys.step();
  for (; code == SQLITE_ROW; code = keys.step()) {
    const std::string key = keys.text(0);
    std::optional<Kept> theirs, mine;
    if (const int read_code = there.read(key, theirs); read_code != SQLITE_OK) return read_code;
    if (const int read_code = read(key, mine); read_code != SQLITE_OK) return read_code;
    if (!theirs) {
      ++out.damaged;
      continue;
    }
    if (!mine) {
      if (const int saved = write(key, *theirs); saved != SQLITE_OK) return saved;
      ++taken;
      continue;
    }
    ++out.known;
    const KeptNumbers here = numbers_of(*mine);
    for (const auto& [metric, value] : numbers_of(*theirs))
      if (const auto known = here.find(metric); known != here.end() && known->second != value)
        out.conflicts.push_back(fmt::format("{} {}: {}", what, key.substr(0, 12), metric));
    if (add_numbers(*mine, *theirs))
      if (const int saved = write(key, *mine); saved != SQLITE_OK) return saved;
  }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

Result<StoreMerge> Store::take_over(const std::string& other) {
  auto there = Store::open_to_read(other);  // says what is wrong with it
  if (!there) return std::unexpected(std::move(there.error()));
  {
    Statement program(there->file_->handle, "SELECT content FROM about WHERE name = 'program'");
    if (program.step() != SQLITE_ROW) return std::unexpected(another_program(other, ""));
    if (program.text(0) != program_version)
      return std::unexpected(another_program(other, program.text(0)));
  }
  StoreMerge out;
  Statement attach(file_->handle, "ATTACH DATABASE ? AS other");
  if (const int code = attach.bind(1, other).step(); code != SQLITE_DONE)
    return file_->failed(code);
  // What both keep under one key must be the same, to the last bit.
  auto merged = file_->in_one_transaction([&]() -> int {
    if (const int code = take_games<Piece>(*there, "game", "SELECT key FROM piece ORDER BY key",
                                           out.pieces, out);
        code != SQLITE_OK)
      return code;
    if (const int code = take_games<WorldGame>(
            *there, "world", "SELECT key FROM world ORDER BY key", out.worlds, out);
        code != SQLITE_OK)
      return code;
    return file_->run(
        "INSERT OR IGNORE INTO use SELECT * FROM other.use; "
        "INSERT OR IGNORE INTO draw SELECT * FROM other.draw");
  });
  static_cast<void>(file_->run("DETACH DATABASE other"));
  if (!merged) return std::unexpected(std::move(merged.error()));
  return out;
}

Result<StoreMerge> merge_stores(const std::vector<std::string>& stores, const std::string& into) {
  // All are looked at before anything is written.
  Diagnostics wrong;
  for (const std::string& path : stores)
    if (const auto there = Store::open_to_read(path); !there)
      wrong.insert(wrong.end(), there.error().begin(), there.error().end());
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(into).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
  auto store = Store::open(into);
  if (!store) return std::unexpected(std::move(store.error()));
  StoreMerge out;
  for (const std::string& path : stores) {
    if (std::filesystem::equivalent(path, into, ignored)) continue;
    auto taken = store->take_over(path);
    if (!taken) return std::unexpected(std::move(taken.error()));
    out.pieces += taken->pieces;
    out.worlds += taken->worlds;
    out.known += taken->known;
    out.damaged += taken->damaged;
    for (std::string& conflict : taken->conflicts)
      out.conflicts.push_back(fmt::format("{}: {}", path, conflict));
  }
  return out;
}

}  // namespace melian
