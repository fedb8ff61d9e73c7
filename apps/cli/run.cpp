#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace fs = std::filesystem;
namespace {

struct RunCommand {
  CommonOptions common;
  std::string study, out;

  [[nodiscard]] int run() const {
    set_threads(common.threads);
    const Result<Study> read = read_study(study);
    if (!read) return fail(read.error());
    if (!common.quiet) say(read->warnings);
    const fs::path folder = out.empty() ? fs::path("out") / fs::path(study).stem() : fs::path(out);
    const Result<std::string> page = page_template();
    if (!page) say(page.error());

    catch_interrupts();
    Progress progress(common.quiet);
    const Result<StudyRun> found = run_study(*read, {folder.string(), fmt::format("melian run {}", study), progress.callback()});
    progress.clear();
    if (was_interrupted() || (found && found->cancelled)) {
      say(fmt::format("melian: stopped; what was solved is kept in {}, and the same command goes on from there\n", (folder / "store.sqlite").string()));
      return interrupted;
    }
    if (!found) return fail(found.error());
    return keep_and_show(*found, folder, page);
  }

  [[nodiscard]] int keep_and_show(const StudyRun& found, const fs::path& folder, const Result<std::string>& page) const {
    const Result<void> written = write_file(folder / "results.json", found.results);
    if (!written) return fail(written.error());
    constexpr int columns_of_a_study = 100;
    print(study_summary(found.results, {.colour = style_of_stdout().colour, .width = columns_of_a_study}));
    std::string kept = fmt::format("\nresults: {}\nstore:   {} ({} solved games, {} of them known before)\n", (folder / "results.json").string(),
                                   (folder / "store.sqlite").string(), found.pieces, found.from_store);
    if (page) {
      const Result<std::string> report = html_page(*page, found.results);
      if (!report) return fail(report.error());
      const Result<void> report_written = write_file(folder / "report.html", *report);
      if (!report_written) return fail(report_written.error());
      kept += fmt::format("report:  {}\n", (folder / "report.html").string());
    }
    if (!common.quiet) say(kept);
    if (!page) return invalid;
    return found.certified ? done : misses_tolerance;
  }
};

}  // namespace

Command add_run(CLI::App& program) {
  CLI::App* app = program.add_subcommand("run", "the main job: a study's readings solved and certified, its claims judged, its report written");
  app->footer("melian run studies/istanbul_2025.toml --out out/istanbul_2025");
  auto command = std::make_shared<RunCommand>();
  app->add_option("study", command->study, "a .toml study")->required()->type_name("STUDY");
  app->add_option("--out", command->out, "folder for report.html, results.json and store.sqlite (out/<name of the study> unless given)")->type_name("DIR");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
