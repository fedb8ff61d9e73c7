#include <algorithm>
#include <memory>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

constexpr const char* catalogue_name_code = "M0804";

struct ModelsCommand {
  CommonOptions common;
  std::string name, tag;
  bool list = false, json = false;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    Result<std::vector<CatalogueEntry>> catalogue = read_catalogue(data_folder() / "models");
    if (!catalogue) return fail(catalogue.error());
    if (!name.empty() &&
        std::ranges::find(*catalogue, name, &CatalogueEntry::name) == catalogue->end())
      return unknown_name(*catalogue);
    if (!tag.empty() && std::ranges::none_of(*catalogue, [this](const CatalogueEntry& entry) {
          return has_tag(entry);
        }))
      return unknown_tag(*catalogue);
    std::erase_if(*catalogue, [this](const CatalogueEntry& entry) {
      return (!name.empty() && entry.name != name) || (!tag.empty() && !has_tag(entry));
    });
    return show(*std::move(catalogue));
  }

  [[nodiscard]] bool has_tag(const CatalogueEntry& entry) const {
    return std::ranges::find(entry.tags, tag) != entry.tags.end();
  }

  /// The nearest name, or those of which the word is a part ("powell": four of them).
  [[nodiscard]] int unknown_name(const std::vector<CatalogueEntry>& catalogue) const {
    std::vector<std::string> names, alike;
    for (const CatalogueEntry& entry : catalogue) {
      names.push_back(entry.name);
      if (entry.name.find(name) != std::string::npos)
        alike.push_back(fmt::format("`{}`", entry.name));
    }
    const std::string near = nearest_word(name, names);
    if (alike.empty() && !near.empty()) alike.push_back(fmt::format("`{}`", near));
    return fail(complaint(catalogue_name_code, fmt::format("the catalogue has no `{}`", name),
                          alike.empty()
                              ? "`melian models --list` shows what it has"
                              : fmt::format("did you mean {}?", fmt::join(alike, " or "))));
  }

  [[nodiscard]] int unknown_tag(const std::vector<CatalogueEntry>& catalogue) const {
    std::vector<std::string> tags;
    for (const CatalogueEntry& entry : catalogue)
      tags.insert(tags.end(), entry.tags.begin(), entry.tags.end());
    std::ranges::sort(tags);
    tags.erase(std::ranges::unique(tags).begin(), tags.end());
    const std::string near = nearest_word(tag, tags);
    return fail(complaint(catalogue_name_code,
                          fmt::format("no model of the catalogue is about `{}`", tag),
                          near.empty() ? fmt::format("there are: {}", fmt::join(tags, ", "))
                                       : fmt::format("did you mean `{}`?", near)));
  }

  [[nodiscard]] int show(std::vector<CatalogueEntry> catalogue) const {
    std::vector<std::vector<CheckResult>> results;
    for (const CatalogueEntry& entry : catalogue) {
      if (list) break;
      std::vector<CheckResult> of_entry = checked(entry);
      if (cut_short()) break;
      results.push_back(std::move(of_entry));
    }
    if (!list) catalogue.resize(results.size());  // what was checked before it was stopped
    if (catalogue.empty()) return stopped();
    const bool all_pass =
        std::ranges::all_of(catalogue,
                            [](const CatalogueEntry& entry) {
                              return std::ranges::all_of(judge_conditions(entry),
                                                         &ConditionResult::as_stated);
                            }) &&
        std::ranges::all_of(results, [](const std::vector<CheckResult>& of_entry) {
          return std::ranges::all_of(of_entry, &CheckResult::passed);
        });
    if (json)
      print(catalogue_json(catalogue, results));
    else if (name.empty())
      print(catalogue_table(catalogue, results, style_of_stdout()));
    else
      print(entry_text(catalogue.front(), list ? std::vector<CheckResult>{} : results.front(),
                       style_of_stdout()));
    if (cut_short()) return cut_short_code();
    return all_pass ? done : misses_tolerance;
  }

  [[nodiscard]] std::vector<CheckResult> checked(const CatalogueEntry& entry) const {
    Progress progress(common.quiet);
    return run_checks(entry, progress.callback());
  }
};

}  // namespace

Command add_models(CLI::App& program) {
  CLI::App* app = program.add_subcommand(
      "models", "the shipped catalogue of published models by mechanism, its checks run now");
  app->footer(
      "melian models --list\nmelian models powell_2004\nmelian models --tag 'commitment problem'");
  auto command = std::make_shared<ModelsCommand>();
  app->add_option("name", command->name,
                  "one entry: its paper, its claim, its condition with numbers, and every check")
      ->type_name("NAME");
  app->add_option("--tag", command->tag, "only models of this mechanism")->type_name("MECHANISM");
  app->add_flag("--list", command->list, "run no checks");
  app->add_flag("--json", command->json, "one JSON document on stdout (docs/formats/expected.md)");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
