#include "claims/store.h"

#include <fmt/core.h>

#include "answer/version.h"
#include "claims/store_file.h"

namespace melian {
namespace {

constexpr const char* store_schema = "melian.store/1";
constexpr int patience_milliseconds =
    2000;  ///< how long another program may hold the file before we say so

constexpr const char* tables = R"sql(
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS piece (
  key TEXT PRIMARY KEY, game TEXT NOT NULL, kind TEXT NOT NULL, lambda_factor REAL NOT NULL, grid TEXT NOT NULL,
  program TEXT NOT NULL, seconds REAL NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS number (key TEXT NOT NULL REFERENCES piece(key), metric TEXT NOT NULL, value REAL, PRIMARY KEY (key, metric));
CREATE TABLE IF NOT EXISTS use (
  reading TEXT NOT NULL, variant TEXT NOT NULL, lambda_factor REAL NOT NULL, level TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (reading, variant, lambda_factor, level));
CREATE TABLE IF NOT EXISTS world (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL, grid TEXT NOT NULL, kind TEXT NOT NULL, program TEXT NOT NULL,
  seconds REAL NOT NULL, decisions INTEGER NOT NULL, several INTEGER NOT NULL, jumps INTEGER NOT NULL, unsolved INTEGER NOT NULL, failed TEXT,
  certificate TEXT);
CREATE TABLE IF NOT EXISTS metric (id INTEGER PRIMARY KEY, metric TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS world_number (
  world INTEGER NOT NULL REFERENCES world(id), metric INTEGER NOT NULL REFERENCES metric(id), value REAL, PRIMARY KEY (world, metric)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS draw (
  design TEXT NOT NULL, scramble INTEGER NOT NULL, number INTEGER NOT NULL, changed TEXT NOT NULL, variant TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (design, scramble, number, changed, variant)) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS worlds AS
  SELECT d.design, d.scramble, d.number, d.changed, d.variant, w.grid, w.kind, w.decisions, w.several, w.jumps, w.unsolved, w.failed, w.seconds
  FROM draw d JOIN world w ON w.key = d.key;
CREATE VIEW IF NOT EXISTS world_numbers AS
  SELECT d.design, d.scramble, d.number, d.changed, d.variant, m.metric, n.value
  FROM draw d JOIN world w ON w.key = d.key JOIN world_number n ON n.world = w.id JOIN metric m ON m.id = n.metric;
CREATE VIEW IF NOT EXISTS world_parameters AS
  SELECT d.design, d.scramble, d.number, d.changed, d.variant, p.key AS parameter, p.value
  FROM draw d JOIN world w ON w.key = d.key, json_each(w.parameters) p;
CREATE VIEW IF NOT EXISTS numbers AS
  SELECT u.reading, u.variant, u.lambda_factor, u.level, p.grid, n.metric, n.value
  FROM use u JOIN piece p ON p.key = u.key JOIN number n ON n.key = u.key;
CREATE VIEW IF NOT EXISTS outcomes AS
  SELECT u.reading, u.variant, u.lambda_factor, u.level, p.grid, o.key AS outcome, o.value AS probability
  FROM use u JOIN piece p ON p.key = u.key, json_each(p.document, '$.short.outcomes') o;
CREATE VIEW IF NOT EXISTS survival AS
  SELECT u.reading, u.variant, u.lambda_factor, u.level, p.grid, r.key + 1 AS round, r.value AS probability
  FROM use u JOIN piece p ON p.key = u.key, json_each(p.document, '$.short.reached') r;
CREATE VIEW IF NOT EXISTS tallies AS
  SELECT u.reading, u.variant, u.lambda_factor, u.level, p.grid, t.key AS tally, t.value AS expected
  FROM use u JOIN piece p ON p.key = u.key, json_each(p.document, '$.short.tallies') t;
)sql";

}  // namespace

Diagnostics store_trouble(const std::string& path, int code, const std::string& detail) {
  Diagnostic out;
  out.file = path;
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      out.code = "M0915";
      out.message = fmt::format("the store {} is damaged or is no store ({})", path, detail);
      out.hint = "move the file away: everything in it can be solved again";
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      out.code = "M0916";
      out.message = fmt::format("the store {} is in use by another program", path);
      out.hint = "wait for the other run to end, or choose another folder with --out";
      break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_TOOBIG:
      out.code = "M0917";
      out.message = fmt::format("the store {} cannot grow ({})", path, detail);
      out.hint = "make room on the disk; what was solved before is kept";
      break;
    default:
      out.code = "M0914";
      out.message = fmt::format("the store {} cannot be opened or written ({})", path, detail);
      out.hint = "check that the folder is there and may be written";
  }
  return {out};
}

Store::Store(std::unique_ptr<File> file) : file_(std::move(file)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Result<Store> Store::open(const std::string& path) {
  auto file = std::make_unique<File>(path);
  if (const int code = sqlite3_open_v2(path.c_str(), &file->handle,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
      code != SQLITE_OK)
    return file->failed(code);
  sqlite3_busy_timeout(file->handle, patience_milliseconds);
  {
    Statement check(file->handle, "PRAGMA quick_check(1)");
    if (const int code = check.step(); code != SQLITE_ROW) return file->failed(code);
    if (check.text(0) != "ok")
      return std::unexpected(store_trouble(path, SQLITE_CORRUPT, check.text(0)));
  }
  if (const int code = file->run("BEGIN IMMEDIATE"); code != SQLITE_OK) return file->failed(code);
  if (const int code = file->run(tables); code != SQLITE_OK) return file->failed(code);
  {
    Statement schema(file->handle, "SELECT content FROM about WHERE name = 'schema'");
    const int code = schema.step();
    if (code != SQLITE_ROW && code != SQLITE_DONE) return file->failed(code);
    if (code == SQLITE_ROW && schema.text(0) != store_schema)
      return std::unexpected(store_trouble(
          path, SQLITE_NOTADB, fmt::format("it says {}, not {}", schema.text(0), store_schema)));
  }
  const std::string about = fmt::format(
      "INSERT OR IGNORE INTO about VALUES ('schema', '{}'); INSERT OR REPLACE INTO about VALUES "
      "('program', '{}'); COMMIT",
      store_schema, program_version);
  if (const int code = file->run(about.c_str()); code != SQLITE_OK) return file->failed(code);
  return Store(std::move(file));
}

Result<Store> Store::open_to_read(const std::string& path) {
  auto file = std::make_unique<File>(path);
  // Not SQLITE_OPEN_READONLY: what a killed run left half written must be rolled back first.
  if (const int code = sqlite3_open_v2(path.c_str(), &file->handle, SQLITE_OPEN_READWRITE, nullptr);
      code != SQLITE_OK)
    return file->failed(code);
  sqlite3_busy_timeout(file->handle, patience_milliseconds);
  {
    Statement check(file->handle, "PRAGMA quick_check(1)");
    if (const int code = check.step(); code != SQLITE_ROW) return file->failed(code);
    if (check.text(0) != "ok")
      return std::unexpected(store_trouble(path, SQLITE_CORRUPT, check.text(0)));
    Statement schema(file->handle, "SELECT content FROM about WHERE name = 'schema'");
    const int code = schema.step();
    if (code != SQLITE_ROW || schema.text(0) != store_schema)
      return std::unexpected(store_trouble(
          path, SQLITE_NOTADB,
          code == SQLITE_ROW ? fmt::format("it says {}, not {}", schema.text(0), store_schema)
                             : "it has no schema"));
  }
  return Store(std::move(file));
}

Result<std::optional<Piece>> Store::find(const std::string& key) {
  Statement row(file_->handle,
                "SELECT game, kind, lambda_factor, grid, program, seconds, document FROM piece "
                "WHERE key = ?");
  const int found = row.bind(1, key).step();
  if (found == SQLITE_DONE) return std::nullopt;
  if (found != SQLITE_ROW) return file_->failed(found);
  Piece out{row.text(0), row.text(1),   row.number(2), row.text(3),
            row.text(4), row.number(5), row.text(6),   {}};
  Statement numbers(file_->handle, "SELECT metric, value FROM number WHERE key = ?");
  numbers.bind(1, key);
  int code = numbers.step();
  for (; code == SQLITE_ROW; code = numbers.step())
    out.numbers[numbers.text(0)] =
        numbers.is_null(1) ? std::nullopt : std::optional(numbers.number(1));
  if (code != SQLITE_DONE) return file_->failed(code);
  return out;
}

Result<void> Store::save(const std::string& key, const Piece& piece) {
  const auto given_up = [&](int code) {
    const auto out = file_->failed(code);  // before rolling back: that would change the message
    static_cast<void>(file_->run("ROLLBACK"));
    return out;
  };
  if (const int code = file_->run("BEGIN IMMEDIATE"); code != SQLITE_OK) return file_->failed(code);
  {
    Statement row(file_->handle, "INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, key)
        .bind(2, piece.game)
        .bind(3, piece.kind)
        .bind(4, piece.lambda_factor)
        .bind(5, piece.grid)
        .bind(6, piece.program)
        .bind(7, piece.seconds)
        .bind(8, piece.document);
    if (const int code = row.step(); code != SQLITE_DONE) return given_up(code);
  }
  for (const auto& [metric, value] : piece.numbers) {
    Statement row(file_->handle, "INSERT OR REPLACE INTO number VALUES (?, ?, ?)");
    if (const int code = row.bind(1, key).bind(2, metric).bind(3, value).step();
        code != SQLITE_DONE)
      return given_up(code);
  }
  if (const int code = file_->run("COMMIT"); code != SQLITE_OK) return given_up(code);
  return {};
}

void Store::wait_at_most(int milliseconds) { sqlite3_busy_timeout(file_->handle, milliseconds); }

void Store::limit_size(std::int64_t bytes) {
  double page = 4096;
  {
    Statement size(file_->handle, "PRAGMA page_size");
    if (size.step() == SQLITE_ROW) page = size.number(0);
  }
  const std::string limit =
      fmt::format("PRAGMA max_page_count = {}",
                  static_cast<std::int64_t>((static_cast<double>(bytes) + page - 1) / page));
  static_cast<void>(file_->run(limit.c_str()));
}

Result<void> Store::note_use(const std::string& key, const PieceUse& use) {
  Statement row(
      file_->handle,
      "INSERT OR REPLACE INTO use SELECT ?, ?, lambda_factor, ?, key FROM piece WHERE key = ?");
  if (const int code =
          row.bind(1, use.reading).bind(2, use.variant).bind(3, use.level).bind(4, key).step();
      code != SQLITE_DONE)
    return file_->failed(code);
  return {};
}

}  // namespace melian
