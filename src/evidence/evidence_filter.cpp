/// The filter: the forward sweep of a prediction with every branch weighed by what the records say
/// of it. A kind of event happens at most once in a round, so the chance of a cell is that of "it
/// did not happen", a constant, times a ratio wherever a branch makes it happen: no memory of what
/// happened earlier in the round is needed.

#include <algorithm>
#include <cmath>
#include <map>

#include "evidence/evidence_filter.h"
#include "predict/crossing.h"
#include "study/evidence.h"

namespace melian::evidence {
namespace {

using namespace prediction;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// What is held against the branches of one round, column by column.
struct RoundCells {
  std::size_t columns = 1;
  std::vector<double> log_none;  ///< [column]: of nothing having happened in all its cells
  std::map<int, std::vector<double>> factor;  ///< by branch, [column]; absent: ones
  explicit RoundCells(std::size_t width) : columns(width), log_none(width, 0.0) {}

  void add(const KindInGame& kind, const Cell& cell, std::size_t first, std::size_t end) {
    const double none = log_report(kind, cell, silent);
    for (std::size_t c = first; c < end; ++c) log_none[c] += none;
    std::vector<double> ratio;
    for (int category = 0; category < kind.categories(); ++category)
      ratio.push_back(std::exp(log_report(kind, cell, category) - none));
    for (const auto& [branch, category] : kind.branches) {
      std::vector<double>& factors = factor[branch];
      factors.resize(columns, 1.0);
      for (std::size_t c = first; c < end; ++c) factors[c] *= ratio[at(category)];
    }
  }
};

/// alpha(types, public state, belief point), several records side by side: a column each. Two ways:
/// - `run`: as many columns in every round as there are records;
/// - `run_by_cell`: one record; a round is played in columns that know none, one, ... all of its
/// cells, and what knows all
///   of them goes on.
class Filter {
 public:
  explicit Filter(const Board& board);
  std::vector<double> run(const std::vector<KindInGame>& kinds, std::span<const Record> records);
  std::vector<double> run_by_cell(const std::vector<KindInGame>& kinds, const Record& record);

 private:
  /// [point][profile of the live types][column]; empty: nobody stands here.
  using Alpha = std::vector<double>;
  using RoundAndState = std::pair<int, int>;

  void start(std::size_t kept);
  std::vector<double> play_round(int round, const RoundCells& cells);
  void open(Alpha& alpha, int state, std::size_t columns) const;
  void gather(int round, const std::vector<int>& level);
  void cross_rounds(int round);
  void carry(int round, int branch, const Alpha& from, Alpha* to, std::vector<double>* ended) const;
  void carry_together(int round, int branch, const double* factor, const Alpha& from, Alpha* to,
                      std::vector<double>* ended) const;
  [[nodiscard]] std::size_t kept_of(std::size_t column) const { return kept_ == 1 ? 0 : column; }

  const Board& board_;
  const Structure& structure_;
  const Crossings crossings_;
  std::vector<int> source_;                 // [branch]
  std::vector<std::vector<int>> incoming_;  // [state]: branches that reach it within the round
  std::size_t kept_ = 1;                    // columns between rounds: one, or as many as within
  std::map<RoundAndState, Alpha> arrivals_;
  std::vector<double> ended_;  // [kept column]
  // Of the round in hand:
  const RoundCells* cells_ = nullptr;
  std::size_t columns_ = 1;
  std::vector<Alpha> alpha_;  // [state]
  std::map<RoundAndState, Alpha> leaving_;
  std::vector<double> ending_;  // [column]
};

Filter::Filter(const Board& board)
    : board_(board),
      structure_(board.structure()),
      crossings_(board),
      source_(structure_.branches.size()),
      incoming_(structure_.states.size()),
      alpha_(structure_.states.size()) {
  for (std::size_t s = 0; s < structure_.states.size(); ++s)
    for (int b = structure_.states[s].first_branch;
         b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      source_[at(b)] = static_cast<int>(s);
      const int next = structure_.branches[at(b)].next;
      if (next >= 0 && board.advance(b) == 0) incoming_[at(next)].push_back(b);
    }
}

int rounds_of(std::span<const Record> records, const Structure& structure) {
  int out = 0;
  for (const Record& record : records)
    for (const Cell& cell : record) out = std::max(out, cell.round + 1);
  MELIAN_EXPECT(structure.horizon != HorizonKind::finite || out <= structure.rounds,
                "records within the horizon");
  return out;
}

std::vector<double> Filter::run(const std::vector<KindInGame>& kinds,
                                std::span<const Record> records) {
  std::vector<RoundCells> rounds(at(rounds_of(records, structure_)), RoundCells(records.size()));
  for (std::size_t r = 0; r < records.size(); ++r)
    for (const Cell& cell : records[r])
      rounds[at(cell.round)].add(kinds[at(cell.kind)], cell, r, r + 1);
  start(records.size());
  std::vector<double> out(records.size(), 0.0);
  for (std::size_t t = 0; t < rounds.size(); ++t) {
    const std::vector<double> logs = play_round(static_cast<int>(t), rounds[t]);
    for (std::size_t r = 0; r < out.size(); ++r) out[r] += logs[r];
  }
  return out;
}

std::vector<double> Filter::run_by_cell(const std::vector<KindInGame>& kinds,
                                        const Record& record) {
  MELIAN_EXPECT(std::ranges::is_sorted(record, {}, &Cell::round), "cells in order of rounds");
  start(1);
  std::vector<double> out{0.0};
  auto next = record.begin();
  for (int round = 0; round < rounds_of({&record, 1}, structure_); ++round) {
    const auto begin = next;
    next = std::find_if(begin, record.end(), [&](const Cell& cell) { return cell.round > round; });
    RoundCells cells(static_cast<std::size_t>(next - begin) + 1);
    for (auto cell = begin; cell != next; ++cell)
      cells.add(kinds[at(cell->kind)], *cell, static_cast<std::size_t>(cell - begin) + 1,
                cells.columns);
    const std::vector<double> logs = play_round(round, cells);
    const double before = out.back();
    for (std::size_t c = 1; c < cells.columns; ++c) out.push_back(before + logs[c]);
  }
  return out;
}

void Filter::open(Alpha& alpha, int state, std::size_t columns) const {
  const Shape& shape = board_.shape(state);
  alpha.assign(at(shape.points) * at(shape.profiles) * columns, 0.0);
}

/// alpha_0 = p(types) w_k(b_0).
void Filter::start(std::size_t kept) {
  kept_ = kept;
  ended_.assign(kept_, 0.0);
  Alpha& first = arrivals_[{0, structure_.root}];
  open(first, structure_.root, kept_);
  const Shape& shape = board_.shape(structure_.root);
  for (std::size_t k = 0; k < board_.start().point.size(); ++k)
    for (int theta = 0; theta < board_.full().count(); ++theta) {
      const std::size_t row =
          at(board_.start().point[k]) * at(shape.profiles) + at(shape.profile_of_full[at(theta)]);
      for (std::size_t c = 0; c < kept_; ++c)
        first[row * kept_ + c] += board_.start().weight[k] * board_.profile_weight()[at(theta)];
    }
}

/// What the round adds to the logarithm of each column. Afterwards all alphas of a kept column sum
/// to one again.
std::vector<double> Filter::play_round(int round, const RoundCells& cells) {
  cells_ = &cells;
  columns_ = cells.columns;
  // 1. Columns of this round from those kept.
  for (Alpha& alpha : alpha_) alpha.clear();
  while (!arrivals_.empty() && arrivals_.begin()->first.first == round) {
    const Alpha& kept = arrivals_.begin()->second;
    Alpha& here = alpha_[at(arrivals_.begin()->first.second)];
    here.resize(kept.size() / kept_ * columns_);
    for (std::size_t row = 0; row < kept.size() / kept_; ++row)
      for (std::size_t c = 0; c < columns_; ++c)
        here[row * columns_ + c] = kept[row * kept_ + kept_of(c)];
    arrivals_.erase(arrivals_.begin());
  }
  // 2. The round is played.
  ending_.assign(columns_, 0.0);
  if (round < structure_.rounds)
    for (auto level = structure_.timed_levels.rbegin(); level != structure_.timed_levels.rend();
         ++level)
      gather(round, *level);
  for (auto level = structure_.untimed_levels.rbegin(); level != structure_.untimed_levels.rend();
       ++level)
    gather(round, *level);
  cross_rounds(round);
  // 3. What all alphas of a column sum to, those that wait for later rounds and those of plays that
  // have ended too.
  std::vector<double> total(columns_);
  for (std::size_t c = 0; c < columns_; ++c) total[c] = ended_[kept_of(c)] + ending_[c];
  std::vector<double> waiting(kept_, 0.0);
  for (const auto& [place, alpha] : arrivals_)
    for (std::size_t n = 0; n < alpha.size(); ++n) waiting[n % kept_] += alpha[n];
  for (const auto& [place, alpha] : leaving_)
    for (std::size_t n = 0; n < alpha.size(); ++n) total[n % columns_] += alpha[n];
  std::vector<double> logs(columns_);
  for (std::size_t c = 0; c < columns_; ++c)
    logs[c] = cells.log_none[c] + std::log(total[c] + waiting[kept_of(c)]);
  // 4. The columns kept: all, or the last.
  const std::size_t first = columns_ - kept_;
  std::vector<double> scale(kept_);
  for (std::size_t c = 0; c < kept_; ++c) {
    const double sum = total[first + c] + waiting[c];
    scale[c] = sum > 0.0 ? 1.0 / sum : 0.0;
    ended_[c] = (ended_[c] + ending_[first + c]) * scale[c];
  }
  for (auto& [place, alpha] : arrivals_)
    for (std::size_t n = 0; n < alpha.size(); ++n) alpha[n] *= scale[n % kept_];
  for (const auto& [place, alpha] : leaving_) {
    Alpha& target = arrivals_[place];
    if (target.empty()) open(target, place.second, kept_);
    for (std::size_t row = 0; row < alpha.size() / columns_; ++row)
      for (std::size_t c = 0; c < kept_; ++c)
        target[row * kept_ + c] += alpha[row * columns_ + first + c] * scale[c];
  }
  leaving_.clear();
  return logs;
}

/// Every state gathers in the order of branches: the same sums for any number of threads.
void Filter::gather(int round, const std::vector<int>& level) {
  std::vector<int> reached;
  for (const int state : level) {
    if (!std::ranges::any_of(incoming_[at(state)],
                             [&](int b) { return !alpha_[at(source_[at(b)])].empty(); }))
      continue;
    if (alpha_[at(state)].empty()) open(alpha_[at(state)], state, columns_);
    reached.push_back(state);
  }
  parallel_for(reached.size(), [&](std::size_t n) {
    for (const int b : incoming_[at(reached[n])])
      if (const Alpha& from = alpha_[at(source_[at(b)])]; !from.empty())
        carry(round, b, from, &alpha_[at(reached[n])], nullptr);
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
    for (int b = structure_.states[s].first_branch;
         b < structure_.states[s].first_branch + structure_.states[s].num_branches; ++b) {
      const Destination to = board_.follow(round, b);
      if (to.ended() ||
          to.closing) {  // nothing is observed in the closing: it only keeps its probability
        ends.branches.push_back(b);
        continue;
      }
      if (board_.advance(b) == 0) continue;
      const auto [task, fresh] = task_of.try_emplace({to.round, to.state}, tasks.size());
      if (fresh) {
        Alpha& target = leaving_[{to.round, to.state}];
        open(target, to.state, columns_);
        tasks.push_back({{}, &target, {}});
      }
      tasks[task->second].branches.push_back(b);
    }
    if (!ends.branches.empty()) {
      ends.ended.assign(columns_, 0.0);
      tasks.push_back(std::move(ends));
    }
  }
  parallel_for(tasks.size(), [&](std::size_t t) {
    for (const int b : tasks[t].branches)
      carry(round, b, alpha_[at(source_[at(b)])], tasks[t].to,
            tasks[t].to == nullptr ? &tasks[t].ended : nullptr);
  });
  for (const Task& task : tasks)
    for (std::size_t c = 0; c < task.ended.size(); ++c) ending_[c] += task.ended[c];
}

void Filter::carry(int round, int branch, const Alpha& from, Alpha* to,
                   std::vector<double>* ended) const {
  if (!crossings_.branch(branch).possible) return;
  const auto found = cells_->factor.find(branch);
  const double* factor = found == cells_->factor.end() ? nullptr : found->second.data();
  if (crossings_.branch(branch).plain)
    return carry_together(round, branch, factor, from, to, ended);
  const int state = source_[at(branch)];
  const BranchReader reader(board_, round, state,
                            branch - structure_.states[at(state)].first_branch);
  const Shape& here = board_.shape(state);
  const std::size_t profiles = at(here.profiles),
                    profiles_there =
                        to == nullptr ? 0 : at(board_.shape(reader.destination().state).profiles);
  Footing footing;
  std::vector<double> moved(columns_);
  for (int p = 0; p < here.points; ++p) {
    const double* row = from.data() + at(p) * profiles * columns_;
    if (std::all_of(row, row + profiles * columns_, [](double mass) { return mass == 0.0; }))
      continue;
    reader.read(p, footing);
    for (std::size_t theta = 0; theta < profiles; ++theta, row += columns_) {
      const double odds = footing.odds[theta];
      if (odds == 0.0) continue;
      if (factor != nullptr)
        for (std::size_t c = 0; c < columns_; ++c) moved[c] = row[c] * odds * factor[c];
      else
        for (std::size_t c = 0; c < columns_; ++c) moved[c] = row[c] * odds;
      if (to == nullptr) {
        for (std::size_t c = 0; c < columns_; ++c) (*ended)[c] += moved[c];
        continue;
      }
      const std::size_t profile = at(reader.projection()->profile[theta]);
      for (std::size_t n = 0; n < footing.point.size(); ++n) {
        double* target = to->data() + (at(footing.point[n]) * profiles_there + profile) * columns_;
        const double share = footing.weight[n];
        for (std::size_t c = 0; c < columns_; ++c) target[c] += share * moved[c];
      }
    }
  }
}

/// A plain branch, at all points at once.
void Filter::carry_together(int round, int branch, const double* factor, const Alpha& from,
                            Alpha* to, std::vector<double>* ended) const {
  static thread_local Crossing crossing;
  static thread_local std::vector<double> moved;
  const Destination leads = board_.follow(round, branch);
  const Projection* projection = crossings_.projection(branch, leads);
  crossings_.read(round, branch, projection, false, crossing);
  const Shape& here = board_.shape(source_[at(branch)]);
  const std::size_t profiles = at(here.profiles),
                    profiles_there = to == nullptr ? 0 : at(board_.shape(leads.state).profiles);
  moved.resize(columns_);
  const double* row = from.data();
  for (int p = 0; p < here.points; ++p)
    for (std::size_t theta = 0; theta < profiles; ++theta, row += columns_) {
      const double odds = crossing.likelihood(p, static_cast<int>(theta));
      for (std::size_t c = 0; c < columns_; ++c)
        moved[c] = factor != nullptr ? row[c] * odds * factor[c] : row[c] * odds;
      if (to == nullptr) {
        for (std::size_t c = 0; c < columns_; ++c) (*ended)[c] += moved[c];
        continue;
      }
      double* low =
          to->data() +
          (at(crossing.low[p]) * profiles_there + at(projection->profile[theta])) * columns_;
      const double above = crossing.weight[p];
      for (std::size_t c = 0; c < columns_; ++c) low[c] += (1.0 - above) * moved[c];
      if (above == 0.0) continue;
      double* high = low + at(crossing.step) * profiles_there * columns_;
      for (std::size_t c = 0; c < columns_; ++c) high[c] += above * moved[c];
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

std::vector<double> log_likelihoods(const Game& game, const Assessment& assessment,
                                    const std::vector<KindInGame>& kinds,
                                    std::span<const Record> records) {
  const Board board(game, assessment);
  const std::size_t batch = batch_of(board);
  std::vector<double> out;
  for (std::size_t begin = 0; begin < records.size(); begin += batch) {
    const std::vector<double> some =
        Filter(board).run(kinds, records.subspan(begin, std::min(batch, records.size() - begin)));
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

std::vector<double> log_likelihood_by_cell(const Game& game, const Assessment& assessment,
                                           const std::vector<KindInGame>& kinds,
                                           const Record& record) {
  const Board board(game, assessment);
  return Filter(board).run_by_cell(kinds, record);
}

double log_likelihood(const Game& game, const Assessment& assessment,
                      const std::vector<KindInGame>& kinds, const Record& record) {
  return log_likelihoods(game, assessment, kinds, {&record, 1}).front();
}

}  // namespace melian::evidence
