/// What `solve` says of a game solved as a tree: one document, one screen.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/information_sets.h"
#include "melian/limit_results.h"
#include "melian/report.h"
#include "report/equilibria_words.h"
#include "report/form_keys.h"
#include "report/limit_words.h"
#include "report/table.h"
#include "report/words.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

std::string termination_word(TreeTermination termination) {
  switch (termination) {
    case TreeTermination::reached: return "reached";
    case TreeTermination::step_too_small: return "step_too_small";
    case TreeTermination::step_limit: return "step_limit";
    case TreeTermination::cancelled: return "cancelled";
    case TreeTermination::not_run: break;
  }
  return "not_run";
}

Json by_player(const std::vector<std::string>& players, const std::vector<double>& numbers) {
  JsonFields out;
  for (std::size_t i = 0; i < players.size(); ++i) out.add(players[i], json_number(numbers[i]));
  return std::move(out).object();
}

/// Where a branch turns or is crossed.
Json turns_json(const ExtensiveForm& form, const std::vector<TreeTurn>& turns,
                const std::vector<std::string>& players, const std::vector<std::string>& labels) {
  Json out = Json::array();
  for (const TreeTurn& turn : turns) {
    Json one = {{"lambda", json_number(turn.lambda)}};
    if (turn.set >= 0) {
      const ExtensiveForm::InformationSet& set = form.sets[at(turn.set)];
      one["player"] = players[at(set.player)];
      one["number"] = set.number;
      one["label"] = labels[at(turn.set)];
    }
    out.push_back(std::move(one));
  }
  return out;
}

std::string turns_words(const ExtensiveForm& form, const std::vector<TreeTurn>& turns,
                        const std::vector<std::string>& players,
                        const std::vector<std::string>& labels) {
  std::vector<std::string> words;
  for (const TreeTurn& turn : turns) {
    words.push_back(number_text(turn.lambda, 4));
    if (turn.set < 0) continue;
    const ExtensiveForm::InformationSet& set = form.sets[at(turn.set)];
    words.back() += fmt::format(" ({}: {})", players[at(set.player)], labels[at(turn.set)]);
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string origin_words(const TreeFound& found) {
  switch (found.origin) {
    case TreeFound::Origin::principal: return "principal";
    case TreeFound::Origin::continued: return fmt::format("fold of {}", found.from + 1);
    case TreeFound::Origin::started: return fmt::format("start {}", found.from + 1);
    case TreeFound::Origin::crossing:
      return fmt::format("crosses {} at λ {}", found.from + 1, number_text(found.crossed_at, 4));
  }
  return "";
}

std::string origin_key(TreeFound::Origin origin) {
  switch (origin) {
    case TreeFound::Origin::principal: return "principal";
    case TreeFound::Origin::continued: return "continued";
    case TreeFound::Origin::started: return "started";
    case TreeFound::Origin::crossing: return "crossing";
  }
  return "";
}

Json information_sets_json(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                           const std::vector<std::string>& players,
                           const std::vector<std::string>& labels) {
  Json out = Json::array();
  for (const int h : sets_in_order(form)) {
    const ExtensiveForm::InformationSet& set = form.sets[at(h)];
    const std::vector<std::string> keys = action_keys(form, set);
    JsonFields probabilities;
    for (int a = 0; a < set.num_actions; ++a)
      probabilities.add(keys[at(a)], json_number(std::exp(log_strategy[at(set.first_action + a)])));
    out.push_back({{"player", players[at(set.player)]},
                   {"number", set.number},
                   {"label", labels[at(h)]},
                   {"probabilities", std::move(probabilities).object()}});
  }
  return out;
}

Json certificate_json(const TreeCertificate& certificate, const std::vector<std::string>& players) {
  return {{"residual", json_number(certificate.residual)},
          {"residual_tolerance", certificate.tolerance},
          {"regret", by_player(players, certificate.regret)},
          {"ceiling", by_player(players, certificate.ceiling)},
          {"perfect_recall", certificate.perfect_recall},
          {"holds", certificate.holds},
          {"why_not", certificate.why_not}};
}

/// Outcomes with their probabilities and what the players get there, by the analyst's odds.
Json outcomes_json(const TreePrediction& seen, const std::vector<std::string>& players) {
  JsonFields out;
  const std::vector<std::string> draws = distinct_names(seen.draws, "draw");
  for (const TreePrediction::End& end : seen.ends) {
    JsonFields by_draw;
    for (std::size_t k = 0; k < draws.size(); ++k)
      by_draw.add(draws[k], json_number(end.by_draw[k]));
    out.add(end.outcome, {{"probability", json_number(end.probability)},
                          {"by_draw", std::move(by_draw).object()},
                          {"payoffs", by_player(players, end.payoffs)}});
  }
  return std::move(out).object();
}

Json solutions_json(const ExtensiveForm& form, const TreeSolution& solution,
                    const TreeLimits& limits, const std::vector<std::string>& players,
                    const std::vector<std::string>& labels) {
  Json out = Json::array();
  for (const TreeFound& found : solution.all) {
    Json one = {{"id", found.id}, {"found_by", origin_key(found.origin)}};
    if (found.origin == TreeFound::Origin::continued || found.origin == TreeFound::Origin::crossing)
      one["from_solution"] = found.from + 1;
    if (found.origin == TreeFound::Origin::crossing)
      one["crossed_at"] = json_number(found.crossed_at);
    if (found.origin == TreeFound::Origin::started) one["start"] = found.from + 1;
    one["values"] = by_player(players, found.certificate.values);
    one["outcomes"] = outcomes_json(predict_tree(form, found.log_strategy), players);
    one["certificate"] = certificate_json(found.certificate, players);
    one["information_sets"] = information_sets_json(form, found.log_strategy, players, labels);
    if (out.size() < limits.all.size()) add_limit(one, form, limits.all[out.size()]);
    out.push_back(std::move(one));
  }
  return out;
}

/// The equilibria found, and which of their limits survive.
Equilibria with_survival(Equilibria out, const TreeLimits& limits) {
  for (std::size_t k = 0; k < std::min(out.found.size(), limits.all.size()); ++k) {
    out.found[k].survives_intuitive = limits.all[k].refinements.intuitive.survives;
    out.found[k].survives_d1 = limits.all[k].refinements.d1.survives;
  }
  return out;
}

std::string discounting_words(Discounting discounting) {
  return discounting == Discounting::present_value ? "present value" : "current value";
}

}  // namespace

std::string tree_results_json(const ExtensiveForm& form, const TreeSolution& solution,
                              const TreeConventions& conventions) {
  return tree_results_json(form, solution, conventions, TreeLimits{});
}

std::string tree_results_json(const ExtensiveForm& form, const TreeSolution& solution,
                              const TreeConventions& conventions, const TreeLimits& limits) {
  const std::vector<std::string> players = distinct_names(form.players, "player");
  const std::vector<std::string> labels = set_labels(form, conventions.unrolled);
  const TreeSummary& summary = solution.summary;
  const TreeCertificate& certificate = solution.certificate;
  Json document;
  document["schema"] = result_schema;
  if (conventions.cut_by_clock) document["cut_by_clock"] = true;
  Json names = Json::array();
  for (const std::string& player : players) names.push_back({{"name", player}});
  document["game"] = {{"name", form.title},
                      {"fingerprint", conventions.fingerprint},
                      {"players", std::move(names)},
                      {"nodes", form.nodes.size()},
                      {"information_sets", sets_in_order(form).size()}};
  document["method"] = {
      {"name", "tree"},
      {"lambda", json_number(summary.lambda)},
      {"discounting", discounting_words(conventions.discounting)},
      {"measure", conventions.measure == Measure::cells ? "cells" : "each"},
      {"termination", termination_word(summary.termination)},
      {"message", summary.message},
      {"steps", summary.steps},
      {"unknowns", summary.unknowns},
      {"folds", turns_json(form, summary.folds, players, labels)},
      {"branch_points", turns_json(form, summary.branch_points, players, labels)}};
  if (summary.lambda != summary.lambda_asked)
    document["method"]["asked"] = {{"lambda", json_number(summary.lambda_asked)}};
  document["lambda"] = json_number(summary.lambda);
  Json values = Json::object();
  for (std::size_t i = 0; i < players.size(); ++i)
    values[players[i]] = {{only_type, json_number(certificate.values[i])}};
  document["values"] = std::move(values);
  document["information_sets"] =
      information_sets_json(form, solution.log_strategy, players, labels);
  const TreePrediction seen = predict_tree(form, solution.log_strategy);
  document["outcomes"] = outcomes_json(seen, players);
  document["payoffs"] = by_player(players, seen.payoffs);
  document["certificate"] = certificate_json(certificate, players);
  document["equilibria"] = to_json(with_survival(equilibria_of(form, solution), limits));
  if (!solution.all.empty() && conventions.list_solutions)
    document["solutions"] = {{"complete", false},
                             {"starts", summary.starts},
                             {"starts_arrived", summary.starts_arrived},
                             {"found", solutions_json(form, solution, limits, players, labels)}};
  if (limits.answer) add_limit(document, form, *limits.answer);
  document["timing"] = {{"solve_seconds", summary.seconds}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

namespace {

Table outcomes_table(const ExtensiveForm& form, const TreePrediction& seen,
                     const std::vector<std::string>& players) {
  std::vector<std::string> head{"outcome", "probability"};
  std::vector<std::size_t> right{1};
  for (const std::string& player : players) {
    right.push_back(head.size());
    head.push_back(player + " gets");
  }
  Table table(head);
  table.align_right(right);
  constexpr std::size_t most = 20;
  for (std::size_t k = 0; k < std::min(seen.ends.size(), most); ++k) {
    std::vector<std::string> row{seen.ends[k].outcome, with_decimals(seen.ends[k].probability)};
    for (int i = 0; i < form.num_players(); ++i)
      row.push_back(std::isnan(seen.ends[k].payoffs[at(i)])
                        ? "NA"
                        : with_decimals(seen.ends[k].payoffs[at(i)]));
    table.add(row);
  }
  return table;
}

/// All solutions found: how, their values, how sure, and the most likely outcomes.
std::string solutions_text(const ExtensiveForm& form, const TreeSolution& solution,
                           const std::vector<std::string>& players, const TextStyle& style) {
  Table table({"solution", "id", "found by", "residual", "regret", "who gets what; outcomes"});
  table.wrap_last();
  for (std::size_t k = 0; k < solution.all.size(); ++k) {
    const TreeFound& found = solution.all[k];
    std::vector<std::string> row{
        fmt::format("{}{}", k + 1, k == solution.chosen ? "*" : ""), found.id, origin_words(found),
        error_text(found.certificate.residual),
        number_text(*std::ranges::max_element(found.certificate.regret), 3)};
    std::vector<std::string> values, shares;
    for (std::size_t i = 0; i < players.size(); ++i)
      values.push_back(
          fmt::format("{} {}", players[i], with_decimals(found.certificate.values[i])));
    TreePrediction seen = predict_tree(form, found.log_strategy);
    std::ranges::stable_sort(
        seen.ends, [](const auto& a, const auto& b) { return a.probability > b.probability; });
    constexpr std::size_t most = 4;
    for (std::size_t e = 0; e < std::min(seen.ends.size(), most); ++e)
      shares.push_back(
          fmt::format("{} {}", seen.ends[e].outcome, with_decimals(seen.ends[e].probability)));
    row.push_back(fmt::format("{}; {}", fmt::join(values, ", "), fmt::join(shares, ", ")));
    table.add(row);
  }
  return table.text(style) + "\n";
}

/// Every information set with its probabilities, one row each.
std::string sets_text(const ExtensiveForm& form, const std::vector<double>& log_strategy,
                      const std::vector<std::string>& players,
                      const std::vector<std::string>& labels, const TextStyle& style) {
  const std::vector<int> order = sets_in_order(form);
  constexpr std::size_t most_rows = 40;
  constexpr int most_actions = 4;
  Table sets({"information set", "label", "probabilities"});
  sets.wrap({1, 2});
  for (std::size_t k = 0; k < std::min(order.size(), most_rows); ++k) {
    const ExtensiveForm::InformationSet& set = form.sets[at(order[k])];
    const std::vector<std::string> keys = action_keys(form, set);
    std::vector<int> likely(at(set.num_actions));
    for (int a = 0; a < set.num_actions; ++a) likely[at(a)] = a;
    const auto log_of = [&](int a) { return log_strategy[at(set.first_action + a)]; };
    if (set.num_actions > most_actions)
      std::ranges::stable_sort(likely, [&](int a, int b) { return log_of(a) > log_of(b); });
    std::vector<std::string> words;
    for (int a = 0; a < std::min(set.num_actions, most_actions); ++a)
      words.push_back(fmt::format("{} {}", keys[at(likely[at(a)])],
                                  with_decimals(std::exp(log_of(likely[at(a)])))));
    if (set.num_actions > most_actions)
      words.push_back(fmt::format("{} more", set.num_actions - most_actions));
    sets.add({fmt::format("{} {}", players[at(set.player)], set.number), labels[at(order[k])],
              fmt::format("{}", fmt::join(words, ", "))});
  }
  std::string out = sets.text(style);
  if (order.size() > most_rows)
    out += fmt::format("  and {} more in --json\n", order.size() - most_rows);
  return out;
}

}  // namespace

std::string tree_summary(const ExtensiveForm& form, const TreeSolution& solution,
                         const TreeConventions& conventions, const TextStyle& style) {
  return tree_summary(form, solution, conventions, TreeLimits{}, style);
}

std::string tree_summary(const ExtensiveForm& form, const TreeSolution& solution,
                         const TreeConventions& conventions, const TreeLimits& limits,
                         const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  const std::vector<std::string> players = distinct_names(form.players, "player");
  const std::vector<std::string> labels = set_labels(form, conventions.unrolled);
  const TreeSummary& summary = solution.summary;
  const TreeCertificate& certificate = solution.certificate;
  const std::string convention = conventions.discounting == Discounting::present_value
                                     ? "λ on payoffs as they stand at the root (present value)"
                                     : "λ on payoffs at the moment of choice (current value)";
  std::string out =
      paint(style, "1", form.title.empty() ? "(no title)" : form.title) + "\n  " +
      paint(style, "2",
            wrap(fmt::format("agent QRE of the tree, λ = {}, {}, {}", number_text(summary.lambda),
                             counted(static_cast<long long>(form.nodes.size()), "node", "nodes"),
                             convention),
                 inner, 2)) +
      "\n\n";
  Table values({"value at the root", "payoff units"});
  values.align_right({1});
  for (std::size_t i = 0; i < players.size(); ++i)
    values.add({players[i], with_decimals(certificate.values[i])});
  out += values.text(style) + "\n";
  const TreePrediction seen = predict_tree(form, solution.log_strategy);
  out += outcomes_table(form, seen, players).text(style);
  constexpr std::size_t most_outcomes = 20;
  if (seen.ends.size() > most_outcomes)
    out += fmt::format("  and {} more in --json\n", seen.ends.size() - most_outcomes);
  if (!form.perceived.empty())
    out += "  " +
           paint(style, "2",
                 wrap("Values are what each player expects by its own odds and priors; outcomes "
                      "are by the analyst's.",
                      inner, 2)) +
           "\n";
  out += "\n";
  if (!solution.all.empty() && conventions.list_solutions)
    out += solutions_text(form, solution, players, style);
  out += equilibria_words(equilibria_of(form, solution), style) + "\n";

  if (!conventions.sets_elsewhere)
    out += sets_text(form, solution.log_strategy, players, labels, style) + "\n";

  std::vector<std::string> regrets;
  for (std::size_t i = 0; i < players.size(); ++i)
    regrets.push_back(fmt::format("{} {}", players[i], number_text(certificate.regret[i], 3)));
  const std::string checks = fmt::format(
      "the logit equations hold within {} logits; most that one information set gains by another "
      "action: {}",
      error_text(certificate.residual), fmt::join(regrets, ", "));
  if (certificate.holds) {
    out += paint(style, "32", wrap("certified: " + checks + ".", inner, 2)) + "\n";
  } else {
    out += paint(style, "31", "NOT certified:") + "\n";
    for (const std::string& reason : certificate.why_not)
      out += "  " + wrap("- " + reason, inner, 4) + "\n";
    out += "  " + wrap(checks + ".", inner, 2) + "\n";
  }
  if (!certificate.perfect_recall)
    out += "  " +
           paint(style, "33",
                 wrap("Some player forgets what it knew or did: its information sets are solved as "
                      "agents of their own.",
                      inner, 2)) +
           "\n";
  if (!summary.folds.empty())
    out += "  " +
           wrap(fmt::format("On the way the branch folded near λ {}.",
                            turns_words(form, summary.folds, players, labels)),
                inner, 2) +
           "\n";
  if (!summary.branch_points.empty())
    out +=
        "  " +
        paint(style, "33",
              wrap(fmt::format("Another branch crosses at λ = {}; `--all` lists it where it comes "
                               "to this λ; Gambit 17 follows it.",
                               turns_words(form, summary.branch_points, players, labels)),
                   inner, 2)) +
        "\n";
  if (limits.answer) out += "\n" + limit_text(form, *limits.answer, style);
  if (limits.all.size() > 1) out += "\n" + survivors_text(solution, limits.all, style);
  return out;
}

}  // namespace melian
