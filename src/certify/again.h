#pragma once
/// Decisions solved again where beliefs stand, by code of the checker's own: the same equations as
/// on the grid's nodes, at any belief, against values read from the grid or against such values
/// with the cells that posteriors lie in halved.

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "certify/bayes.h"
#include "certify/settle.h"

namespace melian::checking {

/// Where play stands: a decision and the analyst's log-odds on every axis of the belief space.
struct Spot {
  int round = 0, state = 0;
  std::vector<double> beliefs;
};

/// How values ahead are had.
enum class Ahead : std::uint8_t {
  read,   ///< read from the grid: multilinear between nodes
  halved  ///< computed within the posterior's cell: at the posterior, in the middle of the cell for
          ///< the analyst and for each observer; linear between those
};

struct Answered {
  std::vector<double> read;       ///< by row: the probability that predictions read there
  std::vector<double> log_sigma;  ///< by row: the decision solved again
  std::vector<double> value;      ///< [player][profile] by the decision solved again
  bool solved = true;             ///< false: no solution was found near what was read
  /// The cell it stands in is torn: nodes around bear different solution marks, or solutions that
  /// go on from them do not meet.
  bool torn = false;
  std::vector<double> tear;  ///< [player]: how far values of the solutions are apart, payoff units
  /// Probability, by the decision solved again, of going on into a torn cell; of a branch that is
  /// hardly taken, what it would be if the tear spoke for it.
  double into_torn = 0.0;
};

/// Strategies and values of a game, all rounds of them, read and solved again at any belief.
/// Thread-safe. Keeps references to all it is made from.
class Again {
 public:
  Again(const Layout& layout, const Assessment& assessment, const Iterates& values);

  /// The decision at a spot; answers to the same spot are remembered.
  [[nodiscard]] const Answered& at(const Spot& spot, Ahead ahead) const;

  [[nodiscard]] std::size_t answers() const { return answers_; }  ///< decisions solved so far
  [[nodiscard]] std::size_t remembered() const;
  /// Drops what is remembered; nothing given by `at` before may be read after.
  void forget();

  [[nodiscard]] double along(int axis, double log_odds) const;
  /// The points of a state around beliefs, by weight.
  [[nodiscard]] Stencil around(int state, const std::vector<double>& beliefs) const;

 private:
  struct Ahead_of_branch;

  [[nodiscard]] Answered answer(const Spot& spot, Ahead ahead) const;
  [[nodiscard]] std::vector<double> observed(int observer, const Shape& shape,
                                             const std::vector<double>& beliefs) const;
  [[nodiscard]] std::vector<double> read_values(int from, const Destination& to,
                                                const Stencil& at) const;
  /// Values at a belief between nodes, computed there: chance and passages followed to the
  /// decisions behind them, these solved again.
  struct Computed {
    std::vector<double> value;  ///< [player][profile]
    bool torn = false, solved = true;
    std::vector<double> tear;  ///< [player]
  };
  [[nodiscard]] Computed compute(int from, const Destination& to,
                                 const std::vector<double>& beliefs, int depth) const;
  [[nodiscard]] std::vector<double> middles(int axis, double low, double high) const;

  const Layout& layout_;
  const Assessment& assessment_;
  const Iterates& values_;
  int players_;
  std::vector<std::vector<double>> differing_;  ///< [axis]: how observers' log-odds differ from the
                                                ///< analyst's, each once, where not at all

  static constexpr std::size_t shards = 64;
  struct Shard {
    std::mutex guard;
    std::unordered_map<std::string, std::unique_ptr<const Answered>> known;
  };
  mutable std::array<Shard, shards> memory_;
  mutable std::atomic<std::size_t> answers_ = 0;
};

/// Total variation between what is read and what is solved again, for one type of a decider.
[[nodiscard]] double apart(const Decider& who, int type, const Answered& answered);

}  // namespace melian::checking
