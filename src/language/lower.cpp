// From a checked model to a compiled one: shape, statement graph, what is remembered, play,
// structure.

#include <fmt/core.h>

#include "language/bind_settings.h"
#include "language/files.h"
#include "language/lower_program.h"

namespace melian {

namespace {

using namespace lowering;

constexpr int most_players = 32;  // PublicState::live is a mask of 32 players

bool has_errors(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics)
    if (diagnostic.severity == Severity::error) return true;
  return false;
}

Diagnostic plain(std::string code, std::string message, std::string hint = {}) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

std::vector<int> find_kept(const Model::Checked& model, const std::vector<std::string>& keep,
                           Diagnostics& diagnostics) {
  std::vector<int> kept;
  for (const std::string& name : keep) {
    std::vector<std::string> names;
    int found = -1;
    for (std::size_t v = 0; v < model.variables.size(); ++v) {
      names.push_back(model.variables[v].name);
      if (model.variables[v].name == name) found = static_cast<int>(v);
    }
    if (found >= 0)
      kept.push_back(found);
    else
      diagnostics.push_back(
          plain("M0528", fmt::format("the model has no choice or state '{}' to keep", name),
                nearest_word(name, names)));
  }
  return kept;
}

/// The parameter that is `base` for each player: "discount[A]", or the undivided one.
std::vector<int> per_player(const Model::Checked& model, const std::string& base, int undivided) {
  std::vector<int> out(model.players.size(), undivided);
  for (std::size_t i = 0; i < model.players.size(); ++i)
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      if (model.parameters[p].name == base + "[" + model.players[i].name + "]")
        out[i] = static_cast<int>(p);
  return out;
}

void add_priors(CompiledModel::Program& program) {
  const Model::Checked& model = program.model.checked();
  for (std::size_t k = 0; k < model.priors.size(); ++k) {
    CompiledModel::Program::PriorSource source;
    source.observer = model.priors[k].observer;
    source.players = model.priors[k].players;
    source.span = model.priors[k].span;
    for (const CheckedPrior::Cell& cell : model.priors[k].cells)
      source.cells.push_back({cell.types, program.formulas.add(cell.odds)});
    for (std::size_t p = 0; p < model.parameters.size(); ++p)
      if (model.parameters[p].prior == static_cast<int>(k)) source.parameter = static_cast<int>(p);
    program.priors.push_back(std::move(source));
  }
}

/// `model` with its types in the number of parts that the settings say.
Result<CompiledModel> compile_as_cut(const Model& model, const Settings& settings,
                                     const CompileOptions& options) {
  const Model::Checked& checked = model.checked();
  Diagnostics diagnostics;
  auto program = std::make_shared<CompiledModel::Program>(model);
  program->parameters = apply_settings(checked, settings, diagnostics);
  const std::vector<int> kept = find_kept(checked, options.keep, diagnostics);
  if (checked.players.size() > most_players)
    diagnostics.push_back(plain(too_large_code, fmt::format("{} players, more than {}",
                                                            checked.players.size(), most_players)));
  if (checked.phases.empty())
    diagnostics.push_back(plain("M0329", "the model has no phase, so nothing is played"));
  if (has_errors(diagnostics)) return std::unexpected(std::move(diagnostics));

  Shape shape(checked, program->formulas, program->parameters, diagnostics);
  program->graph = build_graph(checked, program->formulas, shape);
  program->discount = per_player(checked, "discount", checked.discount_parameter);
  program->precision = per_player(checked, "precision", checked.precision_parameter);
  add_priors(*program);
  program->shapes = shape.read();
  if (program->formulas.too_large())
    diagnostics.push_back(plain(too_large_code,
                                "the lets of the model expand to more than a million terms",
                                "name fewer lets with fixed types inside one another"));
  if (has_errors(diagnostics)) return std::unexpected(std::move(diagnostics));

  const Liveness live = find_liveness(checked, program->formulas, program->graph, kept);
  Play play =
      follow_play(checked, program->formulas, program->graph, live, shape, options, diagnostics);
  if (has_errors(diagnostics)) return std::unexpected(std::move(diagnostics));
  program->structure = build_structure(*program, std::move(play), options, diagnostics);
  if (!has_errors(diagnostics)) return CompiledModel(std::move(program));
  if (program->structure != nullptr)
    if (const Result<Game> bound = CompiledModel(std::move(program)).bind(settings); !bound)
      diagnostics.insert(diagnostics.end(), bound.error().begin(), bound.error().end());
  return std::unexpected(std::move(diagnostics));
}

}  // namespace

Result<CompiledModel> compile(const Model& model, const Settings& settings,
                              const CompileOptions& options) {
  const Model::Checked& checked = model.checked();
  if (auto cut = other_parts(checked, settings)) {
    auto again = check(*checked.read, std::move(*cut));
    if (!again) return std::unexpected(std::move(again.error()));
    return compile_as_cut(Model(std::move(*again)), settings, options);
  }
  return compile_as_cut(model, settings, options);
}

Result<Game> load_game(const std::string& path, const Settings& settings) {
  const Result<Model> model = read_model(path);
  if (!model) return std::unexpected(model.error());
  const Result<CompiledModel> compiled = compile(*model, settings);
  if (!compiled) return std::unexpected(compiled.error());
  return compiled->bind(settings);
}

}  // namespace melian
