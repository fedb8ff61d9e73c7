/// Contents of parameters, where they make sense, and what the files `set`.

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

/// Bounds of an interval are numbers, perhaps with a sign or written as a sum; they read nothing.
std::optional<double> literal(const ast::ExpressionPtr& expression) {
  if (expression == nullptr) return std::nullopt;
  if (expression->kind == ast::Expression::Kind::number) return expression->number;
  if (expression->kind != ast::Expression::Kind::operation) return std::nullopt;
  std::vector<double> of;
  for (const auto& operand : expression->operands) {
    const auto number = literal(operand);
    if (!number) return std::nullopt;
    of.push_back(*number);
  }
  using Op = ast::Operator;
  if (expression->op == Op::negate && of.size() == 1) return -of[0];
  if (of.size() != 2) return std::nullopt;
  switch (expression->op) {
    case Op::add: return of[0] + of[1];
    case Op::subtract: return of[0] - of[1];
    case Op::multiply: return of[0] * of[1];
    case Op::divide: return of[0] / of[1];
    default: return std::nullopt;
  }
}

class Contents {
 public:
  explicit Contents(Bench& bench) : bench_(bench) {}

  void run() {
    for (std::size_t i = 0; i < bench_.model.parameters.size(); ++i) {
      const int declaration = bench_.parameter_declared[i];
      if (declaration >= 0)
        fill(static_cast<int>(i), *bench_.parameters[static_cast<std::size_t>(declaration)].what);
    }
    for (const Declared<ast::Set>& set : bench_.sets)
      if (set.what->name.base != "belief" && set.what->name.base != "prior") apply(set);
  }

 private:
  [[nodiscard]] CheckedParameter& parameter(int index) {
    return bench_.model.parameters[static_cast<std::size_t>(index)];
  }

  void fill(int index, const ast::Parameter& written) {
    CheckedParameter& out = parameter(index);
    if (written.in) read_interval(index, *written.in);
    default_bounds(out, written.name.base);
    if (!out.words.empty() && (written.name.base == "discount" || written.name.base == "precision"))
      bench_.mistakes.error(written.in->span, "M0507",
                            fmt::format("`{}` is a number, not a switch", out.name));
    if (written.content) {
      if (check(index, *written.content))
        out.contents.push_back(content_of(*written.content));
      else
        out.contents.emplace_back(0.0);
    } else {
      by_type(index, written);
    }
  }

  /// Where discount and precision make sense is known without being said.
  static void default_bounds(CheckedParameter& out, const std::string& base) {
    if (base != "discount" && base != "precision") return;
    out.low = std::max(out.low.value_or(0.0), 0.0);
    if (base == "discount") out.high = std::min(out.high.value_or(1.0), 1.0);
  }

  void read_interval(int index, const ast::Range& in) {
    CheckedParameter& out = parameter(index);
    if (!in.words.empty()) {
      for (const ast::Word& word : in.words) {
        if (bench_.parameter_words[static_cast<std::size_t>(index)]
                .emplace(word.text, static_cast<int>(out.words.size()))
                .second)
          out.words.push_back(word.text);
        else
          bench_.mistakes
              .error(word.span, "M0204", fmt::format("`{}` stands twice in this list", word.text))
              .see(first_of(in.words, word.text).span, "first listed here");
      }
      return;
    }
    if (in.listed || in.entries.size() != 1 || in.entries.front().to == nullptr ||
        in.entries.front().by != nullptr) {
      bench_.mistakes.error(in.span, "M0506",
                            "where a parameter makes sense is an interval, or a list of words",
                            "write `in 0..1`, or `in {off, on}`");
      return;
    }
    const auto low = literal(in.entries.front().from), high = literal(in.entries.front().to);
    if (!low || !high || !std::isfinite(*low) || !std::isfinite(*high)) {
      bench_.mistakes.error(in.span, "M0506", "the ends of this interval must be numbers",
                            "where a parameter makes sense may not depend on other parameters");
    } else if (*low > *high) {
      bench_.mistakes.error(in.span, "M0506",
                            fmt::format("this interval is upside down: {} is more than {}",
                                        number_text(*low), number_text(*high)));
    } else {
      out.low = low;
      out.high = high;
    }
  }

  static ParameterContent content_of(const ast::Content& content) {
    return content.is_word ? ParameterContent(content.text) : ParameterContent(content.number);
  }

  /// Whether this may be the parameter's content; an error where not.
  bool check(int index, const ast::Content& content) {
    const CheckedParameter& out = parameter(index);
    if (content.is_word) {
      if (out.words.empty()) {
        bench_.mistakes.error(
            content.span, "M0507",
            fmt::format("`{}` is a word, and `{}` has no list of words", content.text, out.name),
            fmt::format("a switch is declared so: param {} = {} in {{..., {}}}", out.name,
                        content.text, content.text),
            "a number");
        return false;
      }
      return need_word(bench_, bench_.parameter_words[static_cast<std::size_t>(index)], out.words,
                       out.name, content.text, content.span) >= 0;
    }
    if (!out.words.empty()) {
      bench_.mistakes.error(content.span, "M0507",
                            fmt::format("`{}` is a switch: it holds one of its words", out.name),
                            {}, list_of(out.words));
      return false;
    }
    if ((out.low && content.number < *out.low) || (out.high && content.number > *out.high)) {
      const std::string where =
          out.high ? fmt::format("in {}..{}", number_text(*out.low), number_text(*out.high))
                   : fmt::format("at least {}", number_text(*out.low));
      bench_.mistakes.error(
          content.span, "M0505",
          fmt::format("{} is outside where `{}` makes sense", content.text, out.name), {},
          "a number " + where);
      return false;
    }
    return true;
  }

  /// The player whose types the parameter lists: the index of its name that is a player with these
  /// types.
  [[nodiscard]] std::optional<int> listed_player(const ast::Parameter& written,
                                                 const std::string& name) {
    std::vector<int> players;
    for (const std::string& index : written.name.indices)
      if (const auto player = bench_.find_player(index);
          player && !bench_.model.players[static_cast<std::size_t>(*player)].types.empty())
        players.push_back(*player);
    if (players.size() > 1) {
      std::erase_if(players, [&](int player) {
        const auto& types = bench_.type_names[static_cast<std::size_t>(player)];
        return !std::all_of(written.by_type.begin(), written.by_type.end(),
                            [&](const auto& entry) { return types.contains(entry.first.text); });
      });
    }
    if (players.size() == 1) return players.front();
    std::string hint =
        fmt::format("write the player whose types these are as its index: param {}[PLAYER]: ...",
                    written.name.base);
    for (const std::string& index : written.name.indices) {
      const auto player = bench_.find_player(index);
      if (!player)
        hint = bench_.mistakes.nearest(index, bench_.names_of({Sort::player}));
      else if (bench_.numeric_types[static_cast<std::size_t>(*player)])
        hint =
            fmt::format("the types of `{}` are parts of a distribution and have no names", index);
      else
        hint = fmt::format("give `{}` types: player {} types ...", index, index);
    }
    if (players.size() > 1)
      hint =
          "several of its indices are players with these types: leave all but one out of the name";
    bench_.mistakes.error(
        written.name.span, "M0502",
        fmt::format("`{}` is listed by type, but not of a player with named types", name), hint);
    return std::nullopt;
  }

  void by_type(int index, const ast::Parameter& written) {
    CheckedParameter& out = parameter(index);
    const auto player = listed_player(written, out.name);
    if (!player) {
      out.contents.emplace_back(0.0);
      return;
    }
    out.player = *player;
    const auto& types = bench_.model.players[static_cast<std::size_t>(*player)].types;
    std::vector<std::optional<ParameterContent>> contents(types.size());
    for (const auto& [type, content] : written.by_type) {
      const auto found = bench_.type_names[static_cast<std::size_t>(*player)].find(type.text);
      if (found == bench_.type_names[static_cast<std::size_t>(*player)].end()) {
        bench_.mistakes.error(
            type.span, "M0405",
            fmt::format("`{}` is no type of `{}`", type.text, bench_.player_name(*player)),
            bench_.mistakes.nearest(type.text, types), list_of(types));
        continue;
      }
      auto& place = contents[static_cast<std::size_t>(found->second)];
      if (place)
        bench_.mistakes.error(type.span, "M0204", fmt::format("`{}` is listed twice", type.text));
      place = check(index, content) ? content_of(content) : ParameterContent(0.0);
    }
    std::vector<std::string> missing;
    for (std::size_t k = 0; k < types.size(); ++k) {
      if (!contents[k]) missing.push_back(types[k]);
      out.contents.push_back(contents[k].value_or(0.0));
    }
    out.suffixes = types;
    if (!missing.empty())
      bench_.mistakes.error(written.name.span, "M0501",
                            fmt::format("`{}` is not given for every type of `{}`", out.name,
                                        bench_.player_name(*player)),
                            {}, fmt::format("{} = ...", fmt::join(missing, " = ..., ")));
  }

  void apply(const Declared<ast::Set>& set) {
    const std::string name = set.what->name.text();
    const Symbol* symbol = bench_.find(name);
    if (symbol == nullptr || symbol->sort != Sort::parameter)
      return unknown(*set.what, name, symbol);
    CheckedParameter& out = parameter(symbol->index);
    std::string path = name;
    for (const ast::Word& dot : set.what->dots) path += "." + dot.text;
    const auto [first, fresh] =
        set_here_.emplace(std::to_string(set.layer) + " " + path, set.what->name.span);
    if (!fresh) {
      bench_.mistakes
          .error(set.what->name.span, "M0512", fmt::format("`{}` is set twice in this file", path))
          .see(first->second, "first set here");
      return;
    }
    if (out.role == CheckedParameter::Role::numeric_type) {
      bench_.mistakes.error(set.what->name.span, "M0504",
                            fmt::format("`{}` comes from a distribution and cannot be set", name),
                            "set the parameters of its bounds, or of its mean");
      return;
    }
    int type = -1;
    if (!set.what->dots.empty()) {
      const ast::Word& dot = set.what->dots.front();
      if (out.player < 0 || set.what->dots.size() > 1) {
        bench_.mistakes.error(dot.span, "M0504", fmt::format("`{}` is not listed by type", name),
                              fmt::format("set it for all: set {} = ...", name));
        return;
      }
      const auto& types = bench_.type_names[static_cast<std::size_t>(out.player)];
      const auto found = types.find(dot.text);
      if (found == types.end()) {
        bench_.mistakes.error(
            dot.span, "M0405",
            fmt::format("`{}` is no type of `{}`", dot.text, bench_.player_name(out.player)),
            bench_.mistakes.nearest(dot.text, out.suffixes), list_of(out.suffixes));
        return;
      }
      type = found->second;
    }
    if (!check(symbol->index, set.what->content)) return;
    for (std::size_t k = 0; k < out.contents.size(); ++k)
      if (type < 0 || static_cast<std::size_t>(type) == k)
        out.contents[k] = content_of(set.what->content);
  }

  void unknown(const ast::Set& set, const std::string& name, const Symbol* symbol) {
    std::string hint = bench_.mistakes.nearest(name, bench_.names_of({Sort::parameter}));
    if (symbol != nullptr && symbol->sort == Sort::let)
      hint = fmt::format("`{0}` is a let: write replace let {0} = ...", name);
    if (symbol != nullptr && symbol->sort == Sort::variable)
      hint = fmt::format("`{}` changes during play; make its start a parameter and set that", name);
    if (hint.empty()) hint = fmt::format("declare it: param {} = ...", name);
    bench_.mistakes
        .error(set.name.span, "M0503", fmt::format("there is no parameter `{}` to set", name), hint)
        .about(name);
  }

  Bench& bench_;
  std::unordered_map<std::string, ast::Span> set_here_;  ///< by layer and path
};

}  // namespace

void give_contents(Bench& bench) { Contents(bench).run(); }

}  // namespace melian
