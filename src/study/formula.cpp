#include "study/formula.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include <fmt/core.h>

namespace melian {
namespace {

constexpr int deepest = 200;  // brackets within brackets

/// Recursive descent that computes as it reads; the first complaint ends it.
class Evaluator {
 public:
  Evaluator(const std::string& text, const std::map<std::string, double>& numbers)
      : text_(text), numbers_(numbers) {}

  [[nodiscard]] Result<double> run() {
    const double found = either();
    skip();
    if (!complaint_ && at_ < text_.size())
      complain(at_, "the formula goes on after it is complete", "an operator");
    if (!complaint_ && !std::isfinite(found))
      complain(0, "the formula gives no finite number here");
    if (complaint_) return std::unexpected(Diagnostics{*complaint_});
    return found;
  }

 private:
  double complain(std::size_t place, const std::string& message, const std::string& expected = {},
                  const std::string& hint = {}) {
    if (complaint_) return 0.0;
    Diagnostic diagnostic = placeless(formula_code, fmt::format("{}: `{}`", message, text_), hint);
    diagnostic.column = static_cast<int>(place) + 1;
    diagnostic.source_line = text_;
    diagnostic.expected = expected;
    complaint_ = std::move(diagnostic);
    return 0.0;
  }

  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  [[nodiscard]] static bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  }

  bool take(std::string_view symbol) {
    skip();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    const bool is_word = is_name(symbol.front());
    if (is_word && at_ + symbol.size() < text_.size() && is_name(text_[at_ + symbol.size()]))
      return false;
    at_ += symbol.size();
    return true;
  }

  double either() {
    double left = both();
    while (!complaint_ && take("or")) {
      const double right = both();
      left = left != 0.0 || right != 0.0 ? 1.0 : 0.0;
    }
    return left;
  }
  double both() {
    double left = denied();
    while (!complaint_ && take("and")) {
      const double right = denied();
      left = left != 0.0 && right != 0.0 ? 1.0 : 0.0;
    }
    return left;
  }
  double denied() {
    if (!take("not")) return compared();
    return nested([this] { return denied(); }) == 0.0 ? 1.0 : 0.0;
  }
  double compared() {
    const double left = sum();
    if (take("<=")) return left <= sum() ? 1.0 : 0.0;
    if (take(">=")) return left >= sum() ? 1.0 : 0.0;
    if (take("!=")) return left != sum() ? 1.0 : 0.0;
    if (take("<")) return left < sum() ? 1.0 : 0.0;
    if (take(">")) return left > sum() ? 1.0 : 0.0;
    if (take("=")) return left == sum() ? 1.0 : 0.0;
    return left;
  }
  double sum() {
    double left = product();
    while (!complaint_) {
      if (take("+"))
        left += product();
      else if (take("-"))
        left -= product();
      else
        break;
    }
    return left;
  }
  double product() {
    double left = signed_power();
    while (!complaint_) {
      if (take("*"))
        left *= signed_power();
      else if (take("/"))
        left /= signed_power();
      else
        break;
    }
    return left;
  }
  double signed_power() {
    if (take("-")) return -nested([this] { return signed_power(); });
    const double base = primary();
    return take("^") ? std::pow(base, nested([this] { return signed_power(); })) : base;
  }

  template <class Read>
  double nested(const Read& read) {
    if (++depth_ > deepest) return complain(at_, "the formula is nested too deeply");
    const double found = read();
    --depth_;
    return found;
  }

  double primary() {
    skip();
    const std::size_t from = at_;
    if (at_ >= text_.size())
      return complain(from, "the formula ends too early", "a number, a name or a bracket");
    if (take("(")) {
      const double found = nested([this] { return either(); });
      if (!take(")")) complain(at_, "a bracket is not closed", "`)`");
      return found;
    }
    if (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.')
      return number();
    if (!is_name(text_[at_]))
      return complain(from, "this is no formula", "a number, a name or a bracket");
    const std::string word = name();
    return take("(") ? function(word, from) : named(word, from);
  }

  double number() {
    double found = 0.0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), found);
    if (error != std::errc()) return complain(at_, "this is no number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return found;
  }

  /// "cost[D].weak", "belief[Kyiv][Moscow].maximalist", "discount".
  std::string name() {
    const std::size_t from = at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool next_is_name = at_ + 1 < text_.size() && is_name(text_[at_ + 1]);
      if (!is_name(c) && c != ']' && !((c == '[' || c == '.') && next_is_name)) break;
      ++at_;
    }
    return text_.substr(from, at_ - from);
  }

  double named(const std::string& word, std::size_t from) {
    const auto found = numbers_.find(word);
    if (found != numbers_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, number] : numbers_) names.push_back(known);
    const std::string near = nearest_word(word, names);
    return complain(from, fmt::format("nothing is named `{}`", word),
                    "a parameter of the model, or what \"where\" defines",
                    near.empty() ? "" : fmt::format("did you mean `{}`?", near));
  }

  double function(const std::string& word, std::size_t from) {
    std::vector<double> given;
    nested([&] {
      do given.push_back(either());
      while (!complaint_ && take(","));
      return 0.0;
    });
    if (!take(")")) return complain(at_, "a bracket is not closed", "`)`");
    const auto is = [&](std::string_view known, std::size_t count) {
      return word == known && given.size() == count;
    };
    if (is("if", 3)) return given[0] != 0.0 ? given[1] : given[2];
    if (word == "min") return *std::ranges::min_element(given);
    if (word == "max") return *std::ranges::max_element(given);
    if (is("abs", 1)) return std::abs(given[0]);
    if (is("ln", 1)) return std::log(given[0]);
    if (is("exp", 1)) return std::exp(given[0]);
    if (is("sqrt", 1)) return std::sqrt(given[0]);
    if (is("ceil", 1)) return std::ceil(given[0]);
    if (is("floor", 1)) return std::floor(given[0]);
    return complain(from,
                    fmt::format("there is no function `{}` of {} numbers", word, given.size()),
                    "min, max, abs, ln, exp, sqrt, ceil, floor, or if(condition, then, else)");
  }

  const std::string& text_;
  const std::map<std::string, double>& numbers_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<Diagnostic> complaint_;
};

}  // namespace

Result<double> evaluate_formula(const std::string& formula,
                                const std::map<std::string, double>& numbers) {
  return Evaluator(formula, numbers).run();
}

}  // namespace melian
