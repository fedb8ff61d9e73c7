#include "language/pretty_comments.h"

#include "language/pretty_tokens.h"

namespace melian {
namespace {

template <class Sites>
bool any_between(const Sites& sites, int first, int last) {
  const auto found = sites.lower_bound(first);
  return found != sites.end() && found->first <= last;
}

}  // namespace

CommentSites::CommentSites(const std::vector<Element>& elements, const Lexed& lexed)
    : elements_(elements), lexed_(lexed), header_ends_(elements.size(), -1) {
  std::map<int, int> in_headers;  // comments among the words before the first block, by element
  std::vector<int> owner_of;
  for (const Comment& comment : lexed.comments) {
    const std::vector<int> belongs_to = owners(comment, elements, lexed);
    owner_of.push_back(belongs_to.empty() ? -1 : belongs_to.back());
    if (stands_in_header(comment, owner_of.back())) ++in_headers[owner_of.back()];
  }
  for (std::size_t i = 0; i < lexed.comments.size(); ++i) {
    const Comment& comment = lexed.comments[i];
    const int owner = owner_of[i];
    const int first = owner < 0 ? -1 : elements[static_cast<std::size_t>(owner)].first;
    // A single comment moves to the end of its owner's first line; several each stay where they
    // were written.
    const bool single =
        stands_in_header(comment, owner)
            ? in_headers[owner] == 1
            : first >= 0 && lexed.tokens[static_cast<std::size_t>(first)].line == comment.line;
    if (stands_alone(comment, lexed))
      above_[token_after(comment, lexed)].push_back(&comment);
    else if (single)
      on_line_.emplace(first, Site{&comment, owner});
    else
      after_.emplace(token_before(comment, lexed), Site{&comment, owner});
  }
}

bool CommentSites::stands_in_header(const Comment& comment, int owner) {
  if (owner < 0) return false;
  const Element& element = elements_[static_cast<std::size_t>(owner)];
  int& end = header_ends_[static_cast<std::size_t>(owner)];
  if (end < 0) end = header_end(element, lexed_);
  const int before = token_before(comment, lexed_), after = token_after(comment, lexed_);
  return stands_alone(comment, lexed_) ? after > element.first && after <= end
                                       : before >= element.first && before <= end;
}

const Comment* CommentSites::found(const Sites& sites, int token) {
  const auto site = sites.find(token);
  return site == sites.end() ? nullptr : site->second.comment;
}

const std::vector<const Comment*>& CommentSites::above(int token) const {
  static const std::vector<const Comment*> none;
  const auto comments = above_.find(token);
  return comments == above_.end() ? none : comments->second;
}

bool CommentSites::any_inside(int element) const {
  const auto [first, last] = std::pair(elements_[static_cast<std::size_t>(element)].first,
                                       elements_[static_cast<std::size_t>(element)].last);
  if (any_between(on_line_, first + 1, last) || any_between(above_, first + 1, last) ||
      any_between(after_, first, last - 1))
    return true;
  const auto at_end = after_.find(last);
  return at_end != after_.end() && (at_end->second.owner != element || on_line_.contains(first));
}

std::string written(const Comment& comment) {
  const std::string sign = comment.documentation ? "##" : "#";
  return comment.text.empty() ? sign : sign + " " + std::string(comment.text);
}

int header_end(const Element& element, const Lexed& lexed) {
  for (int i = element.first; i <= element.last; ++i)
    if (opens_block(lexed.tokens, i)) return i;
  return element.last;
}

}  // namespace melian
