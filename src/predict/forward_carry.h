#pragma once
/// How plays are carried along one branch: at all belief points at once where the branch is plain,
/// else point by point.

#include <span>
#include <vector>

#include "predict/crossing.h"
#include "predict/forward.h"

namespace melian::prediction {

class Carrier {
 public:
  Carrier(const Board& board, const Carried& carried);

  [[nodiscard]] const Crossings& crossings() const { return crossings_; }
  /// Room for plays at a state, all of it empty.
  void open(Standing& standing, int state) const;
  [[nodiscard]] const std::vector<Shape::Frozen>& believed() const { return believed_; }

  /// Plays that go along a branch together with others.
  struct Way {
    const Standing* from = nullptr;
    Standing* to = nullptr;  ///< null where play ends
    int forced = -1;  ///< the move whose action is taken whatever the types would do; -1: none is
    Flow* flow = nullptr;       ///< what they carry, if anybody asks
    bool with_beliefs = false;  ///< the flow's too
  };
  void carry(int round, int branch, const Destination& to, std::span<const Way> ways) const;

 private:
  void begin(Flow& flow, bool with_beliefs) const;
  void carry_together(const Crossing& crossing, int state, const Destination& to,
                      const Way& way) const;
  void carry_by_point(const BranchReader& reader, int state, const Way& way) const;
  void inform_together(const Crossing& crossing, const Shape& here, const Shape* there,
                       const Way& way) const;
  void inform(const Shape& here, const BranchReader& reader, const Footing& footing, int point,
              double mass, double odds, Flow& flow) const;
  [[nodiscard]] double lost_in_sharing(double exact, const Shape::Group& group, const Shape& there,
                                       const Footing& footing, int player) const;

  const Board& board_;
  const Structure& structure_;
  const Carried carried_;
  const int profiles_;
  const Crossings crossings_;
  const std::vector<Shape::Frozen> believed_;
  std::vector<std::vector<double>> node_entropy_;  // [axis]
  std::vector<double> ones_;                       // [point]
};

}  // namespace melian::prediction
