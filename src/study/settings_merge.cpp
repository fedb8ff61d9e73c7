#include "study/settings_merge.h"

namespace melian {

Settings laid_over(Settings base, const Settings& over) {
  for (const auto& [name, content] : over) {
    std::string group = name;
    const bool adds_to_one = name.starts_with("prior[") || name.starts_with("belief[");
    if (const auto dot = name.rfind("]."); adds_to_one && dot != std::string::npos) group = name.substr(0, dot + 1);
    std::erase_if(base, [&](const auto& entry) { return entry.first == group || entry.first.starts_with(group + "."); });
  }
  for (const auto& [name, content] : over) base[name] = content;
  return base;
}

Settings settings_of(const Study& study, const Reading* reading, const Variant* variant) {
  Settings out;
  for (const StudyParameter& parameter : study.parameters)
    if (parameter.content) out[parameter.name] = *parameter.content;
  if (reading) out = laid_over(std::move(out), reading->parameters);
  if (variant) out = laid_over(std::move(out), variant->parameters);
  return out;
}

Result<const CompiledModel*> CompiledGames::at(const Settings& settings) {
  for (const CompiledModel& compiled : compiled_)
    if (compiled.fits(settings)) return &compiled;
  CompileOptions options;
  options.keep = keep_;
  auto fresh = compile(model_, settings, options);
  if (!fresh) return std::unexpected(std::move(fresh.error()));
  compiled_.push_back(std::move(*fresh));
  return &compiled_.back();
}

}  // namespace melian
