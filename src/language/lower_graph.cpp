#include "language/lower_graph.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

namespace melian::lowering {

namespace {

constexpr int most_joint_actions = 100'000;
constexpr int most_guarded_types = 64;  // Branch::open_to is a mask of 64 types

class Builder {
 public:
  Builder(const Model::Checked& model, Formulas& formulas, Shape& shape)
      : model_(model),
        formulas_(formulas),
        shape_(shape),
        contents_(model.variables.size(), -1),
        numbers_(model.variables.size(), 0.0) {}

  Graph build() {
    states();
    graph_.offers.resize(model_.sites.size());
    graph_.first_content.assign(model_.sites.size(), 0);
    horizon();
    const auto num_phases = static_cast<int>(model_.phases.size());
    for (phase_ = 0; phase_ < num_phases; ++phase_)
      graph_.tops.push_back(
          point(Point::Kind::top, model_.phases[static_cast<std::size_t>(phase_)].span));
    for (phase_ = 0; phase_ < num_phases; ++phase_) {
      const CheckedPhase& phase = model_.phases[static_cast<std::size_t>(phase_)];
      const int bottom = point(Point::Kind::go_to, phase.span);
      at(bottom).target = phase_;
      const int first = block(phase.body, bottom);
      at(graph_.tops[static_cast<std::size_t>(phase_)]).next = first;
    }
    if (model_.horizon.kind == HorizonKind::finite) {
      graph_.closing = phase_ = num_phases;
      graph_.tops.push_back(point(Point::Kind::top, model_.horizon.span));
      const int first =
          block(model_.horizon.closing, point(Point::Kind::bottom_of_closing, model_.horizon.span));
      at(graph_.tops.back()).next = first;
      graph_.counted.push_back(0);
    }
    find_checks();
    return std::move(graph_);
  }

 private:
  Point& at(int point) { return graph_.points[static_cast<std::size_t>(point)]; }
  int point(Point::Kind kind, const ast::Span& span) {
    graph_.points.emplace_back();
    graph_.points.back().kind = kind;
    graph_.points.back().span = span;
    graph_.points.back().phase = phase_;
    return static_cast<int>(graph_.points.size()) - 1;
  }

  void states() {
    graph_.holders.resize(model_.variables.size());
    graph_.start.assign(model_.variables.size(), -1);
    for (std::size_t v = 0; v < model_.variables.size(); ++v) {
      const CheckedVariable& variable = model_.variables[v];
      Holder& holder = graph_.holders[v];
      if (variable.is_chosen_number()) continue;
      if (variable.kind != CheckedVariable::Kind::state_numbers) {
        holder.texts = variable.range.words;
        for (std::size_t k = 0; k < holder.texts.size(); ++k)
          holder.numbers.push_back(static_cast<double>(k));
        graph_.start[v] = variable.start_word;
        continue;
      }
      auto points = shape_.points(variable.range, variable.name);
      if (!points) continue;
      std::sort(points->numbers.begin(), points->numbers.end());
      holder.numbers = holder.domain.numbers = points->numbers;
      for (const double x : holder.numbers) holder.texts.push_back(number_text(x));
      const auto start = shape_.number(variable.start, "the start of a state");
      if (!start) continue;
      graph_.start[v] = holder.domain.find(*start);
      if (graph_.start[v] < 0)
        shape_.error(variable.start->span, "M0325",
                     fmt::format("'{}' starts at {}, which its range does not hold", variable.name,
                                 number_text(*start)),
                     fmt::format("{} .. {}", holder.texts.front(), holder.texts.back()));
    }
  }

  void horizon() {
    const CheckedHorizon& horizon = model_.horizon;
    graph_.counted.assign(model_.phases.size(), horizon.phases.empty() ? 1 : 0);
    for (const int phase : horizon.phases) graph_.counted[static_cast<std::size_t>(phase)] = 1;
    if (horizon.kind != HorizonKind::finite) return;
    const auto rounds = shape_.number(horizon.rounds, "the number of rounds");
    if (!rounds) return;
    if (*rounds < 1 || *rounds > 1e6 || std::abs(*rounds - std::round(*rounds)) > 1e-9) {
      shape_.error(horizon.span, "M0326",
                   fmt::format("a horizon of {} rounds", number_text(*rounds)),
                   "a whole number from 1 to a million");
      return;
    }
    graph_.rounds = static_cast<int>(std::lround(*rounds));
  }

  int block(const CheckedBlock& statements, int next) {
    for (std::size_t k = statements.size(); k-- > 0;) next = statement(statements[k], next);
    return next;
  }

  int statement(const CheckedStatement& statement, int next) {
    return std::visit([&](const auto& what) { return lower(what, statement.span, next); },
                      statement.what);
  }

  int lower(const CheckedOffer& offer, const ast::Span& span, int next) {
    const int made = point(Point::Kind::offer, span);
    Point& p = at(made);
    p.site = offer.site;
    p.player = offer.player;
    p.variable = offer.variable;
    p.next = next;
    p.where = shape_.shaping(offer.where);
    check_guard(p.where, p.player, span);
    lay_out_points(offer);
    return made;
  }

  /// The numbers of an offer, or of another number chosen, as contents of its variable.
  void lay_out_points(const CheckedOffer& offer) {
    auto points =
        shape_.points(offer.range, model_.variables[static_cast<std::size_t>(offer.variable)].name);
    if (!points) return;
    Holder& holder = graph_.holders[static_cast<std::size_t>(offer.variable)];
    graph_.first_content[static_cast<std::size_t>(offer.site)] =
        static_cast<int>(holder.numbers.size());
    holder.numbers.insert(holder.numbers.end(), points->numbers.begin(), points->numbers.end());
    holder.texts.insert(holder.texts.end(), points->texts.begin(), points->texts.end());
    graph_.offers[static_cast<std::size_t>(offer.site)] = std::move(*points);
  }

  std::vector<Way> options(const CheckedChoice& choice, int next) {
    std::vector<Way> ways;
    for (const CheckedOption& option : choice.options) {
      const int guard = shape_.shaping(option.when);
      check_guard(guard, choice.player, option.span);
      if (guard >= 0 && never(guard, choice.player)) continue;
      Way way;
      way.word = option.word;
      way.guard = guard;
      way.span = option.span;
      way.next = block(option.block, next);
      ways.push_back(std::move(way));
    }
    return ways;
  }

  int lower(const CheckedChoice& choice, const ast::Span& span, int next) {
    std::vector<Way> ways = options(choice, next);
    const int made = point(Point::Kind::choice, span);
    Point& p = at(made);
    p.site = choice.site;
    p.player = choice.player;
    p.variable = choice.variable;
    p.ways = std::move(ways);
    return made;
  }

  Part part(const CheckedChoice& choice) {
    Part out;
    out.site = choice.site;
    out.player = choice.player;
    out.variable = choice.variable;
    out.ways = options(choice, -1);
    return out;
  }
  Part part(const CheckedOffer& number) {
    Part out;
    out.site = number.site;
    out.player = number.player;
    out.variable = number.variable;
    out.is_number = true;
    out.where = shape_.shaping(number.where);
    check_guard(out.where, out.player, number.range.span);
    lay_out_points(number);
    return out;
  }

  int lower(const CheckedSimultaneously& together, const ast::Span& span, int next) {
    std::vector<Part> parts;
    double joint = 1.0;
    for (const auto& one : together.choices) {
      parts.push_back(std::visit([&](const auto& choice) { return part(choice); }, one));
      joint *= graph_.num_written(parts.back());
    }
    if (joint > most_joint_actions)
      shape_.error(span, too_large_code, fmt::format("{:.3g} joint actions at once", joint),
                   fmt::format("at most {}", most_joint_actions));
    const int made = point(Point::Kind::simultaneous, span);
    at(made).site = together.site;
    at(made).parts = std::move(parts);
    at(made).next = next;
    return made;
  }

  int lower(const CheckedChance& chance, const ast::Span& span, int next) {
    std::vector<Way> ways;
    for (const CheckedOutcome& outcome : chance.outcomes) {
      Way way;
      way.word = outcome.word;
      way.odds = formulas_.add(outcome.odds);
      for (const auto& [player, odds] : outcome.perceived)
        way.views.emplace_back(player, formulas_.add(odds));
      way.span = outcome.span;
      way.next = block(outcome.block, next);
      ways.push_back(std::move(way));
    }
    const int made = point(Point::Kind::chance, span);
    at(made).site = chance.site;
    at(made).variable = chance.variable;
    at(made).ways = std::move(ways);
    return made;
  }

  std::vector<Paid> payments(const std::vector<CheckedPayment>& written) {
    std::vector<Paid> paid;
    for (const CheckedPayment& payment : written)
      paid.push_back({payment.player, payment.pays, formulas_.add(payment.amount)});
    return paid;
  }

  int lower(const CheckedPayments& written, const ast::Span& span, int next) {
    const int made = point(Point::Kind::pay, span);
    at(made).payments = payments(written.payments);
    at(made).next = next;
    return made;
  }

  int lower(const CheckedAssignment& assignment, const ast::Span& span, int next) {
    const int made = point(Point::Kind::assign, span);
    Point& p = at(made);
    p.variable = assignment.variable;
    p.assignment = assignment.kind;
    p.formula = shape_.shaping(assignment.amount);
    p.word = assignment.word;
    p.next = next;
    return made;
  }

  int lower(const CheckedCount& count, const ast::Span& span, int next) {
    const int made = point(Point::Kind::count, span);
    at(made).tally = count.tally;
    at(made).formula = formulas_.add(count.by);
    at(made).next = next;
    return made;
  }

  int lower(const CheckedTime& time, const ast::Span& span, int next) {
    const int made = point(Point::Kind::time, span);
    at(made).rounds = time.rounds;
    at(made).next = next;
    return made;
  }

  int lower(const CheckedWhen& when, const ast::Span& span, int next) {
    const int condition = shape_.shaping(when.condition);
    const Formula& formula = formulas_[condition];
    if (formula.variables.empty() && formula.types == 0)
      return block(holds(condition) ? when.then : when.otherwise, next);
    const int then = block(when.then, next), otherwise = block(when.otherwise, next);
    const int made = point(Point::Kind::when, span);
    at(made).formula = condition;
    at(made).next = then;
    at(made).otherwise = otherwise;
    return made;
  }

  int lower(const CheckedGoTo& go_to, const ast::Span& span, int) {
    const int made = point(Point::Kind::go_to, span);
    at(made).target = go_to.phase;
    return made;
  }

  int lower(const CheckedEnd& end, const ast::Span& span, int) {
    const int made = point(Point::Kind::end, span);
    at(made).target = end.outcome;
    at(made).payments = payments(end.payments);
    return made;
  }

  bool holds(int formula, int player = -1, int type = 0) {
    std::vector<int> types(model_.players.size(), 0);
    if (player >= 0) types[static_cast<std::size_t>(player)] = type;
    return shape_.number(formula, contents_, numbers_, types) != 0.0;
  }

  /// Whether parameters alone close this guard to every type.
  bool never(int guard, int player) {
    if (!formulas_[guard].variables.empty()) return false;
    for (int type = 0; type < model_.players[static_cast<std::size_t>(player)].num_types(); ++type)
      if (holds(guard, player, type)) return false;
    return true;
  }

  void check_guard(int guard, int player, const ast::Span& span) {
    if (guard < 0 || formulas_[guard].types == 0) return;
    const Player& mover = model_.players[static_cast<std::size_t>(player)];
    if (mover.num_types() > most_guarded_types)
      shape_.error(
          span, "M0327",
          fmt::format("a condition on the type of {}, which has {} types", mover.name,
                      mover.num_types()),
          fmt::format("at most {} types where options depend on them", most_guarded_types));
  }

  void find_checks() {
    const auto num_phases = graph_.tops.size();
    std::vector<std::vector<int>> leads(
        num_phases);  // from the phase a jump aims at to the phase it stands in
    for (const Point& p : graph_.points)
      if (p.kind == Point::Kind::go_to)
        leads[static_cast<std::size_t>(p.target)].push_back(p.phase);
    graph_.check_follows.assign(num_phases, 0);
    if (model_.horizon.kind != HorizonKind::finite) return;
    std::vector<int> work;
    const auto mark = [&](int phase) {
      if (std::exchange(graph_.check_follows[static_cast<std::size_t>(phase)], 1) == 0)
        work.push_back(phase);
    };
    for (std::size_t phase = 0; phase < num_phases; ++phase)
      if (graph_.counted[phase] != 0) mark(static_cast<int>(phase));
    while (!work.empty()) {
      const int phase = work.back();
      work.pop_back();
      for (const int from : leads[static_cast<std::size_t>(phase)]) mark(from);
    }
  }

  const Model::Checked& model_;
  Formulas& formulas_;
  Shape& shape_;
  Graph graph_;
  int phase_ = 0;
  std::vector<int> contents_;
  std::vector<double> numbers_;
};

}  // namespace

Graph build_graph(const Model::Checked& model, Formulas& formulas, Shape& shape) {
  return Builder(model, formulas, shape).build();
}

}  // namespace melian::lowering
