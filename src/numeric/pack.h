#pragma once
/// A few numbers side by side: arithmetic on all of them at once, each rounded by itself. Compilers
/// that are left to find out by themselves take short rows apart into uneven pieces.

#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

namespace melian::lanes {

// Written out: in a template, compilers lose sight of a width that depends on its argument.
template <int count>
struct Wide;
template <>
struct Wide<2> {
  typedef double Numbers __attribute__((vector_size(16)));
  typedef std::int64_t Bits __attribute__((vector_size(16)));
};
template <>
struct Wide<4> {
  typedef double Numbers __attribute__((vector_size(32)));
  typedef std::int64_t Bits __attribute__((vector_size(32)));
};
template <>
struct Wide<8> {
  typedef double Numbers __attribute__((vector_size(64)));
  typedef std::int64_t Bits __attribute__((vector_size(64)));
};

/// `count` numbers, a power of two. Only for use inside functions.
template <int count>
struct Pack {
  using Numbers = typename Wide<count>::Numbers;
  using Bits = typename Wide<count>::Bits;
  Numbers numbers;

  [[gnu::always_inline]] static Pack load(const double* from) {
    Pack out;
    std::memcpy(&out.numbers, from, sizeof out.numbers);
    return out;
  }
  [[gnu::always_inline]] static Pack all(double one) { return {Numbers{} + one}; }
  [[gnu::always_inline]] void store(double* to) const { std::memcpy(to, &numbers, sizeof numbers); }
  [[gnu::always_inline]] friend Pack operator+(const Pack& a, const Pack& b) {
    return {a.numbers + b.numbers};
  }
  [[gnu::always_inline]] friend Pack operator*(const Pack& a, const Pack& b) {
    return {a.numbers * b.numbers};
  }
  /// `second` where the number in `which` is `chosen`, `first` where it is 0.
  [[gnu::always_inline]] static Pack choose(const Pack& which, const Pack& first,
                                            const Pack& second) {
    const Bits mask = __builtin_bit_cast(Bits, which.numbers);
    const Bits bits = (__builtin_bit_cast(Bits, first.numbers) & ~mask) |
                      (__builtin_bit_cast(Bits, second.numbers) & mask);
    return {__builtin_bit_cast(Numbers, bits)};
  }
  /// The numbers at these places of `from`.
  [[gnu::always_inline]] static Pack gather(const double* from, const std::int64_t* places) {
    Pack out;
    if constexpr (count == 2)
      out.numbers = Numbers{from[places[0]], from[places[1]]};
    else if constexpr (count == 4)
      out.numbers = Numbers{from[places[0]], from[places[1]], from[places[2]], from[places[3]]};
    else
      out.numbers = Numbers{from[places[0]], from[places[1]], from[places[2]], from[places[3]],
                            from[places[4]], from[places[5]], from[places[6]], from[places[7]]};
    return out;
  }
  /// The numbers at these places, which are below 2 `count`, of two packs.
  [[gnu::always_inline]] static Pack of_two(const Pack& first, const Pack& second,
                                            const std::int64_t* places) {
    Bits where;
    std::memcpy(&where, places, sizeof where);
#if defined(__clang__)
    Pack out;
    for (int k = 0; k < count; ++k)
      out.numbers[k] =
          where[k] < count ? first.numbers[where[k]] : second.numbers[where[k] - count];
    return out;
#else
    return {__builtin_shuffle(first.numbers, second.numbers, where)};
#endif
  }
  /// The numbers at these places, which are below `count`.
  [[gnu::always_inline]] Pack at(const std::int64_t* places) const {
    Bits where;
    std::memcpy(&where, places, sizeof where);
#if defined(__clang__)
    Pack out;
    for (int k = 0; k < count; ++k) out.numbers[k] = numbers[where[k]];
    return out;
#else
    return {__builtin_shuffle(numbers, where)};
#endif
  }
};

/// One number, with the same face.
template <>
struct Pack<1> {
  double number;
  [[gnu::always_inline]] static Pack load(const double* from) { return {*from}; }
  [[gnu::always_inline]] static Pack all(double one) { return {one}; }
  [[gnu::always_inline]] void store(double* to) const { *to = number; }
  [[gnu::always_inline]] friend Pack operator+(const Pack& a, const Pack& b) {
    return {a.number + b.number};
  }
  [[gnu::always_inline]] friend Pack operator*(const Pack& a, const Pack& b) {
    return {a.number * b.number};
  }
  [[gnu::always_inline]] static Pack choose(const Pack& which, const Pack& first,
                                            const Pack& second) {
    std::int64_t bits = 0;
    std::memcpy(&bits, &which.number, sizeof bits);
    return bits != 0 ? second : first;
  }
  [[gnu::always_inline]] Pack at(const std::int64_t*) const { return *this; }
};

/// Hands out memory in which no pack of eight straddles two lines of a cache.
template <class T>
struct InLines {
  using value_type = T;
  static constexpr std::align_val_t line{64};
  InLines() = default;
  template <class U>
  InLines(const InLines<U>&) {}
  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), line));
  }
  void deallocate(T* from, std::size_t) { ::operator delete(from, line); }
  friend bool operator==(const InLines&, const InLines&) { return true; }
};
using Row = std::vector<double, InLines<double>>;

/// All bits set: what `choose` takes for yes. Not a number in arithmetic; never computed with.
inline double chosen(bool yes) {
  const std::int64_t bits = yes ? -1 : 0;
  double out = 0.0;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}
/// Was it?
inline bool is_chosen(double which) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &which, sizeof bits);
  return bits != 0;
}

}  // namespace melian::lanes
