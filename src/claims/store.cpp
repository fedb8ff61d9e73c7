#include "claims/store.h"

#include <algorithm>

#include <fmt/core.h>

#include "answer/version.h"
#include "claims/store_check.h"
#include "claims/store_file.h"

namespace melian {
namespace {

constexpr int patience_milliseconds =
    2000;  ///< how long another program may hold the file before we say so

constexpr const char* tables = R"sql(
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, content TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS piece (
  key TEXT PRIMARY KEY, game TEXT NOT NULL, kind TEXT NOT NULL, lambda_factor REAL NOT NULL, grid TEXT NOT NULL,
  program TEXT NOT NULL, seconds REAL NOT NULL, document TEXT NOT NULL, checksum TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS number (key TEXT NOT NULL REFERENCES piece(key), metric TEXT NOT NULL, value REAL, PRIMARY KEY (key, metric));
CREATE TABLE IF NOT EXISTS use (
  reading TEXT NOT NULL, variant TEXT NOT NULL, lambda_factor REAL NOT NULL, level TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (reading, variant, lambda_factor, level));
CREATE TABLE IF NOT EXISTS world (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL, grid TEXT NOT NULL, kind TEXT NOT NULL, program TEXT NOT NULL,
  seconds REAL NOT NULL, decisions INTEGER NOT NULL, several INTEGER NOT NULL, jumps INTEGER NOT NULL, unsolved INTEGER NOT NULL, failed TEXT,
  certificate TEXT, checksum TEXT NOT NULL);
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

const char* store_tables() { return tables; }

Diagnostics store_trouble(const std::string& path, int code, const std::string& told) {
  // SQLite may quote from a damaged file: no byte of it goes to a terminal as it is.
  std::string detail = told;
  std::ranges::replace_if(detail, [](char c) { return c < ' ' || c > '~'; }, '?');
  Diagnostic out;
  out.file = path;
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      out.code = "M0915";
      out.message = fmt::format("the store {} is damaged or is no store ({}); it was left as it is",
                                path, detail);
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
      out.message = fmt::format("no space left for the store {} ({})", path, detail);
      out.hint = "make room on the disk; what was solved before is kept";
      break;
    default:
      out.code = "M0914";
      out.message = fmt::format("the store {} cannot be opened or written ({})", path, detail);
      out.hint = "check that the folder is there and may be written";
  }
  return {out};
}

Diagnostics no_such_store(const std::string& path) {
  Diagnostic out = placeless("M0911", fmt::format("there is no store {}", path),
                             "name a store.sqlite that a run has written");
  out.file = path;
  return {out};
}

Store::Store(std::unique_ptr<File> file) : file_(std::move(file)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

/// Opens a file that may be written: what a killed run left half written must be rolled back first.
Result<Store> Store::connect(const std::string& path, bool make) {
  auto file = std::make_unique<File>(path);
  const int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
  if (const int code = sqlite3_open_v2(path.c_str(), &file->handle, flags, nullptr);
      code != SQLITE_OK)
    return file->failed(code);
  sqlite3_busy_timeout(file->handle, patience_milliseconds);
  return Store(std::move(file));
}

Result<Store> Store::open(const std::string& path) {
  const auto there = look_for_store(path);
  if (!there) return std::unexpected(there.error());
  Result<Store> out = connect(path, true);
  if (!out) return out;
  // All that may refuse the file comes before anything is written to it.
  if (*there)
    if (auto sound = check_store(out->file_->handle, path); !sound)
      return std::unexpected(std::move(sound.error()));
  if (auto made = out->file_->in_one_transaction([&] { return out->make_tables(*there); }); !made)
    return std::unexpected(std::move(made.error()));
  return out;
}

int Store::make_tables(bool there) {
  if (!there) {
    if (const int code = file_->run(tables); code != SQLITE_OK) return code;
    const std::string mark = fmt::format(
        "PRAGMA application_id = {}; PRAGMA user_version = {}; "
        "INSERT OR IGNORE INTO about VALUES ('schema', '{}')",
        store_application, store_version, store_schema);
    if (const int code = file_->run(mark.c_str()); code != SQLITE_OK) return code;
  }
  const std::string program = fmt::format(
      "INSERT INTO about VALUES ('program', '{0}') ON CONFLICT (name) DO UPDATE SET content = "
      "'{0}' WHERE content <> '{0}'",
      program_version);
  return file_->run(program.c_str());
}

Result<Store> Store::open_to_read(const std::string& path) {
  const auto there = look_for_store(path);
  if (!there) return std::unexpected(there.error());
  if (!*there) return std::unexpected(no_such_store(path));
  Result<Store> out = connect(path, false);
  if (!out) return out;
  if (auto sound = check_store(out->file_->handle, path); !sound)
    return std::unexpected(std::move(sound.error()));
  return out;
}

int Store::read(const std::string& key, std::optional<Piece>& out) {
  Statement row(file_->handle,
                "SELECT game, kind, lambda_factor, grid, program, seconds, document, checksum FROM "
                "piece WHERE key = ?");
  const int found = row.bind(1, key).step();
  if (found != SQLITE_ROW) return found == SQLITE_DONE ? SQLITE_OK : found;
  Piece piece{row.text(0), row.text(1),   row.number(2), row.text(3),
              row.text(4), row.number(5), row.text(6),   {}};
  Statement numbers(file_->handle, "SELECT metric, value FROM number WHERE key = ?");
  numbers.bind(1, key);
  int code = numbers.step();
  for (; code == SQLITE_ROW; code = numbers.step())
    piece.numbers[numbers.text(0)] =
        numbers.is_null(1) ? std::nullopt : std::optional(numbers.number(1));
  if (code != SQLITE_DONE) return code;
  if (checksum_of(key, piece) == row.text(7))
    out = std::move(piece);
  else
    damaged_.insert(key);
  return SQLITE_OK;
}

Result<std::optional<Piece>> Store::find(const std::string& key) {
  std::optional<Piece> out;
  if (const int code = read(key, out); code != SQLITE_OK) return file_->failed(code);
  return out;
}

int Store::write(const std::string& key, const Piece& piece) {
  Statement row(file_->handle, "INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, key)
      .bind(2, piece.game)
      .bind(3, piece.kind)
      .bind(4, piece.lambda_factor)
      .bind(5, piece.grid)
      .bind(6, piece.program)
      .bind(7, piece.seconds)
      .bind(8, piece.document)
      .bind(9, checksum_of(key, piece));
  if (const int code = row.step(); code != SQLITE_DONE) return code;
  Statement forget(file_->handle, "DELETE FROM number WHERE key = ?");
  if (const int code = forget.bind(1, key).step(); code != SQLITE_DONE) return code;
  Statement number(file_->handle, "INSERT INTO number VALUES (?, ?, ?)");
  for (const auto& [metric, value] : piece.numbers)
    if (const int code = number.again().bind(1, key).bind(2, metric).bind(3, value).step();
        code != SQLITE_DONE)
      return code;
  return SQLITE_OK;
}

Result<void> Store::save(const std::string& key, const Piece& piece) {
  return file_->in_one_transaction([&] { return write(key, piece); });
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
