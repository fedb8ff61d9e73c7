#include "study/study_parameters.h"

#include <algorithm>

namespace melian {

std::string group_of(const std::string& name) {
  const auto bracket = name.rfind(']');
  const auto dot = name.find('.', bracket == std::string::npos ? 0 : bracket);
  return dot == std::string::npos ? name : name.substr(0, dot);
}

const StudyParameter* stated_parameter(const Study& study, const std::string& name) {
  for (const std::string& wanted : {name, group_of(name)})
    if (const auto found = std::ranges::find(study.parameters, wanted, &StudyParameter::name);
        found != study.parameters.end())
      return &*found;
  // A prior is stated by stating it for another type.
  if (name.starts_with("prior[") || name.starts_with("belief["))
    for (const StudyParameter& parameter : study.parameters)
      if (group_of(parameter.name) == group_of(name)) return &parameter;
  return nullptr;
}

const std::string* reason_in(const Reading& reading, const std::string& name) {
  for (const std::string& wanted : {name, group_of(name)})
    if (const auto found = reading.because.find(wanted); found != reading.because.end())
      return &found->second;
  return nullptr;
}

ParameterContent content_in(const Model& model, const Settings& settings,
                            const ParameterInfo& info) {
  for (const std::string& wanted : {info.name, group_of(info.name)})
    if (const auto found = settings.find(wanted); found != settings.end()) return found->second;
  const double* standard = std::get_if<double>(&info.content);
  if (!standard || (!info.name.starts_with("prior[") && !info.name.starts_with("belief[")))
    return info.content;
  double set = 0.0, set_by_default = 0.0;
  for (const ParameterInfo& other : model.parameters()) {
    if (group_of(other.name) != group_of(info.name)) continue;
    const auto found = settings.find(other.name);
    if (found == settings.end() || !std::holds_alternative<double>(found->second) ||
        !std::holds_alternative<double>(other.content))
      continue;
    set += std::get<double>(found->second);
    set_by_default += std::get<double>(other.content);
  }
  return set_by_default < 1.0 ? *standard * (1.0 - set) / (1.0 - set_by_default) : *standard;
}

}  // namespace melian
