#include "study/worlds_file.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "study/settings_merge.h"
#include "study/worlds_limits.h"

namespace melian::study_file {
namespace {

constexpr int most_worlds = 100'000'000;

void read_grid(Fields& fields, Draft& draft, Pen& pen, StudyWorlds& worlds) {
  const TomlNode* node = fields.any("grid");
  if (!node) return;
  const auto add = [&](const std::string& player, const TomlNode& nodes) {
    if (nodes.kind == TomlNode::Kind::whole && nodes.number >= 2 && nodes.number <= 100000)
      worlds.grid.emplace_back(player, static_cast<int>(nodes.number));
    else
      pen.error(nodes.place, "M0716", "this is no number of belief nodes",
                "a whole number from 2 to 100000");
  };
  if (node->kind != TomlNode::Kind::table) return add("", *node);
  for (const TomlEntry& entry : node->entries) {
    add(entry.key, entry.node);
    draft.worlds.grid_players.push_back({entry.key, entry.place});
  }
}

void read_parameters(Fields& fields, Draft& draft, Pen& pen, StudyWorlds& worlds) {
  const TomlNode* table = fields.get("parameters", TomlNode::Kind::table);
  if (!table) return;
  for (const TomlEntry& entry : table->entries) {
    ParameterContent content;
    if (entry.node.is_number() && std::isfinite(entry.node.number))
      content = entry.node.number;
    else if (entry.node.kind == TomlNode::Kind::text)
      content = entry.node.text;
    else {
      pen.error(entry.node.place, "M0704",
                fmt::format("a parameter cannot be {}", kind_word(entry.node.kind)),
                "a number, or a word such as \"on\"");
      continue;
    }
    worlds.parameters[entry.key] = content;
    draft.set_parameters.push_back(
        {entry.key, content, entry.place, entry.node.place, worlds_section});
  }
}

void read_groups(Fields& fields, Draft& draft, Pen& pen, StudyWorlds& worlds) {
  const TomlNode* table = fields.get("groups", TomlNode::Kind::table);
  if (!table) return;
  Fields inside(*table, table->place, "[worlds.groups]", pen);
  for (const TomlEntry& entry : table->entries) {
    WorldsGroup group{entry.key, {}};
    std::vector<Mention> named = inside.texts(entry.key);
    for (const Mention& mention : named) group.parameters.push_back(mention.name);
    if (named.empty() && (entry.node.kind == TomlNode::Kind::list && entry.node.items.empty()))
      pen.error(entry.node.place, "M0741", fmt::format("the group \"{}\" is empty", entry.key),
                "names of parameters with a plausible range");
    worlds.groups.push_back(std::move(group));
    draft.worlds.groups.push_back(std::move(named));
  }
}

void read_weights(Fields& fields, Draft& draft, Pen& pen, StudyWorlds& worlds) {
  const TomlNode* table = fields.get("weights", TomlNode::Kind::table);
  if (!table) return;
  Fields inside(*table, table->place, "[worlds.weights]", pen);
  if (const TomlNode* rate = inside.get("base_rate", TomlNode::Kind::table)) {
    Fields of_rate(*rate, rate->place, "the weight by base rate", pen);
    WorldsBaseRate weight;
    weight.id = of_rate.needed_text("id");
    draft.worlds.base_rate_place = of_rate.place_of("id");
    if (!rate->find("round"))
      of_rate.missing("round",
                      "after how many rounds a world's survival is compared with the base rate's");
    weight.round = of_rate.whole("round", 1, 100000).value_or(1);
    weight.wars = of_rate.number("wars", 0.1, 1e6).value_or(weight.wars);
    of_rate.finish();
    worlds.base_rate = std::move(weight);
  }
  if (const TomlNode* events = inside.get("events", TomlNode::Kind::boolean))
    worlds.events = events->boolean;
  inside.finish();
}

/// What is wrong with drawing a parameter from its range; empty where nothing is.
void check_range(const Study& study, const StudyParameter& parameter, const LinePlace& place,
                 Pen& pen) {
  const auto [low, high] = *parameter.plausible;
  if (study.worlds && !(low < high))
    pen.error(place, "M0740",
              fmt::format("the range of {} has no width, so that no world could differ in it",
                          parameter.name),
              "[lowest, highest] with lowest < highest",
              "leave `plausible` out where a number is certain");
  if (!std::isfinite(high - low) || (parameter.log_scale && low > 0 && !std::isfinite(high / low)))
    pen.error(place, "M0740",
              fmt::format("the range of {} is wider than numbers reach", parameter.name), {},
              "give the range that a careful reader would call plausible");
  if (parameter.log_scale && !(low > 0))
    pen.error(place, "M0740",
              fmt::format("the range of {} reaches {}, which has no logarithm", parameter.name,
                          number_text(low)),
              "a range above 0", "or scale = \"linear\"");
  for (const ParameterInfo* info : parameters_named(study, parameter.name)) {
    if (!info->words.empty()) {
      pen.error(place, "M0740", fmt::format("{} is a switch and has no range", parameter.name), {},
                "make it a variant");
      break;
    }
    if ((info->low && low < *info->low) || (info->high && high > *info->high)) {
      pen.error(place, "M0740",
                fmt::format("the range of {} goes beyond what the model allows", parameter.name),
                fmt::format("within {} to {}", info->low ? number_text(*info->low) : "any",
                            info->high ? number_text(*info->high) : "any"));
      break;
    }
    if (info->shapes && study.worlds &&
        (low != std::floor(low) || high != std::floor(high) || high - low >= most_shapes)) {
      pen.error(place, "M0740",
                fmt::format("{} shapes the game, which is then built anew for each of its values",
                            parameter.name),
                fmt::format("whole numbers, at most {} of them", most_shapes));
      break;
    }
  }
}

void check_groups(const Draft& draft, Pen& pen) {
  const Study& study = draft.study;
  std::vector<std::string> varied;
  for (const StudyParameter& parameter : study.parameters)
    if (parameter.plausible) varied.push_back(parameter.name);
  varied.emplace_back(precision_name);
  std::map<std::string, std::string> taken;
  for (std::size_t g = 0; g < draft.worlds.groups.size(); ++g)
    for (const Mention& mention : draft.worlds.groups[g]) {
      const bool known =
          !parameters_named(study, mention.name).empty() || mention.name == precision_name;
      if (std::ranges::find(varied, mention.name) == varied.end()) {
        const std::string near = nearest_word(mention.name, varied);
        pen.error(mention.place, "M0741",
                  known ? fmt::format("{} does not vary: the study gives it no plausible range",
                                      mention.name)
                        : fmt::format("the model has no parameter `{}`", mention.name),
                  {}, near.empty() ? "" : fmt::format("did you mean `{}`?", near));
      } else if (const auto [before, fresh] =
                     taken.emplace(mention.name, study.worlds->groups[g].name);
                 !fresh) {
        pen.error(mention.place, "M0741",
                  fmt::format("{} is in the group \"{}\" already", mention.name, before->second),
                  "each parameter in one group");
      }
    }
}

}  // namespace

void read_worlds(const TomlNode& table, Draft& draft, Pen& pen) {
  draft.worlds.place = table.place;
  Fields fields(table, table.place, worlds_section, pen);
  StudyWorlds worlds;
  worlds.number = fields.whole("number", 4, most_worlds).value_or(worlds.number);
  worlds.scrambles = fields.whole("scrambles", 2, 1024).value_or(worlds.scrambles);
  worlds.seed = fields.whole("seed", 0, 2'000'000'000).value_or(worlds.seed);
  if (const TomlNode* variants = fields.get("variants", TomlNode::Kind::boolean))
    worlds.variants = variants->boolean;
  worlds.effects = fields.whole("effects", 0, most_worlds);
  worlds.checked = fields.whole("checked", 1, most_worlds);
  if (worlds.checked && *worlds.checked < fewest_checked)
    pen.warning(fields.place_of("checked"), "M0743",
                fmt::format("{} checked world{} no error, so that nothing is decided over worlds",
                            *worlds.checked, *worlds.checked == 1 ? " tells" : "s tell"),
                fmt::format("{} or more; {} say what nine worlds of ten keep to", fewest_checked,
                            enough_checked));
  worlds.certified = fields.whole("certified", 0, most_worlds);
  read_grid(fields, draft, pen, worlds);
  read_parameters(fields, draft, pen, worlds);
  read_groups(fields, draft, pen, worlds);
  read_weights(fields, draft, pen, worlds);
  fields.finish();
  const LinePlace number_place = table.find("number") ? fields.place_of("number") : table.place;
  if (worlds.number % worlds.scrambles != 0)
    pen.error(number_place, "M0742",
              fmt::format("{} worlds cannot be shared out among {} scrambles", worlds.number,
                          worlds.scrambles),
              fmt::format("a multiple of {}", worlds.scrambles));
  else if (const int each = worlds.number / worlds.scrambles; (each & (each - 1)) != 0)
    pen.warning(number_place, "M0743",
                fmt::format("{} worlds a scramble are no power of two, so that they cover the "
                            "ranges less evenly than they could",
                            each),
                "for example 16 scrambles of 256");
  draft.study.worlds = std::move(worlds);
}

void read_scale(Fields& fields, StudyParameter& parameter, Draft&, Pen& pen) {
  const std::string scale = fields.text("scale");
  if (scale.empty()) return;
  if (scale != "log" && scale != "linear")
    pen.error(fields.place_of("scale"), "M0716", fmt::format("`{}` is no scale", scale),
              "linear or log");
  if (!parameter.plausible)
    pen.error(fields.place_of("scale"), "M0705", "a scale without a range", {},
              "add plausible = [lowest, highest]");
  parameter.log_scale = scale == "log";
}

void check_worlds(Draft& draft, Pen& pen) {
  const Study& study = draft.study;
  for (const auto& [index, place] : draft.ranges)
    check_range(study, study.parameters[index], place, pen);
  if (!study.worlds) return;
  check_groups(draft, pen);
  if (const auto& weight = study.worlds->base_rate; weight && !weight->id.empty()) {
    std::vector<std::string> known;
    for (const BaseRate& rate : study.base_rates) known.push_back(rate.id);
    if (std::ranges::find(known, weight->id) == known.end()) {
      const std::string near = nearest_word(weight->id, known);
      pen.error(draft.worlds.base_rate_place, "M0713",
                fmt::format("the study has no base rate `{}`", weight->id), {},
                near.empty() ? "[[base_rate]] gives one" : fmt::format("did you mean `{}`?", near));
    }
  }
  if (study.worlds->parameters.contains(precision_name))
    pen.error(draft.worlds.place, "M0740", "worlds vary the precision, so [worlds] cannot set it",
              {}, "give it a plausible range under [parameters]");
  if (draft.ranges.empty())
    pen.warning(draft.worlds.place, "M0743",
                "no parameter has a plausible range: worlds differ in their precision alone",
                "write plausible = [lowest, highest] beside its value");
}

}  // namespace melian::study_file
