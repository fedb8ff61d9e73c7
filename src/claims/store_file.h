#pragma once
/// The SQLite file behind a store: a connection that can say what is wrong with it, and prepared
/// statements. Private to store*.cpp.

#include <cstdint>
#include <optional>
#include <string>

#include <sqlite3.h>

#include "claims/store.h"

namespace melian {

/// What SQLite's code means to people (M0914 ... M0917).
[[nodiscard]] Diagnostics store_trouble(const std::string& path, int code,
                                        const std::string& detail);

/// M0911.
[[nodiscard]] Diagnostics no_such_store(const std::string& path);

/// The connection and what it needs to speak about itself.
struct Store::File {
  explicit File(std::string where) : path(std::move(where)) {}
  ~File() { sqlite3_close(handle); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] std::unexpected<Diagnostics> failed(int code) const {
    return std::unexpected(
        store_trouble(path, code, handle ? sqlite3_errmsg(handle) : "no memory"));
  }
  [[nodiscard]] int run(const char* sql) const {
    return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr);
  }
  /// All that `work` writes is kept, or nothing; it returns SQLITE_OK or what went wrong.
  template <class Work>
  [[nodiscard]] Result<void> in_one_transaction(const Work& work) const {
    if (const int code = run("BEGIN IMMEDIATE"); code != SQLITE_OK) return failed(code);
    int code = work();
    if (code == SQLITE_OK) code = run("COMMIT");
    if (code == SQLITE_OK) return {};
    auto out = failed(code);  // before rolling back: that would change the message
    static_cast<void>(run("ROLLBACK"));
    return out;
  }

  std::string path;
  sqlite3* handle = nullptr;
};

/// One prepared statement; parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(sqlite3* handle, const char* sql)
      : code_(sqlite3_prepare_v2(handle, sql, -1, &statement_, nullptr)) {}
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  Statement& bind(int at, const std::string& text) {
    return keep(sqlite3_bind_text64(statement_, at, text.data(), text.size(), SQLITE_TRANSIENT,
                                    SQLITE_UTF8));
  }
  Statement& bind(int at, std::int64_t number) {
    return keep(sqlite3_bind_int64(statement_, at, number));
  }
  Statement& bind_null(int at) { return keep(sqlite3_bind_null(statement_, at)); }
  Statement& bind(int at, double number) {
    return keep(sqlite3_bind_double(statement_, at, number));
  }
  Statement& bind(int at, const std::optional<double>& number) {
    return number ? bind(at, *number) : keep(sqlite3_bind_null(statement_, at));
  }
  /// Ready for other parameters.
  Statement& again() {
    sqlite3_reset(statement_);
    return *this;
  }
  /// SQLITE_ROW, SQLITE_DONE, or what went wrong (also while preparing or binding).
  int step() { return code_ != SQLITE_OK ? code_ : sqlite3_step(statement_); }
  [[nodiscard]] std::string text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return bytes ? std::string(bytes,
                               static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                 : std::string{};
  }
  [[nodiscard]] double number(int column) const {
    return sqlite3_column_double(statement_, column);
  }
  [[nodiscard]] std::int64_t whole(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] bool is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }

 private:
  Statement& keep(int code) {
    if (code_ == SQLITE_OK) code_ = code;
    return *this;
  }
  sqlite3_stmt* statement_ = nullptr;
  int code_;
};

}  // namespace melian
