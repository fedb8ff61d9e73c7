#include "language/lower_size.h"

#include <algorithm>

#include <fmt/core.h>

namespace melian::lowering {

namespace {

constexpr std::int64_t bytes_per_state = 300,
                       bytes_per_branch =
                           200;  // of the tables of play and of the structure made from them

}  // namespace

void Size::add_state(const Point& p) {
  std::int64_t sure = 0;
  if (p.kind == Point::Kind::offer && p.where < 0)
    sure =
        static_cast<std::int64_t>(graph_.offers[static_cast<std::size_t>(p.site)].numbers.size());
  for (const Way& way : p.ways) sure += way.guard < 0 ? 1 : 0;
  promised_branches_ += std::max<std::int64_t>(sure, 1);
  check();
}

void Size::check() {
  const auto states = static_cast<std::int64_t>(play_.states.size());
  const auto branches =
      std::max(promised_branches_, static_cast<std::int64_t>(play_.branches.size()));
  if (states > options_.max_states)
    return refuse(fmt::format("more than {} public states", options_.max_states));
  const std::int64_t bytes =
      states * bytes_per_state +
      branches * (bytes_per_branch + 8 * static_cast<std::int64_t>(model_.players.size())) +
      static_cast<std::int64_t>(play_.payments.size() * sizeof(Payment) +
                                play_.contents.size() * sizeof(int));
  if (bytes > options_.max_bytes)
    refuse(fmt::format("more than {} public states with {} branches, which need more than {} MB",
                       states, branches, options_.max_bytes >> 20));
}

void Size::refuse(const std::string& what) {
  if (too_large_) return;
  too_large_ = true;
  Diagnostic refusal;
  refusal.code = too_large_code;
  refusal.message = fmt::format("the game is too large: {}", what);
  refusal.expected = fmt::format("at most {} public states and {} MB", options_.max_states,
                                 options_.max_bytes >> 20);
  refusal.hint = coarsen();
  diagnostics_.push_back(refusal);
}

/// The variables that multiply public states most.
std::string Size::coarsen() const {
  std::vector<std::pair<std::size_t, std::string>> sizes;
  for (std::size_t v = 0; v < model_.variables.size(); ++v) {
    const int variable = static_cast<int>(v);
    const bool alive =
        std::any_of(live_.before.begin(), live_.before.end(),
                    [variable](const VariableSet& set) { return set.contains(variable); });
    if (alive && graph_.holders[v].numbers.size() > 1)
      sizes.emplace_back(graph_.holders[v].numbers.size(), model_.variables[v].name);
  }
  if (sizes.empty()) return {};
  std::sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::string text = "coarsen what public states remember: ";
  for (std::size_t k = 0; k < std::min<std::size_t>(4, sizes.size()); ++k)
    text += fmt::format("{}{} ({} contents)", k > 0 ? ", " : "", sizes[k].second, sizes[k].first);
  return text;
}

}  // namespace melian::lowering
