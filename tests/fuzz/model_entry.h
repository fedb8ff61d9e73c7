#pragma once
/// What a hostile text is put through: read as a model, laid out, compiled small. Never an
/// exception, never for long.

#include <string>

#include "melian/language.h"

namespace melian::test {

/// Returns "" or the law the text breaks.
inline std::string read_hostile_text(const std::string& text) {
  constexpr std::int64_t few_states = 2000,
                         few_bytes = std::int64_t{16}
                                     << 20;  // what lies beyond must be refused unbuilt
  const Result<std::string> formatted = format_model(text, "fuzz.melian");
  if (formatted) {
    const Result<std::string> again = format_model(*formatted, "fuzz.melian");
    if (!again || *again != *formatted) return "formatting again changes the text";
  }
  const Result<Model> model = read_model_text(text, "fuzz.melian");
  if (!model) return model.error().empty() ? "refused without a reason" : "";
  if (!formatted) return "read, but not formatted";
  const Result<CompiledModel> compiled =
      compile(*model, {}, {.keep = {}, .max_states = few_states, .max_bytes = few_bytes});
  if (compiled) static_cast<void>(compiled->bind({}));
  return {};
}

}  // namespace melian::test
