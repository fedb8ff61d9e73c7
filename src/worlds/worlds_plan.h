#pragma once
/// Which worlds there are: what varies over which range, in which groups, and the parameters of
/// each (docs/methods_worlds.md).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "melian/claims.h"
#include "study/worlds_limits.h"

namespace melian {

struct DrawnParameter {
  std::string name;
  double low = 0.0, high = 1.0;
  bool log_scale = false;
  bool whole = false;    ///< whole numbers: it shapes the game
  bool factor = false;   ///< a multiple of every precision there is, instead of a parameter
  bool assumed = false;  ///< the study gives no range: half to twice the neutral precision
  /// The number at a point of the unit interval.
  [[nodiscard]] double at(double unit) const;
};

/// One world: a point of one scramble; or that point with one group's parameters as at a point of
/// the next scramble.
struct Draw {
  std::uint32_t scramble = 0;
  std::size_t index = 0;
  int group = -1;
  auto operator<=>(const Draw&) const = default;
};

/// A world's numbers.
struct World {
  std::vector<double> unit;  ///< [varied parameter], in 0 .. 1
  Settings parameters;       ///< what varies
  double lambda_factor = 1.0;
};

class WorldsPlan {
 public:
  /// `number` overrides the study's (rounded up to a multiple of the scrambles); effects and
  /// samples shrink with it.
  WorldsPlan(const Study& study, std::optional<int> number);

  [[nodiscard]] const StudyWorlds& asked() const { return asked_; }
  [[nodiscard]] const std::vector<DrawnParameter>& varied() const { return varied_; }
  [[nodiscard]] const std::vector<WorldsGroup>& groups() const { return groups_; }
  [[nodiscard]] int number() const { return asked_.number; }
  [[nodiscard]] int scrambles() const { return asked_.scrambles; }
  [[nodiscard]] int per_scramble() const { return asked_.number / asked_.scrambles; }
  /// The reading that worlds are drawn around: the neutral one, else the first.
  [[nodiscard]] const Reading& around() const { return *around_; }

  [[nodiscard]] std::vector<Draw> worlds() const;  ///< scramble by scramble
  [[nodiscard]] std::vector<Draw> checked()
      const;  ///< solved on a finer grid too: the first of every scramble, and so on
  [[nodiscard]] std::vector<Draw> certified() const;
  /// All worlds in the order in which those are taken: the first of every scramble, and so on.
  [[nodiscard]] std::vector<Draw> spread() const { return first(number()); }
  /// A row of the design of effects: two independent worlds. Row by row, the worlds with one group
  /// changed are {a.scramble, a.index, group}.
  struct Row {
    Draw a, b;
  };
  [[nodiscard]] std::vector<Row> rows() const;

  [[nodiscard]] World world(const Draw& draw) const;
  /// All that a world says in a variant (null: the base).
  [[nodiscard]] Settings settings(const World& world, const Variant* variant) const;
  /// Without the variant's own parameters: its files as they are.
  [[nodiscard]] Settings as_written(const World& world, const Variant* variant) const;

 private:
  [[nodiscard]] std::vector<double> point(std::uint32_t scramble, std::size_t index) const;
  [[nodiscard]] std::vector<Draw> first(int count) const;
  void add_varied();
  void add_precision();
  void add_groups();

  const Study& study_;
  const Reading* around_ = nullptr;
  StudyWorlds asked_;
  std::vector<DrawnParameter> varied_;
  std::vector<WorldsGroup> groups_;
  std::vector<std::vector<std::size_t>> members_;  ///< [group]: indices into varied_
  std::vector<std::uint32_t> points_;              ///< unscrambled
  std::vector<std::vector<std::size_t>>
      orders_;  ///< [pair of scrambles]: which point of the second goes with one of the first
};

}  // namespace melian
