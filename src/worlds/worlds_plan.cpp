#include "worlds/worlds_plan.h"

#include <algorithm>
#include <cmath>

#include "study/settings_merge.h"
#include "study/study_parameters.h"
#include "worlds/error_band.h"
#include "worlds/sensitivity.h"
#include "worlds/sobol.h"

namespace melian {
namespace {

const Reading& base_of(const Study& study) {
  const auto neutral = std::ranges::find(study.readings, true, &Reading::neutral);
  return neutral == study.readings.end() ? study.readings.front() : *neutral;
}

}  // namespace

double DrawnParameter::at(double unit) const {
  if (whole) return low + std::floor(unit * (high - low + 1.0));
  if (log_scale) return low * std::pow(high / low, unit);
  return low + unit * (high - low);
}

WorldsPlan::WorldsPlan(const Study& study, std::optional<int> number)
    : study_(study), around_(&base_of(study)), asked_(study.worlds.value_or(StudyWorlds{})) {
  if (number) {
    const int before = asked_.number;
    asked_.scrambles = std::max(2, std::min(asked_.scrambles, *number / 2));
    asked_.number = (*number + asked_.scrambles - 1) / asked_.scrambles * asked_.scrambles;
    if (asked_.effects && asked_.number < before)
      asked_.effects = static_cast<int>(std::int64_t{*asked_.effects} * asked_.number / before);
  }
  constexpr int fewest_rows = 8;
  const int pairs = asked_.scrambles / 2;
  int rows = std::min(asked_.effects.value_or(asked_.number / 16), pairs * per_scramble());
  rows -= rows % pairs;
  asked_.effects = rows < fewest_rows ? 0 : rows;
  asked_.checked = std::min(
      asked_.number, asked_.checked.value_or(std::clamp(asked_.number / 128, enough_checked, 32)));
  asked_.certified =
      std::min(asked_.number, asked_.certified.value_or(std::clamp(asked_.number / 1024, 1, 4)));
  add_varied();
  add_precision();
  add_groups();
  points_ =
      sobol_points(static_cast<std::size_t>(per_scramble()), static_cast<int>(varied_.size()));
  for (int pair = 0; pair < pairs; ++pair)
    orders_.push_back(shuffled(static_cast<std::size_t>(per_scramble()),
                               static_cast<std::uint64_t>(asked_.seed),
                               static_cast<std::uint64_t>(pair)));
}

void WorldsPlan::add_varied() {
  for (const StudyParameter& parameter : study_.parameters) {
    if (!parameter.plausible || !(parameter.plausible->first < parameter.plausible->second))
      continue;
    DrawnParameter varied{parameter.name, parameter.plausible->first, parameter.plausible->second,
                          parameter.log_scale};
    for (const ParameterInfo* info : parameters_named(study_, parameter.name))
      varied.whole = varied.whole || info->shapes;
    // A precision that the study overrides by [solve].lambda would do nothing: it varies as a
    // multiple of that instead.
    if (parameter.name == precision_name && study_.solve.lambda)
      varied.factor = true, varied.low /= *study_.solve.lambda, varied.high /= *study_.solve.lambda;
    varied_.push_back(std::move(varied));
  }
}

/// Worlds always vary the precision: a verdict must not hang on how sharply players are thought to
/// choose.
void WorldsPlan::add_precision() {
  const bool stated = std::ranges::any_of(varied_, [](const DrawnParameter& varied) {
    return group_of(varied.name).starts_with(precision_name);
  });
  if (stated) return;
  DrawnParameter varied{precision_name, 0.5, 2.0, true};
  varied.factor = varied.assumed = true;
  varied_.push_back(std::move(varied));
}

void WorldsPlan::add_groups() {
  groups_ = asked_.groups;
  for (const DrawnParameter& varied : varied_) {
    const auto holds = [&](const WorldsGroup& group) {
      return std::ranges::find(group.parameters, varied.name) != group.parameters.end();
    };
    if (std::ranges::any_of(groups_, holds)) continue;
    const std::string name = group_of(varied.name);
    auto group = std::ranges::find(groups_, name, &WorldsGroup::name);
    if (group == groups_.end()) group = groups_.insert(groups_.end(), {name, {}});
    group->parameters.push_back(varied.name);
  }
  for (const WorldsGroup& group : groups_) {
    members_.emplace_back();
    for (std::size_t k = 0; k < varied_.size(); ++k)
      if (std::ranges::find(group.parameters, varied_[k].name) != group.parameters.end())
        members_.back().push_back(k);
  }
}

std::vector<Draw> WorldsPlan::worlds() const {
  std::vector<Draw> out;
  for (int r = 0; r < scrambles(); ++r)
    for (int i = 0; i < per_scramble(); ++i)
      out.push_back({static_cast<std::uint32_t>(r), static_cast<std::size_t>(i)});
  return out;
}

std::vector<Draw> WorldsPlan::first(int count) const {
  std::vector<Draw> out;
  for (int k = 0; k < count; ++k)
    out.push_back(
        {static_cast<std::uint32_t>(k % scrambles()), static_cast<std::size_t>(k / scrambles())});
  return out;
}

std::vector<Draw> WorldsPlan::checked() const { return first(*asked_.checked); }
std::vector<Draw> WorldsPlan::certified() const { return first(*asked_.certified); }

std::vector<WorldsPlan::Row> WorldsPlan::rows() const {
  std::vector<Row> out;
  const int pairs = scrambles() / 2, each = *asked_.effects / pairs;
  for (int pair = 0; pair < pairs; ++pair)
    for (int i = 0; i < each; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const auto scramble = static_cast<std::uint32_t>(2 * pair);
      out.push_back(
          {{scramble, index}, {scramble + 1, orders_[static_cast<std::size_t>(pair)][index]}});
    }
  return out;
}

std::vector<double> WorldsPlan::point(std::uint32_t scramble, std::size_t index) const {
  std::vector<double> out;
  const std::size_t width = varied_.size();
  for (std::size_t d = 0; d < width; ++d)
    out.push_back(owen_scrambled(points_[index * width + d],
                                 static_cast<std::uint64_t>(asked_.seed), scramble,
                                 static_cast<std::uint32_t>(d)));
  return out;
}

World WorldsPlan::world(const Draw& draw) const {
  World out;
  out.unit = point(draw.scramble, draw.index);
  if (draw.group >= 0) {
    MELIAN_EXPECT(draw.scramble % 2 == 0, "the first scramble of a pair");
    const std::vector<double> other =
        point(draw.scramble + 1, orders_[draw.scramble / 2][draw.index]);
    for (const std::size_t k : members_[static_cast<std::size_t>(draw.group)])
      out.unit[k] = other[k];
  }
  for (std::size_t k = 0; k < varied_.size(); ++k) {
    const double number = varied_[k].at(out.unit[k]);
    if (varied_[k].factor)
      out.lambda_factor = number;
    else
      out.parameters[varied_[k].name] = number;
  }
  return out;
}

Settings WorldsPlan::settings(const World& world, const Variant* variant) const {
  Settings out = as_written(world, variant);
  return variant ? laid_over(std::move(out), variant->parameters) : out;
}

Settings WorldsPlan::as_written(const World& world, const Variant* variant) const {
  Settings out = settings_of(study_, around_, variant, false);
  out = laid_over(std::move(out), asked_.parameters);
  return known_to(study_, variant, laid_over(std::move(out), world.parameters));
}

}  // namespace melian
