/// Longer than most: one reader takes the sections in turn; they share places, ids and where
/// mistakes go.

#include "study/study_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/core.h>

#include "study/study_fields.h"
#include "study/worlds_file.h"

namespace melian::study_file {
namespace {

bool is_date(const std::string& text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    return text.size() >= from + count && std::ranges::all_of(text.substr(from, count), [](char c) {
             return c >= '0' && c <= '9';
           });
  };
  const auto between = [&](std::size_t from, int low, int high) {
    const int number = (text[from] - '0') * 10 + text[from + 1] - '0';
    return number >= low && number <= high;
  };
  if (!digits(0, 4)) return false;
  if (text.size() == 4) return true;
  if (text[4] != '-' || !digits(5, 2) || !between(5, 1, 12)) return false;
  if (text.size() == 7) return true;
  return text.size() == 10 && text[7] == '-' && digits(8, 2) && between(8, 1, 31);
}

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= 80 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_';
  });
}

class Reader {
 public:
  Reader(const TomlNode& root, const TextLines& lines, Draft& draft)
      : root_(root), lines_(lines), draft_(draft), study_(draft.study), pen_(lines, draft) {}

  void run() {
    Fields fields(root_, {1, 1, 1}, "a study", pen_);
    study_.title = fields.needed_text("title");
    study_.question = fields.text("question");
    if (const std::string name = fields.text("round_name"); !name.empty()) study_.round_name = name;
    model(fields);
    for (const Mention& source : fields.texts("sources")) study_.sources.push_back(source.name);
    solve(fields);
    parameters(fields);
    variants(fields);
    readings(fields);
    claims(fields);
    mechanisms(fields);
    base_rates(fields);
    events(fields);
    worlds(fields);
    if (const TomlNode* table = fields.get("evidence", TomlNode::Kind::table)) {
      draft_.evidence_place = table->place;
      read_evidence(*table, draft_, pen_);
    }
    fields.finish();
  }

 private:
  /// What the labels of mechanisms stand for.
  void mechanisms(Fields& top) {
    const TomlNode* table = top.get("mechanisms", TomlNode::Kind::table);
    if (!table) return;
    for (const TomlEntry& entry : table->entries) {
      draft_.mechanisms.push_back({entry.key, entry.place});
      Mechanism mechanism{entry.key, {}, {}, {}, {}};
      if (entry.node.kind == TomlNode::Kind::text) {
        mechanism.text = entry.node.text;
      } else if (entry.node.kind == TomlNode::Kind::table) {
        Fields fields(entry.node, entry.place, fmt::format("the mechanism {}", entry.key), pen_);
        mechanism.text = fields.needed_text("text");
        mechanism.paragraph = fields.text("paragraph");
        mechanism.nearest = fields.text("nearest");
        mechanism.simplified = fields.text("simplified");
        fields.finish();
      } else {
        pen_.error(
            entry.node.place, "M0704",
            fmt::format("what a mechanism stands for cannot be {}", kind_word(entry.node.kind)),
            "a text in quotes, or a table with `text`, `paragraph`, `nearest` and `simplified`");
        continue;
      }
      study_.mechanisms.push_back(std::move(mechanism));
    }
  }

  void model(Fields& fields) {
    study_.model_name = fields.needed_text("model");
    draft_.model_place = fields.place_of("model");
    const std::filesystem::path folder = std::filesystem::path(lines_.file()).parent_path();
    study_.model_path = (folder / study_.model_name).lexically_normal().string();
    modules(fields, study_.modules, study_.module_paths);
  }

  /// Files named beside the study.
  void modules(Fields& fields, std::vector<std::string>& names, std::vector<std::string>& paths) {
    const std::filesystem::path folder = std::filesystem::path(lines_.file()).parent_path();
    for (const Mention& module : fields.texts("modules")) {
      names.push_back(module.name);
      paths.push_back((folder / module.name).lexically_normal().string());
    }
  }

  void solve(Fields& top) {
    const TomlNode* table = top.get("solve", TomlNode::Kind::table);
    if (!table) return;
    Fields fields(*table, table->place, "[solve]", pen_);
    grid(fields);
    draft_.grid_place = fields.place_of("grid");
    method(fields);
    choice(fields, study_.solve.choice);
    if (const auto lambda = fields.number("lambda", 1e-9, 1e9)) study_.solve.lambda = lambda;
    report_lambda(fields);
    if (const auto window = fields.whole("window", 1, 100000)) study_.solve.window = *window;
    draft_.window_place = fields.place_of("window");
    if (const auto tolerance = fields.number("tolerance", 1e-12, 1.0))
      study_.solve.tolerance = *tolerance;
    if (const auto tolerance = fields.number("residual_tolerance", 1e-14, 1.0))
      study_.solve.residual_tolerance = *tolerance;
    uncertified(fields);
    if (const std::string measure = fields.text("measure"); measure == "each")
      study_.solve.measure = Measure::each;
    else if (!measure.empty() && measure != "cells")
      pen_.error(fields.place_of("measure"), "M0716", fmt::format("`{}` is no measure", measure),
                 "cells or each");
    if (const TomlNode* reasons = fields.get("reasons", TomlNode::Kind::boolean))
      study_.solve.reasons = reasons->boolean;
    draft_.outcomes = fields.texts("outcomes");
    for (const Mention& outcome : draft_.outcomes) study_.solve.outcomes.push_back(outcome.name);
    fields.finish();
  }

  /// Endings and values are what a certificate is about.
  void uncertified(Fields& fields) {
    const std::vector<std::string> families{"information", "offers", "rounds", "tallies"};
    for (const Mention& family : fields.texts("uncertified"))
      if (std::ranges::find(families, family.name) != families.end())
        study_.solve.uncertified.push_back(family.name);
      else
        pen_.error(family.place, "M0716",
                   fmt::format("`{}` cannot be left out of the certificate", family.name),
                   "information, offers, rounds, or tallies");
  }

  void method(Fields& fields) {
    const std::string word = fields.text("method");
    draft_.method_place = fields.place_of("method");
    if (word == "grid")
      study_.solve.method = StudyMethod::grid;
    else if (word == "tree")
      study_.solve.method = StudyMethod::tree;
    else if (!word.empty() && word != "auto")
      pen_.error(draft_.method_place, "M0716", fmt::format("unknown method `{}`", word),
                 "auto, grid, or tree");
  }

  /// `solution` and `select`, of the study or of a reading.
  void choice(Fields& fields, StudyChoice& into) {
    into.solution = fields.text("solution");
    into.select = fields.text("select");
    const LinePlace solution = fields.place_of("solution"), select = fields.place_of("select");
    if (!into.solution.empty()) draft_.choices.push_back({solution, "solution", {}, true});
    if (!into.solution.empty() && !is_solution(into.solution))
      pen_.error(solution, "M0716", fmt::format("`{}` cannot name a solution", into.solution),
                 "three numbers as in 3fa-0b1-77c",
                 "`melian solve MODEL --all` lists the names of the solutions it finds");
    if (into.select.empty()) return;
    const std::string prefix = "value:";
    const bool of_player = into.select.starts_with(prefix) && into.select.size() > prefix.size();
    const std::vector<std::string> rules{"principal", "values", "intuitive", "d1"};
    if (!of_player && std::ranges::find(rules, into.select) == rules.end())
      pen_.error(select, "M0716", fmt::format("nothing is selected by `{}`", into.select),
                 "principal, values, value:PLAYER, intuitive, or d1");
    if (!into.solution.empty())
      pen_.error(select, "M0716", "`solution` already names the equilibrium", {},
                 "leave `select` or `solution` out");
    draft_.choices.push_back({select, "select",
                              of_player ? into.select.substr(prefix.size()) : std::string(),
                              into.needs_tree()});
  }

  /// As `solution_id` writes names.
  static bool is_solution(const std::string& text) {
    constexpr std::size_t length = 11, group = 4;
    if (text.size() != length) return false;
    for (std::size_t k = 0; k < length; ++k)
      if (k % group == group - 1
              ? text[k] != '-'
              : std::string_view("0123456789abcdef").find(text[k]) == std::string_view::npos)
        return false;
    return true;
  }

  void grid(Fields& fields) {
    const TomlNode* node = fields.any("grid");
    if (!node) return;
    const auto add = [&](const std::string& player, const TomlNode& nodes) {
      if (nodes.kind == TomlNode::Kind::whole && nodes.number >= 2 && nodes.number <= 100000)
        study_.solve.grid.emplace_back(player, static_cast<int>(nodes.number));
      else
        pen_.error(nodes.place, "M0716", "this is no number of belief nodes",
                   "a whole number from 2 to 100000");
    };
    if (node->kind != TomlNode::Kind::table) {
      add("", *node);
      return;
    }
    for (const TomlEntry& entry : node->entries) {
      add(entry.key, entry.node);
      draft_.grid_players.push_back({entry.key, entry.place});
    }
  }

  void report_lambda(Fields& fields) {
    const TomlNode* list = fields.get("report_lambda", TomlNode::Kind::list);
    if (!list) return;
    study_.solve.report_lambda.clear();
    for (const TomlNode& item : list->items) {
      if (item.is_number() && item.number > 0 && item.number <= 1e6)
        study_.solve.report_lambda.push_back(item.number);
      else
        pen_.error(item.place, "M0716", "this is no multiple of lambda", "a number above 0");
    }
    std::ranges::sort(study_.solve.report_lambda);
    const auto repeated = std::ranges::unique(study_.solve.report_lambda);
    study_.solve.report_lambda.erase(repeated.begin(), repeated.end());
    if (std::ranges::find(study_.solve.report_lambda, 1.0) == study_.solve.report_lambda.end())
      pen_.error(list->place, "M0716",
                 "`report_lambda` must hold 1: the precision of the readings themselves",
                 "for example [0.5, 1, 2]");
  }

  /// A number, or a word of a switch (`true` and `false` are not among them).
  std::optional<ParameterContent> content(const TomlNode& node) {
    if (node.is_number() && std::isfinite(node.number)) return node.number;
    if (node.kind == TomlNode::Kind::text) return node.text;
    pen_.error(node.place, "M0704", fmt::format("a parameter cannot be {}", kind_word(node.kind)),
               "a number, or a word such as \"on\"");
    return std::nullopt;
  }

  void parameters(Fields& top) {
    const TomlNode* table = top.get("parameters", TomlNode::Kind::table);
    if (!table) return;
    for (const TomlEntry& entry : table->entries) {
      StudyParameter parameter;
      parameter.name = entry.key;
      if (entry.node.kind == TomlNode::Kind::table) {
        Fields fields(entry.node, entry.place, fmt::format("the parameter {}", entry.key), pen_);
        if (const TomlNode* value = fields.any("value"))
          set(entry, *value, "the study", parameter.content);
        plausible(fields, parameter);
        read_scale(fields, parameter, draft_, pen_);
        parameter.source = fields.text("source");
        judgement(fields, parameter);
        fields.finish();
      } else {
        set(entry, entry.node, "the study", parameter.content);
      }
      draft_.plausible_places.emplace_back(study_.parameters.size(), entry.place);
      study_.parameters.push_back(std::move(parameter));
    }
  }

  void set(const TomlEntry& entry, const TomlNode& value, const std::string& where,
           std::optional<ParameterContent>& into) {
    into = content(value);
    const int variant =
        where.starts_with("variant ") ? static_cast<int>(study_.variants.size()) : -1;
    if (into)
      draft_.set_parameters.push_back({entry.key, *into, entry.place, value.place, where, variant});
  }

  void plausible(Fields& fields, StudyParameter& parameter) {
    const TomlNode* list = fields.get("plausible", TomlNode::Kind::list);
    if (!list) return;
    if (list->items.size() != 2 || !list->items[0].is_number() || !list->items[1].is_number() ||
        !(list->items[0].number <= list->items[1].number)) {
      pen_.error(list->place, "M0704", "`plausible` is no range", "[lowest, highest]");
      return;
    }
    parameter.plausible = {list->items[0].number, list->items[1].number};
    draft_.ranges.push_back({study_.parameters.size(), list->place});
    const double* number = parameter.content ? std::get_if<double>(&*parameter.content) : nullptr;
    if (number && (*number < parameter.plausible->first || *number > parameter.plausible->second))
      pen_.warning(
          list->place, "M0715",
          fmt::format("the value {} lies outside what is called plausible", number_text(*number)));
  }

  /// A text says what the judgement rests on; `true` only that it is one.
  void judgement(Fields& fields, StudyParameter& parameter) {
    const TomlNode* node = fields.any("judgement");
    if (!node) return;
    if (node->kind == TomlNode::Kind::text)
      parameter.judgement = node->text;
    else if (node->kind != TomlNode::Kind::boolean)
      pen_.error(node->place, "M0704", fmt::format("`judgement` is {} here", kind_word(node->kind)),
                 "a text or true");
    if (!parameter.source.empty())
      pen_.warning(node->place, "M0719",
                   "a number with a source is shown as sourced, not as a judgement");
  }

  /// The id of a section's entry: a word, not used before in that section.
  std::string id(Fields& fields, const std::string& what, std::vector<std::string>& taken) {
    const std::string id = fields.needed_text("id");
    if (id.empty()) return id;
    const LinePlace place = fields.place_of("id");
    if (!is_word(id))
      pen_.error(place, "M0706", fmt::format("`{}` is no id", id.substr(0, 80)),
                 "letters, digits and underscores");
    if (id == "base")
      pen_.error(place, "M0706",
                 fmt::format("no {} may be called `base`: that is the reading as it is", what));
    if (std::ranges::find(taken, id) != taken.end())
      pen_.error(place, "M0706", fmt::format("there are two {}s called `{}`", what, id));
    taken.push_back(id);
    return id;
  }

  std::string date(Fields& fields) {
    const TomlNode* node = fields.any("date");
    if (!node) return {};
    std::string text = node->kind == TomlNode::Kind::whole ? number_text(node->number) : node->text;
    if ((node->kind != TomlNode::Kind::date && node->kind != TomlNode::Kind::text &&
         node->kind != TomlNode::Kind::whole) ||
        !is_date(text)) {
      pen_.error(node->place, "M0710", "this is no date", "2025-05-16, \"2025-05\" or \"2025\"");
      return {};
    }
    return text;
  }

  /// Parameters of a reading or variant; reasons beside the values or in a table of the same names.
  void settings(Fields& fields, const std::string& where, bool reasons, Settings& into,
                std::map<std::string, std::string>& because) {
    if (reasons) {
      if (const TomlNode* table = fields.get("because", TomlNode::Kind::table))
        for (const TomlEntry& entry : table->entries) {
          if (entry.node.kind == TomlNode::Kind::text)
            because[entry.key] = entry.node.text;
          else
            pen_.error(entry.node.place, "M0704",
                       fmt::format("a reason is {} here", kind_word(entry.node.kind)), "a text");
        }
    }
    const TomlNode* table = fields.get("parameters", TomlNode::Kind::table);
    if (table)
      for (const TomlEntry& entry : table->entries) {
        std::optional<ParameterContent> chosen;
        if (entry.node.kind == TomlNode::Kind::table) {
          Fields inside(entry.node, entry.place,
                        fmt::format("the parameter {} of {}", entry.key, where), pen_);
          if (const TomlNode* value = inside.any("value"))
            set(entry, *value, where, chosen);
          else
            inside.missing("value");
          if (reasons) {
            if (const std::string reason = inside.text("because"); !reason.empty())
              because[entry.key] = reason;
            if (const std::string source = inside.text("source"); !source.empty())
              because.emplace(entry.key, source);
          }
          inside.finish();
        } else {
          set(entry, entry.node, where, chosen);
        }
        if (chosen) into[entry.key] = *chosen;
        if (reasons && !because.contains(entry.key))
          pen_.error(entry.place, "M0709",
                     fmt::format("{} does not say why {} is so", where, entry.key), "a reason",
                     fmt::format("write \"{}\" = {{ value = ..., because = \"...\" }}", entry.key));
      }
    for (const auto& [name, reason] : because)
      if (!into.contains(name) && (!table || !table->find(name)))
        pen_.error(fields.place_of("because"), "M0709",
                   fmt::format("{} gives a reason for {}, but does not set it", where, name));
  }

  void readings(Fields& top) {
    std::vector<std::string> taken;
    for (const TomlNode* table : top.tables("reading")) {
      Fields fields(*table, table->place, "a reading", pen_);
      Reading reading;
      reading.id = id(fields, "reading", taken);
      const bool has_author = fields.any("by") != nullptr;
      if (has_author) reading.by = fields.needed_text("by");
      reading.text = fields.needed_text("text");
      reading.standpoint = fields.text("standpoint");
      if (const TomlNode* neutral = fields.get("neutral", TomlNode::Kind::boolean))
        reading.neutral = neutral->boolean;
      const bool dated = fields.any("date") != nullptr;
      reading.date = date(fields);
      settings(fields, fmt::format("reading {}", reading.id), true, reading.parameters,
               reading.because);
      choice(fields, reading.choice);
      if (!reading.neutral && has_author && !dated)
        fields.missing("date", "`date` says when the author's text was written");
      if (!reading.neutral && !table->find("parameters"))
        fields.missing("parameters",
                       "`parameters` says what the reading assumes, each with a reason; the "
                       "analyst's own base is marked neutral = true instead");
      fields.finish();
      study_.readings.push_back(std::move(reading));
    }
    if (taken.empty() && study_.readings.empty())
      pen_.error({1, 1, 1}, "M0705", "a study needs at least one reading",
                 "[[reading]] with id, by, text");
  }

  void variants(Fields& top) {
    std::vector<std::string> taken;
    for (const TomlNode* table : top.tables("variant")) {
      Fields fields(*table, table->place, "a variant", pen_);
      Variant variant;
      variant.id = id(fields, "variant", taken);
      variant.text = fields.needed_text("text");
      std::map<std::string, std::string> none;
      settings(fields, fmt::format("variant {}", variant.id), false, variant.parameters, none);
      modules(fields, variant.modules, variant.module_paths);
      if (!table->find("parameters") && !table->find("modules"))
        fields.missing("parameters", "what the variant changes; or the modules it adds");
      draft_.variant_places.push_back(table->find("modules") ? fields.place_of("modules")
                                                             : table->place);
      fields.finish();
      study_.variants.push_back(std::move(variant));
    }
  }

  [[nodiscard]] metric::ParseOptions metric_options(bool roles) const {
    metric::ParseOptions options;
    for (const Variant& variant : study_.variants) options.variants.push_back(variant.id);
    options.roles = roles;
    return options;
  }

  void metric_text(MetricText::Kind kind, std::size_t claim, std::size_t half,
                   const TomlNode& node) {
    MetricText text;
    text.kind = kind;
    text.claim = claim;
    text.half = half;
    text.places = places_of(node, lines_);
    std::vector<metric::Mistake> mistakes;
    if (kind == MetricText::Kind::metric) {
      auto parsed = metric::parse_metric(node.text, metric_options(false));
      text.metric = std::move(parsed.value);
      mistakes = std::move(parsed.mistakes);
    } else {
      auto parsed =
          metric::parse_conditions(node.text, metric_options(kind == MetricText::Kind::holds_if));
      text.conditions = std::move(parsed.value);
      mistakes = std::move(parsed.mistakes);
    }
    for (const metric::Mistake& mistake : mistakes)
      draft_.errors.push_back(to_diagnostic(mistake, text.places, lines_, "M0712"));
    text.sound = mistakes.empty();
    draft_.metrics.push_back(std::move(text));
  }

  ClaimHalf half(Fields& fields, std::size_t claim, std::size_t index) {
    ClaimHalf out;
    out.metric = fields.needed_text("metric");
    out.holds_if = fields.needed_text("holds_if");
    if (const TomlNode* node = fields.any("metric"); node && node->kind == TomlNode::Kind::text)
      metric_text(MetricText::Kind::metric, claim, index, *node);
    if (const TomlNode* node = fields.any("holds_if"); node && node->kind == TomlNode::Kind::text)
      metric_text(MetricText::Kind::holds_if, claim, index, *node);
    const std::vector<Mention> compared = fields.texts("compare");
    std::vector<std::string> known{"base"};
    for (const Variant& variant : study_.variants) known.push_back(variant.id);
    for (const Mention& name : compared) {
      out.compare.push_back(name.name);
      if (std::ranges::find(known, name.name) != known.end()) continue;
      const std::string near = nearest_word(name.name, known);
      pen_.error(name.place, "M0711", fmt::format("the study has no variant `{}`", name.name), {},
                 near.empty() ? "" : fmt::format("did you mean `{}`?", near));
    }
    if (!compared.empty() && compared.size() != 2)
      pen_.error(fields.place_of("compare"), "M0704", "`compare` takes two variants",
                 "[first, second], for example [\"base\", \"without_talks\"]");
    if (compared.size() == 2 && compared[0].name == compared[1].name)
      pen_.error(fields.place_of("compare"), "M0711",
                 "the two variants to be compared are the same");
    needs_comparison(out, claim, index, fields);
    return out;
  }

  /// `difference`, `ratio`, `first` and `second` mean something only between two variants.
  void needs_comparison(const ClaimHalf& half, std::size_t claim, std::size_t index,
                        const Fields& fields) {
    if (!half.compare.empty()) return;
    for (const MetricText& text : draft_.metrics) {
      if (text.claim != claim || text.half != index || text.kind != MetricText::Kind::holds_if ||
          !text.sound)
        continue;
      for (const metric::Comparison& comparison : text.conditions)
        if (uses_two(comparison.left) || uses_two(comparison.right)) {
          pen_.error(fields.place_of("holds_if"), "M0718",
                     "`difference`, `ratio`, `first` and `second` need two variants to compare", {},
                     "add compare = [\"base\", \"VARIANT\"], or write `value`");
          return;
        }
    }
  }
  static bool uses_two(const metric::Expression& expression) {
    if (expression.kind == metric::Expression::Kind::role)
      return expression.role != metric::Role::value;
    return std::ranges::any_of(expression.args, uses_two);
  }

  void claims(Fields& top) {
    std::vector<std::string> taken;
    for (const TomlNode* table : top.tables("claim")) {
      Fields fields(*table, table->place, "a claim", pen_);
      Claim claim;
      const std::size_t index = study_.claims.size();
      claim.id = id(fields, "claim", taken);
      claim.by = fields.needed_text("by");
      claim.text = fields.needed_text("text");
      claim.opposite = fields.needed_text("opposite");
      for (const Mention& label : fields.texts("mechanisms")) {
        claim.mechanisms.push_back(label.name);
        draft_.mechanisms.push_back(label);
      }
      for (const Mention& note : fields.texts("beware")) claim.beware.push_back(note.name);
      guards(fields, claim, index);
      const std::vector<const TomlNode*> halves = fields.tables("half");
      if (halves.empty()) {
        claim.halves.push_back(half(fields, index, 0));
      } else {
        for (const char* key : {"metric", "holds_if", "compare"})
          if (table->find(key))
            pen_.error(table->find(key)->place, "M0703",
                       fmt::format("a claim with halves says `{}` in each half", key));
        fields.any("metric"), fields.any("holds_if"), fields.any("compare");
        std::vector<std::string> names;
        for (const TomlNode* part : halves) {
          Fields inside(*part, part->place, "half of a claim", pen_);
          const std::string name = inside.needed_text("name");
          if (std::ranges::find(names, name) != names.end())
            pen_.error(inside.place_of("name"), "M0706",
                       fmt::format("claim {} has two halves called `{}`", claim.id, name));
          names.push_back(name);
          ClaimHalf read = half(inside, index, claim.halves.size());
          read.name = name;
          read.text = inside.text("text");
          if (const TomlNode* contrast = inside.get("contrast", TomlNode::Kind::boolean))
            read.contrast = contrast->boolean;
          inside.finish();
          claim.halves.push_back(std::move(read));
        }
        if (std::ranges::all_of(claim.halves, &ClaimHalf::contrast))
          pen_.error(
              halves.front()->place, "M0703",
              fmt::format("every half of claim {} is a contrast, so nothing decides", claim.id), {},
              "leave `contrast = true` out of the half that the claim is about");
      }
      fields.finish();
      study_.claims.push_back(std::move(claim));
    }
  }

  void guards(Fields& fields, Claim& claim, std::size_t index) {
    const TomlNode* node = fields.any("only_if");
    for (const Mention& guard : fields.texts("only_if")) claim.only_if.push_back(guard.name);
    if (!node) return;
    if (node->kind == TomlNode::Kind::text) metric_text(MetricText::Kind::only_if, index, 0, *node);
    std::size_t number = 0;
    for (const TomlNode& item : node->items)
      if (item.kind == TomlNode::Kind::text)
        metric_text(MetricText::Kind::only_if, index, number++, item);
  }

  void base_rates(Fields& top) {
    std::vector<std::string> taken;
    for (const TomlNode* table : top.tables("base_rate")) {
      Fields fields(*table, table->place, "a base rate", pen_);
      BaseRate rate;
      rate.id = id(fields, "base rate", taken);
      rate.text = fields.needed_text("text");
      rate.source = fields.needed_text("source");
      for (const auto& [key, into, low] :
           {std::tuple("shape", &rate.shape, 1e-3), std::tuple("median", &rate.median, 1e-9),
            std::tuple("age", &rate.age, 0.0),
            std::tuple("round_length", &rate.round_length, 1e-9)}) {
        if (!table->find(key)) fields.missing(key);
        if (const auto number = fields.number(key, low, 1e9)) *into = *number;
      }
      fields.finish();
      study_.base_rates.push_back(std::move(rate));
    }
  }

  void events(Fields& top) {
    for (const TomlNode* table : top.tables("event")) {
      Fields fields(*table, table->place, "an event", pen_);
      StudyEvent event;
      if (!table->find("date")) fields.missing("date");
      event.date = date(fields);
      event.kind = fields.needed_text("kind");
      event.by = fields.text("by");
      event.what = fields.needed_text("what");
      event.source = fields.needed_text("source");
      fields.finish();
      study_.events.push_back(std::move(event));
    }
  }

  void worlds(Fields& top) {
    if (const TomlNode* table = top.get("worlds", TomlNode::Kind::table))
      read_worlds(*table, draft_, pen_);
  }

  const TomlNode& root_;
  const TextLines& lines_;
  Draft& draft_;
  Study& study_;
  Pen pen_;
};

}  // namespace

void MetricText::for_each_atom(const std::function<void(const metric::Atom&)>& visit) const {
  metric::for_each_atom(metric, visit);
  metric::for_each_atom(conditions, visit);
}

Diagnostic to_diagnostic(const metric::Mistake& mistake, const std::vector<LinePlace>& places,
                         const TextLines& lines, const char* code) {
  const auto place_at = [&](int byte) {
    return places[std::min(static_cast<std::size_t>(std::max(0, byte)), places.size() - 1)];
  };
  LinePlace place = place_at(mistake.span.begin);
  const LinePlace end = place_at(mistake.span.end);
  place.length =
      end.line == place.line && end.column > place.column ? end.column - place.column : 1;
  return lines.at(place, code, mistake.message, mistake.expected, mistake.hint);
}

Result<Draft> read_draft(const std::string& text, const std::string& file) {
  auto root = read_toml(text, file);
  if (!root) return std::unexpected(std::move(root.error()));
  Draft draft;
  draft.study.file = file;
  draft.study.file_text = text;
  const TextLines lines(file, text);
  Reader(*root, lines, draft).run();
  return draft;
}

}  // namespace melian::study_file
