#include "evidence/evidence_weigh.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "claims/study_pieces.h"
#include "evidence/evidence_filter.h"
#include "melian/numeric.h"

namespace melian::evidence {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

class Weigher {
 public:
  Weigher(const Study& study, const std::function<const Game&(std::size_t)>& game_of,
          const OnStep& on_step)
      : study_(study),
        evidence_(*study.evidence),
        game_of_(game_of),
        on_step_(on_step),
        steps_(study.readings.size() * (evidence_.lambda.size() + 1)) {}

  Result<std::optional<Weights>> run() {
    likeliest_ =
        std::ranges::max_element(evidence_.lambda, {}, &std::pair<double, double>::second)->first;
    if (auto found = find_kinds_everywhere(); !found)
      return std::unexpected(std::move(found.error()));
    Weights out;
    out.power_lambda = likeliest_;
    out.record = record_of(evidence_, kinds_.front(), evidence_.calendar);
    for (std::size_t r = 0; r < study_.readings.size(); ++r)
      if (auto weighed = weigh_reading(r, out); !weighed || !*weighed)
        return weighed ? Result<std::optional<Weights>>(std::nullopt)
                       : std::unexpected(weighed.error());
    if (evidence_.plays > 0 && !power(out)) return std::nullopt;
    return out;
  }

 private:
  Result<void> find_kinds_everywhere() {
    Diagnostics wrong;
    for (std::size_t r = 0; r < study_.readings.size(); ++r) {
      kinds_.emplace_back();
      for (const EventKind& kind : evidence_.kinds) {
        auto found = find_kind(game_of_(r).shape(), kind);
        if (found)
          kinds_.back().push_back(std::move(*found));
        else
          for (const KindMistake& mistake : found.error())
            wrong.push_back(placeless(mistake.repeats ? "M0769" : "M0768",
                                      fmt::format("reading {}: {}: {}", study_.readings[r].id,
                                                  kind.name(), mistake.message),
                                      mistake.hint));
      }
    }
    if (!wrong.empty()) return std::unexpected(std::move(wrong));
    return {};
  }

  /// False: stopped.
  bool step(const std::string& reading) {
    ++done_;
    return !on_step_ ||
           on_step_({"events, reading " + reading,
                     std::min(1.0, static_cast<double>(done_) / static_cast<double>(steps_))});
  }

  Result<std::optional<Assessment>> solved(std::size_t reading, double factor, int thinned,
                                           std::string& grid) {
    PieceRequest request;
    request.game = &game_of_(reading);
    request.lambda_factor = factor;
    request.grid = grid_for(study_, *request.game);
    request.grid.thinned = thinned;
    if (grid.empty()) grid = grid_text(*request.game, request.grid);
    bool stopped = false;
    const AnswerOptions options = options_for(study_, request, [&](const Step&) {
      const double done = static_cast<double>(done_) / static_cast<double>(steps_);
      stopped = stopped || (on_step_ && !on_step_({"events, reading " + study_.readings[reading].id,
                                                   std::min(1.0, done)}));
      return !stopped;
    });
    auto found = solve(*request.game, options.solve);
    if (!found) return std::unexpected(std::move(found.error()));
    if (stopped || found->summary.termination == Termination::cancelled) return std::nullopt;
    return std::move(found->assessment);
  }

  Result<bool> weigh_reading(std::size_t r, Weights& out) {
    const Game& game = game_of_(r);
    Weighed& weighed = out.readings.emplace_back();
    std::vector<double> half;
    for (const auto& [factor, weight] : evidence_.lambda) {
      auto fine = solved(r, factor, 0, out.grid);
      if (!fine) return std::unexpected(std::move(fine.error()));
      auto coarse = *fine ? solved(r, factor, 1, out.power_grid)
                          : Result<std::optional<Assessment>>(std::nullopt);
      if (!coarse) return std::unexpected(std::move(coarse.error()));
      if (!*coarse) return false;
      weighed.prefixes.push_back(log_likelihood_by_cell(game, **fine, kinds_[r], out.record));
      std::vector<Record> others;
      for (const EventCalendar& calendar : evidence_.calendars)
        others.push_back(record_of(evidence_, kinds_[r], calendar));
      weighed.calendars.push_back(log_likelihoods(game, **fine, kinds_[r], others));
      half.push_back(log_likelihood(game, **coarse, kinds_[r], out.record));
      if (evidence_.plays > 0 && factor == likeliest_) thinned_.push_back(std::move(**coarse));
      if (!step(study_.readings[r].id)) return false;
    }
    weighed.on_half_grid = over_lambda(evidence_, half);
    return true;
  }

  /// Records of plays under a reading: its types by its prior, at true beliefs.
  [[nodiscard]] std::vector<Record> simulated(std::size_t reading) const {
    const Simulation simulation =
        simulate(game_of_(reading), thinned_[reading], evidence_.plays, evidence_.seed);
    const Record watched = watched_cells(evidence_, evidence_.calendar);
    std::vector<Record> out;
    for (std::size_t n = 0; n < simulation.plays.size(); ++n) {
      RandomStream random(evidence_.seed + 1, n);
      out.push_back(report_of(simulation.plays[n], watched, kinds_[reading], random));
    }
    return out;
  }

  bool power(Weights& out) {
    const std::size_t readings = study_.readings.size(), plays = at(evidence_.plays);
    std::vector<Record> records;
    for (std::size_t a = 0; a < readings; ++a)
      for (Record& record : simulated(a)) records.push_back(std::move(record));
    std::vector<std::vector<double>> logs(readings);  // [reading][record]
    for (std::size_t b = 0; b < readings; ++b) {
      logs[b] = log_likelihoods(game_of_(b), thinned_[b], kinds_[b], records);
      if (!step(study_.readings[b].id)) return false;
    }
    for (std::size_t a = 0; a < readings; ++a)
      for (std::size_t b = 0; b < readings; ++b)
        if (a != b)
          out.power.push_back(
              row(a, b, logs, std::span(records).subspan(a * plays, plays), a * plays));
    return true;
  }

  [[nodiscard]] PowerRow row(std::size_t a, std::size_t b,
                             const std::vector<std::vector<double>>& logs,
                             std::span<const Record> records, std::size_t first) const {
    PowerRow out;
    out.under = a;
    out.against = b;
    const double strong = std::log(evidence_.threshold),
                 plays = static_cast<double>(records.size());
    double bits = 0.0, bits_squared = 0.0, factors = 0.0, factors_squared = 0.0;
    for (std::size_t n = 0; n < records.size(); ++n) {
      const double log = logs[a][first + n] - logs[b][first + n], factor = std::exp(-log);
      out.strong += log >= strong ? 1 : 0;
      out.misleading += -log >= strong ? 1 : 0;
      bits += log / std::log(2.0);
      bits_squared += log * log / (std::log(2.0) * std::log(2.0));
      factors += factor;
      factors_squared += factor * factor;
      out.events += static_cast<double>(std::ranges::count_if(
                        records[n], [](const Cell& cell) { return cell.category != silent; })) /
                    plays;
    }
    const auto error = [&](double sum, double squares) {
      return std::sqrt(std::max(0.0, squares / plays - sum * sum / (plays * plays)) / plays);
    };
    out.bits = bits / plays;
    out.bits_error = error(bits, bits_squared);
    out.factor = factors / plays;
    out.factor_error = error(factors, factors_squared);
    return out;
  }

  const Study& study_;
  const StudyEvidence& evidence_;
  const std::function<const Game&(std::size_t)>& game_of_;
  const OnStep& on_step_;
  std::vector<std::vector<KindInGame>> kinds_;  ///< [reading]
  std::vector<Assessment> thinned_;  ///< [reading], on half the nodes and at the likeliest lambda:
                                     ///< what power is measured with
  double likeliest_ = 1.0;           ///< multiple of lambda
  std::size_t done_ = 0, steps_ = 1;
};

}  // namespace

double over_lambda(const StudyEvidence& evidence, const std::vector<double>& by_lambda) {
  std::vector<double> logs;
  for (std::size_t l = 0; l < by_lambda.size(); ++l)
    if (evidence.lambda[l].second > 0.0)
      logs.push_back(by_lambda[l] + std::log(evidence.lambda[l].second));
  return log_sum_exp(logs);
}

Result<std::optional<Weights>> weigh(const Study& study,
                                     const std::function<const Game&(std::size_t)>& game_of,
                                     const OnStep& on_step) {
  MELIAN_EXPECT(study.evidence.has_value(), "a study with dated events");
  return Weigher(study, game_of, on_step).run();
}

EventWeight event_weight(const Study& study) {
  MELIAN_EXPECT(study.evidence.has_value(), "a study with dated events");
  const auto log_weight = [&events = *study.evidence](
                              const Game& game,
                              const Assessment& assessment) -> std::optional<double> {
    const Structure& structure = game.shape();
    for (const EventKind& kind : events.kinds)
      if (!find_kind(structure, kind)) return std::nullopt;
    const std::vector<KindInGame> kinds = find_kinds(structure, events.kinds);
    Record record = record_of(events, kinds, events.calendar);
    if (structure.horizon == HorizonKind::finite)
      std::erase_if(record, [&](const Cell& cell) { return cell.round >= structure.rounds; });
    return log_likelihood(game, assessment, kinds, record);
  };
  return {sha256(evidence_text(study)), log_weight};
}

std::string evidence_text(const Study& study) {
  const StudyEvidence& e = *study.evidence;
  std::string out = e.log_text + fmt::format("\nuntil {} threshold {} plays {} seed {}\n", e.until,
                                             number_text(e.threshold), e.plays, e.seed);
  const auto add = [&](const EventCalendar& calendar) {
    out += fmt::format("calendar {} {}\n", calendar.start, number_text(calendar.round_days));
  };
  add(e.calendar);
  for (const EventCalendar& calendar : e.calendars) add(calendar);
  for (const auto& [factor, weight] : e.lambda)
    out += fmt::format("lambda {} {}\n", number_text(factor), number_text(weight));
  for (const auto& [reading, weight] : e.prior)
    out += fmt::format("prior {} {}\n", reading, number_text(weight));
  for (const auto& [kind, why] : e.unmapped) out += fmt::format("unmapped {}: {}\n", kind, why);
  const auto list = [&](const char* what, const std::vector<std::string>& names) {
    out += what;
    for (const std::string& name : names) out += " " + name + ",";
  };
  for (const EventKind& kind : e.kinds) {
    out += fmt::format("kind {} {}", kind.kind, number_text(kind.reliability));
    list(" by", kind.actors), list(" move", kind.moves), list(" action", kind.actions),
        list(" end", kind.ends);
    for (const EventKind::Window& window : kind.watch)
      out += fmt::format(" watched {} {}", window.from, window.to);
    out += "\n";
  }
  for (const Reading& reading : study.readings)
    out += fmt::format("reading {} {}\n", reading.id, reading.date);
  return out;
}

}  // namespace melian::evidence
