#pragma once
/// Keys (short lists of whole numbers) numbered in order of first appearance.

#include <cstdint>
#include <vector>

namespace melian::lowering {

class KeyTable {
 public:
  /// The number of `key`, and whether it is new.
  std::pair<int, bool> add(const std::vector<int>& key) {
    if (2 * (starts_.size() + 1) > slots_.size()) grow();
    std::size_t at = hash(key.data(), key.size()) & (slots_.size() - 1);
    for (; slots_[at] >= 0; at = (at + 1) & (slots_.size() - 1))
      if (equal(slots_[at], key)) return {slots_[at], false};
    const auto number = static_cast<int>(starts_.size() - 1);
    slots_[at] = number;
    pool_.insert(pool_.end(), key.begin(), key.end());
    starts_.push_back(static_cast<std::int64_t>(pool_.size()));
    return {number, true};
  }
  [[nodiscard]] const int* key(int number) const {
    return pool_.data() + starts_[static_cast<std::size_t>(number)];
  }
  [[nodiscard]] int length(int number) const {
    return static_cast<int>(starts_[static_cast<std::size_t>(number) + 1] -
                            starts_[static_cast<std::size_t>(number)]);
  }
  [[nodiscard]] int size() const { return static_cast<int>(starts_.size()) - 1; }

 private:
  static std::size_t hash(const int* key, std::size_t length) {
    std::uint64_t h = 0x9E3779B97F4A7C15ULL + length;
    for (std::size_t k = 0; k < length; ++k) {
      h ^= static_cast<std::uint32_t>(key[k]);
      h *= 0xFF51AFD7ED558CCDULL;
      h ^= h >> 32;
    }
    return static_cast<std::size_t>(h);
  }
  [[nodiscard]] bool equal(int number, const std::vector<int>& key) const {
    if (static_cast<std::size_t>(length(number)) != key.size()) return false;
    const int* mine = this->key(number);
    for (std::size_t k = 0; k < key.size(); ++k)
      if (mine[k] != key[k]) return false;
    return true;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), -1);
    for (int number = 0; number < size(); ++number) {
      std::size_t at =
          hash(key(number), static_cast<std::size_t>(length(number))) & (slots_.size() - 1);
      while (slots_[at] >= 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = number;
    }
  }

  std::vector<int> pool_;
  std::vector<std::int64_t> starts_{0};
  std::vector<int> slots_;
};

}  // namespace melian::lowering
