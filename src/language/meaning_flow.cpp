/// Follows play through the text of each phase: what has been chosen on every way there, what is
/// chosen twice, and what is never reached. Choices are forgotten at the top of a phase.

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

/// What is known where play stands.
struct Standing {
  bool reachable = true;
  Bits made;        ///< moves made on every way here
  Bits maybe_made;  ///< moves made on some way here
};

Standing merged(Standing a, Standing b) {
  if (!a.reachable) return b;
  if (!b.reachable) return a;
  a.made.intersect(b.made);
  a.maybe_made.unite(b.maybe_made);
  return a;
}

class Flow {
 public:
  explicit Flow(Bench& bench) : bench_(bench), leads_to_(bench.model.phases.size()) {}

  void run() {
    for (std::size_t i = 0; i < bench_.model.phases.size(); ++i) {
      from_ = &leads_to_[i];
      made_at_.clear();
      walk(bench_.model.phases[i].body, {});
    }
    walk_closing();
    warn_of_unreached_phases();
  }

 private:
  void walk_closing() {
    const CheckedHorizon& horizon = bench_.model.horizon;
    if (horizon.kind != HorizonKind::finite) return;
    closing_ = true;
    from_ = &closing_leads_to_;
    const Standing end = walk(horizon.closing, {});
    if (end.reachable)
      bench_.mistakes.error(horizon.span, "M0311",
                            "play does not end on every way through the horizon's closing",
                            "write `end NAME` after what is paid", "end NAME: ...");
  }

  Standing walk(const CheckedBlock& block, Standing at) {
    bool warned = false;
    for (const CheckedStatement& statement : block) {
      if (!at.reachable && !warned) {
        warned = true;
        if (!dead_)
          bench_.mistakes.warning(
              statement.span, "M0304", "play never comes here",
              "what stands before it ends play or leaves the phase on every way");
      }
      const bool was_dead = dead_;
      dead_ = dead_ || !at.reachable;
      at = std::visit([&](const auto& what) { return pass(what, statement.span, std::move(at)); },
                      statement.what);
      dead_ = was_dead;
    }
    return at;
  }

  // ---- statements
  // ------------------------------------------------------------------------------------------------------

  Standing pass(const CheckedOffer& offer, const ast::Span& span, Standing at) {
    decides(span);
    make(offer.variable, span, at);
    if (offer.where != nullptr) reads(*offer.where, at);
    return at;
  }

  Standing pass(const CheckedChoice& choice, const ast::Span& span, Standing at) {
    decides(span);
    for (const CheckedOption& option : choice.options)
      if (option.when != nullptr) reads(*option.when, at);
    make(choice.variable, span, at);
    return after_options(choice, std::move(at));
  }

  Standing after_options(const CheckedChoice& choice, const Standing& at) {
    Standing out;
    out.reachable = false;
    for (const CheckedOption& option : choice.options)
      out = merged(std::move(out), walk(option.block, at));
    return choice.options.empty() ? at : out;
  }

  Standing pass(const CheckedSimultaneously& together, const ast::Span& span, const Standing& at) {
    decides(span);
    Standing out = at;
    for (const auto& one : together.choices) {
      Standing alone = at;  // made unseen: blocks and conditions read their own choice only
      if (const auto* choice = std::get_if<CheckedChoice>(&one)) {
        for (const CheckedOption& option : choice->options)
          if (option.when != nullptr) reads(*option.when, at);
        make(choice->variable, span, alone);
        after_options(*choice, std::move(alone));
        make(choice->variable, span, out);
      } else {
        const auto& number = std::get<CheckedOffer>(one);
        make(number.variable, span, alone);
        if (number.where != nullptr) reads(*number.where, alone);
        make(number.variable, span, out);
      }
    }
    return out;
  }

  Standing pass(const CheckedChance& chance, const ast::Span& span, Standing at) {
    for (const CheckedOutcome& outcome : chance.outcomes) {
      if (outcome.odds != nullptr) reads(*outcome.odds, at);
      for (const auto& [player, odds] : outcome.perceived) reads(*odds, at);
    }
    make(chance.variable, span, at);
    Standing out;
    out.reachable = false;
    for (const CheckedOutcome& outcome : chance.outcomes)
      out = merged(std::move(out), walk(outcome.block, at));
    return chance.outcomes.empty() ? at : out;
  }

  Standing pass(const CheckedPayments& payments, const ast::Span& /*span*/, Standing at) {
    for (const CheckedPayment& payment : payments.payments) reads(*payment.amount, at);
    return at;
  }

  Standing pass(const CheckedAssignment& assignment, const ast::Span& /*span*/, Standing at) {
    if (assignment.amount != nullptr) reads(*assignment.amount, at);
    return at;
  }

  Standing pass(const CheckedCount& count, const ast::Span& /*span*/, Standing at) {
    if (count.by != nullptr) reads(*count.by, at);
    return at;
  }

  Standing pass(const CheckedTime& /*time*/, const ast::Span& /*span*/, Standing at) { return at; }

  Standing pass(const CheckedWhen& when, const ast::Span& /*span*/, Standing at) {
    reads(*when.condition, at);
    Standing then = walk(when.then, at);
    return merged(std::move(then), walk(when.otherwise, std::move(at)));
  }

  Standing pass(const CheckedGoTo& go, const ast::Span& /*span*/, Standing at) {
    if (at.reachable && go.phase >= 0) from_->push_back(go.phase);
    at.reachable = false;
    return at;
  }

  Standing pass(const CheckedEnd& end, const ast::Span& /*span*/, Standing at) {
    for (const CheckedPayment& payment : end.payments) reads(*payment.amount, at);
    at.reachable = false;
    return at;
  }

  // ---- moves
  // -------------------------------------------------------------------------------------------------------------

  void decides(const ast::Span& span) {
    if (closing_)
      bench_.mistakes.error(span, "M0312", "the horizon's closing holds a decision",
                            "it may pay, count and draw chance; decisions belong to phases");
  }

  void make(int variable, const ast::Span& span, Standing& at) {
    if (variable < 0) return;
    if (at.reachable && at.maybe_made.has(variable)) {
      const std::string& name = bench_.model.variables[static_cast<std::size_t>(variable)].name;
      auto told = bench_.mistakes.error(
          span, "M0208", fmt::format("`{}` may be made twice on one way through the phase", name),
          "give one of the two another name, or put them into the two sides of one `when ... "
          "else`");
      if (const auto first = made_at_.find(variable);
          first != made_at_.end() && first->second.begin != span.begin)
        told.see(first->second, "made here before");
    }
    made_at_.emplace(variable, span);
    at.made.add(variable);
    at.maybe_made.add(variable);
  }

  /// Every move this reads must have been made.
  void reads(const Term& term, const Standing& at) {
    if (!at.reachable) return;
    for (const TermPtr& arg : term.args) reads(*arg, at);
    if (term.op == Term::Op::variable || term.op == Term::Op::variable_is)
      need(term.index, -1, term, at);
    if (term.op == Term::Op::let)
      bench_.let_facts[static_cast<std::size_t>(term.index)].variables.each(
          [&](int variable) { need(variable, term.index, term, at); });
  }

  void need(int variable, int let, const Term& term, const Standing& at) {
    const CheckedVariable& read = bench_.model.variables[static_cast<std::size_t>(variable)];
    const bool state = read.kind == CheckedVariable::Kind::state_numbers ||
                       read.kind == CheckedVariable::Kind::state_words;
    if (state || at.made.has(variable)) return;
    const std::string through =
        let < 0 ? ""
                : fmt::format("`{}` reads `{}`, and ",
                              bench_.model.lets[static_cast<std::size_t>(let)].name, read.name);
    if (closing_) {
      bench_.mistakes.error(
          term.span, "M0314",
          fmt::format("{}the horizon's closing may not read `{}`, a move of a phase", through,
                      read.name),
          "it may read states, parameters and types: keep what was done in a state");
    } else {
      bench_.mistakes.error(
          term.span, "M0209",
          fmt::format("{}`{}` has not been made on every way here", through, read.name),
          at.maybe_made.has(variable)
              ? "read it inside the block where it is made, or keep it in a state"
              : "moves are forgotten at the top of a phase: to keep one, put it in a state");
    }
  }

  // ---- phases
  // --------------------------------------------------------------------------------------------------------------

  void warn_of_unreached_phases() {
    if (leads_to_.empty()) return;
    std::vector<bool> reached(leads_to_.size(), false);
    std::vector<int> open = {0};
    open.insert(open.end(), closing_leads_to_.begin(), closing_leads_to_.end());
    while (!open.empty()) {
      const auto phase = static_cast<std::size_t>(open.back());
      open.pop_back();
      if (reached[phase]) continue;
      reached[phase] = true;
      open.insert(open.end(), leads_to_[phase].begin(), leads_to_[phase].end());
    }
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (!reached[i])
        bench_.mistakes.warning(
            bench_.model.phases[i].span, "M0303",
            fmt::format("play never reaches phase `{}`", bench_.model.phases[i].name),
            fmt::format("no phase that is reached says: go to {}", bench_.model.phases[i].name));
  }

  Bench& bench_;
  std::vector<std::vector<int>> leads_to_;  ///< per phase: where its `go to` lead
  std::vector<int> closing_leads_to_;
  std::vector<int>* from_ = nullptr;
  std::map<int, ast::Span> made_at_;  ///< by variable: where it is made first in this phase
  bool closing_ = false;
  bool dead_ = false;  ///< inside what is never reached: said once
};

}  // namespace

void follow_play(Bench& bench) { Flow(bench).run(); }

}  // namespace melian
