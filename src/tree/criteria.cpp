/// Each comparison is made twice: as if everything within epsilon of a tie went against the verdict
/// "fails", and as if it went for it. Where the two differ, the verdict is open.

#include "tree/criteria.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "melian/numeric.h"
#include "tree/best_replies.h"

namespace melian::tree {
namespace {

using Types = std::vector<std::size_t>;

/// Types that a criterion rules out for sure, and those it may rule out.
struct RuledOut {
  std::vector<bool> surely, perhaps;
};

std::vector<std::string> quoted(const Signal& signal, const Types& types) {
  std::vector<std::string> out;
  for (const std::size_t t : types) out.push_back(fmt::format("\"{}\"", signal.types[t]));
  return out;
}

std::string listed(const Signal& signal, const Types& types) {
  return fmt::format("{}", fmt::join(quoted(signal, types), ", "));
}

class Judge {
 public:
  Judge(const Signal& signal, double epsilon) : signal_(signal), epsilon_(epsilon) {
    out_.set = signal.receiver_set;
    out_.message = signal.message;
    if (!signal.types.empty()) out_.after = signal.types.front();
  }

  MessageVerdict intuitive() {
    if (!signal_.why_not.empty()) return open(signal_.why_not);
    judge(by_dominance(), &Judge::gains_for_sure, &Judge::may_gain);
    return std::move(out_);
  }

  MessageVerdict d1() {
    if (!signal_.why_not.empty()) return open(signal_.why_not);
    if (signal_.num_replies() > most_replies)
      return open(
          fmt::format("there are {} replies to \"{}\"; sets of mixed replies are compared "
                      "up to {}",
                      signal_.num_replies(), signal_.message, most_replies));
    judge(by_sets(), &Judge::unsupported_for_sure, &Judge::may_be_unsupported);
    return std::move(out_);
  }

 private:
  using Fails = bool (Judge::*)(const RuledOut&);

  MessageVerdict open(std::string why) {
    out_.words = std::move(why);
    return std::move(out_);
  }

  void judge(const RuledOut& out, Fails surely, Fails perhaps) {
    for (std::size_t t = 0; t < signal_.num_types(); ++t)
      if (out.surely[t]) out_.excluded.push_back(signal_.types[t]);
    if (stands_by_itself(out)) {
      out_.survives = true;
      name_nearest([&](std::size_t t) { return loss_in_the_limit(t); });
    } else if (left(out.surely).empty()) {
      out_.survives = true;
      const BestReplies all = exact(everyone());
      name_nearest([&](std::size_t t) { return signal_.equilibrium[t] - most(t, all); });
    } else if (left(out.surely).size() < signal_.num_types() && (this->*surely)(out)) {
      out_.survives = false;
    } else if (too_many_) {
      open_words_ =
          fmt::format("too many sets of best replies to \"{}\" to look at", signal_.message);
    } else if (!(this->*perhaps)(out) && !too_many_) {
      out_.survives = true;
    }
    find_words(out);
  }

  // ---- Types ruled out ----

  [[nodiscard]] double tolerance(std::size_t type) const { return epsilon_ * signal_.stake[type]; }
  [[nodiscard]] Types left(const std::vector<bool>& out) const {
    Types types;
    for (std::size_t t = 0; t < signal_.num_types(); ++t)
      if (!out[t]) types.push_back(t);
    return types;
  }
  [[nodiscard]] Types everyone() const {
    return left(std::vector<bool>(signal_.num_types(), false));
  }
  /// Best replies, near ones not among them.
  [[nodiscard]] BestReplies exact(const Types& types) const {
    constexpr double round_off = 1e-9;
    return {signal_, types, round_off * signal_.receiver_stake};
  }
  /// Best replies, near ones among them.
  [[nodiscard]] BestReplies generous(const Types& types) const {
    return {signal_, types, epsilon_ * signal_.receiver_stake};
  }

  [[nodiscard]] double most(std::size_t type, const BestReplies& best) const {
    double out = -infinity;
    for (const std::size_t r : best.replies()) out = std::max(out, signal_.sender_at(type, r));
    return out;
  }
  [[nodiscard]] double least(std::size_t type, const BestReplies& best) const {
    double out = infinity;
    for (const std::size_t r : best.replies()) out = std::min(out, signal_.sender_at(type, r));
    return out;
  }

  [[nodiscard]] RuledOut by_dominance() const {
    RuledOut out;
    const BestReplies all = exact(everyone()), more = generous(everyone());
    for (std::size_t t = 0; t < signal_.num_types(); ++t) {
      out.surely.push_back(signal_.equilibrium[t] - most(t, more) > tolerance(t));
      out.perhaps.push_back(signal_.equilibrium[t] - most(t, all) > -tolerance(t));
    }
    return out;
  }

  [[nodiscard]] RuledOut by_sets() const {
    RuledOut out;
    const BestReplies all = exact(everyone()), more = generous(everyone());
    const auto pairs = pairs_of(all), more_pairs = pairs_of(more);
    for (std::size_t t = 0; t < signal_.num_types(); ++t) {
      bool surely = false, perhaps = false;
      for (std::size_t other = 0; other < signal_.num_types(); ++other) {
        if (other == t) continue;
        surely = surely || within(t, -tolerance(t), other, tolerance(other), more_pairs);
        perhaps = perhaps || within(t, tolerance(t), other, -tolerance(other), pairs);
      }
      out.surely.push_back(surely);
      out.perhaps.push_back(perhaps);
    }
    return out;
  }

  /// Replies that are best at one belief, two by two; a reply with itself too. No more than two
  /// need to be mixed: over a face of mixed replies a linear function, bounded by one other, is
  /// least at such a mixture.
  static std::vector<std::pair<std::size_t, std::size_t>> pairs_of(const BestReplies& best) {
    std::vector<std::pair<std::size_t, std::size_t>> out;
    const std::vector<std::size_t>& replies = best.replies();
    for (std::size_t a = 0; a < replies.size(); ++a)
      for (std::size_t b = a; b < replies.size(); ++b)
        if (a == b || best.together({replies[a], replies[b]}))
          out.emplace_back(replies[a], replies[b]);
    return out;
  }

  /// Does `other` gain more than `by` wherever `type` gains `at_least`?
  [[nodiscard]] bool within(std::size_t type, double at_least, std::size_t other, double by,
                            const std::vector<std::pair<std::size_t, std::size_t>>& pairs) const {
    const auto gain = [&](std::size_t t, std::size_t r) {
      return signal_.sender_at(t, r) - signal_.equilibrium[t];
    };
    return std::ranges::all_of(pairs, [&](const auto& pair) {
      const auto [r, s] = pair;
      const double at_r = gain(type, r) - at_least, at_s = gain(type, s) - at_least;
      if (at_r < 0.0 && at_s < 0.0) return true;
      const double others_r = gain(other, r), others_s = gain(other, s);
      const double crossing = at_r == at_s ? 0.0 : at_r / (at_r - at_s);
      const double others_there = (1.0 - crossing) * others_r + crossing * others_s;
      const double first = at_r >= 0.0 ? others_r : others_there,
                   last = at_s >= 0.0 ? others_s : others_there;
      return std::min(first, last) > by;
    });
  }

  // ---- Verdicts ----

  /// Where no type can be ruled out, or the limit's own beliefs rule out the same, the limit is the
  /// equilibrium that the criterion asks for.
  [[nodiscard]] bool stands_by_itself(const RuledOut& out) const {
    constexpr double round_off = 1e-9;
    double kept = 0.0, all = 0.0;
    for (std::size_t t = 0; t < signal_.num_types(); ++t) {
      all += signal_.belief[t];
      if (!out.perhaps[t]) kept += signal_.belief[t];
    }
    const bool of_these_types = all > 1.0 - round_off;
    return of_these_types && (kept == all || left(out.perhaps).size() == signal_.num_types());
  }

  /// The smallest sets of types that may be left.
  [[nodiscard]] std::vector<Types> smallest(const RuledOut& out) const {
    if (Types sure = left(out.perhaps); !sure.empty()) return {sure};
    std::vector<Types> sets;
    for (const std::size_t t : left(out.surely)) sets.push_back({t});
    return sets;
  }

  bool gains_for_sure(const RuledOut& out) {
    const Types types = left(out.surely);
    const BestReplies best = generous(types);
    double most_shares = 0.0;
    for (const std::size_t t : types) {
      const double gain = least(t, best) - signal_.equilibrium[t];
      if (!(gain > tolerance(t)) || !(gain / signal_.stake[t] > most_shares)) continue;
      most_shares = gain / signal_.stake[t];
      decide(t, gain);
    }
    return most_shares > 0.0;
  }
  bool may_gain(const RuledOut& out) {
    bool any = false;
    double nearest = infinity;
    const Types sure = left(out.perhaps);
    for (const std::size_t t : left(out.surely)) {
      Types types = sure;
      if (out.perhaps[t]) types.insert(std::ranges::lower_bound(types, t), t);
      const double gain = least(t, exact(types)) - signal_.equilibrium[t];
      any = any || gain > -tolerance(t);
      if (signal_.stake[t] > 0.0 && -gain / signal_.stake[t] < nearest) {
        nearest = -gain / signal_.stake[t];
        decide(t, -gain);
      }
    }
    return any;
  }

  bool unsupported_for_sure(const RuledOut& out) {
    if (gains_for_sure(out)) return true;
    const BestReplies best = generous(left(out.surely));
    const BestReplies::Support support = best.support(-epsilon_);
    too_many_ = !support.complete;
    if (too_many_ || !(support.share < -epsilon_)) return false;
    least_tempting(best);
    return true;
  }
  bool may_be_unsupported(const RuledOut& out) {
    bool any = false;
    for (const Types& types : smallest(out)) {
      const BestReplies best = exact(types);
      const BestReplies::Support support = best.support(epsilon_);
      if (!(support.share >= epsilon_)) {
        any = true;
        too_many_ = too_many_ || !support.complete;
      }
      least_tempting(best);
    }
    return any;
  }

  /// Names the type that gains most, or loses least, at the reply that tempts least.
  void least_tempting(const BestReplies& best) {
    double smallest = infinity;
    for (const std::size_t r : best.replies()) {
      double largest = -infinity;
      std::size_t type = 0;
      for (std::size_t t = 0; t < signal_.num_types(); ++t) {
        if (!(signal_.stake[t] > 0.0)) continue;
        const double gain = (signal_.sender_at(t, r) - signal_.equilibrium[t]) / signal_.stake[t];
        if (gain > largest) largest = gain, type = t;
      }
      if (largest < smallest) {
        smallest = largest;
        decide(type, largest * signal_.stake[type]);
      }
    }
  }

  [[nodiscard]] double loss_in_the_limit(std::size_t type) const {
    double out = signal_.equilibrium[type];
    for (std::size_t r = 0; r < signal_.num_replies(); ++r)
      out -= signal_.reply[r] * signal_.sender_at(type, r);
    return out;
  }
  /// Names the type that loses least, as a share of its stake.
  template <class Loss>
  void name_nearest(const Loss& loss) {
    double smallest = infinity;
    for (std::size_t t = 0; t < signal_.num_types(); ++t) {
      if (!(signal_.stake[t] > 0.0) || !(loss(t) / signal_.stake[t] < smallest)) continue;
      smallest = loss(t) / signal_.stake[t];
      decide(t, loss(t));
    }
  }
  void decide(std::size_t type, double margin) {
    out_.type = signal_.types[type];
    out_.margin = std::abs(margin);
  }

  void find_words(const RuledOut& out) {
    if (!open_words_.empty()) {
      out_.words = open_words_;
      return;
    }
    const Types kept = left(out.surely);
    const std::string without =
        out_.excluded.empty() || kept.empty()
            ? fmt::format("\"{}\": no type can be ruled out", signal_.message)
            : fmt::format("\"{}\": ruled out are {}, left are {}", signal_.message,
                          fmt::join(quoted(signal_, gone(out)), ", "), listed(signal_, kept));
    if (out_.survives == false)
      out_.words = fmt::format(
          "{}; at every best reply to beliefs on these some type gains, \"{}\" by {} or more",
          without, out_.type, number_text(out_.margin, 4));
    else if (out_.survives == true)
      out_.words =
          kept.empty()
              ? fmt::format("\"{}\": no type gains by it at any best reply", signal_.message)
              : fmt::format("{}; a best reply keeps every type from sending it", without);
    else
      out_.words =
          fmt::format("{}; a comparison of \"{}\" lies within {} of its stake of a tie", without,
                      out_.type.empty() ? signal_.types.front() : out_.type, number_text(epsilon_));
  }
  [[nodiscard]] Types gone(const RuledOut& out) const {
    Types types;
    for (std::size_t t = 0; t < signal_.num_types(); ++t)
      if (out.surely[t]) types.push_back(t);
    return types;
  }

  const Signal& signal_;
  double epsilon_;
  MessageVerdict out_;
  bool too_many_ = false;
  std::string open_words_;
};

}  // namespace

MessageVerdict intuitive_criterion(const Signal& signal, double epsilon) {
  return Judge(signal, epsilon).intuitive();
}

MessageVerdict d1_criterion(const Signal& signal, double epsilon) {
  return Judge(signal, epsilon).d1();
}

}  // namespace melian::tree
