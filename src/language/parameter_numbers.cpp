#include "language/bind_settings.h"
#include "melian/language.h"

namespace melian {

Result<std::map<std::string, double>> parameter_numbers(const Model& model,
                                                        const Settings& settings) {
  const Model::Checked& checked = model.checked();
  Diagnostics diagnostics;
  const lowering::ParameterNumbers found = lowering::apply_settings(checked, settings, diagnostics);
  if (!diagnostics.empty()) return std::unexpected(diagnostics);
  std::map<std::string, double> out;
  for (std::size_t p = 0; p < checked.parameters.size(); ++p) {
    const auto begin = static_cast<std::size_t>(found.offsets[p]);
    const std::size_t end = p + 1 < found.offsets.size()
                                ? static_cast<std::size_t>(found.offsets[p + 1])
                                : found.numbers.size();
    for (std::size_t k = begin; k < end; ++k)
      out[lowering::number_name(checked, static_cast<int>(p), static_cast<int>(k - begin))] =
          found.numbers[k];
  }
  return out;
}

}  // namespace melian
