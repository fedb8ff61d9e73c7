#pragma once
/// The recursive-descent parser, one function per rule of the grammar (docs/language.md). Private
/// to parse*.cpp.
///
/// Recovery: a rule that misses something says so and goes on as if it had been there. After one
/// mistake the rest of the same item, statement, option or outcome is read without further reports,
/// then reading resumes at the next one.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "language/ast.h"
#include "language/lex.h"

namespace melian {

class Parser {
 public:
  Parser(const SourceText& source, int file);
  [[nodiscard]] ast::File file();
  /// The words read, with all mistakes so far.
  [[nodiscard]] Lexed take_lexed() { return std::move(lexed_); }
  [[nodiscard]] int num_unrecorded() const { return num_unrecorded_; }

 private:
  // Items (parse.cpp).
  void header(ast::File& out);
  void item(ast::File& out);
  void player(ast::PlayerDeclaration& out);
  void type(ast::Type& out);
  void prior(ast::Prior& out);
  void believes(ast::Believes& out);
  void cells(std::vector<ast::Cell>& out);
  void parameter(ast::Parameter& out);
  void content(ast::Content& out);
  void set(ast::Set& out);
  void let(ast::Let& out);
  void state(ast::State& out);
  void horizon(ast::Horizon& out);
  void quoted(ast::Text& out, std::string_view expected);
  void resume_at_item();
  [[nodiscard]] bool item_begins() const;
  [[nodiscard]] std::string meant_item() const;

  // Statements (parse_statement.cpp).
  void block(ast::Block& out);
  bool statement(ast::Statement& out);
  void stray_condition(ast::When& out);
  bool sentence(ast::Statement& out);
  void no_subject();
  void offer(ast::Offer& out);
  void choice(ast::Choice& out);
  void options(std::vector<ast::Option>& out);
  void simultaneously(ast::Simultaneously& out);
  void chance(ast::Chance& out);
  void outcome(ast::Outcome& out);
  void payments(std::vector<ast::Payment>& out);
  void assignment(ast::Assignment& out);
  void count(ast::Count& out);
  void time_passes(ast::TimePasses& out);
  void when(ast::When& out);
  void end(ast::End& out);
  void resume_at_statement();
  void resume_at_branch();
  [[nodiscard]] bool statement_begins() const;
  [[nodiscard]] std::string verb_ahead() const;
  [[nodiscard]] std::string meant_statement() const;
  [[nodiscard]] std::size_t past_name(std::size_t index) const;
  template <class Element>
  void in_braces(std::string_view expected, const Element& element);
  [[nodiscard]] bool block_was_left_open(std::size_t opener) const;
  void never_closed(std::size_t opener);

  // Expressions and names (parse_expression.cpp).
  [[nodiscard]] ast::ExpressionPtr condition();
  [[nodiscard]] ast::ExpressionPtr amount();
  using Node = std::shared_ptr<ast::Expression>;
  [[nodiscard]] Node expression();
  [[nodiscard]] Node conjunction();
  [[nodiscard]] Node negation();
  [[nodiscard]] Node comparison();
  [[nodiscard]] Node sum();
  [[nodiscard]] Node term();
  [[nodiscard]] Node factor();
  [[nodiscard]] Node atom();
  [[nodiscard]] Node call();
  [[nodiscard]] Node parenthesis();
  [[nodiscard]] Node placeholder() const;
  [[nodiscard]] Node operation(ast::Operator op, std::vector<ast::ExpressionPtr> operands,
                               std::size_t first);
  void range(ast::Range& out);
  void range_entry(ast::RangeEntry& out, bool listed);
  void name(ast::Name& out, std::string_view expected);
  void dots(std::vector<ast::Word>& out);
  /// `followers`: a word of the language that one of these follows was meant as a name.
  void word(ast::Word& out, std::string_view expected,
            std::initializer_list<std::string_view> followers = {});
  void no_index(std::string_view what, std::string_view hint);
  void words(std::vector<ast::Word>& out, std::string_view expected);

  // Reading (parse_reading.cpp).
  [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
  [[nodiscard]] bool at(std::string_view sign_or_word, std::size_t ahead = 0) const;
  [[nodiscard]] bool at_end() const { return peek().kind == Token::Kind::end; }
  [[nodiscard]] bool at_new_line() const;
  [[nodiscard]] bool accept(std::string_view sign_or_word);
  bool expect(std::string_view sign_or_word);
  void close(std::string_view sign, std::size_t opener);
  void skip();
  void skip_balanced();
  void skip_separator();
  [[nodiscard]] bool reads_as_fraction();
  void comma_forgotten(std::string_view between);
  [[nodiscard]] ast::Span span_from(std::size_t first) const;
  [[nodiscard]] ast::Span span_of(std::size_t token) const;
  void expected(std::string_view what, std::string hint = {}, std::string code = "M0109");
  /// One of these words.
  void expected_one_of(std::vector<std::string> words, std::string hint = {},
                       std::string code = "M0109");
  /// The missing concept that the word here asks for, told once; false where it asks for none.
  bool asks_for_hidden_action(std::size_t token);
  void mistake(ast::Span span, std::string code, std::string message, std::string expected = {},
               std::string hint = {});
  [[nodiscard]] bool lexer_complained_here() const;
  [[nodiscard]] std::string meant(std::size_t token,
                                  const std::vector<std::string>& candidates) const;
  [[nodiscard]] bool reads_as_misspelt(std::string_view word);
  [[nodiscard]] int indentation(std::size_t token) const;

  /// One level of nesting; too many end the reading of the file.
  class Nesting {
   public:
    explicit Nesting(Parser& parser);
    ~Nesting() { --parser_.depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };
  void give_up(std::string code, std::string message, std::string expected, std::string hint);

  const SourceText& source_;
  int file_;
  Lexed lexed_;
  std::size_t at_ = 0;
  std::string context_ = "a model";  ///< what is being read, for messages
  bool recovering_ = false;          ///< a mistake was reported in this element
  bool leaving_ = false;             ///< an open block was reported: back to the items
  bool misplaced_ = false;           ///< the last thing among the items was a statement
  bool gave_up_ = false;
  int depth_ = 0;
  int num_unrecorded_ = 0;
  bool balanced_ = true;  ///< as many `{` as `}`
  std::size_t suspect_ =
      0;  ///< an opener whose `}` stands further left than the opener's line; 0: none
};

/// What `parse` returns, with the words and comments it was read from. Views point into `sources`.
struct ParsedText {
  ast::File file;
  Lexed lexed;
};
[[nodiscard]] ParsedText parse_text(const Sources& sources, int file, Diagnostics& diagnostics);

}  // namespace melian
