#pragma once
/// The moves of a structure: one per site of the text, and a passage for each top of a phase that
/// needs one.

#include <map>
#include <vector>

#include "language/lower_graph.h"

namespace melian::lowering {

class Moves {
 public:
  Moves(const Model::Checked& model, const Graph& graph, std::vector<Move>& moves);
  /// The move made at a program point; at a top, its passage.
  [[nodiscard]] int at(const Point& point);
  [[nodiscard]] int passage(int phase);
  [[nodiscard]] int of_site(int site) const { return site_move_[static_cast<std::size_t>(site)]; }
  /// From the action play wrote down (a word of the variable, for all sites together) to the
  /// move's.
  [[nodiscard]] int action(const Point& point, int written) const;

 private:
  [[nodiscard]] Move site_move(int site, MoveKind kind, int player) const;
  int add_number(int site, int player, int variable);
  int add_choice(int site, MoveKind kind, int player, int variable, const std::vector<Way>& ways);
  void add_together(const Point& point);
  int add(int site, Move move);
  [[nodiscard]] int joint_action(const Point& point, std::int64_t written) const;

  const Model::Checked& model_;
  const Graph& graph_;
  std::vector<Move>& moves_;
  std::vector<int> site_move_, passage_move_;
  std::map<const Point*, int> together_move_;
  std::vector<std::vector<int>> action_of_word_;  ///< by site
};

}  // namespace melian::lowering
