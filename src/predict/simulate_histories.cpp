#include <algorithm>
#include <cmath>

#include "predict/history_tree.h"

namespace melian {
namespace {

using namespace prediction;
using Node = HistoryTree::Node;

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

int draw(RandomStream& random, const std::vector<double>& odds) {
  double total = 0.0;
  for (const double p : odds) total += p;
  double left = random.uniform() * total;
  int last = 0;
  for (std::size_t k = 0; k < odds.size(); ++k) {
    if (odds[k] <= 0.0) continue;
    last = static_cast<int>(k);
    if (left < odds[k]) break;
    left -= odds[k];
  }
  return last;
}

/// One play: types drawn, then branch after branch.
class OnePlay {
 public:
  OnePlay(const HistoryTree& histories, RandomStream random, int number)
      : histories_(histories), board_(histories.board()), random_(random), number_(number) {}

  Play play() {
    const int theta = draw(random_, board_.profile_weight());
    Play out;
    for (int i = 0; i < board_.structure().num_players(); ++i)
      out.types.push_back(board_.full().type_of(theta, i));
    const Node* here = &histories_.nodes().front();
    while (here->history.state >= 0) {
      std::vector<double> odds;
      for (std::size_t k = 0; k < here->next.size(); ++k)
        odds.push_back(here->next[k] < 0
                           ? 0.0
                           : histories_.probability(*here, static_cast<int>(k), theta, -1));
      const int k = draw(random_, odds);
      const Node& next = histories_.nodes()[at(here->next[at(k)])];
      out.steps.push_back(step(*here, k, next));
      here = &next;
    }
    out.outcome = -1 - here->history.state;
    out.unfinished = here->history.closing;
    out.last_round = out.unfinished ? board_.structure().rounds : here->history.round + 1;
    return out;
  }

 private:
  [[nodiscard]] PlayStep step(const Node& here, int k, const Node& next) const {
    PlayStep out;
    out.play = number_;
    out.round =
        here.history.closing ? board_.structure().rounds : std::max(0, here.history.round) + 1;
    out.state = here.history.state;
    out.branch = histories_.branch(here, k);
    show(here, next, out);
    return out;
  }

  /// The analyst's belief in the second type of the mover; of chance and of several movers, of the
  /// live player about whom the step says most.
  void show(const Node& here, const Node& next, PlayStep& step) const {
    const Structure& structure = board_.structure();
    int mover = -1;
    if (!here.log_strategy.empty() && histories_.deciders(here).size() == 1)
      mover = histories_.deciders(here).front().player;
    double most = -1.0;
    for (int i = 0; i < structure.num_players(); ++i) {
      if (mover >= 0 ? i != mover : !board_.shape(here.history.state).has(i)) continue;
      if (structure.players[at(i)].num_types() < 2) continue;
      const double before = histories_.walk().belief(here.history, -1, 0, i)[1];
      const double after = histories_.walk().belief(next.history, -1, 0, i)[1];
      if (std::abs(after - before) <= most) continue;
      most = std::abs(after - before);
      step.belief_before = before;
      step.belief_after = after;
    }
  }

  const HistoryTree& histories_;
  const Board& board_;
  RandomStream random_;
  int number_;
};

}  // namespace

Simulation simulate_histories(const HistoryTree& histories, std::int64_t plays,
                              std::uint64_t seed) {
  Simulation out;
  out.plays.resize(at(plays));
  constexpr std::size_t plays_a_piece = 64;  // enough to repay starting a task
  parallel_for((out.plays.size() + plays_a_piece - 1) / plays_a_piece, [&](std::size_t piece) {
    for (std::size_t n = piece * plays_a_piece;
         n < std::min(out.plays.size(), (piece + 1) * plays_a_piece); ++n)
      out.plays[n] = OnePlay(histories, RandomStream(seed, n), static_cast<int>(n) + 1).play();
  });
  return out;
}

}  // namespace melian
