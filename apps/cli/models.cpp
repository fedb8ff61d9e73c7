#include <algorithm>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct ModelsCommand {
  CommonOptions common;
  std::string name;
  bool list = false;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(data_folder() / "models");
    if (!catalogue) return fail(catalogue.error());
    if (name.empty()) return all(*catalogue);
    const auto found = std::ranges::find(*catalogue, name, &CatalogueEntry::name);
    if (found != catalogue->end()) return one(*found);
    std::vector<std::string> names;
    for (const CatalogueEntry& entry : *catalogue) names.push_back(entry.name);
    const std::string near = nearest_word(name, names);
    return fail(complaint("M0804", fmt::format("the catalogue has no `{}`", name),
                          near.empty() ? "`melian models` lists what it has" : fmt::format("did you mean `{}`?", near)));
  }

  [[nodiscard]] int all(const std::vector<CatalogueEntry>& catalogue) const {
    if (list) {
      print(catalogue_table(catalogue, {}, style_of_stdout()));
      return done;
    }
    std::vector<std::vector<CheckResult>> results;
    bool all_pass = true;
    for (const CatalogueEntry& entry : catalogue) {
      results.push_back(checked(entry));
      if (was_interrupted()) return stopped();
      all_pass = all_pass && std::ranges::all_of(results.back(), &CheckResult::passed);
    }
    print(catalogue_table(catalogue, results, style_of_stdout()));
    return all_pass ? done : misses_tolerance;
  }

  [[nodiscard]] int one(const CatalogueEntry& entry) const {
    if (list) {
      print(entry_text(entry, {}, style_of_stdout()));
      return done;
    }
    const std::vector<CheckResult> results = checked(entry);
    if (was_interrupted()) return stopped();
    print(entry_text(entry, results, style_of_stdout()));
    return std::ranges::all_of(results, &CheckResult::passed) ? done : misses_tolerance;
  }

  [[nodiscard]] std::vector<CheckResult> checked(const CatalogueEntry& entry) const {
    catch_interrupts();
    Progress progress(common.quiet);
    return run_checks(entry, progress.callback());
  }
};

}  // namespace

Command add_models(CLI::App& program) {
  CLI::App* app = program.add_subcommand("models", "the shipped catalogue of published models, its checks run now");
  app->footer("melian models\nmelian models powell_2004");
  auto command = std::make_shared<ModelsCommand>();
  app->add_option("name", command->name, "one entry: its paper, its claim, and every check")->type_name("NAME");
  app->add_flag("--list", command->list, "run no checks");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
