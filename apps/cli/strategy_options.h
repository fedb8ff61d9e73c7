#pragma once
/// `--strategies` and what goes with it: which information sets are listed, and how.

#include <functional>
#include <limits>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "melian/strategy_tables.h"

namespace melian::cli {

struct StrategyOptions {
  bool asked = false, csv = false, latex = false;
  double reached = std::numeric_limits<double>::quiet_NaN();  ///< not given
  int rounds = 0;

  void add_to(CLI::App& app);
  /// Options that do not go together.
  [[nodiscard]] Diagnostics mistakes(const CLI::App& app, bool json) const;
  [[nodiscard]] StrategyListOptions for_list() const;
  /// Is the list the whole of stdout?
  [[nodiscard]] bool document() const { return csv || latex; }
  /// Prints the answer (of `--json`, its document) with the list, or the list alone.
  void print_with(const std::optional<StrategyList>& list, const std::string& title, bool json,
                  const std::function<std::string()>& answer) const;
};

}  // namespace melian::cli
