#include "support/brute_force.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "melian/numeric.h"

namespace melian::testing {
namespace {

constexpr double stopping_target =
    1e-11;  // logits; well below any grid error and above round-off of small games

/// log(one / zero) of what the two types do; infinite where only one can.
double news_of(double log_one, double log_zero) {
  if (log_one == -infinity && log_zero == -infinity) return 0.0;
  return log_one - log_zero;
}
double updated(double before, double news) { return std::isinf(news) ? news : before + news; }

/// Solves A x = b in place by elimination with partial pivoting; false when singular.
bool solve_linear(std::vector<double>& a, std::vector<double>& b) {
  const std::size_t n = b.size();
  for (std::size_t c = 0; c < n; ++c) {
    std::size_t pivot = c;
    for (std::size_t r = c + 1; r < n; ++r)
      if (std::abs(a[r * n + c]) > std::abs(a[pivot * n + c])) pivot = r;
    if (!(std::abs(a[pivot * n + c]) > 1e-300)) return false;
    if (pivot != c) {
      std::swap_ranges(a.begin() + static_cast<std::ptrdiff_t>(c * n),
                       a.begin() + static_cast<std::ptrdiff_t>((c + 1) * n),
                       a.begin() + static_cast<std::ptrdiff_t>(pivot * n));
      std::swap(b[c], b[pivot]);
    }
    for (std::size_t r = c + 1; r < n; ++r) {
      const double f = a[r * n + c] / a[c * n + c];
      if (f == 0.0) continue;
      for (std::size_t k = c; k < n; ++k) a[r * n + k] -= f * a[c * n + k];
      b[r] -= f * b[c];
    }
  }
  for (std::size_t c = n; c-- > 0;) {
    for (std::size_t k = c + 1; k < n; ++k) b[c] -= a[c * n + k] * b[k];
    b[c] /= a[c * n + c];
  }
  return true;
}

class Unrolled {
 public:
  Unrolled(const Game& game, const BruteForceOptions& options)
      : game_(game),
        shape_(game.shape()),
        options_(options),
        everyone_(shape_.players, shape_.everyone()) {
    TreeNode root;
    root.state = shape_.root;
    tree_.push_back(root);
    for (std::size_t n = 0;
         n < tree_.size() && static_cast<int>(tree_.size()) <= options.max_histories; ++n)
      grow(static_cast<int>(n));
    complete_ = static_cast<int>(tree_.size()) <= options.max_histories;
    if (!complete_) return;
    tabulate_profiles();
    for (std::size_t n = 0; n < tree_.size(); ++n) {
      first_.push_back(static_cast<int>(unknowns_.size()));
      const PublicState& state = shape_.states[static_cast<std::size_t>(tree_[n].state)];
      if (!shape_.is_decision(tree_[n].state)) continue;
      const std::vector<double> measure = log_measure(shape_, tree_[n].state, options.measure);
      for (int type = 0; type < mover_types(tree_[n].state); ++type) {
        ++information_sets_;
        for (int k = 0; k < state.num_branches; ++k) {
          const bool open =
              (shape_.branches[static_cast<std::size_t>(state.first_branch + k)].open_to >> type &
               1U) != 0;
          unknowns_.push_back({open, open ? measure[static_cast<std::size_t>(k)] : -infinity});
        }
      }
    }
    for (std::size_t k = 0; k < unknowns_.size(); ++k)
      if (unknowns_[k].open) open_.push_back(k);
  }

  BruteForceSolution run() {
    BruteForceSolution out;
    if (!complete_) return out;
    out.information_sets = information_sets_;
    std::vector<double> s(unknowns_.size());
    for (std::size_t k = 0; k < s.size(); ++k) s[k] = unknowns_[k].log_measure;
    out.solved = (!options_.follow_branch && iterate(s)) || trace(s);
    std::vector<double> answer;
    evaluate(s, 1.0, answer);
    out.residual = 0.0;
    const std::vector<double> logs = log_strategies(s), wanted = log_strategies(answer);
    for (const std::size_t k : open_)
      out.residual = std::max(out.residual, std::abs(logs[k] - wanted[k]));
    report(s, out);
    return out;
  }

 private:
  struct Unknown {
    bool open;
    double log_measure;
  };

  int mover(int state) const {
    return shape_
        .moves[static_cast<std::size_t>(shape_.states[static_cast<std::size_t>(state)].move)]
        .player;
  }
  int mover_types(int state) const {
    return shape_.players[static_cast<std::size_t>(mover(state))].num_types();
  }

  void grow(int n) {
    const PublicState& state =
        shape_.states[static_cast<std::size_t>(tree_[static_cast<std::size_t>(n)].state)];
    for (int k = 0; k < state.num_branches; ++k) {
      const Branch& branch = shape_.branches[static_cast<std::size_t>(state.first_branch + k)];
      int next = branch.next, round = tree_[static_cast<std::size_t>(n)].round;
      if (next >= 0 && shape_.states[static_cast<std::size_t>(next)].timed) {
        round += branch.advance;
        if (round >= shape_.rounds) next = shape_.states[static_cast<std::size_t>(next)].closing;
      }
      int child = next;
      if (next >= 0) {
        child = static_cast<int>(tree_.size());
        TreeNode added;
        added.round = round;
        added.state = next;
        added.elapsed = tree_[static_cast<std::size_t>(n)].elapsed + branch.time;
        added.parent = n;
        added.taken = k;
        tree_.push_back(std::move(added));
      }
      tree_[static_cast<std::size_t>(n)].children.push_back(child);
    }
  }

  /// Profile of all players' types -> profile of the live types of a state.
  int local(int state, int profile) const {
    return local_[static_cast<std::size_t>(state * everyone_.count() + profile)];
  }
  void tabulate_profiles() {
    for (const PublicState& state : shape_.states) {
      const Profiles profiles(shape_.players, state.live);
      for (int profile = 0; profile < everyone_.count(); ++profile) {
        int at = 0;
        for (int i = 0; i < shape_.num_players(); ++i)
          at += profiles.stride(i) * everyone_.type_of(profile, i);
        local_.push_back(at);
      }
    }
  }
  double discount(int player, int type, int time) const {
    return std::pow(
        game_.numbers.discount[static_cast<std::size_t>(player)][static_cast<std::size_t>(type)],
        time);
  }

  std::vector<double> log_strategies(const std::vector<double>& s) const {
    std::vector<double> logs = s;
    for (std::size_t n = 0; n < tree_.size(); ++n) {
      if (!shape_.is_decision(tree_[n].state)) continue;
      const auto branches = static_cast<std::size_t>(
          shape_.states[static_cast<std::size_t>(tree_[n].state)].num_branches);
      for (int type = 0; type < mover_types(tree_[n].state); ++type) {
        double* row = logs.data() + first_[n] + type * static_cast<int>(branches);
        const double normaliser = log_sum_exp({row, branches});
        for (std::size_t k = 0; k < branches; ++k) row[k] -= normaliser;
      }
    }
    return logs;
  }

  /// Beliefs at every history by Bayes' rule.
  void carry_beliefs(const std::vector<double>& logs) {
    const auto players = static_cast<std::size_t>(shape_.num_players());
    for (std::size_t n = 0; n < tree_.size(); ++n) {
      TreeNode& node = tree_[n];
      if (n == 0) {
        node.log_odds.assign(players, 0.0);
        for (std::size_t i = 0; i < players; ++i)
          if (shape_.players[i].num_types() == 2)
            node.log_odds[i] = log_odds(game_.numbers.prior[i][1]);
      }
      const PublicState& state = shape_.states[static_cast<std::size_t>(node.state)];
      for (std::size_t k = 0; k < node.children.size(); ++k) {
        if (node.children[k] < 0) continue;
        std::vector<double> after = node.log_odds;
        if (shape_.is_decision(node.state) && mover_types(node.state) == 2) {
          const auto at = static_cast<std::size_t>(first_[n]) + k;
          double& belief = after[static_cast<std::size_t>(mover(node.state))];
          belief = updated(
              belief, news_of(logs[at + static_cast<std::size_t>(state.num_branches)], logs[at]));
        } else if (shape_.moves[static_cast<std::size_t>(state.move)].kind == MoveKind::chance) {
          const double* odds = game_.odds(state.first_branch + static_cast<int>(k));
          for (int i = 0; i < shape_.num_players(); ++i) {
            const int stride = everyone_.stride(i);
            if (stride == 0) continue;
            for (int profile = 0; profile < everyone_.count(); ++profile) {
              if (everyone_.type_of(profile, i) != 0) continue;
              const double zero = odds[local(node.state, profile)],
                           one = odds[local(node.state, profile + stride)];
              if (zero <= 0.0 && one <= 0.0) continue;
              after[static_cast<std::size_t>(i)] =
                  updated(after[static_cast<std::size_t>(i)], std::log(one) - std::log(zero));
              break;
            }
          }
        }
        tree_[static_cast<std::size_t>(node.children[k])].log_odds = after;
      }
    }
  }

  /// Probability of the others' types in `profile` as player j believes at a history (analyst: j =
  /// -1).
  double seen(const std::vector<double>& log_odds_here, int j, int profile) const {
    double weight = 1.0;
    for (int i = 0; i < shape_.num_players(); ++i) {
      if (i == j || everyone_.stride(i) == 0) continue;
      double u = log_odds_here[static_cast<std::size_t>(i)];
      if (j >= 0) {
        const double own =
                         game_.numbers
                             .beliefs[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)][1],
                     analyst = game_.numbers.prior[static_cast<std::size_t>(i)][1];
        if (own != analyst) u = updated(u, log_odds(own) - log_odds(analyst));
      }
      weight *= everyone_.type_of(profile, i) == 1 ? logistic(u) : logistic(-u);
    }
    return weight;
  }

  /// Expected payoffs of every player at every history given all types, and the logit answers at
  /// precision scale x lambda.
  void evaluate(const std::vector<double>& s, double scale, std::vector<double>& answer) {
    const std::vector<double> logs = log_strategies(s);
    carry_beliefs(logs);
    answer = s;
    const int players = shape_.num_players(), profiles = everyone_.count();
    values_.assign(tree_.size() * static_cast<std::size_t>(players * profiles), 0.0);
    const auto value = [&](std::size_t n, int j, int profile) -> double& {
      return values_[(n * static_cast<std::size_t>(players) + static_cast<std::size_t>(j)) *
                         static_cast<std::size_t>(profiles) +
                     static_cast<std::size_t>(profile)];
    };
    for (std::size_t n = tree_.size(); n-- > 0;) {
      const TreeNode& node = tree_[n];
      const PublicState& state = shape_.states[static_cast<std::size_t>(node.state)];
      const Move& move = shape_.moves[static_cast<std::size_t>(state.move)];
      const int locals = shape_.num_profiles(state.live);
      const bool decision = shape_.is_decision(node.state);
      std::vector<double> wanted(decision ? static_cast<std::size_t>(2 * state.num_branches) : 0,
                                 0.0);
      for (int k = 0; k < state.num_branches; ++k) {
        const int branch = state.first_branch + k,
                  child = node.children[static_cast<std::size_t>(k)];
        for (int profile = 0; profile < profiles; ++profile) {
          const int here = local(node.state, profile);
          const int type = decision && mover_types(node.state) == 2
                               ? everyone_.type_of(profile, move.player)
                               : 0;
          for (int j = 0; j < players; ++j) {
            double amount = game_.reward(branch, j, locals)[here];
            if (child >= 0)
              amount += discount(j, everyone_.type_of(profile, j),
                                 shape_.branches[static_cast<std::size_t>(branch)].time) *
                        value(static_cast<std::size_t>(child), j, profile);
            double weight = 1.0;
            if (decision)
              weight = std::exp(
                  logs[static_cast<std::size_t>(first_[n] + type * state.num_branches + k)]);
            if (move.kind == MoveKind::chance) weight = game_.odds_for(branch, j, locals)[here];
            value(n, j, profile) += weight * amount;
            if (decision && j == move.player)
              wanted[static_cast<std::size_t>(type * state.num_branches + k)] +=
                  seen(node.log_odds, j, profile) * amount;
          }
        }
      }
      if (!decision) continue;
      for (int type = 0; type < mover_types(node.state); ++type) {
        double lambda =
            scale *
            options_.lambda[static_cast<std::size_t>(move.player)][static_cast<std::size_t>(type)];
        if (options_.discounting == Discounting::present_value)
          lambda *= discount(move.player, type, node.elapsed);
        for (int k = 0; k < state.num_branches; ++k) {
          const auto at = static_cast<std::size_t>(first_[n] + type * state.num_branches + k);
          if (unknowns_[at].open)
            answer[at] = unknowns_[at].log_measure +
                         lambda * wanted[static_cast<std::size_t>(type * state.num_branches + k)];
        }
      }
    }
  }

  double distance(const std::vector<double>& s, const std::vector<double>& answer) const {
    double worst = 0.0;
    for (const std::size_t k : open_) {
      const double error = std::abs(s[k] - answer[k]);
      if (!(error <= worst)) worst = error;
    }
    return worst;
  }

  /// Damped iteration at the target precision: enough wherever news about types matters little.
  bool iterate(std::vector<double>& s) {
    std::vector<double> x = s, answer;
    double damping = 1.0, last = infinity;
    for (int n = 0; n < 400; ++n) {
      evaluate(x, 1.0, answer);
      const double error = distance(x, answer);
      if (error < 0.1 * stopping_target) {
        s = x;
        return true;
      }
      if (error > 0.9 * last) damping = std::max(0.05, 0.7 * damping);
      last = error;
      for (const std::size_t k : open_) x[k] += damping * (answer[k] - x[k]);
    }
    return false;
  }

  /// One Newton solve of S = G(S) at a precision scale; false when it does not land.
  bool land(std::vector<double>& s, double scale) {
    std::vector<double> answer, moved;
    const std::size_t n = open_.size();
    for (int step = 0; step < 12; ++step) {
      evaluate(s, scale, answer);
      if (distance(s, answer) < 0.1 * stopping_target) return true;
      std::vector<double> residual(n), jacobian(n * n);
      for (std::size_t r = 0; r < n; ++r) residual[r] = answer[open_[r]] - s[open_[r]];
      for (std::size_t c = 0; c < n; ++c) {
        std::vector<double> nudged = s;
        const double h = 1e-7 * std::max(1.0, std::abs(s[open_[c]]));
        nudged[open_[c]] += h;
        evaluate(nudged, scale, moved);
        for (std::size_t r = 0; r < n; ++r)
          jacobian[r * n + c] = (r == c ? 1.0 : 0.0) - (moved[open_[r]] - answer[open_[r]]) / h;
      }
      if (!solve_linear(jacobian, residual)) return false;
      double longest = 0.0;
      for (const double d : residual) longest = std::max(longest, std::abs(d));
      if (!(longest < 50.0)) return false;
      for (std::size_t r = 0; r < n; ++r) s[open_[r]] += residual[r];
    }
    evaluate(s, scale, answer);
    return distance(s, answer) < stopping_target;
  }

  /// The principal branch from lambda 0, by steps in lambda that shrink where Newton does not land.
  /// Folds are not passed.
  bool trace(std::vector<double>& s) {
    std::vector<double> at = s, before = s;
    double scale = 0.0, previous = 0.0, step = 0.1;
    while (scale < 1.0) {
      const double next = std::min(1.0, scale + step);
      std::vector<double> guess = at;
      if (scale > previous)
        for (const std::size_t k : open_)
          guess[k] += (at[k] - before[k]) * (next - scale) / (scale - previous);
      std::vector<double> landed = guess;
      double jump = infinity;
      if (land(landed, next)) {
        jump = 0.0;
        for (const std::size_t k : open_) jump = std::max(jump, std::abs(landed[k] - guess[k]));
      }
      if (jump > 0.5) {  // logits: a corrector that moves further may have changed branches
        step *= 0.5;
        if (step < 1e-7) return false;
        continue;
      }
      before = at;
      previous = scale;
      at = landed;
      scale = next;
      step *= jump < 0.1 ? 2.0 : 1.0;
    }
    s = at;
    return true;
  }

  void report(const std::vector<double>& s, BruteForceSolution& out) {
    std::vector<double> answer;
    evaluate(s, 1.0, answer);
    const std::vector<double> logs = log_strategies(s);
    const int players = shape_.num_players(), profiles = everyone_.count();
    for (int j = 0; j < players; ++j) {
      out.values.emplace_back(
          static_cast<std::size_t>(shape_.players[static_cast<std::size_t>(j)].num_types()), 0.0);
      for (int profile = 0; profile < profiles; ++profile)
        out.values.back()[static_cast<std::size_t>(everyone_.type_of(profile, j))] +=
            seen(tree_[0].log_odds, j, profile) *
            values_[static_cast<std::size_t>(j * profiles + profile)];
    }
    out.outcomes.assign(shape_.outcomes.size(), 0.0);
    for (int profile = 0; profile < profiles; ++profile) {
      std::vector<double> mass(tree_.size(), 0.0);
      mass[0] = seen(tree_[0].log_odds, -1, profile);
      for (std::size_t n = 0; n < tree_.size(); ++n) {
        const PublicState& state = shape_.states[static_cast<std::size_t>(tree_[n].state)];
        for (int k = 0; k < state.num_branches; ++k) {
          double weight = mass[n];
          if (shape_.is_decision(tree_[n].state)) {
            const int type = mover_types(tree_[n].state) == 2
                                 ? everyone_.type_of(profile, mover(tree_[n].state))
                                 : 0;
            weight *=
                std::exp(logs[static_cast<std::size_t>(first_[n] + type * state.num_branches + k)]);
          } else if (shape_.moves[static_cast<std::size_t>(state.move)].kind == MoveKind::chance) {
            weight *= game_.odds(state.first_branch + k)[local(tree_[n].state, profile)];
          }
          const int child = tree_[n].children[static_cast<std::size_t>(k)];
          (child < 0 ? out.outcomes[static_cast<std::size_t>(-1 - child)]
                     : mass[static_cast<std::size_t>(child)]) += weight;
        }
      }
    }
    for (std::size_t n = 0; n < tree_.size(); ++n) {
      if (!shape_.is_decision(tree_[n].state)) continue;
      const int branches = shape_.states[static_cast<std::size_t>(tree_[n].state)].num_branches;
      for (int type = 0; type < mover_types(tree_[n].state); ++type)
        tree_[n].log_strategy.emplace_back(logs.begin() + first_[n] + type * branches,
                                           logs.begin() + first_[n] + (type + 1) * branches);
    }
    out.tree = tree_;
  }

  const Game& game_;
  const Structure& shape_;
  const BruteForceOptions& options_;
  Profiles everyone_;
  std::vector<int> local_;  ///< [state][profile of all]
  std::vector<TreeNode> tree_;
  bool complete_ = false;
  int information_sets_ = 0;
  std::vector<int> first_;         ///< per history: start of its unknowns
  std::vector<Unknown> unknowns_;  ///< S of design.md, [type][branch] of each decision
  std::vector<std::size_t> open_;
  std::vector<double> values_;
};

}  // namespace

BruteForceSolution brute_force(const Game& game, const BruteForceOptions& options) {
  return Unrolled(game, options).run();
}

std::vector<std::vector<double>> same_lambda(const Game& game, double lambda) {
  std::vector<std::vector<double>> out;
  for (const Player& player : game.shape().players)
    out.emplace_back(static_cast<std::size_t>(player.num_types()), lambda);
  return out;
}

}  // namespace melian::testing
