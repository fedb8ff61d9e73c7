#pragma once
/// The door of `report`: results for people. One JSON document that every view reads, one screen of
/// text, a few plain sentences, one HTML page; the shipped catalogue and its checks. Computes
/// nothing that `study` has not computed.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "melian/base.h"
#include "melian/equilibria.h"
#include "melian/game.h"
#include "melian/language.h"
#include "melian/run.h"
#include "melian/tree.h"

namespace melian {

inline constexpr const char* result_schema = "melian.result/1";

/// The whole document of `solve --json`, ending in a newline (docs/formats/results.md); with the
/// equilibria found beside the answer where there are some given.
[[nodiscard]] std::string results_json(const Game& game, const Answer& answer,
                                       const AnswerOptions& asked = {},
                                       const Equilibria* equilibria = nullptr);

inline constexpr const char* diagnostics_schema = "melian.diagnostics/1";

/// The document of `check --json`, ending in a newline (docs/formats/diagnostics.md).
[[nodiscard]] std::string diagnostics_json(const Diagnostics& diagnostics);

/// How text is laid out for a reader.
struct TextStyle {
  bool colour = false;
  int width = 80;  ///< columns
};

/// One answer on one screen: outcomes with grid error, values, rounds, offers, information, the
/// certificate in words.
[[nodiscard]] std::string summary(const Game& game, const Answer& answer,
                                  const TextStyle& style = {},
                                  const Equilibria* equilibria = nullptr, bool list_them = false);

/// A study's results (the text of its results.json) on one screen: outcomes and verdicts by
/// reading, certificates.
[[nodiscard]] std::string study_summary(const std::string& results, const TextStyle& style = {});

/// The document of a solve that was stopped before there was anything to show.
[[nodiscard]] std::string unfinished_json(const std::string& why, bool cut_by_clock);

/// How a tree's numbers are to be read.
struct TreeConventions {
  std::string fingerprint;  ///< of the game the tree was made from
  Discounting discounting = Discounting::present_value;
  Measure measure = Measure::each;
  bool cut_by_clock = false;    ///< the solve was stopped at a limit of time
  bool list_solutions = false;  ///< each solution found at length, not only how many
  bool unrolled = false;        ///< made from a model: chance draws types first
  bool sets_elsewhere = false;  ///< a list of information sets follows the summary
};

/// The document of a game solved as a tree (docs/formats/efg.md), ending in a newline.
[[nodiscard]] std::string tree_results_json(const ExtensiveForm& form, const TreeSolution& solution,
                                            const TreeConventions& conventions);

/// The same on one screen: values, information sets, the checks, what was met on the way.
[[nodiscard]] std::string tree_summary(const ExtensiveForm& form, const TreeSolution& solution,
                                       const TreeConventions& conventions,
                                       const TextStyle& style = {});

/// What happens in equilibrium in a few plain sentences, computed from the prediction alone: the
/// first move, who accepts, what a refusal teaches, when it ends.
[[nodiscard]] std::vector<std::string> narrate(const Game& game, const Prediction& prediction);

/// The compiled game in words: players, types, public states and their count, moves in order,
/// outcomes, parameters, and how many decisions a solve takes on the grid asked for, half and a
/// quarter of it.
[[nodiscard]] std::string describe(const Model& model, const Game& game,
                                   const TextStyle& style = {});

/// The page with the results put where the template marks their place; opens offline.
/// Errors: M0921 when the template has no such place, or is not built.
[[nodiscard]] Result<std::string> html_page(const std::string& page_template,
                                            const std::string& results);

/// A number of a prediction by name, such as "outcomes.war", "values.D.weak", "start.S.y=0.26",
/// "choices.y.mode", "outcomes.war given B is low" (all names: docs/formats/expected.md). Errors:
/// M0922 naming what the game has instead; M0924 where this answer has no such number.
[[nodiscard]] Result<double> quantity(const Structure& structure, const Prediction& prediction,
                                      const std::string& name);

// ---- The catalogue
// -------------------------------------------------------------------------------------------------

/// Names that formulas define before they are used, in any order: {"W_T", "(discount * k[S] -
/// cost[D].tough) / (1 - rho)"}.
using Definitions = std::map<std::string, std::string>;

/// Which game a statement of the catalogue is about, and how it is solved.
struct CatalogueGame {
  std::string model;  ///< file beside expected.json
  Settings settings;
  std::optional<double> lambda;
  std::vector<std::string> grid;  ///< as `--grid` takes it: "513" or "Moscow=9"
  Measure measure = Measure::cells;
  Discounting discounting = Discounting::current_value;
  bool by_tree = false;  ///< unrolled and solved whole: for games with many types
};

/// One number a paper gives and Melian must find, or must stay below.
struct Check : CatalogueGame {
  std::string name;
  std::string quantity;
  double expected = 0.0;
  std::string at_most;  ///< a formula instead of `expected`: an upper bound
  Definitions where;    ///< of that formula
  double tolerance = 0.0;
  std::string because;  ///< where the tolerance comes from
};

/// How a number moves as a parameter does: a comparative static the paper states.
struct Sign : CatalogueGame {
  std::string parameter;
  double from = 0.0, to = 0.0;
  std::string quantity;
  int sign = 0;            ///< +1 it rises, -1 it falls, 0 it stays
  double tolerance = 0.0;  ///< at 0: by at most so much; else: by more than so much
  std::string because;
};

/// When the claim applies, as data: a text with numbers worked out from the model's parameters.
struct Condition {
  std::string text;   ///< "risky demand iff q < q* = {q_star}: here q = {prior[B].low}"
  std::string model;  ///< whose parameters; empty: the text has no numbers
  Settings settings;
  Definitions where;
  std::string holds_if;       ///< a formula; empty: the text only states the case
  std::optional<bool> holds;  ///< what it must come to in the shipped numbers
};

/// Where a paper says that something changes, as a formula over the other parameters; `sweep` draws
/// it.
struct Threshold {
  std::string model, parameter;
  std::string value;  ///< a formula
  Definitions where;
  std::string what, source;
};

/// A published model as shipped: a folder models/<author>_<year> with expected.json.
struct CatalogueEntry {
  std::string name;  ///< the folder's
  std::string title, citation, claim, mechanism, status;
  std::vector<std::string> tags;  ///< mechanisms, in the words the catalogue is listed by
  std::vector<Condition> conditions;
  std::vector<Threshold> thresholds;
  std::vector<Check> checks;
  std::vector<Sign> signs;
  std::filesystem::path folder;
};

/// The outcome of a check, or of a sign (which has two numbers).
struct CheckResult {
  std::size_t check = 0;  ///< index into the entry's checks, then its signs
  std::optional<double> computed;
  std::optional<double>
      at_from;  ///< of a sign: the number where the parameter is at `from` (`computed`: at `to`)
  std::optional<double> expected;  ///< of a check: the number, or what the bound comes to
  std::string why_not;             ///< when nothing could be computed
  bool passed = false;
};

/// A condition with its numbers filled in.
struct ConditionResult {
  std::string text;
  std::optional<bool> holds;  ///< as computed
  bool as_stated = true;      ///< what is computed is what `Condition::holds` says
  std::string why_not;        ///< when it could not be worked out
};
[[nodiscard]] std::vector<ConditionResult> judge_conditions(const CatalogueEntry& entry);

/// A threshold's number where the model's parameters are as given.
/// Errors: M0942 of the formulas, M05xx of the settings.
[[nodiscard]] Result<double> threshold_value(const Threshold& threshold, const Model& model,
                                             const Settings& settings);

/// Every entry below `models`, by name.
/// Errors: what is wrong with any expected.json, all at once.
[[nodiscard]] Result<std::vector<CatalogueEntry>> read_catalogue(
    const std::filesystem::path& models);
[[nodiscard]] Result<CatalogueEntry> read_expected(const std::filesystem::path& file);
/// The same for a text in memory; `folder` and `name` stay empty. `file` is for diagnostics.
[[nodiscard]] Result<CatalogueEntry> read_expected_text(const std::string& text,
                                                        const std::string& file);

/// Solves what the checks need (checks with the same game and options share one solve) and
/// compares.
[[nodiscard]] std::vector<CheckResult> run_checks(const CatalogueEntry& entry,
                                                  const OnStep& on_step = {});

/// The catalogue by mechanism: name, title, paper, and how many checks pass where `results` has
/// them.
[[nodiscard]] std::string catalogue_table(const std::vector<CatalogueEntry>& catalogue,
                                          const std::vector<std::vector<CheckResult>>& results,
                                          const TextStyle& style = {});

/// Entries as one JSON document, with what was computed where `results` has it
/// (docs/formats/expected.md).
[[nodiscard]] std::string catalogue_json(const std::vector<CatalogueEntry>& catalogue,
                                         const std::vector<std::vector<CheckResult>>& results);

/// One entry: its paper, claim and condition, and each check with expected and computed numbers
/// where `results` has them.
[[nodiscard]] std::string entry_text(const CatalogueEntry& entry,
                                     const std::vector<CheckResult>& results,
                                     const TextStyle& style = {});

/// Nodes per player from "9" or "Moscow=9" words; a diagnostic for players that are not there.
[[nodiscard]] Result<std::vector<int>> grid_nodes(const Structure& structure,
                                                  const std::vector<std::string>& words);

}  // namespace melian
