#pragma once
/// How beliefs move at a point of the grid: what a branch tells about the types of each group,
/// where Bayes' rule then puts the public belief, and the points of the successor that answer for
/// it.

#include "certify/layout.h"

namespace melian::checking {

/// A point between nodes, as weights on the indices of nodes: two for each axis it lies within a
/// cell of.
struct Stencil {
  int count = 0;
  std::vector<std::int64_t> index;
  std::vector<double> weight;
  /// Starts at one point with weight one.
  void start(std::int64_t at) {
    if (index.empty()) grow(8);
    count = 1;
    index[0] = at;
    weight[0] = 1.0;
  }
  /// Spreads along one axis; a weight of 0 or 1 does not spread.
  void spread(std::int64_t stride, const Place& place);
  [[nodiscard]] double read(const double* table) const {
    double sum = 0.0;
    for (int k = 0; k < count; ++k)
      sum += weight[static_cast<std::size_t>(k)] * table[index[static_cast<std::size_t>(k)]];
    return sum;
  }

 private:
  void grow(std::size_t size) {
    index.resize(size);
    weight.resize(size);
  }
};

/// What can be learnt: by group of a state, the log likelihood of each of its cells; empty where
/// nothing is told about it.
struct News {
  std::vector<std::vector<double>> of_group;
};

/// What an outcome of chance tells, by the analyst's odds (valid because these factorise over
/// groups). At a passage: nothing.
struct ChanceNews : News {
  bool possible = true;  ///< false where the analyst gives the outcome no odds for any profile
};
[[nodiscard]] ChanceNews news_of_outcome(const Layout& layout, int state, int branch);

/// A decider's part of each branch of a state, as rows of its strategies.
struct Part {
  const Decider* who = nullptr;
  int actions = 1;
  std::vector<int> own_action;  ///< [branch]
  Part(const Decider& decider, int branches) : who(&decider), actions(decider.num_actions()) {
    for (int k = 0; k < branches; ++k) own_action.push_back(decider.own_action(k));
  }
  [[nodiscard]] int row(int branch, int type) const {
    return who->first_row + type * actions + own_action[static_cast<std::size_t>(branch)];
  }
};
[[nodiscard]] std::vector<Part> parts_of(const Layout& layout, int state);

/// What the deciders of a state tell by what they do.
class Listener {
 public:
  Listener(const Layout& layout, int state);
  /// News of a branch, given `log_sigma(row)`.
  template <class LogSigma>
  const News& hear(int branch, const LogSigma& log_sigma);
  /// The analyst's log probability of deciders without live types doing their part of the branch
  /// heard last.
  [[nodiscard]] double log_untyped() const { return log_untyped_; }

 private:
  struct Source {
    Part part;
    int group;                 ///< of the state; -1 where its type is not live
    bool first;                ///< of the group's members
    std::vector<int> type_of;  ///< [cell]
  };
  std::vector<Source> sources_;
  News news_;
  double log_untyped_ = 0.0;
};

template <class LogSigma>
const News& Listener::hear(int branch, const LogSigma& log_sigma) {
  log_untyped_ = 0.0;
  for (const Source& source : sources_) {
    if (source.group < 0) {
      log_untyped_ += log_sigma(source.part.row(branch, 0));
      continue;
    }
    double* likelihood = news_.of_group[static_cast<std::size_t>(source.group)].data();
    for (const int type : source.type_of) {
      const double log = log_sigma(source.part.row(branch, type));
      *likelihood = source.first ? log : *likelihood + log;
      ++likelihood;
    }
  }
  return news_;
}

/// Bayes' rule on the belief axes of a state.
class Bayes {
 public:
  Bayes(const Layout& layout, int state);

  /// The points of the successor that answer for the belief after news at the point of a walk, by
  /// weight.
  const Stencil& land(const PointWalk& walk, const Step& step, const News& news);
  /// Did the last landing put this axis within a cell of the successor?
  [[nodiscard]] bool within_cell(std::size_t axis) const {
    return stride_[axis] != 0 && place_[axis].weight > 0.0 && place_[axis].weight < 1.0;
  }
  /// The same belief, with this axis at the lower or upper node (`side` 0, 1) of its cell.
  const Stencil& beside(std::size_t axis, int side);
  /// Log-odds after the same news where beliefs lie anywhere: `log_odds` by axis of the belief
  /// space.
  void move(std::vector<double>& log_odds, const News& news);

 private:
  void shift_group(const Shape::Group& group, const std::vector<double>& news);
  const Stencil& gather();

  const Layout& layout_;
  const Shape& shape_;
  std::vector<double> before_, shift_;  ///< [axis of the state]
  std::vector<Place> place_;
  const std::int64_t* stride_ = nullptr;  ///< [axis of the state], in the successor
  Stencil at_;
};

}  // namespace melian::checking
