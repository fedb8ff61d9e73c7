/// Numbers bound to structures: settings by name, priors and beliefs, payments and odds.

#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "melian/language.h"

namespace {

using namespace melian;

CompiledModel compiled(const std::string& text, const Settings& settings = {}) {
  const auto model = read_model_text(text, "test.melian");
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  auto result = compile(*model, settings);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : render(result.error())));
  return *result;
}

CompiledModel compiled_file(const std::string& name) {
  const auto model =
      read_model(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian");
  REQUIRE(model.has_value());
  auto result = compile(*model);
  REQUIRE(result.has_value());
  return *result;
}

Game bound(const CompiledModel& model, const Settings& settings = {}) {
  auto game = model.bind(settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return *game;
}

std::string refusal(const CompiledModel& model, const Settings& settings) {
  const auto game = model.bind(settings);
  REQUIRE(!game.has_value());
  return render(game.error());
}

int find_move(const Structure& s, const std::string& name) {
  for (std::size_t k = 0; k < s.states.size(); ++k)
    if (s.moves[static_cast<std::size_t>(s.states[k].move)].name == name)
      return static_cast<int>(k);
  return -1;
}

constexpr double round_off = 1e-14;

const std::string three_types = R"(model "m"
player A types low 0.5, middle 0.3, high 0.2
player B
param worth[A]: low = 1, middle = 2, high = 3
param share = 0.5 in 0..1
param mode = on in {off, on}
param extra = 1
param precision = 1
phase p { A chooses c { a { end x: A gets worth[A] * share } b when mode is on { end y: A gets extra } d { end z } } }
)";

}  // namespace

TEST_CASE(
    "bind: the numbers of Powell's screening game are the closed forms of fighting to the finish") {
  const Game game = bound(compiled_file("m23_two_round_screening"));
  const Structure& s = game.shape();
  const int closing = s.states[static_cast<std::size_t>(s.root)].closing;
  const int b = s.states[static_cast<std::size_t>(closing)].first_branch;
  CHECK(game.reward(b, 1, 2)[0] ==
        doctest::Approx((0.95 * 0.1 - 0.07) / (1 - 0.95 * 0.8)).epsilon(round_off));
  CHECK(game.reward(b, 1, 2)[1] ==
        doctest::Approx((0.95 * 0.1 - 0.02) / (1 - 0.95 * 0.8)).epsilon(round_off));
  CHECK(game.reward(b, 0, 2)[0] ==
        doctest::Approx((0.95 * 0.1 - 0.05) / (1 - 0.95 * 0.8)).epsilon(round_off));
  const int battle = s.states[static_cast<std::size_t>(find_move(s, "battle"))].first_branch;
  CHECK(game.odds(battle)[0] == doctest::Approx(0.1));
  CHECK(game.odds(battle + 2)[1] == doctest::Approx(0.8));
  CHECK(game.numbers.prior[1] == std::vector<double>{0.6, 0.4});
  CHECK(game.numbers.precision == std::vector<std::vector<double>>{{5.0}, {5.0, 5.0}});
  CHECK(game.numbers.discount[1] == std::vector<double>{0.95, 0.95});
}

TEST_CASE(
    "bind: a payment after time has passed on a branch is discounted to the branch's beginning, by "
    "the payee's own discount") {
  const Game game = bound(compiled(R"(model "m"
player A types calm 0.5, hasty 0.5
player B
param discount[A]: calm = 0.9, hasty = 0.5
param discount[B] = 0.8
param precision = 1
phase p { A chooses c { a { A pays 1  time passes 2 rounds  A gets 10, B gets 1  end x: B gets 1 } b { end y } } }
)"));
  CHECK(game.shape().branches[0].time == 2);
  CHECK(game.reward(0, 0, 2)[0] == doctest::Approx(-1 + 10 * 0.81).epsilon(round_off));
  CHECK(game.reward(0, 0, 2)[1] == doctest::Approx(-1 + 10 * 0.25).epsilon(round_off));
  CHECK(game.reward(0, 1, 2)[1] == doctest::Approx(2 * 0.64).epsilon(round_off));
}

TEST_CASE("bind: names by type, for all types and by word; the more particular wins") {
  const CompiledModel model = compiled(three_types);
  CHECK(bound(model, {{"worth[A]", 4.0}}).reward(0, 0, 3)[2] == 2.0);
  const Game game = bound(model, {{"worth[A]", 4.0}, {"worth[A].low", 8.0}, {"share", 0.25}});
  CHECK(game.reward(0, 0, 3)[0] == 2.0);
  CHECK(game.reward(0, 0, 3)[1] == 1.0);
  CHECK(bound(model, {{"mode", std::string("on")}}).fingerprint == bound(model).fingerprint);
  CHECK(bound(model, {{"share", 0.6}}).fingerprint != bound(model).fingerprint);
}

TEST_CASE("bind: every mistake in the settings is told at once") {
  const std::string told = refusal(compiled(three_types), {{"worht[A]", 1.0},
                                                           {"share", 1.5},
                                                           {"mode", 1.0},
                                                           {"extra", std::string("on")},
                                                           {"worth[A].lo", 2.0},
                                                           {"precision", 0.0 / 1.0 - 1.0}});
  CHECK(told.find("no parameter 'worht[A]'") != std::string::npos);
  CHECK(told.find("did you mean 'worth[A]'?") != std::string::npos);
  CHECK(told.find("did you mean 'worth[A].low'?") != std::string::npos);
  CHECK(told.find("'share' = 1.5 lies outside") != std::string::npos);
  CHECK(told.find("'mode' is set to a number") != std::string::npos);
  CHECK(told.find("'extra' is set to the word 'on'") != std::string::npos);
  CHECK(told.find("'precision' = -1") != std::string::npos);
}

TEST_CASE(
    "bind: a parameter that shapes the game must be compiled anew, and fits says so beforehand") {
  const CompiledModel model = compiled(three_types);
  CHECK(model.fits({{"share", 0.1}}));
  CHECK(!model.fits({{"mode", std::string("off")}}));
  CHECK(refusal(model, {{"mode", std::string("off")}}).find("M0523") != std::string::npos);
  CHECK(compiled(three_types, {{"mode", std::string("off")}}).structure().branches.size() == 2);
  const CompiledModel powell = compiled_file("m04_powell_cost");
  CHECK(!powell.fits({{"offers_allowed", 3.0}}));
  CHECK(powell.fits({{"offers_allowed", 6.0}, {"cost[D]", 0.1}}));
}

TEST_CASE(
    "compile: a parameter that says into how many parts types are cut can be set, and each has its "
    "own mean") {
  const std::string text = R"(model "Test"
player A
player B types cost from uniform(0, C) in 2 * slices parts
param C = 0.8
param slices = 2
phase p { A chooses act { stay { end peace: A gets 0 } fight { end war: B gets 0 - cost[B] } } }
)";
  const auto model = read_model_text(text, "test.melian");
  REQUIRE(model.has_value());
  for (const int slices : {1, 2, 5}) {
    const Settings settings{{"slices", static_cast<double>(slices)}, {"C", 1.0}};
    const auto cut = compile(*model, settings);
    REQUIRE_MESSAGE(cut.has_value(), (cut ? "" : render(cut.error())));
    CHECK(cut->fits(settings));
    CHECK(cut->fits({{"slices", 2.0}}) == (slices == 2));
    const Game game = bound(*cut, settings);
    const Structure& s = game.shape();
    const int parts = 2 * slices;
    REQUIRE(s.players[1].num_types() == parts);
    REQUIRE(static_cast<int>(game.numbers.prior[1].size()) == parts);
    CHECK(game.numbers.prior[1][0] == doctest::Approx(1.0 / parts));
    for (int k = 0; k < parts; ++k)
      CHECK(game.reward(1, 1, parts)[k] == doctest::Approx(-(k + 0.5) / parts));
  }
}

TEST_CASE(
    "compile: a number of parts that is none is refused where it is written, and another one than "
    "compiled at binding") {
  const std::string text =
      "model \"Test\"\nplayer A\nplayer B types cost from uniform(0, 1) in slices parts\nparam "
      "slices = 2\nphase p { B chooses act { a { end x: B gets cost[B] "
      "} b { end y } } }\n";
  const auto model = read_model_text(text, "test.melian");
  REQUIRE(model.has_value());
  const auto half = compile(*model, {{"slices", 2.5}});
  REQUIRE(!half.has_value());
  CHECK(render(half.error()).find("M0415") != std::string::npos);
  CHECK(half.error().front().line == 3);
  CHECK(refusal(compiled(text), {{"slices", 3.0}}).find("M0523") != std::string::npos);
  CHECK(compiled(text, {{"slices", 3.0}}).bind({{"slices", 3.0}}).has_value());
  CHECK(refusal(compiled(text, {{"slices", 3.0}}), {}).find("M0523") != std::string::npos);
}

TEST_CASE("bind: of a prior what is set stays and the others shrink in proportion") {
  const CompiledModel model = compiled(three_types);
  const auto prior = [&](const Settings& settings) {
    return bound(model, settings).numbers.prior[0];
  };
  CHECK(prior({{"prior[A].high", 0.6}})[0] == doctest::Approx(0.25).epsilon(round_off));
  CHECK(prior({{"prior[A].high", 0.6}})[1] == doctest::Approx(0.15).epsilon(round_off));
  CHECK(prior({{"prior[A].high", 0.6}, {"prior[A].low", 0.4}})[1] == 0.0);
  CHECK(refusal(model, {{"prior[A].high", 0.7}, {"prior[A].low", 0.4}}).find("sum to 1.1") !=
        std::string::npos);
  CHECK(refusal(model, {{"prior[A].high", 1.2}}).find("M0521") != std::string::npos);
}

TEST_CASE("bind: beliefs stay apart from the prior, and undeclared ones follow it") {
  const CompiledModel model = compiled_file("istanbul_core");
  const Game game =
      bound(model, {{"belief[Kyiv][Moscow].maximalist", 0.9}, {"prior[Moscow].flexible", 0.7}});
  CHECK(game.numbers.prior[0][0] == doctest::Approx(0.7));
  CHECK(game.numbers.beliefs[1][0][1] == doctest::Approx(0.9));
  CHECK(game.numbers.beliefs[1][0][0] == doctest::Approx(0.1));
  CHECK(game.numbers.beliefs[2][0][0] == doctest::Approx(0.7));
  CHECK(refusal(model, {{"belief[Kyiv][Moscow].maximalist", 1.0}}).find("M0422") !=
        std::string::npos);
  CHECK(refusal(model, {{"belief[Washington][Moscow].maximalist", 0.3}}).find("M0520") !=
        std::string::npos);
}

TEST_CASE("bind: a prior written with parameters is set through them") {
  const CompiledModel model = compiled(
      "model \"m\"\nplayer A types soft, hard\nprior A: soft with q, hard otherwise\nparam q = "
      "0.3\nparam precision = 1\n"
      "phase p { A chooses c { a { end x: A gets if(A is soft, 1, 0) } b { end y } } }");
  CHECK(bound(model).numbers.prior[0][1] == doctest::Approx(0.7));
  CHECK(bound(model, {{"q", 0.6}}).numbers.prior[0][1] == doctest::Approx(0.4));
  CHECK(refusal(model, {{"q", 1.5}}).find("M0423") != std::string::npos);
  CHECK(refusal(model, {{"prior[A].soft", 0.5}}).find("set through them") != std::string::npos);
}

TEST_CASE("bind: a joint prior gives its marginals") {
  const Game game = bound(compiled_file("m09_kydd_mediator"));
  CHECK(game.numbers.prior[1][0] == doctest::Approx(0.6));
  CHECK(game.numbers.prior[2][0] == doctest::Approx(0.6 * 0.8 + 0.4 * 0.2));
}

TEST_CASE("bind: parts of a uniform distribution are represented by their means") {
  const Game game = bound(compiled_file("m01a_fearon_uniform_cost"));
  const Structure& s = game.shape();
  const int answer = find_move(s, "answer");
  const int fight = s.states[static_cast<std::size_t>(answer)].first_branch + 1;
  for (int k = 0; k < 40; ++k)
    CHECK(game.reward(fight, 1, 40)[k] == doctest::Approx(0.5 - (k + 0.5) * 0.01).epsilon(1e-12));
  CHECK(game.numbers.prior[1][7] == doctest::Approx(1.0 / 40));
}

TEST_CASE(
    "bind: parts of a normal distribution keep its mean, are symmetric, and two characteristics "
    "are independent") {
  const Game game = bound(compiled_file("m24_lewis_schultz"));
  const Structure& s = game.shape();
  const int finish = find_move(s, "finish");
  const int fight = s.states[static_cast<std::size_t>(finish)].first_branch;
  const int profiles = s.num_profiles(s.states[static_cast<std::size_t>(finish)].live);
  const Profiles index(s.players, s.states[static_cast<std::size_t>(finish)].live);
  const auto pays = [&](int branch, int player, int type_a, int type_b) {
    return game.reward(branch, player, profiles)[index.index({type_a, type_b})];
  };
  double mean = 0.0;
  for (int k = 0; k < 30; ++k) mean += pays(fight, 0, 30 * k, 0) / 30;
  CHECK(mean == doctest::Approx(-1.9).epsilon(1e-9));
  CHECK(pays(fight, 0, 0, 0) + pays(fight, 0, 29 * 30, 0) == doctest::Approx(-3.8).epsilon(1e-9));
  CHECK(pays(fight, 0, 30, 0) ==
        pays(fight, 0, 59, 0));  // war does not depend on the second characteristic
  CHECK(pays(fight + 1, 0, 0, 0) == pays(fight + 1, 0, 30, 0));  // nor retreat on the first
  CHECK(pays(fight + 1, 0, 0, 0) < pays(fight + 1, 0, 1, 0));
  // The lowest thirtieth of a standard normal lies below -1.834; its mean is -n * density there.
  CHECK(pays(fight, 0, 0, 0) == doctest::Approx(-1.9 - 30 * 0.07421).epsilon(1e-3));
}

TEST_CASE(
    "bind: perceived odds replace the analyst's for the perceiver alone, and each has its own "
    "rest") {
  const Game game = bound(compiled_file("m07_smith_stam"));
  const Structure& s = game.shape();
  const int b = s.states[static_cast<std::size_t>(find_move(s, "battle"))].first_branch;
  CHECK(game.odds(b)[0] == 0.5);
  CHECK(game.odds_for(b, 0, 1)[0] == doctest::Approx(2.0 / 3));
  CHECK(game.odds_for(b, 1, 1)[0] == doctest::Approx(1.0 / 3));
  CHECK(game.odds_for(b + 1, 0, 1)[0] == doctest::Approx(1.0 / 3));
}

TEST_CASE("bind: odds that do not sum to one are told with public state, types and numbers") {
  const CompiledModel model = compiled(R"(model "m"
player A types low 0.5, high 0.5
param k[A]: low = 0.2, high = 0.5
param rest = 0
param precision = 1
state n in 0..1 = 0
phase p { A chooses x { a { n becomes 1 } b }
          chance c { up with 0.5 + n * k[A] { end one } down with 0.5 - rest { end two: A gets k[A] } } }
)");
  const std::string told = refusal(model, {});
  CHECK(told.find("M0420") != std::string::npos);
  CHECK(told.find("c: n 1 has odds that sum to 1.2 (types: A low)") != std::string::npos);
  CHECK(told.find("up 0.7, down 0.5") != std::string::npos);
  CHECK(refusal(model, {{"rest", 0.75}}).find("M0421") != std::string::npos);
}

TEST_CASE("bind: odds that miss one by the decimals of a reader pass, and a rest may be nothing") {
  const std::string head =
      "model \"m\"\nplayer A\nparam precision = 1\nparam q = 0.3333333333\nphase p { A chooses x { "
      "a, b } chance c ";
  CHECK(compiled(head + "{ one with q { end e } two with q { end f } three with q { end g } } }")
            .bind({})
            .has_value());
  const Game game =
      bound(compiled(head + "{ one with q { end e } two otherwise { end f } } }"), {{"q", 1.0}});
  CHECK(game.odds(game.shape().states[1].first_branch + 1)[0] == 0.0);
  CHECK(refusal(compiled(head + "{ one with q { end e } two otherwise { end f } } }"), {{"q", 1.1}})
            .find("less than nothing") != std::string::npos);
}

TEST_CASE("bind: a payoff that is no number is told with its place") {
  const CompiledModel model = compiled(
      "model \"m\"\nplayer A\nparam precision = 1\nparam d = 2\nphase p { A chooses x { a { end e: "
      "A gets 1 / d } b { end f: A gets ln(d) } } }");
  CHECK(refusal(model, {{"d", 0.0}}).find("M0527") != std::string::npos);
  CHECK(model.bind({{"d", 0.5}}).has_value());
}

TEST_CASE("bind: tallies carry their amounts") {
  const Game game =
      bound(compiled("model \"m\"\nplayer A types few 0.5, many 0.5\nparam loss[A]: few = 1, many "
                     "= 20\nparam precision = 1\n"
                     "phase p { A chooses x { a { count casualties by loss[A] count battles end e "
                     "} b { end f } } }"));
  const Structure& s = game.shape();
  REQUIRE(s.counts.size() == 2);
  CHECK(game.numbers.amounts[static_cast<std::size_t>(s.counts[0].amount_offset) + 1] == 20.0);
  CHECK(game.numbers.amounts[static_cast<std::size_t>(s.counts[1].amount_offset)] == 1.0);
}

TEST_CASE("bind: a precision is above 0, and with play for ever every discount is below 1") {
  CHECK(refusal(compiled_file("m04_powell_cost"), {{"precision", 0.0}})
            .find("the precision of S is 0") != std::string::npos);
  CHECK(refusal(compiled_file("m04_powell_cost"), {{"discount", 0.0}}).find("M0525") !=
        std::string::npos);
  CHECK(refusal(compiled_file("m08_temporary_strength"), {{"discount", 1.0}})
            .find("play may go on for ever") != std::string::npos);
}

TEST_CASE("bind: without a precision the model leaves it open, and half a precision is refused") {
  CHECK(bound(compiled("model \"m\"\nplayer A\nphase p { A chooses x { a { end e: A gets 1 } b { "
                       "end f } } }"))
            .numbers.precision.empty());
  const CompiledModel half = compiled(
      "model \"m\"\nplayer A\nplayer B\nparam precision[A] = 2\nphase p { A chooses x { a, b } B "
      "chooses y { a { end e: B gets 1 } b { end f } } }");
  CHECK(refusal(half, {}).find("M0903") != std::string::npos);
}

TEST_CASE(
    "bind: the same settings give the same fingerprint, other numbers another, and the structure "
    "keeps its own") {
  const CompiledModel model = compiled_file("m04_powell_cost");
  CHECK(bound(model).fingerprint == bound(model).fingerprint);
  CHECK(bound(model).fingerprint != bound(model, {{"cost[S]", 0.06}}).fingerprint);
  CHECK(bound(model).structure->fingerprint ==
        bound(model, {{"cost[S]", 0.06}}).structure->fingerprint);
  CHECK(model.structure().fingerprint == compiled_file("m04_powell_cost").structure().fingerprint);
  CHECK(model.structure().fingerprint != compiled_file("m04_powell_power").structure().fingerprint);
}

TEST_CASE("load_game: reads, compiles and binds, shaping settings included") {
  const auto game =
      load_game(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/m04_powell_cost.melian",
                {{"offers_allowed", 2.0}, {"cost[S]", 0.06}});
  REQUIRE(game.has_value());
  CHECK(game->shape().rounds == 2);
  CHECK(!load_game("nowhere.melian").has_value());
}
