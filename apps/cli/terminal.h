#pragma once
/// What the program says and where: data on stdout, talk on stderr, bars and colours on terminals
/// only.

#include <chrono>
#include <string>

#include "melian/base.h"
#include "melian/report.h"

namespace melian::cli {

/// Colours and width for stdout; no colour where NO_COLOR is set, TERM is "dumb", or stdout is no
/// terminal.
[[nodiscard]] TextStyle style_of_stdout();

/// As many columns as the terminal has, 80 at least and `most` at most; `most` where stdout is
/// none.
[[nodiscard]] int columns_of_stdout(int most);
[[nodiscard]] bool colour_on_stderr();

void print(const std::string& text);       ///< to stdout
void say(const std::string& text);         ///< to stderr
void say(const Diagnostics& diagnostics);  ///< to stderr, with carets

/// From now on Ctrl-C asks running work to stop instead of ending the program; a second one ends
/// it.
void catch_interrupts();
[[nodiscard]] bool was_interrupted();

/// A progress bar on stderr while work goes on; only on a terminal, and not when `quiet`.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// For `on_step`: draws, and returns whether to go on.
  [[nodiscard]] OnStep callback();
  void clear();

 private:
  void draw(const Step& step);

  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point started_, last_;
  std::chrono::steady_clock::time_point
      stage_started_;                          ///< for the time left: since the bar last went back
  double stage_done_ = 0.0, last_done_ = 0.0;  ///< how far it was then; how far it was last
};

/// "40 s", "12 min", "3.4 h".
[[nodiscard]] std::string duration(double seconds);
/// "80 MB", "1.3 GB".
[[nodiscard]] std::string size(std::int64_t bytes);

}  // namespace melian::cli
