/// Every name is entered once, before anything is read: there is no order of declaration.

#include <algorithm>

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

constexpr std::size_t most_names =
    4096;  ///< of each sort: beyond, no text was written by hand, and steps below are quadratic

const char* sort_text(Sort sort) {
  switch (sort) {
    case Sort::player: return "a player";
    case Sort::parameter: return "a parameter";
    case Sort::let: return "a let";
    case Sort::variable: return "a state, choice, offer or chance move";
  }
  return "";
}

const char* kind_text(CheckedVariable::Kind kind) {
  switch (kind) {
    case CheckedVariable::Kind::state_numbers:
    case CheckedVariable::Kind::state_words: return "a state";
    case CheckedVariable::Kind::choice: return "a choice";
    case CheckedVariable::Kind::offer: return "an offer";
    case CheckedVariable::Kind::amount: return "a number chosen";
    case CheckedVariable::Kind::chance: return "a chance move";
  }
  return "";
}

class Declarer {
 public:
  explicit Declarer(Bench& bench) : bench_(bench) {}

  void run() {
    for (const auto& player : bench_.players) declare_player(player);
    for (const auto& player : bench_.players) declare_numeric_parameters(player);
    for (std::size_t i = 0; i < bench_.parameters.size(); ++i)
      declare_parameter(bench_.parameters[i], static_cast<int>(i));
    for (const auto& let : bench_.lets) declare_let(let);
    for (const auto& state : bench_.states) declare_state(state);
    for (const auto& phase : bench_.phases) declare_phase(phase);
    if (bench_.horizon) declare_moves(bench_.horizon->what->closing, bench_.horizon->layer);
    for (const auto& at : bench_.ats) declare_moves(at.what->body, at.layer);
    for (const auto& at : bench_.ats) fill_place(at);
  }

 private:
  /// Enters a name of the shared space; an error where it is taken.
  bool enter(const std::string& name, const ast::Span& span, Sort sort, int index, int layer) {
    if (name == "belief" || name.starts_with("belief[") ||
        (sort != Sort::parameter && (name == "discount" || name == "precision"))) {
      bench_.mistakes.error(span, "M0206", fmt::format("`{}` is a reserved name", name),
                            name.starts_with("belief")
                                ? "beliefs are declared so: Kyiv believes Moscow: ..."
                                : fmt::format("declare it as a parameter: param {} = ...", name));
      return false;
    }
    const auto [found, entered] = bench_.symbols.emplace(name, Symbol{sort, index, span, layer});
    if (entered) return true;
    taken(name, span, found->second, sort, layer);
    return false;
  }

  void taken(const std::string& name, const ast::Span& span, const Symbol& first, Sort sort,
             int layer) {
    std::string hint;
    if (sort == Sort::parameter && first.sort == Sort::parameter && layer != first.layer)
      hint = fmt::format("to change what {} declares, write: set {} = ...",
                         bench_.read.sources[static_cast<std::size_t>(first.span.file)].name, name);
    else if (!bench_.mistakes.no_more_hints())
      hint = fmt::format("names are told apart by an index: {}[...]", name);
    bench_.mistakes.error(span, "M0203", fmt::format("`{}` is declared twice", name), hint)
        .see(first.span, fmt::format("first declared here, as {}", sort_text(first.sort)));
  }

  bool too_many(std::size_t count, const ast::Span& span, const char* what,
                std::size_t most = most_names) {
    if (count < most) return false;
    if (bench_.mistakes.first(fmt::format("too many {}", what)))
      bench_.mistakes.error(span, "M0229", fmt::format("more than {} {}", most, what));
    return true;
  }

  void declare_player(const Declared<ast::PlayerDeclaration>& player) {
    const ast::PlayerDeclaration& what = *player.what;
    const int index = static_cast<int>(bench_.model.players.size());
    if (too_many(bench_.model.players.size(), what.name.span, "players", most_players)) {
      (void)bench_.mistakes.first("player " +
                                  what.name.text);  // who reads its name is not wrong too
      return;
    }
    if (!enter(what.name.text, what.name.span, Sort::player, index, player.layer)) return;
    Player out{what.name.text, {}, player.item->note.text};
    std::unordered_map<std::string, int> names;
    bool numeric = false, named = false;
    for (const ast::Type& type : what.types) {
      (type.numeric ? numeric : named) = true;
      if (type.numeric || too_many(out.types.size(), type.name.span, "types")) continue;
      if (names.emplace(type.name.text, static_cast<int>(out.types.size())).second)
        out.types.push_back(type.name.text);
      else
        bench_.mistakes
            .error(type.name.span, "M0204",
                   fmt::format("`{}` is a type of `{}` twice", type.name.text, what.name.text))
            .see(std::ranges::find(what.types, type.name.text,
                                   [](const ast::Type& one) { return one.name.text; })
                     ->name.span,
                 "first named here");
    }
    if (numeric && named)
      bench_.mistakes.error(
          what.name.span, "M0414",
          fmt::format("`{}` has both named types and numeric parts", what.name.text),
          "give the types names with a parameter by type, or numbers from a distribution");
    bench_.model.players.push_back(std::move(out));
    bench_.type_names.push_back(std::move(names));
    bench_.numeric_types.push_back(numeric);
  }

  /// Whether this declaration, and not an earlier one, made the player of its name.
  [[nodiscard]] bool is_first(const Declared<ast::PlayerDeclaration>& player) const {
    const ast::Span &made = bench_.find(player.what->name.text)->span,
                    &here = player.what->name.span;
    return made.file == here.file && made.begin == here.begin;
  }

  /// `types cost from uniform(0, C) in 40 parts` declares `cost[B]`.
  void declare_numeric_parameters(const Declared<ast::PlayerDeclaration>& player) {
    const auto index = bench_.find_player(player.what->name.text);
    if (!index || !is_first(player)) return;
    for (const ast::Type& type : player.what->types) {
      if (!type.numeric) continue;
      CheckedParameter out;
      out.name = type.name.text + "[" + player.what->name.text + "]";
      out.player = *index;
      out.role = CheckedParameter::Role::numeric_type;
      out.note = player.item->note.text;
      out.span = type.name.span;
      add_parameter(std::move(out), -1, player.layer);
    }
  }

  void declare_parameter(const Declared<ast::Parameter>& parameter, int declaration) {
    CheckedParameter out;
    out.name = parameter.what->name.text();
    out.note = parameter.item->note.text;
    out.labels = parameter.item->note.labels;
    out.span = parameter.what->name.span;
    const ast::Name& name = parameter.what->name;
    if ((name.base == "discount" || name.base == "precision") &&
        (name.indices.size() > 1 ||
         (name.indices.size() == 1 && !bench_.need_player(name.indices.front(), name.span)))) {
      if (name.indices.size() > 1)
        bench_.mistakes.error(name.span, "M0221",
                              fmt::format("`{}` takes one player as its index", name.base));
    }
    add_parameter(std::move(out), declaration, parameter.layer);
  }

  void add_parameter(CheckedParameter&& parameter, int declaration, int layer) {
    const int index = static_cast<int>(bench_.model.parameters.size());
    if (too_many(bench_.model.parameters.size(), parameter.span, "parameters")) return;
    if (!enter(parameter.name, parameter.span, Sort::parameter, index, layer)) return;
    if (parameter.name == "discount") bench_.model.discount_parameter = index;
    if (parameter.name == "precision") bench_.model.precision_parameter = index;
    bench_.model.parameters.push_back(std::move(parameter));
    bench_.parameter_declared.push_back(declaration);
    bench_.parameter_words.emplace_back();
  }

  void declare_let(const Declared<ast::Let>& let) {
    const int index = static_cast<int>(bench_.model.lets.size());
    if (too_many(bench_.model.lets.size(), let.what->name.span, "lets")) return;
    enter(let.what->name.text(), let.what->name.span, Sort::let, index, let.layer);
    // Also where its name is taken: lets and declarations keep the same indices.
    bench_.model.lets.push_back({let.what->name.text(), nullptr, let.item->note.text,
                                 let.item->note.labels, let.what->name.span});
    bench_.let_facts.emplace_back();
  }

  int add_variable(CheckedVariable&& variable, int layer) {
    const int index = static_cast<int>(bench_.model.variables.size());
    if (too_many(bench_.model.variables.size(), variable.span,
                 "states, choices, offers and chance moves"))
      return -1;
    if (!enter(variable.name, variable.span, Sort::variable, index, layer)) return -1;
    bench_.model.variables.push_back(std::move(variable));
    bench_.variable_words.emplace_back();
    return index;
  }

  void declare_state(const Declared<ast::State>& state) {
    CheckedVariable out;
    const ast::Range& range = state.what->range;
    out.kind = range.words.empty() ? CheckedVariable::Kind::state_numbers
                                   : CheckedVariable::Kind::state_words;
    out.name = state.what->name.text();
    out.stops = state.what->stops;
    out.note = state.item->note.text;
    out.labels = state.item->note.labels;
    out.span = state.what->name.span;
    const int index = add_variable(std::move(out), state.layer);
    if (index < 0) return;
    for (const ast::Word& word : range.words)
      if (!add_word(index, word.text))
        bench_.mistakes
            .error(word.span, "M0204", fmt::format("`{}` stands twice in this list", word.text))
            .see(first_of(range.words, word.text).span, "first listed here");
  }

  bool add_word(int variable, const std::string& word) {
    auto& words = bench_.model.variables[static_cast<std::size_t>(variable)].range.words;
    if (!bench_.variable_words[static_cast<std::size_t>(variable)]
             .emplace(word, static_cast<int>(words.size()))
             .second)
      return false;
    words.push_back(word);
    return true;
  }

  void declare_phase(const Declared<ast::Phase>& phase) {
    const ast::Word& name = phase.what->name;
    const int index = static_cast<int>(bench_.model.phases.size());
    const auto [known, fresh] = bench_.phase_names.emplace(name.text, index);
    if (!fresh)
      bench_.mistakes
          .error(name.span, "M0205", fmt::format("phase `{}` is declared twice", name.text),
                 "to add to a phase of another file, let that file name a `place` and fill it: at "
                 "PLACE { ... }")
          .see(bench_.model.phases[static_cast<std::size_t>(known->second)].span,
               "first declared here");
    bench_.model.phases.push_back(
        {name.text, {}, phase.item->note.text, phase.item->note.labels, name.span});
    declare_moves(phase.what->body, phase.layer);
  }

  void declare_moves(const ast::Block& block, int layer) {
    for (const ast::Statement& statement : block)
      std::visit([this, layer](const auto& what) { declare_move(what, layer); }, statement.what);
  }

  void declare_move(const ast::Offer& offer, int layer) {
    move_variable(offer.choice, CheckedVariable::Kind::offer, layer);
  }
  void declare_move(const ast::Choice& choice, int layer) {
    if (choice.range) {
      move_variable(choice.name, CheckedVariable::Kind::amount, layer);
      return;
    }
    const int variable = move_variable(choice.name, CheckedVariable::Kind::choice, layer);
    add_words(variable, choice.options, "an option");
    for (const ast::Option& option : choice.options) declare_moves(option.block, layer);
  }
  void declare_move(const ast::Simultaneously& together, int layer) {
    for (const ast::Choice& choice : together.choices) declare_move(choice, layer);
  }
  void declare_move(const ast::Chance& chance, int layer) {
    const int variable = move_variable(chance.name, CheckedVariable::Kind::chance, layer);
    add_words(variable, chance.outcomes, "an outcome");
    for (const ast::Outcome& outcome : chance.outcomes) declare_moves(outcome.block, layer);
  }
  void declare_move(const ast::When& when, int layer) {
    declare_moves(when.then, layer);
    declare_moves(when.otherwise, layer);
  }
  void declare_move(const ast::PlaceMark& mark, int /*layer*/) {
    const auto [known, fresh] = bench_.places.emplace(mark.place.text, mark.place.span);
    if (!fresh)
      bench_.mistakes
          .error(mark.place.span, "M0205", fmt::format("place `{}` stands twice", mark.place.text),
                 "give the second place a name of its own")
          .see(known->second, "first stands here");
  }
  void declare_move(const ast::Count& count, int /*layer*/) {
    add_name(count.tally.text(), bench_.tally_names, bench_.model.tallies);
  }
  void declare_move(const ast::End& end, int /*layer*/) {
    add_name(end.name.text, bench_.outcome_names, bench_.model.outcomes);
  }
  template <class Other>
  void declare_move(const Other& /*what*/, int /*layer*/) {}

  static void add_name(const std::string& name, std::unordered_map<std::string, int>& names,
                       std::vector<std::string>& list) {
    if (names.emplace(name, static_cast<int>(list.size())).second) list.push_back(name);
  }

  /// One variable per name; several moves may share it when they are of one kind.
  int move_variable(const ast::Word& name, CheckedVariable::Kind kind, int layer) {
    const Symbol* there = bench_.find(name.text);
    if (there == nullptr || there->sort != Sort::variable) {
      CheckedVariable out;
      out.kind = kind;
      out.name = name.text;
      out.span = name.span;
      return add_variable(std::move(out), layer);
    }
    const CheckedVariable& variable =
        bench_.model.variables[static_cast<std::size_t>(there->index)];
    if (variable.kind == kind) return there->index;
    if (bench_.mistakes.first("sort of " + name.text)) {
      bench_.mistakes
          .error(name.span, "M0207",
                 fmt::format("`{}` is {} here and {} elsewhere", name.text, kind_text(kind),
                             kind_text(variable.kind)),
                 "one name, one thing: give one of the two another name")
          .see(there->span, fmt::format("{} here", kind_text(variable.kind)));
    }
    return -1;
  }

  template <class Owned>
  void add_words(int variable, const std::vector<Owned>& owned, const char* what) {
    std::unordered_map<std::string, ast::Span> here;
    for (const Owned& one : owned) {
      const auto [known, fresh] = here.emplace(one.name.text, one.name.span);
      if (!fresh && !one.name.text.empty())
        bench_.mistakes
            .error(one.name.span, "M0204",
                   fmt::format("`{}` is {} here twice", one.name.text, what))
            .see(known->second, "first here");
      if (variable >= 0) add_word(variable, one.name.text);
    }
  }

  void fill_place(const Declared<ast::At>& at) {
    const ast::Word& place = at.what->place;
    bench_.fillings[place.text].push_back(at.what);
    if (bench_.places.contains(place.text)) return;
    std::vector<std::string> names;
    if (!bench_.mistakes.no_more_hints())
      for (const auto& [name, span] : bench_.places) names.push_back(name);
    std::sort(names.begin(), names.end());
    const std::string near = bench_.mistakes.nearest(place.text, names);
    bench_.mistakes.error(
        place.span, "M0605", fmt::format("there is no place `{}`", place.text),
        near.empty()
            ? fmt::format("write `place {}` in a phase of the model, where this should happen",
                          place.text)
            : near,
        "a place of the model");
  }

  Bench& bench_;
};

}  // namespace

void declare(Bench& bench) { Declarer(bench).run(); }

}  // namespace melian
