#pragma once
/// Random texts: grammatical ones in any layout (meaningless, but whole), token soup, and damaged
/// copies.

#include <random>
#include <string>
#include <vector>

namespace melian::test {

/// Writes one sentence of the grammar after another; what stands between two words is drawn too.
class RandomModelText {
 public:
  explicit RandomModelText(std::uint64_t seed, bool wild_layout = true)
      : random_(seed), wild_(wild_layout) {}

  std::string model() {
    file();
    return std::move(out_);
  }

 private:
  int draw(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  bool chance(int in_ten) { return draw(10) < in_ten; }
  std::string pick(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(draw(static_cast<int>(words.size())))];
  }

  void put(const std::string& word) {
    out_ += word;
    if (!wild_) {
      out_ += ' ';
      return;
    }
    switch (draw(24)) {
      case 0: out_ += "\n"; break;
      case 1: out_ += "\n\n\n  "; break;
      case 2: out_ += " # remark " + std::to_string(draw(99)) + "\n"; break;
      case 3:
        out_ +=
            "   ##  [E" + std::to_string(draw(9)) + "] note " + std::to_string(draw(99)) + " \n";
        break;
      case 4: out_ += "\n## alone " + std::to_string(draw(99)) + "\n\n"; break;
      case 5: out_ += "\n  # alone\n"; break;
      case 6: out_ += "\t "; break;
      default: out_ += " "; break;
    }
  }
  void line() {
    if (chance(8)) out_ += chance(2) ? "\n\n" : "\n";
  }
  void word() {
    put(pick({"A", "B", "Kyiv", "x", "accept", "a_rather_long_name", "on", "weak", "front2"}));
  }
  void number() { put(pick({"0", "1", "0.05", "12", "1e-3", "0.0125"})); }
  void name() {
    word();
    if (chance(3)) {
      put("["), word();
      if (chance(2)) put(","), word();
      put("]");
    }
  }
  template <class Part>
  void list(const std::string& separator, const Part& part) {
    part();
    for (int more = draw(3); more > 0; --more) put(separator), part();
  }

  void file() {
    if (chance(3))
      put("module \"M\""), put("for \"a.melian\"");
    else {
      put("model \"T\"");
      if (chance(3)) put("extends"), put("\"b.melian\"");
      if (chance(3)) put("with"), list(",", [&] { put("\"c.melian\""); });
    }
    line();
    for (int items = draw(7); items >= 0; --items) item(), line();
  }
  void item() {
    switch (draw(12)) {
      case 0: put("source"), put("\"A # text, 1999\""); break;
      case 1: player(); break;
      case 2: put("prior"), list(",", [&] { word(); }), put(":"), list(",", [&] { cell(); }); break;
      case 3:
        word(), put(pick({"believes", "believe"})), word(), put(":"), list(",", [&] { cell(); });
        break;
      case 4:
      case 5: parameter(); break;
      case 6: put("set"), name(), dots(), put("="), content(); break;
      case 7:
        if (chance(3)) put("replace");
        put("let"), name(), put("="), expression(3);
        break;
      case 8:
        put("state"), name(), put("in"), range(), put("="), expression(1);
        if (chance(3)) put("stops");
        break;
      case 9: horizon(); break;
      case 10: put("at"), word(), block(2); break;
      default: put("phase"), word(), block(3); break;
    }
  }
  void player() {
    put("player"), word();
    if (chance(5)) return;
    put("types"), list(",", [&] {
      word();
      if (chance(5))
        number();
      else if (chance(3))
        put("from"), put(pick({"uniform", "normal"})), put("("), expression(1), put(","),
            expression(1), put(")"), put("in"), expression(1), put("parts");
    });
  }
  void cell() {
    list("&", [&] { word(); });
    if (chance(3))
      put("otherwise");
    else
      put("with"), sum(1);
  }
  void parameter() {
    put("param"), name();
    if (chance(6))
      put("="), content();
    else
      put(":"), list(",", [&] { word(), put("="), content(); });
    if (chance(4)) put("in"), range();
  }
  void content() {
    if (chance(2)) return word();
    if (chance(3)) put("-");
    number();
  }
  void dots() {
    while (chance(3)) put("."), chance(8) ? word() : put("12");
  }
  void horizon() {
    put("horizon");
    if (chance(3)) return put("forever");
    sum(1), put("rounds");
    if (chance(4)) put("in"), list(",", [&] { word(); });
    put("then");
    if (chance(5))
      block(1);
    else
      end();
  }
  void range() {
    if (chance(6)) {
      sum(1), put(".."), sum(1);
      if (chance(5)) put("by"), sum(0);
      return;
    }
    put("{"),
        list(",",
             [&] {
               sum(0);
               if (chance(3)) put(".."), sum(0), put("by"), sum(0);
             }),
        put("}");
  }
  void block(int depth) {
    put("{");
    line();
    for (int statements = draw(4); statements > 0; --statements) statement(depth - 1), line();
    if (chance(3)) end();  // last: nothing can follow an end
    put("}");
  }
  void statement(int depth) {
    switch (draw(depth > 0 ? 12 : 7)) {
      case 0:
        name(), put(pick({"offers", "offer"})), word(), put("in"), range();
        if (chance(3)) put("where"), expression(1);
        break;
      case 1: payments(); break;
      case 2: name(), put(pick({"becomes", "rises by", "falls by"})), sum(1); break;
      case 3:
        put("count"), name();
        if (chance(4)) put("by"), sum(1);
        break;
      case 4:
        put("time"), put("passes");
        if (chance(3)) put("12 rounds");
        break;
      case 5: put("go"), put("to"), word(); break;
      case 6: put("place"), word(); break;
      case 7:
      case 8: choice(depth); break;
      case 9:
        put("simultaneously"), put("{"), line(), choice(depth), line(), choice(depth), line(),
            put("}");
        break;
      case 10: chance_move(depth); break;
      default: when(depth); break;
    }
  }
  void when(int depth) {
    put("when"), expression(2), block(depth);
    if (chance(5)) return;
    put("else");
    if (chance(4))
      when(depth);
    else
      block(depth);
  }
  void separator() {
    if (chance(3)) put(",");
    line();
  }
  void choice(int depth) {
    name(), put(pick({"chooses", "choose"})), word();
    if (chance(2)) {
      put("in"), range();
      if (chance(3)) put("where"), expression(1);
      return;
    }
    put("{"), line();
    for (int options = draw(3); options >= 0; --options) {
      word();
      if (chance(2)) put("when"), expression(1);
      if (chance(5)) block(depth);
      separator();
    }
    put("}");
  }
  void chance_move(int depth) {
    put("chance"), word(), put("{"), line();
    for (int outcomes = draw(3); outcomes >= 0; --outcomes) {
      word();
      if (chance(3))
        put("otherwise");
      else {
        put("with"), sum(1);
        if (chance(3)) put("perceived"), list(",", [&] { put("by"), word(), put("as"), sum(1); });
      }
      if (chance(5)) block(depth);
      separator();
    }
    put("}");
  }
  void payments() {
    list(",", [&] { word(), put(pick({"gets", "pays", "get", "pay"})), sum(1); });
  }
  void end() {
    put("end"), word();
    if (chance(7)) put(":"), payments();
  }
  void expression(int depth) {
    if (depth <= 0 || chance(4)) return sum(depth);
    switch (draw(4)) {
      case 0: put("not"), comparison(depth); break;
      case 1: comparison(depth), put(pick({"and", "or"})), comparison(depth); break;
      default: comparison(depth); break;
    }
  }
  void comparison(int depth) {
    sum(depth - 1), put(pick({"is", "is not", "<", ">", "<=", ">="})), sum(depth - 1);
  }
  void sum(int depth) {
    if (chance(1)) put("-");
    atom(depth);
    while (chance(4)) put(pick({"+", "-", "*", "/", "^"})), atom(depth);
  }
  void atom(int depth) {
    if (depth > 0 && chance(2)) return put("("), expression(depth), put(")");
    if (depth > 0 && chance(2))
      return put(pick({"if", "min", "max", "exp", "ln", "sqrt", "abs"})), put("("),
             list(",", [&] { expression(depth - 1); }), put(")");
    if (chance(4)) return number();
    name(), dots();
  }

  std::mt19937_64 random_;
  bool wild_;
  std::string out_;
};

/// Words and signs of the language in no order.
inline std::string token_soup(std::uint64_t seed, int length) {
  static const std::vector<std::string> pieces = {"model",
                                                  "\"t\"",
                                                  "module",
                                                  "for",
                                                  "player",
                                                  "types",
                                                  "param",
                                                  "let",
                                                  "state",
                                                  "horizon",
                                                  "rounds",
                                                  "then",
                                                  "phase",
                                                  "at",
                                                  "in",
                                                  "by",
                                                  "offers",
                                                  "chooses",
                                                  "simultaneously",
                                                  "chance",
                                                  "with",
                                                  "otherwise",
                                                  "perceived",
                                                  "as",
                                                  "gets",
                                                  "pays",
                                                  "becomes",
                                                  "rises",
                                                  "falls",
                                                  "count",
                                                  "time",
                                                  "passes",
                                                  "when",
                                                  "else",
                                                  "go",
                                                  "to",
                                                  "place",
                                                  "end",
                                                  "is",
                                                  "not",
                                                  "and",
                                                  "or",
                                                  "if",
                                                  "min",
                                                  "prior",
                                                  "believes",
                                                  "set",
                                                  "replace",
                                                  "stops",
                                                  "where",
                                                  "from",
                                                  "parts",
                                                  "{",
                                                  "}",
                                                  "{",
                                                  "}",
                                                  "(",
                                                  ")",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  ":",
                                                  "=",
                                                  "+",
                                                  "-",
                                                  "*",
                                                  "/",
                                                  "^",
                                                  "&",
                                                  ".",
                                                  "..",
                                                  "<",
                                                  ">=",
                                                  "x",
                                                  "A",
                                                  "B",
                                                  "cost",
                                                  "0.5",
                                                  "12",
                                                  "1e999",
                                                  "# c\n",
                                                  "## [E1] n\n",
                                                  "\n",
                                                  "\"",
                                                  "\xC3\xA9",
                                                  "\xFF",
                                                  ";",
                                                  "==",
                                                  "ofers",
                                                  "chosses"};
  std::mt19937_64 random(seed);
  std::string out = random() % 2 == 0 ? "model \"t\" phase p { " : "";
  for (int i = 0; i < length; ++i)
    out += pieces[random() % pieces.size()] + (random() % 8 == 0 ? "" : " ");
  return out;
}

/// The text with a few bytes, stretches or lines deleted, doubled or replaced.
inline std::string damaged(std::string text, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (int changes = 1 + static_cast<int>(random() % 4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    const std::size_t length =
        std::min<std::size_t>(text.size() - at, 1 + random() % (random() % 3 == 0 ? 60 : 3));
    switch (random() % 5) {
      case 0: text.erase(at, length); break;
      case 1: text.insert(at, text.substr(at, length)); break;
      case 2: text.insert(at, 1, static_cast<char>(random() % 256)); break;
      case 3: text[at] = "{}()[],:=.\"#\n -0ax"[random() % 18]; break;
      default: text.insert(at, text.substr(random() % text.size(), length)); break;
    }
  }
  return text;
}

}  // namespace melian::test
