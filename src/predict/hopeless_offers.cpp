#include "predict/hopeless_offers.h"

#include <algorithm>
#include <cmath>

namespace melian::prediction {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// A profile of the shape in which the player has this type.
int profile_with(const Shape& shape, int player, int type) {
  for (int profile = 0; profile < shape.profiles; ++profile)
    if (!shape.has(player) || shape.type_in(profile, player) == type) return profile;
  return 0;
}

}  // namespace

double hopeless_share(const OfferView& view, double most) {
  double hopeless = 0.0, all = 0.0;
  for (std::size_t k = 0; k < view.made.size(); ++k) {
    all += view.made[k];
    if (view.expected[k] < most && view.made[k] > view.measure[k]) hopeless += view.made[k];
  }
  return all > 0.0 ? hopeless / all : 0.0;
}

std::optional<double> hopeless_gain(const OfferView& view, double most, double least) {
  std::optional<double> hopeless, hopeful;
  for (std::size_t k = 0; k < view.made.size(); ++k) {
    if (view.made[k] <= 0.0) continue;  // not open to this type
    if (view.expected[k] < most)
      hopeless = std::max(hopeless.value_or(view.payoff[k]), view.payoff[k]);
    if (view.expected[k] > least)
      hopeful = std::max(hopeful.value_or(view.payoff[k]), view.payoff[k]);
  }
  if (!hopeless || !hopeful) return std::nullopt;
  return *hopeless - *hopeful;
}

HopelessSum::HopelessSum(const Board& board, const Functional& what, std::span<const Given> given)
    : board_(board), wanted_(std::get<HopelessOffers>(what)), facts_(board, given) {
  const Structure& structure = board.structure();
  MELIAN_EXPECT(wanted_.move >= 0 && at(wanted_.move) < structure.moves.size() &&
                    structure.moves[at(wanted_.move)].kind == MoveKind::offer,
                "hopeless offers belong to an offer");
  MELIAN_EXPECT(!facts_.taking(), "what an author expects is judged before the offer is made");
  author_ = structure.moves[at(wanted_.move)].player;
}

std::vector<Column> HopelessSum::columns(const Structure& structure, int move) {
  return {{Column::Kind::payoff, structure.moves[at(move)].player, -1, {}},
          {Column::Kind::accepted_in_round, move, -1, {}}};
}

Reader HopelessSum::reader(int first_round, int last_round) {
  Reader out;
  out.move = wanted_.move;
  out.first_round = first_round;
  out.last_round = last_round;
  out.columns = columns(board_.structure(), wanted_.move);
  out.read = [this](int round, int state, int table_round, const Places& places,
                    const Backward* backward, const std::vector<int>& column) {
    if (facts_.hold_at(state)) read(round, state, table_round, places, *backward, column);
  };
  return out;
}

void HopelessSum::read(int round, int state, int table_round, const Places& places,
                       const Backward& backward, const std::vector<int>& column) {
  const Structure& structure = board_.structure();
  const PublicState& from = structure.states[at(state)];
  const Shape& shape = board_.shape(state);
  const auto types = at(structure.players[at(author_)].num_types()), offers = at(from.num_branches);
  std::vector<double> measure = log_measure(structure, state, board_.assessment().measure);
  double total = 0.0;
  for (double& one : measure) total += one = std::exp(one);
  for (double& one : measure) one /= total;
  OfferView empty{std::vector<double>(offers), measure, std::vector<double>(offers),
                  std::vector<double>(offers)};
  std::vector<OfferView> views(places.point.size() * types, empty);
  std::vector<double> after(backward.columns().size() * at(shape.profiles));
  Footing footing;
  for (int k = 0; k < from.num_branches; ++k) {
    const BranchReader reader(board_, round, state, k);
    const Backward::Effect effect = backward.effect(reader, table_round, state);
    for (std::size_t n = 0; n < places.point.size(); ++n) {
      reader.read(places.point[n], footing);
      backward.after(effect, reader, footing, after.data());
      for (std::size_t type = 0; type < types; ++type) {
        const int own = static_cast<int>(type);
        const auto expect = [&](int c) {
          return own_expectation(board_, shape, author_, shape.has(author_) ? own : 0,
                                 after.data() + at(c) * at(shape.profiles), footing.log_odds);
        };
        OfferView& view = views[n * types + type];
        view.made[at(k)] = footing.odds[at(profile_with(shape, author_, own))];
        view.payoff[at(k)] = expect(column[0]);
        view.expected[at(k)] = expect(column[1]);
      }
    }
  }
  for (std::size_t n = 0; n < places.point.size(); ++n) {
    const std::vector<double> weights = facts_.weights(places.row(n));
    std::vector<double> by_type(types, 0.0);
    for (std::size_t theta = 0; theta < weights.size(); ++theta)
      by_type[at(board_.full().type_of(static_cast<int>(theta), author_))] += weights[theta];
    for (std::size_t type = 0; type < types; ++type) {
      if (by_type[type] == 0.0) continue;
      const OfferView& view = views[n * types + type];
      const auto number = wanted_.least ? hopeless_gain(view, wanted_.most, *wanted_.least)
                                        : std::optional(hopeless_share(view, wanted_.most));
      if (!number) continue;
      amount_ += by_type[type] * *number;
      weight_ += by_type[type];
    }
  }
}

Measured HopelessSum::result() const {
  Measured out;
  out.weight = weight_;
  if (weight_ > 0.0) out.value = amount_ / weight_;
  return out;
}

}  // namespace melian::prediction
