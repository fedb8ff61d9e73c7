#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "melian/figures.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

/// The thresholds that the catalogue gives for this very file, if it is one of the catalogue's.
std::vector<Threshold> published(const std::filesystem::path& model) {
  const std::filesystem::path beside = model.parent_path() / "expected.json";
  std::error_code error;
  if (!std::filesystem::exists(beside, error)) return {};
  Result<CatalogueEntry> entry = read_expected(beside);
  if (!entry) return {};
  std::erase_if(entry->thresholds, [&](const Threshold& threshold) {
    return threshold.model != model.filename().string();
  });
  return std::move(entry->thresholds);
}

struct SweepCommand {
  CommonOptions common;
  GameOptions game;
  MethodOptions method;
  ChoiceOptions which;
  std::vector<std::string> vary, numbers;
  std::string svg, resume;
  bool csv = false, json = false, uncertified = false, no_switches = false;
  TimeLimit time;
  CLI::App* app = nullptr;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    if (method.method == "tree" || !which.choice.is_default()) {
      for (const char* option : {"--grid", "--tolerance"})
        if (app->count(option) > 0)
          return fail(complaint(
              idle_option_code,
              fmt::format("`{}` means nothing to the method tree, which has no grid", option),
              "leave it out"));
    }
    const Result<std::vector<VariedParameter>> varied = read_varied(vary);
    if (!varied) return fail(varied.error());
    const Result<Settings> settings = read_settings(game.set);
    if (!settings) return fail(settings.error());
    const Result<std::string> path = find_model(game.model);
    if (!path) return fail(path.error());
    const Result<Model> model = read_model(*path, game.modules);
    if (!model) return fail(model.error());
    if (!common.quiet) say(model->warnings());
    SweepOptions options = asked();
    options.settings = *settings;
    options.vary = *varied;
    if (!resume.empty()) {
      Result<std::map<std::size_t, SweepPoint>> known = read_known(*varied);
      if (!known) return fail(known.error());
      options.known = *std::move(known);
    }
    if (!json)
      say_when_stopped(
          "rows that were printed are whole; keep them in a file, and the same command with "
          "--resume FILE goes on from there");
    Progress progress(common.quiet);
    time.start();
    options.on_step = progress.callback();
    options.on_cost = [&](const SweepCost& cost) {
      progress.clear();
      if (!json) print(sweep_csv_head(*varied));
      if (!common.quiet)
        say(fmt::format("{} points, {} decisions a pass{}\n", cost.points, cost.decisions,
                        cost.structures > 1 ? fmt::format(", {} games to build", cost.structures)
                                            : std::string()));
    };
    if (!json)
      options.on_point = [&](const SweepPoint& point) {
        progress.clear();
        print(sweep_csv_rows(point));
      };
    const Result<Sweep> found = sweep(*model, options);
    progress.clear();
    if (!found) return was_interrupted() ? stopped() : fail(found.error());
    if (found->cancelled) return show_part(*model, options, *found);
    return show(*model, options, *found, published(*path));
  }

  /// Points that an earlier sweep has printed. No file is a sweep that has not begun.
  [[nodiscard]] Result<std::map<std::size_t, SweepPoint>> read_known(
      const std::vector<VariedParameter>& varied) const {
    constexpr std::size_t largest = std::size_t{1} << 30;
    std::error_code error;
    if (!std::filesystem::exists(resume, error)) return {};
    const Result<std::string> text = read_file(resume, largest);
    if (!text) return std::unexpected(text.error());
    return read_sweep_csv(*text, varied);
  }

  /// What was finished before the sweep was stopped.
  [[nodiscard]] int show_part(const Model& model, const SweepOptions& options,
                              const Sweep& found) const {
    const auto finished = std::ranges::count_if(found.points, &SweepPoint::finished);
    if (json) print(sweep_json(found, figure_of(model, options, {})));
    const std::string kept =
        fmt::format("{} of {} points were finished{}", finished, found.points.size(),
                    json ? ""
                         : "; keep their rows in a file, and the same command with --resume FILE "
                           "goes on from there");
    if (was_interrupted()) {
      say(fmt::format("melian: stopped; {}\n", kept));
      return interrupted;
    }
    if (!was_cut_by_clock()) return cannot_write;
    if (!json)
      for (const SweepPoint& point : found.points)
        if (!point.finished) {
          SweepPoint cut = point;
          cut.failure = cut_by_clock;
          print(sweep_csv_rows(cut));
        }
    say(fmt::format("melian: the time is over; {}\n", kept));
    return misses_tolerance;
  }

  [[nodiscard]] SweepOptions asked() const {
    SweepOptions options;
    if (!std::isnan(method.lambda)) options.answer.solve.lambda = method.lambda;
    options.answer.solve.measure = method.measure == "each" ? Measure::each : Measure::cells;
    options.answer.solve.discounting =
        method.present_value ? Discounting::present_value : Discounting::current_value;
    options.answer.certify.tolerance = method.tolerance;
    options.answer.with_certificate = !uncertified;
    options.by_tree = method.method == "tree" || !which.choice.is_default();
    options.choose_method = method.method == "auto" && app->count("--grid") == 0;
    options.choice = which.choice;
    options.find_switches = !no_switches;
    options.nodes = [this](const Structure& structure) {
      return grid_nodes(structure, method.grid);
    };
    options.also = numbers;
    options.read = [](const Structure& structure, const Prediction& prediction,
                      const std::string& name) -> Result<double> {
      const std::map<std::string, double> printed = printed_numbers(structure, prediction);
      const auto known = printed.find(name);
      return known != printed.end() ? Result<double>(known->second)
                                    : quantity(structure, prediction, name);
    };
    return options;
  }

  /// What the caption says of the parameters that stay: all of a small model, else those that were
  /// set.
  [[nodiscard]] std::vector<std::string> fixed(const Model& model,
                                               const SweepOptions& options) const {
    constexpr std::size_t most = 18;
    std::vector<std::string> out;
    for (const auto& [name, content] : options.settings)
      out.push_back(fmt::format("{} = {}", name,
                                std::holds_alternative<double>(content)
                                    ? number_text(std::get<double>(content))
                                    : std::get<std::string>(content)));
    if (!std::isnan(method.lambda))
      out.push_back(fmt::format("lambda = {}", number_text(method.lambda)));
    if (model.parameters().size() > most) {
      out.push_back("the others as in the model's file");
      return out;
    }
    for (const ParameterInfo& parameter : model.parameters()) {
      const bool varied = std::ranges::any_of(options.vary, [&](const VariedParameter& one) {
        return one.name == parameter.name || parameter.name.starts_with(one.name + ".") ||
               (one.name.starts_with("prior[") &&
                parameter.name.starts_with(one.name.substr(0, one.name.find('.'))));
      });
      const bool overruled = parameter.name == "precision" && !std::isnan(method.lambda);
      if (varied || overruled || options.settings.contains(parameter.name)) continue;
      const double* number = std::get_if<double>(&parameter.content);
      out.push_back(fmt::format(
          "{} = {}", parameter.name,
          number != nullptr ? number_text(*number) : std::get<std::string>(parameter.content)));
    }
    return out;
  }

  [[nodiscard]] SweepFigure figure_of(const Model& model, const SweepOptions& options,
                                      const std::vector<Threshold>& thresholds) const {
    SweepFigure figure;
    figure.shown = numbers;
    figure.thresholds = drawn_thresholds(thresholds, model, options);
    figure.fixed = fixed(model, options);
    figure.title = model.title();
    if (!model.sources().empty()) figure.source = model.sources().front();
    for (const VariedParameter& varied : options.vary) {
      const auto known = std::ranges::find(model.parameters(), varied.name, &ParameterInfo::name);
      figure.axis_notes.push_back(known == model.parameters().end() ? "" : known->note);
    }
    return figure;
  }

  [[nodiscard]] int show(const Model& model, const SweepOptions& options, const Sweep& found,
                         const std::vector<Threshold>& thresholds) const {
    const SweepFigure figure = figure_of(model, options, thresholds);
    if (!common.quiet) {
      if (found.further_solves > 0)
        say(fmt::format("{} further solves to find where something else is most probable\n",
                        found.further_solves));
      for (const std::string& words : sweep_words(found, figure)) say(words + "\n");
    }
    if (!svg.empty())
      if (const Result<void> written = write_file(svg, sweep_svg(found, figure)); !written)
        return fail(written.error());
    if (json) print(sweep_json(found, figure));
    const auto missed =
        std::ranges::count_if(found.points, [](const SweepPoint& point) { return !point.holds; });
    if (missed == 0) return done;
    const auto first =
        std::ranges::find_if(found.points, [](const SweepPoint& point) { return !point.holds; });
    return judged(false,
                  {fmt::format("{} of {} points; the first because {}", missed, found.points.size(),
                               first->why_not.empty() ? "" : first->why_not.front())},
                  true, common.quiet);
  }
};

}  // namespace

Command add_sweep(CLI::App& program) {
  CLI::App* app = program.add_subcommand("sweep",
                                         "comparative statics along one parameter or over two: "
                                         "tidy CSV, and curves or regions as SVG");
  app->footer(
      "melian sweep fearon_1995/two_costs --vary 'prior[B].low=0.05:0.95:19' --svg risk.svg\n"
      "melian sweep powell_2006/preventive_war --vary p1=0.3:0.7:21 --vary p2=0.3:0.9:21 --svg "
      "regions.svg\n"
      "melian sweep powell_2004/cost --vary discount=0.8:0.98:10 --number values.S --number "
      "rounds.mean\n"
      "melian sweep fearon_1994/escalation --method tree --vary 'audience[B]=0.5:2.5:21' --svg "
      "escalation.svg");
  auto command = std::make_shared<SweepCommand>();
  command->game.add_to(*app);
  app->add_option(
         "--vary", command->vary,
         "Vary a parameter over a range: NAME=LOW:HIGH:POINTS, or NAME=LOW:HIGH:POINTS:log "
         "for even steps of its logarithm; once or twice")
      ->allow_extra_args(false)
      ->required()
      ->type_name("RANGE");
  app->add_option("--number", command->numbers,
                  "a number to draw, and to report where it is not among the printed ones; "
                  "repeatable (docs/formats/expected.md)")
      ->allow_extra_args(false)
      ->type_name("NAME");
  app->add_option("--svg", command->svg, "a figure")->type_name("FILE");
  app->add_flag("--csv", command->csv,
                "Print one row for each point and number, as points are solved (the default)");
  app->add_flag("--json", command->json,
                "one JSON document on stdout instead (docs/formats/sweep.md)");
  app->add_flag("--uncertified", command->uncertified,
                "solve only: no certificates and no grid errors, several times faster");
  app->add_option("--resume", command->resume,
                  "Take over the points that an earlier sweep printed into FILE, and solve the "
                  "others")
      ->type_name("FILE");
  app->add_flag("--no-switches", command->no_switches,
                "Do not look for the places where something else becomes most probable");
  command->time.add_to(*app);
  command->method.method = "auto";
  command->method.add_to(*app, {"auto", "grid", "tree"});
  command->which.add_to(*app);
  command->app = app;
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
