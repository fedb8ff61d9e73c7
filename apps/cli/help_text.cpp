#include "help_text.h"

#include <sstream>

#include <fmt/core.h>

namespace melian::cli {
namespace {

constexpr std::size_t columns = 80, described_from = 30;

/// Words in lines of at most `width` columns.
std::string wrapped(const std::string& text, std::size_t width) {
  std::istringstream words(text);
  std::string out, line;
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return out + line;
}

}  // namespace

HelpText::HelpText() { column_width(described_from); }

/// What it takes, without the words of what checks it: "N", not "N:INT in [0 - 1024]".
std::string HelpText::make_option_opts(const CLI::Option* option) const {
  if (option->get_type_size() == 0) return "";
  const std::string type = option->get_type_name();
  std::string out = type.empty() ? "" : " " + type.substr(0, type.find(':'));
  if (!option->get_default_str().empty()) out += "=" + option->get_default_str();
  if (option->get_expected_max() > 1) out += " ...";
  return out;
}

std::string HelpText::make_option_desc(const CLI::Option* option) const {
  const bool must_be_there = option->get_required() && !option->get_positional();
  return wrapped(option->get_description() + (must_be_there ? " (required)" : ""),
                 columns - described_from);
}

std::string HelpText::make_subcommand(const CLI::App* command) const {
  std::ostringstream out;
  CLI::detail::format_help(out, command->get_display_name(true),
                           wrapped(command->get_description(), columns - described_from),
                           described_from);
  return out.str();
}

std::string HelpText::make_description(const CLI::App* app) const {
  return wrapped(app->get_description(), columns) + "\n";
}

std::string HelpText::make_footer(const CLI::App* app) const {
  std::istringstream lines(app->get_footer());
  std::string out;
  for (std::string line; std::getline(lines, line);)
    out += (line.starts_with("melian ") ? line : wrapped(line, columns)) + "\n";
  return out;
}

}  // namespace melian::cli
