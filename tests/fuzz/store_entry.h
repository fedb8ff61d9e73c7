#pragma once
/// What a damaged store is put through: read, written, merged. A store of three games and three
/// worlds is made once; the input says how its bytes are changed.

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "claims/store.h"
#include "fuzz/diagnostics_law.h"

namespace melian::test {

inline bool same_piece(const Piece& a, const Piece& b) {
  return a.game == b.game && a.kind == b.kind && a.lambda_factor == b.lambda_factor &&
         a.grid == b.grid && a.program == b.program && a.seconds == b.seconds &&
         a.document == b.document && a.numbers == b.numbers;
}
inline bool same_world(const WorldGame& a, const WorldGame& b) {
  return a.key == b.key && a.parameters == b.parameters && a.grid == b.grid && a.kind == b.kind &&
         a.seconds == b.seconds && a.decisions == b.decisions && a.several == b.several &&
         a.jumps == b.jumps && a.unsolved == b.unsolved && a.failed == b.failed &&
         a.certificate == b.certificate && a.metrics == b.metrics && a.numbers == b.numbers;
}

class DamagedStore {
 public:
  DamagedStore() {
    std::filesystem::create_directories(folder_);
    for (int k = 0; k < games; ++k) {
      pieces_.push_back(
          {.game = std::string(64, static_cast<char>('a' + k)),
           .kind = k == 1 ? "solution" : "answer",
           .lambda_factor = 0.5 * (k + 1),
           .grid = "A=9",
           .program = "0.1.0",
           .seconds = 0.25 * k,
           .document = "{\"short\": {\"outcomes\": {\"war\": 0." + std::to_string(25 + k) + "}}}",
           .numbers = {{"probability(war)", 0.25 + k}, {"mean(x) given war is on", std::nullopt}}});
      worlds_.push_back({.key = key(k) + "w",
                         .parameters = "{\"cost\": 0.5}",
                         .grid = "A=5",
                         .kind = k == 2 ? "certified" : "world",
                         .seconds = 0.125,
                         .decisions = 1000 + k,
                         .several = k,
                         .jumps = 0,
                         .unsolved = 0,
                         .failed = k == 1 ? "no solution" : "",
                         .certificate = k == 2 ? "{\"holds\": true}" : "",
                         .metrics = {"probability(war)", "rounds"},
                         .numbers = {0.5 + k, std::nullopt}});
    }
    std::filesystem::remove(path_);
    auto store = Store::open(path_);
    if (!store) return;
    for (int k = 0; k < games; ++k)
      sound_ = store->save(key(k), pieces_[static_cast<std::size_t>(k)]).has_value() &&
               store->note_use(key(k), {"even", "base", std::to_string(k)}).has_value();
    sound_ = sound_ && store->save_worlds(worlds_).has_value();
    bytes_ = content(path_);
  }
  ~DamagedStore() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  DamagedStore(const DamagedStore&) = delete;
  DamagedStore& operator=(const DamagedStore&) = delete;

  [[nodiscard]] const std::string& bytes() const { return bytes_; }

  /// The first byte says how the input damages the file; three bytes are a place in it.
  [[nodiscard]] std::string damaged(const std::string& input) const {
    std::string out = bytes_;
    if (input.empty()) return out;
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(input[k]); };
    const auto place = [&](std::size_t k) {
      return (std::size_t{byte(k)} << 16U | std::size_t{byte(k + 1)} << 8U | byte(k + 2)) %
             out.size();
    };
    switch (byte(0) % 4) {
      case 0:  // single bytes
        for (std::size_t k = 1; k + 3 < input.size() && k < 128; k += 4)
          out[place(k)] = static_cast<char>(byte(k + 3));
        break;
      case 1:  // a piece of the input over the file
        if (input.size() > 4)
          for (std::size_t k = 4, at = place(1); k < input.size() && at < out.size(); ++k, ++at)
            out[at] = input[k];
        break;
      case 2:  // an end that is missing, or a stretch of zeros
        if (input.size() >= 7) {
          const std::size_t from = place(1), count = place(4);
          for (std::size_t k = from; k < out.size() && k < from + count; ++k) out[k] = '\0';
        } else if (input.size() >= 4) {
          out.resize(place(1));
        }
        break;
      default:  // a page over another, as a disk may write it
        if (input.size() >= 3) {
          constexpr std::size_t page = 4096;
          const std::size_t pages = out.size() / page, from = byte(1) % pages, to = byte(2) % pages;
          out.replace(to * page, page, bytes_, from * page, page);
        }
    }
    return out;
  }

  /// Returns "" or the law that is broken.
  [[nodiscard]] std::string read(const std::string& bytes) {
    if (!sound_) return "the store cannot be made";
    for (const char* beside : {"-journal", "-wal", "-shm"}) std::filesystem::remove(path_ + beside);
    put(bytes);
    if (std::string broken = only_read(bytes); !broken.empty()) return broken;
    return written(bytes);
  }

 private:
  static constexpr int games = 3;
  static std::string key(int k) { return std::string(63, '0') + std::to_string(k); }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void put(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  static std::string broken_trouble(const Diagnostics& errors) {
    for (const Diagnostic& error : errors)
      if (!error.code.starts_with("M091")) return "a refusal of another code: " + error.code;
    return broken_refusal(errors, Places::some, 0);
  }

  /// What a store says of the games that were saved: the same, or nothing.
  [[nodiscard]] std::string broken_games(Store& store) const {
    for (std::size_t k = 0; k < pieces_.size(); ++k) {
      const auto piece = store.find(key(static_cast<int>(k)));
      if (!piece) return broken_trouble(piece.error());
      if (*piece && !same_piece(**piece, pieces_[k])) return "a game with other numbers";
      const auto world = store.find_world(worlds_[k].key);
      if (!world) return broken_trouble(world.error());
      if (*world && !same_world(**world, worlds_[k])) return "a world with other numbers";
    }
    const auto unknown = store.find("unknown");
    return unknown && unknown->has_value() ? "a game that nobody saved" : "";
  }

  [[nodiscard]] std::string only_read(const std::string& bytes) const {
    {
      auto store = Store::open_to_read(path_);
      const std::string broken = store ? broken_games(*store) : broken_trouble(store.error());
      if (!broken.empty()) return broken;
    }
    if (content(path_) != bytes) return "reading changed the file";
    return std::filesystem::exists(path_ + "-journal") ? "reading left a journal" : "";
  }

  [[nodiscard]] std::string written(const std::string& bytes) const {
    auto store = Store::open(path_);
    if (!store) {
      if (content(path_) != bytes) return "a refused file was changed";
      return broken_trouble(store.error());
    }
    if (std::string broken = broken_games(*store); !broken.empty()) return broken;
    Piece fresh = pieces_.front();
    fresh.numbers["rounds"] = 3.0;
    for (const std::string& name : {key(0), key(games)}) {
      const auto saved = store->save(name, fresh);
      if (!saved) return broken_trouble(saved.error());
      const auto found = store->find(name);
      if (!found) return broken_trouble(found.error());
      if (!*found || !same_piece(**found, fresh)) return "what was saved is not found";
    }
    return {};
  }

  std::filesystem::path folder_ =
      (std::filesystem::is_directory("/dev/shm") ? std::filesystem::path("/dev/shm")
                                                 : std::filesystem::temp_directory_path()) /
      ("melian_store_" + std::to_string(::getpid()));
  std::string path_ = (folder_ / "store.sqlite").string();
  std::vector<Piece> pieces_;
  std::vector<WorldGame> worlds_;
  std::string bytes_;
  bool sound_ = false;
};

/// Returns "" or the law the input breaks.
inline std::string read_hostile_store(const std::string& input) {
  static DamagedStore store;
  return store.read(store.damaged(input));
}

}  // namespace melian::test
