#pragma once
/// A second door of `study`: comparative statics. One or two parameters of a model are varied, the
/// game is solved at every point, and the places where what is most probable changes are found.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "melian/answer.h"
#include "melian/language.h"
#include "melian/tree.h"

namespace melian {

/// A parameter and the evenly spaced numbers it takes; evenly in logarithms where `log_scale`.
struct VariedParameter {
  std::string name;
  double low = 0.0, high = 0.0;
  int points = 2;
  bool log_scale = false;
  [[nodiscard]] double at(int k) const;
  /// Can a double hold what lies between the ends of the range? Else `at` is no number.
  [[nodiscard]] bool in_reach() const;
};

/// What is most probable at a point: how play ends, or what one type of the first mover does.
struct MostProbable {
  std::string subject;  ///< "outcome", "S.y", "D.weak.answer"
  std::string what;     ///< "war", "0.8"
  int position = 0;     ///< of an offer: which number of the menu, counted from the lowest
  bool is_offer = false;
  bool operator==(const MostProbable&) const = default;
};

struct SweepPoint {
  std::vector<double> at;  ///< by varied parameter
  std::map<std::string, double> numbers, grid_error;
  std::vector<MostProbable> most_probable;
  bool holds = false;  ///< the certificate (or, without one, that every decision was solved)
  std::vector<std::string> why_not;
  bool finished = false;  ///< solved, or known to have no solution
  std::string failure;    ///< why there are no numbers; "" where there are
};

/// A place where something else becomes most probable, between two neighbouring points.
struct SweepSwitch {
  int axis = 0;  ///< the varied parameter along which it was found
  std::vector<double>
      at;  ///< by varied parameter; along `axis` the middle of the interval that is left
  double half_width = 0.0;  ///< of that interval
  std::string subject, from, to;
};

/// What a sweep will take, before it is begun.
struct SweepCost {
  std::int64_t points = 0,
               structures =
                   0;  ///< games to be solved; games to be built (parameters that shape the game)
  std::int64_t decisions = 0;  ///< of one pass over every point (by tree: information sets);
                               ///< certificates and switches come on top
};

struct SweepOptions {
  Settings settings;                  ///< of the parameters that stay
  std::vector<VariedParameter> vary;  ///< one or two
  AnswerOptions answer;
  bool by_tree = false;  ///< every game unrolled and solved whole; besides the printed numbers,
                         ///< "values.PLAYER": over types
  bool choose_method = false;  ///< by tree where every point's has at most `most_tree_nodes`
  Choice choice;  ///< by tree: which of several solutions; one named by its id is that of the
                  ///< model at `settings`, carried from there to every point
  /// Belief nodes by game, where `answer` does not give them; may be empty.
  std::function<Result<std::vector<int>>(const Structure&)> nodes;
  std::vector<std::string> also;  ///< numbers beyond the printed ones, read by `read`
  std::function<Result<double>(const Structure&, const Prediction&, const std::string&)> read;
  bool find_switches = true;
  int halvings = 12;  ///< of the interval in which a switch lies
  /// Points known already, by index: of an earlier sweep that was stopped. What is most probable
  /// there is found again where switches are; the last of them is solved again and must be the same
  /// to the last digit.
  std::map<std::size_t, SweepPoint> known;
  /// Told of every finished point, in order, as soon as all before it are finished; one at a time.
  std::function<void(const SweepPoint&)> on_point;
  std::int64_t max_points = 100'000;
  std::int64_t max_decisions = 20'000'000'000;  ///< refuse beyond
  std::function<void(const SweepCost&)>
      on_cost;  ///< told once, before anything is solved; may be empty
  OnStep on_step;
};

struct Sweep {
  std::vector<VariedParameter> vary;
  std::vector<SweepPoint> points;  ///< the last varied parameter fastest; where it was cancelled,
                                   ///< some are not `finished`
  std::vector<SweepSwitch> switches;
  bool by_tree = false;  ///< the method that was taken
  SweepCost cost;
  std::int64_t solves = 0;  ///< of points: fewer than points where they differ in nothing that
                            ///< solving reads, such as a prior
  std::int64_t further_solves = 0;  ///< to find the switches
  bool cancelled = false;
};

/// Solves a model at every point of a grid over one or two parameters, points side by side. The
/// model is compiled once, and again only where a varied parameter shapes the game.
///
/// Points that differ in common priors alone (or in what tallies count) are solved once, on a grid
/// on which all their priors are nodes, wherever that is at most half as large again as a grid of
/// their own: each point is then what `answer` gives with these `must_have`, to the last byte.
///
/// Switches: between neighbouring points at which another outcome, or another first action of some
/// type, is most probable, the interval is halved until it is 2^-halvings of its width. An offer
/// whose most frequent number moves along its menu step by step has no switch; one that jumps over
/// numbers has. The middle of every interval is looked at too, and what lies beyond a switch: of
/// several switches between two points those are found between which something else is most
/// probable over half the interval, or in order one after the other.
/// Returns:  every point, in order; `cancelled` where `on_step` said stop (points are then
///           incomplete). A point that has no game or no solution says why and has no numbers.
/// Errors:   M0941 for a sweep that is none; M0901 where it is too large; M0944 where a known point
///           comes out otherwise; where no point has a solution, what stands in the way at the
///           first.
/// Units:    as the printed numbers of `study`.
[[nodiscard]] Result<Sweep> sweep(const Model& model, const SweepOptions& options);

inline constexpr const char* sweep_code = "M0941";
inline constexpr const char* other_sweep_code = "M0944";
/// A quantity that a game has and an answer has not, such as the mean of what is never accepted:
/// `SweepOptions::read` may say so, and the number is then NA at that point.
inline constexpr const char* absent_quantity_code = "M0924";

}  // namespace melian
