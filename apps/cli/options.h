#pragma once
/// Options that several commands share, and how they become what the doors take.

#include <limits>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "melian/as_tree.h"
#include "melian/option_words.h"
#include "melian/report.h"

namespace melian::cli {

/// --threads and --quiet, known to every command.
struct CommonOptions {
  int threads = 0;
  bool quiet = false;
  void add_to(CLI::App& app);
};

/// Which game: a model file, its modules and parameters.
struct GameOptions {
  std::string model;
  std::vector<std::string> modules;
  std::vector<std::string> set;
  void add_to(CLI::App& app);
};

/// How to solve it.
struct MethodOptions {
  double lambda = std::numeric_limits<double>::quiet_NaN();  ///< not given
  std::vector<std::string> grid;
  std::string method = "grid";
  std::string measure = "cells";
  bool present_value = false;
  double tolerance = CertifyOptions{}.tolerance;
  /// `methods`: those the command knows, the default first.
  void add_to(CLI::App& app, const std::vector<std::string>& methods = {"grid"});
  /// What the solver takes.
  /// Errors: `--grid` that fits no player.
  [[nodiscard]] Result<AnswerOptions> for_game(const Game& game) const;
  /// What the tree takes.
  [[nodiscard]] AsTree as_tree(const Choice& choice = {}) const;
};

/// Which of several equilibria.
struct ChoiceOptions {
  Choice choice;
  void add_to(CLI::App& app);
};

/// --time-limit: only this stops work by the clock. What it cuts short is marked, exits 3, and is
/// never stored.
struct TimeLimit {
  double seconds = 0.0;
  void add_to(CLI::App& app);
  void start() const;
};
/// How such a result is marked.
inline constexpr const char* cut_by_clock = "cut_by_clock";

/// The model asked for, with its modules, read and checked.
[[nodiscard]] Result<Model> read_asked_model(const GameOptions& options);

/// A model with its game, and how long compiling took.
struct LoadedGame {
  Model model;
  Game game;
  double compile_seconds = 0.0;
};

/// Reads, compiles and binds; says warnings on stderr unless quiet.
[[nodiscard]] Result<LoadedGame> load(const GameOptions& options, bool quiet);

/// Says the diagnostics and returns the exit code they mean.
[[nodiscard]] int fail(Diagnostics diagnostics);
/// The exit code that tells of them.
[[nodiscard]] int exit_code(const Diagnostics& diagnostics);
/// Says that work which is kept nowhere was stopped; the exit code.
[[nodiscard]] int stopped();
/// Was work interrupted, or stopped at its limit of time?
[[nodiscard]] bool cut_short();
/// Says which, after what there was has been printed; the exit code.
[[nodiscard]] int cut_short_code();
/// The exit code that a certificate earns. Beside a document on stdout, stderr says why it does not
/// hold.
[[nodiscard]] int judged(bool holds, const std::vector<std::string>& why_not, bool as_document,
                         bool quiet);

/// An option that means nothing here, or one that is needed.
inline constexpr const char* idle_option_code = "M0805";

}  // namespace melian::cli
