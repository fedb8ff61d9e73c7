/// Types and what is believed about them: numbers after `types`, numeric parts, `prior` and
/// `believes`. What is written in plain numbers becomes a parameter ("prior[D]",
/// "belief[Kyiv][Moscow]") that settings reach by its name.

#include <cmath>
#include <set>

#include <fmt/ranges.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

constexpr double sum_tolerance = 1e-9;  ///< the language's: numbers are written by hand
constexpr int most_parts = 10000;       ///< types of one player, all characteristics together

class Beliefs {
 public:
  explicit Beliefs(Bench& bench) : bench_(bench), has_prior_(bench.model.players.size(), false) {}

  void run() {
    bench_.joint_group.resize(bench_.model.players.size());
    for (std::size_t p = 0; p < bench_.joint_group.size(); ++p)
      bench_.joint_group[p] = mask_of(static_cast<int>(p));
    bench_.model.type_weights.resize(bench_.model.players.size());
    for (const auto& player : bench_.players) read_types(player);
    for (const auto& prior : bench_.priors) read_prior(prior);
    for (const auto& player : bench_.players) need_prior(player);
    for (const auto& believes : bench_.believes) read_belief(believes);
    for (const auto& set : bench_.sets)
      if (set.what->name.base == "belief" || set.what->name.base == "prior") apply(set);
    for (auto& [index, fixed] : set_) shrink_others(index, fixed);
    for (const CheckedParameter& parameter : bench_.model.parameters) check_support(parameter);
  }

 private:
  [[nodiscard]] Player& player(int p) { return bench_.model.players[static_cast<std::size_t>(p)]; }
  /// The player a declaration made; nothing where its name was taken.
  [[nodiscard]] std::optional<int> declared_player(
      const Declared<ast::PlayerDeclaration>& declaration) const {
    const Symbol* symbol = bench_.find(declaration.what->name.text);
    const ast::Span& span = declaration.what->name.span;
    if (symbol == nullptr || symbol->sort != Sort::player || symbol->span.begin != span.begin ||
        symbol->span.file != span.file)
      return std::nullopt;
    return symbol->index;
  }

  // ---- types
  // ---------------------------------------------------------------------------------------------------------

  void read_types(const Declared<ast::PlayerDeclaration>& declaration) {
    const auto p = declared_player(declaration);
    if (!p) return;
    if (bench_.numeric_types[static_cast<std::size_t>(*p)])
      return read_parts(*p, *declaration.what);
    const std::size_t num_types = player(*p).types.size();
    auto& weights = bench_.model.type_weights[static_cast<std::size_t>(*p)];
    weights.resize(num_types);
    std::vector<std::string> without;
    double sum = 0.0;
    for (const ast::Type& type : declaration.what->types) {
      const auto found = bench_.type_names[static_cast<std::size_t>(*p)].find(type.name.text);
      if (found == bench_.type_names[static_cast<std::size_t>(*p)].end()) continue;
      weights[static_cast<std::size_t>(found->second)] = type.weight;
      if (type.weight)
        sum += *type.weight;
      else
        without.push_back(type.name.text);
    }
    if (num_types == 0 || without.size() == declaration.what->types.size()) return;
    has_prior_[static_cast<std::size_t>(*p)] = true;
    const ast::Word& name = declaration.what->name;
    if (!without.empty()) {
      bench_.mistakes.error(
          name.span, "M0402",
          fmt::format("some types of `{}` have a number and some have none", name.text),
          fmt::format("give a number to {}, or to none and write: prior {}: ...",
                      fmt::join(without, ", "), name.text));
    } else if (std::abs(sum - 1.0) > sum_tolerance) {
      bench_.mistakes.error(name.span, "M0403",
                            fmt::format("the numbers after the types of `{}` sum to {}", name.text,
                                        number_text(sum, 10)),
                            {}, "a sum of 1");
    } else if (num_types > 1) {
      CheckedParameter parameter = belief_parameter(CheckedParameter::Role::prior,
                                                    "prior[" + name.text + "]", *p, name.span);
      for (const auto& weight : weights) parameter.contents.emplace_back(*weight);
      add_parameter(std::move(parameter));
    }
  }

  /// Every combination of the parts of all characteristics is a type.
  void read_parts(int p, const ast::PlayerDeclaration& declaration) {
    has_prior_[static_cast<std::size_t>(p)] = true;
    std::vector<std::string> types = {""};
    for (const ast::Type& type : declaration.types) {
      if (!type.numeric) continue;
      const int parts = read_characteristic(p, type);
      if (static_cast<double>(types.size()) * parts > most_parts) {
        bench_.mistakes.error(
            type.name.span, "M0415",
            fmt::format("`{}` would have more than {} types", declaration.name.text, most_parts),
            "fewer parts");
        break;
      }
      std::vector<std::string> product;
      for (const std::string& before : types)
        for (int part = 1; part <= parts; ++part)
          product.push_back(before + (before.empty() ? "" : " & ") + type.name.text + "." +
                            std::to_string(part));
      types = std::move(product);
    }
    player(p).types = std::move(types);
  }

  int read_characteristic(int p, const ast::Type& type) {
    const ast::NumericTypes& numeric = *type.numeric;
    const MayRead may{0, false, "a distribution of types",
                      "it may read parameters that are not listed by type"};
    NumericTypesSpec out;
    out.player = p;
    out.first = resolve_number(bench_, numeric.first, may);
    out.second = resolve_number(bench_, numeric.second, may);
    out.parts_term = resolve_number(bench_, numeric.parts, may);
    mark_used(bench_, *out.first);
    mark_used(bench_, *out.second);
    mark_shaping(bench_, *out.parts_term);
    const std::string& name = numeric.distribution.text;
    out.normal = name == "normal";
    if (name != "normal" && name != "uniform") {
      const std::string near = bench_.mistakes.nearest(name, {"uniform", "normal"});
      bench_.mistakes.error(numeric.distribution.span, "M0227",
                            fmt::format("`{}` is no distribution", name), near,
                            "uniform(LOW, HIGH) or normal(MEAN, SD)");
    } else {
      check_shape(out, type);
    }
    const Symbol* symbol = bench_.find(type.name.text + "[" + player(p).name + "]");
    if (symbol != nullptr && symbol->sort == Sort::parameter) out.parameter = symbol->index;
    const auto parts = constant(bench_, *out.parts_term, true);
    if (!parts || !(*parts >= 1.0 && *parts <= most_parts) || *parts != std::floor(*parts)) {
      bench_.mistakes.error(
          numeric.parts->span, "M0415",
          parts ? fmt::format("{} parts", number_text(*parts)) : "the number of parts is not known",
          {},
          fmt::format("a whole number from 1 to {}, or a parameter that holds one", most_parts));
      out.parts = 1;
    } else {
      out.parts = static_cast<int>(*parts);
    }
    const int count = out.parts;
    bench_.model.numeric_types.push_back(std::move(out));
    return count;
  }

  void check_shape(const NumericTypesSpec& spec, const ast::Type& type) {
    const auto first = constant(bench_, *spec.first, false),
               second = constant(bench_, *spec.second, false);
    if (spec.normal && second && !(*second > 0.0))
      bench_.mistakes.error(type.numeric->second->span, "M0416",
                            fmt::format("a standard deviation of {}", number_text(*second)), {},
                            "a number above 0");
    if (!spec.normal && first && second && !(*first < *second))
      bench_.mistakes.error(type.numeric->first->span, "M0416",
                            fmt::format("this interval is upside down: {} is not less than {}",
                                        number_text(*first), number_text(*second)),
                            {}, "uniform(LOW, HIGH)");
  }

  // ---- priors
  // --------------------------------------------------------------------------------------------------------

  /// Players whose named types a prior or belief may be about.
  bool has_named_types(int p, const ast::Word& word) {
    if (bench_.numeric_types[static_cast<std::size_t>(p)]) {
      bench_.mistakes.error(
          word.span, "M0411",
          fmt::format("the types of `{}` are parts of a distribution, which is its prior",
                      word.text),
          "change the distribution, or give the player named types");
      return false;
    }
    if (player(p).types.empty()) {
      bench_.mistakes.error(word.span, "M0411", fmt::format("`{}` has no types", word.text),
                            fmt::format("declare them: player {} types ...", word.text));
      return false;
    }
    return true;
  }

  void read_prior(const Declared<ast::Prior>& prior) {
    std::vector<int> players;
    PlayerMask mask = 0;
    bool sound = true;
    for (const ast::Word& word : prior.what->players) {
      const auto p = bench_.need_player(word.text, word.span);
      if (!p || !has_named_types(*p, word)) {
        sound = false;
        if (p) has_prior_[static_cast<std::size_t>(*p)] = true;
        continue;
      }
      if (has_prior_[static_cast<std::size_t>(*p)]) {
        sound = false;
        const bool weights =
            (mask & mask_of(*p)) == 0 &&
            !bench_.model.type_weights[static_cast<std::size_t>(*p)].empty() &&
            bench_.model.type_weights[static_cast<std::size_t>(*p)].front().has_value();
        bench_.mistakes.error(word.span, "M0404",
                              fmt::format("the prior of `{}` is given twice", word.text),
                              weights ? "leave out the numbers after its types, or this prior"
                                      : "leave one of the two out");
      }
      has_prior_[static_cast<std::size_t>(*p)] = true;
      mask |= mask_of(*p);
      players.push_back(*p);
    }
    if (!sound) return;
    if (players.size() > 1)
      for (int p : players) bench_.joint_group[static_cast<std::size_t>(p)] |= mask;
    std::string name = "prior[";
    for (std::size_t i = 0; i < players.size(); ++i)
      name += (i == 0 ? "" : ",") + player(players[i]).name;
    read_cells(prior.what->cells, -1, players, name + "]", prior.what->players.front().span,
               prior.item->note);
  }

  void need_prior(const Declared<ast::PlayerDeclaration>& declaration) {
    const auto p = declared_player(declaration);
    if (!p || has_prior_[static_cast<std::size_t>(*p)] || player(*p).types.empty()) return;
    if (player(*p).types.size() == 1) {
      bench_.model.type_weights[static_cast<std::size_t>(*p)] = {1.0};
      return;
    }
    const ast::Word& name = declaration.what->name;
    bench_.mistakes.error(
        name.span, "M0401", fmt::format("nothing says how likely the types of `{}` are", name.text),
        fmt::format("write numbers after the types, or: prior {}: {} with 0.5, ...", name.text,
                    player(*p).types.front()));
  }

  void read_belief(const Declared<ast::Believes>& believes) {
    const ast::Word &observer = believes.what->observer, &about = believes.what->about;
    const auto by = bench_.need_player(observer.text, observer.span);
    const auto p = bench_.need_player(about.text, about.span);
    if (!by || !p) return;
    if (*by == *p) {
      bench_.mistakes.error(
          about.span, "M0410",
          fmt::format("`{}` knows its own type and believes nothing about it", about.text),
          fmt::format("to change the prior write: prior {}: ...", about.text));
      return;
    }
    if (!has_named_types(*p, about)) return;
    if (joint(*p)) {
      bench_.mistakes.error(about.span, "M0417",
                            fmt::format("the types of `{}` have a joint prior, and a belief about "
                                        "it alone would say nothing of the others",
                                        about.text),
                            "leave the belief or the joint prior out");
      return;
    }
    const std::string name = "belief[" + observer.text + "][" + about.text + "]";
    if (!believed_.insert(name).second) {
      bench_.mistakes.error(
          observer.span, "M0404",
          fmt::format("what `{}` believes about `{}` is given twice", observer.text, about.text),
          "leave one of the two out");
      return;
    }
    read_cells(believes.what->cells, *by, {*p}, name, observer.span, believes.item->note);
  }

  [[nodiscard]] bool joint(int p) const {
    return bench_.joint_group[static_cast<std::size_t>(p)] != mask_of(p);
  }

  // ---- cells
  // ---------------------------------------------------------------------------------------------------------

  void read_cells(const std::vector<ast::Cell>& cells, int observer,
                  const std::vector<int>& players, const std::string& name, const ast::Span& span,
                  const ast::Note& note) {
    CheckedPrior out;
    out.observer = observer;
    out.players = players;
    out.span = span;
    std::set<std::vector<int>> seen;
    bool sound = true, literal = true;
    std::vector<double> numbers;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      CheckedPrior::Cell cell;
      if (!read_types_of(cells[c], players, cell.types)) {
        sound = false;
        if (cells[c].odds != nullptr) mark_used(bench_, *resolve_number(bench_, cells[c].odds));
        continue;
      }
      const ast::Span& at = cells[c].types.front().span;
      if (!seen.insert(cell.types).second) {
        bench_.mistakes.error(at, "M0407", "these types are listed twice",
                              "each combination stands once");
        sound = false;
      }
      if (cells[c].odds == nullptr && c + 1 != cells.size()) {
        bench_.mistakes.error(at, "M0409", "`otherwise` stands before others",
                              "it takes what they leave, so it comes last");
        sound = false;
      }
      if (cells[c].odds != nullptr) {
        cell.odds = resolve_number(
            bench_, cells[c].odds,
            {0, false, "a prior or belief", "it may read parameters that are not listed by type"});
        mark_used(bench_, *cell.odds);
        const auto number = constant(bench_, *cell.odds, false);
        literal = literal && number.has_value();
        numbers.push_back(number.value_or(0.0));
        if (number && !(*number >= 0.0 && *number <= 1.0)) {
          bench_.mistakes.error(cells[c].odds->span, "M0413",
                                fmt::format("a probability of {}", number_text(*number)), {},
                                "a number from 0 to 1");
          sound = false;
        }
      }
      out.cells.push_back(std::move(cell));
    }
    if (!sound || !every_type(seen, players, span)) return;
    const int index = static_cast<int>(bench_.model.priors.size());
    if (literal && literal_sum(numbers, out, cells)) add_literal(numbers, out, index, name, note);
    bench_.model.priors.push_back(std::move(out));
  }

  bool read_types_of(const ast::Cell& cell, const std::vector<int>& players,
                     std::vector<int>& types) {
    if (cell.types.size() != players.size()) {
      std::vector<std::string> names;
      for (int p : players) names.push_back(player(p).name);
      bench_.mistakes.error(
          cell.types.front().span, "M0406",
          fmt::format("{} type{} where one of each of {} is needed", cell.types.size(),
                      cell.types.size() == 1 ? "" : "s", fmt::join(names, ", ")),
          {}, players.size() == 1 ? "one type" : "types joined by &");
      return false;
    }
    for (std::size_t i = 0; i < players.size(); ++i) {
      const auto& of = bench_.type_names[static_cast<std::size_t>(players[i])];
      const auto found = of.find(cell.types[i].text);
      if (found == of.end()) {
        bench_.mistakes.error(
            cell.types[i].span, "M0405",
            fmt::format("`{}` is no type of `{}`", cell.types[i].text, player(players[i]).name),
            bench_.mistakes.nearest(cell.types[i].text, player(players[i]).types),
            list_of(player(players[i]).types));
        return false;
      }
      types.push_back(found->second);
    }
    return true;
  }

  bool every_type(const std::set<std::vector<int>>& seen, const std::vector<int>& players,
                  const ast::Span& span) {
    for (std::size_t i = 0; i < players.size(); ++i) {
      const auto& types = player(players[i]).types;
      std::vector<bool> there(types.size(), false);
      for (const auto& cell : seen) there[static_cast<std::size_t>(cell[i])] = true;
      for (std::size_t k = 0; k < types.size(); ++k) {
        if (there[k]) continue;
        bench_.mistakes.error(
            span, "M0408",
            fmt::format("`{}` of `{}` is left out", types[k], player(players[i]).name),
            fmt::format("write `{} with 0` if it cannot be, or `{} otherwise` last", types[k],
                        types[k]));
        return false;
      }
    }
    return true;
  }

  bool literal_sum(std::vector<double>& numbers, const CheckedPrior& prior,
                   const std::vector<ast::Cell>& cells) {
    double sum = 0.0;
    for (double number : numbers) sum += number;
    const bool rest = prior.cells.back().odds == nullptr;
    if (rest ? sum > 1.0 + sum_tolerance : std::abs(sum - 1.0) > sum_tolerance) {
      bench_.mistakes.error(
          cells.front().types.front().span, "M0403",
          fmt::format("these odds sum to {}", number_text(sum, 10)), {},
          rest ? "at most 1, so that something is left for `otherwise`" : "a sum of 1");
      return false;
    }
    if (rest) numbers.push_back(std::max(0.0, 1.0 - sum));
    return true;
  }

  void add_literal(const std::vector<double>& numbers, const CheckedPrior& prior, int index,
                   const std::string& name, const ast::Note& note) {
    CheckedParameter parameter = belief_parameter(
        prior.observer >= 0 ? CheckedParameter::Role::belief : CheckedParameter::Role::prior, name,
        prior.players.front(), prior.span);
    parameter.observer = prior.observer;
    parameter.prior = index;
    parameter.note = note.text;
    parameter.labels = note.labels;
    if (prior.players.size() > 1) {
      parameter.player = -1;
      parameter.suffixes.clear();
      for (const CheckedPrior::Cell& cell : prior.cells) {
        std::string suffix;
        for (std::size_t i = 0; i < cell.types.size(); ++i)
          suffix += (i == 0 ? "" : ".") +
                    player(prior.players[i]).types[static_cast<std::size_t>(cell.types[i])];
        parameter.suffixes.push_back(suffix);
      }
      for (double number : numbers) parameter.contents.emplace_back(number);
    } else {
      parameter.contents.assign(player(prior.players.front()).types.size(), 0.0);
      for (std::size_t c = 0; c < prior.cells.size(); ++c)
        parameter.contents[static_cast<std::size_t>(prior.cells[c].types.front())] = numbers[c];
    }
    add_parameter(std::move(parameter));
  }

  CheckedParameter belief_parameter(CheckedParameter::Role role, std::string name, int about,
                                    const ast::Span& span) {
    CheckedParameter out;
    out.role = role;
    out.name = std::move(name);
    out.player = about;
    out.suffixes = player(about).types;
    out.low = 0.0;
    out.high = 1.0;
    out.span = span;
    return out;
  }

  void add_parameter(CheckedParameter&& parameter) {
    by_name_.emplace(parameter.name, static_cast<int>(bench_.model.parameters.size()));
    bench_.model.parameters.push_back(std::move(parameter));
    bench_.parameter_declared.push_back(-1);
    bench_.parameter_words.emplace_back();
  }

  // ---- set
  // -----------------------------------------------------------------------------------------------------------

  /// `set belief[Kyiv][Moscow].maximalist = 0.9`
  void apply(const Declared<ast::Set>& set) {
    const ast::Name& written = set.what->name;
    std::string name = written.base;
    for (const std::string& index : written.indices) name += "[" + index + "]";
    const auto found = by_name_.find(written.base == "belief" ? name : written.text());
    if (found == by_name_.end()) {
      std::vector<std::string> names;
      for (const auto& [known, index] : by_name_) names.push_back(known);
      std::string hint = bench_.mistakes.nearest(name, names);
      if (hint.empty())
        hint = written.base == "belief" ? "declare it: KYIV believes MOSCOW: TYPE with 0.5, ..."
                                        : "a prior written with parameters is set through them";
      bench_.mistakes
          .error(written.span, "M0503", fmt::format("`{}` has no numbers to set", name), hint)
          .about(name);
      return;
    }
    CheckedParameter& parameter = bench_.model.parameters[static_cast<std::size_t>(found->second)];
    std::string suffix;
    for (const ast::Word& dot : set.what->dots) suffix += (suffix.empty() ? "" : ".") + dot.text;
    std::size_t k = 0;
    while (k < parameter.suffixes.size() && parameter.suffixes[k] != suffix) ++k;
    if (k == parameter.suffixes.size()) {
      bench_.mistakes.error(written.span, suffix.empty() ? "M0504" : "M0405",
                            suffix.empty() ? fmt::format("`{}` is set type by type", name)
                                           : fmt::format("`{}` has no type `{}`", name, suffix),
                            bench_.mistakes.nearest(suffix, parameter.suffixes),
                            fmt::format("{}.{}", name, parameter.suffixes.front()));
      return;
    }
    const ast::Content& content = set.what->content;
    if (content.is_word || !(content.number >= 0.0 && content.number <= 1.0)) {
      bench_.mistakes.error(content.span, "M0505",
                            fmt::format("{} is no probability", content.text), {},
                            "a number from 0 to 1");
      return;
    }
    set_[found->second][k] = {content.number, content.span};
  }

  struct Fixed {
    double number;
    ast::Span span;
  };

  /// What was set stays; the others shrink (or grow) in proportion.
  void shrink_others(int index, const std::map<std::size_t, Fixed>& fixed) {
    CheckedParameter& parameter = bench_.model.parameters[static_cast<std::size_t>(index)];
    double set = 0.0, others = 0.0;
    for (const auto& [k, to] : fixed) set += to.number;
    for (std::size_t k = 0; k < parameter.contents.size(); ++k)
      if (!fixed.contains(k)) others += std::get<double>(parameter.contents[k]);
    const bool alone = fixed.size() == parameter.contents.size();
    if (set > 1.0 + sum_tolerance || (alone && set < 1.0 - sum_tolerance) ||
        (!alone && others == 0.0 && set < 1.0 - sum_tolerance)) {
      bench_.mistakes.error(
          fixed.begin()->second.span, "M0403",
          fmt::format("set so, the odds of `{}` sum to {}", parameter.name, number_text(set, 10)),
          alone || set > 1.0 ? "" : "the other types have odds 0: set them too", "a sum of 1");
      return;
    }
    for (std::size_t k = 0; k < parameter.contents.size(); ++k) {
      const auto to = fixed.find(k);
      const double now = to != fixed.end() ? to->second.number
                         : others == 0.0   ? 0.0
                                           : std::get<double>(parameter.contents[k]) *
                                               std::max(0.0, 1.0 - set) / others;
      parameter.contents[k] = now;
      if (parameter.prior < 0) {
        bench_.model.type_weights[static_cast<std::size_t>(parameter.player)][k] = now;
        continue;
      }
      CheckedPrior& prior = bench_.model.priors[static_cast<std::size_t>(parameter.prior)];
      for (std::size_t c = 0; c < prior.cells.size(); ++c)
        if (prior.players.size() > 1 ? c == k : prior.cells[c].types.front() == static_cast<int>(k))
          prior.cells[c].odds = make_number(now, prior.span);
    }
  }

  /// A type one side thinks possible and another gives 0.
  void check_support(const CheckedParameter& belief) {
    if (belief.role != CheckedParameter::Role::belief) return;
    const auto found = by_name_.find("prior[" + player(belief.player).name + "]");
    if (found == by_name_.end()) return;
    const CheckedParameter& prior =
        bench_.model.parameters[static_cast<std::size_t>(found->second)];
    for (std::size_t k = 0; k < belief.contents.size(); ++k) {
      const bool believed = std::get<double>(belief.contents[k]) > 0.0,
                 possible = std::get<double>(prior.contents[k]) > 0.0;
      if (believed == possible) continue;
      const std::string observer = player(belief.observer).name;
      bench_.mistakes.error(
          belief.span, "M0412",
          fmt::format("`{}` gives `{}` of `{}` {}, and the prior does not", observer,
                      belief.suffixes[k], player(belief.player).name,
                      believed ? "a chance" : "no chance"),
          "a type that one side thinks possible all must: give it a small number");
      return;
    }
  }

  Bench& bench_;
  std::vector<bool> has_prior_;  ///< per player: its types' odds are given (perhaps wrongly)
  std::set<std::string> believed_;
  std::map<std::string, int> by_name_;  ///< parameters of role prior and belief
  std::map<int, std::map<std::size_t, Fixed>> set_;
};

}  // namespace

void resolve_beliefs(Bench& bench) { Beliefs(bench).run(); }

}  // namespace melian
