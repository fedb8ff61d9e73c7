#include "study/settings_merge.h"

#include <algorithm>

#include "study/study_parameters.h"

namespace melian {

Settings laid_over(Settings base, const Settings& over) {
  for (const auto& [name, content] : over) {
    const bool adds_to_one = name.starts_with("prior[") || name.starts_with("belief[");
    const std::string group = adds_to_one ? group_of(name) : name;
    std::erase_if(base, [&](const auto& entry) {
      return entry.first == group || entry.first.starts_with(group + ".");
    });
  }
  for (const auto& [name, content] : over) base[name] = content;
  return base;
}

Settings settings_of(const Study& study, const Reading* reading, const Variant* variant,
                     bool own_parameters) {
  Settings out;
  for (const StudyParameter& parameter : study.parameters)
    if (parameter.content) out[parameter.name] = *parameter.content;
  if (reading) out = laid_over(std::move(out), reading->parameters);
  if (variant && own_parameters) out = laid_over(std::move(out), variant->parameters);
  return known_to(study, variant, std::move(out));
}

Settings known_to(const Study& study, const Variant* variant, Settings settings) {
  if (std::ranges::any_of(study.variants,
                          [](const Variant& other) { return other.model.has_value(); }))
    std::erase_if(settings, [&, &model = model_of(study, variant)](const auto& entry) {
      return !has_parameter(model, entry.first);
    });
  return settings;
}

std::vector<const ParameterInfo*> parameters_named(const Study& study, const std::string& name) {
  std::vector<const Model*> models{&*study.model};
  for (const Variant& variant : study.variants)
    if (variant.model) models.push_back(&*variant.model);
  std::vector<const ParameterInfo*> out;
  for (const Model* model : models) {
    for (const ParameterInfo& info : model->parameters())
      if (info.name == name || info.name.starts_with(name + ".")) out.push_back(&info);
    if (!out.empty()) break;
  }
  return out;
}

const Model& model_of(const Study& study, const Variant* variant) {
  if (variant && variant->model) return *variant->model;
  MELIAN_EXPECT(study.model.has_value() && (!variant || variant->modules.empty()),
                "a study whose models were read");
  return *study.model;
}

bool has_parameter(const Model& model, const std::string& name) {
  return std::ranges::any_of(model.parameters(), [&](const ParameterInfo& info) {
    return info.name == name || info.name.starts_with(name + ".");
  });
}

Result<const CompiledModel*> CompiledGames::at(const Model& model, const Settings& settings) {
  std::list<CompiledModel>& known = compiled_[model.text_fingerprint()];
  for (const CompiledModel& compiled : known)
    if (compiled.fits(settings)) return &compiled;
  CompileOptions options;
  for (const std::string& name : keep_)
    if (model.can_remember(name)) options.keep.push_back(name);
  auto fresh = compile(model, settings, options);
  if (!fresh) return std::unexpected(std::move(fresh.error()));
  known.push_back(std::move(*fresh));
  return &known.back();
}

}  // namespace melian
