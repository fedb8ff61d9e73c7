#include "solve/curve.h"

#include <algorithm>
#include <cmath>

namespace melian::grid {
namespace {

constexpr int deepest = 60;          ///< halvings of a stretch before its ends decide
constexpr double narrowest = 1e-11;  ///< relative width of a stretch below which its ends decide
constexpr std::size_t largest_strands = 512;
constexpr int most_judged =
    20000;  ///< stretches of one line looked at before giving up on listing them all
constexpr int bracketed_steps = 400;  ///< enough for the halvings among them to close any bracket
constexpr double same_root =
    1e-7;  ///< relative distance of posteriors below which two roots are one
constexpr double meeting =
    1e-9;  ///< how far apart, relative to the scores, two strands may seem to meet

}  // namespace

Curve::Point& Curve::point(std::size_t i) {
  if (points_.size() <= i) points_.resize(i + 1);
  return points_[i];
}

void Curve::find_pieces(const Line& line) {
  const Axis& axis = *line.axis;
  knots_.clear();
  pieces_.resize(line.curved.size());
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    const double *s0 = line.row(line.curved[i], 0), *s1 = line.row(line.curved[i], 1);
    pieces_[i].clear();
    int direction = 0;
    const auto add = [&](double u, int cell, int next_direction) {
      int at = cell;
      const double h = std::isinf(u) ? u : u - line.at(line.curved[i], u, at).difference();
      if (next_direction != direction) {
        const int index = static_cast<int>(knots_.size());
        if (direction != 0) pieces_[i].back().last = index;
        if (next_direction != 0) pieces_[i].push_back({index, index, 0.0, 0.0});
        direction = next_direction;
      }
      knots_.push_back({u, h, cell});
    };
    for (int cell = 0; cell < axis.cells(); ++cell) {
      const auto k = ix(cell);
      const double slope =
          ((s1[cell + 1] - s1[cell]) - (s0[cell + 1] - s0[cell])) * axis.per_width[k];
      const double centre = axis.centre[k];
      // h' = 1 - slope b (1 - b): zero where b (1 - b) = 1 / slope.
      double turn[2];
      int turns = 0;
      if (slope > 4.0) {
        const double root = std::sqrt(1.0 - 4.0 / slope), b = 2.0 / (slope * (1.0 + root));
        for (const double u : {centre + log_odds(b), centre - log_odds(b)})
          if (u > axis.u[k] && u < axis.u[k + 1]) turn[turns++] = u;
      }
      const auto rising = [&](double from, double to) {
        double middle = 0.5 * (from + to);
        if (std::isinf(from)) middle = to - 1.0;
        if (std::isinf(to)) middle = from + 1.0;
        if (turns > 0 && std::isinf(from)) return 1;
        if (turns > 0 && std::isinf(to)) return 1;
        return 1.0 - slope * spread(logistic(middle - centre)) > 0.0 ? 1 : -1;
      };
      double from = axis.u[k];
      for (int t = 0; t <= turns; ++t) {
        const double to = t < turns ? turn[t] : axis.u[k + 1];
        add(from, cell, rising(from, to));
        from = to;
      }
    }
    add(infinity, axis.cells() - 1, 0);
    for (Piece& piece : pieces_[i]) {
      piece.h_low = std::min(knots_[ix(piece.first)].h, knots_[ix(piece.last)].h);
      piece.h_high = std::max(knots_[ix(piece.first)].h, knots_[ix(piece.last)].h);
    }
  }
}

double Curve::invert(const Line& line, std::size_t curved, const Piece& piece, double c) const {
  const auto begin = knots_.begin() + piece.first, end = knots_.begin() + piece.last;
  const bool rising = begin->h < end->h;
  // The stretch between two knots that holds c.
  auto after =
      rising ? std::upper_bound(begin + 1, end, c, [](double x, const Knot& k) { return x < k.h; })
             : std::upper_bound(begin + 1, end, c, [](double x, const Knot& k) { return x > k.h; });
  const Knot& left = *(after - 1);
  const Knot& right = *after;
  double low = left.u, high = right.u;
  int cell = left.cell;
  const int branch = line.curved[curved];
  const double *s0 = line.row(branch, 0) + cell, *s1 = line.row(branch, 1) + cell;
  const double d_low = std::min(s1[0] - s0[0], s1[1] - s0[1]),
               d_high = std::max(s1[0] - s0[0], s1[1] - s0[1]);
  low = std::max(low, c + d_low - 1e-9 * (1.0 + std::abs(c + d_low)));
  high = std::min(high, c + d_high + 1e-9 * (1.0 + std::abs(c + d_high)));
  if (low >= high) return std::clamp(c + d_low, left.u, right.u);
  const double slope = ((s1[1] - s0[1]) - (s1[0] - s0[0])) * line.axis->per_width[ix(cell)];
  const double enough = 2e-16 * (std::abs(c) + line.scale), centre = line.axis->centre[ix(cell)];
  double u = 0.5 * (low + high);
  for (int k = 0; k < bracketed_steps; ++k) {
    const double b = logistic(u - centre);
    const double off = u - (s1[0] - s0[0]) - slope * (b - line.axis->low[ix(cell)]) - c;
    if (std::abs(off) <= enough) break;
    ((off > 0.0) == rising ? high : low) = u;
    const double newton = u - off / (1.0 - slope * b * logistic(centre - u));
    if (std::abs(newton - u) <= 2e-16 * std::abs(u) || high - low <= 4e-16 * std::abs(u)) break;
    u = newton >= low && newton <= high && k % 6 != 5 ? newton : 0.5 * (low + high);
  }
  return u;
}

void Curve::place(const Line& line, int strand, double t, Point& out) {
  out.t = t;
  out.u.resize(line.curved.size());
  double c = t;
  if (by_posterior_) {
    out.u[0] = t;
    int cell = 0;
    c = t - line.at(line.curved[0], t, cell).difference();
  } else {
    const std::vector<int>& choice = strands_[ix(strand)];
    for (std::size_t i = 0; i < line.curved.size(); ++i)
      out.u[i] = invert(line, i, pieces_[i][ix(choice[i])], c);
  }
  assess(line, c, out);
}

void Curve::assess(const Line& line, double c, Point& out) {
  arrow_.evaluate(line, 0.0, c, out.u.data());
  out.prior = arrow_.prior();
}

/// The point halfway along the parameter between two of one strand; their posteriors are close
/// brackets for its own.
void Curve::place_between(const Line& line, const Point& low, const Point& high, Point& out) {
  const double t = 0.5 * (low.t + high.t);
  if (by_posterior_) return place(line, 0, t, out);
  out.t = t;
  out.u.resize(line.curved.size());
  const double enough = 2e-16 * (std::abs(t) + line.scale);
  for (std::size_t i = 0; i < line.curved.size(); ++i) {
    double from = low.u[i], to = high.u[i];  // h(from) <= t <= h(to)
    double u = 0.5 * (from + to);
    int cell = 0;
    for (int k = 0; k < bracketed_steps && from != to; ++k) {
      const Score score = line.at(line.curved[i], u, cell);
      const double off = u - score.difference() - t;
      if (std::abs(off) <= enough) break;
      (off > 0.0 ? to : from) = u;
      const double newton = u - off / score.steepness();
      if (std::abs(newton - u) <= 2e-16 * std::abs(u) || std::abs(to - from) <= 4e-16 * std::abs(u))
        break;
      u = newton >= std::min(from, to) && newton <= std::max(from, to) && k % 6 != 5
              ? newton
              : 0.5 * (from + to);
    }
    out.u[i] = u;
  }
  assess(line, t, out);
}

Verdict Curve::judge(const Line& line, const Point& low, const Point& high) {
  return by_posterior_ ? along_posterior(line, low.t, low.prior, high.t, high.prior)
                       : enclosure_.along_c(line, low.t, low.u.data(), high.t, high.u.data());
}

/// Can a target lie among these priors?
bool Curve::wanted(const Range& prior) const {
  if (targets_.empty()) return true;
  const auto next = std::lower_bound(targets_.begin(), targets_.end(), prior.low);
  return next != targets_.end() && *next <= prior.high;
}

bool Curve::all_have_enough() {
  if (targets_.empty() || enough_ == all) return false;
  found_.resize(targets_.size(), 0);
  for (; counted_ + 1 < segments_.size(); ++counted_) {  // the last may still grow
    const Segment& segment = segments_[counted_];
    const double low = std::min(segment.prior_low, segment.prior_high),
                 high = std::max(segment.prior_low, segment.prior_high);
    for (std::size_t k = 0; k < targets_.size(); ++k)
      found_[k] += low < targets_[k] && targets_[k] < high ? 1 : 0;
  }
  return *std::min_element(found_.begin(), found_.end()) >= enough_;
}

void Curve::add_segment(int strand, const Point& low, const Point& high) {
  const Segment fresh{strand, low.t, high.t, low.prior, high.prior};
  if (!segments_.empty()) {
    Segment& before = segments_.back();
    if (before.strand == strand && before.t_high == fresh.t_low &&
        (before.prior_high > before.prior_low) == (fresh.prior_high > fresh.prior_low)) {
      before.t_high = fresh.t_high;
      before.prior_high = fresh.prior_high;
      return;
    }
  }
  segments_.push_back(fresh);
}

void Curve::cut(const Line& line, int strand, std::size_t low, std::size_t high, int depth) {
  const double from = point(low).t, to = point(high).t;
  bool final = depth >= deepest || to - from <= narrowest * (1.0 + std::abs(0.5 * (from + to)));
  if (!final && ++judged_ > most_judged) {
    complete_ = false;
    final = true;
  }
  if (!final && !by_posterior_)
    final = !wanted(prior_hull(line, from, points_[low].u.data(), to, points_[high].u.data()));
  if (!final) {
    const Verdict verdict = judge(line, points_[low], points_[high]);
    final = verdict.sign != 0.0 || !wanted(verdict.prior);
  }
  if (final) return add_segment(strand, points_[low], points_[high]);
  const std::size_t between = std::max(low, high) + 1;
  (void)point(between);
  place_between(line, points_[low], points_[high], points_[between]);
  cut(line, strand, low, between, depth + 1);
  cut(line, strand, between, high, depth + 1);
}

void Curve::add_strands(const Line& line, std::size_t curved, double c_low, double c_high) {
  if (c_low >= c_high) return;
  if (!complete_ || strands_.size() >= largest_strands || all_have_enough()) {
    complete_ = false;
    return;
  }
  if (curved == line.curved.size()) {
    const int strand = static_cast<int>(strands_.size());
    strands_.push_back(chosen_);
    (void)point(1);
    place(line, strand, c_low, points_[0]);
    place(line, strand, c_high, points_[1]);
    return cut(line, strand, 0, 1, 0);
  }
  for (std::size_t k = 0; k < pieces_[curved].size(); ++k) {
    chosen_[curved] = static_cast<int>(k);
    const Piece& piece = pieces_[curved][k];
    add_strands(line, curved + 1, std::max(c_low, piece.h_low), std::min(c_high, piece.h_high));
  }
}

void Curve::trace(const Line& line, const std::vector<double>& targets, int enough) {
  keep_targets(targets);
  found_.clear();
  counted_ = 0;
  enough_ = enough;
  segments_.clear();
  strands_.clear();
  complete_ = true;
  judged_ = 0;
  by_posterior_ = line.curved.size() == 1;
  if (by_posterior_) {
    strands_.emplace_back();
    (void)point(1);
    for (int cell = 0; cell < line.axis->cells(); ++cell) {
      const double reach = line.reach();
      place(line, 0, std::max(line.axis->u[ix(cell)], -reach), points_[0]);
      place(line, 0, std::min(line.axis->u[ix(cell + 1)], reach), points_[1]);
      cut(line, 0, 0, 1, 0);
    }
    return;
  }
  find_pieces(line);
  chosen_.assign(line.curved.size(), 0);
  add_strands(line, 0, -line.reach(), line.reach());
}

void Curve::keep_targets(const std::vector<double>& targets) {
  targets_.clear();
  for (const double target : targets)
    if (std::isfinite(target)) targets_.push_back(target);
}

void Curve::trace_cells(const Line& line, const std::vector<double>& prior,
                        const std::vector<std::uint8_t>& rising,
                        const std::vector<double>& targets) {
  keep_targets(targets);
  enough_ = all;
  segments_.clear();
  strands_.assign(1, {});
  complete_ = true;
  judged_ = 0;
  by_posterior_ = true;
  (void)point(1);
  const double reach = line.reach();
  for (int cell = 0; cell < line.axis->cells(); ++cell) {
    for (const int end : {0, 1}) {
      Point& at = points_[ix(end)];
      const double u = line.axis->u[ix(cell + end)];
      if (rising[ix(cell)] == 0 || std::isinf(u)) {
        place(line, 0, std::clamp(u, -reach, reach), at);
      } else {
        at.t = u;
        at.u.assign(1, u);
        at.prior = prior[ix(cell + end)];
      }
    }
    if (rising[ix(cell)] != 0)
      add_segment(0, points_[0], points_[1]);
    else
      cut(line, 0, 0, 1, 0);
  }
}

void Curve::only_cells(const Line& line, const std::vector<double>& prior,
                       const std::vector<std::uint8_t>& rising, const std::vector<double>& targets,
                       std::vector<int>& cells) {
  constexpr int none = -1, not_passed = -2;
  cells.assign(targets.size(), not_passed);
  const Axis& axis = *line.axis;
  for (const Segment& segment : segments_) {
    const auto [low, high] = std::minmax(segment.prior_low, segment.prior_high);
    const bool rises = segment.prior_high >= segment.prior_low;
    // Within an increasing segment priors at nodes increase: the last node at or below the target.
    int cell = axis.cell_of(segment.t_low, 0);
    const int last = axis.cell_of(segment.t_high, cell);
    for (auto k = ix(std::lower_bound(targets.begin(), targets.end(), low) - targets.begin());
         k < targets.size() && targets[k] <= high; ++k) {
      if (cells[k] != not_passed || !rises) {
        cells[k] = none;
        continue;
      }
      while (cell < last && prior[ix(cell + 1)] <= targets[k]) ++cell;
      cells[k] = rising[ix(cell)] != 0 ? cell : none;
    }
  }
  for (std::size_t k = 0; k < cells.size(); ++k)
    if (std::isinf(targets[k]) || cells[k] == not_passed) cells[k] = none;
}

bool Curve::certify(const Line& line, std::size_t low, std::size_t high, int depth) {
  if (++judged_ > most_judged) return false;
  const double sign = judge(line, points_[low], points_[high]).sign;
  if (sign != 0.0) return sign > 0.0;
  const double middle = 0.5 * (points_[low].t + points_[high].t);
  if (depth >= 24 || points_[high].t - points_[low].t <= narrowest * (1.0 + std::abs(middle)))
    return false;
  const std::size_t between = std::max(low, high) + 1;
  (void)point(between);
  const auto inner = [](const Point& at) {
    return std::all_of(at.u.begin(), at.u.end(), [](double u) { return std::isfinite(u); });
  };
  if (by_posterior_ || (inner(points_[low]) && inner(points_[high]))) {
    place_between(line, points_[low], points_[high], points_[between]);
  } else {
    if (!traced_pieces_) {
      find_pieces(line);
      strands_.assign(1, std::vector<int>(line.curved.size(), 0));
      traced_pieces_ = true;
    }
    place(line, 0, middle, points_[between]);
  }
  if (arrow_.slope() * (by_posterior_ ? arrow_.steepness(0) : 1.0) <= 0.0) return false;
  return certify(line, low, between, depth + 1) && certify(line, between, high, depth + 1);
}

bool Curve::increases_in_cell(const Line& line, int cell) {
  by_posterior_ = true;
  judged_ = 0;
  (void)point(1);
  const double reach = line.reach();
  points_[0].t = std::max(line.axis->u[ix(cell)], -reach);
  points_[1].t = std::min(line.axis->u[ix(cell + 1)], reach);
  return certify(line, 0, 1, 0);
}

bool Curve::increases(const Line& line, double c_low, const double* low, double c_high,
                      const double* high) {
  by_posterior_ = false;
  traced_pieces_ = false;
  judged_ = 0;
  (void)point(1);
  points_[0].t = std::max(c_low, -line.reach());
  points_[0].u.assign(low, low + line.curved.size());
  points_[1].t = std::min(c_high, line.reach());
  points_[1].u.assign(high, high + line.curved.size());
  return certify(line, 0, 1, 0);
}

void Curve::add_root(const Line& line, const Segment& segment, double t, double target,
                     std::vector<Root>& out) {
  (void)point(0);
  Point& at = points_[0];
  double low = segment.t_low, high = segment.t_high;
  const bool rising = segment.prior_high > segment.prior_low;
  const double enough = 0.1 * residual_target(line.scale);
  for (int k = 0; k < bracketed_steps; ++k) {
    place(line, segment.strand, t, at);
    const double off = at.prior - target;
    if (std::abs(off) <= enough) break;
    ((off > 0.0) == rising ? high : low) = t;
    const double slope = by_posterior_ ? arrow_.slope() * arrow_.steepness(0) : arrow_.slope();
    const double newton = t - off / slope;
    if (std::abs(newton - t) <= 2e-16 * std::abs(t) || high - low <= 4e-16 * std::abs(t)) break;
    t = newton >= low && newton <= high && k % 4 != 3 ? newton : 0.5 * (low + high);
  }
  const auto same = [&](const Root& other) {
    for (std::size_t i = 0; i < at.u.size(); ++i)
      if (!(std::abs(at.u[i] - other.u[i]) <= same_root * (1.0 + std::abs(at.u[i])))) return false;
    return true;
  };
  if (std::any_of(out.begin(), out.end(), same)) return;
  Root root;
  root.c = at.t;
  root.u = at.u;
  if (by_posterior_) {
    int cell = 0;
    root.c = at.t - line.at(line.curved[0], at.t, cell).difference();
  }
  root.sign = arrow_.determinant_sign();
  out.push_back(std::move(root));
}

void Curve::roots(const Line& line, double target, std::vector<Root>& out) {
  out.clear();
  for (const Segment& segment : segments_) {
    const bool rising = segment.prior_high > segment.prior_low;
    const bool passes = rising ? segment.prior_low <= target && target <= segment.prior_high
                               : segment.prior_low >= target && target >= segment.prior_high;
    if (passes) add_root(line, segment, 0.5 * (segment.t_low + segment.t_high), target, out);
  }
  if (out.size() % 2 == 1 || segments_.empty()) return;
  // Solutions are odd in number; one may lie where two strands meet (pooling on one action at a
  // node), lost to round-off.
  const Segment* nearest = nullptr;
  double shortest = infinity;
  for (const Segment& segment : segments_)
    for (const double prior : {segment.prior_low, segment.prior_high})
      if (std::abs(prior - target) < shortest) {
        shortest = std::abs(prior - target);
        nearest = &segment;
      }
  if (nearest == nullptr || shortest > meeting * (1.0 + line.scale)) return;
  add_root(line, *nearest,
           std::abs(nearest->prior_low - target) == shortest ? nearest->t_low : nearest->t_high,
           target, out);
}

}  // namespace melian::grid
