/// Texts to structures: counts derived by hand, the clock, what is remembered, what is refused.

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "melian/language.h"

namespace {

using namespace melian;

Result<CompiledModel> try_compile(const std::string& text, const Settings& settings = {},
                                  const CompileOptions& options = {}) {
  const auto model = read_model_text(text, "test.melian");
  if (!model) return std::unexpected(model.error());
  return compile(*model, settings, options);
}

CompiledModel compiled(const std::string& text, const Settings& settings = {},
                       const CompileOptions& options = {}) {
  auto result = try_compile(text, settings, options);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : render(result.error())));
  return *result;
}

CompiledModel compiled_file(const std::string& name, const Settings& settings = {},
                            const CompileOptions& options = {}) {
  const auto model =
      read_model(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian");
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  auto result = compile(*model, settings, options);
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : render(result.error())));
  return *result;
}

std::string refusal(const std::string& text, const Settings& settings = {},
                    const CompileOptions& options = {}) {
  const auto result = try_compile(text, settings, options);
  REQUIRE(!result.has_value());
  return render(result.error());
}

const Move& move_of(const Structure& s, int state) {
  return s.moves[static_cast<std::size_t>(s.states[static_cast<std::size_t>(state)].move)];
}
const Branch& branch(const Structure& s, int state, int k) {
  return s.branches[static_cast<std::size_t>(
      s.states[static_cast<std::size_t>(state)].first_branch + k)];
}

int count_moves(const Structure& s, const std::string& name) {
  int count = 0;
  for (int k = 0; k < static_cast<int>(s.states.size()); ++k)
    count += move_of(s, k).name == name ? 1 : 0;
  return count;
}
int count_decisions(const Structure& s, bool timed) {
  int count = 0;
  for (int k = 0; k < static_cast<int>(s.states.size()); ++k)
    count += s.is_decision(k) && s.states[static_cast<std::size_t>(k)].timed == timed ? 1 : 0;
  return count;
}
int find_state(const Structure& s, const std::string& words) {
  for (int k = 0; k < static_cast<int>(s.states.size()); ++k)
    if (describe_state(s, k) == words) return k;
  return -1;
}
bool remembers(const Structure& s, const std::string& move, const std::string& variable) {
  for (std::size_t k = 0; k < s.states.size(); ++k) {
    if (move_of(s, static_cast<int>(k)).name != move) continue;
    for (auto r = s.memory[k]; r < s.memory[k + 1]; ++r)
      if (s.variables[static_cast<std::size_t>(s.remembered[static_cast<std::size_t>(r)].variable)]
              .name == variable)
        return true;
  }
  return false;
}

const std::string powell = R"(model "one price"
player S   player D types weak 0.6, tough 0.4
param cost[D]: weak = 0.1, tough = 0.2
param n = 1
param precision = 5
param discount = 0.9
horizon n rounds then end over: D pays cost[D]
phase war {
  S offers y in {0.2, 0.4}
  D chooses answer { accept { end settlement: D gets y } refuse { D pays 0.01 } }
  time passes
  chance battle { won with 0.5 { end victory: S gets 1 } drawn otherwise }
}
)";

}  // namespace

TEST_CASE(
    "lower: a crisis of three moves has exactly three public states, whatever the number of "
    "types") {
  for (const char* name : {"m11a_audience_uniform", "m11b_audience_two_types", "m12_signorino",
                           "m15_insincere_talks", "m24_lewis_schultz"}) {
    CAPTURE(name);
    const Structure s = compiled_file(name).structure();
    CHECK(s.states.size() == 3);
    CHECK(s.branches.size() == 6);
    CHECK(count_decisions(s, false) == 3);
  }
}

TEST_CASE("lower: published models have the public states counted by hand") {
  struct Row {
    const char* name;
    std::size_t states, branches;
  };
  const Row rows[] = {
      {"m01b_fearon_two_costs", 22, 63},  // an offer with 21 points, 21 answers with two options
      {"m04_powell_cost", 84, 247},       // 81 offers; 81 answers; battle; closing
      {"m04_powell_power", 84, 247},
      {"m06_filson_werner", 812,
       2420},  // four pairs of lives, each an offer with 201 points, 201 answers, a battle
      {"m07_smith_stam", 812, 2420},
      {"m14_learning_raises_aims", 44,
       127},  // skirmish, aims, offer, 41 answers (the first battle is not read again)
      {"m16_show_for_patron", 154,
       357},  // 51 offers; 51 answers; 51 stances after acceptance, one after refusal
      {"m19_spoilers", 3, 6},
      {"m21_security_dilemma", 1, 4},
      {"m23_two_round_screening", 9, 22},  // six prices; six answers; battle; closing
  };
  for (const Row& row : rows) {
    CAPTURE(row.name);
    const Structure s = compiled_file(row.name).structure();
    CHECK(s.states.size() == row.states);
    CHECK(s.branches.size() == row.branches);
  }
}

TEST_CASE("lower: a longer horizon adds rounds, not public states") {
  for (const int rounds : {1, 2, 6, 40}) {
    const Structure s =
        compiled_file("m04_powell_cost", {{"offers_allowed", double(rounds)}}).structure();
    CHECK(s.states.size() == 84);
    CHECK(s.rounds == rounds);
    CHECK(s.reached.size() == 84U * static_cast<std::size_t>(rounds));
    CHECK(std::count(s.reached.begin(), s.reached.end(), 1) == 83 * rounds);
  }
}

TEST_CASE(
    "lower: the Istanbul core has 1,425 decisions a month and 66 in peace, with the module 2,985") {
  const Structure s = compiled_file("istanbul_core").structure();
  CHECK(count_decisions(s, true) == 1425);
  CHECK(count_decisions(s, false) == 66);
  CHECK(count_moves(s, "answer") == 990);
  CHECK(count_moves(s, "demand") + count_moves(s, "concession") == 90);
  const auto with_module = read_model(
      std::string(MELIAN_SOURCE_DIR) + "/tests/texts/istanbul_core.melian",
      {std::string(MELIAN_SOURCE_DIR) + "/tests/texts/istanbul_suppliers_and_patrons.melian"});
  REQUIRE(with_module.has_value());
  const auto module = compile(*with_module);
  REQUIRE(module.has_value());
  CHECK(count_decisions(module->structure(), true) == 2985);
}

TEST_CASE("lower: where a threat is carried out Washington's type is dead, elsewhere alive") {
  const Structure s = compiled_file("istanbul_core").structure();
  for (std::size_t k = 0; k < s.states.size(); ++k) {
    if (!s.states[k].timed) {
      if (s.is_decision(static_cast<int>(k))) CHECK(s.states[k].live == 0U);
      continue;
    }
    const bool carried_out =
        describe_state(s, static_cast<int>(k)).find("deadline carried_out") != std::string::npos;
    CHECK(s.states[k].live == (carried_out ? 3U : 7U));
  }
}

TEST_CASE("lower: switching talks off folds the table away") {
  const Structure s = compiled_file("istanbul_core", {{"talks", std::string("off")}}).structure();
  CHECK(count_moves(s, "answer") == 0);
  CHECK(count_moves(s, "table") == 0);
  CHECK(count_moves(s, "hold_of_Kyiv") == 0);
}

TEST_CASE("clock: with one round there is one offer, one refusal, one battle, then the closing") {
  const CompiledModel model = compiled(powell);
  const Structure& s = model.structure();
  CHECK(s.rounds == 1);
  REQUIRE(s.states.size() == 5);
  const PublicState& root = s.states[static_cast<std::size_t>(s.root)];
  CHECK(move_of(s, s.root).name == "y");
  CHECK((root.timed && root.entry));
  REQUIRE(root.closing >= 0);
  CHECK(move_of(s, root.closing).kind == MoveKind::passage);
  CHECK(!s.states[static_cast<std::size_t>(root.closing)].timed);
  CHECK(s.outcomes[static_cast<std::size_t>(-1 - branch(s, root.closing, 0).next)] == "over");
  const Branch& refuse = branch(s, branch(s, s.root, 0).next, 1);
  CHECK(refuse.time == 1);     // time passes on the way to the battle
  CHECK(refuse.advance == 0);  // but a battle belongs to the round that began above it
  const Branch& drawn = branch(s, refuse.next, 1);
  CHECK(drawn.next == s.root);
  CHECK(drawn.advance == 1);
  CHECK(drawn.time == 0);
}

TEST_CASE(
    "clock: what is paid or waited for at the top of a phase stands in a passage of its own") {
  const Structure s = compiled(R"(model "m"
player A
param precision = 1
param discount = 0.9
horizon 3 rounds then end over
phase wait { time passes 2 rounds  A pays 0.5  A chooses c { on, off { end stop } } }
)")
                          .structure();
  CHECK(move_of(s, s.root).kind == MoveKind::passage);
  CHECK(move_of(s, s.root).name == "top of wait");
  CHECK(s.states[static_cast<std::size_t>(s.root)].entry);
  CHECK(branch(s, s.root, 0).time == 2);
  const int choice = branch(s, s.root, 0).next;
  CHECK(!s.states[static_cast<std::size_t>(choice)].entry);
  CHECK(branch(s, choice, 0).next == s.root);
  CHECK(branch(s, choice, 0).advance == 2);
}

TEST_CASE(
    "clock: only phases the horizon names count, and play in another phase when it runs out goes "
    "on to the next check") {
  const Structure s = compiled(R"(model "m"
player A
param precision = 1
param discount = 0.9
horizon 2 rounds in war then end over: A gets 5
phase war { A chooses c { fight, rest { time passes  go to peace } } time passes }
phase peace { A chooses d { back { time passes  go to war } stop { end peace: A gets 2 } } }
)")
                          .structure();
  REQUIRE(count_moves(s, "d") == 2);  // while the clock runs, and after
  const int peace = branch(s, s.root, 1).next;
  CHECK(branch(s, s.root, 1).advance == 1);
  CHECK(s.states[static_cast<std::size_t>(peace)].timed);
  CHECK(branch(s, peace, 0).next == s.root);
  CHECK(branch(s, peace, 0).advance == 0);  // time in peace does not count
  CHECK(branch(s, peace, 0).time == 1);
  const int over = s.states[static_cast<std::size_t>(peace)].closing;
  CHECK(move_of(s, over).name == "d");
  CHECK(!s.states[static_cast<std::size_t>(over)].timed);
  CHECK(branch(s, over, 0).next == s.states[static_cast<std::size_t>(s.root)].closing);
}

TEST_CASE("clock: a count of rounds may reach the end of its range on the day the horizon closes") {
  const Structure s = compiled(R"(model "m"
player A
param precision = 1
state n in 0..6 = 0
horizon 6 rounds then end over: A gets n
phase p { A chooses c { up, down } n rises by 1  time passes }
)")
                          .structure();
  CHECK(count_moves(s, "c") == 6);
  CHECK(count_moves(s, "top of p") == 1);  // n = 6 is only ever passed on the way to its closing
  const int last = find_state(s, "top of p: n 6");
  REQUIRE(last >= 0);
  CHECK(branch(s, last, 0).next == s.states[static_cast<std::size_t>(last)].closing);
}

TEST_CASE(
    "liveness: a choice nothing reads again is not remembered, and one read later is until then") {
  const CompiledModel model = compiled(R"(model "m"
player A   player B
param precision = 1
phase p {
  A chooses first { a, b }
  A chooses second { a, b }
  B chooses third { a, b }
  end over: A gets if(second is a, 1, 0)
}
)");
  const Structure& s = model.structure();
  CHECK(s.states.size() == 1 + 1 + 2);
  CHECK(!remembers(s, "second", "first"));
  CHECK(remembers(s, "third", "second"));
}

TEST_CASE("liveness: a state overwritten before it is read is not remembered") {
  const Structure s = compiled(R"(model "m"
player A
param precision = 1
state last in {none, a, b} = none
phase p {
  A chooses first { a { last becomes a } b { last becomes b } }
  A chooses second { a { last becomes a } b { last becomes b } }
  A chooses third { a, b }
  end over: A gets if(last is a, 1, 0)
}
)")
                          .structure();
  CHECK(s.states.size() == 1 + 1 + 2);
  CHECK(!remembers(s, "second", "last"));
}

TEST_CASE("liveness: reading through a let counts as reading") {
  const Structure s = compiled(R"(model "m"
player A
param precision = 1
let bonus = if(first is a, 1, 0)
phase p { A chooses first { a, b }  A chooses second { a, b }  end over: A gets bonus }
)")
                          .structure();
  CHECK(remembers(s, "second", "first"));
}

TEST_CASE("liveness: choices to keep are remembered to the end of the round") {
  const std::string text = R"(model "m"
player A
param precision = 1
param discount = 0.9
horizon 3 rounds then end over
phase p { A chooses first { a, b }  A chooses second { a, b }  time passes }
)";
  CompileOptions options;
  CHECK(compiled(text).structure().states.size() == 3);
  options.keep = {"first"};
  CHECK(compiled(text, {}, options).structure().states.size() == 4);
  options.keep = {"frist"};
  CHECK(refusal(text, {}, options).find("M0528") != std::string::npos);
}

TEST_CASE(
    "liveness: a type nothing mentions any more is dropped, and beliefs where no decision follows "
    "are marked") {
  const Structure s = compiled(R"(model "m"
player A types soft 0.5, hard 0.5
player B types poor 0.5, rich 0.5
param cost[A]: soft = 1, hard = 2
param odds[B]: poor = 0.2, rich = 0.4
param precision = 1
phase p {
  A chooses start { leave { end left: A pays cost[A] } stay }
  B chooses reply { act, wait }
  chance luck { good with odds[B] { end good_end: B gets 1 } bad otherwise { end bad_end } }
}
)")
                          .structure();
  CHECK(s.states[static_cast<std::size_t>(find_state(s, "start of A"))].live == 3U);
  CHECK(s.states[static_cast<std::size_t>(find_state(s, "reply of B"))].live == 2U);
  const int luck = find_state(s, "luck");
  CHECK(s.states[static_cast<std::size_t>(luck)].live == 2U);
  CHECK(!s.states[static_cast<std::size_t>(luck)].decision_follows);
  CHECK(s.states[static_cast<std::size_t>(s.root)].decision_follows);
}

TEST_CASE("liveness: precision by type keeps the type alive at the player's decisions") {
  const Structure s = compiled(R"(model "m"
player A types dull 0.5, keen 0.5
param precision[A]: dull = 1, keen = 10
phase p { A chooses c { a { end x: A gets 1 } b { end y } } }
)")
                          .structure();
  CHECK(s.states[0].live == 1U);
}

TEST_CASE("lower: the live types of a state hold those of every state after it") {
  for (const char* name : {"istanbul_core", "m04_powell_cost", "m07_smith_stam",
                           "m18b_ratifier_private", "m19_spoilers"}) {
    const CompiledModel model = compiled_file(name);
    const Structure& s = model.structure();
    for (const PublicState& state : s.states) {
      for (int b = state.first_branch; b < state.first_branch + state.num_branches; ++b) {
        const int next = s.branches[static_cast<std::size_t>(b)].next;
        if (next >= 0) CHECK((s.states[static_cast<std::size_t>(next)].live & ~state.live) == 0U);
      }
      if (state.closing >= 0)
        CHECK((s.states[static_cast<std::size_t>(state.closing)].live & ~state.live) == 0U);
    }
  }
}

TEST_CASE("lower: within a round levels lead only to earlier levels, and every state is in one") {
  for (const char* name :
       {"istanbul_core", "m04_powell_cost", "m06_filson_werner", "m16_show_for_patron"}) {
    const CompiledModel model = compiled_file(name);
    const Structure& s = model.structure();
    std::vector<int> level(s.states.size(), -1);
    std::size_t placed = 0;
    for (const auto* levels : {&s.untimed_levels, &s.timed_levels})
      for (std::size_t l = 0; l < levels->size(); ++l)
        for (const int state : (*levels)[l]) {
          level[static_cast<std::size_t>(state)] = static_cast<int>(l);
          ++placed;
        }
    CHECK(placed == s.states.size());
    for (std::size_t k = 0; k < s.states.size(); ++k)
      for (int b = s.states[k].first_branch;
           b < s.states[k].first_branch + s.states[k].num_branches; ++b) {
        const Branch& out = s.branches[static_cast<std::size_t>(b)];
        if (out.next < 0) continue;
        const PublicState& next = s.states[static_cast<std::size_t>(out.next)];
        if (next.timed == s.states[k].timed && !(next.timed && next.entry && out.advance > 0))
          CHECK(level[static_cast<std::size_t>(out.next)] < level[k]);
        CHECK((s.states[k].timed || !next.timed));
      }
  }
}

TEST_CASE(
    "acceptance: an offer counts as accepted at the first end, payment or becomes that mentions "
    "it, through lets too") {
  const std::string head =
      "model \"m\"\nplayer A player B\nparam precision = 1\nstate kept in {0, 1} = 0\nlet share = "
      "2 * x\n";
  const auto accepted = [&](const std::string& body) {
    std::set<std::string> out;
    const CompiledModel model = compiled(
        head + "phase p { A offers x in {0, 1} B chooses c { yes " + body + " no { end none } } }");
    const Structure& s = model.structure();
    for (std::size_t b = 0; b < s.branches.size(); ++b)
      for (auto k = s.acceptance_begin[b]; k < s.acceptance_begin[b + 1]; ++k) {
        const auto& a = s.acceptances[static_cast<std::size_t>(k)];
        out.insert(
            s.moves[static_cast<std::size_t>(a.move)].name + " " +
            s.moves[static_cast<std::size_t>(a.move)].actions[static_cast<std::size_t>(a.action)]);
      }
    return out;
  };
  const std::set<std::string> both{"x 0", "x 1"};
  CHECK(accepted("{ end deal: A gets x }") == both);
  CHECK(accepted("{ A gets share  end deal }") == both);
  CHECK(accepted("{ kept becomes x  end deal: A gets kept }") == both);
  CHECK(accepted("{ kept becomes x  end deal }") ==
        both);  // nothing reads `kept`: the offer is accepted all the same
  CHECK(accepted("{ end deal }").empty());
  CHECK(accepted("{ when x is 1 { end high } end low }").empty());  // a condition does not accept
}

TEST_CASE("acceptance: an offer is accepted once, at its first mention") {
  const Structure s = compiled(R"(model "m"
player A player B
param precision = 1
phase p { A offers x in {0, 1}  A gets x  B chooses c { yes, no }  end over: A gets x }
)")
                          .structure();
  CHECK(s.acceptances.size() == 2);
  for (int k = 0; k < 2; ++k)
    CHECK(s.acceptance_begin[static_cast<std::size_t>(s.states[0].first_branch + k) + 1] == k + 1);
}

TEST_CASE(
    "guards: an option open to no type vanishes, and one left for all is taken and tells nothing") {
  const Structure s = compiled_file("m18b_ratifier_private").structure();
  // Below .42 neither type can accept: fighting is no decision there. From .42 the loose can, from
  // .55 both.
  CHECK(s.states.size() == 60);
  CHECK(branch(s, s.root, 41).next < 0);
  const int loose_only = branch(s, s.root, 42).next, both = branch(s, s.root, 55).next;
  REQUIRE((loose_only >= 0 && both >= 0));
  CHECK(branch(s, loose_only, 0).open_to == 1U);
  CHECK(branch(s, loose_only, 1).open_to == ~std::uint64_t{0});
  CHECK(branch(s, both, 0).open_to == ~std::uint64_t{0});
}

TEST_CASE("guards: offers obey `where` by the proposer's own type") {
  const Structure s = compiled(R"(model "m"
player A types low 0.5, high 0.5
player B
param floor[A]: low = 0.2, high = 0.6
param precision = 1
phase p { A offers x in 0..1 by 0.2 where x >= floor[A]  end over: A gets x }
)")
                          .structure();
  REQUIRE(s.states[0].num_branches == 5);  // 0 is open to neither
  CHECK(branch(s, 0, 0).open_to == 1U);    // 0.2
  CHECK(branch(s, 0, 1).open_to == 1U);    // 0.4
  CHECK(branch(s, 0, 2).open_to == ~std::uint64_t{0});
  CHECK(s.moves[0].widths.size() == 6);
}

TEST_CASE(
    "counting actions: a continuum weighs its cells, the end points half; listed points weigh the "
    "same") {
  const std::string head =
      "model \"m\"\nplayer A\nparam precision = 1\nparam step = 0.3\nphase p { A offers x in ";
  const Structure cells = compiled(head + "0..1 by 0.25  end over: A gets x }").structure();
  CHECK(cells.moves[0].numbers == std::vector<double>{0, 0.25, 0.5, 0.75, 1});
  CHECK(cells.moves[0].widths == std::vector<double>{0.125, 0.25, 0.25, 0.25, 0.125});
  const Structure listed = compiled(head + "{0 .. 1 by 0.25}  end over: A gets x }").structure();
  CHECK(listed.moves[0].numbers == cells.moves[0].numbers);
  CHECK(listed.moves[0].widths.empty());
  CHECK(
      compiled(head + "{0 .. 0.9 by 0.3}  end over: A gets x }").structure().moves.at(0).actions ==
      std::vector<std::string>{"0", "0.3", "0.6", "0.9"});
  CHECK(refusal(head + "0..1 by step  end over: A gets x }").find("M0323") != std::string::npos);
}

TEST_CASE("cycles: going round without time passing is refused with the phases") {
  const std::string text = R"(model "m"
player A player B
param precision = 1
horizon 6 rounds then end over
phase war { A chooses c { go_on { time passes } pause { go to truce } } }
phase truce { B chooses d { hold { time passes } break { go to war } } }
)";
  const std::string told = refusal(text);
  CHECK(told.find("M0335") != std::string::npos);
  CHECK(told.find("play can go round war -> truce -> war without time passing") !=
        std::string::npos);
}

TEST_CASE(
    "cycles: the test is on public states, so a loop in which a stock falls is fine without a "
    "horizon") {
  CHECK(compiled_file("m06_filson_werner").structure().horizon == HorizonKind::none);
  CHECK(refusal("model \"m\"\nplayer A\nparam precision = 1\nphase war { A chooses c { go_on { "
                "time passes } stop { end over: A gets 1 } } }")
            .find("M0336") != std::string::npos);
}

TEST_CASE("cycles: a round that the horizon does not count is refused") {
  CHECK(refusal(R"(model "m"
player A
param precision = 1
horizon 2 rounds in war then end over
phase war { A chooses c { fight, rest { time passes  go to peace } } time passes }
phase peace { A chooses d { back { go to war } stay } time passes }
)")
            .find("M0337") != std::string::npos);
}

TEST_CASE("states: a step past the end is told with the way there, unless the state stops") {
  const std::string head = "model \"m\"\nplayer A\nparam precision = 1\nstate n in 0..2 = 0";
  const std::string body =
      "\nhorizon 6 rounds then end over: A gets n\nphase p { A chooses c { up { n rises by 1 } "
      "stay } time passes }";
  const std::string told = refusal(head + body);
  CHECK(told.find("M0333") != std::string::npos);
  CHECK(told.find("after c up, c up, c up") != std::string::npos);
  CHECK(count_moves(compiled(head + " stops" + body).structure(), "c") == 3);
}

TEST_CASE("states: a number off the grid is told with the way there") {
  const std::string told = refusal(R"(model "m"
player A
param precision = 1
state n in 0..1 by 0.1 = 0
phase p { A offers x in 0..1 by 0.05  n becomes x  A chooses c { a, b }  end over: A gets n }
)");
  CHECK(told.find("M0334") != std::string::npos);
  CHECK(told.find("after x 0.05") != std::string::npos);
}

TEST_CASE("guards: a type without an option is an error with the public state") {
  const std::string told = refusal(R"(model "m"
player A types low 0.5, high 0.5
param k[A]: low = 0.2, high = 0.6
param precision = 1
state n in 0..1 by 0.5 = 0
phase p { chance c { up with 0.5 { n becomes 0.5 } down otherwise }
          A chooses x { a when n >= k[A] { end one } b when n < 0.3 { end two: A gets k[A] } } }
)");
  CHECK(told.find("M0331") != std::string::npos);
  CHECK(told.find("A of type high") != std::string::npos);
  CHECK(told.find("n 0.5") != std::string::npos);
}

TEST_CASE("too large: refused quickly, with the number, the memory and what to coarsen") {
  const std::string text = R"(model "m"
player A
param precision = 1
param discount = 0.9
state n in 0..1 by 0.01 = 0
state m in 0..1 by 0.01 = 0
horizon 6 rounds then end over: A gets n + m
phase p { A offers x in 0..1 by 0.01  n becomes x  A offers y in 0..1 by 0.01  m becomes y  time passes }
)";
  CompileOptions options;
  options.max_states = 5000;
  const std::string many = refusal(text, {}, options);
  CHECK(many.find("M0901") != std::string::npos);
  CHECK(many.find("more than 5000 public states") != std::string::npos);
  CHECK(many.find("coarsen what public states remember: m (101 contents)") != std::string::npos);
  options.max_states = 2'000'000;
  options.max_bytes = 1 << 20;
  CHECK(refusal(text, {}, options).find("1 MB") != std::string::npos);
  CHECK(refusal("model \"m\"\nplayer A\nparam precision = 1\nphase p { A offers x in 0..1 by 1e-7 "
                "end over: A gets x }")
            .find("M0901") != std::string::npos);
}

TEST_CASE("lower: two orderings of the same declarations give the same public states") {
  const std::string declarations[] = {"player A types soft 0.5, hard 0.5\n",
                                      "player B\n",
                                      "state n in 0..3 = 0\n",
                                      "let gain = if(A is soft, n, 1)\n",
                                      "horizon 3 rounds then end over: A gets gain\n",
                                      "param precision = 1\n"};
  const std::string play =
      "phase p { A chooses c { up { n rises by 1 } stay } B offers x in {0, 1} A chooses d { yes { "
      "end deal: A gets x } no } time passes }\n";
  std::string forward = "model \"m\"\n", backward = "model \"m\"\n" + play;
  for (const std::string& one : declarations) forward += one;
  for (std::size_t k = std::size(declarations); k-- > 0;) backward += declarations[k];
  const CompiledModel one = compiled(forward + play), other = compiled(backward);
  CHECK(one.structure().states.size() == other.structure().states.size());
  CHECK(one.structure().branches.size() == other.structure().branches.size());
  std::map<std::string, int> first, second;
  for (int k = 0; k < static_cast<int>(one.structure().states.size()); ++k) {
    ++first[describe_state(one.structure(), k)];
    ++second[describe_state(other.structure(), k)];
  }
  CHECK(first == second);
}

TEST_CASE("simultaneous choices compile to joint actions") {
  const CompiledModel model = compiled_file("m21_security_dilemma");
  const Structure& s = model.structure();
  const Move& move = move_of(s, s.root);
  CHECK(move.kind == MoveKind::simultaneous);
  CHECK(move.actions == std::vector<std::string>{"wait & wait", "wait & attack", "attack & wait",
                                                 "attack & attack"});
  CHECK(move.parts.size() == 2);
}

TEST_CASE("numbers chosen at once count in mixed radix, each in its cells, by its mover's type") {
  const Structure s = compiled(R"(model "m"
player A types low 0.5, high 0.5
player B
param precision = 1
phase p {
  simultaneously {
    A chooses x in 0..1 by 0.5 where x <= 0.5 or A is high
    B chooses b { u, v, w }
  }
  end over: A gets x, B gets if(b is w, x, 0)
}
)")
                          .structure();
  const Move& move = move_of(s, s.root);
  REQUIRE(move.kind == MoveKind::simultaneous);
  CHECK(move.actions.size() == 9);
  CHECK(move.actions[5] == "0.5 & w");
  const Move& x = s.moves[static_cast<std::size_t>(move.parts[0])];
  CHECK(x.kind == MoveKind::amount);
  CHECK(x.widths == std::vector<double>{0.25, 0.5, 0.25});
  CHECK(s.states[0].num_branches == 9);
  CHECK(s.part_open[2] == 2U);  // 1 is open to the high type alone
  CHECK(s.acceptances.empty());
  CHECK(s.states[0].live == 1U);
}

TEST_CASE("types with a joint prior form a group") {
  CHECK(compiled_file("m09_kydd_mediator").structure().correlated ==
        std::vector<std::vector<int>>{{1, 2}});
  CHECK(compiled_file("m08_temporary_strength").structure().correlated.empty());
}

TEST_CASE("lower: lets used twice at every level are computed once") {
  std::string text = "model \"m\"\nplayer A\nparam precision = 1\nparam a = 1\nlet l0 = a\n";
  for (int k = 1; k <= 12; ++k)
    text += "let l" + std::to_string(k) + " = l" + std::to_string(k - 1) + " / 2 + l" +
            std::to_string(k - 1) + " / 2\n";
  const auto game =
      compiled(text + "phase p { A chooses c { x { end one: A gets l12 } y { end two } } }")
          .bind({});
  REQUIRE(game.has_value());
  CHECK(game->reward(0, 0, 1)[0] == doctest::Approx(1.0));
}
