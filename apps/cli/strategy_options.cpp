#include "strategy_options.h"

#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "options.h"
#include "terminal.h"

namespace melian::cli {

namespace {

CLI::Validator probability() {
  return CLI::Validator(
      [](std::string& text) {
        double number = 0.0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool fine = error == std::errc() && end == text.data() + text.size() &&
                          number >= 0.0 && number <= 1.0;
        return fine ? std::string() : fmt::format("`{}` is no probability from 0 to 1", text);
      },
      "");
}

CLI::Validator count_from_one() {
  return CLI::Validator(
      [](std::string& text) {
        int number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool fine = error == std::errc() && end == text.data() + text.size() && number >= 1;
        return fine ? std::string() : fmt::format("`{}` is no whole number from 1 on", text);
      },
      "");
}

}  // namespace

void StrategyOptions::add_to(CLI::App& app) {
  app.add_flag("--strategies", asked,
               "List strategies and beliefs at every information set, by its public history");
  app.add_option("--reached", reached,
                 "List information sets reached with at least this probability (default: 0.001; "
                 "0 lists all)")
      ->check(probability())
      ->type_name("P");
  app.add_option("--rounds", rounds, "List information sets of the first T rounds only")
      ->check(count_from_one())
      ->type_name("T");
  app.add_flag("--csv", csv, "Print the list as tidy CSV: one row a number");
  app.add_flag("--latex", latex, "Print the list as a LaTeX table");
}

Diagnostics StrategyOptions::mistakes(const CLI::App& app, bool json) const {
  Diagnostics out;
  if (!asked)
    for (const char* option : {"--reached", "--rounds", "--csv", "--latex"})
      if (app.count(option) > 0)
        out.push_back(placeless(idle_option_code,
                                fmt::format("`{}` needs a list of strategies", option),
                                "add `--strategies`"));
  if (static_cast<int>(csv) + static_cast<int>(latex) + static_cast<int>(json) > 1)
    out.push_back(placeless(idle_option_code,
                            "`--json`, `--csv`, and `--latex` are three documents",
                            "ask for one at a time"));
  return out;
}

StrategyListOptions StrategyOptions::for_list() const {
  StrategyListOptions out;
  if (!std::isnan(reached)) out.reached = reached;
  out.rounds = rounds;
  return out;
}

void StrategyOptions::print_with(const std::optional<StrategyList>& list, const std::string& title,
                                 bool json, const std::function<std::string()>& answer) const {
  if (!list) return print(answer());
  if (csv) return print(strategies_csv(*list));
  if (latex) return print(strategies_latex(*list, title));
  print(json ? with_information_sets(answer(), *list)
             : answer() + "\n" + strategies_text(*list, style_of_stdout()));
}

}  // namespace melian::cli
