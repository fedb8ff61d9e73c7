#include "game/builder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include <fmt/core.h>

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// All type profiles of all players.
std::vector<TypeProfile> all_profiles(const std::vector<Player>& players) {
  std::vector<TypeProfile> out{TypeProfile(players.size(), 0)};
  for (std::size_t i = players.size(); i-- > 0;) {
    const std::vector<TypeProfile> shorter = out;
    out.clear();
    for (int k = 0; k < players[i].num_types(); ++k)
      for (TypeProfile types : shorter) {
        types[i] = k;
        out.push_back(types);
      }
  }
  return out;
}

/// The players on whose type the amount depends.
std::uint32_t mentions(const Amount& amount, const std::vector<Player>& players) {
  std::uint32_t mask = 0;
  for (const TypeProfile& types : all_profiles(players))
    for (std::size_t i = 0; i < players.size(); ++i)
      if (types[i] > 0) {
        TypeProfile other = types;
        other[i] = 0;
        if (amount(types) != amount(other)) mask |= 1U << i;
      }
  return mask;
}

bool differ(const std::vector<double>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](double x) { return x != numbers.front(); });
}

/// One amount by profile of the live players (others at their first type), appended to `to`.
void append(std::vector<double>& to, const Amount& amount, const Structure& shape,
            std::uint32_t live) {
  const Profiles profiles(shape.players, live);
  for (int p = 0; p < profiles.count(); ++p) {
    TypeProfile types;
    for (int i = 0; i < shape.num_players(); ++i) types.push_back(profiles.type_of(p, i));
    to.push_back(amount(types));
  }
}

}  // namespace

using Draft = GameBuilder::BranchDraft;

Draft& Draft::pay(int player, Amount amount) {
  pays_.emplace_back(player, std::move(amount));
  return *this;
}
Draft& Draft::odds(Amount amount) {
  chance_.clear();
  chance_.push_back(std::move(amount));
  return *this;
}
Draft& Draft::perceived(int player, Amount amount) {
  perceptions_.emplace_back(player, std::move(amount));
  return *this;
}
Draft& Draft::advance(int rounds) {
  branch_.advance = rounds;
  return *this;
}
Draft& Draft::time(int rounds) {
  branch_.time = rounds;
  return *this;
}
Draft& Draft::count(int tally, Amount amount) {
  tallies_.emplace_back(tally, std::move(amount));
  return *this;
}
Draft& Draft::accepts(int move, int action) {
  acceptances_.push_back({move, action});
  return *this;
}
Draft& Draft::open_to(const std::vector<int>& types) {
  branch_.open_to = 0;
  for (const int k : types) branch_.open_to |= std::uint64_t{1} << k;
  return *this;
}

GameBuilder::GameBuilder(std::string title) { shape_.title = std::move(title); }

int GameBuilder::player(std::string name, std::vector<std::string> types,
                        std::vector<double> prior) {
  Player added{std::move(name), std::move(types), {}};
  if (prior.empty()) prior.assign(at(added.num_types()), 1.0 / added.num_types());
  shape_.players.push_back(std::move(added));
  numbers_.prior.push_back(std::move(prior));
  numbers_.discount.emplace_back();
  numbers_.precision.emplace_back();
  numbers_.beliefs.emplace_back();
  return shape_.num_players() - 1;
}

void GameBuilder::discount(int player, std::vector<double> by_type) {
  numbers_.discount[at(player)] = std::move(by_type);
}
void GameBuilder::precision(int player, std::vector<double> by_type) {
  numbers_.precision[at(player)] = std::move(by_type);
}
void GameBuilder::believes(int observer, int about, std::vector<double> by_type) {
  auto& row = numbers_.beliefs[at(observer)];
  row.resize(std::max(row.size(), at(about) + 1));
  row[at(about)] = std::move(by_type);
}

void GameBuilder::correlate(std::vector<int> players, std::vector<double> joint) {
  std::uint32_t mask = 0;
  for (const int player : players) mask |= 1U << player;
  const Profiles cells(shape_.players, mask);
  for (const int player : players) {
    std::vector<double>& margin = numbers_.prior[at(player)];
    margin.assign(margin.size(), 0.0);
    for (int c = 0; c < cells.count(); ++c) margin[at(cells.type_of(c, player))] += joint[at(c)];
  }
  shape_.correlated.push_back(std::move(players));
  numbers_.joint.push_back(std::move(joint));
}

int GameBuilder::outcome(std::string name) {
  shape_.outcomes.push_back(std::move(name));
  return -static_cast<int>(shape_.outcomes.size());
}
int GameBuilder::tally(std::string name) {
  shape_.tallies.push_back(std::move(name));
  return static_cast<int>(shape_.tallies.size()) - 1;
}
int GameBuilder::variable(std::string name, std::vector<std::string> domain) {
  shape_.variables.push_back({std::move(name), std::move(domain)});
  return static_cast<int>(shape_.variables.size()) - 1;
}

int GameBuilder::offer(std::string name, int player, std::vector<double> numbers,
                       std::vector<double> widths) {
  Move move;
  move.name = std::move(name);
  move.kind = MoveKind::offer;
  move.player = player;
  for (const double number : numbers) move.actions.push_back(number_text(number));
  move.numbers = std::move(numbers);
  move.widths = std::move(widths);
  shape_.moves.push_back(std::move(move));
  return static_cast<int>(shape_.moves.size()) - 1;
}
int GameBuilder::amount(std::string name, int player, std::vector<double> numbers,
                        std::vector<double> widths) {
  const int move = offer(std::move(name), player, std::move(numbers), std::move(widths));
  shape_.moves.back().kind = MoveKind::amount;
  return move;
}
int GameBuilder::choice(std::string name, int player, std::vector<std::string> actions) {
  Move move;
  move.name = std::move(name);
  move.player = player;
  move.actions = std::move(actions);
  shape_.moves.push_back(std::move(move));
  return static_cast<int>(shape_.moves.size()) - 1;
}
int GameBuilder::chance(std::string name, std::vector<std::string> outcomes) {
  const int move = choice(std::move(name), -1, std::move(outcomes));
  shape_.moves.back().kind = MoveKind::chance;
  return move;
}
int GameBuilder::simultaneous(std::string name, std::vector<int> parts) {
  std::vector<std::string> actions{""};
  for (const int part : parts) {
    std::vector<std::string> longer;
    for (const std::string& before : actions)
      for (const std::string& action : shape_.moves[at(part)].actions)
        longer.push_back(before + (before.empty() ? "" : " & ") + action);
    actions = std::move(longer);
  }
  const int move = choice(std::move(name), -1, std::move(actions));
  shape_.moves.back().kind = MoveKind::simultaneous;
  shape_.moves.back().parts = std::move(parts);
  return move;
}
int GameBuilder::passage(std::string name) {
  const int move = choice(std::move(name), -1, {"on"});
  shape_.moves.back().kind = MoveKind::passage;
  return move;
}

int GameBuilder::state(int move) {
  PublicState added;
  added.move = move;
  shape_.states.push_back(added);
  memory_.emplace_back();
  return static_cast<int>(shape_.states.size()) - 1;
}
void GameBuilder::remember(int state, int variable, int content) {
  memory_[at(state)].push_back({variable, content});
}
void GameBuilder::entry(int state, int closing) {
  shape_.states[at(state)].entry = true;
  shape_.states[at(state)].closing = closing;
}
void GameBuilder::root(int state) { shape_.root = state; }
void GameBuilder::rounds(int rounds) {
  shape_.horizon = HorizonKind::finite;
  shape_.rounds = rounds;
}
void GameBuilder::forever() { shape_.horizon = HorizonKind::forever; }

Draft& GameBuilder::branch(int state, int action, int next) {
  Draft& draft = drafts_.emplace_back();
  draft.state_ = state;
  draft.branch_.action = action;
  draft.branch_.next = next;
  return draft;
}

void GameBuilder::lay_out_branches() {
  std::vector<std::size_t> order(drafts_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(drafts_[a].state_, a) < std::pair(drafts_[b].state_, b);
  });
  std::vector<Draft> sorted;
  for (const std::size_t k : order) sorted.push_back(std::move(drafts_[k]));
  drafts_ = std::move(sorted);
  for (std::size_t k = 0; k < drafts_.size(); ++k) {
    MELIAN_EXPECT(drafts_[k].state_ >= 0 && at(drafts_[k].state_) < shape_.states.size(),
                  fmt::format("branch {} leaves no state", k));
    PublicState& from = shape_.states[at(drafts_[k].state_)];
    if (from.num_branches++ == 0) from.first_branch = static_cast<int>(k);
    shape_.branches.push_back(drafts_[k].branch_);
  }
  shape_.memory.push_back(0);
  for (const auto& row : memory_) {
    shape_.remembered.insert(shape_.remembered.end(), row.begin(), row.end());
    shape_.memory.push_back(static_cast<std::int64_t>(shape_.remembered.size()));
  }
}

/// Parts of simultaneous moves: every type has what any branch takes.
void GameBuilder::open_parts() {
  for (PublicState& from : shape_.states) {
    const Move& move = shape_.moves[at(from.move)];
    if (move.kind != MoveKind::simultaneous) continue;
    from.part_open = static_cast<int>(shape_.part_open.size());
    for (std::size_t part = 0; part < move.parts.size(); ++part) {
      std::vector<std::uint64_t> open(shape_.moves[at(move.parts[part])].actions.size(), 0);
      for (int k = 0; k < from.num_branches; ++k) {
        int rest = shape_.branches[at(from.first_branch + k)].action;
        for (std::size_t later = move.parts.size(); --later > part;)
          rest /= static_cast<int>(shape_.moves[at(move.parts[later])].actions.size());
        open[at(rest) % open.size()] = ~std::uint64_t{0};
      }
      shape_.part_open.insert(shape_.part_open.end(), open.begin(), open.end());
    }
  }
}

void GameBuilder::derive_timed() {
  for (PublicState& s : shape_.states)
    s.timed = s.entry && s.closing >= 0 && shape_.horizon == HorizonKind::finite;
  for (bool changed = true; changed;) {
    changed = false;
    for (const Draft& draft : drafts_) {
      PublicState& from = shape_.states[at(draft.state_)];
      if (!from.timed && draft.branch_.next >= 0 && shape_.states[at(draft.branch_.next)].timed)
        changed = from.timed = true;
    }
  }
}

void GameBuilder::derive_live() {
  const auto& players = shape_.players;
  for (const Draft& draft : drafts_) {
    PublicState& from = shape_.states[at(draft.state_)];
    std::uint32_t mask = 0;
    for (const auto& [player, amount] : draft.pays_) mask |= mentions(amount, players);
    for (const auto& [player, amount] : draft.perceptions_) mask |= mentions(amount, players);
    for (const auto& [tally, amount] : draft.tallies_) mask |= mentions(amount, players);
    for (const Amount& amount : draft.chance_) mask |= mentions(amount, players);
    if (draft.branch_.time > 0)
      for (std::size_t i = 0; i < players.size(); ++i)
        if (differ(numbers_.discount[i])) mask |= 1U << i;
    const int mover = shape_.moves[at(from.move)].player;
    if (mover >= 0 && players[at(mover)].num_types() > 1) {
      const std::uint64_t all = (std::uint64_t{1} << players[at(mover)].num_types()) - 1;
      const std::vector<double>& precision = numbers_.precision[at(mover)];
      if ((draft.branch_.open_to & all) != all || (!precision.empty() && differ(precision)))
        mask |= 1U << mover;
    }
    from.live |= shape_.with_correlated(mask);
  }
  for (bool changed = true; changed;) {
    changed = false;
    const auto inherit = [&](PublicState& from, int next) {
      if (next < 0) return;
      const std::uint32_t wider = from.live | shape_.states[at(next)].live;
      changed = changed || wider != from.live;
      from.live = wider;
    };
    for (const Draft& draft : drafts_) inherit(shape_.states[at(draft.state_)], draft.branch_.next);
    // A branch into a timed entry may lead to its closing instead.
    for (PublicState& s : shape_.states) inherit(s, s.closing);
  }
}

void GameBuilder::derive_levels() {
  const auto within_round = [&](const PublicState& from, const Branch& branch) {
    if (branch.next < 0) return false;
    const bool timed_next = shape_.states[at(branch.next)].timed;
    if (shape_.horizon == HorizonKind::forever) return branch.advance == 0;
    return from.timed ? timed_next && branch.advance == 0 : true;
  };
  std::vector<int> level(shape_.states.size(), 0);
  bool changed = true;
  for (std::size_t pass = 0; changed; ++pass) {
    MELIAN_EXPECT(pass <= shape_.states.size() + 1, "branches within a round form a cycle");
    changed = false;
    for (std::size_t s = shape_.states.size(); s-- > 0;) {
      const PublicState& from = shape_.states[s];
      for (int k = 0; k < from.num_branches; ++k) {
        const Branch& branch = shape_.branches[at(from.first_branch + k)];
        if (within_round(from, branch) && level[s] <= level[at(branch.next)]) {
          level[s] = level[at(branch.next)] + 1;
          changed = true;
        }
      }
    }
  }
  for (std::size_t s = 0; s < shape_.states.size(); ++s) {
    auto& levels = shape_.states[s].timed ? shape_.timed_levels : shape_.untimed_levels;
    if (levels.size() <= at(level[s])) levels.resize(at(level[s]) + 1);
    levels[at(level[s])].push_back(static_cast<int>(s));
  }
}

void GameBuilder::derive_reached() {
  const std::size_t states = shape_.states.size();
  shape_.reached.assign(states * at(shape_.rounds), 0);
  std::vector<std::pair<int, int>> open;  // (round, state)
  const auto visit = [&](int round, int state) {
    if (state < 0) return;
    const PublicState& s = shape_.states[at(state)];
    if (s.timed && round >= shape_.rounds) {
      MELIAN_EXPECT(s.closing >= 0,
                    fmt::format("state {} is driven past the horizon without a closing", state));
      state = s.closing;
    }
    if (!shape_.states[at(state)].timed) round = 0;
    std::uint8_t& seen = shape_.reached[at(round) * states + at(state)];
    if (seen == 0) open.emplace_back(round, state);
    seen = 1;
  };
  visit(0, shape_.root);
  while (!open.empty()) {
    const auto [round, state] = open.back();
    open.pop_back();
    const PublicState& s = shape_.states[at(state)];
    for (int k = 0; k < s.num_branches; ++k) {
      const Branch& branch = shape_.branches[at(s.first_branch + k)];
      visit(round + (s.timed ? branch.advance : 0), branch.next);
    }
  }
}

void GameBuilder::derive_decision_follows() {
  for (std::size_t s = 0; s < shape_.states.size(); ++s)
    shape_.states[s].decision_follows =
        shape_.moves[at(shape_.states[s].move)].kind != MoveKind::chance &&
        shape_.moves[at(shape_.states[s].move)].kind != MoveKind::passage;
  for (bool changed = true; changed;) {
    changed = false;
    const auto inherit = [&](PublicState& from, int next) {
      if (next >= 0 && !from.decision_follows && shape_.states[at(next)].decision_follows)
        changed = from.decision_follows = true;
    };
    for (const Draft& draft : drafts_) inherit(shape_.states[at(draft.state_)], draft.branch_.next);
    for (PublicState& s : shape_.states) inherit(s, s.closing);
  }
}

void GameBuilder::lay_out_numbers() {
  const auto size = [](const std::vector<double>& v) {
    return static_cast<std::int64_t>(v.size());
  };
  shape_.count_begin.push_back(0);
  shape_.acceptance_begin.push_back(0);
  for (const Draft& draft : drafts_) {
    const std::uint32_t live = shape_.states[at(draft.state_)].live;
    shape_.reward_offset.push_back(size(numbers_.rewards));
    for (int j = 0; j < shape_.num_players(); ++j)
      append(
          numbers_.rewards,
          [&](const TypeProfile& types) {
            double sum = 0.0;
            for (const auto& [player, amount] : draft.pays_)
              if (player == j) sum += amount(types);
            return sum;
          },
          shape_, live);
    shape_.odds_offset.push_back(draft.chance_.empty() ? -1 : size(numbers_.odds));
    if (!draft.chance_.empty()) append(numbers_.odds, draft.chance_.front(), shape_, live);
    shape_.perceived_offset.push_back(draft.perceptions_.empty() ? -1 : size(numbers_.perceived));
    for (int j = 0; j < shape_.num_players() && !draft.perceptions_.empty(); ++j) {
      const auto own = std::find_if(draft.perceptions_.begin(), draft.perceptions_.end(),
                                    [&](const auto& p) { return p.first == j; });
      append(numbers_.perceived,
             own == draft.perceptions_.end() ? draft.chance_.front() : own->second, shape_, live);
    }
    for (const auto& [tally, amount] : draft.tallies_) {
      shape_.counts.push_back({tally, size(numbers_.amounts)});
      append(numbers_.amounts, amount, shape_, live);
    }
    shape_.count_begin.push_back(static_cast<std::int64_t>(shape_.counts.size()));
    shape_.acceptances.insert(shape_.acceptances.end(), draft.acceptances_.begin(),
                              draft.acceptances_.end());
    shape_.acceptance_begin.push_back(static_cast<std::int64_t>(shape_.acceptances.size()));
  }
}

Game GameBuilder::build() {
  const std::size_t players = shape_.players.size();
  bool any_precision = false;
  for (std::size_t i = 0; i < players; ++i) {
    const auto types = at(shape_.players[i].num_types());
    if (numbers_.discount[i].empty()) numbers_.discount[i].assign(types, 1.0);
    if (numbers_.discount[i].size() == 1)
      numbers_.discount[i].assign(types, numbers_.discount[i].front());
    if (numbers_.precision[i].size() == 1)
      numbers_.precision[i].assign(types, numbers_.precision[i].front());
    any_precision = any_precision || !numbers_.precision[i].empty();
    numbers_.beliefs[i].resize(players);
    for (std::size_t about = 0; about < players; ++about)
      if (numbers_.beliefs[i][about].empty()) numbers_.beliefs[i][about] = numbers_.prior[about];
  }
  lay_out_branches();
  open_parts();
  derive_timed();
  derive_live();
  derive_levels();
  derive_reached();
  derive_decision_follows();
  lay_out_numbers();
  if (!any_precision) numbers_.precision.clear();

  std::string text = shape_.title;
  for (const Move& move : shape_.moves)
    text += fmt::format("|{},{},{},{}", move.name, static_cast<int>(move.kind), move.player,
                        move.actions.size());
  for (const PublicState& s : shape_.states)
    text += fmt::format("|{},{},{},{}", s.move, s.num_branches, s.live, s.closing);
  for (const Branch& b : shape_.branches)
    text += fmt::format("|{},{},{},{},{}", b.action, b.next, b.advance, b.time, b.open_to);
  shape_.fingerprint = sha256(text + fmt::format("|{},{}", shape_.root, shape_.rounds));

  Game game;
  game.structure = std::make_shared<const Structure>(std::move(shape_));
  game.numbers = std::move(numbers_);
  game.fingerprint = game_fingerprint(*game.structure, game.numbers);
  const std::vector<std::string> broken = broken_invariants(game);
  MELIAN_EXPECT(broken.empty(), broken.front());
  return game;
}

std::string game_fingerprint(const Structure& structure, const Numbers& numbers) {
  std::string bytes = structure.fingerprint;
  const auto add = [&](const std::vector<double>& block) {
    bytes += fmt::format("|{}:", block.size());
    for (const double number : block) {
      char raw[sizeof number];
      std::memcpy(raw, &number, sizeof number);
      bytes.append(raw, sizeof raw);
    }
  };
  for (const auto* block : {&numbers.rewards, &numbers.odds, &numbers.perceived, &numbers.amounts})
    add(*block);
  for (const auto* table : {&numbers.prior, &numbers.joint, &numbers.discount, &numbers.precision})
    for (const auto& row : *table) add(row);
  for (const auto& table : numbers.beliefs)
    for (const auto& row : table) add(row);
  return sha256(bytes);
}

}  // namespace melian
