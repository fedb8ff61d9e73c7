#include "solve/kernel.h"

namespace melian::grid {
namespace {

constexpr int newton_steps = 40;
constexpr int bracketed_steps =
    400;  ///< enough for a sixth of them to halve any bracket down to its last digit
constexpr int lane_steps =
    6;  ///< of many priors at once, before the slow ones are searched for by bracket
constexpr double last_move = 1e-4;  ///< logits: what a last step of third order may move
constexpr double newton_cap = 8.0;  ///< logits a posterior may move in one step

/// One branch against the rest, by type: x_theta = log rest - S.
class Contest {
 public:
  Contest() = default;
  Contest(double x0, double x1)
      : x_{x0, x1}, e_{std::exp(-std::abs(x0)), std::exp(-std::abs(x1))} {}
  /// log(1 + e^{x_1}) - log(1 + e^{x_0})
  [[nodiscard]] double lift() const {
    return std::max(x_[1], 0.0) - std::max(x_[0], 0.0) + std::log((1.0 + e_[1]) / (1.0 + e_[0]));
  }
  /// The probability that the type takes another branch; that it takes the branch.
  [[nodiscard]] double rest(int type) const {
    return (x_[type] >= 0.0 ? 1.0 : e_[type]) / (1.0 + e_[type]);
  }
  [[nodiscard]] double branch(int type) const {
    return (x_[type] >= 0.0 ? e_[type] : 1.0) / (1.0 + e_[type]);
  }
  /// Their logs.
  struct Logs {
    double branch, rest;
  };
  [[nodiscard]] Logs logs(int type) const {
    const double both = std::log1p(e_[type]);
    return {-std::max(x_[type], 0.0) - both, -std::max(-x_[type], 0.0) - both};
  }

 private:
  double x_[2] = {0.0, 0.0}, e_[2] = {1.0, 1.0};
};

/// `finish` for two branches, one of them curved and the other without consequences for beliefs:
/// the same numbers from what the last Newton step already knows.
void settle(const Line& line, double u0, double u, const Contest& at, int cell, int target,
            LineAnswer& answer) {
  const int branch = line.curved[0], other = 1 - branch;
  double log[2] = {}, rest[2] = {};
  for (const int type : {0, 1}) {
    const Contest::Logs logs = at.logs(type);
    log[type] = logs.branch;
    rest[type] = logs.rest;
    answer.sigma[answer.index(type, branch, target)] = at.branch(type);
    answer.sigma[answer.index(type, other, target)] = at.rest(type);
  }
  imply(u - u0, log[0], log[1]);
  const Score score = line.at(branch, u0 + log[1] - log[0], cell);
  const auto place = answer.place(branch, target);
  answer.cell[place] = cell;
  answer.weight[place] = (score.b - line.axis->low[ix(cell)]) * line.axis->per_width[ix(cell)];
  answer.cell[answer.place(other, target)] = 0;
  answer.weight[answer.place(other, target)] = 0.0;
  double residual = 0.0;
  for (const int type : {0, 1}) {
    answer.log_sigma[answer.index(type, branch, target)] = log[type];
    answer.log_sigma[answer.index(type, other, target)] = rest[type];
    const double miss = (log[type] - score.s[type]) - (rest[type] - line.rest[type]);
    residual = std::max(residual, std::abs(miss) * std::max(at.branch(type), at.rest(type)));
  }
  answer.residual[ix(target)] = std::isfinite(residual) ? residual : infinity;
}

CurvedCell cell_of(const Line& line, int k) {
  const Axis& axis = *line.axis;
  const double *s0 = line.row(line.curved[0], 0), *s1 = line.row(line.curved[0], 1);
  const double per_width = axis.per_width[ix(k)];
  return {k,
          s0[k],
          s1[k],
          (s0[k + 1] - s0[k]) * per_width,
          (s1[k + 1] - s1[k]) * per_width,
          axis.low[ix(k)],
          axis.centre[ix(k)]};
}

/// The posterior u in the cell at the prior `target`, by Newton in a bracket from the guess that
/// `u` holds.
Contest close_in(const Line& line, const CurvedCell& here, double target, double& u) {
  double low = line.axis->u[ix(here.index)], high = line.axis->u[ix(here.index) + 1];
  const double enough = 0.25 * residual_target(line.scale + std::abs(target));
  Contest at;
  for (int step = 0; step < bracketed_steps; ++step) {
    const double v = u - here.centre;
    const double e = std::exp(-std::abs(v)), large = 1.0 / (1.0 + e), small = e * large;
    const double along = (v >= 0.0 ? large : small) - here.b;
    at = Contest(line.rest[0] - here.s0 - here.slope0 * along,
                 line.rest[1] - here.s1 - here.slope1 * along);
    const double off = u + at.lift() - target;
    if (std::abs(off) <= enough) break;
    (off > 0.0 ? high : low) = u;
    const double newton =
        u - off / (1.0 + (here.slope0 * at.rest(0) - here.slope1 * at.rest(1)) * large * small);
    if (std::abs(newton - u) <= 3e-16 * std::abs(u)) break;
    u = newton;
    // Newton, unless it leaves the bracket or has been slow for long: scores may bend sharply
    // within a cell.
    if (!(u >= low && u <= high) || step % 6 == 5)
      u = std::isinf(low) ? high - 4.0 : std::isinf(high) ? low + 4.0 : 0.5 * (low + high);
  }
  return at;
}

}  // namespace

void Kernel::solve(const Line& line, const std::vector<double>& targets, const Guide& guide,
                   LineAnswer& answer) {
  const int count = static_cast<int>(targets.size());
  answer.reset(line.branches, count);
  targets_ = &targets;
  listed_ = 0;
  duel_ = line.curved.size() == 1 && line.branches == 2 && line.open[0] == 3 && line.open[1] == 3 &&
          line.moved[ix(1 - line.curved[0])] == 0;
  for (int k = 0; k < count; ++k)
    if (std::isinf(targets[ix(k)]) && !duel_) finish_corner(line, targets[ix(k)] > 0.0, k, answer);
  if (line.curved.empty()) {
    readout_.start(line);
    for (int k = 0; k < count; ++k)
      if (!std::isinf(targets[ix(k)])) readout_.add(line, k, targets[ix(k)], nullptr, answer);
    readout_.flush(line, answer);
    return;
  }
  if (line.curved.size() == 1) {
    one_curved(line, targets, guide, answer);
  } else if (!many_curved(line, targets, answer)) {
    for (int k = 0; k < count; ++k)
      if (!std::isinf(targets[ix(k)])) all_solutions(line, targets[ix(k)], k, guide, answer);
  }
  for (int k = 0; k < count; ++k)
    if (!(answer.residual[ix(k)] <= residual_limit(line.scale)))
      answer.mark[ix(k)] = DecisionMark::unsolved;
}

/// Does u_0 increase in every cell? Fills `rising_`.
bool Kernel::rises_everywhere(const Line& line) {
  bool everywhere = true;
  rising_.assign(ix(line.axis->cells()), 1);
  for (std::size_t k = 0; k < rising_.size(); ++k) {
    if (table_.margin[k] > 0.0 || curve_.increases_in_cell(line, static_cast<int>(k))) continue;
    rising_[k] = 0;
    everywhere = false;
  }
  return everywhere;
}

/// The cell of each target's posterior; -1 where that is decided otherwise.
void Kernel::find_cells(const Line& line, const std::vector<double>& targets, const Guide& guide,
                        LineAnswer& answer) {
  const int cells = line.axis->cells(), count = static_cast<int>(targets.size());
  cells_.assign(targets.size(), -1);
  if (rises_everywhere(line)) {
    int cell = 0;
    for (int k = 0; k < count; ++k) {
      if (std::isinf(targets[ix(k)])) continue;
      while (cell + 1 < cells && table_.prior[ix(cell + 1)] < targets[ix(k)]) ++cell;
      cells_[ix(k)] = cell;
    }
    return;
  }
  if (guide.selection != Selection::certain)
    curve_.trace_cells(line, table_.prior, rising_, targets);
  listed_ = Curve::all;
  if (guide.selection != Selection::certain)
    curve_.only_cells(line, table_.prior, rising_, targets, cells_);
  for (int k = 0; k < count; ++k)
    if (cells_[ix(k)] < 0 && std::isfinite(targets[ix(k)]))
      all_solutions(line, targets[ix(k)], k, guide, answer);
}

/// One curved branch against the rest: the prior is explicit in its posterior. Where it does not
/// increase in every cell, priors that more than one stretch of the curve passes go to the exact
/// search.
void Kernel::one_curved(const Line& line, const std::vector<double>& targets, const Guide& guide,
                        LineAnswer& answer) {
  table_.fill(line);
  find_cells(line, targets, guide, answer);
  slow_.count = 0;
  const int count = static_cast<int>(targets.size());
  for (int k = 0; k < count;) {
    int end = k;
    while (end < count && cells_[ix(end)] >= 0 && end - k < ContestLanes::size) ++end;
    if (end > k) {
      load(table_, *line.axis, targets.data(), cells_.data(), k, end - k, lanes_);
      advance(line, lanes_, answer);
    }
    k = std::max(end, k + 1);
  }
  while (slow_.count > 0) advance(line, slow_, answer);
  for (int k = 0; k < count && duel_; ++k)
    if (std::isinf(targets[ix(k)])) corner(line, targets[ix(k)] > 0.0, k, answer);
}

/// `finish_corner` for two branches, from the table.
void Kernel::corner(const Line& line, bool upper, int target, LineAnswer& answer) const {
  const int branch = line.curved[0], other = 1 - branch;
  const auto node = upper ? table_.lift.size() - 1 : 0;
  for (const int type : {0, 1}) {
    const double x = table_.x[type][node], e = lanes::exp_down(-std::abs(x)),
                 both = lanes::log_1_plus(e);
    answer.log_sigma[answer.index(type, branch, target)] = -std::max(x, 0.0) - both;
    answer.log_sigma[answer.index(type, other, target)] = -std::max(-x, 0.0) - both;
    answer.sigma[answer.index(type, branch, target)] = (x >= 0.0 ? e : 1.0) / (1.0 + e);
    answer.sigma[answer.index(type, other, target)] = table_.share[type][node];
  }
  for (const int a : {branch, other}) {
    answer.cell[answer.place(a, target)] = upper ? line.axis->cells() - 1 : 0;
    answer.weight[answer.place(a, target)] = upper ? 1.0 : 0.0;
  }
  const double size = std::max({std::abs(table_.x[0][node]), std::abs(table_.x[1][node])});
  answer.residual[ix(target)] = std::isfinite(size) ? 0.0 : infinity;
}

/// One step in all lanes. Those that are not done move to `slow_`; those that have been slow for
/// long, to the bracketed search.
void Kernel::advance(const Line& line, ContestLanes& lanes, LineAnswer& answer) {
  search(lanes);
  if (duel_) {
    settle(lanes);
    write(line, lanes, answer);
  }
  const int count = lanes.count;
  if (&lanes == &slow_) slow_.count = 0;
  for (int i = 0; i < count; ++i) {
    const int target = lanes.target[i];
    const double prior = lanes.prior[i];
    if (lanes.moved[i] <= last_move) {
      const double u = lanes.u[i] + lanes.step[i];
      if (!duel_) finish(line, prior, &u, target, answer);
      if (answer.residual[ix(target)] <= residual_target(line.scale + std::abs(prior))) continue;
    } else if (lanes.steps[i] < lane_steps) {
      while (slow_.count == ContestLanes::size) advance(line, slow_, answer);
      slow_.take(lanes, i);
      continue;
    }
    bracket(line, lanes.cell[i], prior, target, answer);
  }
}

/// The bracketed search, for one prior.
void Kernel::bracket(const Line& line, int cell, double prior, int target,
                     LineAnswer& answer) const {
  const CurvedCell here = cell_of(line, cell);
  double u = table_.guess(cell, prior);
  const Contest at = close_in(line, here, prior, u);
  if (duel_)
    settle(line, prior, u, at, cell, target, answer);
  else
    finish(line, prior, &u, target, answer);
}

/// Hands over what `settle` left.
void Kernel::write(const Line& line, const ContestLanes& lanes, LineAnswer& answer) const {
  const int branch = line.curved[0], other = 1 - branch;
  const auto put = [&](const auto* from, auto* to) {
    if (lanes.in_a_row())
      std::copy_n(from, lanes.count, to + lanes.target[0]);
    else
      for (int i = 0; i < lanes.count; ++i) to[lanes.target[i]] = from[i];
  };
  for (const int type : {0, 1}) {
    put(lanes.log_branch[type], answer.log_sigma.data() + answer.index(type, branch, 0));
    put(lanes.log_rest[type], answer.log_sigma.data() + answer.index(type, other, 0));
    put(lanes.branch[type], answer.sigma.data() + answer.index(type, branch, 0));
    put(lanes.rest[type], answer.sigma.data() + answer.index(type, other, 0));
  }
  put(lanes.cell, answer.cell.data() + answer.place(branch, 0));
  put(lanes.weight, answer.weight.data() + answer.place(branch, 0));
  put(lanes.residual, answer.residual.data());
  for (int i = 0; i < lanes.count; ++i) {
    answer.cell[answer.place(other, lanes.target[i])] = 0;
    answer.weight[answer.place(other, lanes.target[i])] = 0.0;
  }
}

bool Kernel::many_curved(const Line& line, const std::vector<double>& targets, LineAnswer& answer) {
  if (!line.regular()) return false;
  const std::size_t m = line.curved.size();
  u_.assign(m, 0.0);
  before_.assign(m, -infinity);
  double c = 0.0, c_before = -infinity;
  bool started = false;
  readout_.start(line);
  for (std::size_t k = 0; k < targets.size(); ++k) {
    const double target = targets[k];
    if (std::isinf(target)) continue;
    if (!started) {
      // Posteriors near the lower corner: D there is known.
      double top[2] = {line.rest[0], line.rest[1]};
      for (const int a : line.curved)
        for (int type = 0; type < 2; ++type) top[type] = std::max(top[type], line.row(a, type)[0]);
      double sum[2] = {std::exp(line.rest[0] - top[0]), std::exp(line.rest[1] - top[1])};
      for (const int a : line.curved)
        for (int type = 0; type < 2; ++type)
          sum[type] += std::exp(line.row(a, type)[0] - top[type]);
      c = target - (top[1] - top[0] + std::log(sum[1] / sum[0]));
      for (std::size_t i = 0; i < m; ++i)
        u_[i] = c + line.row(line.curved[i], 1)[0] - line.row(line.curved[i], 0)[0];
    } else {
      const double dc = (target - targets[k - 1]) / arrow_.slope();
      c += dc;
      for (std::size_t i = 0; i < m; ++i) u_[i] += dc / arrow_.steepness(i);
    }
    if (!arrow_.solve(line, target, c, u_.data(), newton_steps, newton_cap)) return false;
    if (!curve_.increases(line, c_before, before_.data(), c, u_.data())) return false;
    readout_.add(line, static_cast<int>(k), target, u_.data(), answer);
    before_ = u_;
    c_before = c;
    started = true;
  }
  if (!started) return true;
  readout_.flush(line, answer);
  u_.assign(m, infinity);
  return curve_.increases(line, c_before, before_.data(), infinity, u_.data());
}

/// Lists the solutions at a prior in `roots_`: two are enough to know that there are several,
/// unless `all` are wanted.
void Kernel::list_roots(const Line& line, double prior, bool all) {
  const int enough = all ? Curve::all : 2;
  if (listed_ < enough) curve_.trace(line, *targets_, enough);
  listed_ = std::max(listed_, enough);
  curve_.roots(line, prior, roots_);
}

/// One prior of a line on which some priors may have several solutions.
void Kernel::all_solutions(const Line& line, double prior, int target, const Guide& guide,
                           LineAnswer& answer) {
  if (guide.selection == Selection::certain) {
    answer.mark[ix(target)] = DecisionMark::several;
    return;
  }
  if (guide.selection == Selection::follow && !guide.counting &&
      follow(line, prior, target, guide, answer)) {
    answer.mark[ix(target)] =
        guide.jumped && guide.jumped(target) ? DecisionMark::jump : DecisionMark::unique;
    return;
  }
  list_roots(line, prior, false);
  if (roots_.size() != 1 || !curve_.complete()) return choose(line, prior, target, guide, answer);
  take(line, prior, roots_[0].u, DecisionMark::unique, target, answer);
}

void Kernel::take(const Line& line, double prior, std::vector<double> u, DecisionMark mark,
                  int target, LineAnswer& answer) {
  double c = 0.0;
  arrow_.evaluate(line, prior, c, u.data());
  c = prior - arrow_.kappa();
  before_ = u;
  // What nested searches or blends found carries their round-off; a few steps on the whole system
  // take it off.
  if (!arrow_.solve(line, prior, c, u.data(), 4, 0.1)) u = before_;
  finish(line, prior, u.data(), target, answer);
  answer.mark[ix(target)] = mark;
}

const Curve::Root* Kernel::nearest_root(const Line& line,
                                        const std::vector<double>& posterior) const {
  // Roots on stretches that the branch from lambda 0 can follow come first.
  for (const bool stable : {true, false}) {
    const Curve::Root* best = nullptr;
    double shortest = infinity;
    for (const Curve::Root& root : roots_) {
      if ((root.sign > 0.0) != stable) continue;
      double distance = 0.0;
      for (std::size_t i = 0; i < root.u.size(); ++i) {
        const double meant = posterior[ix(line.curved[i])];
        distance = std::max(distance, line.axis->apart(root.u[i], meant) +
                                          1e-6 * std::min(100.0, std::abs(root.u[i] - meant)));
      }
      if (distance < shortest) {
        shortest = distance;
        best = &root;
      }
    }
    if (best != nullptr) return best;
  }
  return nullptr;
}

/// Continues the solution on the rung below; false where it ends in a fold on the way.
bool Kernel::follow(const Line& line, double prior, int target, const Guide& guide,
                    LineAnswer& answer) {
  guide.ratio(target, ratio_);
  if (!follower_.follow(guide.from(), line, prior, ratio_)) return false;
  std::vector<double> u;
  for (const int branch : line.curved) u.push_back(follower_.posterior()[ix(branch)]);
  take(line, prior, std::move(u), DecisionMark::several, target, answer);
  return true;
}

/// Newton from a nearby strategy; false where that leads elsewhere.
bool Kernel::approach(const Line& line, double prior, int target, const Guide& guide,
                      LineAnswer& answer) {
  guide.ratio(target, ratio_);
  std::vector<double> u;
  for (const int branch : line.curved) u.push_back(prior + ratio_[ix(branch)]);
  arrow_.evaluate(line, prior, 0.0, u.data());
  double c = prior - arrow_.kappa();
  constexpr double near = 0.1;  // of belief
  if (!arrow_.solve(line, prior, c, u.data(), newton_steps, 1.0) || arrow_.determinant_sign() < 0.0)
    return false;
  for (std::size_t i = 0; i < u.size(); ++i)
    if (line.axis->apart(u[i], prior + ratio_[ix(line.curved[i])]) > near) return false;
  take(line, prior, std::move(u), DecisionMark::several, target, answer);
  return true;
}

/// A prior with several solutions, or where none was found.
void Kernel::choose(const Line& line, double prior, int target, const Guide& guide,
                    LineAnswer& answer) {
  switch (guide.selection) {
    case Selection::certain:
    case Selection::first:
      if (!roots_.empty())
        return take(line, prior, roots_.front().u, DecisionMark::several, target, answer);
      break;
    case Selection::nearest:
      if (approach(line, prior, target, guide, answer)) return;
      list_roots(line, prior, true);
      posterior_ = ratio_;
      for (double& u : posterior_) u += prior;
      if (const Curve::Root* root = nearest_root(line, posterior_))
        return take(line, prior, root->u, DecisionMark::several, target, answer);
      break;
    case Selection::follow:
      if (guide.counting && follow(line, prior, target, guide, answer)) {
        if (guide.jumped && guide.jumped(target)) answer.mark[ix(target)] = DecisionMark::jump;
        return;
      }
      list_roots(line, prior, true);
      if (const Curve::Root* root = nearest_root(line, follower_.posterior())) {
        take(line, prior, root->u, DecisionMark::jump, target, answer);
        ++answer.fresh_jumps;
        return;
      }
      break;
  }
  // Nothing found: the strategies that answer unmoved beliefs, marked for what they are.
  finish(line, prior, std::vector<double>(line.curved.size(), prior).data(), target, answer);
  answer.mark[ix(target)] = DecisionMark::unsolved;
}

}  // namespace melian::grid
