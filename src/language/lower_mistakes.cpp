#include "language/lower_mistakes.h"

#include <algorithm>

#include <fmt/core.h>

namespace melian::lowering {

namespace {

constexpr std::size_t most_mistakes = 20;  // shown at once
constexpr std::size_t longest_way = 24;    // moves of the way shown with a mistake

}  // namespace

std::string Mistakes::action(int state, int branch) const {
  const Point& p = graph_[play_.states[static_cast<std::size_t>(state)].point];
  const int action = play_.branches[static_cast<std::size_t>(branch)].action;
  const auto name = [&](int v) -> const std::string& {
    return model_.variables[static_cast<std::size_t>(v)].name;
  };
  const auto word = [&](int v, std::int64_t w) -> const std::string& {
    return graph_.holders[static_cast<std::size_t>(v)].texts[static_cast<std::size_t>(w)];
  };
  switch (p.kind) {
    case Point::Kind::offer:
      return fmt::format(
          "{} {}", name(p.variable),
          graph_.offers[static_cast<std::size_t>(p.site)].texts[static_cast<std::size_t>(action)]);
    case Point::Kind::choice:
    case Point::Kind::chance:
      return fmt::format("{} {}", name(p.variable), word(p.variable, action));
    case Point::Kind::simultaneous: {
      std::string text;
      std::int64_t rest = action;
      for (std::size_t k = p.parts.size(); k-- > 0;) {
        const Part& part = p.parts[k];
        const std::int64_t radix = graph_.num_written(part);
        const int content = graph_.content_of(part, static_cast<int>(rest % radix));
        text = fmt::format("{} {}{}{}", name(part.variable), word(part.variable, content),
                           text.empty() ? "" : " and ", text);
        rest /= radix;
      }
      return text;
    }
    default: return {};
  }
}

std::string Mistakes::way() const {
  if (state_ < 0) return "at the start";
  std::vector<std::string> moves;
  int state = state_;
  int branch = branch_;
  while (state >= 0) {
    if (branch >= 0) {
      std::string text = action(state, branch);
      if (!text.empty()) moves.push_back(std::move(text));
    }
    const PlayState& s = play_.states[static_cast<std::size_t>(state)];
    branch = s.by;
    state = s.from;
  }
  if (moves.empty()) return "at the start";
  std::string text = "after ";
  const std::size_t shown = std::min(moves.size(), longest_way);
  if (shown < moves.size()) text += fmt::format("{} moves, then ", moves.size() - shown);
  for (std::size_t k = shown; k-- > 0;) text += moves[k] + (k > 0 ? ", " : "");
  return text;
}

std::string Mistakes::contents(const Position& position) const {
  std::string text;
  for (std::size_t v = 0; v < model_.variables.size(); ++v)
    if (position.contents[v] >= 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", model_.variables[v].name,
                          graph_.holders[v].texts[static_cast<std::size_t>(position.contents[v])]);
  return text;
}

void Mistakes::add(const ast::Span& span, const char* code, const std::string& message,
                   const Position& position, const std::string& expected, const std::string& hint) {
  if (told_.size() >= most_mistakes || !told_.insert({code, span.file, span.begin}).second) return;
  const std::string there = contents(position);
  shape_.error(span, code,
               fmt::format("{} {}{}", message, way(),
                           there.empty() ? "" : fmt::format(" (there: {})", there)),
               expected, hint);
}

}  // namespace melian::lowering
