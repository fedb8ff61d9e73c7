#include <cmath>
#include <map>

#include <fmt/core.h>

#include "study/metric_lex.h"

namespace melian::metric {
namespace {

constexpr int deepest = 60;           ///< brackets within brackets; beyond this no person wrote it
constexpr int most_operators = 1000;  ///< in one text

/// What may stand after a quantity or a bracket.
struct Qualifiers {
  Word move, move_player, action, variant;
  std::vector<Forced> then;
  std::optional<std::pair<int, int>> rounds;
  std::vector<Condition> given;
  int lasting = 0;
  Span span;
};

struct Signature {
  Quantity quantity;
  enum class Takes {
    nothing,
    ends,
    name,
    name_dot_optional,
    name_dot,
    channel,
    whole,
    two_names,
    name_and_whole,
    name_and_levels
  } takes;
  const char* example;
  int levels = 0;  ///< how many probabilities follow the name
};

const std::map<std::string, Signature, std::less<>>& signatures() {
  using T = Signature::Takes;
  static const std::map<std::string, Signature, std::less<>> all{
      {"probability", {Quantity::probability, T::ends, "probability(end)"}},
      {"rounds", {Quantity::rounds, T::nothing, "rounds"}},
      {"tally", {Quantity::tally, T::name, "tally(name)"}},
      {"value", {Quantity::payoff, T::name_dot_optional, "value(player) or value(player.type)"}},
      {"mean", {Quantity::mean, T::name, "mean(offer)"}},
      {"accepted", {Quantity::accepted, T::name, "accepted(offer)"}},
      {"acceptance", {Quantity::acceptance, T::name, "acceptance(offer)"}},
      {"share", {Quantity::share, T::name_dot, "share(choice.option)"}},
      {"times", {Quantity::times, T::name_dot, "times(choice.option)"}},
      {"level", {Quantity::level, T::name, "level(state)"}},
      {"belief", {Quantity::belief, T::name_dot, "belief(player.type)"}},
      {"information",
       {Quantity::information, T::channel, "information(player) or information(player talk)"}},
      {"hazard", {Quantity::hazard, T::whole, "hazard(3)"}},
      {"survival", {Quantity::survival, T::whole, "survival(12)"}},
      {"range", {Quantity::range, T::two_names, "range(A, B)"}},
      {"range_width", {Quantity::range_width, T::two_names, "range_width(A, B)"}},
      {"hopeless", {Quantity::hopeless, T::name_and_levels, "hopeless(offer, 0.1)", 1}},
      {"hopeless_gain",
       {Quantity::hopeless_gain, T::name_and_levels, "hopeless_gain(offer, 0.1, 0.5)", 2}},
      {"base_rate", {Quantity::base_rate, T::name_and_whole, "base_rate(name, 12)"}},
  };
  return all;
}

/// Reading stops at the first mistake of a text: `stopped_` is set and every loop looks at it.
/// (Each text of a study is read apart, so all mistaken texts are reported.)
class Parser {
 public:
  Parser(std::string_view text, const ParseOptions& options, std::vector<Mistake>& mistakes)
      : options_(options),
        mistakes_(mistakes),
        tokens_(tokens_of(text, mistakes)),
        stopped_(!mistakes.empty()) {}

  Expression metric() {
    Expression out = sum();
    expect_end();
    static_cast<void>(constant(out));
    return out;
  }

  std::vector<Comparison> conditions() {
    std::vector<Comparison> out = comparisons();
    expect_end();
    for (const Comparison& comparison : out) static_cast<void>(constant(comparison));
    return out;
  }

 private:
  [[nodiscard]] const Token& now() const { return tokens_[at_]; }
  [[nodiscard]] const Token& ahead(std::size_t by) const {
    return tokens_[std::min(at_ + by, tokens_.size() - 1)];
  }
  [[nodiscard]] bool is_sign(std::string_view sign) const {
    return now().kind == Token::Kind::sign && now().text == sign;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return now().kind == Token::Kind::name && now().text == word;
  }
  bool take_sign(std::string_view sign) {
    if (stopped_ || !is_sign(sign)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (stopped_ || !is_word(word)) return false;
    ++at_;
    return true;
  }
  void stop(Span span, std::string message, std::string expected = {}, std::string hint = {}) {
    if (!stopped_)
      mistakes_.push_back({span, std::move(message), std::move(expected), std::move(hint)});
    stopped_ = true;
  }
  void need_sign(std::string_view sign, std::string_view why) {
    if (!take_sign(sign))
      stop(now().span, fmt::format("`{}` is missing {}", sign, why), fmt::format("`{}`", sign));
  }
  void expect_end() {
    if (!stopped_ && now().kind != Token::Kind::end)
      stop(now().span, fmt::format("`{}` cannot stand here", now().text),
           "the end, an operator, or at, after, in, given, lasting",
           "`given` takes NAME is CONTENT; several are joined by `and`");
  }
  [[nodiscard]] Span since(Span from) const {
    return {from.begin, at_ > 0 ? tokens_[at_ - 1].span.end : from.end};
  }

  Word name(const char* what) {
    if (stopped_) return {};
    if (now().kind != Token::Kind::name) {
      stop(now().span, fmt::format("{} is missing here", what), what);
      return {};
    }
    Word out{now().text, now().span};
    ++at_;
    return out;
  }

  /// A word or a number, as contents and actions are: `decline`, `0.4`, `-1`.
  Word content(const char* what) {
    if (stopped_) return {};
    const Span from = now().span;
    const bool negative = take_sign("-");
    if (now().kind == Token::Kind::end || now().kind == Token::Kind::sign ||
        (negative && now().kind != Token::Kind::number)) {
      stop(now().span, fmt::format("{} is missing here", what), what);
      return {};
    }
    const std::string text =
        now().kind == Token::Kind::number ? number_text(now().number) : now().text;
    ++at_;
    return {(negative ? "-" : "") + text, since(from)};
  }

  int whole(const char* what) {
    if (stopped_) return 0;
    const Token& token = now();
    if (token.kind != Token::Kind::number || token.number != std::floor(token.number) ||
        token.number < 1 || token.number > 1e6) {
      stop(token.span, fmt::format("{} is missing here", what), "a whole number from 1");
      return 0;
    }
    ++at_;
    return static_cast<int>(token.number);
  }

  double probability() {
    if (stopped_) return 0.0;
    const Token& token = now();
    if (token.kind != Token::Kind::number || token.number < 0 || token.number > 1) {
      stop(token.span, "a probability is missing here", "a number from 0 to 1");
      return 0.0;
    }
    ++at_;
    return token.number;
  }

  /// One level deeper for as long as it lives.
  struct Deeper {
    explicit Deeper(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > deepest)
        parser_.stop(parser_.now().span,
                     fmt::format("more than {} brackets within brackets", deepest));
    }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser_;
  };

  /// Whether it is the same number in every game. A number that is none, as 1/0, is a mistake.
  bool constant(const Expression& expression) {
    if (stopped_) return false;
    bool all =
        expression.kind != Expression::Kind::atom && expression.kind != Expression::Kind::role;
    for (const Expression& arg : expression.args) all = constant(arg) && all;
    for (const Comparison& comparison : expression.when) all = constant(comparison) && all;
    if (stopped_ || !all) return false;
    const Numbers none{[](const Atom&) { return 0.0; }, [](Role) { return 0.0; }};
    if (const double number = evaluate(expression, none); !std::isfinite(number))
      stop(expression.span, fmt::format("this gives {}, not a finite number", number_text(number)),
           "a finite number");
    return !stopped_;
  }
  bool constant(const Comparison& comparison) {
    const bool left = constant(comparison.left), right = constant(comparison.right);
    return left && right;
  }

  /// Expressions lean to the left as far as they are long: what evaluates them goes as deep.
  Expression binary(Expression::Kind kind, Expression left, Expression right, Span from) {
    if (++operators_ > most_operators)
      stop(since(from), fmt::format("more than {} operators in one metric", most_operators));
    Expression out;
    out.kind = kind;
    out.args.push_back(std::move(left));
    out.args.push_back(std::move(right));
    out.span = since(from);
    return out;
  }

  Expression sum() {
    const Deeper deeper(*this);
    const Span from = now().span;
    Expression out = term();
    while (!stopped_) {
      if (take_sign("+"))
        out = binary(Expression::Kind::add, std::move(out), term(), from);
      else if (take_sign("-"))
        out = binary(Expression::Kind::subtract, std::move(out), term(), from);
      else
        break;
    }
    return out;
  }

  Expression term() {
    const Span from = now().span;
    Expression out = factor();
    while (!stopped_) {
      if (take_sign("*"))
        out = binary(Expression::Kind::multiply, std::move(out), factor(), from);
      else if (take_sign("/"))
        out = binary(Expression::Kind::divide, std::move(out), factor(), from);
      else
        break;
    }
    return out;
  }

  Expression factor() {
    if (stopped_) return {};
    const Deeper deeper(*this);
    const Span from = now().span;
    if (take_sign("-")) {
      Expression out;
      out.kind = Expression::Kind::negate;
      out.args.push_back(factor());
      out.span = since(from);
      return out;
    }
    Expression out = primary();
    const Qualifiers qualifiers = read_qualifiers();
    apply(qualifiers, out);
    out.span = since(from);
    return out;
  }

  Expression primary() {
    Expression out;
    out.span = now().span;
    if (stopped_) return out;
    if (now().kind == Token::Kind::number) {
      out.number = now().number;
      ++at_;
      return out;
    }
    if (take_sign("(")) {
      out = sum();
      need_sign(")", "to close the bracket");
      return out;
    }
    if (now().kind != Token::Kind::name) {
      stop(now().span,
           now().kind == Token::Kind::end ? "the metric ends too early"
                                          : fmt::format("`{}` cannot stand here", now().text),
           "a number, a quantity or a bracket");
      return out;
    }
    const Word word = name("a quantity");
    if (is_function(word.text) && is_sign("(")) return function(word);
    if (options_.roles && is_role(word.text) && !is_sign("(")) return role(word);
    const auto signature = signatures().find(word.text);
    if (signature == signatures().end()) {
      std::vector<std::string> known{"abs", "min", "max", "log", "if"};
      for (const auto& [key, ignored] : signatures()) known.push_back(key);
      if (options_.roles) known.insert(known.end(), {"difference", "ratio", "first", "second"});
      const std::string near = nearest_word(word.text, known);
      stop(word.span, fmt::format("`{}` is no quantity", word.text),
           "probability, rounds, tally, value, mean, accepted, acceptance, share, times, level, "
           "belief, information, hazard, survival, range, range_width, "
           "hopeless, "
           "hopeless_gain or "
           "base_rate",
           near.empty() ? "docs/formats/study.md lists the quantities"
                        : fmt::format("did you mean `{}`?", near));
      return out;
    }
    out.kind = Expression::Kind::atom;
    out.atom.quantity = signature->second.quantity;
    arguments(signature->second, word, out.atom);
    out.atom.span = out.span = since(word.span);
    return out;
  }

  static bool is_function(std::string_view word) {
    return word == "abs" || word == "min" || word == "max" || word == "log" || word == "if";
  }
  static bool is_role(std::string_view word) {
    return word == "value" || word == "difference" || word == "ratio" || word == "first" ||
           word == "second";
  }

  Expression role(const Word& word) {
    Expression out;
    out.kind = Expression::Kind::role;
    out.role = word.text == "value"        ? Role::value
               : word.text == "difference" ? Role::difference
               : word.text == "ratio"      ? Role::ratio
               : word.text == "first"      ? Role::first
                                           : Role::second;
    out.span = word.span;
    return out;
  }

  Expression function(const Word& word) {
    Expression out;
    out.kind = word.text == "abs"   ? Expression::Kind::abs
               : word.text == "min" ? Expression::Kind::min
               : word.text == "max" ? Expression::Kind::max
               : word.text == "log" ? Expression::Kind::log
                                    : Expression::Kind::either;
    need_sign("(", "after a function");
    if (out.kind == Expression::Kind::either) {
      out.when = comparisons();
      need_sign(",", "after the condition of `if`");
    }
    do out.args.push_back(sum());
    while (take_sign(",") && out.args.size() < 100);
    need_sign(")", "to close the bracket");
    const bool one = out.kind == Expression::Kind::abs || out.kind == Expression::Kind::log;
    if (!stopped_ && (one ? out.args.size() != 1
                          : out.args.size() < 2 ||
                                (out.kind == Expression::Kind::either && out.args.size() != 2)))
      stop(since(word.span), fmt::format("`{}` has the wrong number of arguments", word.text),
           one                                    ? "one"
           : out.kind == Expression::Kind::either ? "if(condition, number, number)"
                                                  : "two or more");
    out.span = since(word.span);
    return out;
  }

  void arguments(const Signature& signature, const Word& word, Atom& atom) {
    using T = Signature::Takes;
    if (signature.takes == T::nothing) {
      if (take_sign(".") && !take_word("mean"))
        stop(now().span, "`rounds` has only a mean", "rounds.mean");
      return;
    }
    if (!take_sign("(")) {
      stop(now().span, fmt::format("`{}` needs a bracket", word.text), signature.example);
      return;
    }
    if (signature.takes == T::whole) {
      atom.round_argument = whole("a number of rounds");
    } else {
      atom.names.push_back(name(signature.takes == T::ends ? "an end" : "a name"));
      if ((signature.takes == T::name_dot || signature.takes == T::name_dot_optional) &&
          (signature.takes == T::name_dot || is_sign("."))) {
        if (!take_sign("."))
          stop(now().span, fmt::format("`{}` needs two names joined by a dot", word.text),
               signature.example);
        else
          atom.part = content("a type or an option");
      }
      if ((signature.quantity == Quantity::share || signature.quantity == Quantity::times) &&
          take_word("mistaken"))
        atom.mistaken = true;
      if (signature.takes == T::channel && now().kind == Token::Kind::name) {
        atom.part = name("a channel");
        if (atom.part.text != "talk" && atom.part.text != "battlefield" &&
            atom.part.text != "reached")
          stop(atom.part.span, fmt::format("`{}` is no part of information", atom.part.text),
               "talk, battlefield or reached");
        if (atom.part.text != "reached" && take_word("reached"))
          atom.part = {atom.part.text + " reached", since(atom.part.span)};
      }
      for (int k = 0; k < signature.levels; ++k) {
        need_sign(",", "between the arguments");
        atom.levels.push_back(probability());
      }
      if (signature.takes == T::two_names || signature.takes == T::name_and_whole) {
        need_sign(",", "between the two arguments");
        if (signature.takes == T::two_names)
          atom.names.push_back(name("a second player"));
        else
          atom.round_argument = whole("a number of rounds");
      }
      while (signature.takes == T::ends && take_sign(",") && atom.names.size() < 1000)
        atom.names.push_back(name("an end"));
      if (signature.takes == T::ends && take_word("within"))
        atom.round_argument = whole("a number of rounds");
    }
    if (!stopped_ && !is_sign(")") && now().kind != Token::Kind::end)
      stop(now().span, fmt::format("`{}` does not belong in these brackets", now().text),
           signature.example);
    need_sign(")", "to close the bracket");
  }

  Qualifiers read_qualifiers() {
    Qualifiers out;
    const Span from = now().span;
    while (!stopped_) {
      const Span here = now().span;
      if (is_word("round") || is_word("rounds") ||
          ((is_word("in") || is_word("at")) &&
           (ahead(1).text == "round" || ahead(1).text == "rounds") &&
           ahead(1).kind == Token::Kind::name)) {
        if (is_word("in") || is_word("at")) ++at_;
        ++at_;
        if (out.rounds) stop(since(here), "the rounds are named twice");
        const int first = whole("a round");
        const int last = take_sign("..") ? whole("a last round") : first;
        if (!stopped_ && last < first)
          stop(since(here), fmt::format("rounds {}..{} run backwards", first, last));
        out.rounds = {first, last};
      } else if (take_word("at")) {
        if (!out.move.empty()) stop(here, "a quantity is taken at one place only");
        move(out);
      } else if (take_word("after")) {
        if (!out.move.empty()) stop(here, "a quantity is taken at one place only");
        move(out);
        out.action = content("the action taken there");
        while (!stopped_ && take_word("then") && out.then.size() < 20) {
          Forced next;
          next.move = name("a move");
          if (take_word("of")) next.player = name("a player");
          next.action = content("the action taken there");
          out.then.push_back(std::move(next));
        }
      } else if (take_word("given")) {
        do out.given.push_back(condition());
        while (!stopped_ && is_word("and") && ahead(1).kind == Token::Kind::name &&
               ahead(2).kind == Token::Kind::name && ahead(2).text == "is" && take_word("and"));
      } else if (take_word("lasting")) {
        if (out.lasting > 0) stop(here, "how long plays last is named twice");
        out.lasting = whole("a round");
      } else if (take_word("in")) {
        if (!out.variant.empty()) stop(here, "the variant is named twice");
        out.variant = name("a variant");
        known_variant(out.variant);
      } else {
        break;
      }
    }
    out.span = since(from);
    return out;
  }

  void move(Qualifiers& out) {
    out.move = name("a move");
    if (take_word("of")) out.move_player = name("a player");
  }

  void known_variant(const Word& word) {
    if (stopped_ || word.text == "base") return;
    for (const std::string& variant : options_.variants)
      if (variant == word.text) return;
    std::vector<std::string> known = options_.variants;
    known.push_back("base");
    const std::string near = nearest_word(word.text, known);
    // The rest can still be read, so reading goes on.
    mistakes_.push_back({word.span, fmt::format("the study has no variant `{}`", word.text), "",
                         near.empty() ? "" : fmt::format("did you mean `{}`?", near)});
  }

  Condition condition() {
    Condition out;
    out.subject = name("a player, choice or state");
    if (!take_word("is")) stop(now().span, "`is` is missing", "given NAME is CONTENT");
    out.negated = take_word("not");
    out.content = content("a type, an option or a number");
    return out;
  }

  void apply(const Qualifiers& qualifiers, Expression& to) {
    if (stopped_ || (qualifiers.move.empty() && qualifiers.variant.empty() && !qualifiers.rounds &&
                     qualifiers.given.empty() && qualifiers.lasting == 0))
      return;
    if (to.kind == Expression::Kind::number || to.kind == Expression::Kind::role) {
      stop(qualifiers.span,
           "only a quantity or a bracket can be taken at a place, in a variant or given something");
      return;
    }
    if (to.kind == Expression::Kind::atom) {
      Atom& atom = to.atom;
      if ((!qualifiers.move.empty() && !atom.move.empty()) ||
          (qualifiers.lasting > 0 && atom.lasting > 0) || (qualifiers.rounds && atom.rounds) ||
          (!qualifiers.variant.empty() && !atom.variant.empty())) {
        stop(qualifiers.span, "what stands in the bracket already says where it is taken");
        return;
      }
      if (!qualifiers.move.empty())
        atom.move = qualifiers.move, atom.move_player = qualifiers.move_player,
        atom.action = qualifiers.action, atom.then = qualifiers.then;
      if (qualifiers.rounds) atom.rounds = qualifiers.rounds;
      if (!qualifiers.variant.empty()) atom.variant = qualifiers.variant;
      if (qualifiers.lasting > 0) atom.lasting = qualifiers.lasting;
      atom.given.insert(atom.given.end(), qualifiers.given.begin(), qualifiers.given.end());
      return;
    }
    for (Expression& arg : to.args) apply_inside(qualifiers, arg);
    for (Comparison& comparison : to.when) {
      apply_inside(qualifiers, comparison.left);
      apply_inside(qualifiers, comparison.right);
    }
  }
  void apply_inside(const Qualifiers& qualifiers, Expression& to) {
    if (to.kind != Expression::Kind::number && to.kind != Expression::Kind::role)
      apply(qualifiers, to);
  }

  std::vector<Comparison> comparisons() {
    std::vector<Comparison> out;
    do out.push_back(comparison());
    while (!stopped_ && out.size() < 100 && take_word("and"));
    return out;
  }

  Comparison comparison() {
    Comparison out;
    const Span from = now().span;
    out.left = sum();
    if (stopped_) return out;
    if (!is_sign(">") && !is_sign("<") && !is_sign(">=") && !is_sign("<=")) {
      stop(now().span, "a comparison is missing", "> or < and a number",
           "for example: value > 0.1");
      return out;
    }
    out.greater = now().text[0] == '>';
    out.or_equal = now().text.size() == 2;
    ++at_;
    out.right = sum();
    out.span = since(from);
    return out;
  }

  const ParseOptions& options_;
  std::vector<Mistake>& mistakes_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0, operators_ = 0;
  bool stopped_;
};

}  // namespace

Parsed<Expression> parse_metric(std::string_view text, const ParseOptions& options) {
  Parsed<Expression> out;
  Parser parser(text, options, out.mistakes);
  out.value = parser.metric();
  return out;
}

Parsed<std::vector<Comparison>> parse_conditions(std::string_view text,
                                                 const ParseOptions& options) {
  Parsed<std::vector<Comparison>> out;
  Parser parser(text, options, out.mistakes);
  out.value = parser.conditions();
  return out;
}

}  // namespace melian::metric
