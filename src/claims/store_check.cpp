#include "claims/store_check.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string_view>

#include <fmt/core.h>

#include "claims/store_file.h"

namespace melian {
namespace {

using Header = std::array<unsigned char, 100>;

/// Big-endian, as SQLite's file format has it (sqlite.org/fileformat2.html, "The Database Header").
std::uint32_t number_at(const Header& header, std::size_t at) {
  return (std::uint32_t{header[at]} << 24U) | (std::uint32_t{header[at + 1]} << 16U) |
         (std::uint32_t{header[at + 2]} << 8U) | header[at + 3];
}

/// Why a file with this header is no store of this version; "" where it may be one.
std::string stranger(const Header& header) {
  constexpr std::string_view magic{"SQLite format 3\0", 16};
  if (std::string_view(reinterpret_cast<const char*>(header.data()), magic.size()) != magic)
    return "it is no SQLite file";
  constexpr std::size_t versions_at = 18, fractions_at = 21, user_version_at = 60,
                        application_at = 68;
  if (number_at(header, application_at) != store_application)
    return "it is no store of Melian, or one of an earlier version";
  if (const std::uint32_t version = number_at(header, user_version_at); version != store_version)
    return fmt::format("it is a store of version {}, not {}", version, store_version);
  // A store keeps a rollback journal (1, 1), and SQLite's own fixed fractions (64, 32, 32).
  if (header[versions_at] != 1 || header[versions_at + 1] != 1 || header[fractions_at] != 64 ||
      header[fractions_at + 1] != 32 || header[fractions_at + 2] != 32)
    return "its header is damaged";
  return "";
}

/// Name and text of every table and view.
std::map<std::string, std::string> shape_of(sqlite3* handle, int& code) {
  std::map<std::string, std::string> out;
  Statement rows(handle,
                 "SELECT type || ' ' || name, sql FROM sqlite_master WHERE sql IS NOT NULL");
  for (code = rows.step(); code == SQLITE_ROW; code = rows.step()) out[rows.text(0)] = rows.text(1);
  return out;
}

const std::map<std::string, std::string>& shape_of_a_store() {
  static const std::map<std::string, std::string> shape = [] {
    sqlite3* handle = nullptr;
    int code = sqlite3_open(":memory:", &handle);
    if (code == SQLITE_OK) code = sqlite3_exec(handle, store_tables(), nullptr, nullptr, nullptr);
    MELIAN_EXPECT(code == SQLITE_OK, "the statements that make a store");
    auto out = shape_of(handle, code);
    sqlite3_close(handle);
    return out;
  }();
  return shape;
}

/// Texts with their lengths, so that no two lists of fields read the same.
class Fields {
 public:
  Fields& add(const std::string& text) {
    text_ += fmt::format("{}:", text.size());
    text_ += text;
    return *this;
  }
  /// Zeros without their sign: SQLite keeps none.
  Fields& add(double number) { return add(fmt::format("{:a}", number + 0.0)); }
  Fields& add(std::int64_t number) { return add(std::to_string(number)); }
  Fields& add(const std::map<std::string, std::optional<double>>& numbers) {
    for (const auto& [metric, value] : numbers) {
      add(metric);
      if (value && *value == *value)
        add(*value);
      else
        add("none");
    }
    return *this;
  }
  [[nodiscard]] std::string sum() const { return sha256(text_); }

 private:
  std::string text_;
};

}  // namespace

Result<bool> look_for_store(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file) {
    if (errno == ENOENT) return false;
    return std::unexpected(store_trouble(path, SQLITE_CANTOPEN, std::strerror(errno)));
  }
  Header header{};
  errno = 0;
  const std::size_t read = std::fread(header.data(), 1, header.size(), file.get());
  if (std::ferror(file.get()) != 0)
    return std::unexpected(store_trouble(path, SQLITE_CANTOPEN, std::strerror(errno)));
  if (read == 0) return false;
  const std::string why = read < header.size() ? "it is no SQLite file" : stranger(header);
  if (!why.empty()) return std::unexpected(store_trouble(path, SQLITE_NOTADB, why));
  return true;
}

Result<void> check_store(sqlite3* handle, const std::string& path) {
  const auto damaged = [&](const std::string& how) {
    return std::unexpected(store_trouble(path, SQLITE_CORRUPT, how));
  };
  const auto failed = [&](int code) {
    // A statement that the tables do not fit is damage as well.
    return std::unexpected(
        store_trouble(path, code == SQLITE_ERROR ? SQLITE_CORRUPT : code, sqlite3_errmsg(handle)));
  };
  {
    Statement check(handle, "PRAGMA integrity_check(1)");
    if (const int code = check.step(); code != SQLITE_ROW) return failed(code);
    if (check.text(0) != "ok") return damaged(check.text(0));
  }
  int code = SQLITE_OK;
  const std::map<std::string, std::string> shape = shape_of(handle, code);
  if (code != SQLITE_DONE) return failed(code);
  if (shape != shape_of_a_store()) return damaged("its tables are not those of a store");
  return {};
}

std::string checksum_of(const std::string& key, const Piece& piece) {
  return Fields()
      .add(key)
      .add(piece.game)
      .add(piece.kind)
      .add(piece.lambda_factor)
      .add(piece.grid)
      .add(piece.program)
      .add(piece.seconds)
      .add(piece.document)
      .add(piece.numbers)
      .sum();
}

std::string checksum_of(const WorldGame& game) {
  std::map<std::string, std::optional<double>> numbers;
  for (std::size_t k = 0; k < game.metrics.size(); ++k) numbers[game.metrics[k]] = game.numbers[k];
  return Fields()
      .add(game.key)
      .add(game.parameters)
      .add(game.grid)
      .add(game.kind)
      .add(game.seconds)
      .add(game.decisions)
      .add(game.several)
      .add(game.jumps)
      .add(game.unsolved)
      .add(game.failed)
      .add(game.certificate)
      .add(numbers)
      .sum();
}

}  // namespace melian
