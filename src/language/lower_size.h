#pragma once
/// How large a game has become while play is followed, and the refusal of one that is too large.

#include <string>

#include "language/lower_play.h"

namespace melian::lowering {

class Size {
 public:
  Size(const Model::Checked& model, const Graph& graph, const Liveness& live, const Play& play,
       const CompileOptions& options, Diagnostics& diagnostics)
      : model_(model),
        graph_(graph),
        live_(live),
        play_(play),
        options_(options),
        diagnostics_(diagnostics) {}
  /// A state was found at this point: the branches it has whatever it remembers count at once.
  void add_state(const Point& point);
  void check();
  /// Ends the search, saying how large and what to coarsen.
  void refuse(const std::string& what);
  [[nodiscard]] bool too_large() const { return too_large_; }

 private:
  [[nodiscard]] std::string coarsen() const;

  const Model::Checked& model_;
  const Graph& graph_;
  const Liveness& live_;
  const Play& play_;
  const CompileOptions& options_;
  Diagnostics& diagnostics_;
  std::int64_t promised_branches_ = 0;
  bool too_large_ = false;
};

}  // namespace melian::lowering
