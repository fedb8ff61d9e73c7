#pragma once
/// Where probes stand: recorded places of the forward sweep, read back during one backward sweep.

#include <functional>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "predict/backward.h"
#include "predict/forward.h"
#include "predict/play_count.h"
#include "predict/probes.h"

namespace melian::prediction {

/// The belief points of one (round, public state) in which plays stand, with their rows (see
/// `Standing`).
struct Places {
  int columns = 0;
  std::vector<int> point;
  std::vector<double> rows;
  [[nodiscard]] const double* row(std::size_t k) const {
    return rows.data() + k * static_cast<std::size_t>(columns);
  }
};

/// The facts of a probe, looked up once.
class Facts {
 public:
  Facts(const Board& board, std::span<const Given> given);
  [[nodiscard]] bool hold_at(int state) const;  ///< what the state remembers
  [[nodiscard]] bool allows(int full_profile) const {
    return allowed_[static_cast<std::size_t>(full_profile)];
  }
  [[nodiscard]] bool taking() const { return !taken_.empty(); }  ///< is a `Takes` among them?
  [[nodiscard]] bool takes(int action) const;
  /// The analyst's probability of each full profile, times the row's, where the profile is allowed.
  [[nodiscard]] std::vector<double> weights(const double* row) const;
  void weights(const double* row,
               std::vector<double>& out) const;  ///< the same, into room that is there

 private:
  const Board& board_;
  std::vector<bool> allowed_;
  std::vector<RemembersContent> remembered_;
  std::vector<Takes> taken_;
};

/// Somebody who wants to look at places.
struct Reader {
  int move = -1;  ///< -1: the start of play
  int first_round = 1, last_round = std::numeric_limits<int>::max();
  /// Not where plays come to `move`, but where they come to after its action and further ones are
  /// forced: per step the action by move. The last step is where places are read, and `read` forces
  /// its action. Empty: no such detour.
  std::vector<std::map<int, int>> forced;
  std::function<bool(int state)> starts_at;  ///< of detours: may they start in this public state?
  int same_detour = -1;         ///< an earlier reader whose detour leads to the same places
  bool far = false;             ///< does it read what follows behind a state's successors?
  bool beliefs = false;         ///< does it want the columns of beliefs that no longer move?
  std::vector<Column> columns;  ///< what it needs of the backward sweep
  std::vector<int> column;      ///< filled: where those columns are
  /// Called once for every (round, state) with places; `backward` is null when no reader has
  /// columns. `round` counts from 0 also where the state is untimed; `table_round` is what
  /// `Backward` wants to hear; `column` as above.
  std::function<void(int round, int state, int table_round, const Places&, const Backward* backward,
                     const std::vector<int>& column)>
      read;
};

/// The detours of all readers that force their way, one for every step but the last. Refers to the
/// readers.
struct Detours {
  std::vector<Detour> legs;
  std::map<std::size_t, const Reader*>
      last;  ///< by leg, of those that lead to places: whose they are

  explicit Detours(std::span<const Reader> readers);
};

/// What all readers together ask of the two sweeps.
struct Asked {
  std::vector<Column> columns;  ///< of the backward sweep, each once
  std::vector<int> first_round,
      last_round;        ///< [move]: where plays of the equilibrium are looked at, from 0
  bool beliefs = false;  ///< are the columns of beliefs that no longer move wanted?
  bool forward = false;  ///< does anybody look elsewhere than at the start?

  Asked(const Structure& structure, std::span<const Reader> readers);
  [[nodiscard]] bool looked_at(const Structure& structure, int round, int state) const;
  [[nodiscard]] Carried carried() const { return {.beliefs = beliefs, .coordinate = beliefs}; }
};

/// One forward sweep (unless all readers look at the start) and one backward sweep (unless none has
/// columns). `count`, where not null, watches the forward sweep.
void sweep_places(const Board& board, std::span<Reader> readers, PlayCount* count = nullptr);

/// A player's expectation over the others' types given its own: `amounts` by live profile, the
/// analyst's log-odds by axis, both of the shape. `own_odds`, where not null, weighs profiles
/// further (an outcome of chance that ended play).
[[nodiscard]] double own_expectation(const Board& board, const Shape& shape, int player,
                                     int own_type, const double* amounts,
                                     std::span<const double> log_odds,
                                     const double* own_odds = nullptr);
/// The same for every type of the player that is told apart there.
void own_expectations(const Board& board, const Shape& shape, int player, const double* amounts,
                      std::span<const double> log_odds, const double* own_odds,
                      std::vector<double>& by_type);

}  // namespace melian::prediction
