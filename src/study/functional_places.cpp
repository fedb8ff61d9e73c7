#include "study/functional_places.h"

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
  out.columns = profiles * (1 + static_cast<int>(shape.frozen.size())) + 1;
  for (std::size_t k = 0; k < board.start().point.size(); ++k) {
    out.point.push_back(board.start().point[k]);
    out.rows.insert(out.rows.end(), at(profiles), board.start().weight[k]);
    for (const auto& [player, type] : shape.frozen)
      out.rows.insert(out.rows.end(), at(profiles), board.start().weight[k] * board.game().numbers.prior[at(player)][at(type)]);
    out.rows.push_back(board.start().weight[k]);
  }
  return out;
}

Places places_of(const Standing& standing, int points, int profiles) {
  Places out;
  out.columns = standing.columns;
  for (int p = 0; p < points; ++p) {
    const double* row = standing.row(p);
    if (std::all_of(row, row + profiles, [](double mass) { return mass == 0.0; })) continue;
    out.point.push_back(p);
    out.rows.insert(out.rows.end(), row, row + standing.columns);
  }
  return out;
}

using Book = std::vector<std::map<int, Places>>;  // [state][round]

/// The forced detours of one reader: a sweep onward for every step.
class Detour {
 public:
  Detour(const Board& board, const Reader& reader) : reader_(reader) {
    for (std::size_t k = 1; k < reader.forced.size(); ++k) {
      std::vector<int> until;
      for (const auto& [move, action] : reader.forced[k]) until.push_back(move);
      legs_.push_back(std::make_unique<Onward>(board, std::move(until)));
    }
  }
  void start(const Board& board, int round, int state, const Standing& standing) {
    if (round >= reader_.first_round - 1 && round <= reader_.last_round - 1) take(board, 0, round, state, standing);
  }
  void run(const Board& board, Book& book) {
    for (std::size_t k = 0; k < legs_.size(); ++k)
      legs_[k]->run([&](int round, int state, const Standing& standing) {
        if (k + 1 == legs_.size())
          book[at(state)][round] = places_of(standing, board.shape(state).points, board.full().count());
        else
          take(board, k + 1, round, state, standing);
      });
    legs_.clear();
  }

 private:
  /// Forces the action of a step on those who stand here, if one of its moves is made here.
  void take(const Board& board, std::size_t step, int round, int state, const Standing& standing) {
    for (const auto& [move, action] : reader_.forced[step]) {
      if (!makes(board.structure(), state, move)) continue;
      if (step > 0 || reader_.starts_at(state)) legs_[step]->take(round, state, standing, move, action);
      return;
    }
  }

  const Reader& reader_;
  std::vector<std::unique_ptr<Onward>> legs_;
};

}  // namespace

Facts::Facts(const Board& board, std::span<const Given> given) : board_(board), allowed_(at(board.full().count()), true) {
  const Structure& structure = board.structure();
  for (const Given& fact : given) {
    if (const auto* type = std::get_if<TypeIs>(&fact)) {
      MELIAN_EXPECT(
          type->player >= 0 && type->player < structure.num_players() && type->type >= 0 && type->type < structure.players[at(type->player)].num_types(),
          "a type of a player");
      for (int theta = 0; theta < board.full().count(); ++theta)
        if ((board.full().type_of(theta, type->player) == type->type) == type->negated) allowed_[at(theta)] = false;
    } else if (const auto* content = std::get_if<RemembersContent>(&fact)) {
      MELIAN_EXPECT(content->variable >= 0 && at(content->variable) < structure.variables.size(), "a remembered variable");
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
  return std::ranges::all_of(taken_, [&](const Takes& fact) { return (fact.action == action) != fact.negated; });
}

std::vector<double> Facts::weights(const double* row) const {
  std::vector<double> out(allowed_.size(), 0.0);
  for (std::size_t theta = 0; theta < out.size(); ++theta)
    if (allowed_[theta]) out[theta] = board_.profile_weight()[theta] * row[theta];
  return out;
}

void sweep_places(const Board& board, std::span<Reader> readers) {
  const Structure& structure = board.structure();
  std::vector<Column> columns;
  for (Reader& reader : readers)
    for (const Column& wanted : reader.columns) {
      auto found = std::find(columns.begin(), columns.end(), wanted);
      if (found == columns.end()) found = columns.insert(columns.end(), wanted);
      reader.column.push_back(static_cast<int>(found - columns.begin()));
    }
  std::vector<int> last_round(structure.moves.size(), -1), first_round(structure.moves.size(), std::numeric_limits<int>::max());
  for (const Reader& reader : readers) {
    if (reader.move < 0 || !reader.forced.empty()) continue;
    first_round[at(reader.move)] = std::min(first_round[at(reader.move)], reader.first_round - 1);
    last_round[at(reader.move)] = std::max(last_round[at(reader.move)], reader.last_round - 1);
  }
  Book book(structure.states.size());
  std::map<const Reader*, Book> detoured;
  std::vector<std::pair<const Reader*, std::unique_ptr<Detour>>> detours;
  for (const Reader& reader : readers)
    if (!reader.forced.empty() && reader.same_detour < 0) detours.emplace_back(&reader, std::make_unique<Detour>(board, reader));
  ForwardHooks hooks;
  hooks.standing = [&](int round, bool closing, int state, const Standing& standing) {
    if (closing) return;
    const int move = structure.states[at(state)].move;
    bool looked_at = round >= first_round[at(move)] && round <= last_round[at(move)];
    for (const int part : structure.moves[at(move)].parts) looked_at = looked_at || (round >= first_round[at(part)] && round <= last_round[at(part)]);
    if (looked_at) book[at(state)][round] = places_of(standing, board.shape(state).points, board.full().count());
    for (auto& [reader, detour] : detours) detour->start(board, round, state, standing);
  };
  if (std::any_of(readers.begin(), readers.end(), [](const Reader& reader) { return reader.move >= 0; })) sweep_forward(board, false, hooks);
  for (auto& [reader, detour] : detours) {
    Book& own = detoured[reader];
    own.resize(structure.states.size());
    detour->run(board, own);
  }

  const Places start = start_places(board);
  const auto show = [&](int table_round, int state, const Backward* backward) {
    for (Reader& reader : readers)
      if (reader.move < 0 && state == structure.root && (table_round == 0 || !structure.states[at(state)].timed))
        reader.read(0, state, table_round, start, backward, reader.column);
    for (const auto& [round, places] : book[at(state)]) {
      if (structure.states[at(state)].timed && table_round != round) continue;
      for (Reader& reader : readers)
        if (reader.forced.empty() && reader.move >= 0 && makes(structure, state, reader.move) && round >= reader.first_round - 1 &&
            round <= reader.last_round - 1)
          reader.read(round, state, table_round, places, backward, reader.column);
    }
    for (Reader& reader : readers) {
      if (reader.forced.empty()) continue;
      for (const auto& [round, places] : detoured.at(reader.same_detour < 0 ? &reader : &readers[at(reader.same_detour)])[at(state)])
        if (!structure.states[at(state)].timed || table_round == round) reader.read(round, state, table_round, places, backward, reader.column);
    }
  };
  if (!columns.empty()) {
    Backward backward(board, columns);
    static_cast<void>(backward.sweep([&](int round, int state) { show(round, state, &backward); }));
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

double own_expectation(const Board& board, const Shape& shape, int player, int own_type, const double* amounts, std::span<const double> log_odds,
                       const double* own_odds) {
  std::vector<std::vector<double>> belief;  // [group][cell]; of the player's own type it is certain
  for (const Shape::Group& group : shape.groups) {
    std::vector<double>& cells = belief.emplace_back(board.cells_for(player, group.group, log_odds.data() + group.first));
    if (shape.has(player) && &group == &shape.groups[at(shape.group_of_player[at(player)])])
      for (std::size_t c = 0; c < cells.size(); ++c)
        if (board.space().type_in_cell(group.group, static_cast<int>(c), player) != own_type) cells[c] = 0.0;
  }
  double sum = 0.0, total = 0.0;
  for (int theta = 0; theta < shape.profiles; ++theta) {
    double weight = 1.0;
    for (std::size_t g = 0; g < belief.size(); ++g) weight *= belief[g][at(shape.groups[g].cell[at(theta)])];
    if (own_odds != nullptr) weight *= own_odds[theta];
    if (weight == 0.0) continue;
    sum += weight * amounts[theta];
    total += weight;
  }
  return total > 0.0 ? sum / total : 0.0;
}

}  // namespace melian::prediction
