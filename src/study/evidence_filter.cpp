/// The filter: the forward sweep of a prediction with every branch weighed by what the records say of it. A kind of event
/// happens at most once in a round, so the chance of a cell is that of "it did not happen", a constant, times a ratio
/// wherever a branch makes it happen: no memory of what happened earlier in the round is needed.

#include <algorithm>
#include <cmath>
#include <map>

#include "study/evidence.h"
#include "study/forward_board.h"

namespace melian::evidence {
namespace {

using namespace prediction;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Some records side by side; alpha(types, public state, belief point) of each.
class Filter {
 public:
  Filter(const Board& board, const std::vector<KindInGame>& kinds, std::span<const Record> records);
  std::vector<double> run();

 private:
  /// [point][profile of the live types][record]; empty: nobody stands here.
  using Alpha = std::vector<double>;
  using RoundAndState = std::pair<int, int>;

  void lay_out_cells(const std::vector<KindInGame>& kinds, std::span<const Record> records);
  void open(Alpha& alpha, int state) const;
  void start();
  void play_round(int round);
  void gather(int round, const std::vector<int>& level);
  void cross_rounds(int round);
  void carry(int round, int branch, const Alpha& from, Alpha* to, std::vector<double>* ended) const;
  void rescale();

  const Board& board_;
  const Structure& structure_;
  const std::size_t records_;
  int rounds_ = 0;                                              // as many as the records need
  std::vector<double> log_sum_;                                 // [record]: so far
  std::vector<std::map<int, std::vector<double>>> factor_;      // [round]: by branch, [record]; absent: ones
  std::vector<int> source_;                                     // [branch]
  std::vector<std::vector<int>> incoming_;                      // [state]: branches that reach it within the round
  std::map<RoundAndState, Alpha> arrivals_;
  std::vector<Alpha> alpha_;                                    // [state], of the round in hand
  std::vector<double> ended_;                                   // [record]
};

Filter::Filter(const Board& board, const std::vector<KindInGame>& kinds, std::span<const Record> records)
    : board_(board),
      structure_(board.structure()),
      records_(records.size()),
      log_sum_(records.size(), 0.0),
      source_(structure_.branches.size()),
      incoming_(structure_.states.size()),
      alpha_(structure_.states.size()),
      ended_(records.size(), 0.0) {
  lay_out_cells(kinds, records);
  for (std::size_t s = 0; s < structure_.states.size(); ++s)
    for (int b = structure_.states[s].first_branch; b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      source_[at(b)] = static_cast<int>(s);
      const int next = structure_.branches[at(b)].next;
      if (next >= 0 && board.advance(b) == 0) incoming_[at(next)].push_back(b);
    }
}

void Filter::lay_out_cells(const std::vector<KindInGame>& kinds, std::span<const Record> records) {
  for (const Record& record : records)
    for (const Cell& cell : record) rounds_ = std::max(rounds_, cell.round + 1);
  MELIAN_EXPECT(structure_.horizon != HorizonKind::finite || rounds_ <= structure_.rounds, "records within the horizon");
  factor_.resize(at(rounds_));
  for (std::size_t r = 0; r < records.size(); ++r)
    for (const Cell& cell : records[r]) {
      const KindInGame& kind = kinds[at(cell.kind)];
      const double none = log_report(kind, cell, silent);
      log_sum_[r] += none;
      std::vector<double> ratio;
      for (int c = 0; c < kind.categories(); ++c) ratio.push_back(std::exp(log_report(kind, cell, c) - none));
      for (const auto& [branch, category] : kind.branches) {
        std::vector<double>& factors = factor_[at(cell.round)][branch];
        factors.resize(records_, 1.0);
        factors[r] *= ratio[at(category)];
      }
    }
}

void Filter::open(Alpha& alpha, int state) const {
  const Shape& shape = board_.shape(state);
  alpha.assign(at(shape.points) * at(shape.profiles) * records_, 0.0);
}

/// alpha_0 = p(types) w_k(b_0).
void Filter::start() {
  Alpha& first = arrivals_[{0, structure_.root}];
  open(first, structure_.root);
  const Shape& shape = board_.shape(structure_.root);
  for (std::size_t k = 0; k < board_.start().point.size(); ++k)
    for (int theta = 0; theta < board_.full().count(); ++theta) {
      const std::size_t row = at(board_.start().point[k]) * at(shape.profiles) + at(shape.profile_of_full[at(theta)]);
      for (std::size_t r = 0; r < records_; ++r) first[row * records_ + r] += board_.start().weight[k] * board_.profile_weight()[at(theta)];
    }
}

std::vector<double> Filter::run() {
  start();
  while (!arrivals_.empty() && arrivals_.begin()->first.first < rounds_) {
    play_round(arrivals_.begin()->first.first);
    rescale();
  }
  return log_sum_;
}

/// Puts what all alphas of a record sum to into its log likelihood, and goes on from one.
void Filter::rescale() {
  std::vector<double> total = ended_;
  for (const auto& [place, alpha] : arrivals_)
    for (std::size_t n = 0; n < alpha.size(); n += records_)
      for (std::size_t r = 0; r < records_; ++r) total[r] += alpha[n + r];
  std::vector<double> scale(records_);
  for (std::size_t r = 0; r < records_; ++r) {
    log_sum_[r] += std::log(total[r]);
    scale[r] = total[r] > 0.0 ? 1.0 / total[r] : 0.0;
    ended_[r] *= scale[r];
  }
  for (auto& [place, alpha] : arrivals_)
    for (std::size_t n = 0; n < alpha.size(); n += records_)
      for (std::size_t r = 0; r < records_; ++r) alpha[n + r] *= scale[r];
}

void Filter::play_round(int round) {
  for (Alpha& alpha : alpha_) alpha.clear();
  while (!arrivals_.empty() && arrivals_.begin()->first.first == round) {
    alpha_[at(arrivals_.begin()->first.second)] = std::move(arrivals_.begin()->second);
    arrivals_.erase(arrivals_.begin());
  }
  if (round < structure_.rounds)
    for (auto level = structure_.timed_levels.rbegin(); level != structure_.timed_levels.rend(); ++level) gather(round, *level);
  for (auto level = structure_.untimed_levels.rbegin(); level != structure_.untimed_levels.rend(); ++level) gather(round, *level);
  cross_rounds(round);
}

/// Every state gathers in the order of branches: the same sums for any number of threads.
void Filter::gather(int round, const std::vector<int>& level) {
  std::vector<int> reached;
  for (const int state : level) {
    if (!std::ranges::any_of(incoming_[at(state)], [&](int b) { return !alpha_[at(source_[at(b)])].empty(); })) continue;
    if (alpha_[at(state)].empty()) open(alpha_[at(state)], state);
    reached.push_back(state);
  }
  parallel_for(reached.size(), [&](std::size_t n) {
    for (const int b : incoming_[at(reached[n])])
      if (const Alpha& from = alpha_[at(source_[at(b)])]; !from.empty()) carry(round, b, from, &alpha_[at(reached[n])], nullptr);
  });
}

void Filter::cross_rounds(int round) {
  struct Task {
    std::vector<int> branches;
    Alpha* to = nullptr;
    std::vector<double> ended;
  };
  std::vector<Task> tasks;
  std::map<RoundAndState, std::size_t> task_of;
  for (std::size_t s = 0; s < alpha_.size(); ++s) {
    if (alpha_[s].empty()) continue;
    Task ends;
    for (int b = structure_.states[s].first_branch; b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      const Destination to = board_.follow(round, b);
      if (to.ended() || to.closing) {  // nothing is observed in the closing: it only keeps its probability
        ends.branches.push_back(b);
        continue;
      }
      if (board_.advance(b) == 0) continue;
      const auto [task, fresh] = task_of.try_emplace({to.round, to.state}, tasks.size());
      if (fresh) {
        Alpha& target = arrivals_[{to.round, to.state}];
        if (target.empty()) open(target, to.state);
        tasks.push_back({{}, &target, {}});
      }
      tasks[task->second].branches.push_back(b);
    }
    if (!ends.branches.empty()) {
      ends.ended.assign(records_, 0.0);
      tasks.push_back(std::move(ends));
    }
  }
  parallel_for(tasks.size(), [&](std::size_t t) {
    for (const int b : tasks[t].branches) carry(round, b, alpha_[at(source_[at(b)])], tasks[t].to, tasks[t].to == nullptr ? &tasks[t].ended : nullptr);
  });
  for (const Task& task : tasks)
    for (std::size_t r = 0; r < task.ended.size(); ++r) ended_[r] += task.ended[r];
}

void Filter::carry(int round, int branch, const Alpha& from, Alpha* to, std::vector<double>* ended) const {
  const int state = source_[at(branch)];
  const BranchReader reader(board_, round, state, branch - structure_.states[at(state)].first_branch);
  if (!reader.possible()) return;
  const Shape& here = board_.shape(state);
  const std::size_t profiles = at(here.profiles), profiles_there = to == nullptr ? 0 : at(board_.shape(reader.destination().state).profiles);
  const auto found = factor_[at(round)].find(branch);
  const double* factor = found == factor_[at(round)].end() ? nullptr : found->second.data();
  Footing footing;
  std::vector<double> moved(records_);
  for (int p = 0; p < here.points; ++p) {
    const double* row = from.data() + at(p) * profiles * records_;
    if (std::all_of(row, row + profiles * records_, [](double mass) { return mass == 0.0; })) continue;
    reader.read(p, footing);
    for (std::size_t theta = 0; theta < profiles; ++theta, row += records_) {
      const double odds = footing.odds[theta];
      if (odds == 0.0) continue;
      if (factor != nullptr)
        for (std::size_t r = 0; r < records_; ++r) moved[r] = row[r] * odds * factor[r];
      else
        for (std::size_t r = 0; r < records_; ++r) moved[r] = row[r] * odds;
      if (to == nullptr) {
        for (std::size_t r = 0; r < records_; ++r) (*ended)[r] += moved[r];
        continue;
      }
      const std::size_t profile = at(reader.projection()->profile[theta]);
      for (std::size_t n = 0; n < footing.point.size(); ++n) {
        double* target = to->data() + (at(footing.point[n]) * profiles_there + profile) * records_;
        const double share = footing.weight[n];
        for (std::size_t r = 0; r < records_; ++r) target[r] += share * moved[r];
      }
    }
  }
}

/// How many records may stand side by side: as memory allows, and no more than pays.
std::size_t batch_of(const Board& board) {
  constexpr double budget = 256e6;  // bytes; the sweep holds one round at a time
  constexpr std::size_t most = 64;
  double bytes_a_record = 0.0;
  for (std::size_t s = 0; s < board.structure().states.size(); ++s) {
    const Shape& shape = board.shape(static_cast<int>(s));
    bytes_a_record += 8.0 * shape.points * shape.profiles;
  }
  return std::clamp(static_cast<std::size_t>(budget / bytes_a_record), std::size_t{1}, most);
}

}  // namespace

std::vector<double> log_likelihoods(const Game& game, const Assessment& assessment, const std::vector<KindInGame>& kinds, std::span<const Record> records) {
  const Board board(game, assessment);
  const std::size_t batch = batch_of(board);
  std::vector<double> out;
  for (std::size_t begin = 0; begin < records.size(); begin += batch) {
    const std::vector<double> some = Filter(board, kinds, records.subspan(begin, std::min(batch, records.size() - begin))).run();
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

double log_likelihood(const Game& game, const Assessment& assessment, const std::vector<KindInGame>& kinds, const Record& record) {
  return log_likelihoods(game, assessment, kinds, {&record, 1}).front();
}

}  // namespace melian::evidence
