#include "report/limit_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/answer_json.h"
#include "melian/information_sets.h"
#include "report/form_keys.h"
#include "report/table.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

std::size_t at(int index) { return static_cast<std::size_t>(index); }

const char* condition_word(LimitCondition condition) {
  switch (condition) {
    case LimitCondition::cancelled: return "cancelled";
    case LimitCondition::solution: return "solution";
    case LimitCondition::branch: return "branch";
    case LimitCondition::supports: return "supports";
    case LimitCondition::best_replies: return "best_replies";
    case LimitCondition::beliefs: return "beliefs";
    case LimitCondition::none: break;
  }
  return "none";
}

/// What chance draws at the root, where it moves there; of a game unrolled, the types.
std::vector<std::string> draws_of(const ExtensiveForm& form) {
  if (form.nodes.empty() || form.is_end(0) || form.sets[at(form.nodes[0].set)].player >= 0)
    return {};
  return action_keys(form, form.sets[at(form.nodes[0].set)]);
}

/// By set, what its nodes are believed: by draw of the root where there is one, else by node.
class Beliefs {
 public:
  Beliefs(const ExtensiveForm& form, const TreeLimit& limit)
      : limit_(limit), draws_(draws_of(form)), nodes_(form.sets.size()) {
    std::vector<int> draw(form.nodes.size(), -1);
    for (std::size_t n = 0; n < form.nodes.size(); ++n) {
      const int parent = form.nodes[n].parent;
      if (parent >= 0) draw[n] = parent == 0 ? form.nodes[n].taken : draw[at(parent)];
      if (form.nodes[n].set >= 0)
        nodes_[at(form.nodes[n].set)].push_back({static_cast<int>(n), draw[n]});
    }
  }

  [[nodiscard]] Json of(int set) const {
    Json out = draws_.empty() ? Json::array() : Json::object();
    std::vector<double> by_draw(draws_.size(), 0.0);
    std::vector<bool> possible(draws_.size(), false);
    for (const auto& [node, draw] : nodes_[at(set)]) {
      if (draws_.empty()) {
        out.push_back(json_number(limit_.belief[at(node)]));
      } else {
        by_draw[at(draw)] += limit_.belief[at(node)];
        possible[at(draw)] = true;
      }
    }
    for (std::size_t k = 0; k < draws_.size(); ++k)
      if (possible[k]) out[draws_[k]] = json_number(by_draw[k]);
    return out;
  }

 private:
  const TreeLimit& limit_;
  std::vector<std::string> draws_;
  std::vector<std::vector<std::pair<int, int>>> nodes_;
};

Json assessment_json(const ExtensiveForm& form, const TreeLimit& limit,
                     const std::vector<std::string>& players) {
  const Beliefs beliefs(form, limit);
  Json out = Json::array();
  for (const int h : sets_in_order(form)) {
    const ExtensiveForm::InformationSet& set = form.sets[at(h)];
    const std::vector<std::string> keys = action_keys(form, set);
    Json probabilities = Json::object();
    for (int a = 0; a < set.num_actions; ++a)
      probabilities[keys[at(a)]] = json_number(limit.strategy[at(set.first_action + a)]);
    out.push_back({{"player", players[at(set.player)]},
                   {"number", set.number},
                   {"label", set.label},
                   {"reached", json_number(limit.reach[at(h)])},
                   {"probabilities", std::move(probabilities)},
                   {"beliefs", beliefs.of(h)}});
  }
  return out;
}

Json binding_json(const ExtensiveForm& form, const LimitBinding& binding,
                  const std::vector<std::string>& players) {
  if (binding.condition == LimitCondition::none) return nullptr;
  Json out = {{"condition", condition_word(binding.condition)},
              {"size", json_number(binding.size)},
              {"words", binding.words}};
  if (binding.set >= 0) {
    const ExtensiveForm::InformationSet& set = form.sets[at(binding.set)];
    out["player"] = players[at(set.player)];
    out["number"] = set.number;
    out["label"] = set.label;
  }
  if (binding.action >= 0) out["action"] = form.actions[at(binding.action)].label;
  return out;
}

Json limit_json(const ExtensiveForm& form, const TreeLimit& limit) {
  const std::vector<std::string> players = distinct_names(form.players, "player");
  Json values = Json::object();
  for (std::size_t i = 0; i < players.size(); ++i)
    values[players[i]] = json_number(limit.values[i]);
  return {{"factors", limit.factors},
          {"settled", limit.settled},
          {"epsilon", limit.epsilon},
          {"distance", json_number(limit.distance)},
          {"gain", json_number(limit.gain)},
          {"change", json_number(limit.change)},
          {"folds", limit.folds.size()},
          {"values", std::move(values)},
          {"assessment", assessment_json(form, limit, players)},
          {"binding", binding_json(form, limit.binding, players)}};
}

Json verdict_json(std::optional<bool> survives) { return survives ? Json(*survives) : Json(); }

Json survival_json(const Survival& survival) {
  Json messages = Json::array();
  for (const MessageVerdict& one : survival.messages)
    messages.push_back({{"message", one.message},
                        {"after", one.after},
                        {"survives", verdict_json(one.survives)},
                        {"type", one.type},
                        {"margin", json_number(one.margin)},
                        {"excluded", one.excluded},
                        {"words", one.words}});
  return {{"survives", verdict_json(survival.survives)},
          {"reason", survival.reason},
          {"messages", std::move(messages)}};
}

const char* survival_word(const Survival& survival) {
  if (!survival.applies) return "does not apply";
  return !survival.survives ? "undecided" : *survival.survives ? "survives" : "fails";
}

std::string survival_text(const std::string& name, const Survival& survival,
                          const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  const char* colour = !survival.survives ? "33" : *survival.survives ? "32" : "31";
  const std::string words =
      survival.applies ? fmt::format("{}: {}; {}.", name, survival_word(survival), survival.reason)
                       : fmt::format("{}.", survival.reason);
  return "  " + paint(style, colour, wrap(words, inner, 4)) + "\n";
}

/// Information sets in the limit; what is not reached comes last.
std::string assessment_text(const ExtensiveForm& form, const TreeLimit& limit,
                            const TextStyle& style) {
  constexpr std::size_t most_rows = 24;
  const std::vector<std::string> players = distinct_names(form.players, "player");
  std::vector<int> order = sets_in_order(form);
  std::ranges::stable_partition(order, [&](int h) { return limit.reach[at(h)] > 0.0; });
  Table table({"in the limit", "label", "reached", "probabilities"});
  table.align_right({2});
  table.wrap_last();
  for (std::size_t k = 0; k < std::min(order.size(), most_rows); ++k) {
    const ExtensiveForm::InformationSet& set = form.sets[at(order[k])];
    const std::vector<std::string> keys = action_keys(form, set);
    std::vector<std::string> words;
    for (int a = 0; a < set.num_actions; ++a)
      if (const double p = limit.strategy[at(set.first_action + a)]; p > 0.0)
        words.push_back(fmt::format("{} {}", keys[at(a)], with_decimals(p)));
    table.add({fmt::format("{} {}", players[at(set.player)], set.number), set.label,
               with_decimals(limit.reach[at(order[k])]),
               fmt::format("{}", fmt::join(words, ", "))});
  }
  std::string out = table.text(style);
  if (order.size() > most_rows)
    out += fmt::format("  and {} more in --json\n", order.size() - most_rows);
  return out;
}

}  // namespace

void add_limit(Json& document, const ExtensiveForm& form, const RefinedLimit& found) {
  document["limit"] = limit_json(form, found.limit);
  document["survives"] = {{"intuitive", verdict_json(found.refinements.intuitive.survives)},
                          {"d1", verdict_json(found.refinements.d1.survives)}};
  document["refinements"] = {{"intuitive", survival_json(found.refinements.intuitive)},
                             {"d1", survival_json(found.refinements.d1)}};
}

std::string limit_text(const ExtensiveForm& form, const RefinedLimit& found,
                       const TextStyle& style) {
  const TextStyle inner{style.colour, style.width - 2};
  const TreeLimit& limit = found.limit;
  std::string out = assessment_text(form, limit, style) + "\n";
  if (limit.settled) {
    out += paint(style, "32",
                 wrap(fmt::format("limit: consistent with a sequential equilibrium, to {} of what "
                                  "is at stake at each information set.",
                                  number_text(limit.epsilon)),
                      inner, 2)) +
           "\n";
  } else {
    out += paint(style, "31",
                 wrap(fmt::format("limit: not settled. {}.", limit.binding.words), inner, 2)) +
           "\n";
  }
  out += "  " +
         wrap(fmt::format("All precisions were multiplied by up to {}. Where the limit leads, the "
                          "probability of an action differs between it and the answer above by at "
                          "most {}.",
                          number_text(limit.factors.back()), number_text(limit.distance, 3)),
              inner, 2) +
         "\n";
  out += survival_text("intuitive criterion", found.refinements.intuitive, style);
  out += survival_text("D1", found.refinements.d1, style);
  return out;
}

std::string survivors_text(const TreeSolution& solution, const std::vector<RefinedLimit>& all,
                           const TextStyle& style) {
  Table table({"solution", "id", "limit", "intuitive criterion", "D1"});
  for (std::size_t k = 0; k < all.size(); ++k)
    table.add({fmt::format("{}{}", k + 1, k == solution.chosen ? "*" : ""), solution.all[k].id,
               all[k].limit.settled ? "settled" : "not settled",
               survival_word(all[k].refinements.intuitive), survival_word(all[k].refinements.d1)});
  return table.text(style);
}

}  // namespace melian
