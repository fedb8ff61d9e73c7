#include "language/parse.h"

#include <algorithm>
#include <array>

#include "language/outline.h"
#include "language/parser.h"

namespace melian {
namespace {

constexpr std::size_t most_shown = 100;
constexpr std::array item_words = {"source", "player",  "prior", "param", "set",   "replace", "let",
                                   "state",  "horizon", "phase", "at",    "model", "module"};

/// In order of place, the first hundred, and how many more there are.
void report(const Sources& sources, int file, std::vector<Mistake> mistakes, int num_unrecorded,
            Diagnostics& diagnostics) {
  std::ranges::stable_sort(mistakes, {}, [](const Mistake& mistake) { return mistake.span.begin; });
  const std::size_t shown = std::min(mistakes.size(), most_shown);
  for (std::size_t i = 0; i < shown; ++i) {
    Mistake& mistake = mistakes[i];
    diagnostics.push_back(diagnostic_at(sources, mistake.span, std::move(mistake.code),
                                        std::move(mistake.message), std::move(mistake.expected),
                                        std::move(mistake.hint)));
    diagnostics.back().expected_words = std::move(mistake.expected_words);
    for (const Elsewhere& elsewhere : mistake.elsewhere)
      diagnostics.back().related.push_back(related_place(sources, elsewhere));
  }
  const std::size_t more = mistakes.size() - shown + static_cast<std::size_t>(num_unrecorded);
  if (more == 0) return;
  Diagnostic last;
  last.code = "M0118";
  last.message = "and " + std::to_string(more) + " more mistakes in this file";
  last.file = sources[static_cast<std::size_t>(file)].name;
  diagnostics.push_back(last);
}

}  // namespace

ast::File parse(const Sources& sources, int file, Diagnostics& diagnostics) {
  return parse_text(sources, file, diagnostics).file;
}

ParsedText parse_text(const Sources& sources, int file, Diagnostics& diagnostics) {
  MELIAN_EXPECT(file >= 0 && static_cast<std::size_t>(file) < sources.size(),
                "the source must be among the sources");
  Parser parser(sources[static_cast<std::size_t>(file)], file);
  ParsedText out;
  out.file = parser.file();
  out.lexed = parser.take_lexed();
  attach_notes(out.file, out.lexed);
  report(sources, file, std::move(out.lexed.mistakes), parser.num_unrecorded(), diagnostics);
  return out;
}

ast::File Parser::file() {
  ast::File out;
  const bool unreadable = at_end() && !lexed_.mistakes.empty();
  if (unreadable) return out;
  header(out);
  if (recovering_) resume_at_item();
  while (!at_end()) {
    const std::size_t before = at_;
    recovering_ = leaving_ = false;
    suspect_ = 0;
    item(out);
    if (recovering_) resume_at_item();
    if (at_ == before) skip();
  }
  return out;
}

void Parser::header(ast::File& out) {
  context_ = "the first line";
  std::string near = meant(at_, {"model", "module"});
  if (!near.empty()) near = at("for", 2) ? "module" : "model";
  if (!near.empty())
    mistake(span_of(at_), "M0107", "`" + std::string(peek().text) + "` begins no file",
            "`" + near + "`", "did you mean `" + near + "`?");
  out.is_module = at("module") || near == "module";
  if (at("model") || at("module") || !near.empty()) {
    skip();
    quoted(out.title, "a title in double quotes");
    if (out.is_module) {
      expect("for");
      quoted(out.extends.emplace(), "the model it is for, in double quotes");
    } else if (accept("extends") || (!at_new_line() && reads_as_misspelt("extends"))) {
      quoted(out.extends.emplace(), "a file in double quotes");
    }
    if (!out.is_module && accept("with")) do
        quoted(out.with.emplace_back(), "a file in double quotes");
      while (accept(","));
  } else {
    mistake(span_of(at_), "M0106", "a file begins with what it is",
            "model \"TITLE\", or module \"TITLE\" for \"FILE\"");
    recovering_ = !item_begins();
  }
  out.span = span_from(0);
}

void Parser::quoted(ast::Text& out, std::string_view what) {
  out.span = span_of(at_);
  if (peek().kind != Token::Kind::text) return expected(what);
  out.text = std::string(peek().text);
  skip();
  const Token& closed = lexed_.tokens[at_ - 1];
  const bool runs_on =
      peek().kind == Token::Kind::name && peek().begin == closed.end && peek().line == closed.line;
  if (!runs_on) return;
  // `"A "quoted" crisis"`: the rest of the line was meant to stand inside.
  if (!recovering_)
    mistake({file_, closed.end - 1, closed.end}, "M0104",
            "a quoted text cannot hold a double quotation mark", "a text without `\"`",
            "write single quotation marks inside it: 'so'");
  while (!at_end() && !at_new_line()) skip();
}

bool Parser::item_begins() const {
  if (peek().kind != Token::Kind::name) return false;
  if (peek().reserved) return std::ranges::find(item_words, peek().text) != item_words.end();
  return at("believes", 1) || (at("believe", 1) && peek(2).kind == Token::Kind::name);
}

std::string Parser::meant_item() const {
  return meant(at_, {item_words.begin(), item_words.end()});
}

void Parser::item(ast::File& file) {
  const std::size_t first = at_;
  ast::Item out;
  context_ = "the declarations";
  std::string near;
  if (!item_begins() && !statement_begins()) {
    near = meant_item();
    if (!near.empty())
      mistake(span_of(at_), "M0107", "`" + std::string(peek().text) + "` begins no declaration",
              "`" + near + "`", "did you mean `" + near + "`?");
  }
  const auto opens = [&](std::string_view word) {
    if (near != word && !at(word)) return false;
    skip();
    return true;
  };
  const bool was_misplaced = misplaced_;
  misplaced_ = false;
  if (opens("source"))
    quoted(out.what.emplace<ast::Text>(), "a text in double quotes");
  else if (opens("player"))
    player(out.what.emplace<ast::PlayerDeclaration>());
  else if (opens("prior"))
    prior(out.what.emplace<ast::Prior>());
  else if (opens("param"))
    parameter(out.what.emplace<ast::Parameter>());
  else if (opens("set"))
    set(out.what.emplace<ast::Set>());
  else if (opens("let"))
    let(out.what.emplace<ast::Let>());
  else if (opens("replace")) {
    context_ = "a `replace let`";
    auto& replaced = out.what.emplace<ast::Let>();
    replaced.replace = true;
    expect("let");
    let(replaced);
  } else if (opens("state"))
    state(out.what.emplace<ast::State>());
  else if (opens("horizon"))
    horizon(out.what.emplace<ast::Horizon>());
  else if (opens("phase")) {
    context_ = "a phase";
    auto& phase = out.what.emplace<ast::Phase>();
    if (at("{"))
      expected("a name for the phase");
    else
      word(phase.name, "a name for the phase");
    no_index("a phase", "write a phase for each, or keep what differs in a state");
    block(phase.body);
  } else if (opens("at")) {
    context_ = "`at`";
    auto& filling = out.what.emplace<ast::At>();
    word(filling.place, "the name of a place");
    block(filling.body);
  } else if (at("model") || at("module")) {
    mistake(span_of(at_), "M0106", "this file has begun before", "a declaration",
            "a file holds one model or module");
    ast::File aside;
    return header(aside);
  } else if (item_begins()) {
    believes(out.what.emplace<ast::Believes>());
  } else if (statement_begins()) {
    if (!was_misplaced)
      mistake(span_of(at_), "M0108", "a statement cannot stand among the declarations",
              "a declaration",
              "statements belong in a phase: phase NAME { ... }; is there a `}` too many above?");
    misplaced_ = true;
    ast::Statement aside;
    statement(aside);
    return;
  } else if (at("}")) {
    if (!was_misplaced)
      mistake(span_of(at_), "M0112", "this `}` closes nothing",
              "a declaration, or the end of the file",
              "a `{` is missing above, or this one is too many");
    return skip();
  } else {
    misplaced_ = was_misplaced;
    std::string hint;
    if (!was_misplaced && (at("+") || at("-") || at("*") || at("/") || at("^") || at("(")) &&
        at_ > 0)
      hint = "to compute a number from others, write `let NAME = ...`";
    return expected(
        "`source`, `player`, `prior`, `param`, `set`, `let`, `state`, `horizon`, `phase` or `at`",
        hint, "M0107");
  }
  out.span = span_from(first);
  file.items.push_back(std::move(out));
}

void Parser::player(ast::PlayerDeclaration& out) {
  context_ = "a player";
  word(out.name, "a name for the player");
  no_index("a player", "write each player's name in full");
  if (!accept("types") && (at_new_line() || !reads_as_misspelt("types"))) return;
  do type(out.types.emplace_back());
  while (accept(","));
  comma_forgotten("types");
}

void Parser::type(ast::Type& out) {
  context_ = "the types of a player";
  word(out.name, "a type", {",", "from"});
  if (peek().kind == Token::Kind::number) {
    out.weight = peek().number;
    skip();
    if (at("/") || at("*") || at("+") || at("-"))
      expected("the next declaration",
               "odds that are formulas go to: prior PLAYER: TYPE with ..., TYPE otherwise");
  } else if (at("with")) {
    expected("a number, or nothing",
             "here the number follows the type at once: types weak 0.6, tough 0.4");
  } else if (accept("from")) {
    ast::NumericTypes& numeric = out.numeric.emplace();
    word(numeric.distribution, "`uniform` or `normal`");
    const std::size_t opener = at_;
    expect("(");
    numeric.first = condition();
    expect(",");
    numeric.second = condition();
    close(")", opener);
    expect("in");
    numeric.parts = condition();
    expect("parts");
  }
}

void Parser::prior(ast::Prior& out) {
  context_ = "a prior";
  words(out.players, "a player");
  expect(":");
  cells(out.cells);
}

void Parser::believes(ast::Believes& out) {
  context_ = "a belief";
  word(out.observer, "a player");
  skip();  // the verb
  word(out.about, "a player");
  expect(":");
  cells(out.cells);
}

void Parser::cells(std::vector<ast::Cell>& out) {
  do {
    ast::Cell& cell = out.emplace_back();
    do word(cell.types.emplace_back(), "a type");
    while (accept("&"));
    if (accept("otherwise") || reads_as_misspelt("otherwise")) continue;
    if (!accept("with") && !reads_as_misspelt("with"))
      expected("`with` and its odds, or `otherwise`");
    cell.odds = amount();
  } while (accept(","));
  comma_forgotten("the types");
}

void Parser::parameter(ast::Parameter& out) {
  context_ = "a parameter";
  name(out.name, "a name for the parameter");
  if (accept(":")) {
    do {
      auto& [type, number] = out.by_type.emplace_back();
      word(type, "a type");
      expect("=");
      content(number);
    } while (accept(","));
    comma_forgotten("the types");
  } else {
    expect("=");
    content(out.content.emplace());
  }
  if (accept("in")) range(out.in.emplace());
}

void Parser::content(ast::Content& out) {
  const std::size_t first = at_;
  const bool negative = accept("-");
  if (peek().kind == Token::Kind::number) {
    out.number = negative ? -peek().number : peek().number;
    out.text = (negative ? "-" : "") + std::string(peek().text);
    skip();
  } else if (!negative && peek().kind == Token::Kind::name) {
    ast::Word content;
    word(content, "a number or a word");
    out.is_word = true;
    out.text = std::move(content.text);
  } else {
    out.text = "0";
    if (reads_as_fraction()) return;
    expected(negative ? "a number" : "a number or a word");
  }
  out.span = span_from(first);
  if (at("+") || at("-") || at("*") || at("/") || at("^") || at("(") || at("[") || at("."))
    expected("a plain number or word",
             "a parameter is what studies change; a number computed from others is a `let`");
}

void Parser::set(ast::Set& out) {
  context_ = "a `set`";
  const std::size_t first = at_;
  if (at("prior")) {  // the one reserved word that is also a setting: prior[D].weak
    lexed_.tokens[at_].reserved = false;
  }
  name(out.name, "the name of a parameter");
  dots(out.dots);
  if (out.name.span.end == out.name.span.begin) out.name.span = span_from(first);
  expect("=");
  content(out.content);
}

void Parser::let(ast::Let& out) {
  context_ = "a `let`";
  name(out.name, "a name");
  expect("=");
  out.definition = condition();
}

void Parser::state(ast::State& out) {
  context_ = "a state";
  name(out.name, "a name for the state");
  expect("in");
  range(out.range);
  expect("=");
  out.start = condition();
  out.stops = accept("stops") || (!at_new_line() && reads_as_misspelt("stops"));
}

void Parser::horizon(ast::Horizon& out) {
  context_ = "the horizon";
  if (accept("forever")) {
    out.forever = true;
    return;
  }
  out.rounds = amount();
  if (!accept("round")) expect("rounds");
  if (accept("in")) words(out.phases, "the name of a phase");
  expect("then");
  const std::size_t first = at_;
  if (at("{")) {
    out.closing_is_block = true;
    block(out.closing);
  } else if (accept("end")) {
    ast::Statement& closing = out.closing.emplace_back();
    end(closing.what.emplace<ast::End>());
    closing.span = span_from(first);
  } else {
    expected("`end` NAME: payments, or a block in braces");
  }
}

/// To the next declaration. A statement found on the way is among the wrong things; `item` says so
/// once.
void Parser::resume_at_item() {
  while (!at_end() && !item_begins() &&
         !(at_new_line() && (statement_begins() || !meant_item().empty())) && !at("}"))
    skip_balanced();
  recovering_ = false;
}

}  // namespace melian
