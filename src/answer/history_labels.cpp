/// Histories in words, and what the nodes of an information set have in common.

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/information_sets.h"

namespace melian {
namespace {

std::size_t at(std::int64_t index) { return static_cast<std::size_t>(index); }

constexpr std::size_t most_steps = 6;  // in a label; earlier ones are counted

/// One step down a form, as far as others may see it too.
HistoryStep step_of(const ExtensiveForm& form, int node) {
  const ExtensiveForm::Node& here = form.nodes[at(node)];
  const ExtensiveForm::InformationSet& set = form.sets[at(form.nodes[at(here.parent)].set)];
  HistoryStep out;
  out.move = set.label;
  out.action = form.actions[at(set.first_action + here.taken)].label;
  if (set.player >= 0) out.player = form.players[at(set.player)];
  if (out.action.empty()) out.action = fmt::format("action {}", here.taken + 1);
  out.by_name = is_number(out.action);
  // Moves of an unrolled game are named by their mover's type, which others do not see.
  if (const auto of = out.move.find(" of " + out.player + " ");
      !out.player.empty() && of != std::string::npos)
    out.move.resize(of);
  return out;
}

bool same(const HistoryStep& a, const HistoryStep& b) {
  return a.player == b.player && a.action == b.action;
}

/// The last steps of the way to a node, at most so many.
std::vector<int> way_to(const ExtensiveForm& form, int node, bool skip_root, std::size_t most) {
  std::vector<int> out;
  while (form.nodes[at(node)].parent >= 0 && out.size() < most) {
    if (skip_root && form.nodes[at(node)].parent == 0) break;
    out.push_back(node);
    node = form.nodes[at(node)].parent;
  }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

std::vector<std::string> distinct_names(const std::vector<std::string>& names,
                                        const std::string& what) {
  std::map<std::string, int> count;  // a multiset counts equal names one by one
  for (const std::string& name : names) ++count[name];
  std::set<std::string> taken;
  std::vector<std::string> out;
  for (std::size_t k = 0; k < names.size(); ++k) {
    std::string key = names[k].empty()      ? fmt::format("{} {}", what, k + 1)
                      : count[names[k]] > 1 ? fmt::format("{} ({})", names[k], k + 1)
                                            : names[k];
    while (taken.contains(key)) key += "'";
    taken.insert(key);
    out.push_back(std::move(key));
  }
  return out;
}

bool is_number(const std::string& label) {
  double number = 0.0;
  const auto end = label.data() + label.size();
  const auto found = std::from_chars(label.data(), end, number);
  return !label.empty() && found.ec == std::errc() && found.ptr == end;
}

std::string step_words(const HistoryStep& step) {
  if (!step.by_name) return step.action;
  if (step.move.empty())
    return step.player.empty() ? "chance draws " + step.action
                               : fmt::format("{} plays {}", step.player, step.action);
  return step.move + (is_number(step.action) ? " = " : " ") + step.action;
}

std::string history_label(const std::string& move, const std::vector<HistoryStep>& history) {
  if (history.empty()) return move + ", at the start";
  std::vector<std::string> words;
  const std::size_t left_out = history.size() > most_steps + 1 ? history.size() - most_steps : 0;
  if (left_out > 0) words.push_back(fmt::format("{} earlier moves", left_out));
  for (std::size_t k = left_out; k < history.size(); ++k) words.push_back(step_words(history[k]));
  std::string out = fmt::format("{}, after {}", move, words.front());
  for (std::size_t k = 1; k < words.size(); ++k)
    out += (k + 1 == words.size() ? " and " : ", ") + words[k];
  return out;
}

std::vector<std::vector<HistoryStep>> known_steps(const ExtensiveForm& form, bool skip_root) {
  constexpr std::size_t most_compared = 64;  // of a longer history the last steps
  std::vector<std::vector<HistoryStep>> out(form.sets.size());
  std::vector<std::vector<int>> ways(form.sets.size());
  std::vector<std::uint8_t> seen(form.sets.size(), 0);
  // First the common way, node by node; then its words.
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    const int set = form.nodes[n].set;
    if (set < 0 || form.sets[at(set)].player < 0) continue;
    std::vector<int>& common = ways[at(set)];
    std::vector<int> own = way_to(form, static_cast<int>(n), skip_root, most_compared);
    if (seen[at(set)] == 0) {
      seen[at(set)] = 1;
      common = std::move(own);
      continue;
    }
    // Aligned from the end where the ways differ in length; -1 where they part.
    for (std::size_t k = 1; k <= common.size(); ++k) {
      int& step = common[common.size() - k];
      if (step >= 0 &&
          (k > own.size() || !same(step_of(form, step), step_of(form, own[own.size() - k]))))
        step = -1;
    }
  }
  for (std::size_t h = 0; h < ways.size(); ++h)
    for (const int node : ways[h])
      if (node >= 0) out[h].push_back(step_of(form, node));
  return out;
}

std::vector<HistoryStep> unseen_steps(const ExtensiveForm& form, int node,
                                      const std::vector<HistoryStep>& known) {
  std::vector<HistoryStep> out;
  std::size_t next = 0;
  for (const int step : way_to(form, node, false, form.nodes.size())) {
    HistoryStep own = step_of(form, step);
    if (next < known.size() && same(own, known[next]))
      ++next;
    else
      out.push_back(std::move(own));
  }
  return out;
}

std::vector<std::string> set_labels(const ExtensiveForm& form, bool skip_root) {
  const std::vector<std::vector<HistoryStep>> steps = known_steps(form, skip_root);
  std::vector<std::string> out;
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = form.sets[h];
    const std::string name =
        set.label.empty() ? fmt::format("information set {}", set.number) : set.label;
    out.push_back(set.player < 0 || steps[h].empty() ? name : history_label(name, steps[h]));
  }
  return out;
}

}  // namespace melian
