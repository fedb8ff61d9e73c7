#include "terminal.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <fmt/core.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace melian::cli {
namespace {

std::atomic<bool> interrupt_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch it");

extern "C" void on_interrupt(int signal) {
  interrupt_asked = true;
  std::signal(signal, SIG_DFL);
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
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void say(const std::string& text) {
  std::fflush(stdout);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void say(const Diagnostics& diagnostics) { say(render(diagnostics, colour_on_stderr())); }

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

bool was_interrupted() { return interrupt_asked; }

Progress::Progress(bool quiet)
    : shown_(!quiet && isatty(STDERR_FILENO) == 1),
      started_(std::chrono::steady_clock::now()),
      last_(started_),
      stage_started_(started_) {}

Progress::~Progress() { clear(); }

OnStep Progress::callback() {
  return [this](const Step& step) {
    if (shown_) draw(step);
    return !was_interrupted();
  };
}

void Progress::clear() {
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

void Progress::draw(const Step& step) {
  constexpr auto patience = std::chrono::milliseconds(300), beat = std::chrono::milliseconds(100);
  const auto now = std::chrono::steady_clock::now();
  const double share = std::clamp(step.done, 0.0, 1.0);
  if (share < last_done_)
    stage_started_ = now, stage_done_ = share;  // another part of the work has begun
  last_done_ = share;
  if (now - started_ < patience || now - last_ < beat) return;
  last_ = now;
  constexpr int width = 30;
  const int filled = static_cast<int>(share * width);
  // Said only once there is something to judge by.
  std::string left;
  const double taken = std::chrono::duration<double>(now - stage_started_).count();
  constexpr double long_enough = 3.0, far_enough = 0.02;
  if (taken > long_enough && share - stage_done_ > far_enough)
    left = fmt::format(", {} left", duration(taken * (1.0 - share) / (share - stage_done_)));
  say(fmt::format("\r\x1b[K{:<12.40} [{}{}] {:3.0f} %{}", step.stage,
                  std::string(static_cast<std::size_t>(filled), '='),
                  std::string(static_cast<std::size_t>(width - filled), ' '), 100.0 * share, left));
  drawn_ = true;
}

}  // namespace melian::cli
