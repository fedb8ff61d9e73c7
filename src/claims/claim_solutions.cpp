#include "claims/claim_solutions.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

namespace melian {
namespace {

/// Beyond, one game at a time has another solution than its answer.
constexpr std::size_t most_combinations = 512;

/// Which solution is meant in one game, by variant; games that are not named: their answers.
struct Combination {
  std::map<std::string, std::string> solutions;
  bool kept = true;
};

class InSolutions {
 public:
  InSolutions(const Study& study, std::size_t claim, const ParsedClaim& parsed,
              const StudyGames& games, std::size_t reading)
      : study_(study),
        claim_(study.claims[claim]),
        parsed_(parsed),
        games_(games),
        reading_(reading) {
    std::set<std::string> taken;
    for_each_use(parsed, claim_, [&](const std::string& variant, const metric::Atom& atom) {
      if (atom.quantity != metric::Quantity::base_rate) taken.insert(variant);
    });
    for (const std::string& variant : taken)
      found_[variant] = games.solutions(reading, games.variant_index(variant));
  }

  void judge(ClaimJudgement& judged) const {
    ClaimSolutions out;
    out.answer = judged.verdict;
    for (const auto& [variant, found] : found_) {
      out.games.push_back({variant, found.looked_for, found.how, {}});
      for (const OtherSolution& one : found.found)
        if (one.chosen) out.games.back().answer = one.id;
    }
    const std::vector<Combination> all = combinations(out.one_at_a_time);
    count(judged.verdict, out);
    for (const Combination& one : all) {
      const ClaimJudgement here = judge_claim(claim_, parsed_, numbers(one));
      out.others.push_back(
          {one.solutions, one.kept, here.halves[here.deciding].value, here.verdict});
      if (one.kept) count(here.verdict, out);
    }
    const bool agree = (out.holds > 0) + (out.fails > 0) + (out.undecided > 0) == 1;
    if (!agree) {
      judged.verdict = Verdict::undecided;
      judged.why.push_back(disagreement(out));
    }
    judged.solutions = std::move(out);
  }

 private:
  static void count(Verdict verdict, ClaimSolutions& into) {
    ++(verdict == Verdict::holds   ? into.holds
       : verdict == Verdict::fails ? into.fails
                                   : into.undecided);
  }

  /// Every choice of one solution a game but that of all answers.
  [[nodiscard]] std::vector<Combination> combinations(bool& one_at_a_time) const {
    double number = 1.0;
    for (const auto& [variant, found] : found_)
      number *=
          1.0 + static_cast<double>(std::ranges::count(found.found, false, &OtherSolution::chosen));
    one_at_a_time = number > static_cast<double>(most_combinations);
    std::vector<Combination> out{{}};
    for (const auto& [variant, found] : found_) {
      const std::size_t before = one_at_a_time ? 1 : out.size();
      for (const OtherSolution& one : found.found)
        for (std::size_t k = 0; k < before && !one.chosen; ++k) {
          Combination next = out[k];
          next.solutions[variant] = one.id;
          next.kept = next.kept && one.kept;
          out.push_back(std::move(next));
        }
    }
    out.erase(out.begin());
    return out;
  }

  /// No grid is coarser than a tree: errors are those of the games that a grid has answered.
  [[nodiscard]] ClaimNumbers numbers(const Combination& one) const {
    return {games_.numbers_in(reading_, {Level::answer, Level::grid}, one.solutions),
            games_.numbers_in(reading_, {Level::half_grid}, one.solutions), std::nullopt};
  }

  [[nodiscard]] std::string disagreement(const ClaimSolutions& solutions) const {
    std::vector<std::string> parts;
    const auto part = [&](int number, const char* words) {
      if (number > 0) parts.push_back(fmt::format("{} in {}", words, number));
    };
    part(solutions.holds, "it holds");
    part(solutions.fails, "it fails");
    part(solutions.undecided, "it is open");
    const StudyChoice& choice = choice_of(study_, study_.readings[reading_]);
    return fmt::format(
        "equilibria of the {} disagree{}: {} of {} {}", found_.size() > 1 ? "games" : "game",
        choice.select.empty() ? std::string()
                              : fmt::format(" that `select = \"{}\"` leaves", choice.select),
        fmt::join(parts, ", "), solutions.holds + solutions.fails + solutions.undecided,
        found_.size() > 1 ? "combinations of those found" : "found");
  }

  const Study& study_;
  const Claim& claim_;
  const ParsedClaim& parsed_;
  const StudyGames& games_;
  std::size_t reading_;
  std::map<std::string, PieceSolutions> found_;  ///< by variant
};

}  // namespace

void judge_in_solutions(const Study& study, std::size_t claim, const ParsedClaim& parsed,
                        const StudyGames& games, std::size_t reading, ClaimJudgement& judged) {
  InSolutions(study, claim, parsed, games, reading).judge(judged);
}

}  // namespace melian
