#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct MergeCommand {
  CommonOptions common;
  std::vector<std::string> stores;
  std::string out;

  [[nodiscard]] int run() const {
    const Result<StoreMerge> merged = merge_stores(stores, out);
    if (!merged) return fail(merged.error());
    print(fmt::format(
        "{}: {} games of readings and {} of plausible worlds taken over, {} known already\n", out,
        merged->pieces, merged->worlds, merged->known));
    if (merged->damaged > 0)
      say(fmt::format(
          "melian: {} solved games did not match their checksums and were left out; the "
          "next run solves them again\n",
          merged->damaged));
    if (merged->conflicts.empty()) return done;
    constexpr std::size_t shown = 10;
    std::string text = fmt::format(
        "{} numbers differ between stores under the same key; those that were there first stay:\n",
        merged->conflicts.size());
    for (std::size_t k = 0; k < std::min(shown, merged->conflicts.size()); ++k)
      text += "  " + merged->conflicts[k] + "\n";
    if (merged->conflicts.size() > shown)
      text += fmt::format("  and {} more\n", merged->conflicts.size() - shown);
    say(text);
    return invalid;
  }
};

}  // namespace

Command add_merge(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("merge", "stores of the parts of a run (--shard) into one");
  app->footer("melian merge part1/store.sqlite part2/store.sqlite --out whole/store.sqlite");
  auto command = std::make_shared<MergeCommand>();
  app->add_option("stores", command->stores, "store.sqlite files of the same program")
      ->required()
      ->type_name("STORE");
  app->add_option("--out", command->out, "the store they go into; made where it is not there")
      ->required()
      ->type_name("STORE");
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
