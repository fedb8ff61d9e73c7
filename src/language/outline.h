#pragma once
/// Which declaration, statement, option or outcome each token belongs to; and so to whom each
/// comment belongs.

#include <vector>

#include "language/ast.h"
#include "language/lex.h"

namespace melian {

/// Something a documentation note can belong to.
struct Element {
  enum class Kind { header, item, statement, option, outcome } kind = Kind::item;
  int first = 0, last = 0;   ///< tokens
  int parent = -1;           ///< among the elements; -1: the file
  bool shares_line = false;  ///< a short declaration, which may stand with others on one line
  ast::Note* note = nullptr;
};

/// The elements of a parsed file in order of their first token, outer ones before inner ones.
[[nodiscard]] std::vector<Element> outline(ast::File& file, const Lexed& lexed);

/// The elements to which a documentation note belongs: at the end of a line, what that line
/// declares; alone on a line, what comes next. Empty: the file itself.
[[nodiscard]] std::vector<int> owners(const Comment& comment, const std::vector<Element>& elements,
                                      const Lexed& lexed);

/// The tokens around a comment, separators (commas that may be left out) not counted; -1 where none
/// stands before it.
[[nodiscard]] int token_before(const Comment& comment, const Lexed& lexed);
[[nodiscard]] int token_after(const Comment& comment, const Lexed& lexed);

/// Whether nothing but separators stands on the comment's line.
[[nodiscard]] bool stands_alone(const Comment& comment, const Lexed& lexed);

/// Fills the notes of the tree from the `##` comments.
void attach_notes(ast::File& file, const Lexed& lexed);

}  // namespace melian
