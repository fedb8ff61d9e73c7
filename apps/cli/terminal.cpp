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

Progress::Progress(bool quiet) : shown_(!quiet && isatty(STDERR_FILENO) == 1), started_(std::chrono::steady_clock::now()), last_(started_) {}

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

void Progress::draw(const Step& step) {
  constexpr auto patience = std::chrono::milliseconds(300), beat = std::chrono::milliseconds(100);
  const auto now = std::chrono::steady_clock::now();
  if (now - started_ < patience || now - last_ < beat) return;
  last_ = now;
  constexpr int width = 30;
  const int filled = static_cast<int>(std::clamp(step.done, 0.0, 1.0) * width);
  say(fmt::format("\r\x1b[K{:<12.40} [{}{}] {:3.0f} %", step.stage, std::string(static_cast<std::size_t>(filled), '='),
                  std::string(static_cast<std::size_t>(width - filled), ' '), 100.0 * std::clamp(step.done, 0.0, 1.0)));
  drawn_ = true;
}

}  // namespace melian::cli
