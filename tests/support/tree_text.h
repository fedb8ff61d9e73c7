#pragma once
/// A parsed file as text without places or layout: two texts that say the same have the same tree
/// text.

#include <string>

#include "language/ast.h"

namespace melian::test {

class TreeText {
 public:
  explicit TreeText(const ast::File& file) { put_file(file); }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void put(const std::string& text) { out_ += text + ' '; }
  template <class Element, class Put>
  void list(const std::vector<Element>& elements, const Put& put_one) {
    put("(");
    for (const Element& element : elements) put_one(element);
    put(")");
  }
  void put_file(const ast::File& file) {
    put(file.is_module ? "module" : "model");
    put(file.title.text);
    put(file.extends ? "of " + file.extends->text : "-");
    list(file.with, [&](const ast::Text& text) { put(text.text); });
    note(file.note);
    for (const ast::Item& item : file.items) {
      out_ += '\n';
      std::visit([&](const auto& what) { one(what); }, item.what);
      note(item.note);
    }
  }
  void note(const ast::Note& note) {
    for (const std::string& label : note.labels) put("[" + label + "]");
    if (!note.text.empty()) put("## " + note.text);
  }
  void word(const ast::Word& word) { put(word.text); }
  void name(const ast::Name& name) {
    put(name.text());
    for (const int number : name.brackets) put(std::to_string(number));
  }
  void words(const std::vector<ast::Word>& words) {
    list(words, [&](const ast::Word& one_word) { word(one_word); });
  }
  void expression(const ast::ExpressionPtr& formula) {
    if (!formula) return put("-");
    put(formula->parenthesised ? "((" : "(");
    put(formula->number_text);
    name(formula->name);
    words(formula->dots);
    word(formula->function);
    if (formula->kind == ast::Expression::Kind::operation)
      put("op" + std::to_string(static_cast<int>(formula->op)));
    for (const ast::ExpressionPtr& operand : formula->operands) expression(operand);
    put(")");
  }
  void range(const ast::Range& range) {
    put(range.listed ? "listed" : "cells");
    list(range.entries, [&](const ast::RangeEntry& entry) {
      expression(entry.from), expression(entry.to), expression(entry.by);
    });
    words(range.words);
  }
  void payments(const std::vector<ast::Payment>& payments) {
    list(payments, [&](const ast::Payment& payment) {
      word(payment.player), put(payment.pays ? "pays" : "gets"), expression(payment.amount);
    });
  }
  void block(const ast::Block& block) {
    list(block, [&](const ast::Statement& statement) {
      out_ += "\n  ";
      std::visit([&](const auto& what) { one(what); }, statement.what);
      note(statement.note);
    });
  }
  void cells(const std::vector<ast::Cell>& cells) {
    list(cells, [&](const ast::Cell& cell) { words(cell.types), expression(cell.odds); });
  }
  void content(const ast::Content& content) {
    put((content.is_word ? "word " : "number ") + content.text);
  }

  void one(const ast::Offer& offer) {
    put("offer"), name(offer.player), word(offer.choice), range(offer.range),
        expression(offer.where);
  }
  void one(const ast::Choice& choice) {
    put("choice"), name(choice.player), word(choice.name), note(choice.note);
    list(choice.options, [&](const ast::Option& option) {
      word(option.name), expression(option.when), put(option.has_block ? "{}" : "-"),
          block(option.block), note(option.note);
    });
  }
  void one(const ast::Simultaneously& both) {
    put("simultaneously");
    list(both.choices, [&](const ast::Choice& choice) { one(choice); });
  }
  void one(const ast::Chance& chance) {
    put("chance"), word(chance.name);
    list(chance.outcomes, [&](const ast::Outcome& outcome) {
      word(outcome.name), expression(outcome.odds);
      list(outcome.views, [&](const ast::View& view) { word(view.player), expression(view.odds); });
      put(outcome.has_block ? "{}" : "-"), block(outcome.block), note(outcome.note);
    });
  }
  void one(const ast::Payments& paid) { put("payments"), payments(paid.payments); }
  void one(const ast::Assignment& change) {
    put("assignment" + std::to_string(static_cast<int>(change.kind))), name(change.target),
        expression(change.amount);
  }
  void one(const ast::Count& count) { put("count"), name(count.tally), expression(count.by); }
  void one(const ast::TimePasses& time) {
    put("time"), put(time.rounds ? std::to_string(*time.rounds) : "-");
  }
  void one(const ast::When& when) {
    put("when"), expression(when.condition), block(when.then), put(when.has_else ? "else" : "-"),
        put(when.else_when ? "when" : "-"), block(when.otherwise);
  }
  void one(const ast::GoTo& go) { put("go"), word(go.phase); }
  void one(const ast::PlaceMark& place) { put("place"), word(place.place); }
  void one(const ast::End& end) { put("end"), word(end.name), payments(end.payments); }
  void one(const ast::Text& source) { put("source"), put(source.text); }
  void one(const ast::PlayerDeclaration& player) {
    put("player"), word(player.name);
    list(player.types, [&](const ast::Type& type) {
      word(type.name), put(type.weight ? std::to_string(*type.weight) : "-");
      if (type.numeric)
        word(type.numeric->distribution), expression(type.numeric->first),
            expression(type.numeric->second), expression(type.numeric->parts);
    });
  }
  void one(const ast::Prior& prior) { put("prior"), words(prior.players), cells(prior.cells); }
  void one(const ast::Believes& belief) {
    put("believes"), word(belief.observer), word(belief.about), cells(belief.cells);
  }
  void one(const ast::Parameter& parameter) {
    put("param"), name(parameter.name);
    list(parameter.by_type,
         [&](const auto& by_type) { word(by_type.first), content(by_type.second); });
    if (parameter.content) content(*parameter.content);
    if (parameter.in) range(*parameter.in);
  }
  void one(const ast::Set& set) {
    put("set"), name(set.name), words(set.dots), content(set.content);
  }
  void one(const ast::Let& let) {
    put(let.replace ? "replace" : "let"), name(let.name), expression(let.definition);
  }
  void one(const ast::State& state) {
    put("state"), name(state.name), range(state.range), expression(state.start),
        put(state.stops ? "stops" : "-");
  }
  void one(const ast::Horizon& horizon) {
    put(horizon.forever ? "forever" : "horizon"), expression(horizon.rounds), words(horizon.phases),
        put(horizon.closing_is_block ? "{}" : "-"), block(horizon.closing);
  }
  void one(const ast::Phase& phase) { put("phase"), word(phase.name), block(phase.body); }
  void one(const ast::At& filling) { put("at"), word(filling.place), block(filling.body); }

  std::string out_;
};

[[nodiscard]] inline std::string tree_text(const ast::File& file) { return TreeText(file).text(); }

}  // namespace melian::test
