#pragma once
/// The door of `base`: diagnostics, results, contracts, deterministic loops and random numbers. No
/// mathematics.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace melian {

enum class Severity { error, warning };

/// A place: file, line and column as people count them, and the text of the line.
struct TextPlace {
  std::string file;         ///< empty where no file is concerned
  int line = 0;             ///< from 1; 0 where no place is concerned
  int column = 0;           ///< from 1, in characters
  int length = 1;           ///< how many characters the caret underlines
  std::string source_line;  ///< the text of that line
};

/// Another place that a diagnostic is about: "first declared here".
struct RelatedPlace : TextPlace {
  std::string message;
};

/// One thing a reader should know about a file or an option: what is wrong, where, and what would
/// help.
struct Diagnostic : TextPlace {
  std::string
      code;  ///< stable code, e.g. "M0203"; listed in docs/formats/diagnostics.md, never reused
  Severity severity = Severity::error;
  std::string message;   ///< one sentence
  std::string expected;  ///< what was expected there; may be empty
  /// What was expected, one by one, where it is a choice of words: {"gets", "pays"}; else empty.
  std::vector<std::string> expected_words;
  std::string hint;  ///< what would help; may be empty
  std::string name;  ///< the name that the mistake is about, without its index; may be empty
  std::vector<RelatedPlace> related;
};

using Diagnostics = std::vector<Diagnostic>;

/// The code of the diagnostic that means "too large" (exit 4), wherever it comes from.
inline constexpr const char* too_large_code = "M0901";

/// A value, or every diagnostic that stands in its way.
template <class T>
using Result = std::expected<T, Diagnostics>;

/// One that concerns no place in a file.
[[nodiscard]] Diagnostic placeless(std::string code, std::string message, std::string hint = {});

/// A diagnostic as people see it: file:line:column, the line, a caret, what was expected, a hint.
[[nodiscard]] std::string render(const Diagnostic& diagnostic, bool colour = false);
[[nodiscard]] std::string render(const Diagnostics& diagnostics, bool colour = false);

/// The text fit for a terminal: control characters (all but line ends and tabs, unless
/// `one_line`), marks that change the direction of writing, and bytes that are no UTF-8 become
/// U+FFFD, so that no text from a file can move the cursor or recolour the screen.
[[nodiscard]] std::string printable_text(std::string_view text, bool one_line = false);

/// `a`, `b` or `c`, each in back quotes.
[[nodiscard]] std::string one_of(const std::vector<std::string>& words);

/// The nearest of `candidates` to `word` by edit distance, or "" when none is near enough to be
/// meant.
[[nodiscard]] std::string nearest_word(std::string_view word,
                                       const std::vector<std::string>& candidates);

/// A broken precondition or invariant: a bug in Melian, never a reader's mistake. Never caught
/// inside the library.
class ContractViolation : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};
[[noreturn]] void contract_violated(const char* condition, const char* file, int line,
                                    const std::string& detail);

#define MELIAN_EXPECT(condition, detail)                                                     \
  do {                                                                                       \
    if (!(condition)) ::melian::contract_violated(#condition, __FILE__, __LINE__, (detail)); \
  } while (false)

/// What a long computation says of itself; the callback returns whether to go on.
struct Step {
  std::string_view stage;  ///< "solve", "certify", ...
  double done = 0.0;       ///< 0 to 1
};
using OnStep = std::function<bool(const Step&)>;

/// Runs body(0) ... body(count - 1) on the threads set by `set_threads`; each call must write only
/// its own results. Deterministic: no result may depend on the order of calls.
void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body);
/// At most `threads` threads from now on (0: as many as the machine has).
void set_threads(int threads);
/// Memory that is freed stays with the process, for the next solve: the system's handing out of
/// pages took a quarter of the time of long games. For programs to call once; libraries leave it
/// alone.
void keep_freed_memory();
[[nodiscard]] int num_threads();

/// A number as text: the shortest that reads back the same, or rounded to `significant` digits.
[[nodiscard]] std::string number_text(double number);
[[nodiscard]] std::string number_text(double number, int significant);

/// Counter-based random numbers (Philox 4x32-10): the same (seed, stream, counter) gives the same
/// number on every machine and any number of threads. Source: [SalmonEtAl2011], through Random123.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}
  /// The next number, uniform in [0, 1).
  [[nodiscard]] double uniform();

 private:
  std::uint64_t seed_, stream_, counter_ = 0;
};

/// SHA-256 of a text, in hexadecimal: fingerprints of games, keys of the store.
[[nodiscard]] std::string sha256(std::string_view text);

/// The first bytes of a file, at most `most`; empty where it cannot be read or is no plain file.
[[nodiscard]] std::string start_of_file(const std::string& path, std::size_t most);

/// Why these bytes cannot be a text of ours (M0919: they hold a zero byte); empty where they can.
[[nodiscard]] Diagnostics not_a_text(std::string_view bytes, const std::string& path);

/// The whole of a file; a diagnostic when it cannot be read, is no plain file (a pipe would be
/// waited for), or is larger than `largest` bytes.
[[nodiscard]] Result<std::string> read_file(const std::string& path,
                                            std::size_t largest = std::size_t{8} << 20);

}  // namespace melian
