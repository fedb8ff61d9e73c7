#include "prove/page.h"

#include <algorithm>

#include <fmt/core.h>

namespace melian::prove {
namespace {

constexpr const char* introduction = R"(# Random games against the tree

This page is made by `make prove`, which draws small games at random, answers each of them as
`melian solve` does (solve, predict, certify), and compares the answer with the game's tree. The
tree has no belief grid and no interpolation, so it does not share the grid's errors.

- Half of the games are answered with the default grid. The others use a random number of belief
  nodes, or a grid that follows play.
- The equilibria of a tree are looked for in three ways: Newton's method on the whole tree from the
  grid's strategies, the tree's own principal branch, and a search from many starts
  ([Trees](methods_tree.md)). The class `signal` uses a closed form in one unknown instead. The
  class `endless` uses long finite horizons whose last rounds no longer matter.
- Every number that `melian solve` prints is compared; in `signal` the probability of trust.
- **Wrong**: the answer is certified, and none of the equilibria found lies within the stated errors
  of all numbers (and 1e-6 of their scale). **Gross**: wrong by more than the tolerance of the
  certificate, 0.001 of the scale.
- **Not alone**: the answer is said to be the only equilibrium, and another one was found.
- **Refused, right**: the answer is not certified, although an equilibrium lies within the
  tolerance. The reasons are the checks that failed.
- **Bound**: where no answer was wrong in n certified ones, the true share of wrong answers in this
  class of games is below 3/n, with 95% confidence.

`build/melian_prove --class CLASS --seed SEED` shows one game and its comparison. `make prove
prove_seconds=600` continues after the last seed of the present engine.
)";

std::string joined(const std::map<std::string, std::int64_t>& reasons) {
  std::vector<std::pair<std::int64_t, std::string>> ordered;
  for (const auto& [name, count] : reasons) ordered.emplace_back(-count, name);
  std::ranges::sort(ordered);
  std::string out;
  for (const auto& [count, name] : ordered)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, -count);
  return out;
}

std::string bound(const Counts& c) {
  if (c.all_wrong() > 0 || c.certified == 0) return "";
  constexpr double at_95_percent = 3.0;
  return number_text(100.0 * at_95_percent / static_cast<double>(c.certified), 2) + "%";
}

std::string row(const std::string& name, const std::string& what, const Counts& c) {
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name, what,
                     c.compared, c.certified, c.wrong, c.gross, c.wrongly_alone, bound(c),
                     c.refused_right, joined(c.reasons));
}

std::string table(const std::vector<Record>& records, const std::string& engine) {
  std::map<std::string, Counts> counts;
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::uint64_t>>> seeds;
  Counts all;
  for (const Record& record : records) {
    if (record.engine != engine) continue;
    counts[record.of_class].add(record.counts);
    all.add(record.counts);
    seeds[record.of_class].emplace_back(record.first, record.last);
  }
  std::string out = fmt::format("\n## Engine {}\n\n", engine);
  out +=
      "| class | games | compared | certified | wrong | gross | not alone | bound | refused, right "
      "| reasons |\n|---|---|---|---|---|---|---|---|---|---|\n";
  std::string ranges;
  for (const Class& of_class : classes()) {
    if (!counts.contains(of_class.name)) continue;
    out += row(of_class.name, of_class.what, counts[of_class.name]);
    std::string own;
    for (const auto& [first, last] : seeds[of_class.name])
      own += fmt::format("{}{} to {}", own.empty() ? "" : ", ", first, last);
    if (ranges.find(own) == std::string::npos) ranges += (ranges.empty() ? "" : "; ") + own;
  }
  all.reasons.clear();
  out += row("all", "", all);
  return out + fmt::format("\nSeeds: {}.\n", ranges);
}

}  // namespace

std::string page(const std::vector<Record>& records) {
  std::string out = introduction;
  std::vector<std::string> engines;
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    if (std::ranges::find(engines, record->engine) == engines.end())
      engines.push_back(record->engine);
  for (const std::string& engine : engines) out += table(records, engine);
  return out;
}

}  // namespace melian::prove
