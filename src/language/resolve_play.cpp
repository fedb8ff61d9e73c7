/// States, the horizon and the phases: statements with their names resolved and their places
/// filled.

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

constexpr double most_rounds = 1e6;   ///< of one `time passes`
constexpr int deepest_blocks = 1000;  ///< places filled by blocks with places, and so on
constexpr double step_tolerance = 1e-9;

class Play {
 public:
  explicit Play(Bench& bench) : bench_(bench) {}

  void run() {
    for (const auto& state : bench_.states) resolve_state(state);
    check_there_is_play();
    resolve_horizon();
    for (std::size_t i = 0; i < bench_.phases.size(); ++i) {
      phase_ = static_cast<int>(i);
      bench_.model.phases[i].body = resolve_block(bench_.phases[i].what->body);
    }
    fillings_out_of_reach();
    check_discounts();
  }

 private:
  void check_there_is_play() {
    const ast::Span head = bench_.read.files.front().title.span;
    if (bench_.model.players.empty() && bench_.players.empty())
      bench_.mistakes.error(head, "M0301", "a model without players", "declare one: player NAME");
    else if (bench_.model.phases.empty())
      bench_.mistakes.error(head, "M0301", "a model without a phase: there is nothing to play",
                            "write one: phase NAME { ... }");
  }

  // ---- states and the horizon
  // ------------------------------------------------------------------------------------------

  void resolve_state(const Declared<ast::State>& state) {
    const Symbol* symbol = bench_.find(state.what->name.text());
    const ast::Span& span = state.what->name.span;
    if (symbol == nullptr || symbol->sort != Sort::variable || symbol->span.begin != span.begin ||
        symbol->span.file != span.file)
      return;
    const auto index = static_cast<std::size_t>(symbol->index);
    CheckedVariable& variable = bench_.model.variables[index];
    if (variable.kind == CheckedVariable::Kind::state_words) {
      variable.range.listed = true;
      variable.range.span = state.what->range.span;
      const std::string* word = bare_word(*state.what->start);
      if (word == nullptr)
        bench_.mistakes.error(state.what->start->span, "M0213",
                              fmt::format("`{}` begins with one of its words", variable.name), {},
                              list_of(variable.range.words));
      else
        variable.start_word = need_word(bench_, bench_.variable_words[index], variable.range.words,
                                        variable.name, *word, state.what->start->span);
      if (variable.stops)
        bench_.mistakes.error(
            span, "M0224",
            fmt::format("`{}` holds words and has no ends to stop at", variable.name),
            "leave `stops` out");
      return;
    }
    CheckedRange range = resolve_range(bench_, state.what->range, "the range of a state");
    TermPtr start =
        resolve_number(bench_, state.what->start,
                       {0, false, "the start of a state", "make what it depends on a parameter"});
    mark_shaping(bench_, *start);
    check_start(range, *start, state.what->start->span);
    variable.range = std::move(range);
    variable.start = std::move(start);
  }

  /// Where range and start are plain numbers; others are known once parameters are bound.
  void check_start(const CheckedRange& range, const Term& start, const ast::Span& span) {
    if (range.entries.size() != 1 || range.entries.front().to == nullptr) return;
    const auto low = constant(bench_, *range.entries.front().from, false),
               high = constant(bench_, *range.entries.front().to, false),
               at = constant(bench_, start, false);
    const auto step = range.entries.front().by == nullptr
                          ? std::optional(1.0)
                          : constant(bench_, *range.entries.front().by, false);
    if (!low || !high || !at || !step || !(*step > 0.0)) return;
    if (*at < *low - step_tolerance || *at > *high + step_tolerance) {
      bench_.mistakes.error(
          span, "M0317", fmt::format("the start {} lies outside the range", number_text(*at)), {},
          fmt::format("a number in {}..{}", number_text(*low), number_text(*high)));
    } else if (const double steps = (*at - *low) / *step;
               std::abs(steps - std::round(steps)) >
               step_tolerance * std::max(1.0, std::abs(steps))) {
      bench_.mistakes.error(
          span, "M0317", fmt::format("the start {} is not on the grid", number_text(*at)), {},
          fmt::format("{} plus a number of steps of {}", number_text(*low), number_text(*step)));
    }
  }

  void resolve_horizon() {
    if (!bench_.horizon) return;
    const ast::Horizon& written = *bench_.horizon->what;
    CheckedHorizon& out = bench_.model.horizon;
    out.span = bench_.horizon->item->span;
    out.kind = written.forever ? HorizonKind::forever : HorizonKind::finite;
    if (written.forever) return;
    out.rounds =
        resolve_number(bench_, written.rounds, {0, false, "the horizon", "make it a parameter"});
    mark_shaping(bench_, *out.rounds);
    if (const auto rounds = constant(bench_, *out.rounds, false);
        rounds && (!(*rounds >= 1.0 && *rounds <= most_rounds) || *rounds != std::floor(*rounds)))
      bench_.mistakes.error(written.rounds->span, "M0313",
                            fmt::format("a horizon of {} rounds", number_text(*rounds)), {},
                            "a whole number, at least 1");
    for (const ast::Word& phase : written.phases) {
      const int index = need_phase(phase);
      if (index < 0) continue;
      if (std::find(out.phases.begin(), out.phases.end(), index) != out.phases.end())
        bench_.mistakes.error(phase.span, "M0204",
                              fmt::format("`{}` stands twice in this list", phase.text));
      else
        out.phases.push_back(index);
    }
    closing_ = true;
    out.closing = resolve_block(written.closing);
    closing_ = false;
  }

  /// `horizon forever` needs every discount below 1.
  void check_discounts() {
    const ast::Span& span = bench_.model.horizon.span;
    if (bench_.model.horizon.kind != HorizonKind::forever) return;
    for (const Player& player : bench_.model.players) {
      const Symbol* own = bench_.find("discount[" + player.name + "]");
      const int index = own != nullptr && own->sort == Sort::parameter
                            ? own->index
                            : bench_.model.discount_parameter;
      if (index < 0) {
        bench_.mistakes.error(
            span, "M0310",
            fmt::format("play may go on forever, and `{}` has no discount", player.name),
            "declare one below 1: param discount = 0.95");
        return;
      }
      const CheckedParameter& discount = bench_.model.parameters[static_cast<std::size_t>(index)];
      for (const ParameterContent& content : discount.contents) {
        const double* number = std::get_if<double>(&content);
        if (number == nullptr || *number < 1.0) continue;
        bench_.mistakes.error(discount.span, "M0310",
                              fmt::format("play may go on forever, and `{}` is {}", discount.name,
                                          number_text(*number)),
                              "with `horizon forever` every discount is below 1");
        return;
      }
    }
  }

  // ---- statements
  // --------------------------------------------------------------------------------------------------------

  int need_phase(const ast::Word& phase) {
    const auto found = bench_.phase_names.find(phase.text);
    if (found != bench_.phase_names.end()) return found->second;
    if (!phase.text.empty() && bench_.mistakes.first("phase " + phase.text)) {
      std::vector<std::string> names;
      if (!bench_.mistakes.no_more_hints())
        for (const CheckedPhase& known : bench_.model.phases) names.push_back(known.name);
      const std::string near = bench_.mistakes.nearest(phase.text, names);
      bench_.mistakes
          .error(phase.span, "M0302", fmt::format("there is no phase `{}`", phase.text),
                 near.empty() ? fmt::format("write it: phase {} {{ ... }}", phase.text) : near,
                 "a phase")
          .about(phase.text);
    }
    return -1;
  }

  CheckedBlock resolve_block(const ast::Block& block) {
    CheckedBlock out;
    if (++depth_ > deepest_blocks) {
      too_deep_ = true;
      if (!block.empty())
        bench_.mistakes.error(block.front().span, "M0308", "blocks stand too deep in each other");
    } else {
      for (const ast::Statement& statement : block) {
        at_ = &statement;
        std::visit([&](const auto& what) { add(what, out); }, statement.what);
      }
    }
    --depth_;
    return out;
  }

  template <class Checked>
  void push(CheckedBlock& out, Checked&& what, const ast::Span& span) {
    out.push_back({std::forward<Checked>(what), span});
  }

  int new_site(const std::string& name, const ast::Note& note, const ast::Span& span) {
    bench_.model.sites.push_back({name, note.text, note.labels, span});
    return static_cast<int>(bench_.model.sites.size()) - 1;
  }

  [[nodiscard]] int variable_of(const std::string& name, CheckedVariable::Kind kind) const {
    const Symbol* symbol = bench_.find(name);
    if (symbol == nullptr || symbol->sort != Sort::variable) return -1;
    return bench_.model.variables[static_cast<std::size_t>(symbol->index)].kind == kind
               ? symbol->index
               : -1;
  }

  void add(const ast::Offer& offer, CheckedBlock& out) {
    const ast::Statement& here = *at_;
    push(out, resolve_number_move(offer, CheckedVariable::Kind::offer, here.note, here.span),
         here.span);
  }

  /// An offer, or another number chosen.
  CheckedOffer resolve_number_move(const ast::Offer& offer, CheckedVariable::Kind kind,
                                   const ast::Note& note, const ast::Span& span) {
    const bool is_offer = kind == CheckedVariable::Kind::offer;
    CheckedOffer checked;
    const auto player = bench_.need_player(offer.player.text(), offer.player.span);
    checked.player = player.value_or(-1);
    checked.variable = variable_of(offer.choice.text, kind);
    checked.site = new_site(offer.choice.text, note, span);
    checked.range = resolve_range(
        bench_, offer.range, is_offer ? "the range of an offer" : "the range of a number chosen");
    if (!offer.range.words.empty())
      bench_.mistakes.error(
          offer.range.span, "M0316",
          is_offer ? "an offer is a number" : "what is chosen in a range is a number",
          fmt::format("to choose among words write: {} chooses {} {{ ... }}", offer.player.text(),
                      offer.choice.text),
          "0..1 by 0.05, or {0, 0.5, 1}");
    else if (!offer.range.listed && !offer.range.entries.empty() &&
             offer.range.entries.front().to != nullptr && offer.range.entries.front().by == nullptr)
      bench_.mistakes.error(
          offer.range.span, "M0315",
          is_offer ? "an offer over an interval needs a step"
                   : "a number chosen from an interval needs a step",
          "a continuum in cells: 0..1 by 0.05; exactly these numbers: {0 .. 1 by 0.05}",
          "`by` and a step");
    if (offer.where != nullptr) {
      checked.where = resolve_condition(
          bench_, offer.where,
          own_type_only(player, is_offer ? "what may be offered" : "what may be chosen"));
      mark_shaping(bench_, *checked.where);
    }
    return checked;
  }

  /// `D chooses m in R where C`, which differs from an offer in its verb alone.
  CheckedOffer resolve_amount(const ast::Choice& choice, const ast::Note& note,
                              const ast::Span& span) {
    return resolve_number_move({choice.player, choice.name, *choice.range, choice.where},
                               CheckedVariable::Kind::amount, note, span);
  }

  static MayRead own_type_only(std::optional<int> player, const char* where) {
    return {player ? mask_of(*player) : ~PlayerMask{0}, true, where,
            "it may depend on the type of the player who moves, on no other"};
  }

  /// Null where the choice's name is another thing's, or its player unknown: then nothing is left
  /// to check but its blocks.
  CheckedChoice resolve_choice(const ast::Choice& choice, const ast::Note& note,
                               const ast::Span& span) {
    CheckedChoice checked;
    const auto player = bench_.need_player(choice.player.text(), choice.player.span);
    checked.player = player.value_or(-1);
    checked.variable = variable_of(choice.name.text, CheckedVariable::Kind::choice);
    checked.site = new_site(choice.name.text, note, span);
    for (const ast::Option& option : choice.options) {
      CheckedOption made;
      made.span = option.name.span;
      made.word = word_of(checked.variable, option.name.text);
      if (option.when != nullptr) {
        made.when = resolve_condition(bench_, option.when,
                                      own_type_only(player, "what is open to a player"));
        mark_shaping(bench_, *made.when);
        if (player) warn_if_never_open(option, *made.when, *player);
      }
      made.block = resolve_block(option.block);
      checked.options.push_back(std::move(made));
    }
    return checked;
  }

  [[nodiscard]] int word_of(int variable, const std::string& word) const {
    if (variable < 0) return -1;
    const auto& words = bench_.variable_words[static_cast<std::size_t>(variable)];
    const auto found = words.find(word);
    return found == words.end() ? -1 : found->second;
  }

  void warn_if_never_open(const ast::Option& option, const Term& when, int player) {
    const bool numeric =
        bench_.numeric_types[static_cast<std::size_t>(player)];  // parts have no names to ask for
    const int num_types =
        numeric ? 1 : bench_.model.players[static_cast<std::size_t>(player)].num_types();
    for (int type = 0; type < num_types; ++type)
      if (!never_true(bench_, when, player, type)) return;
    bench_.mistakes.warning(
        option.name.span, "M0318",
        fmt::format("no type of `{}` ever has `{}`", bench_.player_name(player), option.name.text),
        "its condition cannot be true");
  }

  void add(const ast::Choice& choice, CheckedBlock& out) {
    const ast::Statement& here = *at_;
    if (choice.range)
      push(out, resolve_amount(choice, here.note, here.span), here.span);
    else
      push(out, resolve_choice(choice, here.note, here.span), here.span);
  }

  void add(const ast::Simultaneously& together, CheckedBlock& out) {
    const ast::Statement& here = *at_;
    CheckedSimultaneously checked;
    std::string names;
    for (const ast::Choice& choice : together.choices)
      names += (names.empty() ? "" : " and ") + choice.name.text;
    checked.site = new_site(names, here.note, here.span);
    std::unordered_set<std::string> players;
    for (const ast::Choice& choice : together.choices) {
      if (!players.insert(choice.player.text()).second)
        bench_.mistakes.error(choice.player.span, "M0306",
                              fmt::format("`{}` chooses twice at once", choice.player.text()),
                              "at once choose different players; one player's two choices are one "
                              "choice with more options");
      for (const ast::Option& option : choice.options) only_payments(option.block);
      if (choice.range)
        checked.choices.emplace_back(resolve_amount(choice, {}, choice.span));
      else
        checked.choices.emplace_back(resolve_choice(choice, {}, choice.span));
    }
    push(out, std::move(checked), here.span);
  }

  void only_payments(const ast::Block& block) {
    for (const ast::Statement& statement : block)
      if (!std::holds_alternative<ast::Payments>(statement.what) &&
          !std::holds_alternative<ast::Count>(statement.what))
        bench_.mistakes.error(
            statement.span, "M0305", "choices made at once may hold payments and counts only",
            "write what follows after the block: when a is ... and b is ... { ... }",
            "gets, pays or count");
  }

  void add(const ast::Chance& chance, CheckedBlock& out) {
    const ast::Statement& here = *at_;
    CheckedChance checked;
    checked.variable = variable_of(chance.name.text, CheckedVariable::Kind::chance);
    checked.site = new_site(chance.name.text, here.note, here.span);
    for (const ast::Outcome& outcome : chance.outcomes) {
      CheckedOutcome made;
      made.span = outcome.name.span;
      made.word = word_of(checked.variable, outcome.name.text);
      if (outcome.odds != nullptr) {
        made.odds = resolve_number(bench_, outcome.odds);
        mark_used(bench_, *made.odds);
      }
      for (const ast::View& view : outcome.views) {
        const auto player = bench_.need_player(view.player.text, view.player.span);
        made.perceived.emplace_back(player.value_or(-1), resolve_number(bench_, view.odds));
        mark_used(bench_, *made.perceived.back().second);
      }
      made.block = resolve_block(outcome.block);
      checked.outcomes.push_back(std::move(made));
    }
    check_chance(bench_, checked, chance);
    push(out, std::move(checked), here.span);
  }

  std::vector<CheckedPayment> resolve_payments(const std::vector<ast::Payment>& payments) {
    std::vector<CheckedPayment> out;
    for (const ast::Payment& payment : payments) {
      CheckedPayment made;
      made.player = bench_.need_player(payment.player.text, payment.player.span).value_or(-1);
      made.pays = payment.pays;
      made.amount = resolve_number(bench_, payment.amount);
      mark_used(bench_, *made.amount);
      out.push_back(std::move(made));
    }
    return out;
  }

  void add(const ast::Payments& payments, CheckedBlock& out) {
    const ast::Span span = at_->span;
    push(out, CheckedPayments{resolve_payments(payments.payments)}, span);
  }

  void add(const ast::Assignment& assignment, CheckedBlock& out) {
    const ast::Span span = at_->span;
    const std::string name = assignment.target.text();
    const Symbol* symbol = bench_.find(name);
    const bool is_variable = symbol != nullptr && symbol->sort == Sort::variable;
    const CheckedVariable* variable =
        is_variable ? &bench_.model.variables[static_cast<std::size_t>(symbol->index)] : nullptr;
    const bool numbers =
        variable != nullptr && variable->kind == CheckedVariable::Kind::state_numbers;
    const bool words = variable != nullptr && variable->kind == CheckedVariable::Kind::state_words;
    if (!numbers && !words) return not_a_state(assignment.target, name, symbol);
    CheckedAssignment made;
    made.variable = symbol->index;
    made.kind = assignment.kind;
    if (numbers) {
      made.amount =
          resolve_number(bench_, assignment.amount,
                         {0, true, "what all can see",
                          "a type is private: pay by it, or let chance reveal something of it"});
      mark_shaping(bench_, *made.amount);
    } else if (assignment.kind != ast::Assignment::Kind::becomes) {
      bench_.mistakes.error(
          assignment.target.span, "M0224",
          fmt::format("`{}` holds words and cannot rise or fall", name),
          fmt::format("write: {} becomes {}", name, variable->range.words.front()));
    } else if (const std::string* word = bare_word(*assignment.amount); word != nullptr) {
      made.word = need_word(bench_, bench_.variable_words[static_cast<std::size_t>(symbol->index)],
                            variable->range.words, name, *word, assignment.amount->span);
    } else {
      bench_.mistakes.error(assignment.amount->span, "M0224",
                            fmt::format("`{}` holds words, not numbers", name), {},
                            list_of(variable->range.words));
    }
    push(out, std::move(made), span);
  }

  void not_a_state(const ast::Name& target, const std::string& name, const Symbol* symbol) {
    if (name.empty() || !bench_.mistakes.first("state " + name)) return;
    if (symbol != nullptr && symbol->sort == Sort::player) {
      bench_.mistakes
          .error(target.span, "M0228",
                 fmt::format("`{}` is a player: its type is drawn once, before play, and never "
                             "changes",
                             name),
                 "make what changes a public state: state NAME in {low, high} = low", "a state")
          .see(symbol->span, "declared here");
      return;
    }
    std::vector<std::string> names;
    if (!bench_.mistakes.no_more_hints())
      for (const auto& state : bench_.states) names.push_back(state.what->name.text());
    std::string hint = bench_.mistakes.nearest(name, names);
    if (symbol != nullptr && symbol->sort == Sort::parameter)
      hint = fmt::format(
          "`{0}` is a parameter and stays as it is; what changes is a state: state {0} in ...",
          name);
    else if (symbol != nullptr && symbol->sort == Sort::let)
      hint = fmt::format("`{}` is a let: change the states it reads", name);
    else if (symbol != nullptr && symbol->sort == Sort::variable)
      hint = fmt::format("`{}` is a move of this round: keep what was done in a state", name);
    else if (hint.empty())
      hint = fmt::format("declare it: state {} in 0..1 = 0", name);
    bench_.mistakes
        .error(target.span, "M0223", fmt::format("there is no state `{}`", name), hint, "a state")
        .about(name);
  }

  void add(const ast::Count& count, CheckedBlock& out) {
    const ast::Span span = at_->span;
    CheckedCount made;
    made.tally = bench_.tally_names.at(count.tally.text());
    if (count.by != nullptr) {
      made.by = resolve_number(bench_, count.by);
      mark_used(bench_, *made.by);
    }
    push(out, std::move(made), span);
  }

  void add(const ast::TimePasses& time, CheckedBlock& out) {
    const double rounds = time.rounds.value_or(1.0);
    const bool whole = rounds >= 1.0 && rounds <= most_rounds && rounds == std::floor(rounds);
    if (!whole)
      bench_.mistakes.error(
          at_->span, "M0307", fmt::format("time passes {} rounds", number_text(rounds)),
          "time passes in whole rounds, at least one", "a whole number, at least 1");
    push(out, CheckedTime{whole ? static_cast<int>(rounds) : 1}, at_->span);
  }

  void add(const ast::When& when, CheckedBlock& out) {
    const ast::Span span = at_->span;
    CheckedWhen made;
    made.condition = resolve_condition(bench_, when.condition,
                                       {0, true, "what happens next is public, so `when`",
                                        "a type is private: let its owner choose, with options it "
                                        "has only `when` it is of that type"});
    mark_shaping(bench_, *made.condition);
    made.then = resolve_block(when.then);
    made.otherwise = resolve_block(when.otherwise);
    push(out, std::move(made), span);
  }

  void add(const ast::GoTo& go, CheckedBlock& out) {
    const int phase = need_phase(go.phase);
    const auto& counted = bench_.model.horizon.phases;
    if (closing_ && phase >= 0 &&
        (counted.empty() || std::find(counted.begin(), counted.end(), phase) != counted.end()))
      bench_.mistakes.error(
          go.phase.span, "M0311",
          fmt::format("the clock has run out, and the top of `{}` would send play back here",
                      go.phase.text),
          "end play here, or go to a phase that the horizon does not name");
    push(out, CheckedGoTo{phase}, at_->span);
  }

  void add(const ast::PlaceMark& mark, CheckedBlock& out) {
    const auto filled = bench_.fillings.find(mark.place.text);
    if (filled == bench_.fillings.end() || !filled_.insert(mark.place.text).second) return;
    for (const ast::At* at : filled->second)
      for (CheckedStatement& statement : resolve_block(at->body))
        out.push_back(std::move(statement));
  }

  void add(const ast::End& end, CheckedBlock& out) {
    const ast::Span span = at_->span;
    push(out, CheckedEnd{bench_.outcome_names.at(end.name.text), resolve_payments(end.payments)},
         span);
  }

  /// What stands at a place that only fills itself.
  void fillings_out_of_reach() {
    if (too_deep_) return;
    for (const auto& at : bench_.ats)
      if (bench_.places.contains(at.what->place.text) && !filled_.contains(at.what->place.text))
        bench_.mistakes.error(at.what->place.span, "M0605",
                              fmt::format("place `{}` stands in no phase", at.what->place.text),
                              "it stands only in what fills it");
  }

  Bench& bench_;
  const ast::Statement* at_ = nullptr;
  int phase_ = -1, depth_ = 0;
  bool closing_ = false, too_deep_ = false;
  std::unordered_set<std::string> filled_;
};

}  // namespace

CheckedRange resolve_range(Bench& bench, const ast::Range& range, const char* where) {
  CheckedRange out;
  out.listed = range.listed;
  out.span = range.span;
  if (!range.words.empty()) return out;
  const MayRead may{
      0, false, where,
      "it may read parameters; what depends on the play belongs into `where` or `when`"};
  const auto read = [&](const ast::ExpressionPtr& e) {
    if (e == nullptr) return TermPtr{};
    TermPtr term = resolve_number(bench, e, may);
    mark_shaping(bench, *term);
    return term;
  };
  for (const ast::RangeEntry& entry : range.entries) {
    out.entries.push_back({read(entry.from), read(entry.to), read(entry.by)});
    const CheckedRange::Entry& made = out.entries.back();
    if (made.to == nullptr) continue;
    const auto low = constant(bench, *made.from, false), high = constant(bench, *made.to, false);
    const auto step = made.by == nullptr ? std::optional(1.0) : constant(bench, *made.by, false);
    if (low && high && *low > *high)
      bench.mistakes.error(range.span, "M0316",
                           fmt::format("this range is upside down: {} is more than {}",
                                       number_text(*low), number_text(*high)));
    else if (step && !(*step > 0.0))
      bench.mistakes.error(entry.by->span, "M0316", fmt::format("a step of {}", number_text(*step)),
                           {}, "a number above 0");
    else if (low && high && step &&
             std::abs((*high - *low) / *step - std::round((*high - *low) / *step)) >
                 step_tolerance * std::max(1.0, (*high - *low) / *step))
      bench.mistakes.error(
          range.span, "M0316",
          fmt::format("steps of {} do not lead from {} to {}", number_text(*step),
                      number_text(*low), number_text(*high)),
          fmt::format("{0} steps fit: by {1}/{0}",
                      number_text(std::max(1.0, std::round((*high - *low) / *step))),
                      number_text(*high - *low)),
          "a step that divides the interval");
  }
  return out;
}

void resolve_play(Bench& bench) { Play(bench).run(); }

}  // namespace melian
