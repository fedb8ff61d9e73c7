#include "solve/reached_beliefs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "solve/axis.h"

namespace melian::grid {
namespace {

/// Beliefs kept apart at one public state in one round, the likeliest first: what is left out is
/// counted.
constexpr std::size_t most_at_once = 4096;

/// Where play may stand: the analyst's beliefs as log-odds, by axis, and how probable it is to
/// stand there, in the eyes of the analyst and of observers who disagree.
struct Stand {
  std::vector<double> log_odds;
  std::vector<double> by_view;
  [[nodiscard]] double probability() const { return *std::ranges::max_element(by_view); }
};

/// The points that answer for a belief between nodes.
struct Mixture {
  std::vector<std::int64_t> point;
  std::vector<double> weight;
};

class Forward {
 public:
  Forward(const Game& game, const BeliefSpace& space, const std::vector<BeliefScale>& scales,
          const Assessment& strategies, const FollowPlay& follow)
      : game_(game),
        shape_(game.shape()),
        space_(space),
        scales_(scales),
        strategies_(strategies),
        follow_(follow),
        found_(ix(space.num_axes())) {
    for (std::size_t k = 0; k < found_.size(); ++k)
      axes_.emplace_back(strategies.axes.axis(static_cast<int>(k)));
    find_views();
  }

  ReachedBeliefs run() {
    const SolutionOrder order = solution_order(shape_);
    find_followed(order);
    Stand start{.log_odds = start_log_odds(game_, space_),
                .by_view = std::vector<double>(views_.size(), 1.0)};
    stand_at(0, shape_.root).push_back(std::move(start));
    if (!shape_.timed_levels.empty())
      for (int round = 0; round < shape_.rounds; ++round)
        for (auto level = shape_.timed_levels.rbegin(); level != shape_.timed_levels.rend();
             ++level)
          leave(round, *level);
    for (auto stage = order.stages.rbegin(); stage != order.stages.rend(); ++stage)
      for (auto level = stage->levels.rbegin(); level != stage->levels.rend(); ++level)
        leave(0, *level);
    ReachedBeliefs out;
    for (std::vector<ReachedBelief>& all : found_) out.on_axis.push_back(merged(std::move(all)));
    out.left_out = left_out_;
    return out;
  }

 private:
  /// The analyst's and those of observers who disagree about some group; alike ones once.
  void find_views() {
    const auto groups = static_cast<int>(space_.groups().size());
    for (int observer = -1; observer < shape_.num_players(); ++observer) {
      std::vector<std::vector<double>> view;
      for (int g = 0; g < groups; ++g) {
        view.emplace_back();
        if (observer < 0) continue;
        std::vector<double> differing = disagreement(game_, space_, observer, g);
        if (std::ranges::any_of(differing, [](double x) { return x != 0.0; }))
          view.back() = std::move(differing);
      }
      if (std::ranges::find(views_, view) == views_.end()) views_.push_back(std::move(view));
    }
  }

  /// Odds of a group's cells in the eyes of a view.
  [[nodiscard]] std::vector<double> cells_of(std::size_t view, int g, const Stand& stand) const {
    const BeliefSpace::Group& group = space_.groups()[ix(g)];
    const double* here = stand.log_odds.data() + group.first_axis;
    const std::vector<double>& differing = views_[view][ix(g)];
    if (differing.empty()) return space_.cell_odds(g, here);
    std::vector<double> believed(here, here + group.num_axes), shift(believed.size(), 0.0);
    space_.shifts(g, differing.data(), here, shift.data());
    for (std::size_t k = 0; k < believed.size(); ++k)
      believed[k] = moved_log_odds(believed[k], shift[k]);
    return space_.cell_odds(g, believed.data());
  }

  [[nodiscard]] std::size_t slot(int round, int state) const {
    return ix(shape_.states[ix(state)].timed ? round : 0) * shape_.states.size() + ix(state);
  }
  std::vector<Stand>& stand_at(int round, int state) { return standing_[slot(round, state)]; }

  /// The state that a branch leads to, -1 where play ends, and the round it then is.
  [[nodiscard]] std::pair<int, int> after(int round, int branch) const {
    const Branch& along = shape_.branches[ix(branch)];
    if (along.next < 0) return {-1, round};
    const PublicState& next = shape_.states[ix(along.next)];
    if (!next.timed || !next.entry) return {along.next, round};
    const int then = round + along.advance;
    return then < shape_.rounds ? std::pair(along.next, then) : std::pair(next.closing, then);
  }

  /// From where on, in which round, somebody still decides.
  void find_followed(const SolutionOrder& order) {
    follows_.assign(shape_.states.size() * ix(shape_.rounds), 0);
    const auto look = [&](int round, const std::vector<int>& states) {
      for (const int s : states) {
        const PublicState& from = shape_.states[ix(s)];
        bool follows = shape_.decides(s);
        for (int branch = from.first_branch;
             branch < from.first_branch + from.num_branches && !follows; ++branch) {
          const auto [state, then] = after(round, branch);
          follows = state >= 0 && follows_[slot(then, state)] != 0;
        }
        follows_[slot(round, s)] = follows ? 1 : 0;
      }
    };
    for (const SolutionOrder::Stage& stage : order.stages)
      for (const auto& level : stage.levels) look(0, level);
    for (int round = shape_.timed_levels.empty() ? -1 : shape_.rounds - 1; round >= 0; --round)
      for (const auto& level : shape_.timed_levels) look(round, level);
  }

  void leave(int round, const std::vector<int>& states) {
    for (const int state : states) {
      const auto found = standing_.find(slot(round, state));
      if (found == standing_.end()) continue;
      std::vector<Stand> here = together(std::move(found->second), state);
      standing_.erase(found);
      for (const Stand& stand : here) {
        note(round, state, stand);
        shape_.decides(state) ? decide(round, state, stand) : befall(round, state, stand);
      }
    }
  }

  [[nodiscard]] bool live(int axis, int state) const {
    return space_.live(axis, shape_.states[ix(state)].live);
  }

  /// The same beliefs on live axes are one.
  std::vector<Stand> together(std::vector<Stand> all, int state) {
    std::map<std::vector<std::int64_t>, std::size_t> known;
    std::vector<Stand> out;
    std::vector<std::int64_t> key(ix(space_.num_axes()), 0);
    for (Stand& one : all) {
      for (int k = 0; k < space_.num_axes(); ++k)
        key[ix(k)] = live(k, state)
                         ? std::llround(scales_[ix(k)].of(one.log_odds[ix(k)]) / follow_.merged)
                         : 0;
      const auto [at, fresh] = known.emplace(key, out.size());
      if (fresh)
        out.push_back(std::move(one));
      else
        for (std::size_t v = 0; v < views_.size(); ++v)
          out[at->second].by_view[v] += one.by_view[v];
    }
    std::erase_if(out, [&](const Stand& one) { return !(one.probability() >= follow_.reached); });
    if (out.size() > most_at_once) {
      std::ranges::stable_sort(out, std::greater<>(),
                               [](const Stand& one) { return one.probability(); });
      left_out_ += static_cast<std::int64_t>(out.size() - most_at_once);
      out.resize(most_at_once);
    }
    return out;
  }

  void note(int round, int state, const Stand& stand) {
    if (follows_[slot(round, state)] == 0) return;  // values are linear in beliefs from here on
    for (int k = 0; k < space_.num_axes(); ++k) {
      if (!live(k, state)) continue;
      const double belief = scales_[ix(k)].of(stand.log_odds[ix(k)]);
      if (belief > 0.0 && belief < scales_[ix(k)].top())
        found_[ix(k)].push_back({belief, stand.log_odds[ix(k)], stand.probability()});
    }
  }

  /// Beliefs next to each other become one, where the likeliest of them is.
  [[nodiscard]] std::vector<ReachedBelief> merged(std::vector<ReachedBelief> all) const {
    std::ranges::sort(all, {}, &ReachedBelief::belief);
    std::vector<ReachedBelief> out;
    double likeliest = 0.0;
    for (const ReachedBelief& one : all) {
      if (out.empty() || one.belief - out.back().belief > follow_.merged) {
        out.push_back(one);
        likeliest = one.probability;
        continue;
      }
      if (one.probability > likeliest) {
        likeliest = one.probability;
        out.back().belief = one.belief;
        out.back().log_odds = one.log_odds;
      }
      out.back().probability += one.probability;
    }
    return out;
  }

  [[nodiscard]] Mixture place(int state, const Stand& stand) const {
    Mixture out{{0}, {1.0}};
    std::int64_t stride = 1;
    for (int k = space_.num_axes() - 1; k >= 0; --k) {
      if (!live(k, state)) continue;
      const Place at = axes_[ix(k)].locate(stand.log_odds[ix(k)]);
      const std::size_t count = out.point.size();
      for (std::size_t n = 0; n < count; ++n) {
        if (at.weight > 0.0) {
          out.point.push_back(out.point[n] + (at.cell + 1) * stride);
          out.weight.push_back(out.weight[n] * at.weight);
        }
        out.point[n] += at.cell * stride;
        out.weight[n] *= 1.0 - at.weight;
      }
      stride *= static_cast<std::int64_t>(axes_[ix(k)].nodes().size());
    }
    return out;
  }

  /// Moves on along a branch: `probability` of it, and by group what it tells about its cells
  /// (empty: nothing).
  void move(int round, int branch, const Stand& from, const std::vector<double>& probability,
            const std::vector<std::vector<double>>& news) {
    Stand to{from.log_odds, from.by_view};
    for (std::size_t v = 0; v < views_.size(); ++v) to.by_view[v] *= probability[v];
    if (!(to.probability() > 0.1 * follow_.reached))
      return;  // several that meet may still come above it
    const auto [state, then] = after(round, branch);
    if (state < 0 || follows_[slot(then, state)] == 0) return;
    std::vector<double> shift(to.log_odds.size(), 0.0);
    for (std::size_t g = 0; g < news.size(); ++g) {
      if (news[g].empty()) continue;
      const BeliefSpace::Group& group = space_.groups()[g];
      space_.shifts(static_cast<int>(g), news[g].data(), from.log_odds.data() + group.first_axis,
                    shift.data() + group.first_axis);
      for (int k = group.first_axis; k < group.first_axis + group.num_axes; ++k)
        to.log_odds[ix(k)] = moved_log_odds(from.log_odds[ix(k)], shift[ix(k)]);
    }
    stand_at(then, state).push_back(std::move(to));
  }

  void decide(int round, int state, const Stand& stand) {
    const PublicState& from = shape_.states[ix(state)];
    const std::vector<Decider> movers = deciders(shape_, state, strategies_.measure);
    const Mixture at = place(state, stand);
    const std::int64_t points = strategies_.axes.num_points(from.live),
                       first = strategies_.row(shape_, round, state);
    std::vector<double> log_sigma(ix(num_rows(movers)), 0.0);
    for (std::size_t row = 0; row < log_sigma.size(); ++row)
      for (std::size_t n = 0; n < at.point.size(); ++n)
        if (at.weight[n] > 0.0)
          log_sigma[row] +=
              at.weight[n] *
              strategies_
                  .log_strategy[ix(first + static_cast<std::int64_t>(row) * points + at.point[n])];
    std::vector<std::vector<std::vector<double>>> cells(views_.size());  // [view][group][cell]
    for (std::size_t v = 0; v < views_.size(); ++v)
      for (std::size_t g = 0; g < space_.groups().size(); ++g)
        cells[v].push_back((space_.groups()[g].mask & from.live) == 0
                               ? std::vector<double>{}
                               : cells_of(v, static_cast<int>(g), stand));
    for (int k = 0; k < from.num_branches; ++k) {
      double alike = 1.0;
      std::vector<std::vector<double>> news(space_.groups().size());
      for (const Decider& one : movers) {
        const int g = space_.group_of(one.player);
        if (one.types == 1 || g < 0 || cells[0][ix(g)].empty()) {
          alike *= std::exp(log_sigma[ix(one.row(0, one.own_action(k)))]);
          continue;
        }
        news[ix(g)].resize(cells[0][ix(g)].size(), 0.0);
        for (std::size_t c = 0; c < news[ix(g)].size(); ++c)
          news[ix(g)][c] += log_sigma[ix(
              one.row(space_.type_in_cell(g, static_cast<int>(c), one.player), one.own_action(k)))];
      }
      std::vector<double> probability(views_.size(), alike);
      for (std::size_t v = 0; v < views_.size(); ++v)
        for (std::size_t g = 0; g < news.size(); ++g) {
          if (news[g].empty()) continue;
          double sum = 0.0;
          for (std::size_t c = 0; c < news[g].size(); ++c)
            sum += cells[v][g][c] * std::exp(news[g][c]);
          probability[v] *= sum;
        }
      move(round, from.first_branch + k, stand, probability, news);
    }
  }

  void befall(int round, int state, const Stand& stand) {
    const PublicState& from = shape_.states[ix(state)];
    const bool chance = shape_.moves[ix(from.move)].kind == MoveKind::chance;
    const Profiles profiles(shape_.players, from.live);
    std::vector<std::vector<double>> weight(views_.size(),
                                            std::vector<double>(ix(profiles.count()), 1.0));
    for (std::size_t v = 0; v < views_.size(); ++v)
      for (std::size_t g = 0; chance && g < space_.groups().size(); ++g) {
        if ((space_.groups()[g].mask & from.live) == 0) continue;
        const std::vector<double> cells = cells_of(v, static_cast<int>(g), stand);
        for (int q = 0; q < profiles.count(); ++q)
          weight[v][ix(q)] *= cells[ix(space_.cell(static_cast<int>(g), profiles, q))];
      }
    for (int branch = from.first_branch; branch < from.first_branch + from.num_branches; ++branch) {
      std::vector<double> probability(views_.size(), chance ? 0.0 : 1.0);
      std::vector<std::vector<double>> news(space_.groups().size());
      if (chance) {
        const double* odds = game_.odds(branch);
        for (std::size_t v = 0; v < views_.size(); ++v)
          for (int q = 0; q < profiles.count(); ++q) probability[v] += weight[v][ix(q)] * odds[q];
        const int next = shape_.branches[ix(branch)].next;
        for (std::size_t g = 0; next >= 0 && g < news.size(); ++g)
          if ((space_.groups()[g].mask & from.live) != 0)
            news[g] = chance_news(game_, space_, static_cast<int>(g), profiles, branch);
      }
      move(round, branch, stand, probability, news);
    }
  }

  const Game& game_;
  const Structure& shape_;
  const BeliefSpace& space_;
  const std::vector<BeliefScale>& scales_;
  const Assessment& strategies_;
  const FollowPlay& follow_;
  std::vector<LaidAxis> axes_;
  std::vector<std::vector<std::vector<double>>>
      views_;  ///< [view][group][cell]: what turns the analyst's belief into it; empty: nothing
  std::vector<std::uint8_t> follows_;  ///< by round and state: somebody decides there or later
  std::map<std::size_t, std::vector<Stand>> standing_;  ///< likewise
  std::vector<std::vector<ReachedBelief>> found_;       ///< [axis]
  std::int64_t left_out_ = 0;
};

}  // namespace

BeliefScale::BeliefScale(const BeliefAxis& axis) : plain_(axis.plain()), centres_(axis.centre) {
  if (plain_) centres_.assign(1, 0.0);
  std::ranges::sort(centres_);
  centres_.erase(std::unique(centres_.begin(), centres_.end()), centres_.end());
}

double BeliefScale::of(double log_odds) const {
  double sum = 0.0;
  for (const double centre : centres_) sum += logistic(log_odds - centre);
  return sum;
}

double BeliefScale::log_odds_of(double belief) const {
  if (plain_) return log_odds(belief);
  if (belief <= 0.0) return -infinity;
  if (belief >= top()) return infinity;
  double low = centres_.front() - 745.0, high = centres_.back() + 745.0;  // where exp ends
  while (true) {
    const double middle = 0.5 * (low + high);
    if (!(low < middle && middle < high)) return middle;
    (of(middle) < belief ? low : high) = middle;
  }
}

BeliefAxis BeliefScale::axis(const std::vector<double>& nodes,
                             const std::vector<double>& exact) const {
  if (plain_) return {.nodes = nodes};
  BeliefAxis out;
  for (const double node : nodes) {
    double u = log_odds_of(node);
    for (const double one : exact)
      if (of(one) == node) u = one;
    if (!out.log_odds.empty() && !(u > out.log_odds.back())) continue;
    if (!out.log_odds.empty()) {
      const double before = out.log_odds.back(), middle = std::isinf(before) ? u
                                                          : std::isinf(u)    ? before
                                                                             : 0.5 * (before + u);
      double nearest = centres_.front();
      for (const double centre : centres_)
        if (std::abs(centre - middle) < std::abs(nearest - middle)) nearest = centre;
      out.centre.push_back(nearest);
    }
    out.log_odds.push_back(u);
    out.nodes.push_back(logistic(u));
  }
  return out;
}

ReachedBeliefs reached_beliefs(const Game& game, const BeliefSpace& space,
                               const std::vector<BeliefScale>& scales, const Assessment& strategies,
                               const FollowPlay& follow) {
  return Forward(game, space, scales, strategies, follow).run();
}

}  // namespace melian::grid
