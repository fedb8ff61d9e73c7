// Numbers bound to a structure: every formula at every contents once, spread over type profiles,
// checked.

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "language/bind_beliefs.h"
#include "language/bind_settings.h"
#include "language/lower_program.h"

namespace melian {

namespace {

using lowering::Entry;
using lowering::Formula;

constexpr double odds_tolerance =
    1e-9;  // how far odds may miss a sum of 1: what a reader's decimals leave
constexpr std::size_t most_mistakes = 5;  // public states shown with wrong odds or payoffs

class Binder {
 public:
  Binder(const CompiledModel::Program& program, lowering::ParameterNumbers parameters)
      : g_(program),
        s_(*program.structure),
        model_(program.model.checked()),
        parameters_(std::move(parameters)) {}

  Result<Game> bind() {
    Game game;
    game.structure = g_.structure;
    Numbers& numbers = game.numbers;
    bind_beliefs(g_, parameters_, numbers, diagnostics_);
    compute_entries();
    numbers.rewards.assign(static_cast<std::size_t>(g_.num_rewards), 0.0);
    numbers.odds.assign(static_cast<std::size_t>(g_.num_odds), 0.0);
    numbers.perceived.assign(static_cast<std::size_t>(g_.num_perceived), 0.0);
    numbers.amounts.assign(static_cast<std::size_t>(g_.num_amounts), 0.0);
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    for (int state = 0; state < static_cast<int>(s_.states.size()); ++state) {
      pay(state, numbers);
      give_odds(state, numbers);
    }
    if (suppressed_ > 0)
      diagnostics_.back().hint +=
          fmt::format("{}{} more public states have the like",
                      diagnostics_.back().hint.empty() ? "" : "; ", suppressed_);
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    game.fingerprint = fingerprint(numbers);
    return game;
  }

 private:
  /// Each entry's numbers by profile of the types its formula mentions.
  void compute_entries() {
    std::vector<double> numbers(model_.variables.size(), 0.0), registers;
    std::vector<int> contents(model_.variables.size(), 0), types(s_.players.size(), 0);
    const lowering::Environment environment{parameters_.numbers.data(), parameters_.offsets.data(),
                                            numbers.data(), contents.data(), types.data()};
    entry_at_.reserve(g_.entries.size());
    for (const Entry& entry : g_.entries) {
      const Formula& formula = g_.formulas[entry.formula];
      for (std::size_t k = 0; k < formula.variables.size(); ++k) {
        const auto v = static_cast<std::size_t>(formula.variables[k]);
        contents[v] = g_.entry_contents[static_cast<std::size_t>(entry.contents) + k];
        numbers[v] = g_.graph.holders[v].numbers[static_cast<std::size_t>(contents[v])];
      }
      entry_at_.push_back(static_cast<std::int64_t>(values_.size()));
      const Profiles profiles(s_.players, formula.types);
      for (int profile = 0; profile < profiles.count(); ++profile) {
        for (int i = 0; i < s_.num_players(); ++i)
          types[static_cast<std::size_t>(i)] = profiles.type_of(profile, i);
        values_.push_back(lowering::compute(formula, environment, registers));
      }
    }
  }

  /// For each profile of `live` the profile of `mentioned` in it.
  const std::vector<int>& projection(std::uint32_t live, std::uint32_t mentioned) {
    std::vector<int>& map = projections_[{live, mentioned}];
    if (!map.empty()) return map;
    const Profiles from(s_.players, live), to(s_.players, mentioned);
    for (int profile = 0; profile < from.count(); ++profile) {
      int at = 0;
      for (int i = 0; i < s_.num_players(); ++i) at += to.stride(i) * from.type_of(profile, i);
      map.push_back(at);
    }
    return map;
  }

  struct View {
    const double* values = nullptr;
    const int* map = nullptr;
    [[nodiscard]] double operator[](int profile) const { return values[map[profile]]; }
  };
  View view(int entry, std::uint32_t live) {
    const auto e = static_cast<std::size_t>(entry);
    return {values_.data() + entry_at_[e],
            projection(live, g_.formulas[g_.entries[e].formula].types).data()};
  }

  void pay(int state, Numbers& numbers) {
    const PublicState& from = s_.states[static_cast<std::size_t>(state)];
    const Profiles profiles(s_.players, from.live);
    const int count = profiles.count();
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      double* const rewards =
          numbers.rewards.data() + s_.reward_offset[static_cast<std::size_t>(b)];
      for (auto k = g_.first_payment[static_cast<std::size_t>(b)];
           k < g_.first_payment[static_cast<std::size_t>(b) + 1]; ++k) {
        const lowering::Payment& payment = g_.payments[static_cast<std::size_t>(k)];
        const View amount = view(payment.entry, from.live);
        double* const to = rewards + std::int64_t{payment.player} * count;
        const std::vector<double>& discount =
            numbers.discount[static_cast<std::size_t>(payment.player)];
        for (int profile = 0; profile < count; ++profile) {
          const double factor = payment.time == 0
                                    ? 1.0
                                    : std::pow(discount[static_cast<std::size_t>(
                                                   profiles.type_of(profile, payment.player))],
                                               payment.time);
          to[profile] += payment.pays ? -factor * amount[profile] : factor * amount[profile];
        }
      }
      for (int k = 0; k < s_.num_players() * count; ++k)
        if (!std::isfinite(rewards[k])) {
          not_finite(state, b, profiles, k / count, k % count, rewards[k]);
          break;
        }
      for (auto k = s_.count_begin[static_cast<std::size_t>(b)];
           k < s_.count_begin[static_cast<std::size_t>(b) + 1]; ++k) {
        const int entry = g_.counts[static_cast<std::size_t>(k)].entry;
        double* const amounts =
            numbers.amounts.data() + s_.counts[static_cast<std::size_t>(k)].amount_offset;
        for (int profile = 0; profile < count; ++profile)
          amounts[profile] = entry < 0 ? 1.0 : view(entry, from.live)[profile];
      }
    }
  }

  void give_odds(int state, Numbers& numbers) {
    const PublicState& from = s_.states[static_cast<std::size_t>(state)];
    if (s_.moves[static_cast<std::size_t>(from.move)].kind != MoveKind::chance) return;
    const Profiles profiles(s_.players, from.live);
    const int count = profiles.count();
    fill(state, profiles, -1, numbers,
         [&](int b) { return numbers.odds.data() + s_.odds_offset[static_cast<std::size_t>(b)]; });
    if (s_.perceived_offset[static_cast<std::size_t>(from.first_branch)] < 0) return;
    for (int player = 0; player < s_.num_players(); ++player)
      fill(state, profiles, player, numbers, [&](int b) {
        return numbers.perceived.data() + s_.perceived_offset[static_cast<std::size_t>(b)] +
               std::int64_t{player} * count;
      });
  }

  /// The entry of a branch's odds as `player` sees them (-1: the analyst).
  [[nodiscard]] int odds_entry(int branch, int player) const {
    if (player >= 0) {
      auto at = std::lower_bound(g_.views.begin(), g_.views.end(), branch,
                                 [](const lowering::PlayView& v, int b) { return v.branch < b; });
      for (; at != g_.views.end() && at->branch == branch; ++at)
        if (at->player == player) return at->entry;
    }
    return g_.odds[static_cast<std::size_t>(branch)];
  }

  template <class Where>
  void fill(int state, const Profiles& profiles, int player, Numbers&, Where&& where) {
    const PublicState& from = s_.states[static_cast<std::size_t>(state)];
    const int count = profiles.count();
    sum_.assign(static_cast<std::size_t>(count), 0.0);
    int rest = -1;
    bool sound = true;
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const int entry = odds_entry(b, player);
      if (entry < 0) {
        rest = b;
        continue;
      }
      const View odds = view(entry, from.live);
      double* const to = where(b);
      for (int profile = 0; profile < count; ++profile) {
        to[profile] = odds[profile];
        sum_[static_cast<std::size_t>(profile)] += odds[profile];
        if (sound && !(odds[profile] >= -odds_tolerance)) {
          wrong_odds(state, player, profiles, profile, "M0421",
                     fmt::format("has odds {}", number_text(odds[profile], 10)), b);
          sound = false;
        }
        to[profile] = std::max(0.0, to[profile]);
      }
    }
    for (int profile = 0; profile < count && sound; ++profile) {
      const double sum = sum_[static_cast<std::size_t>(profile)];
      if (rest >= 0 ? sum <= 1.0 + odds_tolerance : std::abs(sum - 1.0) <= odds_tolerance) {
        if (rest >= 0) where(rest)[profile] = std::max(0.0, 1.0 - sum);
        continue;
      }
      const bool too_much = rest >= 0;
      wrong_odds(state, player, profiles, profile, "M0420",
                 fmt::format("has odds that sum to {}{}", number_text(sum, 10),
                             too_much ? ", which leaves less than nothing for `otherwise`" : ""),
                 -1);
      sound = false;
    }
  }

  [[nodiscard]] std::string types_text(const Profiles& profiles, int profile) const {
    std::string text;
    for (int i = 0; i < s_.num_players(); ++i)
      if (profiles.stride(i) > 0)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                            s_.players[static_cast<std::size_t>(i)].name,
                            s_.players[static_cast<std::size_t>(i)]
                                .types[static_cast<std::size_t>(profiles.type_of(profile, i))]);
    return text.empty() ? text : fmt::format(" (types: {})", text);
  }

  bool enough() {
    if (shown_++ < most_mistakes) return false;
    ++suppressed_;
    return true;
  }

  void wrong_odds(int state, int player, const Profiles& profiles, int profile, const char* code,
                  const std::string& what, int branch) {
    if (enough()) return;
    const PublicState& from = s_.states[static_cast<std::size_t>(state)];
    const Move& move = s_.moves[static_cast<std::size_t>(from.move)];
    std::string numbers;
    ast::Span span;
    for (int b = from.first_branch; b < from.first_branch + from.num_branches; ++b) {
      const int entry = odds_entry(b, player);
      if (entry >= 0 && span.end == 0)
        span = g_.formulas[g_.entries[static_cast<std::size_t>(entry)].formula].span;
      numbers += fmt::format(
          "{}{} {}", numbers.empty() ? "" : ", ",
          move.actions[static_cast<std::size_t>(s_.branches[static_cast<std::size_t>(b)].action)],
          entry < 0 ? "otherwise" : number_text(view(entry, from.live)[profile], 10));
    }
    const std::string who =
        player < 0
            ? ""
            : fmt::format(", as {} sees it,", s_.players[static_cast<std::size_t>(player)].name);
    const std::string outcome =
        branch < 0
            ? ""
            : fmt::format(" '{}'", move.actions[static_cast<std::size_t>(
                                       s_.branches[static_cast<std::size_t>(branch)].action)]);
    diagnostics_.push_back(
        diagnostic_at(model_.sources, span, code,
                      fmt::format("{}{}{} {}{}", describe_state(s_, state), outcome, who, what,
                                  types_text(profiles, profile)),
                      "odds of at least 0 that sum to 1, or leave the rest to `otherwise`",
                      fmt::format("the odds there: {}", numbers)));
  }

  void not_finite(int state, int branch, const Profiles& profiles, int player, int profile,
                  double number) {
    if (enough()) return;
    const PublicState& from = s_.states[static_cast<std::size_t>(state)];
    const Move& move = s_.moves[static_cast<std::size_t>(from.move)];
    const auto first = g_.first_payment[static_cast<std::size_t>(branch)];
    const int entry = g_.payments[static_cast<std::size_t>(first)].entry;
    diagnostics_.push_back(diagnostic_at(
        model_.sources, g_.formulas[g_.entries[static_cast<std::size_t>(entry)].formula].span,
        "M0527",
        fmt::format("{} gets {} after '{}' at {}{}",
                    s_.players[static_cast<std::size_t>(player)].name, number_text(number),
                    move.actions[static_cast<std::size_t>(
                        s_.branches[static_cast<std::size_t>(branch)].action)],
                    describe_state(s_, state), types_text(profiles, profile)),
        "a number",
        "look for a division by 0, a root or logarithm of a negative number, or numbers that grow "
        "too large"));
  }

  [[nodiscard]] std::string fingerprint(const Numbers& numbers) const {
    std::string text = s_.fingerprint;
    const auto add = [&text](const std::vector<double>& list) {
      const std::size_t size = list.size();
      text.append(reinterpret_cast<const char*>(&size), sizeof size);
      text.append(reinterpret_cast<const char*>(list.data()), size * sizeof(double));
    };
    for (const auto* list : {&numbers.rewards, &numbers.odds, &numbers.perceived, &numbers.amounts})
      add(*list);
    for (const auto* table :
         {&numbers.prior, &numbers.joint, &numbers.discount, &numbers.precision})
      for (const auto& list : *table) add(list);
    for (const auto& table : numbers.beliefs)
      for (const auto& list : table) add(list);
    return sha256(text);
  }

  const CompiledModel::Program& g_;
  const Structure& s_;
  const Model::Checked& model_;
  lowering::ParameterNumbers parameters_;
  Diagnostics diagnostics_;
  std::vector<std::int64_t> entry_at_;
  std::vector<double> values_, sum_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<int>> projections_;
  std::size_t shown_ = 0, suppressed_ = 0;
};

/// The first number that shaped the structure and is different now, by name; empty when the
/// structure stands.
std::vector<std::string> changed_shape(const CompiledModel::Program& program,
                                       const lowering::ParameterNumbers& now) {
  std::vector<std::string> changed;
  const Model::Checked& model = program.model.checked();
  for (std::size_t p = 0; p < model.parameters.size(); ++p) {
    if (program.shapes[p] == 0) continue;
    const auto begin = static_cast<std::size_t>(now.offsets[p]);
    const std::size_t end = p + 1 < now.offsets.size()
                                ? static_cast<std::size_t>(now.offsets[p + 1])
                                : now.numbers.size();
    for (std::size_t k = begin; k < end; ++k)
      if (now.numbers[k] != program.parameters.numbers[k])
        changed.push_back(
            lowering::number_name(model, static_cast<int>(p), static_cast<int>(k - begin)));
  }
  return changed;
}

}  // namespace

const Structure& CompiledModel::structure() const { return *program_->structure; }

bool CompiledModel::fits(const Settings& settings) const {
  Diagnostics ignored;
  if (lowering::other_parts(program_->model.checked(), settings)) return false;
  return changed_shape(*program_,
                       lowering::apply_settings(program_->model.checked(), settings, ignored))
      .empty();
}

Result<Game> CompiledModel::bind(const Settings& settings) const {
  Diagnostics diagnostics;
  lowering::ParameterNumbers parameters =
      lowering::apply_settings(program_->model.checked(), settings, diagnostics);
  for (const std::string& name : changed_shape(*program_, parameters)) {
    Diagnostic diagnostic;
    diagnostic.code = "M0523";
    diagnostic.message =
        fmt::format("'{}' shapes the game and differs from what the game was compiled with", name);
    diagnostic.hint = "compile the model again with these settings";
    diagnostics.push_back(std::move(diagnostic));
  }
  if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
  return Binder(*program_, std::move(parameters)).bind();
}

}  // namespace melian
