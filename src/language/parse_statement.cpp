#include <algorithm>
#include <array>
#include <utility>

#include "language/parser.h"

namespace melian {
namespace {

struct Verb {
  std::string_view singular, plural;
};
constexpr std::array verbs = {
    Verb{"offers", "offer"},   Verb{"chooses", "choose"}, Verb{"gets", "get"},  Verb{"pays", "pay"},
    Verb{"becomes", "become"}, Verb{"rises", "rise"},     Verb{"falls", "fall"}};
constexpr std::array openings = {"simultaneously", "chance", "count", "time",
                                 "when",           "go",     "place", "end"};

/// The verb in the form the grammar has, or "".
std::string verb_of(const Token& token) {
  if (token.kind != Token::Kind::name) return {};
  const auto* verb = std::ranges::find_if(verbs, [&](const Verb& known) {
    return token.text == known.singular || token.text == known.plural;
  });
  return verb == verbs.end() ? std::string() : std::string(verb->singular);
}

std::vector<std::string> all_verbs() {
  std::vector<std::string> out;
  for (const Verb& verb : verbs) out.emplace_back(verb.singular);
  return out;
}

}  // namespace

/// `{ element element ... }`. Every element either reads on or is skipped by one token, so the loop
/// ends.
template <class Element>
void Parser::in_braces(std::string_view what, const Element& element) {
  if (!at("{")) {
    expected(what);
    while (!at_end() && !at_new_line() && !at("{") && !at("}")) skip();
    if (!at("{")) return;
  }
  const Nesting nesting(*this);
  const std::size_t opener = at_;
  const std::string outer = context_;
  skip();
  while (!at("}")) {
    if (leaving_ || gave_up_) return;
    if (at_end() || (item_begins() && block_was_left_open(opener))) return never_closed(opener);
    const std::size_t before = at_;
    recovering_ = false;
    element();
    if (at_ == before && !at("}")) skip();
  }
  if (suspect_ == 0 && at_new_line() && indentation(at_) < indentation(opener)) suspect_ = opener;
  skip();
  recovering_ = false;
  context_ = outer;
}

/// An item begins inside a block: because the block was never closed, or because a declaration was
/// put there?
bool Parser::block_was_left_open(std::size_t opener) const {
  return at_new_line() ? indentation(at_) <= indentation(opener) : !balanced_;
}

void Parser::never_closed(std::size_t opener) {
  if (leaving_) return;
  const std::size_t culprit = suspect_ != 0 ? suspect_ : opener;
  mistake(span_of(culprit), "M0111", "this `{` is never closed",
          at_end() ? "`}` before the end of the file"
                   : "`}` before `" + std::string(peek().text) + "` on line " +
                         std::to_string(peek().line));
  leaving_ = true;
}

void Parser::block(ast::Block& out) {
  in_braces("`{`", [&] {
    if (item_begins()) {
      mistake(span_of(at_), "M0117", "a declaration cannot stand inside a block", "a statement",
              "put it outside the phase");
      const bool unrelated = misplaced_;
      ast::File aside;
      item(aside);
      misplaced_ = unrelated;
      return resume_at_statement();
    }
    ast::Statement one;
    const bool read = statement(one);
    if (recovering_) resume_at_statement();
    if (read) out.push_back(std::move(one));
  });
}

bool Parser::statement_begins() const {
  if (peek().kind != Token::Kind::name) return false;
  if (peek().reserved) return std::ranges::find(openings, peek().text) != openings.end();
  return !verb_ahead().empty();
}

/// The index after `NAME [NAME, NAME] [NAME]`.
std::size_t Parser::past_name(std::size_t index) const {
  const auto is_sign = [&](std::size_t i, std::string_view sign) {
    const Token& token = lexed_.tokens[std::min(i, lexed_.tokens.size() - 1)];
    return token.kind == Token::Kind::sign && token.text == sign;
  };
  constexpr std::size_t furthest = 20;  // tokens: looking ahead must not cost more
  std::size_t next = index + 1;
  while (is_sign(next, "[")) {
    std::size_t closing = next + 1;
    while (closing < next + furthest && closing + 1 < lexed_.tokens.size() &&
           !is_sign(closing, "]"))
      ++closing;
    if (!is_sign(closing, "]")) return next;
    next = closing + 1;
    if (next > index + furthest) break;
  }
  return std::min(next, lexed_.tokens.size() - 1);
}

std::string Parser::verb_ahead() const {
  return peek().kind == Token::Kind::name ? verb_of(lexed_.tokens[past_name(at_)]) : std::string();
}

std::string Parser::meant_statement() const {
  return meant(at_, {openings.begin(), openings.end()});
}

/// False where not even its subject could be read: then there is no statement.
bool Parser::statement(ast::Statement& out) {
  const std::size_t first = at_;
  bool read = true;
  context_ = "a statement";
  const std::string near = verb_ahead().empty() ? meant_statement() : std::string();
  if (!near.empty())
    mistake(span_of(at_), "M0107", "`" + std::string(peek().text) + "` begins no statement",
            "`" + near + "`", "did you mean `" + near + "`?");
  const auto opens = [&](std::string_view word) {
    if (near != word && !at(word)) return false;
    skip();
    return true;
  };
  if (opens("simultaneously"))
    simultaneously(out.what.emplace<ast::Simultaneously>());
  else if (opens("chance"))
    chance(out.what.emplace<ast::Chance>());
  else if (opens("count"))
    count(out.what.emplace<ast::Count>());
  else if (opens("time"))
    time_passes(out.what.emplace<ast::TimePasses>());
  else if (opens("when"))
    when(out.what.emplace<ast::When>());
  else if (at("if") || at("else"))
    stray_condition(out.what.emplace<ast::When>());
  else if (opens("end"))
    end(out.what.emplace<ast::End>());
  else if (opens("go")) {
    context_ = "`go to`";
    expect("to");
    word(out.what.emplace<ast::GoTo>().phase, "the name of a phase");
  } else if (opens("place")) {
    context_ = "a place";
    word(out.what.emplace<ast::PlaceMark>().place, "a name for the place");
  } else {
    read = sentence(out);
  }
  out.span = span_from(first);
  return read;
}

/// `if` of other languages, or an `else` that follows nothing; read as the `when` that was meant.
void Parser::stray_condition(ast::When& out) {
  if (at("if")) {
    mistake(span_of(at_), "M0107", "`if` begins no statement", "`when`",
            "write when CONDITION { ... }; if(condition, a, b) is a number");
    skip();
    return when(out);
  }
  mistake(span_of(at_), "M0108", "this `else` follows no `when`",
          "`}` of a `when` just before `else`");
  skip();
  if (accept("when") || accept("if")) return when(out);
  out.condition = placeholder();
  block(out.then);
}

/// A statement whose subject comes first: NAME verb ...
bool Parser::sentence(ast::Statement& out) {
  const Token& subject = peek();
  if (subject.kind != Token::Kind::name || subject.reserved) {
    if (!recovering_ && !lexer_complained_here()) no_subject();
    recovering_ = true;
    return false;
  }
  std::string verb = verb_ahead();
  if (verb.empty()) {
    const std::size_t index = past_name(at_);
    const Token& found = lexed_.tokens[index];
    if (asks_for_hidden_action(at_) || asks_for_hidden_action(index)) return false;
    verb = meant(index, all_verbs());
    if (verb.empty()) {
      at_ = index;
      const std::string hint =
          at("=")
              ? "a state changes with `" + std::string(subject.text.substr(0, 60)) + " becomes ...`"
              : std::string();
      expected("`offers`, `chooses`, `gets`, `pays`, `becomes`, `rises by` or `falls by` after `" +
                   std::string(subject.text.substr(0, 60)) + "`",
               hint, "M0108");
      if (!lexed_.mistakes.empty() && lexed_.mistakes.back().code == "M0108" &&
          lexed_.mistakes.back().span.begin >= subject.begin)
        lexed_.mistakes.back().expected_words = all_verbs();
      return false;
    }
    mistake(span_of(index), "M0107", "`" + std::string(found.text) + "` is no verb of the language",
            "`" + verb + "`", "did you mean `" + verb + "`?");
  }
  if (verb == "offers")
    offer(out.what.emplace<ast::Offer>());
  else if (verb == "chooses")
    choice(out.what.emplace<ast::Choice>());
  else if (verb == "gets" || verb == "pays")
    payments(out.what.emplace<ast::Payments>().payments);
  else
    assignment(out.what.emplace<ast::Assignment>());
  // `A chooses x { ... } unseen by B`
  if (!recovering_ && !at_new_line() && verb_ahead().empty())
    static_cast<void>(asks_for_hidden_action(at_));
  return true;
}

/// A statement begins with what is no subject: a verb whose subject is missing, or something else.
void Parser::no_subject() {
  const std::string verb = verb_of(peek());
  if (!verb.empty()) {
    const bool of_state = verb == "becomes" || verb == "rises" || verb == "falls";
    mistake(span_of(at_), "M0108",
            "`" + std::string(peek().text) + "` has no subject: " + (of_state ? "what " : "who ") +
                verb + "?",
            of_state ? "the name of a state before it" : "the name of a player before it");
    // The rest of the sentence means nothing by itself.
    do skip_balanced();
    while (!at_end() && !at("}") && !at_new_line() && !statement_begins());
    return;
  }
  mistake(
      span_of(at_), "M0108",
      (peek().kind == Token::Kind::text ? "a quoted text" : "`" + std::string(peek().text) + "`") +
          " begins no statement",
      "a player and a verb, or `chance`, `simultaneously`, `when`, `count`, `time passes`, "
      "`go to`, `place`, `end`");
}

void Parser::offer(ast::Offer& out) {
  context_ = "an offer";
  name(out.player, "a player");
  skip();  // the verb
  word(out.choice, "a name for the offer");
  no_index("an offer", "give each offer a name of its own, such as demand_of_A");
  expect("in");
  range(out.range);
  if (accept("where") || (!at_new_line() && reads_as_misspelt("where"))) out.where = condition();
}

void Parser::choice(ast::Choice& out) {
  const std::size_t first = at_;
  context_ = "a choice";
  name(out.player, "a player");
  skip();  // the verb
  if (at("{"))
    expected("a name for the choice");
  else
    word(out.name, "a name for the choice");
  no_index("a choice", "give each choice a name of its own, such as answer_of_B");
  if (asks_for_hidden_action(at_)) {
    out.span = span_from(first);
    return;
  }
  if (accept("in")) {
    context_ = "the choice of a number";
    range(out.range.emplace());
    if (accept("where") || (!at_new_line() && reads_as_misspelt("where"))) out.where = condition();
  } else {
    options(out.options);
  }
  out.span = span_from(first);
}

void Parser::options(std::vector<ast::Option>& out) {
  const std::size_t opener = at_;
  in_braces("`{` and the options", [&] {
    context_ = "the options of a choice";
    const std::size_t first = at_;
    ast::Option one;
    word(one.name, "an option", {"{", ",", "}"});
    if (accept("when")) {
      context_ = "the condition of an option";
      one.when = condition();
    }
    if (!recovering_ && at("{")) {
      one.has_block = true;
      block(one.block);
    }
    one.span = span_from(first);
    if (recovering_) resume_at_branch();
    skip_separator();
    out.push_back(std::move(one));
  });
  if (out.empty() && !recovering_ && !leaving_ && !gave_up_)
    mistake(span_of(opener), "M0116", "this choice has no options", "at least one option");
}

void Parser::simultaneously(ast::Simultaneously& out) {
  const std::size_t first = at_ - 1;
  context_ = "`simultaneously`";
  bool lost = false;  // a choice was meant, and could not be read
  in_braces("`{` and the choices", [&] {
    context_ = "`simultaneously`";
    const std::size_t before = lexed_.mistakes.size();
    if (peek().reserved && verb_of(peek()) == "chooses") {
      no_subject();
      lost = true;
      return;
    }
    if (peek().kind != Token::Kind::name ||
        (verb_ahead() != "chooses" && meant(past_name(at_), {"chooses"}).empty())) {
      expected("a choice: NAME `chooses` NAME { ... }", "only choices can be made at once");
      lost = true;
      return resume_at_statement();
    }
    ast::Statement one;
    statement(one);
    if (recovering_) resume_at_statement();
    lost = lost || lexed_.mistakes.size() > before;
    if (auto* made = std::get_if<ast::Choice>(&one.what)) out.choices.push_back(std::move(*made));
  });
  if (out.choices.size() < 2 && !lost && !recovering_ && !leaving_ && !gave_up_)
    mistake(span_of(first), "M0116", "fewer than two choices stand here",
            "at least two choices, of different players");
}

void Parser::chance(ast::Chance& out) {
  context_ = "a chance move";
  if (at("{"))
    expected("a name for the chance move");
  else
    word(out.name, "a name for the chance move");
  no_index("a chance move",
           "give it a name of its own, such as risk_of_C; its odds may read "
           "parameters with an index");
  const std::size_t opener = at_;
  in_braces("`{` and the outcomes", [&] {
    context_ = "the outcomes of a chance move";
    ast::Outcome one;
    outcome(one);
    if (recovering_) resume_at_branch();
    skip_separator();
    out.outcomes.push_back(std::move(one));
  });
  if (out.outcomes.empty() && !recovering_ && !leaving_ && !gave_up_)
    mistake(span_of(opener), "M0116", "this chance move has no outcomes", "at least one outcome");
}

void Parser::outcome(ast::Outcome& out) {
  const std::size_t first = at_;
  word(out.name, "an outcome", {"with", "otherwise"});
  if (!accept("otherwise") && !reads_as_misspelt("otherwise")) {
    if (!accept("with") && !reads_as_misspelt("with"))
      expected("`with` and its odds, or `otherwise`");
    out.odds = amount();
    if (accept("perceived") || (!at_new_line() && reads_as_misspelt("perceived"))) do {
        ast::View view;
        expect("by");
        word(view.player, "a player");
        expect("as");
        view.odds = amount();
        out.views.push_back(std::move(view));
      } while (at(",") && at("by", 1) && accept(","));
  }
  if (at("{")) {
    out.has_block = true;
    block(out.block);
  }
  out.span = span_from(first);
}

void Parser::payments(std::vector<ast::Payment>& out) {
  context_ = "a payment";
  do {
    ast::Payment one;
    word(one.player, "a player");
    std::string verb = verb_of(peek());
    if (verb != "gets" && verb != "pays") {
      verb = meant(at_, {"gets", "pays"});
      if (verb.empty()) return expected_one_of({"gets", "pays"});
      if (!recovering_)
        mistake(span_of(at_), "M0107", "`" + std::string(peek().text) + "` is no verb of a payment",
                "`" + verb + "`", "did you mean `" + verb + "`?");
    }
    skip();
    one.pays = verb == "pays";
    one.amount = amount();
    out.push_back(std::move(one));
  } while (accept(","));
}

void Parser::assignment(ast::Assignment& out) {
  context_ = "a change of a state";
  name(out.target, "a state");
  std::string verb = verb_of(peek());
  if (verb.empty()) verb = meant(at_, all_verbs());
  skip();
  out.kind = verb == "rises"   ? ast::Assignment::Kind::rises
             : verb == "falls" ? ast::Assignment::Kind::falls
                               : ast::Assignment::Kind::becomes;
  if (verb != "becomes") expect("by");
  out.amount = amount();
}

void Parser::count(ast::Count& out) {
  context_ = "a tally";
  name(out.tally, "a name for the tally");
  if (accept("by")) out.by = amount();
}

void Parser::time_passes(ast::TimePasses& out) {
  context_ = "`time passes`";
  if (!accept("pass")) expect("passes");
  if (peek().kind == Token::Kind::number) {
    out.rounds = peek().number;
    skip();
    if (!accept("round")) expect("rounds");
  } else if (peek().kind == Token::Kind::name && (at("rounds", 1) || at("round", 1))) {
    expected("a number of rounds", "how much time passes is a plain number: time passes 12 rounds");
  }
}

void Parser::when(ast::When& out) {
  context_ = "a `when`";
  out.condition = condition();
  block(out.then);
  if (!accept("else")) return;
  out.has_else = true;
  if (at("if") && !recovering_)
    mistake(span_of(at_), "M0107", "`else if` is said otherwise here", "`else when`",
            "did you mean `else when`?");
  if (at("when") || at("if") || !meant(at_, {"when"}).empty()) {
    const Nesting nesting(*this);
    const std::size_t first = at_;
    if (!at("when") && !at("if"))
      static_cast<void>(reads_as_misspelt("when"));
    else
      skip();
    out.else_when = true;
    ast::Statement nested;
    when(nested.what.emplace<ast::When>());
    nested.span = span_from(first);
    out.otherwise.push_back(std::move(nested));
  } else {
    context_ = "`else`";
    block(out.otherwise);
  }
}

void Parser::end(ast::End& out) {
  context_ = "`end`";
  word(out.name, "a name for the end");
  no_index("an end", "write one end for each, such as victory_of_A");
  if (accept(":")) {
    payments(out.payments);
    if (!recovering_ && !at_new_line() && (verb_ahead() == "gets" || verb_ahead() == "pays")) {
      mistake(span_of(at_), "M0109",
              "`" + std::string(peek().text.substr(0, 60)) + "` cannot stand here, in `end`",
              "`,` between payments", "nothing can follow an end");
      payments(out.payments);
    }
  } else if (!recovering_ && !verb_ahead().empty() &&
             (verb_ahead() == "gets" || verb_ahead() == "pays") && !at_new_line())
    mistake(span_of(at_), "M0109", "the payments of an end follow a colon", "`:`",
            "write end " + out.name.text + ": " + std::string(peek().text.substr(0, 60)) + " ...");
}

/// To the next statement, to a line that begins with a word, or to the end of this block.
void Parser::resume_at_statement() {
  while (!at_end() && !at("}") && !statement_begins() &&
         !(at_new_line() && peek().kind == Token::Kind::name))
    skip_balanced();
  recovering_ = false;
}

/// To the next option or outcome: after a comma or a block, or on a new line.
void Parser::resume_at_branch() {
  while (!at_end() && !at("}") && !at(",")) {
    const bool had_block = at("{");
    skip_balanced();
    if (had_block || at_new_line()) break;
  }
  recovering_ = false;
}

}  // namespace melian
