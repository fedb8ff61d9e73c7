#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "melian/tree.h"
#include "tree/fraction.h"

using namespace melian;

namespace {

ExtensiveForm read(const std::string& text) {
  auto form = read_efg_text(text, "test.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  return std::move(*form);
}

/// A random form, in preorder: any labels, inner outcomes, sets of one and of several nodes.
class RandomForm {
 public:
  ExtensiveForm make() {
    form_.title = label();
    form_.comment = label();
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i) form_.players.push_back(label());
    next_number_.assign(form_.players.size() + 1, 1);
    grow(-1, -1, 3);
    return std::move(form_);
  }

 private:
  static std::string label() {
    return printable_text(*rc::gen::container<std::string>(
        rc::gen::element('a', 'Z', ' ', '"', '\\', '{', '}', ',', '\n', '1', '\xC3', '\x1b')));
  }
  static double number() {
    return *rc::gen::element(0.0, 1.0, -2.5, 1.0 / 3.0, 1e-300, 1e15, 0.1, -7.0);
  }

  int set() {
    if (!form_.sets.empty() && *rc::gen::inRange(0, 3) == 0)
      return *rc::gen::inRange(0, static_cast<int>(form_.sets.size()));
    ExtensiveForm::InformationSet made;
    made.player = *rc::gen::inRange(-1, form_.num_players());
    made.number = next_number_[static_cast<std::size_t>(made.player + 1)]++;
    made.label = label();
    made.first_action = static_cast<int>(form_.actions.size());
    made.num_actions = *rc::gen::inRange(1, 4);
    std::vector<double> odds;
    double sum = 0.0;
    for (int a = 0; a < made.num_actions; ++a) sum += odds.emplace_back(*rc::gen::inRange(1, 8));
    for (double& p : odds) p /= sum;
    const std::vector<std::string> texts = tree::exact_odds(odds);
    for (int a = 0; a < made.num_actions; ++a) {
      ExtensiveForm::Action action;
      action.label = label();
      if (made.player == ExtensiveForm::chance) {
        action.odds_text = texts[static_cast<std::size_t>(a)];
        action.odds = *tree::number_of(action.odds_text);
      }
      form_.actions.push_back(std::move(action));
    }
    form_.sets.push_back(std::move(made));
    return static_cast<int>(form_.sets.size()) - 1;
  }
  void grow(int parent, int taken, int depth) {
    const int node = static_cast<int>(form_.nodes.size());
    form_.nodes.push_back({.set = -1, .parent = parent, .taken = taken});
    form_.labels.push_back(label());
    if (parent >= 0)
      form_.children[static_cast<std::size_t>(
          form_.nodes[static_cast<std::size_t>(parent)].first_child + taken)] = node;
    const bool ends = depth == 0 || *rc::gen::inRange(0, 4) == 0;
    const int set_here = ends ? -1 : set();
    if (*rc::gen::inRange(0, 3) > 0) {
      form_.nodes.back().outcome = static_cast<int>(form_.outcomes.size());
      form_.outcomes.push_back({static_cast<int>(form_.outcomes.size()) + 1, label()});
      for (std::size_t i = 0; i < form_.players.size(); ++i) form_.payoffs.push_back(number());
    }
    if (ends) return;
    form_.nodes.back().set = set_here;
    form_.nodes.back().first_child = static_cast<std::int64_t>(form_.children.size());
    const int actions = form_.sets[static_cast<std::size_t>(set_here)].num_actions;
    form_.children.resize(form_.children.size() + static_cast<std::size_t>(actions), -1);
    for (int a = 0; a < actions; ++a) grow(node, a, depth - 1);
  }

  ExtensiveForm form_;
  std::vector<int> next_number_;
};

}  // namespace

TEST_CASE("efg: what is written is read back as the same form") {
  CHECK(rc::check([] {
    const ExtensiveForm form = RandomForm().make();
    const auto again = read_efg_text(write_efg(form), "again.efg");
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == form);
  }));
}

TEST_CASE(
    "efg: payoffs with and without commas, fractions, exponents, inner outcomes, outcomes by "
    "number alone") {
  const ExtensiveForm form = read(
      "EFG 2 R \"A \\\"quoted\\\" title\" { \"A\" \"B\" } \"remark\"\n"
      "p \"start\" 1 1 \"go on?\" { \"on\" \"out\" } 3 \"fee\" { -1/4 0 }\n"
      "c \"\" 1 \"luck\" { \"good\" 1/3 \"bad\" 2/3 } 0\n"
      "t \"\" 1 \"win\" { 1e1, -.5 }\n"
      "p \"\" 2 7 \"\" { \"x\" \"y\" } 0 t \"\" 1 t \"\" 0\n"
      "p \"\" 2 7 0\nt \"\" 2 \"\" { +2 3, }\nt \"\" 2\n");
  CHECK(form.title == "A \"quoted\" title");
  CHECK(form.comment == "remark");
  CHECK(form.nodes.size() == 9);
  CHECK(form.sets.size() == 3);
  CHECK(form.outcomes.size() == 3);
  CHECK(form.payoff(form.nodes[0].outcome, 0) == -0.25);
  CHECK(form.payoff(form.nodes[2].outcome, 0) == 10.0);
  CHECK(form.payoff(form.nodes[2].outcome, 1) == -0.5);
  CHECK(form.nodes[4].outcome == form.nodes[2].outcome);
  CHECK(form.nodes[5].outcome == -1);
  CHECK(form.nodes[3].set == form.nodes[6].set);
  CHECK_FALSE(has_perfect_recall(
      read("EFG 2 R \"\" { \"A\" }\np \"\" 1 1 \"\" { \"l\" \"r\" } 0\np \"\" 1 2 \"\" { \"l\" "
           "\"r\" } 0\nt \"\" 0 t \"\" 0\np \"\" 1 2 0\nt \"\" 0 t \"\" 0")));
}

TEST_CASE("efg: fractions must sum to one exactly, decimals within 1e-9") {
  const auto with = [](const std::string& odds) {
    return read_efg_text("EFG 2 R \"\" { \"A\" }\nc \"\" 1 \"\" { " + odds +
                             " } 0\nt \"\" 0 t \"\" 0 t \"\" 0",
                         "test.efg")
        .has_value();
  };
  CHECK(with("\"a\" 1/3 \"b\" 1/3 \"c\" 1/3"));
  CHECK(with("\"a\" 0.333333333 \"b\" 0.333333333 \"c\" 0.333333334"));
  CHECK(with("\"a\" 0.333333333 \"b\" 0.333333333 \"c\" 0.3333333335"));
  CHECK_FALSE(with("\"a\" 0.3333333 \"b\" 0.3333333 \"c\" 0.3333333"));
  CHECK_FALSE(with("\"a\" 1/3 \"b\" 1/3 \"c\" 333333333333/1000000000000"));
}

TEST_CASE("efg: a file nested 200,000 deep is read without as many calls") {
  std::string text = "EFG 2 R \"deep\" { \"A\" }\n";
  constexpr int depth = 200'000;
  for (int k = 0; k < depth; ++k)
    text += "p \"\" 1 " + std::to_string(k + 1) + " \"\" { \"on\" } 0\n";
  const ExtensiveForm form = read(text + "t \"\" 0\n");
  CHECK(form.nodes.size() == depth + 1);
  CHECK(read_efg_text(text, "cut.efg").error()[0].code == "M0932");
}

TEST_CASE("exact_odds: texts sum to one exactly and read back within round-off") {
  CHECK(rc::check([](const std::vector<std::uint16_t>& given) {
    std::vector<double> odds;
    double sum = 0.0;
    for (const std::uint16_t weight : given) sum += odds.emplace_back(1.0 + weight);
    RC_PRE(!odds.empty());
    for (double& p : odds) p /= sum;
    const std::vector<std::string> texts = tree::exact_odds(odds);
    constexpr double round_off = 1e-14;
    long double total = 0.0L;
    for (std::size_t k = 0; k < odds.size(); ++k) {
      RC_ASSERT(std::abs(*tree::number_of(texts[k]) - odds[k]) < round_off);
      total += std::stold(texts[k]);
    }
    RC_ASSERT(std::abs(total - 1.0L) < 1e-17L);
  }));
  CHECK(tree::exact_odds(std::vector<double>{0.1, 0.9}) == std::vector<std::string>{"0.1", "0.9"});
  CHECK(tree::exact_odds(std::vector<double>{0.0, 1.0}) == std::vector<std::string>{"0", "1"});
}
