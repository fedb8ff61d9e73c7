#include <memory>

#include <fmt/core.h>

#include "commands.h"
#include "data_files.h"
#include "file_kind.h"
#include "options.h"
#include "terminal.h"

namespace melian::cli {
namespace {

struct FmtCommand {
  CommonOptions common;
  std::vector<std::string> files;
  bool write = false, check = false;

  [[nodiscard]] int run() const {
    int worst = done;
    for (const std::string& file : files) worst = std::max(worst, run_on(file));
    return worst;
  }

  [[nodiscard]] int run_on(const std::string& given) const {
    const Result<std::string> file = find_model(given);
    if (!file) return fail(file.error());
    if (Diagnostics other = not_a_model(*file); !other.empty()) return fail(std::move(other));
    const Result<std::string> text = read_file(*file);
    if (!text) return fail(text.error());
    const Result<std::string> canonical = format_model(*text, *file);
    if (!canonical) return fail(canonical.error());
    if (check) {
      if (*canonical == *text) return done;
      say(fmt::format("{}: not in canonical layout; `melian fmt --write` lays it out\n", given));
      return invalid;
    }
    if (!write) {
      print(*canonical);
      return done;
    }
    if (*canonical == *text) return done;
    const Result<void> written = write_file(*file, *canonical);
    return written ? done : fail(written.error());
  }
};

}  // namespace

Command add_fmt(CLI::App& program) {
  CLI::App* app =
      program.add_subcommand("fmt", "the canonical layout of a model; comments are kept");
  app->footer("melian fmt my_model.melian\nmelian fmt --write models/*/*.melian");
  auto command = std::make_shared<FmtCommand>();
  app->add_option("files", command->files, "models or modules")->required()->type_name("FILE");
  CLI::Option* write = app->add_flag("-w,--write", command->write, "lay the files out in place");
  app->add_flag("--check", command->check,
                "print nothing; exit 1 where a file is not in canonical layout")
      ->excludes(write);
  command->common.add_to(*app);
  return {app, [command] { return command->run(); }};
}

}  // namespace melian::cli
