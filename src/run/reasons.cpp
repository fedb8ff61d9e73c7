#include "run/reasons.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "study/study_parameters.h"

namespace melian {
namespace {

std::map<std::string, Settings> grouped(const Settings& settings) {
  std::map<std::string, Settings> out;
  for (const auto& [name, content] : settings) out[group_of(name)][name] = content;
  return out;
}

std::size_t base_of(const Study& study) {
  const auto neutral = std::ranges::find(study.readings, true, &Reading::neutral);
  return neutral == study.readings.end()
             ? 0
             : static_cast<std::size_t>(neutral - study.readings.begin());
}

/// The judgement whose deciding half says why the two verdicts differ.
const ClaimJudgement& telling(const ClaimJudgement& one, const ClaimJudgement& other) {
  if (one.verdict == Verdict::fails) return one;
  if (other.verdict == Verdict::fails) return other;
  return one.verdict == Verdict::undecided ? one : other;
}

double moved(const Reason& reason, const Reason::Alone& alone) {
  if (!alone.judged || !alone.judged->value || !reason.from.value) return -1.0;
  return std::abs(*alone.judged->value - *reason.from.value);
}

std::string number(std::optional<double> value) {
  return value ? fmt::format("{:.3g}", *value) : "no number";
}

bool turns(const Reason& reason, const Reason::Alone& alone) {
  return alone.judged && reason.from.verdict != reason.to.verdict &&
         alone.judged->verdict == reason.to.verdict;
}

}  // namespace

std::vector<Disagreement> disagreements(const Study& study,
                                        const std::vector<std::vector<ClaimJudgement>>& judged) {
  std::vector<Disagreement> out;
  const std::size_t against = base_of(study);
  for (std::size_t c = 0; c < study.claims.size(); ++c)
    for (std::size_t r = 0; r < study.readings.size(); ++r) {
      const ClaimJudgement &here = judged[r][c], &there = judged[against][c];
      if (r != against && here.verdict != there.verdict)
        out.push_back({c, r, against, telling(here, there).deciding});
    }
  return out;
}

std::vector<Assumption> assumptions_between(const Reading& reading, const Reading& against) {
  const auto here = grouped(reading.parameters), there = grouped(against.parameters);
  std::vector<Assumption> out;
  for (const auto& [name, settings] : here)
    if (const auto other = there.find(name); other == there.end() || other->second != settings)
      out.push_back({name, settings});
  for (const auto& [name, settings] : there)
    if (!here.contains(name)) out.push_back({name, {}});
  std::ranges::sort(out, {}, &Assumption::name);
  return out;
}

Reading with_assumptions(const Reading& against, const Reading& reading,
                         const std::vector<Assumption>& assumptions) {
  Reading out = against;
  std::vector<std::string> names;
  for (const Assumption& assumption : assumptions) {
    std::erase_if(out.parameters,
                  [&](const auto& entry) { return group_of(entry.first) == assumption.name; });
    out.parameters.insert(assumption.parameters.begin(), assumption.parameters.end());
    names.push_back(assumption.name);
  }
  out.id = fmt::format("{} with {} of {}", against.id, fmt::join(names, ", "), reading.id);
  return out;
}

namespace {

class Search {
 public:
  Search(const Study& study, const ParsedClaim& claim, const Disagreement& where, StudyGames& games)
      : study_(study), claim_(study.claims[where.claim]), parsed_(claim), games_(games) {
    reason_.where = where;
    for_each_use_of_half(parsed_, claim_, where.half,
                         [&](const std::string& variant, const metric::Atom& atom) {
                           want(wanted_, variant, atom);
                         });
  }

  /// Says what will be wanted of mixtures that other disagreements want too, so that each is solved
  /// once.
  void announce() {
    for (const Assumption& assumption : assumptions_between(reading(), against()))
      (void)mixture_of({assumption});
  }

  /// False: stopped.
  Result<bool> run() {
    reason_.from = judged(reason_.where.against);
    reason_.to = judged(reason_.where.reading);
    auto finished = alone();
    if (finished && *finished && !reason_.alone.empty()) finished = together();
    return finished;
  }
  Reason take() { return std::move(reason_); }

 private:
  [[nodiscard]] const Reading& reading() const { return study_.readings[reason_.where.reading]; }
  [[nodiscard]] const Reading& against() const { return study_.readings[reason_.where.against]; }

  [[nodiscard]] HalfJudgement judged(std::size_t reading) const {
    const AtomNumbers thinned = games_.numbers(reading, games_.own_lambda(), {Level::half_grid});
    return judge_half(claim_.halves[reason_.where.half], parsed_.halves[reason_.where.half],
                      {thinned, thinned, std::nullopt});
  }

  [[nodiscard]] std::optional<std::size_t> mixture_of(const std::vector<Assumption>& assumptions) {
    return games_.add_mixture(with_assumptions(against(), reading(), assumptions), wanted_);
  }

  /// With these assumptions laid over `against`; nothing where that is no game. False: stopped.
  Result<bool> judge_mixture(const std::vector<Assumption>& assumptions,
                             std::optional<HalfJudgement>& out) {
    const auto mixture = mixture_of(assumptions);
    if (!mixture) return true;
    std::vector<Task> tasks;
    for (int v = -1; v < games_.num_variants(); ++v)
      if (wanted_.contains(games_.variant_name(v)))
        tasks.push_back({*mixture, v, games_.own_lambda(), Level::half_grid});
    auto solved = games_.obtain(tasks);
    // The equilibrium that the study names need not lead as far as this mixture.
    if (!solved && solved.error().front().code == no_such_solution_code) return true;
    if (solved && *solved) out = judged(*mixture);
    return solved;
  }

  Result<bool> alone() {
    for (Assumption& assumption : assumptions_between(reading(), against())) {
      Reason::Alone one{std::move(assumption), std::nullopt};
      if (auto solved = judge_mixture({one.assumption}, one.judged); !solved || !*solved)
        return solved;
      reason_.alone.push_back(std::move(one));
    }
    std::ranges::stable_sort(reason_.alone, std::ranges::greater{},
                             [&](const Reason::Alone& one) { return moved(reason_, one); });
    return true;
  }

  Result<bool> together() {
    if (reason_.from.verdict == reason_.to.verdict ||
        std::ranges::any_of(reason_.alone, [&](const auto& one) { return turns(reason_, one); }))
      return true;
    std::vector<Assumption> taken;
    Reason::Together out;
    for (const Reason::Alone* one : towards()) {
      taken.push_back(one->assumption);
      out.assumptions.push_back(one->assumption.name);
      if (taken.size() < 2) continue;
      std::optional<HalfJudgement> found;
      if (auto solved = judge_mixture(taken, found); !solved || !*solved) return solved;
      if (!found || found->verdict != reason_.to.verdict) continue;
      out.judged = std::move(*found);
      reason_.together = std::move(out);
      return true;
    }
    return true;
  }

  /// What moves the number alone, first what moves it furthest the reading's way.
  [[nodiscard]] std::vector<const Reason::Alone*> towards() const {
    const auto gain = [&](const Reason::Alone* one) {
      if (!one->judged || !one->judged->value || !reason_.from.value || !reason_.to.value)
        return 0.0;
      return (*one->judged->value - *reason_.from.value) *
             (*reason_.to.value >= *reason_.from.value ? 1.0 : -1.0);
    };
    std::vector<const Reason::Alone*> out;
    for (const Reason::Alone& one : reason_.alone) out.push_back(&one);
    std::ranges::stable_sort(out, std::ranges::greater{}, gain);
    return out;
  }

  const Study& study_;
  const Claim& claim_;
  const ParsedClaim& parsed_;
  StudyGames& games_;
  Wanted wanted_;
  Reason reason_;
};

}  // namespace

Result<std::optional<std::vector<Reason>>> find_reasons(
    const Study& study, const std::vector<ParsedClaim>& claims,
    const std::vector<std::vector<ClaimJudgement>>& judged, StudyGames& games) {
  std::vector<Search> searches;
  for (const Disagreement& where : disagreements(study, judged))
    searches.emplace_back(study, claims[where.claim], where, games);
  for (Search& search : searches) search.announce();
  std::vector<Reason> out;
  for (Search& search : searches) {
    auto finished = search.run();
    if (!finished) return std::unexpected(std::move(finished.error()));
    if (!*finished) return std::nullopt;
    out.push_back(search.take());
    const Disagreement& where = out.back().where;
    out.back().verdict_from = judged[where.against][where.claim].verdict;
    out.back().verdict_to = judged[where.reading][where.claim].verdict;
  }
  return out;
}

MostForReasons most_for_reasons(
    const Study& study, const std::vector<ParsedClaim>& claims,
    const std::function<double(const std::string& variant)>& decisions) {
  using Variants = std::set<std::string>;
  const auto cost = [&](const Variants& variants) {
    MostForReasons out{static_cast<std::int64_t>(variants.size()), 0.0};
    for (const std::string& variant : variants) out.decisions += decisions(variant);
    return out;
  };
  Variants of_all;
  std::vector<MostForReasons> together(claims.size());  // of a claim's dearest half
  for (std::size_t c = 0; c < claims.size(); ++c)
    for (std::size_t h = 0; h < claims[c].halves.size(); ++h) {
      if (claims[c].halves[h].contrast) continue;
      Variants of_half;
      for_each_use_of_half(
          claims[c], study.claims[c], h,
          [&](const std::string& variant, const metric::Atom&) { of_half.insert(variant); });
      of_all.insert(of_half.begin(), of_half.end());
      const MostForReasons one = cost(of_half);
      together[c] = {std::max(together[c].games, one.games),
                     std::max(together[c].decisions, one.decisions)};
    }
  const MostForReasons alone = cost(of_all);
  MostForReasons out;
  const std::size_t against = base_of(study);
  for (std::size_t r = 0; r < study.readings.size(); ++r) {
    if (r == against) continue;
    const auto assumptions = static_cast<std::int64_t>(
        assumptions_between(study.readings[r], study.readings[against]).size());
    const auto add = [&](std::int64_t times, const MostForReasons& each) {
      out.games += times * each.games;
      out.decisions += static_cast<double>(times) * each.decisions;
    };
    add(assumptions, alone);
    // All of them together are the reading itself.
    for (const MostForReasons& one : together) add(std::max<std::int64_t>(0, assumptions - 2), one);
  }
  return out;
}

std::string sentence_of(const Study& study, const Reason& reason) {
  const std::string &reading = study.readings[reason.where.reading].id,
                    &against = study.readings[reason.where.against].id;
  if (reason.alone.empty()) return fmt::format("{} and {} assume the same.", reading, against);
  std::vector<std::string> turning;
  for (const Reason::Alone& alone : reason.alone)
    if (turns(reason, alone))
      turning.push_back(fmt::format("{} ({} instead of {})", alone.assumption.name,
                                    number(alone.judged->value), number(reason.from.value)));
  const std::string whole =
      fmt::format("the number is {} under {} and {} under {}, against a threshold of {}",
                  number(reason.from.value), against, number(reason.to.value), reading,
                  number(reason.to.compared_with));
  if (turning.size() == 1)
    return fmt::format(
        "Of what {} assumes and {} does not, one thing alone turns the verdict: {}; {}.", reading,
        against, turning.front(), whole);
  if (turning.size() > 1)
    return fmt::format(
        "Of what {} assumes and {} does not, each of these alone turns the verdict: {}; {}.",
        reading, against, fmt::join(turning, ", "), whole);
  if (reason.together)
    return fmt::format(
        "Nothing that {} assumes and {} does not turns the verdict alone; {} together do ({}); {}.",
        reading, against, fmt::join(reason.together->assumptions, ", "),
        number(reason.together->judged.value), whole);
  const Reason::Alone& most = reason.alone.front();
  return fmt::format(
      "Nothing that {} assumes and {} does not turns the verdict alone; {} moves the number most "
      "(to {}); {}.",
      reading, against, most.assumption.name,
      number(most.judged ? most.judged->value : std::nullopt), whole);
}

}  // namespace melian
