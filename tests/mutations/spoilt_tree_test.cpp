/// The certificate of a tree against answers that are spoilt in one place: it must fail, and name
/// the check that found it.

#include <cmath>

#include <doctest/doctest.h>

#include "melian/tree.h"
#include "support/hand_made.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::testing;

namespace {

constexpr double lambda = 2.0;

struct Case {
  ExtensiveForm form;
  TreeSolution solution;
};

Case solved_case(const Game& game) {
  auto form = unroll(game);
  REQUIRE(form.has_value());
  TreeOptions how;
  how.lambda = lambda;
  auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  REQUIRE(solution->certificate.holds);
  return {std::move(*form), std::move(*solution)};
}

std::vector<Case> cases() {
  std::vector<Case> out;
  out.push_back(solved_case(hand_made::ultimatum()));
  for (const std::uint64_t seed : {3U, 5U}) {
    RandomGameOptions options;
    options.rounds = 1;
    options.disagreement = seed == 5;
    options.perceived_odds = seed == 5;
    out.push_back(solved_case(random_game(seed, options)));
  }
  return out;
}

bool blames(const TreeCertificate& certificate, const std::string& check) {
  if (certificate.holds) return false;
  for (const std::string& reason : certificate.why_not)
    if (reason.starts_with(check + ":")) return true;
  return false;
}

/// The first set of a player with two or more actions, from this one on.
std::size_t choice_from(const ExtensiveForm& form, std::size_t set) {
  while (set < form.sets.size() && (form.sets[set].player < 0 || form.sets[set].num_actions < 2))
    ++set;
  return set;
}

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Solves one form and certifies the answer against another.
TreeCertificate solved_here_checked_there(const ExtensiveForm& here, const ExtensiveForm& there) {
  TreeOptions how;
  how.lambda = lambda;
  const auto solution = solve_tree(here, how);
  REQUIRE(solution.has_value());
  REQUIRE(solution->certificate.holds);
  return certify_tree(there, solution->log_strategy, lambda);
}

}  // namespace

TEST_CASE(
    "certify_tree: a probability moved to another action fails the residual and names the set, at "
    "every set") {
  constexpr double moved = 1e-4;
  for (const Case& good : cases())
    for (std::size_t h = choice_from(good.form, 0); h < good.form.sets.size();
         h = choice_from(good.form, h + 1)) {
      CAPTURE(h);
      const ExtensiveForm::InformationSet& set = good.form.sets[h];
      std::vector<double> spoilt = good.solution.log_strategy;
      double& from = spoilt[at(set.first_action)];
      double& to = spoilt[at(set.first_action + 1)];
      const double part = moved * std::exp(from);
      from = std::log(std::exp(from) - part);
      to = std::log(std::exp(to) + part);
      const TreeCertificate certificate = certify_tree(good.form, spoilt, lambda);
      CHECK(blames(certificate, "residual"));
      CHECK_FALSE(blames(certificate, "sum"));
    }
}

TEST_CASE("certify_tree: probabilities that do not sum to one fail the sum") {
  for (const Case& good : cases()) {
    std::vector<double> spoilt = good.solution.log_strategy;
    spoilt[at(good.form.sets[choice_from(good.form, 0)].first_action)] += 1e-4;
    CHECK(blames(certify_tree(good.form, spoilt, lambda), "sum"));
  }
}

TEST_CASE("certify_tree: payoffs read off another outcome fail the residual") {
  for (const Case& good : cases()) {
    ExtensiveForm misread = good.form;
    const std::size_t players = misread.players.size(), ends = misread.payoffs.size() / players;
    REQUIRE(ends > 1);
    int spoilt = 0;
    for (std::size_t outcome = 0; outcome + 1 < ends; outcome += 3) {
      std::vector<double>& payoffs = misread.payoffs;
      payoffs = good.form.payoffs;
      std::swap_ranges(payoffs.begin() + static_cast<std::ptrdiff_t>(outcome * players),
                       payoffs.begin() + static_cast<std::ptrdiff_t>((outcome + 1) * players),
                       payoffs.begin() + static_cast<std::ptrdiff_t>((outcome + 1) * players));
      if (payoffs == good.form.payoffs) continue;
      ++spoilt;
      CHECK(blames(solved_here_checked_there(misread, good.form), "residual"));
    }
    CHECK(spoilt > 0);
  }
}

TEST_CASE("certify_tree: one payoff with the wrong sign fails the residual") {
  for (const Case& good : cases()) {
    ExtensiveForm turned = good.form;
    std::size_t largest = 0;
    for (std::size_t k = 0; k < turned.payoffs.size(); ++k)
      if (std::abs(turned.payoffs[k]) > std::abs(turned.payoffs[largest])) largest = k;
    turned.payoffs[largest] = -turned.payoffs[largest];
    CHECK(blames(solved_here_checked_there(turned, good.form), "residual"));
  }
}

TEST_CASE("certify_tree: a prior that is not the form's fails the odds and names the move") {
  for (const Case& good : cases()) {
    ExtensiveForm other = good.form;
    const ExtensiveForm::InformationSet& types = other.sets[at(other.nodes[0].set)];
    REQUIRE(types.player == ExtensiveForm::chance);
    constexpr double moved = 0.05;
    other.actions[at(types.first_action)].odds -= moved;
    other.actions[at(types.first_action + 1)].odds += moved;
    const TreeCertificate certificate = solved_here_checked_there(other, good.form);
    CHECK(blames(certificate, "odds"));
    REQUIRE_FALSE(certificate.why_not.empty());
    CHECK(certificate.why_not[0].find("types") != std::string::npos);
  }
}

TEST_CASE("certify_tree: a player's own odds taken for another's fail the residual") {
  Case good = cases()[2];
  REQUIRE_FALSE(good.form.perceived.empty());
  ExtensiveForm swapped = good.form;
  const auto actions = static_cast<std::ptrdiff_t>(swapped.actions.size());
  std::swap_ranges(swapped.perceived.begin(), swapped.perceived.begin() + actions,
                   swapped.perceived.begin() + actions);
  CHECK(blames(solved_here_checked_there(swapped, good.form), "residual"));
  ExtensiveForm analyst = good.form;
  analyst.perceived.clear();
  CHECK(blames(solved_here_checked_there(analyst, good.form), "residual"));
}

TEST_CASE(
    "certify_tree: another lambda, another weight or another factor of lambda fails the residual") {
  for (const Case& good : cases()) {
    CHECK(blames(certify_tree(good.form, good.solution.log_strategy, 1.001 * lambda), "residual"));
    CHECK(blames(certify_tree(good.form, good.solution.log_strategy, -lambda), "residual"));
    const std::size_t h = choice_from(good.form, 0);
    ExtensiveForm heavier = good.form;
    heavier.actions[at(heavier.sets[h].first_action)].log_weight += 0.01;
    CHECK(blames(solved_here_checked_there(heavier, good.form), "residual"));
    ExtensiveForm surer = good.form;
    surer.sets[h].lambda_factor *= 1.01;
    CHECK(blames(solved_here_checked_there(surer, good.form), "residual"));
  }
}

TEST_CASE(
    "certify_tree: play that throws away more than logit play can costs the certificate its "
    "regret") {
  const Case good = cases()[0];
  constexpr double sure = 50.0;  // so sure that the ceiling is small
  std::vector<double> spoilt = good.solution.log_strategy;
  // B takes and refuses evenly, whatever the offer: at this lambda that costs more than log 2 /
  // lambda somewhere.
  for (const ExtensiveForm::InformationSet& set : good.form.sets)
    for (int a = 0; a < set.num_actions && set.player == 1; ++a)
      spoilt[at(set.first_action + a)] = -std::log(set.num_actions);
  const TreeCertificate certificate = certify_tree(good.form, spoilt, sure);
  CHECK(blames(certificate, "regret"));
  CHECK(certificate.regret[1] > certificate.ceiling[1]);
}
