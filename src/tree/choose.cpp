/// Names of solutions, and which of several is meant.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/limit.h"
#include "melian/tree.h"
#include "tree/mixed.h"
#include "tree/shape.h"

namespace melian {
namespace {

using tree::ix;

constexpr int numbers = 3, digits = 3, steps = 4096;  // 16^digits
constexpr int as_good_as_equal = 2;                   // of the last digit

/// From -1 to 1, the same on every machine.
double weight(std::size_t action, int number) {
  constexpr double span = 9007199254740992.0;  // 2^53
  const std::uint64_t bits =
      tree::mixed(static_cast<std::uint64_t>(action), static_cast<std::uint64_t>(number)) >> 11;
  return 2.0 * static_cast<double>(bits) / span - 1.0;
}

/// Chance of each node by the analyst's odds.
std::vector<double> reach_of(const ExtensiveForm& form, const std::vector<double>& log_strategy) {
  std::vector<double> reach(form.nodes.size(), 1.0);
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const ExtensiveForm::Node& node = form.nodes[n];
    if (node.parent < 0) continue;
    const ExtensiveForm::Node& parent = form.nodes[ix(node.parent)];
    const int action = form.sets[ix(parent.set)].first_action + node.taken;
    reach[n] = reach[ix(node.parent)] * std::exp(log_strategy[ix(action)]);
  }
  return reach;
}

/// The numbers of an id; nothing where the text is none.
std::optional<std::array<int, numbers>> read_id(const std::string& text) {
  std::array<int, numbers> out{};
  if (text.size() != static_cast<std::size_t>(numbers * (digits + 1) - 1)) return std::nullopt;
  for (int j = 0; j < numbers; ++j) {
    const std::string part = text.substr(ix(j * (digits + 1)), ix(digits));
    if (part.find_first_not_of("0123456789abcdef") != std::string::npos) return std::nullopt;
    if (j > 0 && text[ix(j * (digits + 1) - 1)] != '-') return std::nullopt;
    constexpr int hexadecimal = 16;
    out[ix(j)] = static_cast<int>(std::strtol(part.c_str(), nullptr, hexadecimal));
  }
  return out;
}

/// The largest difference of two ids' numbers, which turn round.
int apart(const std::array<int, numbers>& a, const std::array<int, numbers>& b) {
  int most = 0;
  for (std::size_t j = 0; j < a.size(); ++j) {
    const int d = std::abs(a[j] - b[j]);
    most = std::max(most, std::min(d, steps - d));
  }
  return most;
}

std::string told(const ExtensiveForm& form, const TreeFound& found) {
  std::vector<std::string> ends;
  TreePrediction seen = predict_tree(form, found.log_strategy);
  std::ranges::stable_sort(seen.ends, std::greater<>(), &TreePrediction::End::probability);
  constexpr std::size_t most = 3;
  for (std::size_t k = 0; k < std::min(most, seen.ends.size()); ++k)
    ends.push_back(
        fmt::format("{} {}", seen.ends[k].outcome, number_text(seen.ends[k].probability, 3)));
  return fmt::format("{} ({})", found.id, fmt::join(ends, ", "));
}

Diagnostics no_such_solution(const ExtensiveForm& form, const TreeSolution& solution,
                             const std::string& id) {
  constexpr std::size_t most = 12;
  std::vector<std::string> known;
  for (std::size_t k = 0; k < std::min(most, solution.all.size()); ++k)
    known.push_back(told(form, solution.all[k]));
  if (solution.all.size() > most)
    known.push_back(fmt::format("and {} more", solution.all.size() - most));
  return {placeless(no_such_solution_code, fmt::format("no solution `{}` was found", id),
                    known.empty() ? std::string("no solution was found at this lambda")
                                  : fmt::format("found were {}", fmt::join(known, "; ")))};
}

/// What the rule wants to be largest.
Result<double> worth(const ExtensiveForm& form, const TreeFound& found, const std::string& rule) {
  const std::vector<double>& values = found.certificate.values;
  if (rule == "values") {
    double sum = 0.0;
    for (const double value : values) sum += value;
    return sum;
  }
  const std::string prefix = "value:";
  if (rule.starts_with(prefix)) {
    const std::string player = rule.substr(prefix.size());
    const auto named = std::ranges::find(form.players, player);
    if (named != form.players.end())
      return values[static_cast<std::size_t>(named - form.players.begin())];
    const std::string near = nearest_word(player, form.players);
    return std::unexpected(Diagnostics{
        placeless(no_such_solution_code, fmt::format("there is no player `{}`", player),
                  near.empty() ? fmt::format("players are {}", fmt::join(form.players, ", "))
                               : fmt::format("did you mean `{}`?", near))});
  }
  return std::unexpected(
      Diagnostics{placeless(no_such_solution_code, fmt::format("nothing is selected by `{}`", rule),
                            "write principal, values, value:PLAYER, intuitive, or d1")});
}

/// The first whose limit survives.
Result<std::size_t> by_refinement(const ExtensiveForm& form, const TreeSolution& solution,
                                  const std::string& rule) {
  const std::string name = rule == "d1" ? "D1" : "the intuitive criterion";
  if (!(solution.summary.lambda_asked > 0.0))
    return std::unexpected(Diagnostics{placeless(
        no_such_solution_code,
        fmt::format("limits start from a positive precision (lambda); {} needs them", name),
        "give `--lambda L` above 0")});
  std::vector<std::string> why_not;
  for (std::size_t k = 0; k < solution.all.size(); ++k) {
    const Result<RefinedLimit> found =
        refined_limit(form, solution.all[k].log_strategy, solution.summary.lambda_asked);
    if (!found) return std::unexpected(found.error());
    const Survival& survival = rule == "d1" ? found->refinements.d1 : found->refinements.intuitive;
    if (survival.survives == true) return k;
    if (!survival.applies)
      return std::unexpected(
          Diagnostics{placeless(no_such_solution_code, survival.reason, "select by another rule")});
    constexpr std::size_t most = 4;
    if (why_not.size() < most)
      why_not.push_back(fmt::format("{}: {}", solution.all[k].id, survival.reason));
  }
  return std::unexpected(Diagnostics{
      placeless(no_such_solution_code,
                fmt::format("of {} solutions found none survives {}", solution.all.size(), name),
                fmt::format("{}", fmt::join(why_not, "; ")))});
}

/// The principal branch's solution, or the one with the largest worth; of several that are worth
/// the same the first found.
Result<std::size_t> by_rule(const ExtensiveForm& form, const TreeSolution& solution,
                            const std::string& rule) {
  if (rule == "principal") return std::size_t{0};
  if (rule == "intuitive" || rule == "d1") return by_refinement(form, solution, rule);
  constexpr double tie = 1e-9;  // of the numbers compared: round-off must not decide
  std::size_t best = 0;
  double most = 0.0;
  for (std::size_t k = 0; k < solution.all.size(); ++k) {
    const Result<double> here = worth(form, solution.all[k], rule);
    if (!here) return std::unexpected(here.error());
    if (k > 0 && *here <= most + tie * (1.0 + std::abs(most))) continue;
    most = *here;
    best = k;
  }
  return best;
}

}  // namespace

std::string solution_id(const ExtensiveForm& form, const std::vector<double>& log_strategy) {
  const std::vector<double> reach = reach_of(form, log_strategy);
  std::vector<double> of_set(form.sets.size(), 0.0);
  for (std::size_t n = 0; n < form.nodes.size(); ++n)
    if (form.nodes[n].set >= 0) of_set[ix(form.nodes[n].set)] += reach[n];
  std::string out;
  for (int j = 0; j < numbers; ++j) {
    double sum = 0.0;
    for (std::size_t h = 0; h < form.sets.size(); ++h) {
      const ExtensiveForm::InformationSet& set = form.sets[h];
      if (set.player < 0) continue;
      for (auto a = ix(set.first_action); a < ix(set.first_action + set.num_actions); ++a)
        sum += (j == 0 ? of_set[h] : 1.0) * weight(a, j) * std::exp(log_strategy[a]);
    }
    const int number = static_cast<int>(std::floor((sum - std::floor(sum)) * steps)) % steps;
    out += fmt::format("{}{:03x}", j == 0 ? "" : "-", number);
  }
  return out;
}

int find_solution(const std::vector<TreeFound>& found, const std::string& id) {
  const auto wanted = read_id(id);
  if (!wanted) return -1;
  int nearest = as_good_as_equal + 1, out = -1;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const auto here = read_id(found[k].id);
    const int distance = here ? apart(*wanted, *here) : steps;
    if (distance >= nearest) continue;
    nearest = distance;
    out = static_cast<int>(k);
  }
  return out;
}

Result<void> choose(const ExtensiveForm& form, TreeSolution& solution, const Choice& choice) {
  std::size_t chosen = 0;
  if (!choice.solution.empty()) {
    const int found = find_solution(solution.all, choice.solution);
    if (found < 0) return std::unexpected(no_such_solution(form, solution, choice.solution));
    chosen = ix(found);
  } else {
    const Result<std::size_t> found = by_rule(form, solution, choice.select);
    if (!found) return std::unexpected(found.error());
    chosen = *found;
  }
  if (chosen >= solution.all.size()) return {};  // nothing was found: the answer says why
  solution.chosen = chosen;
  solution.log_strategy = solution.all[chosen].log_strategy;
  solution.certificate = solution.all[chosen].certificate;
  return {};
}

}  // namespace melian
