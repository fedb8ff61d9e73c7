#include "language/files.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/core.h>

#include "language/parse.h"

namespace melian {
namespace {

namespace fs = std::filesystem;

constexpr int deepest_chain = 32;        ///< of `extends`
constexpr std::size_t most_files = 200;  ///< in one model

/// `extends` and `with` are relative to the folder of the file that says so.
std::string beside(const std::string& file, const std::string& named) {
  return (fs::path(file).parent_path() / fs::path(named)).lexically_normal().string();
}

class Reader {
 public:
  explicit Reader(const FileSource& source) : source_(source) {}

  ReadFiles run(const std::string& name, const std::string* text,
                const std::vector<std::string>& modules) {
    const int main = text != nullptr ? parse_source(name, *text) : load(name, nullptr);
    if (main >= 0) {
      add_with_what_it_extends(main, 0);
      for (const std::string& module : modules) add_module(module, nullptr);
      warn_of_foreign_modules();
    }
    return std::move(out_);
  }

 private:
  void mistake(const ast::Span* span, const std::string& file, std::string code,
               std::string message, std::string hint = {}, Severity severity = Severity::error) {
    Diagnostic diagnostic;
    if (span != nullptr) {
      diagnostic = diagnostic_at(out_.sources, *span, std::move(code), std::move(message), {},
                                 std::move(hint), severity);
    } else {
      diagnostic.code = std::move(code);
      diagnostic.message = std::move(message);
      diagnostic.hint = std::move(hint);
      diagnostic.severity = severity;
      diagnostic.file = file;
    }
    out_.diagnostics.push_back(std::move(diagnostic));
  }

  int parse_source(const std::string& name, std::string text) {
    const int index = static_cast<int>(out_.sources.size());
    out_.sources.push_back({name, std::move(text)});
    out_.files.push_back(parse(out_.sources, index, out_.syntax));
    identities_.push_back(source_.identity(name));
    return index;
  }

  /// `asked` is where the file is named, null where the caller asks for it.
  int load(const std::string& path, const ast::Span* asked) {
    if (out_.sources.size() >= most_files) {
      if (!too_many_)
        mistake(asked, path, "M0603", fmt::format("a model of more than {} files", most_files));
      too_many_ = true;
      return -1;
    }
    Result<std::string> text = source_.read(path);
    if (!text) {
      for (const Diagnostic& why : text.error())
        mistake(asked, path, asked != nullptr ? "M0601" : why.code, why.message,
                asked != nullptr ? missing_hint(path) : why.hint);
      return -1;
    }
    if (!begins_as_model(*text) && (asked != nullptr || !declares_something(*text))) {
      // Nothing of its text is shown: it may be anything that somebody can read.
      mistake(asked, path, "M0611",
              fmt::format("{} is not a model: it does not begin with `model` or `module`", path),
              asked != nullptr ? "name a .melian file" : "a model begins so: model \"TITLE\"");
      return -1;
    }
    return parse_source(path, std::move(*text));
  }

  /// The first words of the lines, comments and empty lines left out.
  template <class Test>
  static bool any_line_begins(std::string_view text, bool only_first, const Test& test) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      const std::size_t first = line.find_first_not_of(" \t\r");
      if (first == std::string_view::npos || line[first] == '#') continue;
      line.remove_prefix(first);
      if (test(std::string(line.substr(0, line.find_first_of(" \t\r\"{")).substr(0, 20))))
        return true;
      if (only_first) return false;
    }
    return false;
  }
  static bool begins_as_model(std::string_view text) {
    return any_line_begins(text, true, [](const std::string& word) {
      return !nearest_word(word, {"model", "module"}).empty();
    });
  }
  /// A model whose first line was forgotten is still one.
  static bool declares_something(std::string_view text) {
    return any_line_begins(text, false, [](const std::string& word) {
      return word == "player" || word == "phase" || word == "param" || word == "state";
    });
  }

  [[nodiscard]] std::string missing_hint(const std::string& path) const {
    std::vector<std::string> names = source_.names(fs::path(path).parent_path().string());
    std::sort(names.begin(), names.end());
    const std::string near = nearest_word(fs::path(path).filename().string(), names);
    return near.empty() ? "paths are relative to the folder of the file that names them"
                        : fmt::format("did you mean \"{}\"?", near);
  }

  void add_layer(int file) {
    out_.layers.push_back({file, out_.files[static_cast<std::size_t>(file)].is_module});
  }

  void add_with_what_it_extends(int file, int depth) {
    in_progress_.insert(identities_[static_cast<std::size_t>(file)]);
    // A copy: reading further files moves the vector.
    const ast::File head = {out_.files[static_cast<std::size_t>(file)].is_module,
                            {},
                            out_.files[static_cast<std::size_t>(file)].extends,
                            out_.files[static_cast<std::size_t>(file)].with,
                            {},
                            {},
                            {}};
    const std::string name = out_.sources[static_cast<std::size_t>(file)].name;
    if (head.extends) extend(*head.extends, beside(name, head.extends->text), depth);
    for (const ast::Text& module : head.with) add_module(beside(name, module.text), &module.span);
    add_layer(file);
    in_progress_.erase(identities_[static_cast<std::size_t>(file)]);
  }

  void extend(const ast::Text& named, const std::string& path, int depth) {
    if (in_progress_.contains(source_.identity(path)))
      return mistake(&named.span, path, "M0602",
                     fmt::format("\"{}\" extends itself, directly or through others", named.text));
    if (depth + 1 >= deepest_chain)
      return mistake(
          &named.span, path, "M0603",
          fmt::format("a chain of more than {} files that extend each other", deepest_chain));
    const int base = load(path, &named.span);
    if (base < 0) return;
    if (out_.files[static_cast<std::size_t>(base)].is_module)
      mistake(&named.span, path, "M0604",
              fmt::format("\"{}\" is a module and cannot be extended", named.text),
              fmt::format("name the model after `extends` and the module after `with`: extends "
                          "\"...\" with \"{}\"",
                          named.text));
    else
      models_.insert(identities_[static_cast<std::size_t>(base)]);
    add_with_what_it_extends(base, depth + 1);
  }

  void add_module(const std::string& path, const ast::Span* asked) {
    const std::string identity = source_.identity(path);
    if (std::find(identities_.begin(), identities_.end(), identity) != identities_.end())
      return mistake(asked, path, "M0609", fmt::format("{} is part of this model already", path),
                     "name each module once");
    const int file = load(path, asked);
    if (file < 0) return;
    const ast::File& module = out_.files[static_cast<std::size_t>(file)];
    if (!module.is_module)
      return mistake(asked, path, "M0604", fmt::format("{} is a model, not a module", path),
                     "a module begins with: module \"TITLE\" for \"MODEL.melian\"");
    if (module.extends)
      modules_for_.push_back({file, source_.identity(beside(path, module.extends->text))});
    add_layer(file);
  }

  /// A module meant for another model usually fails at its places; where it does not, this says why
  /// numbers are odd.
  void warn_of_foreign_modules() {
    models_.insert(identities_.front());
    for (const auto& [file, target] : modules_for_) {
      if (models_.contains(target)) continue;
      const ast::Text& named = *out_.files[static_cast<std::size_t>(file)].extends;
      mistake(
          &named.span, {}, "M0610",
          fmt::format("this module is for \"{}\", which is no part of the model it is used with",
                      named.text),
          {}, Severity::warning);
    }
  }

  struct ModuleFor {
    int file;
    std::string target;
  };
  const FileSource& source_;
  ReadFiles out_;
  std::vector<std::string> identities_;  ///< one per source: the same file by any path
  std::set<std::string> in_progress_, models_;
  std::vector<ModuleFor> modules_for_;
  bool too_many_ = false;
};

}  // namespace

ReadFiles read_files(const FileSource& source, const std::string& path,
                     const std::vector<std::string>& modules) {
  return Reader(source).run(path, nullptr, modules);
}

ReadFiles read_text(const std::string& text, const std::string& name) {
  return Reader(files_on_disk()).run(name, &text, {});
}

}  // namespace melian
