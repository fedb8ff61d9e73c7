#include "solve/rows.h"

#include <random>

#include <doctest/doctest.h>

using namespace melian;
using namespace melian::grid;

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  double number() { return std::uniform_real_distribution<double>(-1.0, 1.0)(engine_); }
  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(engine_);
  }
  lanes::Row numbers(std::int64_t count) {
    lanes::Row out;
    for (std::int64_t k = 0; k < count; ++k) out.push_back(number());
    return out;
  }
  std::vector<std::int64_t> places(std::int64_t count, std::int64_t end) {
    std::vector<std::int64_t> out;
    for (std::int64_t k = 0; k < count; ++k) out.push_back(below(end));
    return out;
  }

 private:
  std::mt19937 engine_;
};

}  // namespace

TEST_CASE("RowSum: what its equation says, for rows of any width and successors of fewer places") {
  Dice dice(11);
  constexpr int lines = 5, targets = 3;
  constexpr std::int64_t odds_width = 8;
  for (const std::int64_t width : {8, 16, 24, 32, 40, 56})
    for (const std::int64_t there : {8, 16, 24}) {
      RowSum sum;
      sum.begin(width, lines, targets);
      std::vector<bool> second(ix(width));
      for (std::int64_t r = 0; r < width; ++r)
        sum.second()[r] = lanes::chosen(second[ix(r)] = dice.below(2) == 1);
      std::vector<double> wanted(ix(lines * targets * width), 0.0);
      const auto zero = dice.numbers(targets * odds_width),
                 one = dice.numbers(targets * odds_width);
      const lanes::Row table = dice.numbers(6 * std::max(width, there));
      const auto place = dice.places(width, there);
      for (const int kind : {0, 1, 2}) {  // play ends; a row of the same places; of others
        RowSum::Branch& b = sum.add();
        b.zero = zero.data();
        b.one = one.data();
        if (kind > 0) b.table = table.data();
        if (kind == 2) b.place = place.data(), b.width = there;
        for (std::int64_t r = 0; r < width; ++r) sum.constant()[r] = dice.number();
        for (std::int64_t r = 0; r < width && kind > 0; ++r) sum.factor()[r] = dice.number();
        for (int l = 0; l < lines; ++l)
          for (int t = 0; t < targets; ++t) {
            RowSpot& spot = sum.spots()[l * targets + t];
            const std::int64_t step = kind == 2 ? there : width;
            const bool between = dice.below(2) == 1;
            spot = {dice.below(6) * step, dice.below(6) * step, dice.number(),
                    between ? dice.number() : 0.0};
            for (std::int64_t r = 0; r < width; ++r) {
              const std::int64_t at = kind == 2 ? place[ix(r)] : r;
              const double follows = kind == 0 ? 0.0
                                               : spot.below * table[ix(spot.low + at)] +
                                                     spot.above * table[ix(spot.high + at)];
              const double odds = (second[ix(r)] ? one : zero)[ix(t * odds_width + l)];
              wanted[ix((l * targets + t) * width + r)] +=
                  odds * (sum.constant()[r] + sum.factor()[r] * follows);
            }
          }
      }
      std::vector<std::int64_t> start;
      for (int l = 0; l < lines; ++l) start.push_back(l * targets * width);
      lanes::Row found(ix(lines * targets * width), 0.0);
      sum.write(odds_width, start.data(), width, found.data());
      for (std::size_t k = 0; k < wanted.size(); ++k)
        REQUIRE(found[k] == doctest::Approx(wanted[k]).epsilon(1e-13));
    }
}

TEST_CASE(
    "score_rows: expectations over the others' types by the mover's type, for any number of "
    "profiles") {
  Dice dice(12);
  constexpr std::int64_t width = 8;
  for (const int profiles : {2, 4, 8, 16})
    for (const bool near : {true, false})
      for (const bool moving : {true, false})
        for (const bool ends : {true, false}) {
          RowScores a;
          a.profiles = profiles;
          a.lines = 5;
          a.nodes = 3;
          a.corners = 2;
          a.moving = moving && !ends;
          const auto reward = dice.numbers(profiles), discount = dice.numbers(profiles),
                     beliefs = dice.numbers(a.lines * profiles);
          const auto shares = dice.numbers(2 * a.lines * profiles), table = dice.numbers(12 * 16);
          const std::int64_t step = near ? 16 : 8;
          const auto place = dice.places(profiles, near ? profiles : 8),
                     first = dice.places(2 * a.lines, 9 * 8);
          a.reward = reward.data();
          a.discount = discount.data();
          a.beliefs = beliefs.data();
          a.shares = shares.data();
          a.table = ends ? nullptr : table.data();
          a.place = place.data();
          a.near = near;
          a.first = first.data();
          a.step = a.moving ? step : 0;
          a.precision[0] = 3.0;
          a.precision[1] = 5.0;
          a.log_weight = -0.7;
          a.width = width;
          lanes::Row zero(ix(a.nodes * width)), one(ix(a.nodes * width));
          a.zero = zero.data();
          a.one = one.data();
          score_rows(a);
          for (int l = 0; l < a.lines; ++l)
            for (int j = 0; j < a.nodes; ++j)
              for (const int type : {0, 1}) {
                double expected = 0.0;
                for (int q = type; q < profiles; q += 2) {
                  expected += reward[ix(q)] * beliefs[ix(l * profiles + q)];
                  for (int c = 0; c < 2 && !ends; ++c)
                    expected += discount[ix(q)] * shares[ix((c * a.lines + l) * profiles + q)] *
                                table[ix(first[ix(c * a.lines + l)] + j * a.step + place[ix(q)])];
                }
                REQUIRE(
                    (type == 0 ? zero : one)[ix(j * width + l)] ==
                    doctest::Approx(a.precision[type] * expected + a.log_weight).epsilon(1e-12));
              }
        }
}
