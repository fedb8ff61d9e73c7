#include "language/lex.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace melian {
namespace {

constexpr std::array reserved_words = {
    "abs",    "and",     "as",        "at",        "becomes", "believes",
    "by",     "chance",  "chooses",   "count",     "else",    "end",
    "exp",    "extends", "falls",     "for",       "forever", "from",
    "gets",   "go",      "horizon",   "if",        "in",      "is",
    "let",    "ln",      "max",       "min",       "model",   "module",
    "not",    "offers",  "or",        "otherwise", "param",   "parts",
    "passes", "pays",    "perceived", "phase",     "place",   "player",
    "prior",  "replace", "rises",     "rounds",    "set",     "simultaneously",
    "source", "sqrt",    "state",     "stops",     "then",    "time",
    "to",     "types",   "when",      "where",     "with"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_character(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// What people write in other languages, and how it is said here.
struct Foreign {
  std::string_view written, hint;
};
constexpr std::array foreign_signs = {
    Foreign{"==", "to compare, write `is`"},
    Foreign{"!=", "write `is not`"},
    Foreign{"&&", "write `and`"},
    Foreign{"||", "write `or`"},
    Foreign{"//", "a comment begins with `#`"},
    Foreign{"/*", "a comment begins with `#`"},
    Foreign{"->", "write a sentence: `go to NAME`, `end NAME`, or an option's block in braces"},
    Foreign{"=>", "at least is `>=`; an option's block stands in braces"},
    Foreign{":=", "write `becomes` for a state, `=` in a declaration"},
    Foreign{"+=", "write `rises by`"},
    Foreign{"-=", "write `falls by`"},
    Foreign{"**", "a power is written with `^`"},
    Foreign{";", "line ends and blanks separate; no sign is needed"},
    Foreign{"!", "write `not`"},
    Foreign{"|", "write `or`"},
    Foreign{"%", "write 0.05 for 5 per cent"},
    Foreign{"'", "texts stand in double quotes"},
    Foreign{"\xE2\x80\x9C", "texts stand in straight double quotes: \"...\""},
    Foreign{"\xE2\x80\x9D", "texts stand in straight double quotes: \"...\""},
    Foreign{"\xE2\x80\x98", "texts stand in straight double quotes: \"...\""},
    Foreign{"\xE2\x80\x99", "texts stand in straight double quotes: \"...\""},
    Foreign{"\xE2\x88\x92", "write `-`"},
    Foreign{"\xE2\x80\x93", "write `-`, or `..` in a range"},
    Foreign{"\xE2\x80\x94", "write `-`"},
    Foreign{"\xE2\x80\xA6", "write `..`"},
    Foreign{"\xE2\x89\xA4", "write `<=`"},
    Foreign{"\xE2\x89\xA5", "write `>=`"},
    Foreign{"\xE2\x89\xA0", "write `is not`"},
    Foreign{"\xC3\x97", "write `*`"},
    Foreign{"\xC2\xB7", "write `*`"},
};
constexpr std::array two_character_signs = {"..", "<=", ">="};
constexpr std::string_view signs = "{}()[],:=+-*/^&.<>";

class Lexer {
 public:
  Lexer(const SourceText& source, int file) : text_(source.text), file_(file) {}

  Lexed run() {
    if (is_text()) {
      if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
      while (at_ < text_.size()) read_next();
    }
    Token end;
    end.begin = end.end = static_cast<int>(text_.size());
    end.line = line_;
    out_.tokens.push_back(end);
    return std::move(out_);
  }

 private:
  /// Refuses at once what no reader could have meant as text; a stray byte is reported once and
  /// read on.
  bool is_text() {
    if (text_.size() > largest_text) {
      mistake(0, 0, "M0101", "this text is larger than 1 MiB", "a model, which fits on a page");
      return false;
    }
    for (std::size_t at = 0; at < text_.size();) {
      const auto byte = static_cast<unsigned char>(text_[at]);
      if (byte == 0) {
        mistake(at, at + 1, "M0102", "this is not a text file: it holds a zero byte", "UTF-8 text");
        return false;
      }
      if (byte == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n') &&
          out_.mistakes.empty())
        mistake(at, at + 1, "M0102", "a carriage return stands here without a line feed",
                "lines that end with a line feed",
                "save the file with line ends of Unix (LF) or Windows (CR LF)");
      const std::size_t length = character_length(text_, at);
      if ((length == 0 || (byte < 0x20 && !is_blank(text_[at])) || byte == 0x7F) &&
          out_.mistakes.empty())
        mistake(at, at + 1, "M0102", "this byte is no character", "UTF-8 text",
                "save the file as UTF-8");
      at += std::max<std::size_t>(length, 1);
    }
    return true;
  }

  void mistake(std::size_t begin, std::size_t end, std::string code, std::string message,
               std::string expected = {}, std::string hint = {}) {
    out_.mistakes.push_back({{file_, static_cast<int>(begin), static_cast<int>(end)},
                             std::move(code),
                             std::move(message),
                             std::move(expected),
                             std::move(hint),
                             {},
                             {}});
  }

  void token(Token::Kind kind, std::size_t begin, std::size_t end, std::string_view text) {
    Token token;
    token.kind = kind;
    token.text = text;
    token.begin = static_cast<int>(begin);
    token.end = static_cast<int>(end);
    token.line = line_;
    token.reserved = kind == Token::Kind::name && is_reserved(text);
    out_.tokens.push_back(token);
  }

  void read_next() {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (is_blank(c))
      ++at_;
    else if (const std::size_t length = foreign_blank(); length > 0)
      read_foreign_blanks(length);
    else if (c == '#')
      read_comment();
    else if (c == '"')
      read_text();
    else if (is_digit(c))
      read_number();
    else if (is_letter(c) || c == '_' || is_foreign_letter())
      read_name();
    else
      read_sign();
  }

  void read_comment() {
    Comment comment;
    comment.begin = static_cast<int>(at_);
    comment.line = line_;
    comment.alone = out_.tokens.empty() || out_.tokens.back().line != line_;
    comment.next_token = static_cast<int>(out_.tokens.size());
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    comment.documentation = text_.substr(at_, 2) == "##";
    std::string_view text = text_.substr(at_, end - at_);
    text.remove_prefix(comment.documentation ? 2 : 1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    comment.text = text;
    comment.end = static_cast<int>(end);
    out_.comments.push_back(comment);
    at_ = end;
  }

  /// Blanks that word processors write: bytes of the one that begins here, 0 where none does.
  [[nodiscard]] std::size_t foreign_blank() const {
    for (const std::string_view blank :
         {"\xC2\xA0", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82", "\xE2\x80\x83",
          "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
          "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\x8B", "\xE2\x80\xAF", "\xE2\x81\x9F",
          "\xE2\x81\xA0", "\xE3\x80\x80", "\xEF\xBB\xBF"})
      if (text_.substr(at_).starts_with(blank)) return blank.size();
    return 0;
  }

  /// Read on as the blanks they were meant to be; told once a line.
  void read_foreign_blanks(std::size_t length) {
    const std::string_view written = text_.substr(at_, length);
    if (line_ != line_of_foreign_blank_)
      mistake(at_, at_ + length, "M0103",
              written == "\xC2\xA0" ? "a no-break space stands here"
                                    : "a blank that is not an ordinary one stands here",
              "an ordinary blank", "delete it and type a blank");
    line_of_foreign_blank_ = line_;
    at_ += length;
  }

  /// `\"` does not end a text, although no text can hold a quotation mark: what was meant is told,
  /// and the text ends where it was meant to end.
  [[nodiscard]] std::size_t end_of_text(std::size_t begin) {
    std::size_t end = text_.find_first_of("\"\n", begin + 1);
    const auto escaped = [&] {
      return end < text_.size() && text_[end] == '"' && text_[end - 1] == '\\' && end - 1 > begin;
    };
    if (!escaped()) return std::min(end, text_.size());
    mistake(end - 1, end + 1, "M0104", "a quoted text cannot hold a double quotation mark",
            "a text without `\"`", "write single quotation marks inside it: 'so'");
    while (escaped()) end = text_.find_first_of("\"\n", end + 1);
    return std::min(end, text_.size());
  }

  void read_text() {
    const std::size_t begin = at_;
    const std::size_t end = end_of_text(begin);
    const bool closed = end < text_.size() && text_[end] == '"';
    if (!closed)
      mistake(begin, begin + 1, "M0104", "this quotation mark is never closed on its line",
              "`\"` before the end of the line");
    at_ = closed ? end + 1 : end;
    std::string_view text = text_.substr(begin + 1, end - begin - 1);
    if (!closed && text.ends_with('\r')) text.remove_suffix(1);
    token(Token::Kind::text, begin, at_, text);
  }

  void skip_digits() {
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
  }

  void read_number() {
    const std::size_t begin = at_;
    skip_digits();
    if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
      ++at_;
      skip_digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      std::size_t digits = at_ + 1;
      if (digits < text_.size() && (text_[digits] == '+' || text_[digits] == '-')) ++digits;
      if (digits < text_.size() && is_digit(text_[digits])) {
        at_ = digits;
        skip_digits();
      }
    }
    const std::size_t end = at_;
    while (at_ < text_.size() && is_word_character(text_[at_])) ++at_;
    if (at_ > end)
      mistake(begin, at_, "M0105", "this number runs into a word",
              "a number, or a name that begins with a letter",
              "put a blank between them; to multiply, write `*`");
    double number = 0.0;
    const auto read = std::from_chars(text_.data() + begin, text_.data() + end, number);
    if (read.ec != std::errc())
      mistake(begin, end, "M0105", "this number is too large or too small to be represented",
              "a number below 1e308 in size");
    token(Token::Kind::number, begin, at_, text_.substr(begin, end - begin));
    out_.tokens.back().number = read.ec == std::errc() ? number : 0.0;
  }

  /// A character beyond ASCII that is none of the known signs: part of a word, as far as readers
  /// are concerned.
  [[nodiscard]] bool is_foreign_letter() const {
    return static_cast<unsigned char>(text_[at_]) >= 0x80 && character_length(text_, at_) > 0 &&
           foreign_blank() == 0 && std::ranges::none_of(foreign_signs, [&](const Foreign& sign) {
             return text_.substr(at_).starts_with(sign.written);
           });
  }

  void read_name() {
    const std::size_t begin = at_;
    bool foreign = false;
    while (at_ < text_.size() && (is_word_character(text_[at_]) || is_foreign_letter())) {
      foreign = foreign || !is_word_character(text_[at_]);
      at_ += character_length(text_, at_);
    }
    if (foreign)
      mistake(begin, at_, "M0103",
              "`" + printable_text(text_.substr(begin, at_ - begin)) + "` cannot be a name",
              "letters a to z, digits and `_`",
              "other characters belong in comments and quoted texts");
    else if (text_[begin] == '_')
      mistake(begin, at_, "M0103", "a name begins with a letter",
              "a letter first, then letters, digits and `_`");
    token(Token::Kind::name, begin, at_, text_.substr(begin, at_ - begin));
  }

  void read_sign() {
    for (const std::string_view sign : two_character_signs)
      if (text_.substr(at_, 2) == sign) return read_known_sign(2);
    for (const Foreign& foreign : foreign_signs)
      if (text_.substr(at_).starts_with(foreign.written)) {
        const std::string written(foreign.written);
        mistake(at_, at_ + written.size(), "M0103", "`" + written + "` is no sign of this language",
                {}, std::string(foreign.hint));
        // A comparison or a power was meant: reading on as one avoids a second report about the
        // same place.
        if (written == "==" || written == "**")
          token(Token::Kind::sign, at_, at_ + 2, written == "==" ? "==" : "^");
        at_ += written.size();
        return;
      }
    if (signs.find(text_[at_]) != std::string_view::npos) return read_known_sign(1);
    read_unknown();
  }

  void read_known_sign(std::size_t length) {
    token(Token::Kind::sign, at_, at_ + length, text_.substr(at_, length));
    at_ += length;
  }

  /// One report for a run of characters that mean nothing; bytes that are no characters were
  /// reported before.
  void read_unknown() {
    const std::size_t begin = at_;
    bool characters = false;
    while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != '"' && text_[at_] != '#' &&
           !is_word_character(text_[at_]) && signs.find(text_[at_]) == std::string_view::npos &&
           !is_foreign_letter()) {
      const std::size_t length = character_length(text_, at_);
      characters = characters || (length > 0 && static_cast<unsigned char>(text_[at_]) >= 0x20);
      at_ += std::max<std::size_t>(length, 1);
    }
    if (characters)
      mistake(
          begin, at_, "M0103",
          "`" + printable_text(text_.substr(begin, at_ - begin)) + "` is no sign of this language");
  }

  std::string_view text_;
  int file_;
  std::size_t at_ = 0;
  int line_ = 1;
  int line_of_foreign_blank_ = 0;
  Lexed out_;
};

}  // namespace

bool is_reserved(std::string_view word) {
  return std::ranges::find(reserved_words, word) != reserved_words.end();
}

Lexed lex(const SourceText& source, int file) { return Lexer(source, file).run(); }

}  // namespace melian
