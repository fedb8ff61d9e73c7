#include "certify/again.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include "certify/decision_again.h"

namespace melian::checking {
namespace {

constexpr double same_solution = 1e-6;  // of a probability
constexpr int most_chance_moves = 64;   // followed in a row without a decision between

std::string key_of(const Layout& layout, const Spot& spot, Ahead ahead) {
  const Shape& shape = layout.shape(spot.state);
  std::string key(sizeof(std::size_t) + 1 + shape.axes.size() * sizeof(double), '\0');
  const std::size_t slot = layout.slot(spot.round, spot.state);
  std::memcpy(key.data(), &slot, sizeof slot);
  key[sizeof slot] = static_cast<char>(ahead);
  char* to = key.data() + sizeof slot + 1;
  for (const Shape::Axis& axis : shape.axes) {
    const double belief = spot.beliefs[static_cast<std::size_t>(axis.axis)];
    std::memcpy(to, &belief, sizeof belief);
    to += sizeof belief;
  }
  return key;
}

/// Linear between knots, constant beyond them.
double between(const std::vector<double>& at, const std::vector<const double*>& of, double x,
               std::size_t i) {
  if (x <= at.front()) return of.front()[i];
  for (std::size_t k = 1; k < at.size(); ++k)
    if (x < at[k])
      return of[k - 1][i] + (of[k][i] - of[k - 1][i]) * (x - at[k - 1]) / (at[k] - at[k - 1]);
  return of.back()[i];
}

}  // namespace

double apart(const Decider& who, int type, const Answered& answered) {
  double sum = 0.0;
  for (int a = 0; a < who.num_actions(); ++a) {
    const auto row = static_cast<std::size_t>(who.row(type, a));
    sum += std::abs(answered.read[row] - std::exp(answered.log_sigma[row]));
  }
  return std::min(1.0, sum / 2);
}

Again::Again(const Layout& layout, const Assessment& assessment, const Iterates& values)
    : layout_(layout),
      assessment_(assessment),
      values_(values),
      players_(layout.structure().num_players()) {
  const BeliefSpace& space = layout.space();
  differing_.resize(static_cast<std::size_t>(space.num_axes()));
  for (std::size_t g = 0; g < space.groups().size(); ++g) {
    const BeliefSpace::Group& group = space.groups()[g];
    if (group.cells != 2) continue;  // of more, an axis' shift depends on the axes below it
    auto& shifts = differing_[static_cast<std::size_t>(group.first_axis)];
    for (int observer = 0; observer < players_; ++observer) {
      const std::vector<double> differing =
          melian::disagreement(layout.game(), space, observer, static_cast<int>(g));
      const double shift = log_ratio(differing[1], differing[0]);
      if (shift != 0.0 && std::isfinite(shift) && std::ranges::find(shifts, shift) == shifts.end())
        shifts.push_back(shift);
    }
  }
}

Stencil Again::around(int state, const std::vector<double>& beliefs) const {
  Stencil at;
  at.start(0);
  for (const Shape::Axis& axis : layout_.shape(state).axes)
    at.spread(axis.stride,
              layout_.axis(axis.axis).locate(beliefs[static_cast<std::size_t>(axis.axis)]));
  return at;
}

/// Where log-odds lie on an axis: the number of its cell, and how far along it. Values between two
/// nodes are linear in this.
double Again::along(int axis, double log_odds) const {
  const Place place = layout_.axis(axis).locate(log_odds);
  return place.cell + place.weight;
}

/// [profile]: others' types as a player believes them, given its own.
std::vector<double> Again::observed(int observer, const Shape& shape,
                                    const std::vector<double>& beliefs) const {
  const BeliefSpace& space = layout_.space();
  std::vector<double> out(static_cast<std::size_t>(shape.profiles), 1.0);
  for (const Shape::Group& group : shape.groups) {
    const BeliefSpace::Group& members = space.groups()[static_cast<std::size_t>(group.group)];
    const bool own = observer >= 0 && (members.mask >> observer & 1U) != 0;
    if (own && members.players.size() == 1) continue;
    std::vector<double> logs(beliefs.begin() + members.first_axis,
                             beliefs.begin() + members.first_axis + members.num_axes);
    if (observer >= 0) {
      const std::vector<double> differing =
          melian::disagreement(layout_.game(), space, observer, group.group);
      if (std::ranges::any_of(differing, [](double d) { return d != 0.0; })) {
        std::vector<double> shift(logs.size(), 0.0);
        space.shifts(group.group, differing.data(), logs.data(), shift.data());
        for (std::size_t k = 0; k < logs.size(); ++k) logs[k] = moved_log_odds(logs[k], shift[k]);
      }
    }
    const std::vector<double> odds = own ? space.cell_odds(group.group, logs.data(), observer)
                                         : space.cell_odds(group.group, logs.data());
    for (std::size_t q = 0; q < group.cell.size(); ++q)
      out[q] *= odds[static_cast<std::size_t>(group.cell[q])];
  }
  return out;
}

std::vector<double> Again::read_values(int from, const Destination& to, const Stencil& at) const {
  const auto block = static_cast<std::size_t>(players_ * layout_.shape(to.state).profiles);
  const double* table = values_.read(layout_, from, to);
  std::vector<double> out(block, 0.0);
  for (int k = 0; k < at.count; ++k) {
    const double* point =
        table + at.index[static_cast<std::size_t>(k)] * static_cast<std::int64_t>(block);
    for (std::size_t i = 0; i < block; ++i)
      out[i] += at.weight[static_cast<std::size_t>(k)] * point[i];
  }
  return out;
}

/// Log-odds between two of an axis' nodes, in the middle for the analyst and for every observer.
std::vector<double> Again::middles(int axis, double low, double high) const {
  const auto middle = [&](double shift) {
    const double a = logistic(low + shift), b = logistic(high + shift),
                 left = logistic(-low - shift), right = logistic(-high - shift);
    return std::log(a + b) - std::log(left + right) - shift;
  };
  std::vector<double> out{middle(0.0)};
  for (const double shift : differing_[static_cast<std::size_t>(axis)]) {
    const double one = middle(shift);
    if (std::isfinite(one) && one > low && one < high) out.push_back(one);
  }
  return out;
}

Again::Computed Again::compute(int from, const Destination& to, const std::vector<double>& beliefs,
                               int depth) const {
  Computed out;
  const Stencil at = around(to.state, beliefs);
  if (at.count == 1 || depth > most_chance_moves) {
    out.value = read_values(from, to, at);
    out.tear.assign(static_cast<std::size_t>(players_), 0.0);
    return out;
  }
  if (!layout_.deciders(to.state).empty()) {
    const Answered& there = this->at({to.round, to.state, beliefs}, Ahead::read);
    return {there.value, there.torn, there.solved, there.tear};
  }
  const Structure& structure = layout_.structure();
  const PublicState& here = structure.states[static_cast<std::size_t>(to.state)];
  const Shape& shape = layout_.shape(to.state);
  const bool chance = structure.moves[static_cast<std::size_t>(here.move)].kind == MoveKind::chance;
  const auto profiles = static_cast<std::size_t>(shape.profiles);
  out.value.assign(static_cast<std::size_t>(players_) * profiles, 0.0);
  out.tear.assign(static_cast<std::size_t>(players_), 0.0);
  Bayes bayes(layout_, to.state);
  for (int k = 0; k < here.num_branches; ++k) {
    const int branch = here.first_branch + k;
    const Step step = step_along(layout_, to.round, to.state, branch);
    Computed ahead;
    if (!step.to.ended()) {
      std::vector<double> there = beliefs;
      bayes.move(there, news_of_outcome(layout_, to.state, branch));
      ahead = compute(to.state, step.to, there, depth + 1);
      out.torn = out.torn || ahead.torn;
      out.solved = out.solved && ahead.solved;
    }
    for (int j = 0; j < players_; ++j) {
      const double* odds = chance ? layout_.game().odds_for(branch, j, shape.profiles) : nullptr;
      const double* reward = layout_.game().reward(branch, j, shape.profiles);
      double most = 0.0;
      for (std::size_t q = 0; q < profiles; ++q) {
        double amount = reward[q];
        if (!step.to.ended())
          amount +=
              layout_.discount(branch, j, shape.type_in(static_cast<int>(q), j)) *
              ahead.value[static_cast<std::size_t>(j * step.shape->profiles + step.profile[q])];
        const double weight = odds == nullptr ? 1.0 : odds[q];
        most = std::max(most, weight);
        out.value[static_cast<std::size_t>(j) * profiles + q] += weight * amount;
      }
      if (!ahead.tear.empty())
        out.tear[static_cast<std::size_t>(j)] += most * ahead.tear[static_cast<std::size_t>(j)];
    }
  }
  return out;
}

/// What values along a branch gain by being computed within the posterior's cell instead of read
/// there: at the knots of every axis that the decision moves.
struct Again::Ahead_of_branch {
  Step step;
  std::vector<double> discount;  ///< [player][profile] here
  const double* reward = nullptr;
  bool halved = false;
  std::vector<double> there;  ///< the gain at the posterior
  struct Axis {
    int axis;
    std::vector<double> at;  ///< places along the axis (`Again::along`), increasing
    std::vector<std::vector<double>> gain;
  };
  std::vector<Axis> axes;
  bool torn = false;
  std::vector<double> tear;
};

Answered Again::answer(const Spot& spot, Ahead ahead) const {
  const Structure& structure = layout_.structure();
  const PublicState& here = structure.states[static_cast<std::size_t>(spot.state)];
  const Shape& shape = layout_.shape(spot.state);
  const std::vector<Decider>& deciders = layout_.deciders(spot.state);
  const auto rows = static_cast<std::size_t>(num_rows(deciders));
  const auto profiles = static_cast<std::size_t>(shape.profiles);
  const Stencil at = around(spot.state, spot.beliefs);
  const StrategyBlock strategy = strategy_block(layout_, assessment_, spot.round, spot.state);

  Answered out;
  out.read.assign(rows, 0.0);
  out.tear.assign(static_cast<std::size_t>(players_), 0.0);
  for (std::size_t row = 0; row < rows; ++row)
    for (int k = 0; k < at.count; ++k)
      out.read[row] +=
          at.weight[static_cast<std::size_t>(k)] *
          std::exp(strategy.at(static_cast<int>(row), at.index[static_cast<std::size_t>(k)]));
  out.log_sigma.resize(rows);
  for (std::size_t row = 0; row < rows; ++row)
    out.log_sigma[row] =
        at.count == 1 ? strategy.at(static_cast<int>(row), at.index[0]) : std::log(out.read[row]);

  std::vector<Ahead_of_branch> ways;
  for (int k = 0; k < here.num_branches; ++k) {
    const int branch = here.first_branch + k;
    Ahead_of_branch way;
    way.step = step_along(layout_, spot.round, spot.state, branch);
    way.reward = layout_.game().reward(branch, 0, shape.profiles);
    for (int j = 0; j < players_; ++j)
      for (int q = 0; q < shape.profiles; ++q)
        way.discount.push_back(layout_.discount(branch, j, shape.type_in(q, j)));
    ways.push_back(std::move(way));
  }
  std::vector<std::vector<double>> seen;
  for (const Decider& who : deciders) seen.push_back(observed(who.player, shape, spot.beliefs));

  DecisionAgain equations(
      layout_, assessment_, spot.round, spot.state, spot.beliefs, seen,
      [&](std::size_t branch, const std::vector<double>& posterior, std::vector<double>& amount) {
        const Ahead_of_branch& way = ways[branch];
        const std::size_t n = amount.size();
        std::copy(way.reward, way.reward + n, amount.begin());
        if (way.step.to.ended()) return;
        std::vector<double> value =
            read_values(spot.state, way.step.to, around(way.step.to.state, posterior));
        if (way.halved) {
          std::vector<const double*> gains;
          for (std::size_t i = 0; i < value.size(); ++i) value[i] += way.there[i];
          for (const Ahead_of_branch::Axis& axis : way.axes) {
            gains.clear();
            for (const auto& gain : axis.gain) gains.push_back(gain.data());
            const double x = along(axis.axis, posterior[static_cast<std::size_t>(axis.axis)]);
            for (std::size_t i = 0; i < value.size(); ++i)
              value[i] += between(axis.at, gains, x, i) - way.there[i];
          }
        }
        for (std::size_t j = 0; j < static_cast<std::size_t>(players_); ++j)
          for (std::size_t q = 0; q < profiles; ++q) {
            const std::size_t i = j * profiles + q;
            amount[i] +=
                way.discount[i] * value[j * static_cast<std::size_t>(way.step.shape->profiles) +
                                        static_cast<std::size_t>(way.step.profile[q])];
          }
      });

  if (ahead == Ahead::read) {
    if (at.count == 1) {
      out.value = equations.values(out.log_sigma);
      return out;
    }
    out.solved = equations.solve(out.log_sigma);
    out.value = equations.values(out.log_sigma);
    // Do the nodes around lie on one sheet of solutions?
    const std::int64_t marks = assessment_.mark_offset[layout_.slot(spot.round, spot.state)];
    bool several = false, alike = true;
    for (int k = 0; k < at.count; ++k) {
      const auto mark =
          assessment_
              .marks[static_cast<std::size_t>(marks + at.index[static_cast<std::size_t>(k)])];
      several = several || mark != static_cast<std::uint8_t>(DecisionMark::unique);
      alike = alike && mark == assessment_.marks[static_cast<std::size_t>(marks + at.index[0])];
    }
    if (!several) return out;
    const auto widen = [&](const std::vector<double>& other) {
      for (std::size_t j = 0; j < static_cast<std::size_t>(players_); ++j)
        for (std::size_t q = 0; q < profiles; ++q)
          out.tear[j] = std::max(out.tear[j],
                                 std::abs(other[j * profiles + q] - out.value[j * profiles + q]));
    };
    bool meet = out.solved;
    for (int k = 0; k < at.count; ++k) {
      std::vector<double> from(rows);
      for (std::size_t row = 0; row < rows; ++row)
        from[row] = strategy.at(static_cast<int>(row), at.index[static_cast<std::size_t>(k)]);
      const bool found = equations.solve(from);
      double distance = 0.0;
      for (std::size_t row = 0; row < rows; ++row)
        keep_worst(distance, std::abs(std::exp(from[row]) - std::exp(out.log_sigma[row])));
      if (!found || distance > same_solution) {
        meet = false;
        widen(equations.values(from));
      }
    }
    out.torn = !alike || !meet;
    if (out.torn) {  // and as far as values at the nodes lie apart
      const double* table = values_.now.at(spot.round, spot.state);
      const auto block = static_cast<std::int64_t>(players_) * shape.profiles;
      for (int k = 0; k < at.count; ++k) {
        const double* point = table + at.index[static_cast<std::size_t>(k)] * block;
        widen(std::vector<double>(point, point + block));
      }
    }
    return out;
  }

  const Answered& first = this->at(spot, Ahead::read);
  out.log_sigma = first.log_sigma;
  out.solved = first.solved;
  out.torn = first.torn;
  out.tear = first.tear;
  for (std::size_t b = 0; b < ways.size(); ++b) {
    Ahead_of_branch& way = ways[b];
    if (way.step.to.ended()) continue;
    const std::vector<double> posterior = equations.posterior(b, out.log_sigma);
    const Stencil there = around(way.step.to.state, posterior);
    if (there.count == 1) continue;
    way.halved = true;
    way.tear.assign(static_cast<std::size_t>(players_), 0.0);
    const auto gain_at = [&](const std::vector<double>& beliefs) {
      const Computed computed = compute(spot.state, way.step.to, beliefs, 0);
      way.torn = way.torn || computed.torn || !computed.solved;
      for (std::size_t j = 0; j < way.tear.size(); ++j)
        way.tear[j] = computed.solved ? std::max(way.tear[j], computed.tear[j]) : infinity;
      std::vector<double> gain = computed.value;
      const std::vector<double> read =
          read_values(spot.state, way.step.to, around(way.step.to.state, beliefs));
      for (std::size_t i = 0; i < gain.size(); ++i) gain[i] -= read[i];
      return gain;
    };
    way.there = gain_at(posterior);
    for (const Shape::Axis& axis : way.step.shape->axes) {
      const auto own = static_cast<std::size_t>(axis.axis);
      if (posterior[own] == spot.beliefs[own]) continue;
      const Place place = layout_.axis(axis.axis).locate(posterior[own]);
      if (place.weight == 0.0 || place.weight == 1.0) continue;
      const std::vector<double>& logs = layout_.node_log_odds(axis.axis);
      const auto cell = static_cast<std::size_t>(place.cell);
      std::vector<double> knots = middles(axis.axis, logs[cell], logs[cell + 1]);
      knots.push_back(logs[cell]);
      knots.push_back(logs[cell + 1]);
      std::ranges::sort(knots);
      Ahead_of_branch::Axis line{axis.axis, {}, {}};
      const auto add = [&](double knot, std::vector<double> gain) {
        const double where = along(axis.axis, knot);
        if (!line.at.empty() && where <= line.at.back()) return;
        line.at.push_back(where);
        line.gain.push_back(std::move(gain));
      };
      bool added = false;
      for (const double knot : knots) {
        if (!added && knot >= posterior[own]) {
          add(posterior[own], way.there);
          added = true;
        }
        std::vector<double> moved = posterior;
        moved[own] = knot;
        add(knot, gain_at(moved));
      }
      way.axes.push_back(std::move(line));
    }
  }
  const bool any = std::ranges::any_of(ways, [](const Ahead_of_branch& way) { return way.halved; });
  if (any) out.solved = equations.solve(out.log_sigma) && out.solved;
  out.value = any ? equations.values(out.log_sigma) : first.value;

  const std::vector<double> seen_by_analyst = observed(-1, shape, spot.beliefs);
  for (std::size_t b = 0; b < ways.size(); ++b) {
    if (!ways[b].torn) continue;
    for (std::size_t q = 0; q < profiles; ++q) {
      double odds = seen_by_analyst[q];
      for (const Decider& who : deciders) {
        const int type = who.types > 1 ? shape.type_in(static_cast<int>(q), who.player) : 0;
        const double taken = std::exp(out.log_sigma[static_cast<std::size_t>(
            who.row(type, who.own_action(static_cast<int>(b))))]);
        const double lambda =
            precision_at(layout_, assessment_, spot.round, spot.state, who.player, type);
        const double boost =
            std::exp(std::min(700.0, lambda * ways[b].tear[static_cast<std::size_t>(who.player)]));
        odds *= taken == 0.0 ? 0.0 : taken * boost / (1.0 - taken + taken * boost);
      }
      out.into_torn += odds;
    }
  }
  out.into_torn = std::min(1.0, out.into_torn);
  return out;
}

std::size_t Again::remembered() const {
  std::size_t count = 0;
  for (const Shard& shard : memory_) count += shard.known.size();
  return count;
}

void Again::forget() {
  for (Shard& shard : memory_) shard.known.clear();
}

const Answered& Again::at(const Spot& spot, Ahead ahead) const {
  const std::string key = key_of(layout_, spot, ahead);
  Shard& shard = memory_[std::hash<std::string>{}(key) % shards];
  {
    const std::scoped_lock lock(shard.guard);
    const auto found = shard.known.find(key);
    if (found != shard.known.end()) return *found->second;
  }
  ++answers_;  // of two threads at once both count
  auto made = std::make_unique<const Answered>(answer(spot, ahead));
  const std::scoped_lock lock(shard.guard);
  return *shard.known.try_emplace(key, std::move(made)).first->second;
}

}  // namespace melian::checking
