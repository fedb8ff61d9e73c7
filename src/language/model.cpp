/// The steps of reading a model, and what a model tells of itself.

#include <algorithm>

#include <fmt/core.h>

#include "language/meaning_bench.h"
#include "melian/file_source.h"
#include "melian/language.h"

namespace melian {
namespace {

/// The same files in the same order give the same text, wherever they lie.
std::string fingerprint_of(const ReadFiles& read) {
  std::string all;
  for (const Layer& layer : read.layers) {
    const std::string& text = read.sources[static_cast<std::size_t>(layer.file)].text;
    all += fmt::format("{} {}\n", layer.module ? "module" : "model", text.size());
    all += text;
  }
  return sha256(all);
}

Result<Model> model_of(ReadFiles read) {
  auto checked = check(std::move(read));
  if (!checked) return std::unexpected(std::move(checked.error()));
  return Model(std::move(*checked));
}

Diagnostics in_order(const Sources& sources, Diagnostics diagnostics) {
  const auto rank = [&](const Diagnostic& diagnostic) {
    const auto found = std::find_if(sources.begin(), sources.end(), [&](const SourceText& source) {
      return source.name == diagnostic.file;
    });
    return std::tuple(found - sources.begin(), diagnostic.line, diagnostic.column);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return rank(a) < rank(b); });
  return diagnostics;
}

void append(Diagnostics& to, Diagnostics from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

bool any_error(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::error;
  });
}

}  // namespace

Result<std::shared_ptr<const Model::Checked>> check(ReadFiles read, Settings set_for_parts) {
  Diagnostics found = std::move(read.syntax);
  const bool every_file_read = !any_error(read.diagnostics);
  const bool incomplete = any_error(found) || !every_file_read;
  append(found, std::move(read.diagnostics));
  Bench bench(std::move(read));
  bench.set_for_parts = std::move(set_for_parts);
  if (!bench.read.layers.empty()) {
    gather(bench);
    declare(bench);
    give_contents(bench);
    resolve_lets(bench);
    resolve_beliefs(bench);
    resolve_play(bench);
    if (!incomplete) follow_play(bench);
  }
  if (incomplete || bench.mistakes.any_errors()) {
    Diagnostics errors = bench.mistakes.take_errors();
    if (incomplete) keep_what_stands(bench.read.sources, every_file_read, found, errors);
    append(found, std::move(errors));
    std::erase_if(found, [](const Diagnostic& diagnostic) {
      return diagnostic.severity != Severity::error;
    });  // warnings may rest on errors
    return std::unexpected(in_order(bench.read.sources, std::move(found)));
  }
  list_contents(bench);
  append(found, bench.mistakes.take_warnings());
  bench.model.warnings = in_order(bench.read.sources, std::move(found));
  bench.model.fingerprint = fingerprint_of(bench.read);
  bench.model.sources = bench.read.sources;
  const auto reads_parameters = [](const NumericTypesSpec& spec) {
    return spec.parts_term != nullptr && spec.parts_term->op != Term::Op::number;
  };
  if (std::ranges::any_of(bench.model.numeric_types, reads_parameters))
    bench.model.read = std::make_shared<const ReadFiles>(std::move(bench.read));
  return std::make_shared<const Model::Checked>(std::move(bench.model));
}

const std::string& Model::title() const { return checked_->title; }
const std::vector<std::string>& Model::sources() const { return checked_->citations; }
const std::vector<ParameterInfo>& Model::parameters() const { return checked_->parameter_infos; }
const std::vector<LabelInfo>& Model::labels() const { return checked_->labels; }
const Diagnostics& Model::warnings() const { return checked_->warnings; }
bool Model::can_remember(const std::string& name) const {
  return std::ranges::any_of(checked_->variables,
                             [&](const auto& variable) { return variable.name == name; });
}
const std::string& Model::text_fingerprint() const { return checked_->fingerprint; }

Result<Model> read_model(const std::string& path, const std::vector<std::string>& modules) {
  return read_model_from(files_on_disk(), path, modules);
}

Result<Model> read_model_from(const FileSource& files, const std::string& path,
                              const std::vector<std::string>& modules) {
  return model_of(read_files(files, path, modules));
}

Result<Model> read_model_text(const std::string& text, const std::string& name) {
  return model_of(read_text(text, name));
}

}  // namespace melian
