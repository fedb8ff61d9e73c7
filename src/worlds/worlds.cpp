#include "worlds/worlds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "claims/study_games.h"
#include "worlds/worlds_weights.h"

namespace melian {
bool draws_worlds(const Study& study, const StudyOptions& options) {
  return !study.claims.empty() && (options.worlds ? *options.worlds > 0 : study.worlds.has_value());
}

Result<void> worlds_fit(const Study& study, const StudyOptions& options) {
  const StudyWorlds asked = study.worlds.value_or(StudyWorlds{});
  const double number = options.worlds.value_or(asked.number);
  const double rows =
      std::min(number / 2.0, asked.effects ? static_cast<double>(*asked.effects) : number / 16.0);
  const auto varied =
      static_cast<double>(std::ranges::count_if(study.parameters,
                                                [](const StudyParameter& parameter) {
                                                  return parameter.plausible.has_value();
                                                }) +
                          1);
  const double worlds = number + rows * varied;
  // Of a world its numbers, keys and uses; of every claim its gaps; of every parameter its place in
  // the unit interval.
  constexpr double bytes_a_world = 1200.0, bytes_a_variant = 200.0, bytes_a_claim = 300.0,
                   bytes_a_parameter = 16.0, most_bytes = 8.0 * (1 << 30);
  const double bytes =
      worlds *
      (bytes_a_world + bytes_a_variant * static_cast<double>(study.variants.size()) +
       bytes_a_claim * static_cast<double>(study.claims.size()) + bytes_a_parameter * varied);
  if (bytes <= most_bytes) return {};
  return std::unexpected(
      Diagnostics{placeless(too_large_code,
                            fmt::format("{:.3g} plausible worlds, those that tell what decides a "
                                        "claim included, take {:.0f} GiB of memory",
                                        worlds, bytes / (1 << 30)),
                            "lower [worlds].number (or --worlds) or [worlds].effects")});
}

WorldsRun::WorldsRun(const Study& study, const StudyOptions& options,
                     const std::vector<ParsedClaim>& claims, Store* store)
    : study_(study),
      options_(options),
      claims_(claims),
      plan_(std::make_shared<const WorldsPlan>(study, options.worlds)),
      games_(study, options, *plan_, wanted(), store),
      checked_(plan_->checked()) {}

std::set<std::string> WorldsRun::variants_of(std::size_t c, bool with_contrasts) const {
  std::set<std::string> out;
  const auto keep = [&](const std::string& variant, const metric::Atom&) { out.insert(variant); };
  for_each_use_of_guards(claims_[c], keep);
  for (std::size_t h = 0; h < claims_[c].halves.size(); ++h)
    if (with_contrasts || !claims_[c].halves[h].contrast)
      for_each_use_of_half(claims_[c], study_.claims[c], h, keep);
  return out;
}

bool WorldsRun::judged(std::size_t c) const {
  return plan_->asked().variants ||
         std::ranges::all_of(variants_of(c, false),
                             [](const std::string& variant) { return variant == "base"; });
}

Wanted WorldsRun::wanted() const {
  Wanted out;
  for (std::size_t c = 0; c < study_.claims.size(); ++c)
    if (judged(c))
      for_each_use(claims_[c], study_.claims[c],
                   [&](const std::string& variant, const metric::Atom& atom) {
                     if (plan_->asked().variants || variant == "base") want(out, variant, atom);
                   });
  if (const auto& weight = plan_->asked().base_rate)
    want(out, "base", survival_atom(weight->round));
  return out;
}

std::vector<WorldTask> WorldsRun::tasks() const {
  std::vector<WorldTask> out;
  // Those that errors come from first, then round by round of the scrambles, so that a stopped run
  // knows a bit of everything.
  for (const Draw& draw : plan_->certified()) out.push_back({draw, WorldLevel::certified});
  for (const Draw& draw : checked_) out.push_back({draw, WorldLevel::finer});
  std::vector<Draw> worlds = plan_->worlds();
  std::ranges::stable_sort(worlds, {}, &Draw::index);
  for (const Draw& draw : worlds) out.push_back({draw, WorldLevel::world});
  for (const WorldsPlan::Row& row : plan_->rows())
    for (std::size_t g = 0; g < plan_->groups().size(); ++g)
      out.push_back({{row.a.scramble, row.a.index, static_cast<int>(g)}, WorldLevel::world});
  return out;
}

Result<bool> WorldsRun::solve() {
  std::vector<WorldTask> mine = tasks();
  if (const auto& shard = options_.shard) {
    std::vector<WorldTask> part;
    for (std::size_t k = static_cast<std::size_t>(shard->first - 1); k < mine.size();
         k += static_cast<std::size_t>(shard->second))
      part.push_back(mine[k]);
    mine = std::move(part);
  }
  // Worlds before what total effects change in them: a game that a group of parameters does not
  // touch is then known.
  const auto changed = std::ranges::stable_partition(
      mine, [](const WorldTask& task) { return task.draw.group < 0; });
  std::vector<WorldTask> effects(changed.begin(), changed.end());
  mine.erase(changed.begin(), changed.end());
  auto finished = games_.obtain(mine);
  if (finished && *finished && !options_.shard) finished = replace_failed();
  return finished && *finished ? games_.obtain(effects) : finished;
}

/// A checked world without a solution tells nothing of errors: others take its place. False:
/// stopped.
Result<bool> WorldsRun::replace_failed() {
  for (std::vector<Draw> more = replacements(); !more.empty(); more = replacements()) {
    std::vector<WorldTask> finer;
    for (const Draw& draw : more) finer.push_back({draw, WorldLevel::finer});
    if (auto finished = games_.obtain(finer); !finished || !*finished) return finished;
    checked_.insert(checked_.end(), more.begin(), more.end());
  }
  return true;
}

/// The next worlds to be checked so that every claim has as many as it needs.
std::vector<Draw> WorldsRun::replacements() const {
  std::vector<Draw> out;
  const auto has = [](const std::vector<Draw>& draws, const Draw& draw) {
    return std::ranges::find(draws, draw) != draws.end();
  };
  for (std::size_t c = 0; c < study_.claims.size(); ++c) {
    if (!judged(c)) continue;
    const std::set<std::string> needs = variants_of(c, false);
    const auto failed = [&](const Draw& draw, WorldLevel level) {
      return !games_.failure(games_.at({draw, level}), needs).empty();
    };
    int told = 0, without_finer = 0;
    for (const Draw& draw : checked_)
      if (!failed(draw, WorldLevel::world)) {
        ++told;
        if (failed(draw, WorldLevel::finer)) ++without_finer;
      }
    const int needed = checked_needed(without_finer);
    for (const Draw& draw : plan_->spread()) {
      if (told >= needed) break;
      if (has(checked_, draw) || failed(draw, WorldLevel::world)) continue;
      if (!has(out, draw)) out.push_back(draw);
      ++told;
    }
  }
  return out;
}

/// Checked worlds that have no number on the finer grid count as moved without limit. So many are
/// needed in all that nine worlds of ten keep to an error all the same (`conformal_band`).
int WorldsRun::checked_needed(int without_finer) const {
  int out = *plan_->asked().checked;
  if (without_finer == 0) return out;
  const auto infinite = [&](int count) {
    std::vector<double> scores(static_cast<std::size_t>(count), 0.0);
    std::fill_n(scores.begin(), std::min(without_finer, count),
                std::numeric_limits<double>::infinity());
    return !std::isfinite(conformal_band(std::move(scores)).factor);
  };
  while (out < plan_->number() && infinite(out)) ++out;
  return out;
}

/// From solved worlds to what they say of the claims.
class WorldsJudge {
 public:
  explicit WorldsJudge(const WorldsRun& run)
      : run_(run), study_(run.study_), plan_(*run.plan_), draws_(plan_.worlds()) {
    for (const Draw& draw : draws_) worlds_.push_back(&run_.games_.at({draw, WorldLevel::world}));
    for (std::size_t c = 0; c < study_.claims.size(); ++c)
      needs_.push_back(run_.variants_of(c, false));
  }

  [[nodiscard]] WorldsFindings findings() {
    WorldsFindings out;
    out.plan = run_.plan_;
    out.grid = run_.games_.grid_text_of(WorldLevel::world);
    out.finer_grid = run_.games_.grid_text_of(WorldLevel::finer);
    count(out);
    certificates(out);
    weigh(out);
    out.claims.resize(study_.claims.size());
    parallel_for(study_.claims.size(), [&](std::size_t c) { out.claims[c] = claim(c); });
    enough(out);
    out.games = run_.games_.count();
    out.from_store = run_.games_.from_store();
    return out;
  }

 private:
  void count(WorldsFindings& out) const {
    std::map<std::string, int> why;
    for (const SolvedWorld* world : worlds_) {
      if (const std::string failure = run_.games_.failure(*world); !failure.empty())
        ++out.failed, ++why[failure];
      else
        ++out.solved;
      out.with_several += world->sum(&SolvedGame::several) > 0 ? 1 : 0;
      out.with_jumps += world->sum(&SolvedGame::jumps) > 0 ? 1 : 0;
      out.with_unsolved += world->sum(&SolvedGame::unsolved) > 0 ? 1 : 0;
      out.seconds_a_world += world->seconds() / static_cast<double>(worlds_.size());
    }
    out.failures.assign(why.begin(), why.end());
    std::ranges::stable_sort(out.failures, std::ranges::greater{},
                             [](const auto& entry) { return entry.second; });
    // A tree has no finer grid: its checked worlds are the same games.
    out.checked = run_.options_.on_tree ? 0 : static_cast<int>(run_.checked_.size());
    std::map<std::string, int> why_checked;
    for (const Draw& draw : run_.checked_)
      if (const std::string failure =
              run_.games_.failure(run_.games_.at({draw, WorldLevel::finer}));
          !failure.empty())
        ++why_checked[failure];
    out.checked_failures.assign(why_checked.begin(), why_checked.end());
  }

  void certificates(WorldsFindings& out) const {
    for (const Draw& draw : plan_.certified()) {
      const SolvedGame& world = run_.games_.at({draw, WorldLevel::certified}).games.front();
      ++out.certified;
      const std::string where =
          fmt::format("world {} of scramble {}", draw.index + 1, draw.scramble + 1);
      if (world.certificate.empty()) {
        out.certificate_failures.push_back(fmt::format("{}: {}", where, world.failed));
        continue;
      }
      const auto certificate = nlohmann::json::parse(world.certificate);
      if (certificate["holds"] == true) ++out.certificates_hold;
      for (const auto& reason : certificate["why_not"])
        out.certificate_failures.push_back(fmt::format("{}: {}", where, reason.get<std::string>()));
    }
  }

  /// Weights with mean one; a world without one has that of the mean, and counts as undecided
  /// there.
  void weigh(WorldsFindings& out) {
    const StudyWorlds& asked = plan_.asked();
    if (asked.base_rate) {
      const auto rate = std::ranges::find(study_.base_rates, asked.base_rate->id, &BaseRate::id);
      const metric::Atom survival = survival_atom(asked.base_rate->round);
      const double share = rate->survival(asked.base_rate->round);
      std::vector<std::optional<double>> logs;
      for (const SolvedWorld* world : worlds_) {
        const auto number = world->games.front().failed.empty()
                                ? run_.games_.numbers(*world)("base", survival)
                                : std::nullopt;
        logs.push_back(
            number ? std::optional(log_weight_by_base_rate(*number, share, asked.base_rate->wars))
                   : std::nullopt);
      }
      add_weight(out, "base_rate",
                 fmt::format("likelihood of {} wars of which {:.0f} % go on beyond {} rounds ({})",
                             number_text(asked.base_rate->wars), 100.0 * share,
                             asked.base_rate->round, rate->text),
                 logs);
    }
    if (!asked.events) return;
    if (!run_.options_.event_weight) {
      out.unused_weights.emplace_back("events", "this run gives no likelihood of the dated events");
      return;
    }
    std::vector<std::optional<double>> logs;
    for (const SolvedWorld* world : worlds_)
      logs.push_back(world->games.front().failed.empty() ? world->games.front().event_log_weight
                                                         : std::nullopt);
    add_weight(out, "events",
               "likelihood of the dated events, as far as the rounds that worlds are played", logs);
  }

  void add_weight(WorldsFindings& out, const std::string& id, const std::string& text,
                  const std::vector<std::optional<double>>& logs) {
    std::vector<std::optional<double>> weights = normalised_weights(logs);
    std::vector<double> known;
    for (const auto& weight : weights)
      if (weight) known.push_back(*weight);
    out.weights.push_back(
        {id, text, effective_number(known), static_cast<int>(weights.size() - known.size())});
    weights_.emplace_back(id, std::move(weights));
  }

  struct Judged {
    std::vector<ClaimGaps>
        gaps;  ///< [world]; empty ones where a game failed that the verdict hangs on
    std::vector<GapsVerdict> verdicts;  ///< [world]
  };

  [[nodiscard]] ClaimGaps gaps(std::size_t c, const WorldTask& task) const {
    const SolvedWorld& world = run_.games_.at(task);
    if (!run_.games_.failure(world, needs_[c]).empty()) return {};
    ClaimGaps out = gaps_of(study_.claims[c], run_.claims_[c], run_.games_.numbers(world));
    out.several = run_.games_.several(world, needs_[c]);
    return out;
  }

  /// The checked worlds on both grids.
  struct CheckedGaps {
    std::vector<ClaimGaps> coarse, fine;
  };
  [[nodiscard]] CheckedGaps checked(std::size_t c) const {
    CheckedGaps out;
    for (const Draw& draw : run_.checked_) {
      out.coarse.push_back(gaps(c, {draw, WorldLevel::world}));
      out.fine.push_back(gaps(c, {draw, WorldLevel::finer}));
    }
    return out;
  }

  /// In how many of them the finer grid turns the verdict, on the numbers as they are.
  [[nodiscard]] int turned(std::size_t c, const CheckedGaps& checked) const {
    const auto bare = [&](const ClaimGaps& gaps) {
      ClaimGaps exact = gaps;
      for (auto* part : {&exact.halves, &exact.guards})
        for (auto& of : *part) std::ranges::fill(of, 0.0);
      return judge_gaps(run_.claims_[c], gaps, exact).verdict;
    };
    int out = 0;
    for (std::size_t w = 0; w < checked.coarse.size(); ++w)
      if (!checked.coarse[w].halves.empty() && !checked.fine[w].halves.empty() &&
          bare(checked.coarse[w]) != bare(checked.fine[w]))
        ++out;
    return out;
  }

  [[nodiscard]] ClaimOverWorlds claim(std::size_t c) const {
    ClaimOverWorlds out;
    if (!run_.judged(c)) {
      out.why_not = "the claim compares variants, which these worlds leave out";
      return out;
    }
    const ParsedClaim& parsed = run_.claims_[c];
    const CheckedGaps solved_twice = checked(c);
    Judged judged;
    for (const Draw& draw : draws_) judged.gaps.push_back(gaps(c, {draw, WorldLevel::world}));
    const ClaimBands bands = bands_of(parsed, solved_twice.coarse, solved_twice.fine);
    for (const ClaimGaps& here : judged.gaps)
      judged.verdicts.push_back(
          here.halves.empty() ? GapsVerdict{} : judge_gaps(parsed, here, errors_in(here, bands)));
    out.turned = turned(c, solved_twice);
    tally(c, judged, bands, out);
    shares(judged, out);
    effects(c, out);
    box(judged, c, out);
    return out;
  }

  void tally(std::size_t c, const Judged& judged, const ClaimBands& bands,
             ClaimOverWorlds& out) const {
    const Claim& claim = study_.claims[c];
    std::vector<int> decides(claim.halves.size(), 0);
    std::vector<std::vector<double>> numbers(claim.halves.size()), errors(claim.halves.size());
    for (std::size_t h = 0; h < claim.halves.size(); ++h) {
      out.halves.emplace_back().name = claim.halves[h].name;
      out.halves.back().bands = bands.halves[h].front();
    }
    for (std::size_t w = 0; w < worlds_.size(); ++w) {
      if (judged.gaps[w].halves.empty()) {
        ++out.failed;
        continue;
      }
      ++out.solved;
      const GapsVerdict& verdict = judged.verdicts[w];
      ++(verdict.verdict == Verdict::holds   ? out.holds
         : verdict.verdict == Verdict::fails ? out.fails
                                             : out.undecided);
      ++decides[verdict.deciding];
      for (std::size_t h = 0; h < out.halves.size(); ++h) {
        ClaimOverWorlds::Half& half = out.halves[h];
        ++(verdict.halves[h] == Verdict::holds   ? half.holds
           : verdict.halves[h] == Verdict::fails ? half.fails
                                                 : half.undecided);
        if (const ClaimGaps& here = judged.gaps[w]; std::isfinite(here.values[h])) {
          numbers[h].push_back(here.values[h]);
          errors[h].push_back(out.halves[h].bands.moved.error(here.half_reaches[h].front()));
        } else
          ++half.no_number;
      }
    }
    out.deciding = static_cast<std::size_t>(std::ranges::max_element(decides) - decides.begin());
    for (std::size_t h = 0; h < out.halves.size(); ++h) {
      out.halves[h].error = std::numeric_limits<double>::infinity();
      if (numbers[h].empty()) continue;
      std::ranges::sort(errors[h]);
      if (std::isfinite(errors[h].back())) out.halves[h].error = quantile_of(errors[h], 0.5);
      std::ranges::sort(numbers[h]);
      out.halves[h].quantiles.emplace();
      for (std::size_t q = 0; q < world_quantiles.size(); ++q)
        (*out.halves[h].quantiles)[q] = quantile_of(numbers[h], world_quantiles[q]);
    }
  }

  /// How often the verdict is this one, among `count` worlds of every scramble; `weights` may be
  /// null.
  [[nodiscard]] Share share(const Judged& judged, Verdict sought, std::size_t count,
                            const std::vector<std::optional<double>>* weights) const {
    std::vector<ShareSums> sums(static_cast<std::size_t>(plan_.scrambles()));
    for (std::size_t w = 0; w < draws_.size(); ++w) {
      if (draws_[w].index >= count) continue;
      ShareSums& here = sums[draws_[w].scramble];
      const std::optional<double> own = weights ? (*weights)[w] : std::optional(1.0);
      const double weight = own.value_or(1.0);  // of mean one
      here.squares += weight * weight;
      here.total += weight;
      const bool open =
          !own || judged.gaps[w].halves.empty() || judged.verdicts[w].verdict == Verdict::undecided;
      if (open)
        here.undecided += weight;
      else if (judged.verdicts[w].verdict == sought)
        here.holds += weight;
    }
    return share_over(sums);
  }

  void shares(const Judged& judged, ClaimOverWorlds& out) const {
    const auto all = static_cast<std::size_t>(plan_.per_scramble());
    out.share = share(judged, Verdict::holds, all, nullptr);
    out.opposite = share(judged, Verdict::fails, all, nullptr);
    for (const auto& [id, weights] : weights_) {
      out.weighted[id] = share(judged, Verdict::holds, all, &weights);
      out.weighted_opposite[id] = share(judged, Verdict::fails, all, &weights);
    }
    constexpr std::size_t fewest = 4;
    for (std::size_t count = std::min(fewest, all);; count = std::min(2 * count, all)) {
      out.by_number.push_back({static_cast<int>(count) * plan_.scrambles(),
                               share(judged, Verdict::holds, count, nullptr)});
      if (count == all) break;
    }
  }

  void effects(std::size_t c, ClaimOverWorlds& out) const {
    const auto rows = plan_.rows();
    if (rows.empty()) return;
    std::vector<EffectRows> of_halves(out.halves.size());
    for (EffectRows& of : of_halves) of.changed.resize(plan_.groups().size());
    const auto add = [&](const Draw& draw, const auto& column) {
      const ClaimGaps found = gaps(c, {draw, WorldLevel::world});
      for (std::size_t h = 0; h < of_halves.size(); ++h) {
        const double number =
            found.halves.empty() ? std::numeric_limits<double>::quiet_NaN() : found.values[h];
        column(of_halves[h])
            .push_back(std::isfinite(number) ? std::optional(number) : std::nullopt);
      }
    };
    for (const WorldsPlan::Row& row : rows) {
      add(row.a, [](EffectRows& of) -> auto& { return of.a; });
      add(row.b, [](EffectRows& of) -> auto& { return of.b; });
      for (std::size_t g = 0; g < plan_.groups().size(); ++g)
        add({row.a.scramble, row.a.index, static_cast<int>(g)},
            [g](EffectRows& of) -> auto& { return of.changed[g]; });
    }
    for (std::size_t h = 0; h < out.halves.size(); ++h)
      out.halves[h].effects =
          total_effects(of_halves[h], static_cast<std::uint64_t>(plan_.asked().seed));
  }

  /// Where the rarer verdict is found, among the worlds that have one.
  void box(const Judged& judged, std::size_t c, ClaimOverWorlds& out) const {
    out.box_of = out.holds <= out.fails ? Verdict::holds : Verdict::fails;
    MarkedPoints marked;
    for (std::size_t w = 0; w < draws_.size(); ++w) {
      if (judged.gaps[w].halves.empty() || judged.verdicts[w].verdict == Verdict::undecided)
        continue;
      marked.points.push_back(plan_.world(draws_[w]).unit);
      marked.sought.push_back(judged.verdicts[w].verdict == out.box_of ? 1 : 0);
    }
    out.box = find_box(marked, static_cast<std::uint64_t>(plan_.asked().seed) + c);
  }

  void enough(WorldsFindings& out) const {
    for (const ClaimOverWorlds& claim : out.claims)
      for (std::size_t k = 0; k < claim.by_number.size(); ++k) {
        if (out.enough.size() <= k) out.enough.push_back({claim.by_number[k].number, 0.0});
        out.enough[k].widest = std::max(
            out.enough[k].widest, claim.by_number[k].share.high - claim.by_number[k].share.low);
      }
  }

  const WorldsRun& run_;
  const Study& study_;
  const WorldsPlan& plan_;
  std::vector<Draw> draws_;
  std::vector<const SolvedWorld*> worlds_;
  std::vector<std::set<std::string>> needs_;  // [claim]: the variants its verdict hangs on
  std::vector<std::pair<std::string, std::vector<std::optional<double>>>> weights_;
};

WorldsFindings WorldsRun::judge() const { return WorldsJudge(*this).findings(); }

}  // namespace melian
