#include <algorithm>

#include <fmt/core.h>

#include "melian/report.h"
#include "report/catalogue_reader.h"

namespace melian {

Result<CatalogueEntry> read_expected(const std::filesystem::path& file) {
  const Result<std::string> text = read_file(file.string());
  if (!text) return std::unexpected(text.error());
  Result<CatalogueEntry> entry = read_expected_text(*text, file.string());
  if (!entry) return entry;
  entry->folder = file.parent_path();
  entry->name = entry->folder.filename().string();
  return entry;
}

Result<CatalogueEntry> read_expected_text(const std::string& text, const std::string& file) {
  ExpectedReader reader(file);
  CatalogueEntry entry = reader.entry(text);
  if (!reader.diagnostics().empty()) return std::unexpected(reader.diagnostics());
  return entry;
}

Result<std::vector<CatalogueEntry>> read_catalogue(const std::filesystem::path& models) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& folder : std::filesystem::directory_iterator(models, error))
    if (std::filesystem::exists(folder.path() / "expected.json"))
      files.push_back(folder.path() / "expected.json");
  std::ranges::sort(files);
  std::vector<CatalogueEntry> entries;
  Diagnostics diagnostics;
  for (const std::filesystem::path& file : files) {
    Result<CatalogueEntry> entry = read_expected(file);
    if (entry)
      entries.push_back(*std::move(entry));
    else
      diagnostics.insert(diagnostics.end(), entry.error().begin(), entry.error().end());
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  return entries;
}

Result<std::vector<int>> grid_nodes(const Structure& structure,
                                    const std::vector<std::string>& words) {
  constexpr int most_nodes = 1 << 20;
  Diagnostics diagnostics;
  const auto complain = [&](const std::string& message, const std::string& hint) {
    diagnostics.push_back(placeless("M0803", message, hint));
  };
  std::vector<std::string> names;
  for (const Player& player : structure.players) names.push_back(player.name);
  std::vector<int> nodes(names.size(), 0);
  bool per_player = false;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string count_text = equals == std::string::npos ? word : word.substr(equals + 1);
    const bool is_whole =
        !count_text.empty() && count_text.size() <= 7 &&
        std::ranges::all_of(count_text, [](char c) { return c >= '0' && c <= '9'; });
    const int count = is_whole ? std::stoi(count_text) : 0;
    if (count < 2 || count > most_nodes) {
      complain(fmt::format("`{}` is no number of belief nodes", word),
               fmt::format("give a whole number from 2 to {}, as in `--grid 33` or `--grid {}=9`",
                           most_nodes, names.empty() ? "A" : names.front()));
      continue;
    }
    if (equals == std::string::npos) {
      std::ranges::fill(nodes, count);
      continue;
    }
    const std::string name = word.substr(0, equals);
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      const std::string near = nearest_word(name, names);
      complain(fmt::format("there is no player `{}` to give belief nodes", name),
               near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      continue;
    }
    per_player = true;
    nodes[static_cast<std::size_t>(found - names.begin())] = count;
  }
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  if (!per_player)
    return nodes.empty() || nodes.front() == 0 ? std::vector<int>{}
                                               : std::vector<int>{nodes.front()};
  return nodes;
}

}  // namespace melian
