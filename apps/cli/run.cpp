#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "file_kind.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace fs = std::filesystem;
namespace {

struct RunCommand {
  CommonOptions common;
  std::string study, out, shard;
  int worlds = -1;  ///< not given
  bool dry_run = false;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<StudyOptions> asked = options();
    if (!asked) {
      say(asked.error());
      return usage;
    }
    if (Diagnostics other = not_a_study(study); !other.empty()) return fail(std::move(other));
    const Result<Study> read = read_study(study);
    if (!read) return fail(read.error());
    if (!common.quiet) say(read->warnings);
    const fs::path folder = out.empty() ? fs::path("out") / fs::path(study).stem() : fs::path(out);
    StudyOptions options = *asked;
    options.out = folder.string();
    if (dry_run) return estimate(*read, options);
    const Result<std::string> page = page_template();
    if (!page) say(page.error());

    const std::string kept =
        fmt::format("what was solved is kept in {}, and the same command goes on from there",
                    (folder / "store.sqlite").string());
    say_when_stopped(kept);
    Progress progress(common.quiet);
    progress.stage("reading the study's games");
    options.on_step = progress.callback();
    const Result<StudyRun> found = run_study(*read, options);
    progress.clear();
    if (was_interrupted() || (found && found->cancelled)) {
      say(fmt::format("melian: stopped; {}\n", kept));
      return interrupted;
    }
    if (!found) return fail(found.error());
    if (found->damaged > 0)
      say(
          fmt::format("melian: {} solved games in {} did not match their checksums and were solved "
                      "again\n",
                      found->damaged, (folder / "store.sqlite").string()));
    if (options.shard) return show_shard(*found, options, folder);
    return keep_and_show(*found, folder, page);
  }

  /// What the options ask for, checked.
  [[nodiscard]] Result<StudyOptions> options() const {
    StudyOptions out;
    out.command = fmt::format("melian run {}{}", study,
                              worlds >= 0 ? fmt::format(" --worlds {}", worlds) : "");
    Diagnostics wrong;
    if (worlds >= 0) out.worlds = worlds;
    constexpr int fewest = 4;
    if (worlds > 0 && worlds < fewest)
      wrong.push_back(
          placeless("M0806", fmt::format("--worlds {} are too few to tell an error from", worlds),
                    fmt::format("{} or more, or 0 for none", fewest)));
    if (!shard.empty()) {
      int part = 0, parts = 0, read = 0;
      if (std::sscanf(shard.c_str(), "%d/%d%n", &part, &parts, &read) != 2 ||
          static_cast<std::size_t>(read) != shard.size() || part < 1 || part > parts)
        wrong.push_back(placeless("M0806", fmt::format("--shard {} is no part of a run", shard),
                                  "--shard 2/8 is the second part of eight"));
      out.shard = {part, parts};
    }
    if (!wrong.empty()) return std::unexpected(std::move(wrong));
    return out;
  }

  [[nodiscard]] int estimate(const Study& read, const StudyOptions& options) const {
    const Result<StudyEstimate> found = estimate_study(read, options);
    if (!found) return fail(found.error());
    std::string text = fmt::format("{:<18}{:>10}{:>12}{:>14}{:>12}\n", "to be solved", "games",
                                   "in store", "decisions", "time");
    for (const StudyEstimate::Part& part : found->parts)
      text += fmt::format("{:<18}{:>10}{:>12}{:>14}{:>12}\n", part.what, part.games, part.in_store,
                          fmt::format("{:.3g}", part.decisions), duration(part.seconds));
    text += fmt::format(
        "\nabout {} on {} thread{}, from {:.2g} million decisions a second measured on a few "
        "plausible worlds.\n",
        duration(found->seconds), found->threads, found->threads == 1 ? "" : "s",
        found->decisions_a_second / 1e6);
    for (const StudyEstimate::Part& part : found->at_most)
      if (part.games > 0)
        text += fmt::format("on top at most {} games, {}: {}\n", part.games, duration(part.seconds),
                            part.what);
    const std::string without = size(found->memory_without_ladder_bytes),
                      most = size(found->memory_bytes);
    text += fmt::format(
        "memory: {}{}; disk: about {}\n", without,
        without == most ? "" : ", or " + most + " where decisions have several solutions",
        size(found->disk_bytes));
    print(text);
    return done;
  }

  [[nodiscard]] int show_shard(const StudyRun& found, const StudyOptions& options,
                               const fs::path& folder) const {
    const std::string store = (folder / "store.sqlite").string();
    print(fmt::format(
        "part {} of {}: {} games of plausible worlds ({} known before), {} of readings\n",
        options.shard->first, options.shard->second, found.worlds, found.worlds_from_store,
        found.pieces));
    if (!common.quiet)
      say(
          fmt::format("store:   {}\nmelian merge puts the parts' stores into one, and melian run "
                      "with that store writes the results\n",
                      store));
    return judged(found.certified, found.failures, true, common.quiet);
  }

  [[nodiscard]] int keep_and_show(const StudyRun& found, const fs::path& folder,
                                  const Result<std::string>& page) const {
    const Result<void> written = write_file(folder / "results.json", found.results);
    if (!written) return fail(written.error());
    constexpr int most_columns = 100;
    print(study_summary(found.results, {.colour = style_of_stdout().colour,
                                        .width = columns_of_stdout(most_columns)}));
    std::string kept =
        fmt::format("\nresults: {}\nstore:   {} ({} solved games, {} of them known before)\n",
                    (folder / "results.json").string(), (folder / "store.sqlite").string(),
                    found.pieces + found.worlds, found.from_store + found.worlds_from_store);
    if (page) {
      const Result<std::string> report = html_page(*page, found.results);
      if (!report) return fail(report.error());
      const Result<void> report_written = write_file(folder / "report.html", *report);
      if (!report_written) return fail(report_written.error());
      kept += fmt::format("report:  {}\n", (folder / "report.html").string());
    }
    if (!common.quiet) say(kept);
    if (!page) {
      say(fmt::format("melian: {} was not written: the report's page has not been built\n",
                      (folder / "report.html").string()));
      return cannot_write;
    }
    return found.certified ? done : misses_tolerance;
  }
};

}  // namespace

Command add_run(CLI::App& program) {
  CLI::App* app = program.add_subcommand("run",
                                         "the main job: a study's readings solved and certified, "
                                         "its claims judged, its report written");
  app->footer("melian run studies/istanbul_2025.toml --out out/istanbul_2025");
  auto command = std::make_shared<RunCommand>();
  app->add_option("study", command->study, "a .toml study")->required()->type_name("STUDY");
  app->add_option("--out", command->out,
                  "folder for report.html, results.json and store.sqlite (out/<name of the study> "
                  "unless given)")
      ->type_name("DIR");
  app->add_option("--worlds", command->worlds,
                  "plausible worlds to draw (the study's own number unless given; 0 for none)")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  app->add_option("--shard", command->shard,
                  "solve only the I-th of N parts into the store; melian merge joins them")
      ->type_name("I/N");
  app->add_flag("--dry-run", command->dry_run, "say what the run would take, and solve nothing");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
