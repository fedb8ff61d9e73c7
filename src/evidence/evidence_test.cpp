#include <cmath>

#include <doctest/doctest.h>

#include "evidence/evidence_filter.h"
#include "laws/predict_support.h"
#include "melian/numeric.h"
#include "predict/forward_board.h"
#include "study/evidence.h"

using namespace melian;
using namespace melian::evidence;

namespace {

constexpr double round_off = 1e-11;

EventKind kind_of(std::vector<std::string> moves, std::vector<std::string> actions,
                  std::vector<std::string> ends = {}) {
  EventKind out;
  out.kind = "kind";
  out.moves = std::move(moves);
  out.actions = std::move(actions);
  out.ends = std::move(ends);
  return out;
}

/// Watched cells of every kind in the first rounds, reliabilities and coverages all different.
Record all_cells(const std::vector<KindInGame>& kinds, int rounds) {
  Record out;
  for (int round = 0; round < rounds; ++round)
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      Cell cell;
      cell.round = round;
      cell.kind = static_cast<int>(k);
      cell.reliability = 0.7 + 0.05 * static_cast<double>(out.size() % 6);
      cell.coverage = out.size() % 3 == 2 ? 0.4 : 1.0;
      out.push_back(cell);
    }
  return out;
}

/// Every record these cells can show.
std::vector<Record> all_records(const Record& cells, const std::vector<KindInGame>& kinds) {
  std::vector<Record> out{cells};
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::size_t before = out.size();
    for (int category = 0; category < kinds[static_cast<std::size_t>(cells[c].kind)].categories();
         ++category)
      for (std::size_t n = 0; n < before; ++n) {
        out.push_back(out[n]);
        out.back()[c].category = category;
      }
  }
  return out;
}

/// exp(log L), of offers in probability: times the width of the reported cell.
double probability(const Record& record, const std::vector<KindInGame>& kinds,
                   double log_likelihood) {
  double out = std::exp(log_likelihood);
  for (const Cell& cell : record)
    if (const KindInGame& kind = kinds[static_cast<std::size_t>(cell.kind)];
        cell.category != silent && !kind.widths.empty())
      out *= kind.widths[static_cast<std::size_t>(cell.category)];
  return out;
}

void check_sums_to_one(const Game& game, const Assessment& assessment,
                       const std::vector<EventKind>& wanted, int rounds) {
  const std::vector<KindInGame> kinds = find_kinds(game.shape(), wanted);
  const std::vector<Record> records = all_records(all_cells(kinds, rounds), kinds);
  const std::vector<double> logs = log_likelihoods(game, assessment, kinds, records);
  double total = 0.0;
  for (std::size_t n = 0; n < records.size(); ++n) total += probability(records[n], kinds, logs[n]);
  CHECK(total == doctest::Approx(1.0).epsilon(round_off));
}

/// All plays of a game at exact beliefs, one types profile after the other, strategies between
/// nodes as `simulate` reads them.
class Plays {
 public:
  Plays(const Game& game, const Assessment& assessment, const std::vector<KindInGame>& kinds,
        const Record& record)
      : board_(game, assessment), structure_(game.shape()), kinds_(kinds), record_(record) {}

  double likelihood() {
    double out = 0.0;
    for (int theta = 0; theta < board_.full().count(); ++theta) {
      types_.clear();
      for (int i = 0; i < structure_.num_players(); ++i)
        types_.push_back(board_.full().type_of(theta, i));
      out += board_.profile_weight()[static_cast<std::size_t>(theta)] *
             go(structure_.root, 0, board_.start_log_odds(), {});
    }
    return out;
  }

 private:
  using Happened = std::vector<std::pair<std::pair<int, int>, int>>;  // ((round, kind), category)

  double reported(const Happened& happened) const {
    double log = 0.0;
    for (const Cell& cell : record_) {
      int category = silent;
      for (const auto& [place, what] : happened)
        if (place == std::pair(cell.round, cell.kind)) category = what;
      log += log_report(kinds_[static_cast<std::size_t>(cell.kind)], cell, category);
    }
    return std::exp(log);
  }

  double log_sigma(int state, int round, const Decider& one, int type, int action,
                   const std::vector<double>& u) const {
    const prediction::Shape& shape = board_.shape(state);
    const double* first =
        board_.assessment().log_strategy.data() + board_.assessment().row(structure_, round, state);
    std::vector<int> point{0};
    std::vector<double> weight{1.0};
    for (const auto& axis : shape.axes) {
      const Place place =
          locate(board_.nodes(axis.axis), logistic(u[static_cast<std::size_t>(axis.axis)]));
      const std::size_t before = point.size();
      for (std::size_t n = 0; n < before; ++n) {
        point[n] += place.cell * axis.stride;
        if (place.weight == 0.0) continue;
        point.push_back(point[n] + axis.stride);
        weight.push_back(weight[n] * place.weight);
        weight[n] *= 1.0 - place.weight;
      }
    }
    std::vector<double> logs(static_cast<std::size_t>(one.num_actions()), 0.0);
    for (int k = 0; k < one.num_actions(); ++k)
      for (std::size_t n = 0; n < point.size(); ++n)
        if (weight[n] > 0.0)
          logs[static_cast<std::size_t>(k)] +=
              weight[n] * first[std::ptrdiff_t{one.row(type, k)} * shape.points + point[n]];
    return logs[static_cast<std::size_t>(action)] - log_sum_exp(logs);
  }

  double go(int state, int round, const std::vector<double>& u, const Happened& happened) {
    const PublicState& s = structure_.states[static_cast<std::size_t>(state)];
    const prediction::Shape& shape = board_.shape(state);
    const Profiles profiles(structure_.players, s.live & structure_.everyone());
    double out = 0.0;
    for (int k = 0; k < s.num_branches; ++k) {
      const int branch = s.first_branch + k;
      double odds = 1.0;
      std::vector<double> after = u;
      const auto& movers = board_.deciders(state);
      if (!movers.empty()) {
        const Decider& one = movers.front();
        const bool live = shape.has(one.player);
        const double zero = log_sigma(state, round, one, 0, k, u),
                     mine = live && types_[static_cast<std::size_t>(one.player)] == 1
                                ? log_sigma(state, round, one, 1, k, u)
                                : zero;
        odds = std::exp(mine);
        if (live) {
          double& axis = after[static_cast<std::size_t>(board_.space().only_axis(one.player))];
          axis = moved_log_odds(axis, log_sigma(state, round, one, 1, k, u) - zero);
        }
      } else if (structure_.moves[static_cast<std::size_t>(s.move)].kind == MoveKind::chance) {
        const double* drawn = board_.game().odds(branch);
        odds = drawn[profiles.index(types_)];
        for (int i = 0; i < structure_.num_players(); ++i)
          if (shape.has(i)) {
            double& axis = after[static_cast<std::size_t>(board_.space().only_axis(i))];
            axis = moved_log_odds(
                axis, prediction::chance_shift(drawn, shape.profiles, profiles.stride(i)));
          }
      }
      if (odds == 0.0) continue;
      Happened now = happened;
      for (std::size_t kind = 0; kind < kinds_.size(); ++kind)
        for (const auto& [b, category] : kinds_[kind].branches)
          if (b == branch) now.push_back({{round, static_cast<int>(kind)}, category});
      const prediction::Destination to = board_.follow(round, branch);
      out += odds * (to.ended() || to.closing ? reported(now) : go(to.state, to.round, after, now));
    }
    return out;
  }

  const prediction::Board board_;
  const Structure& structure_;
  const std::vector<KindInGame>& kinds_;
  const Record& record_;
  std::vector<int> types_;
};

const std::vector<EventKind> war_kinds{
    kind_of({"ask"}, {"ask"}), kind_of({"answer"}, {"accept", "pause"}), kind_of({"demand"}, {}),
    kind_of({"assault"}, {"gains"}), kind_of({}, {}, {"K_falls", "M_falls"})};

}  // namespace

TEST_CASE("log_likelihoods: the likelihoods of all records a game can leave sum to one") {
  check_sums_to_one(test::crisis(), test::random_assessment(test::crisis(), 3, 1),
                    {kind_of({"reply"}, {"resist"}), kind_of({}, {}, {"war", "retreat"})}, 1);
  check_sums_to_one(test::screening(), test::random_assessment(test::screening(), 9, 2),
                    {kind_of({"y"}, {}), kind_of({"answer"}, {"accept"})}, 2);
  const Game war = test::war_and_truce();
  check_sums_to_one(war, test::random_assessment(war, 5, 3),
                    {war_kinds[0], war_kinds[3], war_kinds[4]}, 3);
  check_sums_to_one(war, test::random_assessment(war, 5, 3), {war_kinds[2], war_kinds[1]}, 2);
  // A truce of two rounds: what is watched in the round that is passed over does not happen.
  const Game slow = test::war_and_truce(4, 2);
  check_sums_to_one(slow, test::random_assessment(slow, 5, 4),
                    {war_kinds[0], kind_of({"hold"}, {"break"})}, 4);
  const Game delay = test::untimed_delay();
  check_sums_to_one(delay, test::random_assessment(delay, 5, 5),
                    {kind_of({"talk"}, {"press"}), kind_of({}, {}, {"no"})}, 4);
}

TEST_CASE("log_likelihoods: without an observation it is 0") {
  const Game game = test::war_and_truce();
  const std::vector<KindInGame> kinds = find_kinds(game.shape(), war_kinds);
  CHECK(log_likelihood(game, test::random_assessment(game, 5, 1), kinds, {}) == 0.0);
  // Nor does silence say anything where nobody watches.
  Record unseen = all_cells(kinds, 3);
  for (Cell& cell : unseen) cell.coverage = 0.0;
  CHECK(log_likelihood(game, test::random_assessment(game, 5, 1), kinds, unseen) ==
        doctest::Approx(0.0).epsilon(round_off));
}

TEST_CASE("log_likelihoods: agrees with all plays of a game counted one by one") {
  const Game crisis = test::crisis();
  const std::vector<KindInGame> crisis_kinds = find_kinds(
      crisis.shape(), {kind_of({"reply"}, {"resist"}), kind_of({}, {}, {"war", "retreat"})});
  const Assessment known = test::random_assessment(crisis, 3, 6);
  for (const Record& record : all_records(all_cells(crisis_kinds, 1), crisis_kinds))
    CHECK(log_likelihood(crisis, known, crisis_kinds, record) ==
          doctest::Approx(std::log(Plays(crisis, known, crisis_kinds, record).likelihood()))
              .epsilon(round_off));

  // With beliefs that move, on a grid fine enough.
  const Game game = test::war_and_truce(2);
  const std::vector<KindInGame> kinds = find_kinds(game.shape(), war_kinds);
  Record record = all_cells(kinds, 2);
  record[0].category = 0;  // K asks,
  record[2].category = 1;  // M demands the middle,
  record[8].category = 0;  // and gains ground a round later
  const Assessment fine = test::random_assessment(game, 65, 7);
  const double exact = std::log(Plays(game, fine, kinds, record).likelihood());
  const double at_65 = log_likelihood(game, fine, kinds, record),
               at_9 = log_likelihood(game, test::random_assessment(game, 9, 7), kinds, record);
  constexpr double grid_error = 1e-4;  // of order h^2
  CHECK(at_65 == doctest::Approx(exact).epsilon(grid_error));
  CHECK(std::abs(at_65 - exact) <= std::abs(at_9 - exact) + 1e-9);
}

TEST_CASE(
    "log_likelihood_by_cell: what is known after each cell is the likelihood of the record cut "
    "there") {
  for (const int truce_rounds : {1, 2}) {  // with two, plays wait for a later round
    const Game game = test::war_and_truce(4, truce_rounds);
    const Assessment assessment = test::random_assessment(game, 9, 14);
    const std::vector<KindInGame> kinds = find_kinds(game.shape(), war_kinds);
    Record record = all_cells(kinds, 3);
    for (const std::size_t reported : {0, 2, 6, 11}) record[reported].category = 0;
    std::erase_if(record, [](const Cell& cell) {
      return cell.round == 1;
    });  // a round in which nothing is seen
    const std::vector<double> by_cell = log_likelihood_by_cell(game, assessment, kinds, record);
    REQUIRE(by_cell.size() == record.size() + 1);
    CHECK(by_cell.front() == 0.0);
    for (std::size_t n = 1; n <= record.size(); ++n) {
      const Record cut(record.begin(), record.begin() + static_cast<std::ptrdiff_t>(n));
      CHECK(by_cell[n] ==
            doctest::Approx(log_likelihood(game, assessment, kinds, cut)).epsilon(round_off));
    }
  }
}

TEST_CASE(
    "log_likelihoods: records beside each other do not disturb each other, for any number of "
    "threads") {
  const Game game = test::war_and_truce();
  const Assessment assessment = test::random_assessment(game, 9, 8);
  const std::vector<KindInGame> kinds =
      find_kinds(game.shape(), {war_kinds[0], war_kinds[1], war_kinds[3]});
  const std::vector<Record> records = all_records(all_cells(kinds, 2), kinds);
  set_threads(1);
  const std::vector<double> one = log_likelihoods(game, assessment, kinds, records);
  set_threads(4);
  CHECK(log_likelihoods(game, assessment, kinds, records) == one);
  for (const std::size_t n : {0, 17, 63})
    CHECK(log_likelihood(game, assessment, kinds, records[n]) == one[n]);
  set_threads(0);
}

TEST_CASE(
    "log_likelihoods: a record of a whole play that is beyond doubt has that play's probability") {
  const Game game = test::crisis();
  const Assessment assessment = test::random_assessment(game, 3, 9);
  const std::vector<KindInGame> kinds =
      find_kinds(game.shape(), {kind_of({"start"}, {"challenge"}), kind_of({"reply"}, {"resist"}),
                                kind_of({"finish"}, {"fight"})});
  Record record = all_cells(kinds, 1);
  for (Cell& cell : record) cell.reliability = 1.0, cell.coverage = 1.0, cell.category = 0;
  const Prediction p = predict(game, assessment);
  CHECK(std::exp(log_likelihood(game, assessment, kinds, record)) ==
        doctest::Approx(p.outcomes[2]).epsilon(1e-8));
}

TEST_CASE("find_kind: what can happen twice in a round, and what a game lacks, is told") {
  const Game crisis = test::crisis();
  const auto twice =
      find_kind(crisis.shape(), kind_of({"start", "reply"}, {"challenge", "resist"}));
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().front().repeats);
  CHECK(twice.error().front().hint ==
        "split it into kinds that happen once: \"reply of B\", \"start of A\"");
  const auto lacking = find_kind(crisis.shape(), kind_of({"repl", "start"}, {"resist"}, {"wars"}));
  REQUIRE_FALSE(lacking.has_value());
  REQUIRE(lacking.error().size() == 3);
  CHECK(lacking.error()[0].hint == "did you mean `reply`?");
  CHECK(lacking.error()[2].part == KindMistake::Part::end);
  CHECK_FALSE(find_kind(crisis.shape(), kind_of({"reply"}, {})).has_value());
}

TEST_CASE("Bayes factors: on average against the truth at most one, and seldom large") {
  const Game game = test::war_and_truce(2);
  const Assessment a = test::random_assessment(game, 17, 10, 6.0),
                   b = test::random_assessment(game, 17, 11, 6.0);
  const std::vector<KindInGame> kinds = find_kinds(game.shape(), war_kinds);
  const Record watched = all_cells(kinds, 2);
  constexpr int plays = 600;
  const Simulation simulation = simulate(game, a, plays, 12);
  std::vector<Record> records;
  for (const Play& play : simulation.plays) {
    RandomStream random(13, static_cast<std::uint64_t>(play.steps.front().play));
    records.push_back(report_of(play, watched, kinds, random));
  }
  const std::vector<double> under_a = log_likelihoods(game, a, kinds, records),
                            under_b = log_likelihoods(game, b, kinds, records);
  double sum = 0.0, squares = 0.0;
  int above_3 = 0, above_10 = 0;
  for (std::size_t n = 0; n < records.size(); ++n) {
    const double factor = std::exp(under_b[n] - under_a[n]);
    sum += factor;
    squares += factor * factor;
    above_3 += factor >= 3.0 ? 1 : 0;
    above_10 += factor >= 10.0 ? 1 : 0;
  }
  const double mean = sum / plays, error = std::sqrt((squares / plays - mean * mean) / plays);
  CHECK(mean <= 1.0 + 4.0 * error);
  CHECK(mean >= 1.0 - 4.0 * error);
  CHECK(binomial_interval(above_3, plays, 0.9999).low <= 1.0 / 3.0);
  CHECK(binomial_interval(above_10, plays, 0.9999).low <= 0.1);
  CHECK(above_3 > 0);
}

TEST_CASE("dates: days count through leap years and back") {
  CHECK(day_of("1970-01-01") == 0);
  CHECK(day_of("2000-03-01") == 11017);
  CHECK_FALSE(day_of("2025-02-29").has_value());
  CHECK_FALSE(day_of("2025-1-01").has_value());
  CHECK(last_day_of("2024-02") == day_of("2024-02-29"));
  CHECK(last_day_of("2022") == day_of("2022-12-31"));
  for (int day = -800; day < 40000; day += 113) CHECK(day_of(date_of(day)) == day);
}

TEST_CASE("record_of: reports, silence in windows, and the end of the record") {
  StudyEvidence study;
  study.calendar = {*day_of("2025-05-01"), 30.0};
  study.until = *day_of("2025-07-14");
  EventKind talks = kind_of({"table"}, {"ask"}), strikes = kind_of({"night"}, {"heavy"});
  talks.kind = "talks";
  talks.watch = {{*day_of("2025-05-01"), *day_of("2026-01-01")}};
  strikes.kind = "strike";
  strikes.actors = {"RU"};
  study.kinds = {talks, strikes};
  const auto event = [&](const char* date, const char* kind, const char* actor,
                         std::optional<double> reliability = {}) {
    LoggedEvent out;
    out.date = date;
    out.day = *day_of(date);
    out.kind = kind;
    out.actor = actor;
    out.reliability = reliability;
    study.events.push_back(out);
  };
  event("2025-04-19", "talks", "TR");
  event("2025-05-16", "talks", "TR", 0.8);
  event("2025-05-20", "talks", "TR", 0.9);
  event("2025-06-01", "strike", "RU");
  event("2025-06-02", "strike", "UA");
  event("2025-07-20", "talks", "TR");
  std::vector<KindInGame> kinds(2);
  for (KindInGame& kind : kinds) kind.false_share = {0.5};
  const Record record = record_of(study, kinds, study.calendar);
  REQUIRE(record.size() == 4);
  CHECK(record[0].events == std::vector<std::size_t>{1, 2});
  CHECK(record[0].category == 0);
  CHECK(record[0].reliability == 0.9);
  CHECK(record[1].kind == 1);
  CHECK(record[1].round == 1);
  CHECK(record[1].coverage == 1.0);
  CHECK(record[2].category == silent);
  CHECK(record[2].day == *day_of("2025-06-29"));
  CHECK(record[3].category == silent);
  CHECK(record[3].coverage == doctest::Approx(0.5));  // cut off in the middle of a round
  CHECK(left_out(study, study.events[0], study.calendar) == "before play begins");
  CHECK(left_out(study, study.events[5], study.calendar) == "after the record ends");
}

TEST_CASE(
    "watched_cells: silence of long ago is known when its round is over, before 1970 as after") {
  StudyEvidence study;
  study.calendar = {*day_of("1951-07-10"), 30.0};
  study.until = *day_of("1951-08-20");
  study.kinds = {kind_of({"answer"}, {"accept"})};
  study.kinds.front().watch = {{*day_of("1951-07-10"), *day_of("1953-07-07")}};
  const Record record = watched_cells(study, study.calendar);
  REQUIRE(record.size() == 2);
  CHECK(record[0].day == *day_of("1951-08-08"));
  CHECK(record[1].day == study.until);
}
