#include "run/study_json.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "answer/answer_json.h"
#include "answer/version.h"
#include "claims/study_pieces.h"
#include "claims/verdict.h"
#include "study/model_files.h"
#include "study/settings_merge.h"
#include "study/study_parameters.h"
#include "worlds/worlds_json.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

Json or_null(const std::optional<double>& number) {
  return number ? json_number(*number) : Json(nullptr);
}
Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json content_json(const ParameterContent& content) {
  return std::visit([](const auto& what) { return Json(what); }, content);
}

Json settings_json(const Settings& settings) {
  Json out = Json::object();
  for (const auto& [name, content] : settings) out[name] = content_json(content);
  return out;
}

class Results {
 public:
  Results(const Study& study, const StudyFindings& findings)
      : study_(study), findings_(findings), files_(model_files(study)) {
    for (const auto& reading : findings.readings) {
      answers_.push_back(Json::parse(reading.answer->document));
      short_.emplace_back();
      for (const Piece* piece : reading.by_lambda)
        short_.back().push_back(Json::parse(piece->document)["short"]);
    }
    study_print_ = sha256(study.file_text);
    model_print_ = study.model->text_fingerprint();
    for (const Variant& variant : study.variants)
      if (variant.model) model_print_ = sha256(model_print_ + variant.model->text_fingerprint());
    print_ = sha256(study_print_ + model_print_);
  }

  [[nodiscard]] Json json() const {
    Json out;
    out["schema"] = "melian.study/1";
    out["program"] = {{"name", "melian"}, {"version", program_version}};
    out["study"] = about();
    out["reproduce"] = reproduce();
    out["readings"] = Json::array();
    for (std::size_t r = 0; r < study_.readings.size(); ++r) out["readings"].push_back(reading(r));
    out["variants"] = variants();
    out["mechanisms"] = mechanisms();
    out["claims"] = Json::array();
    for (std::size_t c = 0; c < study_.claims.size(); ++c) out["claims"].push_back(claim(c));
    if (findings_.worlds) out["worlds"] = worlds_json(study_, *findings_.worlds);
    if (!findings_.evidence.empty()) out["evidence"] = Json::parse(findings_.evidence);
    out["parameters"] = parameters_json();
    out["base_rates"] = base_rates();
    out["model_text"] = Json::array();
    for (const ModelFile& file : files_)
      out["model_text"].push_back({{"file", file.name}, {"text", file.text}});
    out["limits"] = limits();
    const std::vector<std::string>& failures = findings_.failures;
    out["all_hold"] = failures.empty();
    out["failures"] = failures;
    out["timing"] = {{"seconds", json_number(findings_.seconds)},
                     {"pieces", findings_.pieces},
                     {"from_store", findings_.from_store},
                     {"solved", findings_.pieces - findings_.from_store}};
    if (findings_.worlds) {
      out["timing"]["seconds_a_world"] = json_number(findings_.worlds->seconds_a_world);
      out["timing"]["world_games"] = findings_.worlds->games;
      out["timing"]["world_games_from_store"] = findings_.worlds->from_store;
    }
    return out;
  }

 private:
  [[nodiscard]] int window() const {
    return study_.solve.window > 0 ? study_.solve.window : (findings_.horizon + 1) / 2;
  }

  [[nodiscard]] Json about() const {
    Json unused = Json::array();
    if (!study_.events.empty())
      unused.push_back(
          {{"section", "event"},
           {"why",
            "events to be weighed stand in the log of [evidence]; these were read and checked"}});
    Json out;
    out["title"] = study_.title;
    out["question"] = study_.question;
    out["file"] = study_.file;
    out["model"] = study_.model_name;
    out["model_title"] = study_.model->title();
    out["modules"] = study_.modules;
    out["fingerprint"] = print_;
    out["study_fingerprint"] = study_print_;
    out["model_fingerprint"] = model_print_;
    out["sources"] = study_.sources;
    out["model_sources"] = study_.model->sources();
    out["round_name"] = study_.round_name;
    out["window"] = window();
    out["horizon"] = findings_.horizon > 0 ? Json(findings_.horizon) : Json(nullptr);
    out["lambda_factors"] = study_.solve.report_lambda;
    out["outcomes"] = study_.solve.outcomes;
    out["unused_sections"] = std::move(unused);
    return out;
  }

  [[nodiscard]] Json reproduce() const {
    Json options;
    options["method"] = {{"name", findings_.on_tree ? "tree" : "grid"},
                         {"asked", method_word(study_.solve.method)},
                         {"why", findings_.why_method}};
    options["solution"] = or_null(study_.solve.choice.solution);
    options["select"] = or_null(study_.solve.choice.select);
    options["grid"] = findings_.readings.empty()
                          ? Json::object()
                          : grid_json(findings_.readings.front().answer->grid);
    options["half_grid"] =
        findings_.half_grids.empty() ? Json::object() : grid_json(findings_.half_grids.front());
    options["measure"] = study_.solve.measure == Measure::cells ? "cells" : "each";
    options["discounting"] = "current value";
    options["tolerance"] = study_.solve.tolerance;
    options["residual_tolerance"] = study_.solve.residual_tolerance;
    options["lambda_factors"] = study_.solve.report_lambda;
    options["sampled_plays"] = sampled_plays;
    Json out;
    out["command"] =
        findings_.command.empty() ? fmt::format("melian run {}", study_.file) : findings_.command;
    out["version"] = program_version;
    out["fingerprint"] = print_;
    out["model_fingerprint"] = model_print_;
    out["study_fingerprint"] = study_print_;
    out["options"] = std::move(options);
    return out;
  }

  static const char* method_word(StudyMethod method) {
    switch (method) {
      case StudyMethod::automatic: return "auto";
      case StudyMethod::grid: return "grid";
      case StudyMethod::tree: return "tree";
    }
    return "auto";
  }

  [[nodiscard]] Json reading(std::size_t r) const {
    const Reading& reading = study_.readings[r];
    Json out;
    out["id"] = reading.id;
    out["by"] = or_null(reading.by);
    out["date"] = or_null(reading.date);
    out["text"] = reading.text;
    out["standpoint"] = or_null(reading.standpoint);
    out["neutral"] = reading.neutral;
    out["parameters"] = settings_json(reading.parameters);
    out["because"] = reading.because;
    const StudyChoice& choice = choice_of(study_, reading);
    out["solution"] = or_null(choice.solution);
    out["select"] = or_null(choice.select);
    out["lambda"] = answers_[r]["result"]["method"]["lambda"];
    out["by_lambda"] = Json::object();
    for (std::size_t l = 0; l < study_.solve.report_lambda.size(); ++l)
      out["by_lambda"][factor(l)] = short_[r][l];
    out["result"] = answers_[r]["result"];
    return out;
  }
  [[nodiscard]] std::string factor(std::size_t l) const {
    return number_text(study_.solve.report_lambda[l]);
  }

  [[nodiscard]] Json variants() const {
    Json out = Json::array();
    for (std::size_t v = 0; v < study_.variants.size(); ++v) {
      Json of_readings = Json::object();
      for (std::size_t r = 0; r < study_.readings.size(); ++r)
        of_readings[study_.readings[r].id] =
            Json::parse(findings_.readings[r].variants[v]->document)["short"];
      out.push_back({{"id", study_.variants[v].id},
                     {"text", study_.variants[v].text},
                     {"modules", study_.variants[v].modules},
                     {"parameters", settings_json(study_.variants[v].parameters)},
                     {"readings", std::move(of_readings)}});
    }
    return out;
  }

  [[nodiscard]] Json mechanisms() const {
    std::vector<LabelInfo> labels = study_.model->labels();
    std::map<std::string, std::vector<std::string>> modules;  // that bring a label in
    for (const Variant& variant : study_.variants) {
      if (!variant.model) continue;
      for (const LabelInfo& label : variant.model->labels())
        bring_in(label, variant.modules, labels, modules[label.label]);
    }
    for (const Claim& claim : study_.claims)
      for (const std::string& label : claim.mechanisms)
        if (std::ranges::find(labels, label, &LabelInfo::label) == labels.end())
          labels.push_back({label, {}});
    const auto number = [](const LabelInfo& info) {  // E2 before E10
      const auto digits = info.label.find_first_of("0123456789");
      return std::pair(digits == std::string::npos ? 0.0 : std::atof(info.label.c_str() + digits),
                       info.label);
    };
    std::ranges::stable_sort(labels, {}, number);
    Json out = Json::array();
    for (const LabelInfo& info : labels) {
      Json shown_by = Json::array();
      for (const Claim& claim : study_.claims)
        if (std::ranges::find(claim.mechanisms, info.label) != claim.mechanisms.end())
          shown_by.push_back(claim.id);
      const auto named = std::ranges::find(study_.mechanisms, info.label, &Mechanism::id);
      const Mechanism said = named == study_.mechanisms.end() ? Mechanism{} : *named;
      out.push_back({{"id", info.label},
                     {"text", or_null(said.text)},
                     {"where", info.names},
                     {"shown_by", std::move(shown_by)},
                     {"modules", modules[info.label]},
                     {"paragraph", or_null(said.paragraph)},
                     {"nearest", or_null(said.nearest)},
                     {"simplified", or_null(said.simplified)}});
    }
    return out;
  }

  /// A label as a variant's model carries it: names that are new there come from its modules.
  static void bring_in(const LabelInfo& label, const std::vector<std::string>& of,
                       std::vector<LabelInfo>& labels, std::vector<std::string>& modules) {
    auto known = std::ranges::find(labels, label.label, &LabelInfo::label);
    if (known == labels.end()) known = labels.insert(labels.end(), {label.label, {}});
    for (const std::string& name : label.names) {
      if (std::ranges::find(known->names, name) != known->names.end()) continue;
      known->names.push_back(name);
      for (const std::string& module : of)
        if (std::ranges::find(modules, module) == modules.end()) modules.push_back(module);
    }
  }

  [[nodiscard]] Json claim(std::size_t c) const {
    const Claim& claim = study_.claims[c];
    Json halves = Json::array(), guards = Json::array(), base = Json::object();
    for (const ClaimHalf& half : claim.halves)
      halves.push_back({{"name", half.name},
                        {"text", half.text},
                        {"metric", half.metric},
                        {"compare", half.compare},
                        {"holds_if", half.holds_if},
                        {"contrast", half.contrast}});
    for (const std::string& guard : claim.only_if) guards.push_back({{"text", guard}});
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      base[study_.readings[r].id] = in_reading(c, r);
    Json out;
    out["id"] = claim.id;
    out["text"] = claim.text;
    out["by"] = claim.by;
    out["opposite"] = claim.opposite;
    out["mechanisms"] = claim.mechanisms;
    out["metric"] = claim.halves.front().metric;
    out["halves"] = std::move(halves);
    out["guards"] = std::move(guards);
    out["beware"] = claim.beware;
    out["base"] = std::move(base);
    out["reasons"] = Json::array();
    for (const Reason& reason : findings_.reasons)
      if (reason.where.claim == c) out["reasons"].push_back(reason_json(reason));
    if (findings_.worlds) add_worlds_to_claim(study_, *findings_.worlds, c, out);
    return out;
  }

  [[nodiscard]] Json reason_json(const Reason& reason) const {
    Json alone = Json::array();
    for (const Reason::Alone& one : reason.alone)
      alone.push_back({{"assumption", one.assumption.name},
                       {"parameters", settings_json(one.assumption.parameters)},
                       {"value", one.judged ? or_null(one.judged->value) : Json(nullptr)},
                       {"verdict", one.judged ? verdict_word(one.judged->verdict) : "undecided"}});
    Json out;
    out["reading"] = study_.readings[reason.where.reading].id;
    out["against"] = study_.readings[reason.where.against].id;
    out["half"] = reason.to.name;
    out["grid"] = grid_json(findings_.half_grids[reason.where.reading]);
    out["lambda"] = answers_[reason.where.reading]["result"]["method"]["lambda"];
    out["from"] = or_null(reason.from.value);
    out["to"] = or_null(reason.to.value);
    out["compared_with"] = or_null(reason.to.compared_with);
    out["verdict_from"] = verdict_word(reason.verdict_from);
    out["verdict_to"] = verdict_word(reason.verdict_to);
    out["sentence"] = sentence_of(study_, reason);
    out["alone"] = std::move(alone);
    out["together"] = nullptr;
    if (reason.together)
      out["together"] = {{"assumptions", reason.together->assumptions},
                         {"value", or_null(reason.together->judged.value)},
                         {"verdict", verdict_word(reason.together->judged.verdict)}};
    return out;
  }

  [[nodiscard]] Json in_reading(std::size_t c, std::size_t r) const {
    const std::vector<ClaimJudgement>& judged = findings_.readings[r].judgements[c];
    const auto one = static_cast<std::size_t>(std::ranges::find(study_.solve.report_lambda, 1.0) -
                                              study_.solve.report_lambda.begin());
    Json out = judgement(judged[one], r, one);
    Json by_lambda = Json::object();
    bool same = true;
    for (std::size_t l = 0; l < judged.size(); ++l) {
      by_lambda[factor(l)] = judgement(judged[l], r, l);
      same = same && judged[l].in_answers() == judged[one].in_answers();
    }
    out["by_lambda"] = std::move(by_lambda);
    out["same_for_all_lambda"] = same;
    if (judged[one].solutions) out["equilibria"] = equilibria(*judged[one].solutions);
    return out;
  }

  /// The claim in the equilibria found of its games.
  [[nodiscard]] static Json equilibria(const ClaimSolutions& solutions) {
    Json games = Json::array(), others = Json::array();
    bool looked_for = !solutions.games.empty();
    for (const ClaimSolutions::OfGame& game : solutions.games) {
      looked_for = looked_for && game.looked_for;
      games.push_back({{"variant", game.variant},
                       {"looked_for", game.looked_for},
                       {"how", game.how},
                       {"answer", or_null(game.answer)}});
    }
    for (const ClaimSolutions::Other& other : solutions.others)
      others.push_back({{"solutions", other.solutions},
                        {"kept", other.kept},
                        {"value", or_null(other.value)},
                        {"verdict", verdict_word(other.verdict)}});
    return {{"looked_for", looked_for},
            {"games", std::move(games)},
            {"in_the_answer", verdict_word(solutions.answer)},
            {"holds", solutions.holds},
            {"fails", solutions.fails},
            {"undecided", solutions.undecided},
            {"one_game_at_a_time", solutions.one_at_a_time},
            {"others", std::move(others)}};
  }

  [[nodiscard]] Json judgement(const ClaimJudgement& judged, std::size_t r, std::size_t l) const {
    const HalfJudgement& shown = judged.halves[judged.deciding];
    Json halves = Json::array(), guards = Json::array();
    for (const HalfJudgement& half : judged.halves)
      halves.push_back({{"name", half.name},
                        {"value", or_null(half.value)},
                        {"error", json_number(half.error())},
                        {"grid_error", json_number(half.grid_error)},
                        {"solver_error", json_number(half.solver_error)},
                        {"first", or_null(half.first)},
                        {"second", or_null(half.second)},
                        {"compared_with", or_null(half.compared_with)},
                        {"verdict", verdict_word(half.verdict)}});
    for (const GuardJudgement& guard : judged.guards)
      guards.push_back({{"text", guard.text},
                        {"value", or_null(guard.value)},
                        {"error", json_number(guard.error)},
                        {"compared_with", or_null(guard.compared_with)},
                        {"met", guard.met}});
    Json out;
    out["lambda"] = short_[r][l]["lambda"];
    out["value"] = or_null(shown.value);
    out["error"] = json_number(shown.error());
    out["compared_with"] = or_null(shown.compared_with);
    out["half"] = shown.name;
    out["verdict"] = verdict_word(judged.verdict);
    out["opposite_verdict"] = verdict_word(opposite_of(judged.verdict));
    out["why"] = judged.why;
    out["halves"] = std::move(halves);
    out["guards"] = std::move(guards);
    return out;
  }

  /// A parameter and the first variant whose modules have it (null: the model itself does).
  struct OfModel {
    const ParameterInfo* info;
    const Variant* variant;
  };
  [[nodiscard]] std::vector<OfModel> all_parameters() const {
    std::vector<OfModel> out;
    for (const ParameterInfo& info : study_.model->parameters()) out.push_back({&info, nullptr});
    for (const Variant& variant : study_.variants) {
      if (!variant.model) continue;
      for (const ParameterInfo& info : variant.model->parameters())
        if (std::ranges::none_of(
                out, [&](const OfModel& known) { return known.info->name == info.name; }))
          out.push_back({&info, &variant});
    }
    return out;
  }

  [[nodiscard]] Json parameters_json() const {
    Json out = Json::array();
    for (const OfModel& of : all_parameters()) {
      const ParameterInfo& info = *of.info;
      const StudyParameter* stated = stated_parameter(study_, info.name);
      Json values = Json::object(), because = Json::object();
      bool set = stated != nullptr, differs = false;
      for (std::size_t r = 0; r < study_.readings.size(); ++r) {
        const Settings settings = settings_of(study_, &study_.readings[r], of.variant, false);
        const Json value = content_json(content_in(model_of(study_, of.variant), settings, info));
        differs = differs || (!values.empty() && values.front() != value);
        values[study_.readings[r].id] = value;
        if (const std::string* reason = reason_in(study_.readings[r], info.name))
          because[study_.readings[r].id] = *reason, set = true;
      }
      Json row;
      row["name"] = info.name;
      row["default"] = content_json(info.content);
      row["readings"] = std::move(values);
      row["differs"] = differs;
      row["plausible"] = stated && stated->plausible
                             ? Json{stated->plausible->first, stated->plausible->second}
                             : Json(nullptr);
      row["allowed"] = info.low && info.high ? Json{*info.low, *info.high} : Json(nullptr);
      row["words"] = info.words;
      row["source"] = stated ? or_null(stated->source) : Json(nullptr);
      row["judgement"] = !stated || stated->source.empty();
      row["judgement_note"] = stated ? or_null(stated->judgement) : Json(nullptr);
      row["because"] = std::move(because);
      row["note"] = info.note;
      row["in_study"] = set;
      row["shapes"] = info.shapes;
      row["modules"] = of.variant ? Json(of.variant->modules) : Json::array();
      out.push_back(std::move(row));
    }
    return out;
  }

  [[nodiscard]] Json base_rates() const {
    Json out = Json::array();
    const int rounds = std::max(findings_.horizon, window());
    for (const BaseRate& rate : study_.base_rates) {
      Json survival = Json::array();
      for (int round = 0; round < rounds; ++round)
        survival.push_back(json_number(rate.survival(round)));
      out.push_back({{"id", rate.id},
                     {"text", rate.text},
                     {"source", rate.source},
                     {"survival", std::move(survival)}});
    }
    return out;
  }

  [[nodiscard]] std::vector<std::string> limits() const {
    std::size_t judgements = 0;
    const std::vector<OfModel> all = all_parameters();
    for (const OfModel& of : all) {
      const StudyParameter* stated = stated_parameter(study_, of.info->name);
      if (!stated || stated->source.empty()) ++judgements;
    }
    std::vector<std::string> out;
    out.push_back(
        "What is said here follows from the model and its numbers; it is no evidence about any "
        "real war.");
    out.push_back(
        fmt::format("{} of {} parameters are somebody's judgement, not a measurement: other "
                    "numbers can give other verdicts.",
                    judgements, all.size()));
    out.emplace_back(
        "Readings are one analyst's translation of what their authors wrote; the authors are not "
        "responsible for it.");
    out.emplace_back(
        "Errors beside numbers say how finely the game was solved, not how well the model "
        "describes anything.");
    if (findings_.horizon > 0) {
      out.push_back(
          fmt::format("The game is played for {} rounds and reported for {}; what is expected "
                      "after its end colours the last rounds.",
                      findings_.horizon, window()));
      if (findings_.horizon < 2 * window())
        out.emplace_back(
            "The horizon is shorter than twice the window reported, so its end may show in the "
            "numbers.");
    }
    if (findings_.worlds)
      out.push_back(
          fmt::format("Shares of worlds count how often a claim holds over {} draws from the "
                      "stated ranges; the ranges are themselves judgements, and a share is no "
                      "probability that the claim is true.",
                      findings_.worlds->plan->number()));
    else
      out.emplace_back(
          "Verdicts hold at the readings' own parameters; how often they hold over all plausible "
          "parameters was not computed in this run.");
    for (const Diagnostic& warning : study_.warnings) out.push_back(warning.message + ".");
    return out;
  }

  const Study& study_;
  const StudyFindings& findings_;
  std::vector<ModelFile> files_;
  std::vector<Json> answers_;
  std::vector<std::vector<Json>> short_;  ///< [reading][lambda]
  std::string study_print_, model_print_, print_;
};

}  // namespace

std::vector<std::string> certificate_failures(const Study& study,
                                              const std::vector<const Piece*>& answers) {
  std::vector<std::string> out;
  for (std::size_t r = 0; r < study.readings.size(); ++r) {
    const Json document = Json::parse(answers[r]->document);
    const Json& certificate = document["result"]["certificate"];
    if (certificate["holds"] == true) continue;
    if (certificate["why_not"].empty())
      out.push_back(study.readings[r].id + ": the certificate does not hold");
    for (const Json& why : certificate["why_not"])
      out.push_back(study.readings[r].id + ": " + why.get<std::string>());
  }
  return out;
}

std::string study_results_json(const Study& study, const StudyFindings& findings) {
  return Results(study, findings).json().dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace melian
