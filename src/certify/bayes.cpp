#include "certify/bayes.h"

#include <algorithm>
#include <cmath>

namespace melian::checking {

void Stencil::spread(std::int64_t stride, const Place& place) {
  const auto before = static_cast<std::size_t>(count);
  for (std::size_t k = 0; k < before; ++k) index[k] += place.cell * stride;
  if (stride == 0 || place.weight == 0.0) return;
  if (place.weight == 1.0) {
    for (std::size_t k = 0; k < before; ++k) index[k] += stride;
    return;
  }
  if (2 * before > index.size()) grow(2 * before);
  for (std::size_t k = 0; k < before; ++k) {
    index[before + k] = index[k] + stride;
    weight[before + k] = weight[k] * place.weight;
    weight[k] *= 1.0 - place.weight;
  }
  count *= 2;
}

ChanceNews news_of_outcome(const Layout& layout, int state, int branch) {
  const Structure& structure = layout.structure();
  const PublicState& from = structure.states[static_cast<std::size_t>(state)];
  ChanceNews news;
  news.of_group.resize(layout.shape(state).groups.size());
  if (structure.moves[static_cast<std::size_t>(from.move)].kind != MoveKind::chance) return news;
  const Profiles profiles(structure.players, from.live);
  for (std::size_t g = 0; g < news.of_group.size(); ++g) {
    news.of_group[g] = chance_news(layout.game(), layout.space(),
                                   layout.shape(state).groups[g].group, profiles, branch);
    const auto& told = news.of_group[g];
    if (std::ranges::all_of(told, [&](double likelihood) { return likelihood == told.front(); }))
      news.of_group[g].clear();
  }
  const double* odds = layout.game().odds(branch);
  news.possible = std::any_of(odds, odds + profiles.count(), [](double odd) { return odd > 0.0; });
  return news;
}

std::vector<Part> parts_of(const Layout& layout, int state) {
  std::vector<Part> parts;
  for (const Decider& who : layout.deciders(state))
    parts.emplace_back(who,
                       layout.structure().states[static_cast<std::size_t>(state)].num_branches);
  return parts;
}

Listener::Listener(const Layout& layout, int state) {
  const Shape& shape = layout.shape(state);
  news_.of_group.resize(shape.groups.size());
  for (Part& part : parts_of(layout, state)) {
    const int player = part.who->player;
    Source source{.part = std::move(part),
                  .group = shape.group_of_player[static_cast<std::size_t>(player)],
                  .first = false,
                  .type_of = {}};
    if (source.group >= 0) {
      const Shape::Group& group = shape.groups[static_cast<std::size_t>(source.group)];
      auto& likelihood = news_.of_group[static_cast<std::size_t>(source.group)];
      source.first = likelihood.empty();
      likelihood.assign(static_cast<std::size_t>(group.cells), 0.0);
      for (int cell = 0; cell < group.cells; ++cell)
        source.type_of.push_back(layout.space().type_in_cell(group.group, cell, player));
    }
    sources_.push_back(std::move(source));
  }
}

Bayes::Bayes(const Layout& layout, int state) : layout_(layout), shape_(layout.shape(state)) {
  before_.resize(shape_.axes.size());
  shift_.resize(shape_.axes.size());
  place_.resize(shape_.axes.size());
}

/// Requires: `before_` of the group's axes.
void Bayes::shift_group(const Shape::Group& group, const std::vector<double>& news) {
  const auto first = static_cast<std::size_t>(group.first_axis);
  if (group.cells == 2)
    shift_[first] = log_ratio(news[1], news[0]);
  else if (std::ranges::all_of(news, [](double likelihood) { return likelihood == -infinity; }))
    std::fill_n(shift_.begin() + group.first_axis, group.axes,
                0.0);  // nobody does this: beliefs stay
  else
    layout_.space().shifts(group.group, news.data(), before_.data() + first, shift_.data() + first);
}

const Stencil& Bayes::land(const PointWalk& walk, const Step& step, const News& news) {
  stride_ = step.stride.data();
  for (std::size_t a = 0; a < place_.size(); ++a) place_[a] = {walk.node(static_cast<int>(a)), 0.0};
  for (std::size_t g = 0; g < shape_.groups.size(); ++g) {
    const Shape::Group& group = shape_.groups[g];
    const auto first = static_cast<std::size_t>(group.first_axis),
               end = first + static_cast<std::size_t>(group.axes);
    if (news.of_group[g].empty() || stride_[first] == 0) continue;
    for (std::size_t a = first; a < end; ++a)
      before_[a] =
          layout_.node_log_odds(shape_.axes[a].axis)[static_cast<std::size_t>(place_[a].cell)];
    shift_group(group, news.of_group[g]);
    for (std::size_t a = first; a < end; ++a)
      if (shift_[a] != 0.0)
        place_[a] = layout_.axis(shape_.axes[a].axis).locate(moved_log_odds(before_[a], shift_[a]));
  }
  return gather();
}

const Stencil& Bayes::gather() {
  std::int64_t low = 0;
  for (std::size_t a = 0; a < place_.size(); ++a) low += place_[a].cell * stride_[a];
  at_.start(low);
  for (std::size_t a = 0; a < place_.size(); ++a)
    if (place_[a].weight != 0.0) at_.spread(stride_[a], {0, place_[a].weight});
  return at_;
}

const Stencil& Bayes::beside(std::size_t axis, int side) {
  const Place kept = place_[axis];
  place_[axis] = {kept.cell + side, 0.0};
  gather();
  place_[axis] = kept;
  return at_;
}

void Bayes::move(std::vector<double>& log_odds, const News& news) {
  for (std::size_t g = 0; g < shape_.groups.size(); ++g) {
    const Shape::Group& group = shape_.groups[g];
    if (news.of_group[g].empty()) continue;
    const auto first = static_cast<std::size_t>(group.first_axis);
    const auto own = [&](std::size_t k) -> double& {
      return log_odds[static_cast<std::size_t>(shape_.axes[first + k].axis)];
    };
    for (std::size_t k = 0; k < static_cast<std::size_t>(group.axes); ++k)
      before_[first + k] = own(k);
    shift_group(group, news.of_group[g]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(group.axes); ++k)
      own(k) = moved_log_odds(own(k), shift_[first + k]);
  }
}

}  // namespace melian::checking
