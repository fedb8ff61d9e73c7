#pragma once
/// The door of `language`: from text to a game. Reads .melian files (with what they extend and the
/// modules asked for), reports all diagnostics at once, formats, and compiles to a structure whose
/// numbers are bound late.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "melian/base.h"
#include "melian/game.h"

namespace melian {

/// A parameter's content: a number, or a word such as "on".
using ParameterContent = std::variant<double, std::string>;
/// Parameters by name as in the model file: "cost[D].weak", "cost[D]" (all types), "discount",
/// "prior[D].weak", "belief[Kyiv][Moscow].maximalist".
using Settings = std::map<std::string, ParameterContent>;

struct ParameterInfo {
  std::string name;                 ///< one per number: "cost[D].weak"
  ParameterContent content;         ///< default
  std::optional<double> low, high;  ///< where the model makes sense
  std::vector<std::string> words;   ///< of a switch
  bool shapes = false;              ///< changing it rebuilds the structure
  std::string note;                 ///< documentation
  std::string file;
  int line = 0;
};

/// Where a mechanism label such as "E1" stands: the names it is attached to.
struct LabelInfo {
  std::string label;
  std::vector<std::string> names;
};

/// A model read and checked: names resolved, kinds agreed, no numbers decided. Cheap to copy.
class Model {
 public:
  struct Checked;  ///< private to the room
  explicit Model(std::shared_ptr<const Checked> checked) : checked_(std::move(checked)) {}
  [[nodiscard]] const std::string& title() const;
  [[nodiscard]] const std::vector<std::string>& sources() const;
  [[nodiscard]] const std::vector<ParameterInfo>& parameters()
      const;  ///< declared ones, priors and beliefs included
  [[nodiscard]] const std::vector<LabelInfo>& labels() const;
  /// Is this the name of a choice, offer, chance move or state, hence something
  /// `CompileOptions::keep` may name?
  [[nodiscard]] bool can_remember(const std::string& name) const;
  [[nodiscard]] const Diagnostics& warnings() const;
  [[nodiscard]] const std::string& text_fingerprint() const;  ///< SHA-256 of all files read
  [[nodiscard]] const Checked& checked() const { return *checked_; }

 private:
  std::shared_ptr<const Checked> checked_;
};

/// Reads and checks a model file with the modules named.
/// Errors: every diagnostic of every file concerned, in order of file and place.
[[nodiscard]] Result<Model> read_model(const std::string& path,
                                       const std::vector<std::string>& modules = {});
/// The same for a text in memory (tests, fuzzing); `extends` is looked up beside `name`.
[[nodiscard]] Result<Model> read_model_text(const std::string& text, const std::string& name);

/// The number of every parameter under these settings, by name; of a switch: the index of its word.
/// Of a prior or belief what is set stays and the rest shrinks or grows in proportion. Errors: what
/// is wrong with the settings, as `CompiledModel::bind` says it.
[[nodiscard]] Result<std::map<std::string, double>> parameter_numbers(const Model& model,
                                                                      const Settings& settings);

/// The canonical layout of a model or module text; comments are kept. Idempotent.
[[nodiscard]] Result<std::string> format_model(const std::string& text, const std::string& name);

struct CompileOptions {
  std::vector<std::string> keep;        ///< choices and states to remember to the end of the round
                                        ///< although no statement reads them
  std::int64_t max_states = 2'000'000;  ///< refuse beyond
  std::int64_t max_bytes = std::int64_t{4} << 30;
};

/// A model compiled for one setting of the parameters that shape it. `bind` costs a pass over the
/// numbers only.
class CompiledModel {
 public:
  struct Program;  ///< private to the room
  explicit CompiledModel(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  [[nodiscard]] const Structure& structure() const;
  /// The game at these parameters (defaults where unnamed).
  /// Errors: unknown names, numbers out of range, odds that do not sum to 1 (with public state,
  /// types and numbers),
  ///         a changed parameter that shapes the structure (compile again).
  [[nodiscard]] Result<Game> bind(const Settings& settings) const;
  /// Whether these settings keep the structure (only then may `bind` be used).
  [[nodiscard]] bool fits(const Settings& settings) const;

 private:
  std::shared_ptr<const Program> program_;
};

/// Builds the structure. Counts before building; too many public states or bytes is a diagnostic
/// with code "M0901" that says how many, how much memory, and what to coarsen.
[[nodiscard]] Result<CompiledModel> compile(const Model& model, const Settings& settings = {},
                                            const CompileOptions& options = {});

/// read + compile + bind in one.
[[nodiscard]] Result<Game> load_game(const std::string& path, const Settings& settings = {});

}  // namespace melian
