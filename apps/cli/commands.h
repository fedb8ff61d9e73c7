#pragma once
/// The commands of the program, one file each. A command parses its options, calls doors and
/// prints.

#include <functional>

#include <CLI/CLI.hpp>

namespace melian::cli {

/// A command of the program and what it does; returns the exit code.
struct Command {
  CLI::App* app = nullptr;
  std::function<int()> run;
};

[[nodiscard]] Command add_run(CLI::App& program);
[[nodiscard]] Command add_solve(CLI::App& program);
[[nodiscard]] Command add_check(CLI::App& program);
[[nodiscard]] Command add_fmt(CLI::App& program);
[[nodiscard]] Command add_describe(CLI::App& program);
[[nodiscard]] Command add_export(CLI::App& program);
[[nodiscard]] Command add_simulate(CLI::App& program);
[[nodiscard]] Command add_sweep(CLI::App& program);
[[nodiscard]] Command add_models(CLI::App& program);
[[nodiscard]] Command add_merge(CLI::App& program);

/// What the shell learns; the contract is in docs/command_line.md.
enum Exit : int {
  done = 0,
  invalid = 1,
  usage = 2,
  misses_tolerance = 3,
  refused = 4,
  bug = 70,
  cannot_write = 74,
  interrupted = 130
};

}  // namespace melian::cli
