#pragma once
/// What the program says and where: data on stdout, talk on stderr, bars and colours on terminals
/// only.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

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

void print(const std::string& text);       ///< to stdout; `close_stdout` says whether it arrived
void say(const std::string& text);         ///< to stderr
void say(const Diagnostics& diagnostics);  ///< to stderr, with carets

/// Writes what is still held back of stdout and closes it. To be called once, at the end.
/// Returns: why something that was printed did not arrive ("No space left on device"), else "".
[[nodiscard]] std::string close_stdout();

/// From now on Ctrl-C and SIGTERM ask running work to stop instead of ending the program; a second
/// one ends it. Where nobody hears within a second, the program says so and ends with exit 130:
/// what was printed and what a store has kept stays.
void catch_interrupts();
[[nodiscard]] bool was_interrupted();

/// What is said where nobody hears: where that which was done so far is kept. To be called once,
/// before the work begins.
void say_when_stopped(const std::string& words);

/// Work is to stop this many seconds from now, as if it were interrupted (exit 3 where nobody hears
/// within a second).
void limit_time(double seconds);
[[nodiscard]] bool was_cut_by_clock();

/// Should work go on? False once it was interrupted, its time is over, or stdout takes no more.
[[nodiscard]] bool may_go_on();

/// A progress bar on stderr while work goes on; only on a terminal, and not when `quiet`. Stages
/// that say nothing of themselves show their names and how long they have taken. A stage that will
/// take more than a minute is announced once, on any stderr, unless `quiet`.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// For `on_step`: draws, and returns whether to go on.
  [[nodiscard]] OnStep callback();
  /// What is done from now on, where no step says so: "reading the model".
  void stage(const std::string& name);
  void clear();

 private:
  using Time = std::chrono::steady_clock::time_point;
  void hear(const Step& step);
  void draw(Time now);
  void wipe();
  void announce(Time now);
  void tick(const std::stop_token& stop);

  bool quiet_, shown_;
  std::mutex mutex_;  ///< of all below
  bool drawn_ = false;
  std::string stage_;
  double share_ = -1.0;  ///< done of the stage; below 0: it does not say
  Time started_, last_;
  Time stage_started_;                         ///< for the time left: since the bar last went back
  double stage_done_ = 0.0, last_done_ = 0.0;  ///< how far it was then; how far it was last
  std::set<std::string> announced_;
  std::condition_variable_any ticking_;
  std::jthread ticker_;  ///< the last: it ends before what it looks at
};

/// "40 s", "12 min", "3.4 h".
[[nodiscard]] std::string duration(double seconds);
/// "80 MB", "1.3 GB".
[[nodiscard]] std::string size(std::int64_t bytes);

}  // namespace melian::cli
