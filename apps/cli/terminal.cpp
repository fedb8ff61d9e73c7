#include "terminal.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <system_error>

#include <fmt/core.h>
#include <semaphore.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace melian::cli {
namespace {

std::atomic<bool> interrupt_asked{false};
int stdout_error = 0;  ///< of the first `print` that failed, as errno; nothing is printed after it
bool something_printed = false, stdout_closed = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch it");

std::atomic<bool> clock_asked{false}, stop_heard{false};
sem_t wake;  ///< of the watchdog: a signal has come, or a limit of time was set
std::atomic<double> seconds_allowed{0.0};
std::atomic<const std::string*> words_when_stopped{nullptr};

extern "C" void on_interrupt(int signal) {
  interrupt_asked = true;
  sem_post(&wake);
  std::signal(signal, SIG_DFL);
}

/// Ends the program where work does not hear that it is to stop; it touches nothing else.
void watch_over_stops() {
  const auto rest = [](double seconds) {
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  };
  const auto set_clock = [] {
    const double allowed = seconds_allowed;
    if (allowed <= 0.0) return timespec{};
    timespec until{};
    clock_gettime(CLOCK_REALTIME, &until);
    const double whole = std::floor(allowed);
    until.tv_sec += static_cast<time_t>(whole);
    until.tv_nsec += static_cast<long>((allowed - whole) * 1e9);
    if (until.tv_nsec >= 1'000'000'000) ++until.tv_sec, until.tv_nsec -= 1'000'000'000;
    return until;
  };
  timespec until{};
  while (!interrupt_asked && !clock_asked) {
    if (until.tv_sec == 0) {
      sem_wait(&wake);
      until = set_clock();
    } else if (sem_timedwait(&wake, &until) != 0 && errno == ETIMEDOUT) {
      clock_asked = true;
    }
  }
  constexpr double soon = 0.9, to_wind_up = 20.0;
  rest(soon);
  if (stop_heard) rest(to_wind_up);
  const std::string* kept = words_when_stopped;
  const std::string words = fmt::format(
      "\nmelian: {}; {}\n", interrupt_asked ? "stopped" : "the time is over",
      kept != nullptr ? *kept : "this part of the work has nothing to show before its end");
  static_cast<void>(write(STDERR_FILENO, words.data(), words.size()) + 0);
  _exit(interrupt_asked ? 130 : 3);
}

bool wants_colour(int stream) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_colour != nullptr && *no_colour != '\0') return false;
  if (terminal != nullptr && std::string_view(terminal) == "dumb") return false;
  return isatty(stream) == 1;
}

}  // namespace

TextStyle style_of_stdout() { return {wants_colour(STDOUT_FILENO), 80}; }

int columns_of_stdout(int most) {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
      size.ws_col == 0)
    return most;
  return std::clamp(static_cast<int>(size.ws_col), 80, most);
}

bool colour_on_stderr() { return wants_colour(STDERR_FILENO); }

void print(const std::string& text) {
  if (text.empty() || stdout_error != 0) return;
  something_printed = true;
  errno = 0;
  const bool arrived =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!arrived) stdout_error = errno != 0 ? errno : EIO;
}

std::string close_stdout() {
  errno = 0;
  stdout_closed = true;
  if (std::fclose(stdout) != 0 && something_printed && stdout_error == 0)
    stdout_error = errno != 0 ? errno : EIO;
  return stdout_error == 0 ? std::string() : std::generic_category().message(stdout_error);
}

void say(const std::string& text) {
  if (!stdout_closed) std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void say(const Diagnostics& diagnostics) { say(render(diagnostics, colour_on_stderr())); }

void catch_interrupts() {
  sem_init(&wake, 0, 0);
  std::thread(watch_over_stops).detach();
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool was_interrupted() {
  if (interrupt_asked) stop_heard = true;
  return interrupt_asked;
}

void say_when_stopped(const std::string& words) {
  static const std::string kept = words;
  words_when_stopped = &kept;
}

void limit_time(double seconds) {
  seconds_allowed = seconds;
  sem_post(&wake);
}

bool was_cut_by_clock() {
  if (clock_asked) stop_heard = true;
  return clock_asked;
}

bool may_go_on() { return !was_interrupted() && !was_cut_by_clock() && stdout_error == 0; }

Progress::Progress(bool quiet)
    : quiet_(quiet),
      shown_(!quiet && isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()),
      last_(started_),
      stage_started_(started_) {
  if (shown_) ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
}

Progress::~Progress() {
  ticker_ = {};
  clear();
}

OnStep Progress::callback() {
  return [this](const Step& step) {
    if (!quiet_) hear(step);
    return may_go_on();
  };
}

void Progress::stage(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  stage_ = name;
  share_ = -1.0;
  last_done_ = 0.0;
  stage_started_ = std::chrono::steady_clock::now();
}

void Progress::clear() {
  const std::scoped_lock lock(mutex_);
  stage_.clear();
  wipe();
}

void Progress::wipe() {
  if (drawn_) say("\r\x1b[K");
  drawn_ = false;
}

std::string duration(double seconds) {
  constexpr double minute = 60, hour = 3600, day = 86400;
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 100 * minute) return fmt::format("{:.0f} min", seconds / minute);
  return seconds < 2 * day ? fmt::format("{:.1f} h", seconds / hour)
                           : fmt::format("{:.0f} days", seconds / day);
}

std::string size(std::int64_t bytes) {
  constexpr double mega = 1e6, giga = 1e9;
  const auto number = static_cast<double>(bytes);
  return number < giga ? fmt::format("{:.0f} MB", number / mega)
                       : fmt::format("{:.1f} GB", number / giga);
}

void Progress::hear(const Step& step) {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const double share = std::clamp(step.done, 0.0, 1.0);
  if (share < last_done_ || share_ < 0.0)
    stage_started_ = now, stage_done_ = share;  // another part of the work has begun
  if (stage_ != step.stage) stage_ = step.stage;
  share_ = last_done_ = share;
  announce(now);
  if (shown_) draw(now);
}

/// From the share of the counted work that is done, and how long it took.
void Progress::announce(Time now) {
  constexpr double long_enough = 3.0, far_enough = 0.002, worth_saying = 60.0, very_long = 30.0;
  const double taken = std::chrono::duration<double>(now - stage_started_).count();
  if (taken < long_enough || announced_.contains(stage_)) return;
  const double gone = share_ - stage_done_;
  if (gone > far_enough) {
    const double all = taken * (1.0 - stage_done_) / gone;
    if (all < worth_saying) return;
    announced_.insert(stage_);
    wipe();
    say(fmt::format("melian: {} will take about {}; Ctrl-C stops it\n", stage_, duration(all)));
  } else if (taken > very_long) {
    announced_.insert(stage_);
    wipe();
    say(fmt::format("melian: {} will take more than {}; Ctrl-C stops it\n", stage_,
                    duration(taken / far_enough)));
  }
}

void Progress::draw(Time now) {
  constexpr auto patience = std::chrono::milliseconds(300), beat = std::chrono::milliseconds(100);
  if (now - started_ < patience || now - last_ < beat || stage_.empty()) return;
  last_ = now;
  const double taken = std::chrono::duration<double>(now - stage_started_).count();
  drawn_ = true;
  if (share_ < 0.0) {
    say(fmt::format("\r\x1b[K{:.40}  {}", stage_, duration(taken)));
    return;
  }
  constexpr int width = 30;
  const int filled = static_cast<int>(share_ * width);
  // Said only once there is something to judge by.
  std::string left;
  constexpr double long_enough = 3.0, far_enough = 0.02;
  if (taken > long_enough && share_ - stage_done_ > far_enough)
    left = fmt::format(", {} left", duration(taken * (1.0 - share_) / (share_ - stage_done_)));
  say(fmt::format("\r\x1b[K{:<12.40} [{}{}] {:3.0f} %{}", stage_,
                  std::string(static_cast<std::size_t>(filled), '='),
                  std::string(static_cast<std::size_t>(width - filled), ' '), 100.0 * share_,
                  left));
}

/// Draws stages that say nothing of themselves.
void Progress::tick(const std::stop_token& stop) {
  constexpr auto beat = std::chrono::milliseconds(500), silent = std::chrono::milliseconds(1000);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    ticking_.wait_for(lock, stop, beat, [] { return false; });
    const auto now = std::chrono::steady_clock::now();
    if (!stop.stop_requested() && now - last_ > silent) draw(now);
  }
}

}  // namespace melian::cli
