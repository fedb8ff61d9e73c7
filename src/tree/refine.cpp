/// Refinements of a limit: every message that no type sends, one criterion after the other.

#include <algorithm>
#include <functional>

#include <fmt/core.h>

#include "tree/criteria.h"
#include "tree/signals.h"

namespace melian {
namespace {

using Criterion = std::function<MessageVerdict(const tree::Signal&, double)>;

/// Who comes nearest to gaining by a message that none sends.
std::string survival_words(const std::vector<MessageVerdict>& messages) {
  const auto nearest = std::ranges::min_element(messages, {}, &MessageVerdict::margin);
  if (nearest == messages.end()) return "every message is sent by some type";
  return fmt::format(
      "no type gains by a message that none sends; nearest is \"{}\", which would lose {} by "
      "\"{}\"",
      nearest->type, number_text(nearest->margin, 4), nearest->message);
}

Survival survival(const tree::Signals& signals, double epsilon, const Criterion& criterion,
                  const std::string& name) {
  Survival out;
  for (const tree::Signal& signal : signals.unused)
    out.messages.push_back(criterion(signal, epsilon));
  const auto any = [&](std::optional<bool> verdict) {
    return std::ranges::find(out.messages, verdict, &MessageVerdict::survives);
  };
  if (const auto failed = any(false); failed != out.messages.end()) {
    out.survives = false;
    out.reason = failed->words;
  } else if (const auto open = any(std::nullopt); open != out.messages.end()) {
    out.reason = open->words;
  } else if (!signals.unexamined.empty()) {
    out.reason = signals.unexamined;
  } else if (signals.histories == 0) {
    out.applies = false;
    out.reason = fmt::format(
        "{} does not apply: nowhere in the limit does a player who knows more than another send "
        "messages that the other answers",
        name);
  } else {
    out.survives = true;
    out.reason = survival_words(out.messages);
  }
  return out;
}

}  // namespace

Refinements refine_tree(const ExtensiveForm& form, const TreeLimit& limit) {
  Refinements out;
  if (!limit.settled) {
    out.intuitive.reason = out.d1.reason =
        "refinements are defined for limits, and the limit has not settled: " + limit.binding.words;
    return out;
  }
  const tree::Signals signals = tree::find_signals(form, limit);
  out.intuitive =
      survival(signals, limit.epsilon, tree::intuitive_criterion, "the intuitive criterion");
  out.d1 = survival(signals, limit.epsilon, tree::d1_criterion, "D1");
  return out;
}

Result<RefinedLimit> refined_limit(const ExtensiveForm& form,
                                   const std::vector<double>& log_strategy, double lambda,
                                   const LimitOptions& options) {
  Result<TreeLimit> limit = limit_tree(form, log_strategy, lambda, options);
  if (!limit) return std::unexpected(limit.error());
  Refinements refinements = refine_tree(form, *limit);
  return RefinedLimit{*std::move(limit), std::move(refinements)};
}

}  // namespace melian
