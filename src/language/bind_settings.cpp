#include "language/bind_settings.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/numeric.h"

namespace melian::lowering {

namespace {

constexpr double sum_tolerance = 1e-9;  // as far as written numbers may miss a sum of 1

class Applier {
 public:
  Applier(const Model::Checked& model, const Settings& settings, Diagnostics& diagnostics)
      : model_(model), settings_(settings), diagnostics_(diagnostics) {}

  ParameterNumbers run() {
    defaults();
    for (const auto& [name, content] : settings_) apply(name, content);
    for (std::size_t p = 0; p < model_.parameters.size(); ++p) shrink_others(p);
    spread_numeric_types();
    return std::move(out_);
  }

  bool cuts_otherwise() {
    defaults();
    for (const auto& [name, content] : settings_) apply(name, content);
    return std::ranges::any_of(model_.numeric_types, [&](const NumericTypesSpec& spec) {
      return spec.parts_term && parts_of(spec) != spec.parts;
    });
  }

 private:
  using Role = CheckedParameter::Role;

  void defaults() {
    for (std::size_t p = 0; p < model_.parameters.size(); ++p) {
      const CheckedParameter& parameter = model_.parameters[p];
      out_.offsets.push_back(static_cast<int>(out_.numbers.size()));
      if (parameter.role == Role::numeric_type || parameter.contents.empty()) {
        const int count =
            parameter.player < 0
                ? 1
                : model_.players[static_cast<std::size_t>(parameter.player)].num_types();
        out_.numbers.insert(out_.numbers.end(), static_cast<std::size_t>(count), 0.0);
      }
      for (const ParameterContent& content : parameter.contents)
        out_.numbers.push_back(number_of(parameter, content).value_or(0.0));
      set_.emplace_back(parameter.contents.size(), 0);
      if (parameter.role == Role::numeric_type) continue;
      if (parameter.role == Role::ordinary) places_[parameter.name] = {static_cast<int>(p), -1};
      for (std::size_t k = 0; k < parameter.contents.size() && parameter.contents.size() > 1; ++k)
        places_[number_name(model_, static_cast<int>(p), static_cast<int>(k))] = {
            static_cast<int>(p), static_cast<int>(k)};
    }
  }

  static std::optional<double> number_of(const CheckedParameter& parameter,
                                         const ParameterContent& content) {
    if (const double* number = std::get_if<double>(&content)) return *number;
    const auto found =
        std::find(parameter.words.begin(), parameter.words.end(), std::get<std::string>(content));
    if (found == parameter.words.end()) return std::nullopt;
    return static_cast<double>(found - parameter.words.begin());
  }

  void report(std::string code, std::string message, std::string expected = {},
              std::string hint = {}) {
    Diagnostic diagnostic;
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.expected = std::move(expected);
    diagnostic.hint = std::move(hint);
    diagnostics_.push_back(std::move(diagnostic));
  }

  void apply(const std::string& name, const ParameterContent& content) {
    const auto found = places_.find(name);
    if (found == places_.end()) return unknown(name);
    const auto [p, k] = found->second;
    const CheckedParameter& parameter = model_.parameters[static_cast<std::size_t>(p)];
    const auto number = checked(parameter, name, content);
    if (!number) return;
    for (std::size_t c = 0; c < parameter.contents.size(); ++c) {
      std::uint8_t& set = set_[static_cast<std::size_t>(p)][c];
      // "cost[D].weak" is more particular than "cost[D]", whatever their order.
      if (k >= 0 ? static_cast<std::size_t>(k) != c : set != 0) continue;
      out_.numbers[static_cast<std::size_t>(out_.offsets[static_cast<std::size_t>(p)]) + c] =
          *number;
      if (k >= 0) set = 1;
    }
  }

  std::optional<double> checked(const CheckedParameter& parameter, const std::string& name,
                                const ParameterContent& content) {
    if (parameter.words.empty() != std::holds_alternative<double>(content)) {
      if (parameter.words.empty())
        report("M0522",
               fmt::format("'{}' is set to the word '{}'", name, std::get<std::string>(content)),
               "a number");
      else
        report("M0522", fmt::format("'{}' is set to a number", name),
               fmt::format("one of {}", fmt::join(parameter.words, ", ")));
      return std::nullopt;
    }
    const auto number = number_of(parameter, content);
    if (!number) {
      const std::string& word = std::get<std::string>(content);
      const std::string near = nearest_word(word, parameter.words);
      report("M0522", fmt::format("'{}' cannot be '{}'", name, word),
             fmt::format("one of {}", fmt::join(parameter.words, ", ")),
             near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near));
      return std::nullopt;
    }
    if (!std::isfinite(*number)) {
      report("M0522",
             fmt::format("'{}' is set to {}, which is no number", name, number_text(*number)));
      return std::nullopt;
    }
    if ((parameter.low && *number < *parameter.low) ||
        (parameter.high && *number > *parameter.high)) {
      const std::string low = parameter.low ? number_text(*parameter.low) : "any number",
                        high = parameter.high ? number_text(*parameter.high) : "any";
      report("M0521",
             fmt::format("'{}' = {} lies outside where the model makes sense", name,
                         number_text(*number)),
             fmt::format("{} to {}", low, high));
      return std::nullopt;
    }
    return number;
  }

  void unknown(const std::string& name) {
    std::vector<std::string> names;
    for (const auto& [known, place] : places_) names.push_back(known);
    const std::string near = nearest_word(name, names);
    std::string hint = near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near);
    for (const CheckedParameter& parameter : model_.parameters)
      if (parameter.role == Role::numeric_type && name.starts_with(parameter.name))
        hint = "it comes from a distribution: set what the distribution is written with";
    if (name.starts_with("prior["))
      hint =
          "a prior written with parameters is set through them, one written in numbers type by "
          "type: prior[PLAYER].TYPE";
    if (name.starts_with("belief["))
      hint =
          "a belief is declared in the model (OBSERVER believes PLAYER: ...) and set type by type: "
          "belief[OBSERVER][PLAYER].TYPE";
    if (!near.empty() && (name.starts_with("prior[") || name.starts_with("belief[")))
      hint = fmt::format("did you mean '{}'?", near);
    report("M0520", fmt::format("the model has no parameter '{}'", name), {}, hint);
  }

  /// Of a prior or belief what was set stays; the others shrink or grow in proportion.
  void shrink_others(std::size_t p) {
    const CheckedParameter& parameter = model_.parameters[p];
    if (parameter.role != Role::prior && parameter.role != Role::belief) return;
    double* const odds = out_.numbers.data() + out_.offsets[p];
    const std::vector<std::uint8_t>& set = set_[p];
    double fixed = 0.0, others = 0.0;
    std::size_t num_fixed = 0;
    for (std::size_t k = 0; k < set.size(); ++k) {
      (set[k] != 0 ? fixed : others) += odds[k];
      num_fixed += set[k];
    }
    if (num_fixed == 0) return;
    const bool alone = num_fixed == set.size();
    if (fixed > 1.0 + sum_tolerance || (alone && fixed < 1.0 - sum_tolerance) ||
        (!alone && others <= 0.0 && fixed < 1.0 - sum_tolerance)) {
      report(
          "M0524",
          fmt::format("set so, the odds of '{}' sum to {}", parameter.name, number_text(fixed, 10)),
          "a sum of 1", !alone && others <= 0.0 ? "the other types have odds 0: set them too" : "");
      return;
    }
    for (std::size_t k = 0; k < set.size() && !alone; ++k)
      if (set[k] == 0) odds[k] = others > 0.0 ? odds[k] * std::max(0.0, 1.0 - fixed) / others : 0.0;
  }

  /// Equally likely parts of a distribution, each represented by its mean: of a normal one
  /// mean + sd * n * (density(z_k) - density(z_k+1)) with z_k its quantiles.
  [[nodiscard]] double parts_of(const NumericTypesSpec& spec) const {
    Formulas formulas(model_);
    std::vector<double> registers;
    const std::vector<int> no_types(model_.players.size(), 0);
    return compute(formulas[formulas.add(spec.parts_term)],
                   {out_.numbers.data(), out_.offsets.data(), nullptr, nullptr, no_types.data()},
                   registers);
  }

  void spread_numeric_types() {
    std::vector<std::int64_t> stride(model_.numeric_types.size(), 1);
    for (std::size_t a = 0; a < stride.size(); ++a)
      for (std::size_t b = a + 1; b < stride.size(); ++b)
        if (model_.numeric_types[b].player == model_.numeric_types[a].player)
          stride[a] *= model_.numeric_types[b].parts;
    Formulas formulas(model_);
    std::vector<double> registers;
    const std::vector<int> no_types(model_.players.size(), 0);
    const Environment environment{out_.numbers.data(), out_.offsets.data(), nullptr, nullptr,
                                  no_types.data()};
    for (std::size_t a = 0; a < stride.size(); ++a) {
      const NumericTypesSpec& spec = model_.numeric_types[a];
      if (spec.parameter < 0) continue;
      const double first = compute(formulas[formulas.add(spec.first)], environment, registers);
      const double second = compute(formulas[formulas.add(spec.second)], environment, registers);
      const CheckedParameter& parameter =
          model_.parameters[static_cast<std::size_t>(spec.parameter)];
      if (!std::isfinite(first) || !std::isfinite(second) ||
          (spec.normal ? !(second > 0) : !(first < second))) {
        report("M0526",
               fmt::format("'{}' comes from {}({}, {})", parameter.name,
                           spec.normal ? "normal" : "uniform", number_text(first),
                           number_text(second)),
               spec.normal ? "a standard deviation above 0" : "a lower end below the upper one");
        continue;
      }
      if (const double parts = spec.parts_term ? parts_of(spec) : spec.parts; parts != spec.parts)
        report("M0523",
               fmt::format("'{}' comes in {} parts and was compiled with {}", parameter.name,
                           number_text(parts), spec.parts),
               {}, "compile the model again with these settings");
      const int num_types = model_.players[static_cast<std::size_t>(spec.player)].num_types();
      for (int type = 0; type < num_types; ++type) {
        const auto part = static_cast<int>(type / stride[a] % spec.parts);
        out_.numbers[static_cast<std::size_t>(
            out_.offsets[static_cast<std::size_t>(spec.parameter)] + type)] =
            spec.normal ? normal_part(first, second, part, spec.parts)
                        : first + (part + 0.5) * (second - first) / spec.parts;
      }
    }
  }

  static double normal_part(double mean, double deviation, int part, int parts) {
    const auto density_at = [parts](int k) {
      if (k == 0 || k == parts) return 0.0;
      const double p = static_cast<double>(k) / parts;
      const double z = p == 0.5 ? 0.0 : normal_quantile_two_sided(std::abs(2 * p - 1));
      return std::exp(-z * z / 2) / std::sqrt(2 * 3.14159265358979323846);
    };
    return mean + deviation * parts * (density_at(part) - density_at(part + 1));
  }

  const Model::Checked& model_;
  const Settings& settings_;
  Diagnostics& diagnostics_;
  ParameterNumbers out_;
  std::vector<std::vector<std::uint8_t>> set_;  // by parameter and content: named with its type
  std::map<std::string, std::pair<int, int>> places_;  // parameter, content (-1: all)
};

}  // namespace

ParameterNumbers apply_settings(const Model::Checked& model, const Settings& settings,
                                Diagnostics& diagnostics) {
  return Applier(model, settings, diagnostics).run();
}

std::optional<Settings> other_parts(const Model::Checked& model, const Settings& settings) {
  Diagnostics ignored;
  if (model.read == nullptr || !Applier(model, settings, ignored).cuts_otherwise())
    return std::nullopt;
  return settings;
}

std::string number_name(const Model::Checked& model, int parameter, int content) {
  const CheckedParameter& p = model.parameters[static_cast<std::size_t>(parameter)];
  const auto k = static_cast<std::size_t>(content);
  if (k < p.suffixes.size()) return p.name + "." + p.suffixes[k];
  if (p.player >= 0 && k < model.players[static_cast<std::size_t>(p.player)].types.size())
    return p.name + "." + model.players[static_cast<std::size_t>(p.player)].types[k];
  return p.name;
}

}  // namespace melian::lowering
