#include "language/outline.h"

#include <algorithm>
#include <type_traits>

namespace melian {
namespace {

class Outliner {
 public:
  explicit Outliner(const Lexed& lexed) : lexed_(lexed) {}

  std::vector<Element> run(ast::File& file) {
    add(Element::Kind::header, file.span, file.note, -1);
    for (ast::Item& item : file.items) add_item(item);
    return std::move(out_);
  }

 private:
  int add(Element::Kind kind, const ast::Span& span, ast::Note& note, int parent) {
    Element element;
    element.kind = kind;
    element.parent = parent;
    element.note = &note;
    element.first = first_token_from(span.begin);
    element.last = std::max(element.first, first_token_from(span.end) - 1);
    out_.push_back(element);
    return static_cast<int>(out_.size()) - 1;
  }

  [[nodiscard]] int first_token_from(int byte) const {
    const auto found = std::ranges::lower_bound(lexed_.tokens, byte, {}, &Token::begin);
    return static_cast<int>(found - lexed_.tokens.begin());
  }

  void add_item(ast::Item& item) {
    const int self = add(Element::Kind::item, item.span, item.note, -1);
    if (auto* phase = std::get_if<ast::Phase>(&item.what))
      add_block(phase->body, self);
    else if (auto* filling = std::get_if<ast::At>(&item.what))
      add_block(filling->body, self);
    else if (auto* horizon = std::get_if<ast::Horizon>(&item.what)) {
      if (horizon->closing_is_block) add_block(horizon->closing, self);
    } else if (!std::holds_alternative<ast::Prior>(item.what) &&
               !std::holds_alternative<ast::Believes>(item.what)) {
      out_[static_cast<std::size_t>(self)].shares_line = true;
    }
  }

  void add_block(ast::Block& block, int parent) {
    for (ast::Statement& statement : block) add_statement(statement, parent);
  }

  void add_statement(ast::Statement& statement, int parent) {
    const int self = add(Element::Kind::statement, statement.span, statement.note, parent);
    std::visit([&](auto& what) { add_inside(what, self); }, statement.what);
  }

  template <class What>
  void add_inside(What& what, int self) {
    if constexpr (std::is_same_v<What, ast::Choice>) add_options(what, self);
    if constexpr (std::is_same_v<What, ast::Simultaneously>)
      for (ast::Choice& choice : what.choices)
        add_options(choice, add(Element::Kind::statement, choice.span, choice.note, self));
    if constexpr (std::is_same_v<What, ast::Chance>)
      for (ast::Outcome& outcome : what.outcomes)
        add_block(outcome.block, add(Element::Kind::outcome, outcome.span, outcome.note, self));
    if constexpr (std::is_same_v<What, ast::When>) {
      add_block(what.then, self);
      add_block(what.otherwise, self);
    }
  }

  void add_options(ast::Choice& choice, int parent) {
    for (ast::Option& option : choice.options)
      add_block(option.block, add(Element::Kind::option, option.span, option.note, parent));
  }

  const Lexed& lexed_;
  std::vector<Element> out_;
};

/// The innermost element that holds this token; -1 where none does.
int innermost(int token, const std::vector<Element>& elements) {
  int found = -1;
  auto end = std::ranges::upper_bound(elements, token, {}, &Element::first);
  if (end == elements.begin()) return -1;
  // The last element to begin at or before the token holds it, or one of the elements around that
  // one does.
  for (int i = static_cast<int>(end - elements.begin()) - 1; i >= 0 && found < 0;
       i = elements[static_cast<std::size_t>(i)].parent)
    if (elements[static_cast<std::size_t>(i)].last >= token) found = i;
  return found;
}

/// The outermost element that begins with this token; -1 where none does.
int beginning_at(int token, const std::vector<Element>& elements) {
  const auto found = std::ranges::lower_bound(elements, token, {}, &Element::first);
  return found != elements.end() && found->first == token
             ? static_cast<int>(found - elements.begin())
             : -1;
}

int depth(int element, const std::vector<Element>& elements) {
  int out = 0;
  for (int i = element; i >= 0; i = elements[static_cast<std::size_t>(i)].parent) ++out;
  return out;
}

std::vector<int> owners_of_line(int last_token, const std::vector<Element>& elements,
                                const Lexed& lexed) {
  const int line = lexed.tokens[static_cast<std::size_t>(last_token)].line;
  const auto line_of = [&](int token) {
    return lexed.tokens[static_cast<std::size_t>(token)].line;
  };
  int first = last_token;
  while (first > 0 && line_of(first - 1) == line) --first;
  std::vector<int> outermost;  // the least deep elements that begin on this line
  int least = 0;
  const auto begin = std::ranges::lower_bound(elements, first, {}, &Element::first);
  for (auto it = begin; it != elements.end() && it->first <= last_token; ++it) {
    const int self = static_cast<int>(it - elements.begin());
    const int deep = depth(self, elements);
    if (outermost.empty() || deep < least)
      outermost = {self}, least = deep;
    else if (deep == least)
      outermost.push_back(self);
  }
  if (outermost.empty()) return {innermost(last_token, elements)};
  // A line of short declarations is documented as a whole, otherwise the last of the line is meant.
  auto from = outermost.end() - 1;
  const auto shares = [&](int index) {
    const Element& element = elements[static_cast<std::size_t>(index)];
    return element.shares_line && line_of(element.last) == line;
  };
  while (from != outermost.begin() && shares(*from) && shares(*(from - 1))) --from;
  return {from, outermost.end()};
}

void add_text(ast::Note& note, std::string_view text) {
  while (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end == 1) break;
    note.labels.emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (!note.text.empty() && !text.empty()) note.text += ' ';
  note.text += text;
}

}  // namespace

std::vector<Element> outline(ast::File& file, const Lexed& lexed) {
  return Outliner(lexed).run(file);
}

int token_before(const Comment& comment, const Lexed& lexed) {
  int out = comment.next_token - 1;
  while (out > 0 && lexed.tokens[static_cast<std::size_t>(out)].separator) --out;
  return out;
}

int token_after(const Comment& comment, const Lexed& lexed) {
  int out = comment.next_token;
  while (lexed.tokens[static_cast<std::size_t>(out)].separator) ++out;
  return out;
}

bool stands_alone(const Comment& comment, const Lexed& lexed) {
  const int before = token_before(comment, lexed);
  return comment.alone || before < 0 ||
         lexed.tokens[static_cast<std::size_t>(before)].line != comment.line;
}

std::vector<int> owners(const Comment& comment, const std::vector<Element>& elements,
                        const Lexed& lexed) {
  std::vector<int> out;
  const int before = token_before(comment, lexed), after = token_after(comment, lexed);
  if (!stands_alone(comment, lexed)) {
    out = owners_of_line(before, elements, lexed);
  } else {
    const int next = beginning_at(after, elements);
    if (next >= 0) return {next};
    if (after > 0) out = {innermost(after, elements)};
  }
  std::erase(out, -1);
  return out;
}

void attach_notes(ast::File& file, const Lexed& lexed) {
  const std::vector<Element> elements = outline(file, lexed);
  for (const Comment& comment : lexed.comments) {
    if (!comment.documentation || comment.text.empty()) continue;
    const std::vector<int> belongs_to = owners(comment, elements, lexed);
    for (const int element : belongs_to)
      add_text(*elements[static_cast<std::size_t>(element)].note, comment.text);
    if (belongs_to.empty()) add_text(file.note, comment.text);
  }
}

}  // namespace melian
