#include <algorithm>
#include <functional>

#include "predict/forward_board.h"

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

double chance_shift(const double* odds, int profiles, int stride) {
  for (int profile = 0; profile < profiles; ++profile) {
    if (profile / stride % 2 != 0) continue;
    const double zero = odds[profile], one = odds[profile + stride];
    if (zero > 0.0 || one > 0.0) return std::log(one) - std::log(zero);
  }
  return 0.0;
}

BranchReader::BranchReader(const Board& board, int round, int state, int k)
    : board_(board), here_(board.shape(state)), state_(state) {
  const Structure& structure = board.structure();
  const PublicState& s = structure.states[at(state)];
  branch_ = s.first_branch + k;
  to_ = board.follow(round, branch_);
  if (!to_.ended()) projection_ = &board.projection(state, to_.state);
  moves_.assign(here_.groups.size(), false);
  const std::vector<Decider>& deciders = board.deciders(state);
  if (!deciders.empty()) {
    const std::int64_t row = board.assessment().row(structure, round, state);
    MELIAN_EXPECT(row >= 0, "a strategy for every decision: " + describe_state(structure, state));
    const double* first = board.assessment().log_strategy.data() + row;
    for (const Decider& one : deciders) {
      const int action = one.own_action(k);
      const bool live = here_.has(one.player);
      parts_.push_back({&one, action, live,
                        first + std::ptrdiff_t{one.row(0, action)} * here_.points,
                        std::ptrdiff_t{one.num_actions()} * here_.points});
      if (live) moves_[at(here_.group_of_player[at(one.player)])] = true;
    }
  } else if (structure.moves[at(s.move)].kind == MoveKind::chance) {
    chance_ = board.game().odds(branch_);
    possible_ =
        std::any_of(chance_, chance_ + here_.profiles, [](double odds) { return odds > 0.0; });
    const Profiles profiles(structure.players, s.live & structure.everyone());
    for (std::size_t g = 0; g < here_.groups.size(); ++g) {
      const Shape::Group& group = here_.groups[g];
      if (group.count == 1)
        news_.push_back({chance_shift(
            chance_, here_.profiles,
            profiles.stride(board.space().groups()[at(group.group)].players.front()))});
      else
        news_.push_back(chance_news(board.game(), board.space(), group.group, profiles, branch_));
      const bool telling = group.count == 1
                               ? news_.back().front() != 0.0
                               : !news_.back().empty() &&
                                     std::ranges::adjacent_find(
                                         news_.back(), std::not_equal_to<>()) != news_.back().end();
      // Odds of an outcome that ends play need not factorise: no single shift says what it reveals.
      moves_[g] = to_.ended() || telling;
    }
  }
}

void BranchReader::spread(int stride, const Place& place, Footing& out) const {
  const std::size_t before = out.point.size();
  for (std::size_t i = 0; i < before; ++i) {
    const int low = out.point[i] + place.cell * stride;
    if (place.weight == 0.0 || place.weight == 1.0) {
      out.point[i] = place.weight == 0.0 ? low : low + stride;
      continue;
    }
    const double whole = out.weight[i];
    out.point[i] = low;
    out.weight[i] = whole * (1.0 - place.weight);
    out.point.push_back(low + stride);
    out.weight.push_back(whole * place.weight);
  }
}

void BranchReader::read(int point, Footing& out) const {
  out.odds.resize(at(here_.profiles));
  board_.log_odds_at(here_, point, out.log_odds);
  out.moved.assign(here_.axes.size(), false);
  if (!parts_.empty()) {
    decide(point, out);
  } else if (chance_ != nullptr) {
    chance(out);
  } else {
    std::fill(out.odds.begin(), out.odds.end(), 1.0);
  }
  out.point.clear();
  out.weight.clear();
  if (projection_ == nullptr) return;
  out.point.push_back(projection_->point[at(point)]);
  out.weight.push_back(1.0);
  for (std::size_t a = 0; a < here_.axes.size(); ++a) {
    const int stride = projection_->stride[a];
    if (!out.moved[a] || stride == 0) continue;
    const int node = here_.axes[a].node[at(point)];
    out.point.front() -= node * stride;
    for (std::size_t i = 1; i < out.point.size(); ++i) out.point[i] -= node * stride;
    spread(stride, board_.axis(here_.axes[a].axis).locate(out.log_odds[a]), out);
  }
}

void BranchReader::decide(int point, Footing& out) const {
  // One mover with two types and a belief of its own: no more than two numbers.
  const Part& first = parts_.front();
  if (parts_.size() == 1 &&
      (!first.live ||
       here_.groups[at(here_.group_of_player[at(first.decider->player)])].count == 1)) {
    const double log_zero = first.log_sigma[point], zero = std::exp(log_zero);
    if (!first.live) {
      std::fill(out.odds.begin(), out.odds.end(), zero);
      return;
    }
    const double log_one = first.log_sigma[first.stride + point], one = std::exp(log_one);
    const Shape::Group& group = here_.groups[at(here_.group_of_player[at(first.decider->player)])];
    for (int theta = 0; theta < here_.profiles; ++theta)
      out.odds[at(theta)] = group.cell[at(theta)] == 0 ? zero : one;
    const double likelihoods[] = {log_zero, log_one};
    out.moved[at(group.first)] = true;
    if (zero > 0.0 || one > 0.0 || log_zero != log_one)
      tell(at(here_.group_of_player[at(first.decider->player)]), likelihoods, out);
    return;
  }
  std::fill(out.odds.begin(), out.odds.end(), 1.0);
  for (const Part& part : parts_)
    for (int theta = 0; theta < here_.profiles; ++theta)
      out.odds[at(theta)] *= std::exp(
          part.log_sigma[part.stride * here_.type_in(theta, part.decider->player) + point]);
  std::vector<double> likelihood;
  for (std::size_t g = 0; g < here_.groups.size(); ++g) {
    if (!moves_[g]) continue;
    const int group = here_.groups[g].group;
    const BeliefSpace::Group& members = board_.space().groups()[at(group)];
    likelihood.assign(at(members.cells), 0.0);
    for (const Part& part : parts_) {
      if ((members.mask >> part.decider->player & 1U) == 0) continue;
      for (int c = 0; c < members.cells; ++c)
        likelihood[at(c)] += part.log_sigma[part.stride * board_.space().type_in_cell(
                                                              group, c, part.decider->player) +
                                            point];
    }
    if (std::ranges::any_of(likelihood, [](double log) { return log > -infinity; }))
      tell(g, likelihood.data(), out);
  }
}

void BranchReader::chance(Footing& out) const {
  std::copy(chance_, chance_ + here_.profiles, out.odds.begin());
  for (std::size_t g = 0; g < here_.groups.size(); ++g) {
    if (!moves_[g] || news_[g].empty()) continue;
    const Shape::Group& group = here_.groups[g];
    if (group.count > 1) {
      tell(g, news_[g].data(), out);
      continue;
    }
    out.moved[at(group.first)] = true;
    out.log_odds[at(group.first)] = moved_log_odds(out.log_odds[at(group.first)], news_[g].front());
  }
}

/// Moves the belief about a group by how likely the branch is in each of its cells.
void BranchReader::tell(std::size_t group, const double* log_likelihood, Footing& out) const {
  const Shape::Group& here = here_.groups[group];
  double few[8];
  std::vector<double> many(here.count > 8 ? at(here.count) : 0);
  double* shift = many.empty() ? few : many.data();
  board_.space().shifts(here.group, log_likelihood, out.log_odds.data() + here.first, shift);
  for (int k = 0; k < here.count; ++k) {
    if (here.count > 1 && shift[k] == 0.0) continue;
    out.moved[at(here.first + k)] = true;
    out.log_odds[at(here.first + k)] = moved_log_odds(out.log_odds[at(here.first + k)], shift[k]);
  }
}

void BranchReader::force(int point, int move, std::vector<double>& odds) const {
  const Structure& structure = board_.structure();
  odds.assign(at(here_.profiles), 1.0);
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const Part& part = parts_[k];
    const std::vector<int>& together = structure.moves[at(structure.states[at(state_)].move)].parts;
    const bool forced = together.empty() || together[k] == move;
    for (int theta = 0; theta < here_.profiles; ++theta) {
      const int type = here_.type_in(theta, part.decider->player);
      if (!forced)
        odds[at(theta)] *= std::exp(part.log_sigma[part.stride * type + point]);
      else if (part.live && !part.decider->is_open(part.action, type))
        odds[at(theta)] = 0.0;
    }
  }
}

}  // namespace melian::prediction
