#include "claims/claims.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>

#include "claims/verdict.h"

namespace melian {
namespace {

using metric::Comparison;
using metric::Expression;
using metric::Role;

constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

/// An expression in one solution, where `here` is the variant of atoms that name none.
double number_of(const Expression& expression, const AtomNumbers& numbers, const std::string& here,
                 const std::function<double(Role)>& role) {
  return evaluate(
      expression,
      {[&](const metric::Atom& atom) {
         return numbers(atom.variant.empty() ? here : atom.variant.text, atom).value_or(no_number);
       },
       role});
}

/// The numbers of one half in one solution.
struct Taken {
  double value = no_number, first = no_number, second = no_number;
  [[nodiscard]] double role(Role which) const {
    switch (which) {
      case Role::value:
      case Role::difference: return value;
      case Role::ratio: return first / second;
      case Role::first: return first;
      case Role::second: return second;
    }
    return no_number;
  }
};

/// The reaches of one half's numbers in one solution.
struct Reaches {
  double first = no_number, second = no_number, value = no_number;
  [[nodiscard]] double role(Role which, const Taken& taken) const {
    switch (which) {
      case Role::value:
      case Role::difference: return value;
      case Role::ratio:
        return (first + std::abs(taken.first / taken.second) * second) / std::abs(taken.second);
      case Role::first: return first;
      case Role::second: return second;
    }
    return no_number;
  }
};

double reach_of(const Expression& expression, const AtomNumbers& numbers, const std::string& here,
                const std::function<double(Role)>& role,
                const std::function<double(Role)>& role_reach) {
  const auto atom = [&](const metric::Atom& one) {
    return numbers(one.variant.empty() ? here : one.variant.text, one).value_or(no_number);
  };
  return reach(expression, {{atom, role}, role_reach});
}

Reaches reaches(const ClaimHalf& half, const Expression& metric, const AtomNumbers& numbers) {
  Reaches out;
  if (half.compare.size() == 2) {
    out.first = reach_of(metric, numbers, half.compare[0], {}, {});
    out.second = reach_of(metric, numbers, half.compare[1], {}, {});
    out.value = out.first + out.second;
  } else {
    out.value = reach_of(metric, numbers, "base", {}, {});
  }
  return out;
}

double reach_of_gap(const Comparison& comparison, const AtomNumbers& numbers, const Taken& taken,
                    const Reaches& of) {
  const auto role = [&](Role which) { return taken.role(which); };
  const auto role_reach = [&](Role which) { return of.role(which, taken); };
  return reach_of(comparison.left, numbers, "base", role, role_reach) +
         reach_of(comparison.right, numbers, "base", role, role_reach);
}

Taken take(const ClaimHalf& half, const Expression& metric, const AtomNumbers& numbers) {
  Taken out;
  if (half.compare.size() == 2) {
    out.first = number_of(metric, numbers, half.compare[0], {});
    out.second = number_of(metric, numbers, half.compare[1], {});
    out.value = out.first - out.second;
  } else {
    out.value = number_of(metric, numbers, "base", {});
  }
  return out;
}

struct Sides {
  double left, right;
  [[nodiscard]] double gap(const Comparison& comparison) const {
    return comparison.greater ? left - right : right - left;
  }
};

Sides sides_of(const Comparison& comparison, const AtomNumbers& numbers, const Taken& taken) {
  const auto role = [&](Role which) { return taken.role(which); };
  return {number_of(comparison.left, numbers, "base", role),
          number_of(comparison.right, numbers, "base", role)};
}

struct Compared {
  Sides fine;
  double grid_error = 0.0, solver_error = 0.0;
  Verdict verdict = Verdict::undecided;
};

Compared compare(const Comparison& comparison, const ClaimNumbers& numbers, const Taken& fine,
                 const Taken& coarse, const std::optional<Taken>& selection) {
  Compared out{sides_of(comparison, numbers.fine, fine)};
  const double gap = out.fine.gap(comparison);
  const double coarse_gap = sides_of(comparison, numbers.coarse, coarse).gap(comparison);
  out.grid_error = std::abs(gap - coarse_gap);
  if (selection)
    out.solver_error =
        std::abs(sides_of(comparison, *numbers.selection, *selection).gap(comparison) - coarse_gap);
  out.verdict = judge_gap(gap, out.grid_error + out.solver_error, comparison.or_equal);
  return out;
}

/// Which of several comparisons decides: one that fails, else one that is open, else the first.
std::size_t deciding(const std::vector<Verdict>& verdicts) {
  for (const Verdict wanted : {Verdict::fails, Verdict::undecided})
    if (const auto found = std::ranges::find(verdicts, wanted); found != verdicts.end())
      return static_cast<std::size_t>(found - verdicts.begin());
  return 0;
}

std::optional<double> if_finite(double number) {
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::string why_open(const Compared& compared) {
  if (!std::isfinite(compared.fine.left) || !std::isfinite(compared.fine.right))
    return "the number does not exist: what it is conditional on never happens, or it divides by "
           "zero";
  if (!std::isfinite(compared.grid_error + compared.solver_error))
    return "the number does not exist on the coarser grid, so its error is unknown";
  if (compared.solver_error > compared.grid_error)
    return "several solutions of the game disagree about the number by more than it lies from the "
           "threshold";
  return "the number lies within its grid error of the threshold";
}

/// A comparison as people read it: the side with something to compute, and what it is compared
/// with.
std::pair<double, double> as_read(const Comparison& comparison, const Sides& sides) {
  const bool swapped = comparison.left.kind == Expression::Kind::number &&
                       comparison.right.kind != Expression::Kind::number;
  return swapped ? std::pair(sides.right, sides.left) : std::pair(sides.left, sides.right);
}

GuardJudgement judge_guard(const std::string& text, const std::vector<Comparison>& conditions,
                           const ClaimNumbers& numbers) {
  GuardJudgement out;
  out.text = text;
  std::vector<Verdict> verdicts;
  std::vector<Compared> compared;
  const Taken none;
  for (const Comparison& comparison : conditions) {
    compared.push_back(compare(comparison, numbers, none, none,
                               numbers.selection ? std::optional(none) : std::nullopt));
    verdicts.push_back(compared.back().verdict);
  }
  const std::size_t shown = deciding(verdicts);
  const auto [value, threshold] = as_read(conditions[shown], compared[shown].fine);
  out.value = if_finite(value);
  out.compared_with = if_finite(threshold);
  out.error = compared[shown].grid_error + compared[shown].solver_error;
  out.met = all_of(verdicts) == Verdict::holds;
  return out;
}

}  // namespace

Result<std::vector<ParsedClaim>> parse_claims(const Study& study) {
  std::vector<ParsedClaim> out;
  Diagnostics wrong;
  metric::ParseOptions options;
  for (const Variant& variant : study.variants) options.variants.push_back(variant.id);
  const auto keep = [&](const std::string& claim, auto parsed) {
    for (const metric::Mistake& mistake : parsed.mistakes) {
      Diagnostic diagnostic;
      diagnostic.code = "M0712";
      diagnostic.message = fmt::format("claim {}: {}", claim, mistake.message);
      diagnostic.expected = mistake.expected;
      diagnostic.hint = mistake.hint;
      wrong.push_back(std::move(diagnostic));
    }
    return std::move(parsed.value);
  };
  for (const Claim& claim : study.claims) {
    ParsedClaim parsed;
    for (const ClaimHalf& half : claim.halves) {
      options.roles = false;
      metric::Expression expression = keep(claim.id, metric::parse_metric(half.metric, options));
      options.roles = true;
      parsed.halves.push_back({std::move(expression),
                               keep(claim.id, metric::parse_conditions(half.holds_if, options)),
                               half.contrast});
    }
    options.roles = false;
    for (const std::string& guard : claim.only_if)
      parsed.guards.push_back(keep(claim.id, metric::parse_conditions(guard, options)));
    out.push_back(std::move(parsed));
  }
  if (!wrong.empty()) return std::unexpected(std::move(wrong));
  return out;
}

void for_each_use_of_half(
    const ParsedClaim& parsed, const Claim& claim, std::size_t half,
    const std::function<void(const std::string&, const metric::Atom&)>& visit) {
  const auto take_in = [&](const std::string& variant) {
    return [&visit, variant](const metric::Atom& atom) {
      visit(atom.variant.empty() ? variant : atom.variant.text, atom);
    };
  };
  const std::vector<std::string>& compare = claim.halves[half].compare;
  if (compare.empty()) metric::for_each_atom(parsed.halves[half].metric, take_in("base"));
  for (const std::string& variant : compare)
    metric::for_each_atom(parsed.halves[half].metric, take_in(variant));
  metric::for_each_atom(parsed.halves[half].holds_if, take_in("base"));
}

void for_each_use(const ParsedClaim& parsed, const Claim& claim,
                  const std::function<void(const std::string&, const metric::Atom&)>& visit) {
  for (std::size_t h = 0; h < parsed.halves.size(); ++h)
    for_each_use_of_half(parsed, claim, h, visit);
  for_each_use_of_guards(parsed, visit);
}

void for_each_use_of_guards(
    const ParsedClaim& parsed,
    const std::function<void(const std::string&, const metric::Atom&)>& visit) {
  for (const auto& guard : parsed.guards)
    metric::for_each_atom(guard, [&](const metric::Atom& atom) {
      visit(atom.variant.empty() ? "base" : atom.variant.text, atom);
    });
}

HalfJudgement judge_half(const ClaimHalf& half, const ParsedClaim::Half& parsed,
                         const ClaimNumbers& numbers) {
  const Taken fine = take(half, parsed.metric, numbers.fine),
              coarse = take(half, parsed.metric, numbers.coarse);
  std::optional<Taken> selection;
  if (numbers.selection) selection = take(half, parsed.metric, *numbers.selection);
  std::vector<Compared> compared;
  std::vector<Verdict> verdicts;
  for (const Comparison& comparison : parsed.holds_if) {
    compared.push_back(compare(comparison, numbers, fine, coarse, selection));
    verdicts.push_back(compared.back().verdict);
  }
  const std::size_t shown = deciding(verdicts);
  const auto [value, threshold] = as_read(parsed.holds_if[shown], compared[shown].fine);
  HalfJudgement out;
  out.name = half.name;
  out.value = if_finite(value);
  out.compared_with = if_finite(threshold);
  if (half.compare.size() == 2)
    out.first = if_finite(fine.first), out.second = if_finite(fine.second);
  out.grid_error = compared[shown].grid_error;
  out.solver_error = compared[shown].solver_error;
  out.verdict = all_of(verdicts);
  if (out.verdict == Verdict::undecided) out.why = why_open(compared[shown]);
  return out;
}

ClaimJudgement judge_claim(const Claim& claim, const ParsedClaim& parsed,
                           const ClaimNumbers& numbers) {
  ClaimJudgement out;
  std::vector<Verdict> verdicts;
  std::vector<std::size_t> counted;  // contrasts are only shown
  for (std::size_t h = 0; h < parsed.halves.size(); ++h) {
    out.halves.push_back(judge_half(claim.halves[h], parsed.halves[h], numbers));
    if (claim.halves[h].contrast) continue;
    verdicts.push_back(out.halves.back().verdict);
    counted.push_back(h);
  }
  out.deciding = counted[deciding(verdicts)];
  out.verdict = all_of(verdicts);
  if (out.verdict == Verdict::undecided)
    for (const std::size_t h : counted)
      if (const HalfJudgement& half = out.halves[h]; half.verdict == Verdict::undecided)
        out.why.push_back(half.name.empty() ? half.why
                                            : fmt::format("{}: {}", half.name, half.why));
  for (std::size_t g = 0; g < parsed.guards.size(); ++g) {
    out.guards.push_back(judge_guard(claim.only_if[g], parsed.guards[g], numbers));
    if (out.guards.back().met) continue;
    out.verdict = Verdict::undecided;
    out.why.push_back(
        fmt::format("the claim is judged only if {}, which is not so here", claim.only_if[g]));
  }
  return out;
}

ClaimGaps gaps_of(const Claim& claim, const ParsedClaim& parsed, const AtomNumbers& numbers) {
  ClaimGaps out;
  for (std::size_t h = 0; h < parsed.halves.size(); ++h) {
    const Taken taken = take(claim.halves[h], parsed.halves[h].metric, numbers);
    out.halves.emplace_back();
    out.half_reaches.emplace_back();
    const Reaches of = reaches(claim.halves[h], parsed.halves[h].metric, numbers);
    for (const Comparison& comparison : parsed.halves[h].holds_if) {
      out.halves.back().push_back(sides_of(comparison, numbers, taken).gap(comparison));
      out.half_reaches.back().push_back(reach_of_gap(comparison, numbers, taken, of));
    }
    const Comparison& first = parsed.halves[h].holds_if.front();
    out.values.push_back(as_read(first, sides_of(first, numbers, taken)).first);
  }
  for (const auto& guard : parsed.guards) {
    out.guards.emplace_back();
    out.guard_reaches.emplace_back();
    for (const Comparison& comparison : guard) {
      out.guards.back().push_back(sides_of(comparison, numbers, {}).gap(comparison));
      out.guard_reaches.back().push_back(reach_of_gap(comparison, numbers, {}, {}));
    }
  }
  return out;
}

GapsVerdict judge_gaps(const ParsedClaim& parsed, const ClaimGaps& gaps, const ClaimGaps& errors) {
  const auto all = [](const std::vector<Comparison>& comparisons, const std::vector<double>& gap,
                      const std::vector<double>& error) {
    std::vector<Verdict> verdicts;
    for (std::size_t k = 0; k < comparisons.size(); ++k)
      verdicts.push_back(judge_gap(gap[k], error[k], comparisons[k].or_equal));
    return all_of(verdicts);
  };
  GapsVerdict out;
  std::vector<Verdict> verdicts;
  std::vector<std::size_t> counted;  // contrasts are only shown
  for (std::size_t h = 0; h < parsed.halves.size(); ++h) {
    out.halves.push_back(all(parsed.halves[h].holds_if, gaps.halves[h], errors.halves[h]));
    if (parsed.halves[h].contrast) continue;
    verdicts.push_back(out.halves.back());
    counted.push_back(h);
  }
  out.deciding = counted[deciding(verdicts)];
  out.verdict = all_of(verdicts);
  for (std::size_t g = 0; g < parsed.guards.size(); ++g)
    if (all(parsed.guards[g], gaps.guards[g], errors.guards[g]) != Verdict::holds)
      out.verdict = Verdict::undecided;
  return out;
}

}  // namespace melian
