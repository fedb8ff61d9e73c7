#pragma once
/// Mistakes found while play is followed, told with the way there.

#include <set>
#include <string>

#include "language/lower_memory.h"

namespace melian::lowering {

class Mistakes {
 public:
  Mistakes(const Model::Checked& model, const Graph& graph, const Play& play, Shape& shape)
      : model_(model), graph_(graph), play_(play), shape_(shape) {}
  /// Play is looked at here: at a state, or on one of its branches (-1: on none yet).
  void look_at(int state, int branch) {
    state_ = state;
    branch_ = branch;
  }
  /// Reports a mistake once per place in the text.
  void add(const ast::Span& span, const char* code, const std::string& message,
           const Position& position, const std::string& expected = {},
           const std::string& hint = {});

 private:
  [[nodiscard]] std::string action(int state, int branch) const;
  [[nodiscard]] std::string way() const;
  [[nodiscard]] std::string contents(const Position& position) const;

  struct Place {
    std::string code;
    int file = 0, begin = 0;
    auto operator<=>(const Place&) const = default;
  };
  const Model::Checked& model_;
  const Graph& graph_;
  const Play& play_;
  Shape& shape_;
  int state_ = -1, branch_ = -1;
  std::set<Place> told_;
};

}  // namespace melian::lowering
