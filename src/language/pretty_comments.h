#pragma once
/// Where each comment goes in the canonical layout.
///
/// A comment belongs to an element (outline.h) and must still do so afterwards. Hence its site: on
/// the line where its owner begins; or after a token, where a line must then end; or above a token,
/// where a line must then begin.

#include <map>
#include <string>
#include <vector>

#include "language/lex.h"
#include "language/outline.h"

namespace melian {

class CommentSites {
 public:
  CommentSites(const std::vector<Element>& elements, const Lexed& lexed);

  /// The comment that ends the line on which the element beginning with this token begins; null:
  /// none.
  [[nodiscard]] const Comment* on_line_of(int first_token) const {
    return found(on_line_, first_token);
  }
  /// The comment that ends the line after this token; null: none.
  [[nodiscard]] const Comment* after(int token) const { return found(after_, token); }
  /// The comments on lines of their own above this token.
  [[nodiscard]] const std::vector<const Comment*>& above(int token) const;
  /// Whether a comment keeps this element from standing on one line.
  [[nodiscard]] bool any_inside(int element) const;

 private:
  struct Site {
    const Comment* comment = nullptr;
    int owner = -1;
  };
  using Sites = std::map<int, Site>;  ///< by token

  [[nodiscard]] bool stands_in_header(const Comment& comment, int owner);
  [[nodiscard]] static const Comment* found(const Sites& sites, int token);

  const std::vector<Element>& elements_;
  const Lexed& lexed_;
  std::vector<int> header_ends_;  ///< by element
  Sites on_line_, after_;
  std::map<int, std::vector<const Comment*>> above_;
};

/// A comment as it is written in the canonical layout.
[[nodiscard]] std::string written(const Comment& comment);

/// The token of the first block of an element, or its last token.
[[nodiscard]] int header_end(const Element& element, const Lexed& lexed);

}  // namespace melian
