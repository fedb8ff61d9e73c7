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
    news.of_group[g] = chance_news(layout.game(), layout.space(), layout.shape(state).groups[g].group, profiles, branch);
    const auto& told = news.of_group[g];
    if (std::ranges::all_of(told, [&](double likelihood) { return likelihood == told.front(); })) news.of_group[g].clear();
  }
  const double* odds = layout.game().odds(branch);
  news.possible = std::any_of(odds, odds + profiles.count(), [](double odd) { return odd > 0.0; });
  return news;
}

Listener::Listener(const Layout& layout, int state) {
  const Shape& shape = layout.shape(state);
  news_.of_group.resize(shape.groups.size());
  for (const Decider& who : layout.deciders(state)) {
    Source source{.who = &who, .group = shape.group_of_player[static_cast<std::size_t>(who.player)], .type_of = {}};
    if (source.group >= 0) {
      const Shape::Group& group = shape.groups[static_cast<std::size_t>(source.group)];
      for (int cell = 0; cell < group.cells; ++cell) source.type_of.push_back(layout.space().type_in_cell(group.group, cell, who.player));
      news_.of_group[static_cast<std::size_t>(source.group)].assign(static_cast<std::size_t>(group.cells), 0.0);
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
  const bool silent = news.empty() || std::ranges::none_of(news, [](double likelihood) { return likelihood != -infinity; });
  if (silent)
    std::fill_n(shift_.begin() + group.first_axis, group.axes, 0.0);
  else if (group.cells == 2)
    shift_[first] = log_ratio(news[1], news[0]);
  else
    layout_.space().shifts(group.group, news.data(), before_.data() + first, shift_.data() + first);
}

const Stencil& Bayes::land(const PointWalk& walk, const Step& step, const News& news) {
  for (std::size_t g = 0; g < shape_.groups.size(); ++g) {
    const Shape::Group& group = shape_.groups[g];
    const bool told = !news.of_group[g].empty() && step.stride[static_cast<std::size_t>(group.first_axis)] != 0;
    for (int k = group.first_axis; k < group.first_axis + group.axes; ++k) {
      const auto a = static_cast<std::size_t>(k);
      place_[a] = {walk.node(k), 0.0};
      if (told) before_[a] = layout_.node_log_odds(shape_.axes[a].axis)[static_cast<std::size_t>(walk.node(k))];
    }
    if (!told) continue;
    shift_group(group, news.of_group[g]);
    for (auto a = static_cast<std::size_t>(group.first_axis); a < static_cast<std::size_t>(group.first_axis + group.axes); ++a)
      if (shift_[a] != 0.0) place_[a] = locate(layout_.nodes(shape_.axes[a].axis), logistic(moved_log_odds(before_[a], shift_[a])));
  }
  stride_ = step.stride;
  return gather();
}

const Stencil& Bayes::gather() {
  at_.start(0);
  for (std::size_t a = 0; a < place_.size(); ++a) at_.spread(stride_[a], place_[a]);
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
    const auto own = [&](std::size_t k) -> double& { return log_odds[static_cast<std::size_t>(shape_.axes[first + k].axis)]; };
    for (std::size_t k = 0; k < static_cast<std::size_t>(group.axes); ++k) before_[first + k] = own(k);
    shift_group(group, news.of_group[g]);
    for (std::size_t k = 0; k < static_cast<std::size_t>(group.axes); ++k) own(k) = moved_log_odds(own(k), shift_[first + k]);
  }
}

}  // namespace melian::checking
