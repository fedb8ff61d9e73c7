#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "melian/certify.h"

namespace melian {
namespace {

/// Not `larger <= limit`: a number that is none fails.
bool exceeds(double number, double limit) { return !(number <= limit); }

/// A grid may excuse a gain above its ceiling by no more than payoffs may err; else refined
/// strategies that are plainly wrong would excuse themselves by how far they are from the others.
double slack_allowed(const Certificate& certificate, std::size_t player, const Exploitability& e) {
  const double stake = player < certificate.stake.size() ? certificate.stake[player] : 0.0;
  return stake > 0.0 && certificate.tolerance >= 0.0
             ? std::min(e.slack, certificate.tolerance * stake)
             : e.slack;
}

/// Is a printed number (`information.Kyiv`) of a family that the certificate leaves out?
bool left_out(const Certificate& certificate, const std::string& name) {
  return std::ranges::find(certificate.uncertified, name.substr(0, name.find('.'))) !=
         certificate.uncertified.end();
}

/// Checks of whether the grid leads astray: an equilibrium of the whole tree that the strategies
/// hardly move to answers what they ask. Stated errors stay under their own tolerance.
bool asks_what_a_tree_answers(const std::string& why) {
  const std::string name = why.substr(0, why.find(':'));
  constexpr const char* of_the_grid[] = {"sheets",       "cells", "path",    "plays",
                                         "ladder_error", "jumps", "unsolved"};
  return std::ranges::find(of_the_grid, name) != std::end(of_the_grid);
}

/// The referee's word: refuses where no equilibrium of the tree lies within the stated errors;
/// stands for what it has seen to be right.
void hear_the_tree(Certificate& certificate) {
  const TreeCheck& tree = certificate.tree;
  auto& why = certificate.why_not;
  if (tree.nodes == 0) return;
  if (!tree.checked) {
    if (!tree.why_not_checked.empty()) why.push_back("tree: " + tree.why_not_checked);
  } else if (!tree.within) {
    why.push_back(fmt::format(
        "tree: on the whole tree of {} nodes the strategies move to an equilibrium in which {} is "
        "{} instead of {}",
        tree.nodes, tree.number, number_text(tree.tree, 6), number_text(tree.ours, 6)));
  } else if (tree.moved >= 0.0 && tree.moved <= certificate.tolerance) {
    std::erase_if(why, asks_what_a_tree_answers);
  }
}

/// A share of the tolerance from which on a figure counts as doubtful.
constexpr double doubtful = 0.1;

}  // namespace

bool in_doubt(const Certificate& certificate) {
  const double limit = doubtful * certificate.tolerance;
  return certificate.several_reached > 0 || certificate.jumps_reached > 0 ||
         certificate.unsolved_reached > 0 || certificate.torn > limit ||
         certificate.not_solved > limit || certificate.path_bound > limit ||
         !certificate.plays.within || certificate.cell_step > 1.0 || !certificate.holds;
}

void judge(Certificate& certificate) {
  auto& why = certificate.why_not;
  why.clear();
  const auto text = [](double number) { return number_text(number, 3); };

  if (certificate.residual < 0.0 || (certificate.path_error < 0.0 && !certificate.equations_only))
    why.push_back("incomplete: the checks were cancelled before they were done");
  if (!certificate.settled)
    why.push_back(
        "settled: values that come back to themselves went on moving, so nothing could be checked "
        "against them");
  const auto in_logits = [&](const char* name, double number) {
    if (number >= 0.0 || std::isnan(number))
      if (exceeds(number, certificate.residual_tolerance))
        why.push_back(fmt::format("{}: {} logits exceeds {}", name, text(number),
                                  text(certificate.residual_tolerance)));
  };
  in_logits("residual", certificate.residual);
  in_logits("residual_reached", certificate.residual_reached);
  in_logits("beliefs", certificate.beliefs);

  for (std::size_t j = 0; j < certificate.exploitability.size(); ++j)
    for (std::size_t type = 0; type < certificate.exploitability[j].size(); ++type) {
      const Exploitability& e = certificate.exploitability[j][type];
      const std::string who = j < certificate.names.size() && type < certificate.names[j].size()
                                  ? certificate.names[j][type]
                                  : fmt::format("player {}, type {}", j, type);
      if (exceeds(e.gain, e.ceiling + slack_allowed(certificate, j, e)))
        why.push_back(fmt::format(
            "exploitability: {} gains {} by deviating, above its ceiling {} and the slack of the "
            "grid {}",
            who, text(e.gain), text(e.ceiling), text(slack_allowed(certificate, j, e))));
      if (e.gain < -e.slack)
        why.push_back(fmt::format("exploitability: {} gains {}, less than by not deviating", who,
                                  text(e.gain)));
    }

  for (const auto& [name, error] : certificate.grid_error) {
    const auto found = certificate.scale.find(name);
    const double limit =
        certificate.tolerance * (found == certificate.scale.end() ? 1.0 : found->second);
    if (exceeds(error, limit) && !left_out(certificate, name))
      why.push_back(fmt::format("grid_error: {} is known to {}, tolerance {}", name, text(error),
                                text(limit)));
  }
  for (const std::string& name : certificate.not_converging)
    if (!left_out(certificate, name))
      why.push_back(fmt::format("not_converging: the grid error of {} does not fall", name));

  if (certificate.ladder_error >= 0.0 || std::isnan(certificate.ladder_error))
    if (exceeds(certificate.ladder_error, certificate.tolerance))
      why.push_back(
          fmt::format("ladder_error: with half the steps up the ladder of lambda, what is reached "
                      "differs by {}, tolerance {}",
                      text(certificate.ladder_error), text(certificate.tolerance)));

  if (exceeds(certificate.torn, certificate.tolerance) && certificate.torn >= 0.0)
    why.push_back(
        fmt::format("sheets: at {} values are read, with probability {}, between solutions that "
                    "do not join, tolerance {}",
                    certificate.where_torn, text(certificate.torn), text(certificate.tolerance)));
  if (exceeds(certificate.not_solved, certificate.tolerance) && certificate.not_solved >= 0.0)
    why.push_back(fmt::format(
        "cells: with cells halved no solution is near at {}, reached with probability {}, "
        "tolerance {}",
        certificate.where_not_solved, text(certificate.not_solved), text(certificate.tolerance)));
  if (certificate.path_bound >= 0.0 || std::isnan(certificate.path_bound))
    if (exceeds(certificate.path_bound, certificate.tolerance))
      why.push_back(fmt::format(
          "path: at exact beliefs, decisions solved again along a play differ by {} in all "
          "({} on average), tolerance {}",
          text(certificate.path_bound), text(certificate.path_mean), text(certificate.tolerance)));
  if (!certificate.plays.within)
    why.push_back(fmt::format(
        "plays: {} plays at exact beliefs end otherwise than predicted, by {} beyond chance and "
        "stated errors",
        certificate.plays.count, text(certificate.plays.worst)));

  const auto decisions = [](std::int64_t count) {
    return fmt::format("{} reached decision{}", count, count == 1 ? "" : "s");
  };
  if (certificate.unsolved_reached > 0)
    why.push_back(
        fmt::format("unsolved: {} without a solution", decisions(certificate.unsolved_reached)));
  if (certificate.jumps_reached > 0)
    why.push_back(fmt::format("jumps: {} on a solution the branch jumped to",
                              decisions(certificate.jumps_reached)));

  hear_the_tree(certificate);
  certificate.holds = why.empty();
}

}  // namespace melian
