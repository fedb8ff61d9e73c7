// The walk over a parsed text. It prints the tokens that were read, in their order, so nothing is
// lost or invented; the outline says where a line begins. Only commas between options are set anew.

#include "language/pretty.h"

#include <algorithm>
#include <map>

#include "language/outline.h"
#include "language/parser.h"
#include "language/pretty_comments.h"
#include "language/pretty_tokens.h"
#include "melian/language.h"

namespace melian {
namespace {

constexpr std::size_t most_columns = 8;  ///< aligned, of declarations that share lines

class Printer {
 public:
  Printer(ast::File& file, const Lexed& lexed)
      : lexed_(lexed),
        tokens_(lexed.tokens),
        elements_(outline(file, lexed)),
        comments_(elements_, lexed) {
    find_closers();
    for (std::size_t i = 0; i < elements_.size(); ++i)
      begins_.emplace(elements_[i].first, static_cast<int>(i));
  }

  std::string run() {
    for (std::size_t i = 0; i < elements_.size();) {
      const std::size_t end = end_of_shared_line(i);
      if (end > i + 1)
        print_shared_line(i, end);
      else
        print_element(static_cast<int>(i), 0);
      while (i < elements_.size() && elements_[i].first <= elements_[end - 1].last) ++i;
    }
    print_comments_above(static_cast<int>(tokens_.size()) - 1, 0, false);
    return put_together(std::move(lines_));
  }

 private:
  // Structure.
  [[nodiscard]] const Token& token(int index) const {
    return tokens_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] const Element& element(int index) const {
    return elements_[static_cast<std::size_t>(index)];
  }
  [[nodiscard]] bool is(int index, std::string_view text) const {
    return token(index).kind != Token::Kind::text && token(index).text == text;
  }

  void find_closers() {
    closers_.assign(tokens_.size(), -1);
    std::vector<int> open;
    for (int i = 0; i < static_cast<int>(tokens_.size()); ++i) {
      if (is(i, "{")) open.push_back(i);
      if (!is(i, "}") || open.empty()) continue;
      closers_[static_cast<std::size_t>(open.back())] = i;
      open.pop_back();
    }
  }
  [[nodiscard]] int closer(int opener) const { return closers_[static_cast<std::size_t>(opener)]; }

  /// The line of what stands before this place of the text, comments included.
  [[nodiscard]] int line_before(int first_token, int begin) const {
    int line = first_token > 0 ? token(first_token - 1).line : 0;
    const auto comment = std::ranges::lower_bound(lexed_.comments, begin, {}, &Comment::begin);
    if (comment != lexed_.comments.begin()) line = std::max(line, (comment - 1)->line);
    return line;
  }

  /// Comments on lines of their own, above a token. Returns whether there were any.
  bool print_comments_above(int index, int indent, bool opening) {
    for (const Comment* comment : comments_.above(index)) {
      Line line;
      line.indent = indent;
      line.text = written(*comment);
      line.blank_before =
          !opening && comment->line - line_before(comment->next_token, comment->begin) > 1;
      lines_.push_back(std::move(line));
      opening = false;
    }
    return !comments_.above(index).empty();
  }

  // Elements.
  /// One past the last of the short declarations that share a line with element `begin`.
  [[nodiscard]] std::size_t end_of_shared_line(std::size_t begin) const {
    const int line = token(elements_[begin].first).line;
    const auto shares = [&](const Element& one) {
      return one.shares_line && token(one.first).line == line && token(one.last).line == line;
    };
    std::size_t end = begin;
    while (end < elements_.size() && shares(elements_[end])) ++end;
    return std::max(end, begin + 1);
  }

  void print_shared_line(std::size_t begin, std::size_t end) {
    Line line = start_line(elements_[begin], 0, false);
    line.kind = "shared";
    for (std::size_t i = begin; i < end; ++i) {
      const bool player = is(elements_[i].first, "player");
      line.kind += "," + std::string(token(elements_[i].first).text);
      if (i > begin) {
        line.text += std::string(player ? 2 : 3, ' ');
        if (line.marks.size() < most_columns) line.marks.push_back(line.text.size());
      }
      line.text += flat(elements_[i]);
      take_comment(line, elements_[i].first);
    }
    take_comment_after(line, elements_[end - 1].last);
    lines_.push_back(std::move(line));
  }

  /// The comments above the element, then its first line, empty.
  Line start_line(const Element& one, int indent, bool opening) {
    const bool commented = print_comments_above(one.first, indent, opening);
    Line line;
    line.indent = indent;
    line.blank_before = (!opening || commented) &&
                        token(one.first).line - line_before(one.first, token(one.first).begin) > 1;
    return line;
  }

  void take_comment(Line& line, int first) const {
    if (const Comment* comment = comments_.on_line_of(first)) line.comment = written(*comment);
  }

  void print_element(int index, int indent, bool opening = false) {
    const Element& one = element(index);
    Line line = start_line(one, indent, opening);
    if (!stays_on_one_line(index, indent)) return print_broken(one, std::move(line));
    line.text = flat(one);
    mark(line, one);
    take_comment(line, one.first);
    take_comment_after(line, one.last);
    lines_.push_back(std::move(line));
  }

  /// Its blocks were written on one line each, no comment stands inside, and it fits.
  [[nodiscard]] bool stays_on_one_line(int index, int indent) const {
    const Element& one = element(index);
    if (comments_.any_inside(index)) return false;
    int length = indent;
    for (int i = one.first; i <= one.last; ++i) {
      if (opens_block(tokens_, i) && closer(i) != i + 1 && token(closer(i)).line != token(i).line)
        return false;
      length += width(written(token(i))) + (i > one.first ? gap(i) : 0);
      if (length > widest_line) return false;
    }
    return indent + width(flat(one)) <= widest_line;
  }

  /// The blanks before a token on the same line: two between statements, options and outcomes.
  [[nodiscard]] int gap(int index) const {
    const bool sibling = begins_.contains(index) && !is(index - 1, "{") && !is(index - 1, "else");
    return sibling ? 2 : gap_before(tokens_, index);
  }

  [[nodiscard]] std::string flat(const Element& one) const {
    std::string out;
    for (int i = one.first, before = -1; i <= one.last; ++i) {
      if (token(i).separator) continue;
      const auto begun = begins_.find(i);
      const bool follows_bare_option = before >= 0 && begun != begins_.end() &&
                                       element(begun->second).kind == Element::Kind::option &&
                                       !is(before, "{") && !is(before, "}");
      if (follows_bare_option)
        out += ", ";
      else if (before >= 0)
        out += std::string(static_cast<std::size_t>(gap(i)), ' ');
      out += written(token(i));
      before = i;
    }
    return out;
  }

  /// Where neighbours of the same kind align.
  void mark(Line& line, const Element& one) const {
    const std::string_view opening = token(one.first).text;
    const int block = header_end(one, lexed_);
    const bool has_block = opens_block(tokens_, block);
    int num_blocks = 0;
    for (int i = one.first; i <= one.last; ++i)
      if (opens_block(tokens_, i)) {
        ++num_blocks;
        i = std::max(i, closer(i));
      }
    const auto align = [&](std::string kind, std::initializer_list<std::string_view> words) {
      line.kind = std::move(kind);
      std::size_t at = 0;
      for (int i = one.first; i <= block; ++i) {
        at += i > one.first ? static_cast<std::size_t>(gap(i)) : 0;
        const bool first_word =
            line.marks.empty() && i > one.first &&
            std::ranges::any_of(words, [&](std::string_view word) { return is(i, word); });
        if (first_word || (i == block && has_block)) line.marks.push_back(at);
        at += written(token(i)).size();
      }
    };
    const bool conditional = one.first < one.last && is(one.first + 1, "when");
    if (one.kind == Element::Kind::option)
      align(conditional ? "option when" : "option", {});
    else if (one.kind == Element::Kind::outcome)
      align("outcome", {"with", "otherwise"});
    else if (one.kind == Element::Kind::statement && opening == "when" && num_blocks == 1)
      align("when", {});
    else if (one.kind == Element::Kind::statement && has_block && opening != "when" &&
             opening != "chance" && opening != "simultaneously")
      align("choice", {"chooses", "choose"});
    else if (one.kind == Element::Kind::item && opening == "player")
      align("player", {"types"});
    else if (one.kind == Element::Kind::item && opening == "let")
      align("let", {"="});
    else if (one.kind == Element::Kind::item && opening == "state")
      align("state", {"in"});
  }

  // Elements of several lines.
  /// What is gathered for the next line or lines.
  struct Gathered {
    std::vector<int> tokens;
    Line first;            ///< indent and blank line before; its comment
    int continuation = 0;  ///< indent of further lines
    bool cells = false;    ///< each part after a colon has its own line
  };

  void print_broken(const Element& one, Line first) {
    const int indent = first.indent;
    Gathered gathered;
    gathered.first = std::move(first);
    gathered.continuation = indent + 2;
    gathered.cells =
        is(one.first, "prior") || (one.kind == Element::Kind::item && one.first < one.last &&
                                   (is(one.first + 1, "believes") || is(one.first + 1, "believe")));
    const auto go_on_at = [&](int next_indent) {
      gathered.first = Line();
      gathered.first.indent = next_indent;
    };
    for (int i = one.first; i <= one.last; ++i) {
      if (token(i).separator) continue;
      if (i != one.first && !comments_.above(i).empty()) {
        flush(gathered);
        print_comments_above(i, indent + 2, true);
        go_on_at(indent + 2);
      }
      gathered.tokens.push_back(i);
      take_comment(gathered.first, i);
      const bool block = opens_block(tokens_, i);
      if (block) {
        take_comment_after(gathered.first, i);
        flush(gathered);
        print_block(i, indent + 2);
        i = closer(i);
        go_on_at(indent);
        gathered.tokens.push_back(i);
      }
      if (take_comment_after(gathered.first, i)) {
        flush(gathered);
        go_on_at(block ? indent : indent + 2);
      }
    }
    flush(gathered);
  }

  bool take_comment_after(Line& line, int index) const {
    const Comment* comment = comments_.after(index);
    if (comment) line.comment = written(*comment);
    return comment != nullptr;
  }

  void print_block(int opener, int indent) {
    bool opening = true;
    for (auto child = begins_.upper_bound(opener);
         child != begins_.end() && child->first < closer(opener);) {
      print_element(child->second, indent, opening);
      opening = false;
      child = begins_.upper_bound(element(child->second).last);
    }
    print_comments_above(closer(opener), indent, opening);
  }

  /// Prints what was gathered, in as many lines as it needs. A comment taken at the end of a line
  /// ends the last of them, unless its owner begins on the first.
  void flush(Gathered& gathered) {
    if (gathered.tokens.empty()) return;
    std::vector<Line> made;
    fill(gathered, gathered.tokens, gathered.first.indent, made);
    made.front().blank_before = gathered.first.blank_before;
    const bool at_beginning = std::ranges::any_of(
        gathered.tokens, [&](int i) { return comments_.on_line_of(i) != nullptr; });
    (at_beginning ? made.front() : made.back()).comment = gathered.first.comment;
    std::ranges::move(made, std::back_inserter(lines_));
    gathered.tokens.clear();
  }

  [[nodiscard]] std::string joined(const std::vector<int>& indices) const {
    std::string out;
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (i > 0) out += std::string(static_cast<std::size_t>(gap_before(tokens_, indices[i])), ' ');
      out += written(token(indices[i]));
    }
    return out;
  }

  void fill(const Gathered& gathered, const std::vector<int>& all, int indent,
            std::vector<Line>& made) const {
    bool after_colon = false;
    for (std::size_t begin = 0; begin < all.size(); indent = gathered.continuation) {
      const std::size_t end = where_to_cut(all, begin, indent, gathered.cells && after_colon);
      const std::vector<int> part(all.begin() + static_cast<std::ptrdiff_t>(begin),
                                  all.begin() + static_cast<std::ptrdiff_t>(end));
      Line line;
      line.indent = indent;
      line.text = joined(part);
      if (gathered.cells && after_colon) mark_cell(line, part);
      after_colon = after_colon || is(part.back(), ":");
      made.push_back(std::move(line));
      begin = end;
    }
  }

  void mark_cell(Line& line, const std::vector<int>& part) const {
    line.kind = "cell";
    std::size_t at = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      at += i > 0 ? static_cast<std::size_t>(gap_before(tokens_, part[i])) : 0;
      if (is(part[i], "&") || is(part[i], "with") || is(part[i], "otherwise"))
        line.marks.push_back(at);
      at += written(token(part[i])).size();
    }
  }

  /// One past the last token of the line that begins with all[begin]: all the rest if it fits; else
  /// up to the latest of the most willing breaks, or to the first break where even that is too far.
  [[nodiscard]] std::size_t where_to_cut(const std::vector<int>& all, std::size_t begin, int indent,
                                         bool each_part) const {
    std::size_t best = all.size();
    int most_willing = 100, depth = 0, length = indent;
    for (std::size_t i = begin; i < all.size(); ++i) {
      if (is(all[i], ")") || is(all[i], "]")) --depth;
      const int willing = i == begin ? -1 : break_before(tokens_, all[i], depth);
      if (each_part && willing == 1) return i;
      const bool fits = length <= widest_line;
      if (!fits && (best < all.size() || willing >= 0)) return std::min(best, i);
      if (willing >= 0 && willing <= most_willing && !(willing == 0 && most_willing == 0)) {
        most_willing = willing;
        best = i;
      }
      if (is(all[i], "(") || is(all[i], "[")) ++depth;
      length += width(written(token(all[i]))) + (i > begin ? gap_before(tokens_, all[i]) : 0);
    }
    return length <= widest_line ? all.size() : best;
  }

  const Lexed& lexed_;
  const std::vector<Token>& tokens_;
  std::vector<Element> elements_;
  CommentSites comments_;
  std::map<int, int> begins_;  ///< element by its first token
  std::vector<int> closers_;   ///< of each `{`, its `}`
  std::vector<Line> lines_;
};

}  // namespace

std::string lay_out(ast::File& file, const Lexed& lexed) { return Printer(file, lexed).run(); }

Result<std::string> format_model(const std::string& text, const std::string& name) {
  const Sources sources = {{name, text}};
  Diagnostics diagnostics;
  ParsedText parsed = parse_text(sources, 0, diagnostics);
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return lay_out(parsed.file, parsed.lexed);
}

}  // namespace melian
