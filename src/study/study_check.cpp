#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/core.h>

#include "study/metric_binding.h"
#include "study/settings_merge.h"
#include "study/study_fields.h"
#include "study/study_parameters.h"
#include "study/worlds_file.h"

namespace melian::study_file {
namespace {

constexpr const char* method_code = "M0720";

class Checker {
 public:
  Checker(Draft& draft, const TextLines& lines)
      : draft_(draft), study_(draft.study), lines_(lines), pen_(lines, draft) {}

  void run() {
    if (study_.model_name.empty()) return;
    auto model = read_model(study_.model_path, study_.module_paths);
    if (!model) {
      pen_.error(draft_.model_place, "M0717",
                 fmt::format("the model {} cannot be used", study_.model_name), {},
                 "its own mistakes follow");
      draft_.errors.insert(draft_.errors.end(), model.error().begin(), model.error().end());
      return;
    }
    study_.model = std::move(*model);
    read_modules();
    const bool parameters_are_sound = check_parameters();
    check_labels();
    check_worlds(draft_, pen_);
    check_method();
    check_structures(parameters_are_sound);
  }

 private:
  /// The models of variants that add modules: each list of files is read once, and its mistakes are
  /// told once.
  void read_modules() {
    std::map<std::vector<std::string>, std::optional<Model>> known;
    for (std::size_t v = 0; v < study_.variants.size(); ++v) {
      Variant& variant = study_.variants[v];
      if (variant.modules.empty()) continue;
      const auto [entry, fresh] = known.try_emplace(variant.module_paths);
      if (fresh) {
        std::vector<std::string> paths = study_.module_paths;
        paths.insert(paths.end(), variant.module_paths.begin(), variant.module_paths.end());
        if (auto model = read_model(study_.model_path, paths)) {
          entry->second = std::move(*model);
        } else {
          pen_.error(draft_.variant_places[v], "M0717",
                     fmt::format("the modules of variant {} cannot be used", variant.id), {},
                     "their own mistakes follow");
          draft_.errors.insert(draft_.errors.end(), model.error().begin(), model.error().end());
        }
      }
      variant.model = entry->second;
      every_model_read_ = every_model_read_ && variant.model.has_value();
    }
  }

  [[nodiscard]] static bool could_be_read(const Variant& variant) {
    return variant.modules.empty() || variant.model.has_value();
  }

  /// The models in which a name is looked up: a variant's own, or those of the base and of all
  /// variants.
  std::vector<const Model*> models(int variant) const {
    if (variant >= 0)
      return {&model_of(study_, &study_.variants[static_cast<std::size_t>(variant)])};
    std::vector<const Model*> out{&*study_.model};
    for (const Variant& other : study_.variants)
      if (other.model) out.push_back(&*other.model);
    return out;
  }

  /// The numbers a name stands for: one, or one per type for "cost[D]".
  std::vector<const ParameterInfo*> infos(const std::string& name, int variant = -1) const {
    std::vector<const ParameterInfo*> out;
    for (const Model* model : models(variant)) {
      for (const ParameterInfo& info : model->parameters())
        if (info.name == name || info.name.starts_with(name + ".")) out.push_back(&info);
      if (!out.empty()) break;
    }
    return out;
  }

  void unknown_parameter(const std::string& name, const LinePlace& place, int variant = -1) {
    if (variant < 0 && !every_model_read_) return;  // a module that cannot be read may have it
    std::set<std::string> known;
    for (const Model* model : models(variant))
      for (const ParameterInfo& info : model->parameters()) {
        known.insert(info.name);
        known.insert(group_of(info.name));
      }
    const std::string near = nearest_word(name, {known.begin(), known.end()});
    const Variant* of = variant < 0 ? nullptr : &study_.variants[static_cast<std::size_t>(variant)];
    const std::string where =
        of && of->model ? fmt::format("the game of variant {}", of->id) : "the model";
    pen_.error(place, "M0707", fmt::format("{} has no parameter `{}`", where, name), {},
               near.empty()
                   ? fmt::format("`melian describe {}` lists its parameters", study_.model_name)
                   : fmt::format("did you mean `{}`?", near));
  }

  bool check_parameters() {
    const std::size_t before = draft_.errors.size();
    std::set<std::string> refused;
    for (const SetParameter& set : draft_.set_parameters) {
      if (set.variant >= 0 &&
          !could_be_read(study_.variants[static_cast<std::size_t>(set.variant)]))
        continue;
      const auto found = infos(set.name, set.variant);
      if (found.empty()) {
        unknown_parameter(set.name, set.name_place, set.variant);
        refused.insert(set.name);
      }
      for (const ParameterInfo* info : found)
        if (!check_content(set, *info)) break;
      if (!found.empty()) check_plausible(set);
    }
    for (const auto& [index, place] : draft_.plausible_places) {
      const StudyParameter& parameter = study_.parameters[index];
      if (!parameter.content && infos(parameter.name).empty() && !refused.contains(parameter.name))
        unknown_parameter(parameter.name, place);
    }
    return draft_.errors.size() == before;
  }

  bool check_content(const SetParameter& set, const ParameterInfo& info) {
    const double* number = std::get_if<double>(&set.content);
    if (!info.words.empty()) {
      const std::string word = number ? number_text(*number) : std::get<std::string>(set.content);
      if (std::ranges::find(info.words, word) != info.words.end()) return true;
      std::string expected;
      for (const std::string& known : info.words)
        expected += (expected.empty() ? "" : ", ") + known;
      pen_.error(set.content_place, "M0708", fmt::format("{} cannot be {}", set.name, word),
                 expected);
      return false;
    }
    if (!number) {
      pen_.error(set.content_place, "M0708", fmt::format("{} takes a number", set.name),
                 "a number");
      return false;
    }
    if ((info.low && *number < *info.low) || (info.high && *number > *info.high)) {
      pen_.error(
          set.content_place, "M0708",
          fmt::format("{} is {}, outside of what the model allows", set.name, number_text(*number)),
          fmt::format("a number from {} to {}", info.low ? number_text(*info.low) : "any",
                      info.high ? number_text(*info.high) : "any"));
      return false;
    }
    return true;
  }

  /// What a reading or variant assumes may lie beyond what the study calls plausible; that is worth
  /// knowing.
  void check_plausible(const SetParameter& set) {
    const double* number = std::get_if<double>(&set.content);
    if (!number || set.where == "the study" || set.where.starts_with("variant") ||
        set.where == worlds_section)
      return;
    for (const StudyParameter& parameter : study_.parameters)
      if (parameter.name == set.name && parameter.plausible &&
          (*number < parameter.plausible->first || *number > parameter.plausible->second))
        pen_.warning(set.content_place, "M0715",
                     fmt::format("{} sets {} to {}, outside of what the study calls plausible",
                                 set.where, set.name, number_text(*number)));
  }

  /// What the tree is asked for does not go with what needs a belief grid.
  void check_method() {
    const StudySolve& solve = study_.solve;
    const bool worlds_grid = study_.worlds && !study_.worlds->grid.empty();
    const bool states_grid =
        solve.method == StudyMethod::grid || !solve.grid.empty() || worlds_grid;
    if (solve.method == StudyMethod::tree) {
      if (!solve.grid.empty())
        pen_.error(draft_.grid_place, method_code, "the method tree has no belief grid", {},
                   "leave `grid` out, or write method = \"grid\"");
      if (worlds_grid)
        pen_.error(draft_.worlds.place, method_code,
                   "[worlds] states a belief grid, and the method tree has none", {},
                   "leave its `grid` out, or write method = \"grid\" in [solve]");
    }
    for (const Draft::ChoicePlace& one : draft_.choices)
      if (one.needs_tree && solve.method != StudyMethod::tree && states_grid)
        pen_.error(
            one.place, method_code,
            fmt::format("`{}` chooses among solutions of a tree, and this study is solved on "
                        "a belief grid",
                        one.key),
            {}, "write method = \"tree\" in [solve], and leave `grid` out");
    if (!on_tree() || (states_grid && solve.method != StudyMethod::tree)) return;
    if (study_.evidence)
      pen_.error(draft_.evidence_place, method_code,
                 fmt::format("dated events are weighed on a belief grid, and {}", why_tree()), {},
                 "leave [evidence] out, or solve on a grid");
    for (const MetricText& text : draft_.metrics)
      text.for_each_atom([&](const metric::Atom& atom) {
        if (metric::needs_grid(atom))
          draft_.errors.push_back(
              to_diagnostic({atom.span,
                             fmt::format("`{}` is measured on a belief grid, and {}",
                                         metric::text_of(atom), why_tree()),
                             {},
                             "leave it out, or solve on a grid"},
                            text.places, lines_, method_code));
      });
  }

  /// Is the tree asked for, by name or by a choice among its solutions?
  [[nodiscard]] bool on_tree() const {
    return study_.solve.method == StudyMethod::tree ||
           std::ranges::any_of(draft_.choices, &Draft::ChoicePlace::needs_tree);
  }
  [[nodiscard]] std::string why_tree() const {
    return study_.solve.method == StudyMethod::tree
               ? "the method tree has none"
               : "a choice among solutions is made on a tree, which has none";
  }

  void check_labels() {
    if (!every_model_read_) return;
    std::vector<std::string> known;
    for (const Model* model : models(-1))
      for (const LabelInfo& label : model->labels()) known.push_back(label.label);
    for (const Mention& mention : draft_.mechanisms)
      if (std::ranges::find(known, mention.name) == known.end())
        pen_.warning(mention.place, "M0713",
                     fmt::format("no name of the model carries the label [{}]", mention.name),
                     "labels stand at the start of a note: ## [E1] ...");
  }

  /// With parameters that are wrong themselves, names are looked up in the model as it is shipped.
  void check_structures(bool parameters_are_sound) {
    const Reading* reading = nullptr;
    for (const Reading& candidate : study_.readings)
      if (!reading || (candidate.neutral && !reading->neutral)) reading = &candidate;
    const Model& model = *study_.model;
    const Settings settings = parameters_are_sound ? settings_of(study_, reading) : Settings{};
    CompiledGames plain({});
    const auto first = plain.at(model, settings);
    if (!first) return refused(first.error());
    const std::vector<std::string> keep = remembered((*first)->structure());
    CompiledGames games(keep);
    const auto base = keep.empty() ? first : games.at(model, settings);
    if (!base) return refused(base.error());
    const Structure& structure = (*base)->structure();
    check_names(structure);
    check_window(structure);
    check_evidence(draft_, structure, pen_);
    check_metrics(structure, nullptr, structure);
    if (!parameters_are_sound) return;
    if (const auto bound = (*base)->bind(settings); !bound) return refused(bound.error());
    for (std::size_t v = 0; v < study_.variants.size(); ++v)
      if (used(study_.variants[v].id) && could_be_read(study_.variants[v]))
        check_variant(v, reading, keep.empty() ? plain : games);
  }

  void check_variant(std::size_t v, const Reading* reading, CompiledGames& games) {
    const Variant& variant = study_.variants[v];
    const Model& model = model_of(study_, &variant);
    const Settings settings = settings_of(study_, reading, &variant);
    const auto as_written = games.at(model, settings_of(study_, reading, &variant, false));
    if (!as_written) return refused(as_written.error(), &draft_.variant_places[v]);
    const auto changed = games.at(model, settings);
    if (!changed) return refused(changed.error(), &draft_.variant_places[v]);
    if (const auto bound = (*changed)->bind(settings); !bound)
      return refused(bound.error(), &draft_.variant_places[v]);
    check_metrics((*changed)->structure(), &variant, (*as_written)->structure());
  }

  void refused(const Diagnostics& why, const LinePlace* variant = nullptr) {
    if (variant)
      pen_.error(*variant, "M0717", "the game of this variant cannot be compiled", {},
                 "why, follows");
    else
      pen_.error(
          draft_.model_place, "M0717",
          fmt::format("with these parameters the model {} cannot be compiled", study_.model_name),
          {}, "why, follows");
    draft_.errors.insert(draft_.errors.end(), why.begin(), why.end());
  }

  std::vector<std::string> remembered(const Structure& structure) const {
    std::vector<std::string> players, names;
    for (const Player& player : structure.players) players.push_back(player.name);
    for (const MetricText& text : draft_.metrics)
      text.for_each_atom(
          [&](const metric::Atom& atom) { metric::collect_remembered(atom, players, names); });
    return names;
  }

  void check_names(const Structure& structure) {
    const auto look_up = [&](const std::vector<Mention>& mentions,
                             const std::vector<std::string>& known, const char* what) {
      for (const Mention& mention : mentions) {
        if (std::ranges::find(known, mention.name) != known.end()) continue;
        const std::string near = nearest_word(mention.name, known);
        pen_.error(mention.place, "M0713",
                   fmt::format("the model has no {} `{}`", what, mention.name), {},
                   near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      }
    };
    std::vector<std::string> players;
    for (const Player& player : structure.players) players.push_back(player.name);
    look_up(draft_.grid_players, players, "player");
    look_up(draft_.worlds.grid_players, players, "player");
    look_up(draft_.outcomes, structure.outcomes, "end");
    std::vector<Mention> chosen_for;
    for (const Draft::ChoicePlace& one : draft_.choices)
      if (!one.player.empty()) chosen_for.push_back({one.player, one.place});
    look_up(chosen_for, players, "player");
    if (on_tree() && structure.horizon == HorizonKind::forever)
      pen_.error(study_.solve.method == StudyMethod::tree ? draft_.method_place
                                                          : draft_.choices.front().place,
                 method_code, "a game without a last round has no tree", {},
                 "give the model a finite horizon, or solve on a grid");
  }

  void check_window(const Structure& structure) {
    if (structure.horizon != HorizonKind::finite || study_.solve.window == 0 ||
        structure.rounds >= 2 * study_.solve.window)
      return;
    pen_.warning(draft_.window_place, "M0714",
                 fmt::format("{} rounds are reported of a horizon of {}", study_.solve.window,
                             structure.rounds),
                 "what happens near the horizon is its doing: make it at least twice the window");
  }

  [[nodiscard]] bool used(const std::string& variant) const {
    bool found = false;
    for (const MetricText& text : draft_.metrics) {
      text.for_each_atom(
          [&](const metric::Atom& atom) { found = found || atom.variant.text == variant; });
      const std::vector<std::string>& compare = comparison(text);
      found = found || std::ranges::find(compare, variant) != compare.end();
    }
    return found;
  }

  [[nodiscard]] const std::vector<std::string>& comparison(const MetricText& text) const {
    static const std::vector<std::string> none;
    return text.kind == MetricText::Kind::metric
               ? study_.claims[text.claim].halves[text.half].compare
               : none;
  }

  /// Every atom that is taken in this variant (null: in the base).
  void check_metrics(const Structure& structure, const Variant* variant, const Structure& base) {
    const std::string here = variant ? variant->id : "base";
    metric::Surroundings around;
    around.base_rates = &study_.base_rates;
    if (variant) around.base = &base;
    for (const MetricText& text : draft_.metrics) {
      if (!text.sound) continue;
      const std::vector<std::string>& compare = comparison(text);
      std::set<std::pair<int, std::string>> said;
      text.for_each_atom([&](const metric::Atom& atom) {
        const bool taken = !atom.variant.empty() ? atom.variant.text == here
                           : compare.empty()     ? !variant
                                             : std::ranges::find(compare, here) != compare.end();
        if (!taken) return;
        for (metric::Mistake mistake : metric::check(atom, structure, around)) {
          if (!said.emplace(mistake.span.begin, mistake.message).second) continue;
          if (variant) mistake.message = fmt::format("in {} {}", here, mistake.message);
          draft_.errors.push_back(to_diagnostic(mistake, text.places, lines_, "M0713"));
        }
      });
    }
  }

  Draft& draft_;
  Study& study_;
  const TextLines& lines_;
  Pen pen_;
  bool every_model_read_ = true;
};

}  // namespace

void check_against_model(Draft& draft, const TextLines& lines) { Checker(draft, lines).run(); }

}  // namespace melian::study_file

namespace melian {

Result<Study> read_study_text(const std::string& text, const std::string& path) {
  auto draft = study_file::read_draft(text, path);
  if (!draft) return std::unexpected(std::move(draft.error()));
  study_file::check_against_model(*draft, TextLines(path, text));
  // The study's own by place, then those of its event log, then the model's in their order.
  const std::string& log = draft->study.evidence ? draft->study.evidence->log_path : path;
  const auto rank = [&](const Diagnostic& one) {
    return one.file == path ? 0 : one.file == log ? 1 : 2;
  };
  const auto by_place = [&](const Diagnostic& a, const Diagnostic& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return rank(a) < 2 && std::pair(a.line, a.column) < std::pair(b.line, b.column);
  };
  std::ranges::stable_sort(draft->errors, by_place);
  std::ranges::stable_sort(draft->warnings, by_place);
  if (!draft->errors.empty()) {
    draft->errors.insert(draft->errors.end(), draft->warnings.begin(), draft->warnings.end());
    return std::unexpected(std::move(draft->errors));
  }
  draft->study.warnings = std::move(draft->warnings);
  return std::move(draft->study);
}

Result<Study> read_study(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return std::unexpected(text.error());
  if (Diagnostics wrong = not_a_text(*text, path); !wrong.empty())
    return std::unexpected(std::move(wrong));
  return read_study_text(*text, path);
}

}  // namespace melian
