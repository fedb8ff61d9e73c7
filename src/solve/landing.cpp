#include "solve/landing.h"

#include <algorithm>

namespace melian::grid {

void Standpoint::on_grid(const Plan& plan, const StatePlan& state, std::int64_t point) {
  u.assign(plan.axes.size(), 0.0);
  place.assign(plan.axes.size(), {});
  for (const int k : state.axes) {
    const Axis& axis = plan.axes[ix(k)];
    const auto node = point / state.axis_stride[ix(k)] % axis.nodes();
    u[ix(k)] = axis.u[ix(node)];
    place[ix(k)] = {static_cast<int>(node), 0.0};
  }
}

Landed landing_place(const Axis& axis, double u, double shift, int near) {
  const double moved = moved_log_odds(u, shift);
  Landed out;
  out.place.cell = axis.cell_of(moved, near);
  const auto k = ix(out.place.cell);
  const double b = logistic(moved - axis.centre[k]);
  out.place.weight = std::clamp((b - axis.low[k]) * axis.per_width[k], 0.0, 1.0);
  out.slope = spread(b) * axis.per_width[ix(out.place.cell)];
  return out;
}

void Landing::land(const Plan& plan, const StatePlan& to, const Standpoint& from, const News& news,
                   bool with_slopes) {
  corners.assign(1, {0, 1.0});
  axes.clear();
  slopes.clear();
  for (const int k : to.axes) {
    const std::int64_t stride = to.axis_stride[ix(k)];
    const Axis& axis = plan.axes[ix(k)];
    Place place = from.place[ix(k)];
    double slope = 0.0;
    if (news.moved[ix(k)] != 0) {
      const Landed landed = landing_place(axis, from.u[ix(k)], news.shift[ix(k)], place.cell);
      place = landed.place;
      slope = landed.slope;
    }
    const bool sloping = with_slopes && slope != 0.0;
    const std::size_t before = corners.size();
    if (!sloping && place.weight == 0.0) {
      for (Corner& corner : corners) corner.point += place.cell * stride;
      continue;
    }
    corners.resize(2 * before);
    wider_.assign(slopes.size() * 2, 0.0);
    for (std::size_t c = 0; c < before; ++c) {
      corners[before + c] = {corners[c].point + (place.cell + 1) * stride,
                             corners[c].weight * place.weight};
      corners[c].point += place.cell * stride;
    }
    for (std::size_t a = 0; a < axes.size(); ++a)
      for (std::size_t c = 0; c < before; ++c) {
        wider_[a * 2 * before + c] = slopes[a * before + c] * (1.0 - place.weight);
        wider_[a * 2 * before + before + c] = slopes[a * before + c] * place.weight;
      }
    if (sloping) {
      axes.push_back(k);
      for (std::size_t c = 0; c < before; ++c) wider_.push_back(-slope * corners[c].weight);
      for (std::size_t c = 0; c < before; ++c) wider_.push_back(slope * corners[c].weight);
    }
    for (std::size_t c = 0; c < before; ++c) corners[c].weight *= 1.0 - place.weight;
    std::swap(slopes, wider_);
  }
}

}  // namespace melian::grid
