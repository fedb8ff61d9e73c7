#include "study/model_files.h"

#include <algorithm>
#include <filesystem>

namespace melian {
namespace {

constexpr std::size_t most_files = 20;

/// The quoted texts behind `extends` and `with` in a file's head.
std::vector<std::string> named_files(const std::string& text) {
  std::vector<std::string> out, words;
  for (std::size_t k = 0; k < text.size() && words.size() < 200; ++k) {
    if (text[k] == '#') {
      k = std::min(text.find('\n', k), text.size());
    } else if (text[k] == '"') {
      const std::size_t end = text.find('"', k + 1);
      if (end == std::string::npos) break;
      const std::string& last = words.empty() ? text : words.back();
      if (last == "extends" || last == "with" || last == ",")
        out.push_back(text.substr(k + 1, end - k - 1));
      k = end;
    } else if (std::isalpha(static_cast<unsigned char>(text[k])) != 0) {
      std::size_t end = k;
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
        ++end;
      words.push_back(text.substr(k, end - k));
      // The head ends where the first item begins.
      if (words.size() > 1 && words.back() != "extends" && words.back() != "with" &&
          words.back() != "for")
        break;
      k = end - 1;
    } else if (text[k] == ',' && !words.empty()) {
      words.emplace_back(",");
    }
  }
  return out;
}

void add(const std::string& name, const std::filesystem::path& path, std::vector<ModelFile>& out) {
  const bool known =
      std::ranges::any_of(out, [&](const ModelFile& file) { return file.name == name; });
  if (known || out.size() >= most_files) return;
  const auto text = read_file(path.string());
  if (!text) return;
  out.push_back({name, *text});
  for (const std::string& other : named_files(*text)) add(other, path.parent_path() / other, out);
}

}  // namespace

std::vector<ModelFile> model_files(const Study& study) {
  std::vector<ModelFile> out;
  add(study.model_name, study.model_path, out);
  for (std::size_t k = 0; k < study.modules.size(); ++k)
    add(study.modules[k], study.module_paths[k], out);
  for (const Variant& variant : study.variants)
    for (std::size_t k = 0; k < variant.modules.size(); ++k)
      add(variant.modules[k], variant.module_paths[k], out);
  return out;
}

}  // namespace melian
