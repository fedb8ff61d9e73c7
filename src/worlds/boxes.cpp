#include "worlds/boxes.h"

#include <algorithm>
#include <cmath>

#include <boost/math/distributions/binomial.hpp>

#include "melian/base.h"

namespace melian {
namespace {

using Sides = std::vector<std::pair<double, double>>;
using Rows = std::vector<std::size_t>;

class Search {
 public:
  Search(const MarkedPoints& points, const BoxOptions& options, Rows rows)
      : points_(points), options_(options), rows_(std::move(rows)) {
    width_ = points.points.front().size();
    sought_ = hits(rows_);
  }

  [[nodiscard]] std::optional<Sides> run() const {
    if (sought_ < options_.fewest || rows_.size() - sought_ < options_.fewest) return std::nullopt;
    Sides best(width_, {0.0, 1.0}), here = best;
    const double of_the_cube = merit(best);
    double most = of_the_cube;
    Rows inside = rows_;
    while (peel(here, inside)) {
      if (const double reached = merit(here); reached > most) most = reached, best = here;
    }
    paste(best);
    free_sides(best);
    if (merit(best) <= of_the_cube) return std::nullopt;
    return best;
  }

  [[nodiscard]] std::size_t hits(const Rows& rows) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(rows, [&](std::size_t row) { return points_.sought[row] != 0; }));
  }
  [[nodiscard]] Rows inside(const Sides& sides) const {
    Rows out;
    std::ranges::copy_if(rows_, std::back_inserter(out), [&](std::size_t row) {
      for (std::size_t d = 0; d < width_; ++d)
        if (points_.points[row][d] < sides[d].first || points_.points[row][d] > sides[d].second)
          return false;
      return true;
    });
    return out;
  }

 private:
  /// Harmonic mean of coverage and density.
  [[nodiscard]] double merit(const Sides& sides) const {
    const Rows in = inside(sides);
    return 2.0 * static_cast<double>(hits(in)) / static_cast<double>(sought_ + in.size());
  }

  /// Takes the slice whose loss leaves the densest box. False: no box of the fewest points would be
  /// left, or none is denser.
  bool peel(Sides& sides, Rows& inside) const {
    const auto slice = std::max<std::size_t>(
        1, static_cast<std::size_t>(options_.peel * static_cast<double>(inside.size())));
    if (inside.size() < options_.fewest + slice) return false;
    double densest = static_cast<double>(hits(inside)) / static_cast<double>(inside.size());
    if (densest >= 1.0) return false;
    densest = -1.0;
    std::size_t dimension = 0;
    bool low = true;
    double cut = 0.0;
    std::vector<double> numbers(inside.size());
    for (std::size_t d = 0; d < width_; ++d) {
      for (std::size_t k = 0; k < inside.size(); ++k) numbers[k] = points_.points[inside[k]][d];
      for (const bool from_below : {true, false}) {
        const std::size_t at = from_below ? slice : inside.size() - 1 - slice;
        std::nth_element(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(at),
                         numbers.end());
        const double edge = numbers[at];
        std::size_t left = 0, hit = 0;
        for (const std::size_t row : inside)
          if (from_below ? points_.points[row][d] >= edge : points_.points[row][d] <= edge)
            ++left, hit += points_.sought[row] != 0 ? 1 : 0;
        if (left == inside.size() || left < options_.fewest) continue;
        const double density = static_cast<double>(hit) / static_cast<double>(left);
        if (density > densest) densest = density, dimension = d, low = from_below, cut = edge;
      }
    }
    if (densest < 0) return false;
    (low ? sides[dimension].first : sides[dimension].second) = cut;
    std::erase_if(inside, [&](std::size_t row) {
      return low ? points_.points[row][dimension] < cut : points_.points[row][dimension] > cut;
    });
    return true;
  }

  /// Widens a side by a slice where that raises the merit, as long as it does.
  void paste(Sides& sides) const {
    constexpr int most_steps = 1000;
    for (int step = 0; step < most_steps; ++step) {
      double most = merit(sides);
      Sides best;
      for (std::size_t d = 0; d < width_; ++d)
        for (const bool low : {true, false})
          if (auto wider = widened(sides, d, low))
            if (const double reached = merit(*wider); reached > most)
              most = reached, best = std::move(*wider);
      if (best.empty()) return;
      sides = std::move(best);
    }
  }

  [[nodiscard]] std::optional<Sides> widened(const Sides& sides, std::size_t dimension,
                                             bool low) const {
    if (low ? sides[dimension].first <= 0.0 : sides[dimension].second >= 1.0) return std::nullopt;
    Sides open = sides;
    (low ? open[dimension].first : open[dimension].second) = low ? 0.0 : 1.0;
    std::vector<double> beyond;
    for (const std::size_t row : inside(open)) {
      const double number = points_.points[row][dimension];
      if (low ? number < sides[dimension].first : number > sides[dimension].second)
        beyond.push_back(number);
    }
    const auto slice = std::max<std::size_t>(
        1, static_cast<std::size_t>(options_.peel * static_cast<double>(inside(sides).size())));
    if (beyond.size() <= slice) return open;
    std::ranges::sort(beyond);
    (low ? open[dimension].first : open[dimension].second) =
        low ? beyond[beyond.size() - slice] : beyond[slice - 1];
    return open;
  }

  /// Frees sides that chance would explain, the least significant first.
  void free_sides(Sides& sides) const {
    for (;;) {
      const Rows in = inside(sides);
      const std::size_t hit = hits(in);
      double largest = options_.significance;
      std::optional<std::size_t> freed;
      for (std::size_t d = 0; d < width_; ++d) {
        if (sides[d].first <= 0.0 && sides[d].second >= 1.0) continue;
        Sides open = sides;
        open[d] = {0.0, 1.0};
        const Rows wider = inside(open);
        const double density = static_cast<double>(hits(wider)) / static_cast<double>(wider.size());
        const boost::math::binomial_distribution<double> chance(static_cast<double>(in.size()),
                                                                density);
        const double probability =
            hit == 0
                ? 1.0
                : boost::math::cdf(boost::math::complement(chance, static_cast<double>(hit) - 1.0));
        if (probability > largest) largest = probability, freed = d;
      }
      if (!freed) return;
      sides[*freed] = {0.0, 1.0};
    }
  }

  const MarkedPoints& points_;
  const BoxOptions& options_;
  Rows rows_;
  std::size_t width_ = 0, sought_ = 0;
};

bool is_free(const std::pair<double, double>& side) {
  return side.first <= 0.0 && side.second >= 1.0;
}

}  // namespace

std::optional<FoundBox> find_box(const MarkedPoints& points, std::uint64_t seed,
                                 const BoxOptions& options) {
  if (points.points.empty()) return std::nullopt;
  Rows all(points.points.size());
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
  const Search search(points, options, all);
  const auto sides = search.run();
  if (!sides) return std::nullopt;
  FoundBox out;
  out.sides = *sides;
  for (const auto& side : *sides) out.restricted.push_back(!is_free(side));
  const Rows in = search.inside(*sides);
  const auto hit = static_cast<double>(search.hits(in));
  out.coverage = hit / static_cast<double>(search.hits(all));
  out.density = hit / static_cast<double>(in.size());
  out.support = static_cast<double>(in.size()) / static_cast<double>(all.size());
  out.resampled.assign(sides->size(), 0.0);
  for (int k = 0; k < options.resamples; ++k) {
    RandomStream random(seed, static_cast<std::uint64_t>(k));
    Rows drawn(all.size());
    for (std::size_t& row : drawn)
      row = static_cast<std::size_t>(random.uniform() * static_cast<double>(all.size()));
    if (const auto again = Search(points, options, drawn).run())
      for (std::size_t d = 0; d < again->size(); ++d)
        if (!is_free((*again)[d])) out.resampled[d] += 1.0 / options.resamples;
  }
  return out;
}

}  // namespace melian
