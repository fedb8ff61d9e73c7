/// The model section of a paper.

#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "language/term_text.h"
#include "melian/manuscript.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

std::string roman(const std::string& word) { return "\\textsf{" + latex_escaped(word) + "}"; }
std::string maths(const std::string& formula) { return "$" + formula + "$"; }

std::string capitalised(std::string sentence) {
  if (!sentence.empty() && sentence.front() >= 'a' && sentence.front() <= 'z')
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  return sentence;
}

/// "a", "a and b", "a, b and c".
std::string listed(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "" : words.front();
  return fmt::format("{} and {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

class Section {
 public:
  Section(const Model& model, std::map<std::string, double> numbers)
      : checked_(model.checked()), numbers_(std::move(numbers)) {}

  [[nodiscard]] std::string text() {
    std::string out =
        "% Made from the model's file by `melian describe --latex`; needs "
        "\\usepackage{amsmath,booktabs}.\n";
    out += fmt::format("\\subsection*{{{}}}\n", latex_escaped(checked_.title));
    if (!checked_.citations.empty()) out += sources() + ".\n";
    const std::string moves = sequence();  // first, to learn what is paid where play ends
    return out + players() + parameters() + definitions() + states() +
           "\n{\\raggedright\\paragraph{Sequence of moves.}\n" + horizon() + moves + "\\par}\n" +
           payoffs();
  }

 private:
  /// "After Powell 2004"; a file that says so itself, or that the model is its own, begins the
  /// sentence with its own words.
  [[nodiscard]] std::string sources() const {
    std::string out = latex_escaped(fmt::format("{}", fmt::join(checked_.citations, "; ")));
    if (!out.starts_with("after ") && !out.starts_with("own ")) return "After " + out;
    out.front() = out.front() == 'a' ? 'A' : 'O';
    return out;
  }

  [[nodiscard]] std::string players() const {
    std::vector<std::string> names;
    for (const Player& player : checked_.players) names.push_back(roman(player.name));
    std::string out = "\n\\paragraph{Players.}\nThe players are " + listed(names) + ".";
    for (const Player& player : checked_.players) {
      if (player.types.empty()) continue;
      out += "\n" + roman(player.name) + " privately knows its type " +
             maths(fmt::format("\\theta_{{\\mathrm{{{}}}}}", latex_escaped(player.name)));
      out += types_of(player) + ".";
    }
    return out + "\nTypes are drawn once, before play; everything done is public.\n";
  }

  [[nodiscard]] std::string types_of(const Player& player) const {
    const auto index = static_cast<int>(&player - checked_.players.data());
    std::vector<std::string> drawn;
    for (const NumericTypesSpec& spec : checked_.numeric_types)
      if (spec.player == index)
        drawn.push_back(maths(fmt::format(
            "{} \\sim {}({}, {})", latex_symbol(checked_.parameters[at(spec.parameter)].name),
            spec.normal ? "N" : "U", latex_text(checked_, *spec.first),
            latex_text(checked_, *spec.second))));
    if (!drawn.empty()) return ": " + listed(drawn) + " (cut into equally likely parts)";
    std::vector<std::string> types;
    for (const std::string& type : player.types) {
      const auto prior = numbers_.find(fmt::format("prior[{}].{}", player.name, type));
      types.push_back(roman(type) + (prior == numbers_.end()
                                         ? ""
                                         : fmt::format(" with probability {}",
                                                       maths(number_text(prior->second, 6)))));
    }
    return ": " + listed(types);
  }

  /// What a heading is followed by where a table comes next: a line of its own.
  static constexpr const char* own_line = "\\mbox{}\\par\\smallskip\\noindent";

  /// Rows as tables of at most so many, since a table does not break across pages.
  [[nodiscard]] static std::string tables(const std::string& columns, const std::string& head,
                                          const std::vector<std::string>& rows) {
    constexpr std::size_t most = 30;
    std::string out;
    for (std::size_t first = 0; first < rows.size(); first += most) {
      const std::size_t last = std::min(rows.size(), first + most);
      out += fmt::format("{}\\begin{{tabular}}{{{}}}\n  \\toprule\n  {} \\\\\n  \\midrule\n",
                         first == 0 ? "" : "\\par\\medskip\\noindent", columns, head);
      for (std::size_t k = first; k < last; ++k) out += "  " + rows[k] + " \\\\\n";
      out += "  \\bottomrule\n\\end{tabular}\n";
    }
    return out;
  }

  [[nodiscard]] std::string parameters() const {
    constexpr std::size_t short_number = 26;  // characters that fit a column without a break
    std::vector<std::vector<std::string>> cells;
    bool any_range = false, any_note = false, long_number = false;
    for (const CheckedParameter& parameter : checked_.parameters) {
      if (parameter.role != CheckedParameter::Role::ordinary) continue;
      std::vector<std::string> contents;
      const std::size_t count = std::max<std::size_t>(1, parameter.contents.size());
      for (std::size_t k = 0; k < count; ++k) {
        const std::string type = count > 1 ? checked_.players[at(parameter.player)].types[k] : "";
        const double number = numbers_.at(count > 1 ? parameter.name + "." + type : parameter.name);
        const std::string shown = parameter.words.empty()
                                      ? maths(number_text(number, 6))
                                      : roman(parameter.words[static_cast<std::size_t>(number)]);
        contents.push_back(shown + (type.empty() ? "" : " (" + latex_escaped(type) + ")"));
      }
      const std::string number = fmt::format("{}", fmt::join(contents, ", "));
      long_number = long_number || number.size() > short_number + 2 * contents.size();
      const std::string range = parameter.low && parameter.high
                                    ? maths(fmt::format("[{}, {}]", number_text(*parameter.low),
                                                        number_text(*parameter.high)))
                                    : "";
      any_range = any_range || !range.empty();
      any_note = any_note || !parameter.note.empty();
      cells.push_back(
          {maths(latex_symbol(parameter.name)), number, range, latex_escaped(parameter.note)});
    }
    if (cells.empty()) return {};
    std::vector<std::string> rows;
    for (const std::vector<std::string>& row : cells)
      rows.push_back(row[0] + (long_number ? " & \\raggedright " : " & ") + row[1] +
                     (any_range ? " & " + row[2] : "") + (any_note ? " & " + row[3] : ""));
    const std::string columns =
        std::string("l") + (long_number ? "p{0.25\\linewidth}" : "l") + (any_range ? "l" : "") +
        (any_note ? any_range ? "p{0.35\\linewidth}" : "p{0.45\\linewidth}" : "");
    return fmt::format("\n\\paragraph{{Parameters.}}{}\n", own_line) +
           tables(columns,
                  std::string("Symbol & Number") + (any_range ? " & Range" : "") +
                      (any_note ? " & Meaning" : ""),
                  rows);
  }

  /// Aligned where they fit on a line; longer ones may break.
  [[nodiscard]] std::string definitions() const {
    constexpr std::size_t longest =
        250;  // characters of LaTeX, of which a good part is not printed
    std::vector<std::string> aligned, broken;
    for (const auto& let : checked_.lets) {
      const std::string symbol = latex_symbol(let.name), body = latex_text(checked_, *let.body);
      if (symbol.size() + body.size() <= longest)
        aligned.push_back(fmt::format("  {} &= {}", symbol, body));
      else
        broken.push_back(fmt::format(
            "{{\\raggedright\\hangindent=2em\\hangafter=1\\noindent${} = {}$\\par\\smallskip}}\n",
            symbol, body));
    }
    if (checked_.lets.empty()) return {};
    std::string out = "\n\\paragraph{Definitions.}";
    out += aligned.empty() ? "\\mbox{}\\par\\smallskip\n"
                           : fmt::format("\n\\begin{{align*}}\n{}\n\\end{{align*}}\n",
                                         fmt::join(aligned, " \\\\\n"));
    return out + fmt::format("{}", fmt::join(broken, ""));
  }

  [[nodiscard]] std::string states() const {
    std::string out;
    for (const CheckedVariable& variable : checked_.variables) {
      const bool words = variable.kind == CheckedVariable::Kind::state_words;
      if (!words && variable.kind != CheckedVariable::Kind::state_numbers) continue;
      const std::string start = words ? roman(variable.range.words[at(variable.start_word)])
                                      : maths(latex_text(checked_, *variable.start));
      out +=
          fmt::format("  \\item {} $\\in$ {}, at first {}{}\n", maths(latex_symbol(variable.name)),
                      maths(latex_range(checked_, variable.range)), start,
                      variable.note.empty() ? "" : ": " + latex_escaped(variable.note));
    }
    return out.empty() ? out
                       : "\n\\paragraph{Public states.}\nBesides what has been done in the round, "
                         "all remember:\n\\begin{itemize}\n" +
                             out + "\\end{itemize}\n";
  }

  [[nodiscard]] std::string horizon() const {
    if (checked_.horizon.kind == HorizonKind::none) return {};
    if (checked_.horizon.kind == HorizonKind::forever)
      return "Play has no last round; each phase begins anew when it is over.\n";
    return fmt::format("There are {} rounds; each phase begins anew when it is over.\n",
                       maths(latex_text(checked_, *checked_.horizon.rounds)));
  }

  // ---- Moves
  // -------------------------------------------------------------------------------------------------------

  [[nodiscard]] std::string sequence() {
    std::string out;
    for (const CheckedPhase& phase : checked_.phases) {
      if (checked_.phases.size() > 1)
        out +=
            fmt::format("\n\\smallskip\\noindent\\emph{{Phase {}}}{}\n", latex_escaped(phase.name),
                        phase.note.empty() ? "" : ": " + latex_escaped(phase.note));
      out += items(phase.body, 0);
    }
    if (!checked_.horizon.closing.empty())
      out += "When the last round is over: " + inline_block(checked_.horizon.closing) + ".\n";
    return out;
  }

  /// LaTeX nests four lists; what lies deeper is said in brackets.
  static constexpr int deepest_list = 4;

  [[nodiscard]] std::string items(const CheckedBlock& block, int depth) {
    const std::string indent(at(2 * depth), ' ');
    const char* list = depth % 2 == 0 ? "enumerate" : "itemize";
    std::string out = fmt::format("{}\\begin{{{}}}\n", indent, list);
    for (const CheckedStatement& statement : block)
      out += fmt::format("{}  \\item {}\n", indent, capitalised(statement_words(statement, depth)));
    return out + fmt::format("{}\\end{{{}}}\n", indent, list);
  }

  [[nodiscard]] std::string inline_block(const CheckedBlock& block) {
    std::vector<std::string> words;
    for (const CheckedStatement& statement : block) {
      std::string one = statement_words(statement, deepest_list);
      if (one.ends_with('.')) one.pop_back();
      words.push_back(std::move(one));
    }
    return fmt::format("{}", fmt::join(words, "; "));
  }

  /// What follows an option, an outcome or a condition.
  [[nodiscard]] std::string consequence(const CheckedBlock& block, int depth) {
    if (block.empty()) return ".";
    const bool simple = block.size() == 1 &&
                        !std::holds_alternative<CheckedChoice>(block.front().what) &&
                        !std::holds_alternative<CheckedChance>(block.front().what) &&
                        !std::holds_alternative<CheckedWhen>(block.front().what);
    if (simple || depth + 1 >= deepest_list) return ": " + inline_block(block) + ".";
    std::string list = items(block, depth + 1);
    while (list.ends_with('\n')) list.pop_back();
    return ":\n" + list;
  }

  [[nodiscard]] std::string statement_words(const CheckedStatement& statement, int depth) {
    return std::visit([&](const auto& what) { return words(what, depth); }, statement.what);
  }

  [[nodiscard]] std::string player(int index) const {
    return roman(checked_.players[at(index)].name);
  }

  [[nodiscard]] std::string words(const CheckedOffer& offer, int) const {
    const CheckedVariable& variable = checked_.variables[at(offer.variable)];
    const std::string note = checked_.sites[at(offer.site)].note;
    return fmt::format(
        "{} {} ${} \\in {}${}{}.", player(offer.player),
        variable.kind == CheckedVariable::Kind::offer ? "offers" : "chooses",
        latex_symbol(variable.name), latex_range(checked_, offer.range),
        offer.where ? fmt::format(" where {}", maths(latex_text(checked_, *offer.where))) : "",
        note.empty() ? "" : " (" + latex_escaped(note) + ")");
  }
  [[nodiscard]] std::string words(const CheckedChoice& choice, int depth) {
    const CheckedVariable& variable = checked_.variables[at(choice.variable)];
    std::string out = fmt::format("{} chooses {}: ", player(choice.player), roman(variable.name));
    if (depth + 1 >= deepest_list) {
      std::vector<std::string> options;
      for (const CheckedOption& option : choice.options)
        options.push_back(option_words(variable, option) +
                          (option.block.empty() ? "" : " (" + inline_block(option.block) + ")"));
      return out + fmt::format("{}.", fmt::join(options, ", or "));
    }
    std::vector<std::string> names;
    for (const CheckedOption& option : choice.options)
      names.push_back(option_words(variable, option));
    out += fmt::format("{}.", fmt::join(names, " or "));
    std::string rows;
    const std::string indent(at(2 * depth + 2), ' ');
    for (const CheckedOption& option : choice.options)
      if (!option.block.empty())
        rows += fmt::format("{}  \\item After {}{}\n", indent,
                            roman(variable.range.words[at(option.word)]),
                            consequence(option.block, depth + 1));
    return rows.empty() ? out
                        : fmt::format("{}\n{}\\begin{{itemize}}\n{}{}\\end{{itemize}}", out, indent,
                                      rows, indent);
  }
  [[nodiscard]] std::string option_words(const CheckedVariable& variable,
                                         const CheckedOption& option) const {
    return roman(variable.range.words[at(option.word)]) +
           (option.when ? fmt::format(" (open if {})", maths(latex_text(checked_, *option.when)))
                        : "");
  }
  [[nodiscard]] std::string words(const CheckedSimultaneously& together, int depth) {
    std::vector<std::string> choices;
    for (const auto& choice : together.choices) {
      std::string one = std::visit(
          [&](const auto& what) { return words(what, std::max(depth, deepest_list)); }, choice);
      if (one.ends_with('.')) one.pop_back();
      choices.push_back(std::move(one));
    }
    return fmt::format("At the same time, {}.", fmt::join(choices, "; "));
  }
  [[nodiscard]] std::string words(const CheckedChance& chance, int depth) {
    const CheckedVariable& variable = checked_.variables[at(chance.variable)];
    std::string out = "Chance decides " + roman(variable.name);
    if (depth + 1 >= deepest_list) {
      std::vector<std::string> outcomes;
      for (const CheckedOutcome& outcome : chance.outcomes)
        outcomes.push_back(outcome_words(variable, outcome) +
                           (outcome.block.empty() ? "" : " (" + inline_block(outcome.block) + ")"));
      return out + fmt::format(": {}.", fmt::join(outcomes, ", "));
    }
    const std::string indent(at(2 * depth + 2), ' ');
    std::string rows;
    for (const CheckedOutcome& outcome : chance.outcomes)
      rows += fmt::format("{}  \\item {}{}\n", indent, outcome_words(variable, outcome),
                          consequence(outcome.block, depth + 1));
    return fmt::format("{}:\n{}\\begin{{itemize}}\n{}{}\\end{{itemize}}", out, indent, rows,
                       indent);
  }
  [[nodiscard]] std::string outcome_words(const CheckedVariable& variable,
                                          const CheckedOutcome& outcome) const {
    std::string out =
        roman(variable.range.words[at(outcome.word)]) +
        (outcome.odds ? " with probability " + maths(latex_text(checked_, *outcome.odds))
                      : " otherwise");
    for (const auto& [observer, odds] : outcome.perceived)
      out += fmt::format(" (perceived by {} as {})", player(observer),
                         maths(latex_text(checked_, *odds)));
    return out;
  }
  [[nodiscard]] std::string payments(const std::vector<CheckedPayment>& payments) const {
    std::vector<std::string> out;
    for (const CheckedPayment& payment : payments)
      out.push_back(fmt::format("{} {} {}", player(payment.player), payment.pays ? "pays" : "gets",
                                maths(latex_text(checked_, *payment.amount))));
    return fmt::format("{}", fmt::join(out, ", "));
  }
  [[nodiscard]] std::string words(const CheckedPayments& what, int) const {
    return payments(what.payments) + ".";
  }
  [[nodiscard]] std::string words(const CheckedAssignment& what, int) const {
    const CheckedVariable& variable = checked_.variables[at(what.variable)];
    const char* verb = what.kind == ast::Assignment::Kind::becomes ? "becomes"
                       : what.kind == ast::Assignment::Kind::rises ? "rises by"
                                                                   : "falls by";
    const std::string amount = what.amount ? maths(latex_text(checked_, *what.amount))
                                           : roman(variable.range.words[at(what.word)]);
    return fmt::format("{} {} {}.", maths(latex_symbol(variable.name)), verb, amount);
  }
  [[nodiscard]] std::string words(const CheckedCount& what, int) const {
    return "Counted: " + roman(checked_.tallies[at(what.tally)]) + ".";
  }
  [[nodiscard]] std::string words(const CheckedTime& what, int) const {
    const std::string symbol = latex_symbol("discount");
    return what.rounds == 1
               ? fmt::format("Time passes; what is paid later is discounted by ${}$.", symbol)
               : fmt::format("{0} rounds pass; what is paid later is discounted by ${1}^{{{0}}}$.",
                             what.rounds, symbol);
  }
  [[nodiscard]] std::string words(const CheckedWhen& when, int depth) {
    std::string out =
        "If " + maths(latex_text(checked_, *when.condition)) + consequence(when.then, depth);
    if (!when.otherwise.empty()) out += " Else" + consequence(when.otherwise, depth);
    return out;
  }
  [[nodiscard]] std::string words(const CheckedGoTo& what, int) const {
    return "Play goes on in phase " + roman(checked_.phases[at(what.phase)].name) + ".";
  }
  [[nodiscard]] std::string words(const CheckedEnd& end, int) {
    ends_.push_back(end);
    return fmt::format("the game ends in {}.", roman(checked_.outcomes[at(end.outcome)]));
  }

  // ---- Payoffs
  // -----------------------------------------------------------------------------------------------------

  /// What one player is given where play ends; "0" for nothing.
  [[nodiscard]] std::string amount_at(const CheckedEnd& end, std::size_t player) const {
    std::string amount;
    for (const CheckedPayment& payment : end.payments)
      if (at(payment.player) == player)
        amount += (payment.pays     ? "-"
                   : amount.empty() ? ""
                                    : "+") +
                  latex_text(checked_, *payment.amount);
    return maths(amount.empty() ? "0" : amount);
  }

  /// A table, or, where its rows would not fit on a line, a list.
  [[nodiscard]] std::string payoffs() const {
    constexpr std::size_t widest = 150;  // characters of LaTeX, of which a good part is not printed
    std::string head = "Outcome";
    for (const Player& player : checked_.players) head += " & " + roman(player.name);
    std::vector<std::string> rows, items;
    std::size_t longest = 0;
    for (const CheckedEnd& end : ends_) {
      std::string row = roman(checked_.outcomes[at(end.outcome)]);
      std::vector<std::string> words;
      for (std::size_t i = 0; i < checked_.players.size(); ++i) {
        row += " & " + amount_at(end, i);
        words.push_back(roman(checked_.players[i].name) + " " + amount_at(end, i));
      }
      if (std::ranges::find(rows, row) != rows.end()) continue;
      longest = std::max(longest, row.size());
      items.push_back(fmt::format("  \\item {}: {}\n", roman(checked_.outcomes[at(end.outcome)]),
                                  fmt::join(words, ", ")));
      rows.push_back(std::move(row));
    }
    if (rows.empty()) return {};
    const std::string start =
        "\n\\paragraph{Payoffs where the game ends.}\nTo these comes what was paid on the way.\n";
    if (longest > widest)
      return start + fmt::format("\\begin{{itemize}}\n{}\\end{{itemize}}\n", fmt::join(items, ""));
    return start + "\\par\\smallskip\\noindent" +
           tables("l" + std::string(checked_.players.size(), 'l'), head, rows);
  }

  const Model::Checked& checked_;
  std::map<std::string, double> numbers_;
  std::vector<CheckedEnd> ends_;
};

}  // namespace

Result<std::string> latex_section(const Model& model, const Settings& settings) {
  Result<std::map<std::string, double>> numbers = parameter_numbers(model, settings);
  if (!numbers) return std::unexpected(numbers.error());
  return Section(model, *std::move(numbers)).text();
}

}  // namespace melian
