/// The part of a store that keeps plausible worlds, and the merging of stores.

#include <algorithm>
#include <filesystem>
#include <map>

#include <fmt/core.h>

#include "answer/version.h"
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

Result<std::optional<WorldGame>> Store::find_world(const std::string& key) {
  Statement row(file_->handle,
                "SELECT id, parameters, grid, kind, seconds, decisions, several, jumps, unsolved, "
                "failed, certificate FROM world WHERE key = ?");
  const int found = row.bind(1, key).step();
  if (found == SQLITE_DONE) return std::nullopt;
  if (found != SQLITE_ROW) return file_->failed(found);
  WorldGame out{key,
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
    out.metrics.push_back(numbers.text(0));
    out.numbers.push_back(numbers.is_null(1) ? std::nullopt : std::optional(numbers.number(1)));
  }
  if (code != SQLITE_DONE) return file_->failed(code);
  return out;
}

Result<void> Store::save_worlds(const std::vector<WorldGame>& games) {
  if (games.empty()) return {};
  return file_->in_one_transaction([&]() -> int {
    Statement row(file_->handle,
                  "INSERT OR REPLACE INTO world VALUES ((SELECT id FROM world WHERE key = ?1), ?1, "
                  "?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
    Statement id(file_->handle, "SELECT id FROM world WHERE key = ?");
    Statement metric(file_->handle, "INSERT OR IGNORE INTO metric (metric) VALUES (?)");
    Statement number(
        file_->handle,
        "INSERT OR REPLACE INTO world_number SELECT ?, id, ? FROM metric WHERE metric = ?");
    for (const WorldGame& game : games) {
      row.again()
          .bind(1, game.key)
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
      if (const int code = row.step(); code != SQLITE_DONE) return code;
      if (const int code = id.again().bind(1, game.key).step(); code != SQLITE_ROW) return code;
      for (std::size_t k = 0; k < game.metrics.size(); ++k) {
        if (const int code = metric.again().bind(1, game.metrics[k]).step(); code != SQLITE_DONE)
          return code;
        if (const int code = number.again()
                                 .bind(1, id.whole(0))
                                 .bind(2, game.numbers[k])
                                 .bind(3, game.metrics[k])
                                 .step();
            code != SQLITE_DONE)
          return code;
      }
    }
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

Result<StoreMerge> Store::take_over(const std::string& other) {
  {
    auto there = Store::open_to_read(other);  // says what is wrong with it
    if (!there) return std::unexpected(std::move(there.error()));
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
  const auto conflicts = [&](const char* what, const char* sql) -> int {
    Statement rows(file_->handle, sql);
    int code = rows.step();
    for (; code == SQLITE_ROW; code = rows.step())
      out.conflicts.push_back(
          fmt::format("{} {}: {}", what, rows.text(0).substr(0, 12), rows.text(1)));
    return code == SQLITE_DONE ? SQLITE_OK : code;
  };
  const auto count = [&](const char* sql, std::int64_t& into) -> int {
    Statement row(file_->handle, sql);
    if (const int code = row.step(); code != SQLITE_ROW) return code;
    into += row.whole(0);
    return SQLITE_OK;
  };
  auto merged = file_->in_one_transaction([&]() -> int {
    for (const int code :
         {conflicts("game",
                    "SELECT a.key, a.metric FROM number a JOIN other.number b ON b.key = a.key AND "
                    "b.metric = a.metric WHERE a.value IS NOT b.value"),
          conflicts("world",
                    "SELECT w.key, m.metric FROM world w JOIN other.world v ON v.key = w.key JOIN "
                    "world_number n ON n.world = w.id JOIN metric m ON m.id = n.metric "
                    "JOIN other.metric k ON k.metric = m.metric JOIN other.world_number o ON "
                    "o.world = v.id AND o.metric = k.id WHERE n.value IS NOT o.value"),
          count("SELECT COUNT(*) FROM other.piece b JOIN piece a ON a.key = b.key", out.known),
          count("SELECT COUNT(*) FROM other.world b JOIN world a ON a.key = b.key", out.known),
          count("SELECT COUNT(*) FROM other.piece WHERE key NOT IN (SELECT key FROM piece)",
                out.pieces),
          count("SELECT COUNT(*) FROM other.world WHERE key NOT IN (SELECT key FROM world)",
                out.worlds)})
      if (code != SQLITE_OK) return code;
    return file_->run(R"sql(
      INSERT OR IGNORE INTO piece SELECT * FROM other.piece ORDER BY key;
      INSERT OR IGNORE INTO number SELECT * FROM other.number ORDER BY key, metric;
      INSERT OR IGNORE INTO use SELECT * FROM other.use;
      INSERT OR IGNORE INTO metric (metric) SELECT metric FROM other.metric ORDER BY metric;
      INSERT OR IGNORE INTO world (key, parameters, grid, kind, program, seconds, decisions, several, jumps, unsolved, failed, certificate)
        SELECT key, parameters, grid, kind, program, seconds, decisions, several, jumps, unsolved, failed, certificate FROM other.world ORDER BY key;
      INSERT OR IGNORE INTO world_number
        SELECT w.id, m.id, o.value FROM other.world_number o JOIN other.world v ON v.id = o.world JOIN world w ON w.key = v.key
          JOIN other.metric k ON k.id = o.metric JOIN metric m ON m.metric = k.metric;
      INSERT OR IGNORE INTO draw SELECT * FROM other.draw;
    )sql");
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
    for (std::string& conflict : taken->conflicts)
      out.conflicts.push_back(fmt::format("{}: {}", path, conflict));
  }
  return out;
}

}  // namespace melian
