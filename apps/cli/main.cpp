/// The program: finds the command, lets it run, turns what happened into an exit code.

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <sstream>
#include <vector>

#include <fmt/core.h>

#include "commands.h"
#include "help_text.h"
#include "terminal.h"

namespace {

using namespace melian;
using namespace melian::cli;

std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

/// What a reader may have meant by a word that the program does not know.
std::string hint_for(const CLI::App& program, const std::vector<std::string>& words) {
  const std::vector<CLI::App*> commands = program.get_subcommands();
  const CLI::App& app = commands.empty() ? program : *commands.front();
  const std::vector<std::string> known = long_options(app);
  for (const std::string& word : words) {
    if (!word.starts_with("--")) continue;
    const std::string name = word.substr(0, word.find('='));
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = nearest_word(name, known);
    if (!near.empty()) return fmt::format("did you mean `{}`?", near);
  }
  return fmt::format("`{} --help` lists what there is",
                     commands.empty() ? "melian" : "melian " + app.get_name());
}

int refuse_usage(const std::string& message, const std::string& hint) {
  say(fmt::format("melian: {}\n  hint: {}\n", message, hint));
  return usage;
}

int run(int argc, char** argv) {
  CLI::App program("Melian: models of bargaining while fighting, solved with a certificate.",
                   "melian");
  program.set_version_flag("--version", "melian " MELIAN_VERSION);
  program.formatter(std::make_shared<HelpText>());
  program.footer(
      "melian COMMAND --help says more.\nExit codes: 0 done, 1 file invalid, 2 usage, 3 answer "
      "misses its tolerance, 4 refused, 70 a bug in Melian, 74 output cannot be written, 130 "
      "interrupted.");
  const std::vector<Command> commands{
      add_run(program),      add_solve(program),  add_check(program),    add_fmt(program),
      add_describe(program), add_export(program), add_simulate(program), add_sweep(program),
      add_models(program),   add_merge(program)};
  program.require_subcommand(1);

  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.empty()) {
    say(program.help());
    return usage;
  }
  std::vector<std::string> names;
  for (const Command& command : commands) names.push_back(command.app->get_name());
  if (!words.front().starts_with("-") && std::ranges::find(names, words.front()) == names.end()) {
    const std::string near = nearest_word(words.front(), names);
    return refuse_usage(
        fmt::format("there is no command `{}`", words.front()),
        near.empty() ? "`melian --help` lists them" : fmt::format("did you mean `{}`?", near));
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      std::ostringstream text;  // help or version
      program.exit(error, text, text);
      print(text.str());
      return done;
    }
    return refuse_usage(error.what(), hint_for(program, words));
  }
  const auto chosen =
      std::ranges::find_if(commands, [](const Command& command) { return command.app->parsed(); });
  return chosen->run();
}

int run_and_catch(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    say("melian: out of memory; try fewer belief nodes (--grid) or coarser offers\n");
    return refused;
  } catch (const std::exception& error) {
    say(fmt::format("melian: this is a bug in Melian, please report it:\n  {}\n", error.what()));
    return bug;
  }
}

}  // namespace

int main(int argc, char** argv) {
  melian::keep_freed_memory();
  catch_interrupts();
  const int code = run_and_catch(argc, argv);
  const std::string trouble = close_stdout();
  if (trouble.empty()) return code;
  say(
      fmt::format("melian: cannot write to standard output: {}\n  hint: the output is incomplete; "
                  "make room, or write it elsewhere\n",
                  trouble));
  return cannot_write;
}
