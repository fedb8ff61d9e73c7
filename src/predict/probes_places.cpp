#include "predict/probes_places.h"

#include <algorithm>
#include <map>
#include <memory>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

Places start_places(const Board& board) {
  const Shape& shape = board.shape(board.structure().root);
  const int profiles = board.full().count();
  Places out;
  out.columns = standing_columns(profiles, static_cast<int>(shape.frozen.size()), {});
  for (std::size_t k = 0; k < board.start().point.size(); ++k) {
    out.point.push_back(board.start().point[k]);
    out.rows.insert(out.rows.end(), at(profiles), board.start().weight[k]);
    for (const auto& [player, type] : shape.frozen)
      out.rows.insert(out.rows.end(), at(profiles),
                      board.start().weight[k] * board.game().numbers.prior[at(player)][at(type)]);
    out.rows.push_back(board.start().weight[k]);
  }
  return out;
}

Places places_of(const Standing& standing, int points, int profiles) {
  Places out;
  out.columns = standing.columns;
  const auto empty = [&](int p) {
    return std::all_of(standing.row(p), standing.row(p) + profiles,
                       [](double mass) { return mass == 0.0; });
  };
  int stood_on = 0;
  for (int p = 0; p < points; ++p) stood_on += empty(p) ? 0 : 1;
  out.point.reserve(at(stood_on));
  out.rows.reserve(at(stood_on) * at(standing.columns));
  for (int p = 0; p < points; ++p) {
    const double* row = standing.row(p);
    if (empty(p)) continue;
    out.point.push_back(p);
    out.rows.insert(out.rows.end(), row, row + standing.columns);
  }
  return out;
}

using Book = std::vector<std::map<int, Places>>;  // [state][round]

}  // namespace

Detours::Detours(std::span<const Reader> readers) {
  for (const Reader& reader : readers) {
    if (reader.forced.empty() || reader.same_detour >= 0) continue;
    for (std::size_t k = 0; k + 1 < reader.forced.size(); ++k) {
      Detour leg;
      leg.from = k == 0 ? -1 : static_cast<int>(legs.size()) - 1;
      leg.forced = reader.forced[k];
      for (const auto& [move, action] : reader.forced[k + 1]) leg.until.push_back(move);
      if (k == 0)
        leg.starts = [&reader](int round, int state) {
          return round >= reader.first_round - 1 && round <= reader.last_round - 1 &&
                 reader.starts_at(state);
        };
      legs.push_back(std::move(leg));
    }
    last[legs.size() - 1] = &reader;
  }
}

Asked::Asked(const Structure& structure, std::span<const Reader> readers)
    : first_round(structure.moves.size(), std::numeric_limits<int>::max()),
      last_round(structure.moves.size(), -1) {
  for (const Reader& reader : readers) {
    for (const Column& wanted : reader.columns)
      if (std::find(columns.begin(), columns.end(), wanted) == columns.end())
        columns.push_back(wanted);
    beliefs = beliefs || reader.beliefs;
    forward = forward || reader.move >= 0;
    if (reader.move < 0 || !reader.forced.empty()) continue;
    first_round[at(reader.move)] = std::min(first_round[at(reader.move)], reader.first_round - 1);
    last_round[at(reader.move)] = std::max(last_round[at(reader.move)], reader.last_round - 1);
  }
}

bool Asked::looked_at(const Structure& structure, int round, int state) const {
  const int move = structure.states[at(state)].move;
  const auto within = [&](int m) {
    return round >= first_round[at(m)] && round <= last_round[at(m)];
  };
  return within(move) || std::ranges::any_of(structure.moves[at(move)].parts, within);
}

Facts::Facts(const Board& board, std::span<const Given> given)
    : board_(board), allowed_(at(board.full().count()), true) {
  const Structure& structure = board.structure();
  for (const Given& fact : given) {
    if (const auto* type = std::get_if<TypeIs>(&fact)) {
      MELIAN_EXPECT(type->player >= 0 && type->player < structure.num_players() &&
                        type->type >= 0 &&
                        type->type < structure.players[at(type->player)].num_types(),
                    "a type of a player");
      for (int theta = 0; theta < board.full().count(); ++theta)
        if ((board.full().type_of(theta, type->player) == type->type) == type->negated)
          allowed_[at(theta)] = false;
    } else if (const auto* content = std::get_if<RemembersContent>(&fact)) {
      MELIAN_EXPECT(content->variable >= 0 && at(content->variable) < structure.variables.size(),
                    "a remembered variable");
      remembered_.push_back(*content);
    } else {
      taken_.push_back(std::get<Takes>(fact));
    }
  }
}

bool Facts::hold_at(int state) const {
  const Structure& structure = board_.structure();
  for (const RemembersContent& wanted : remembered_) {
    bool known = false, same = false;
    for (std::int64_t k = structure.memory[at(state)]; k < structure.memory[at(state) + 1]; ++k) {
      const auto [variable, content] = structure.remembered[static_cast<std::size_t>(k)];
      if (variable != wanted.variable) continue;
      known = true;
      same = content == wanted.content;
    }
    if (!known || same == wanted.negated) return false;
  }
  return true;
}

bool Facts::takes(int action) const {
  return std::ranges::all_of(
      taken_, [&](const Takes& fact) { return (fact.action == action) != fact.negated; });
}

void Facts::weights(const double* row, std::vector<double>& out) const {
  out.resize(allowed_.size());
  for (std::size_t theta = 0; theta < out.size(); ++theta)
    out[theta] = allowed_[theta] ? board_.profile_weight()[theta] * row[theta] : 0.0;
}

std::vector<double> Facts::weights(const double* row) const {
  std::vector<double> out;
  weights(row, out);
  return out;
}

void sweep_places(const Board& board, std::span<Reader> readers, PlayCount* count) {
  const Structure& structure = board.structure();
  const Asked asked(structure, readers);
  for (Reader& reader : readers)
    for (const Column& wanted : reader.columns)
      reader.column.push_back(static_cast<int>(
          std::find(asked.columns.begin(), asked.columns.end(), wanted) - asked.columns.begin()));
  Book book(structure.states.size());
  std::map<const Reader*, Book> detoured;
  const Detours detours(readers);
  for (const auto& [leg, reader] : detours.last) detoured[reader].resize(structure.states.size());
  ForwardHooks hooks;
  hooks.standing = [&](int round, bool closing, int state, const Standing& standing) {
    if (!closing && asked.looked_at(structure, round, state))
      book[at(state)][round] = places_of(standing, board.shape(state).points, board.full().count());
  };
  hooks.stopped = [&](std::size_t leg, int round, int state, const Standing& standing) {
    if (const auto reader = detours.last.find(leg); reader != detours.last.end())
      detoured[reader->second][at(state)][round] =
          places_of(standing, board.shape(state).points, board.full().count());
  };
  if (count != nullptr) {
    hooks.counted = count->counted();
    hooks.flow = [&](int round, bool closing, int branch, const Destination& to, const Flow& flow) {
      count->flow(round, closing, branch, to, flow);
    };
    hooks.left = [&](int round, int state, const Standing& standing) {
      count->leave(round, state, standing);
    };
  }
  if (count != nullptr || asked.forward) sweep_forward(board, asked.carried(), hooks, detours.legs);

  const Places start = start_places(board);
  const auto show = [&](int table_round, int state, const Backward* backward) {
    for (Reader& reader : readers)
      if (reader.move < 0 && state == structure.root &&
          (table_round == 0 || !structure.states[at(state)].timed))
        reader.read(0, state, table_round, start, backward, reader.column);
    for (const auto& [round, places] : book[at(state)]) {
      if (structure.states[at(state)].timed && table_round != round) continue;
      for (Reader& reader : readers)
        if (reader.forced.empty() && reader.move >= 0 && makes(structure, state, reader.move) &&
            round >= reader.first_round - 1 && round <= reader.last_round - 1)
          reader.read(round, state, table_round, places, backward, reader.column);
    }
    for (Reader& reader : readers) {
      if (reader.forced.empty()) continue;
      for (const auto& [round, places] : detoured.at(
               reader.same_detour < 0 ? &reader : &readers[at(reader.same_detour)])[at(state)])
        if (!structure.states[at(state)].timed || table_round == round)
          reader.read(round, state, table_round, places, backward, reader.column);
    }
  };
  if (readers.empty()) return;
  if (!asked.columns.empty()) {
    Backward backward(board, asked.columns);
    static_cast<void>(backward.sweep([&](int round, int state) { show(round, state, &backward); },
                                     {}, std::ranges::any_of(readers, &Reader::far)));
    return;
  }
  for (std::size_t s = 0; s < structure.states.size(); ++s) {
    const int state = static_cast<int>(s);
    if (!structure.states[s].timed) {
      show(-1, state, nullptr);
      continue;
    }
    for (int round = 0; round < structure.rounds; ++round) show(round, state, nullptr);
  }
}

void own_expectations(const Board& board, const Shape& shape, int player, const double* amounts,
                      std::span<const double> log_odds, const double* own_odds,
                      std::vector<double>& by_type) {
  static thread_local std::vector<double> law, cells,
      total;  // law: of the others' types, given any type of its own
  law.assign(at(shape.profiles), 1.0);
  for (const Shape::Group& group : shape.groups) {
    board.cells_for(player, group.group, log_odds.data() + group.first, cells);
    for (std::size_t theta = 0; theta < law.size(); ++theta)
      law[theta] *= cells[at(group.cell[theta])];
  }
  const auto types = at(shape.types(board.structure(), player));
  by_type.assign(types, 0.0);
  total.assign(types, 0.0);
  for (std::size_t theta = 0; theta < law.size(); ++theta) {
    const double weight = own_odds != nullptr ? law[theta] * own_odds[theta] : law[theta];
    if (weight == 0.0) continue;
    const auto type = shape.has(player) ? at(shape.type_in(static_cast<int>(theta), player)) : 0;
    by_type[type] += weight * amounts[theta];
    total[type] += weight;
  }
  for (std::size_t type = 0; type < types; ++type)
    by_type[type] = total[type] > 0.0 ? by_type[type] / total[type] : 0.0;
}

double own_expectation(const Board& board, const Shape& shape, int player, int own_type,
                       const double* amounts, std::span<const double> log_odds,
                       const double* own_odds) {
  static thread_local std::vector<double> by_type;
  own_expectations(board, shape, player, amounts, log_odds, own_odds, by_type);
  return by_type[at(own_type)];
}

}  // namespace melian::prediction
