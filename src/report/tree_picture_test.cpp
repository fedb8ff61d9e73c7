/// Pictures of solved trees: well formed, and no word lies on another or outside the paper.

#include <algorithm>
#include <cmath>
#include <regex>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "melian/figures.h"
#include "support/random_games.h"

using namespace melian;
using namespace melian::testing;

namespace {

/// Where a text stands: wide enough for common sans-serif faces.
struct Words {
  double left, right, top, bottom;
  std::string text;
};

std::size_t characters(const std::string& text) {
  const auto entity = [&](const char* name) {
    std::size_t out = 0;
    for (std::size_t k = text.find(name); k != std::string::npos; k = text.find(name, k + 1)) ++out;
    return out * (std::string_view(name).size() - 1);
  };
  return static_cast<std::size_t>(std::ranges::count_if(
             text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; })) -
         entity("&amp;") - entity("&lt;") - entity("&gt;") - entity("&quot;");
}

/// Checks that tags close in order and that nothing special stands bare; `&` begins an entity.
bool well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t k = 0; k < svg.size(); ++k) {
    if (svg[k] == '&' && !std::regex_search(svg.begin() + static_cast<std::ptrdiff_t>(k), svg.end(),
                                            std::regex("^&(amp|lt|gt|quot);"),
                                            std::regex_constants::match_continuous))
      return false;
    if (svg[k] == '>') return false;
    if (svg[k] != '<') continue;
    const std::size_t end = svg.find('>', k);
    if (end == std::string::npos) return false;
    const std::string tag = svg.substr(k + 1, end - k - 1);
    if (tag.find('<') != std::string::npos) return false;
    if (tag.starts_with("/")) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    } else if (!tag.ends_with("/")) {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
    k = end;
  }
  return open.empty();
}

std::vector<Words> words_of(const std::string& svg) {
  constexpr double letter = 0.52;  // of the size, on average
  static const std::regex pattern(
      R"re(<text class="([^"]*)" x="([^"]*)" y="([^"]*)" text-anchor="([^"]*)">([^<]*)</text>)re");
  std::vector<Words> out;
  for (auto it = std::sregex_iterator(svg.begin(), svg.end(), pattern);
       it != std::sregex_iterator(); ++it) {
    const std::string classes = (*it)[1];
    const double size = classes.starts_with("title")                                  ? 15
                        : classes.starts_with("small") || classes.starts_with("tick") ? 11
                                                                                      : 12;
    const double x = std::stod((*it)[2]), y = std::stod((*it)[3]),
                 wide = letter * size * static_cast<double>(characters((*it)[5]));
    const double left = (*it)[4] == "end" ? x - wide : x;
    if (wide > 0.0) out.push_back({left, left + wide, y - 0.75 * size, y + 0.2 * size, (*it)[5]});
  }
  return out;
}

void check_picture(const std::string& svg) {
  CHECK(well_formed(svg));
  std::smatch box;
  REQUIRE(std::regex_search(svg, box, std::regex("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"")));
  const double width = std::stod(box[1]), height = std::stod(box[2]);
  std::vector<Words> words = words_of(svg);
  std::ranges::sort(words, {}, &Words::top);
  for (std::size_t a = 0; a < words.size(); ++a) {
    CHECK_MESSAGE(words[a].left >= 0.0, words[a].text);
    CHECK_MESSAGE(words[a].right <= width, words[a].text);
    CHECK_MESSAGE(words[a].bottom <= height, words[a].text);
    for (std::size_t b = a + 1; b < words.size() && words[b].top < words[a].bottom; ++b)
      CHECK_MESSAGE((words[a].right <= words[b].left || words[b].right <= words[a].left),
                    "\"" << words[a].text << "\" lies on \"" << words[b].text << "\"");
  }
}

}  // namespace

TEST_CASE("solved trees: pictures of random games are well formed, and no words overlap") {
  int drawn = 0, sets = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    RandomGameOptions options;
    options.players = seed % 3 == 0 ? 3 : 2;
    options.typed_players = seed % 2 == 0 ? 1 : 2;
    options.rounds = 1;
    options.levels = 2;
    options.together = seed % 4 == 0;
    options.tied = seed % 5 == 0;
    const auto form = unroll(random_game(seed, options), {.lambda = {}, .max_nodes = 300});
    if (!form) continue;
    TreeOptions how;
    how.lambda = 1.0;
    const auto solution = solve_tree(*form, how);
    REQUIRE(solution.has_value());
    const auto tree = solved_tree(*form, solution->log_strategy, 1.0, true);
    if (!tree) continue;  // too many ends to be read
    ++drawn;
    sets += static_cast<int>(tree->marks.unseen.size());
    check_picture(tree_svg(tree->tree, tree->marks));
    // The most likely path runs from the start to one end.
    std::size_t strong = 0, node = 0;
    while (!tree->tree.nodes[node].branches.empty()) {
      const auto& likely = tree->marks.likely[node];
      REQUIRE(std::ranges::count(likely, 1) == 1);
      node = static_cast<std::size_t>(
          tree->tree.nodes[node]
              .branches[static_cast<std::size_t>(std::ranges::find(likely, 1) - likely.begin())]
              .node);
      ++strong;
    }
    std::size_t all = 0;
    for (const auto& likely : tree->marks.likely)
      all += static_cast<std::size_t>(std::ranges::count(likely, 1));
    CHECK(all == strong);
  }
  CHECK(drawn >= 40);
  CHECK(sets >= 100);
}

TEST_CASE("solved trees: labels that XML and LaTeX must escape, long ones, other scripts") {
  const auto form = read_efg_text(
      "EFG 2 R \"R&D <war> 100% #1_a\" { \"Ministère & fils\" \"B_2\" }\n\"\"\n"
      "p \"\" 1 1 \"m\" { \"a & <b> with a label that goes on for very much longer than forty\" "
      "\"éééééééééééééééééééééééééééééééééééééééééééééé\" \"和平和平和平\" } 0\n"
      "p \"\" 2 1 \"n\" { \"x\" \"y\" } 0\nt \"\" 1 \"W<>\" { 1 0 }\nt \"\" 2 \"&\" { 0 1 }\n"
      "p \"\" 2 1 \"n\" { \"x\" \"y\" } 0\nt \"\" 3 \"c\" { 1 0 }\nt \"\" 4 \"d\" { 0 1 }\n"
      "t \"\" 5 \"e\" { 0.5 0.5 }\n",
      "labels.efg");
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  TreeOptions how;
  how.lambda = 1.0;
  const auto solution = solve_tree(*form, how);
  REQUIRE(solution.has_value());
  const auto tree = solved_tree(*form, solution->log_strategy, 1.0, false);
  REQUIRE(tree.has_value());
  const std::string svg = tree_svg(tree->tree, tree->marks);
  check_picture(svg);
  for (std::size_t k = 0; k < svg.size(); ++k) {  // cut between characters, never inside one
    const auto byte = static_cast<unsigned char>(svg[k]);
    if (byte < 0xC0U) continue;
    const std::size_t more = byte >= 0xF0U ? 3 : byte >= 0xE0U ? 2 : 1;
    for (std::size_t j = 1; j <= more; ++j)
      CHECK((static_cast<unsigned char>(svg[k + j]) & 0xC0U) == 0x80U);
  }
  const std::string tikz = tree_tikz(tree->tree, tree->marks);
  CHECK(tikz.find("a \\& $<$b$>$") != std::string::npos);
  CHECK(tikz.find("B\\_2") != std::string::npos);
}
