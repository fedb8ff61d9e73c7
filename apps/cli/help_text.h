#pragma once
/// What --help prints: options and commands with what they do, in eighty columns.

#include <CLI/CLI.hpp>

namespace melian::cli {

class HelpText : public CLI::Formatter {
 public:
  HelpText();
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_description(const CLI::App* app) const override;
  /// Commands of examples stay on lines of their own; other text is wrapped.
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace melian::cli
