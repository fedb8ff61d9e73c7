#include "melian/comparative_statics.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "answer/most_probable.h"
#include "melian/as_tree.h"
#include "melian/beliefs.h"
#include "melian/tree_answer.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

/// Checks what is asked before anything is compiled.
Diagnostics mistakes(const Model& model, const SweepOptions& options) {
  Diagnostics out;
  const auto complain = [&](const std::string& message, const std::string& hint = {}) {
    out.push_back(placeless(sweep_code, message, hint));
  };
  if (options.vary.empty() || options.vary.size() > 2)
    complain(fmt::format("{} parameters are varied: one or two can be", options.vary.size()));
  std::int64_t points = 1;
  for (const VariedParameter& varied : options.vary) {
    points *= std::max(1, varied.points);
    if (varied.points < 2)
      complain(fmt::format("`{}` is varied over {} points", varied.name, varied.points),
               "two at least: the ends of its range");
    if (varied.log_scale && !(varied.low > 0))
      complain(fmt::format("the range of `{}` begins at {}, which has no logarithm", varied.name,
                           number_text(varied.low)),
               "begin above 0, or leave `:log` out");
    if (!varied.in_reach())
      complain(fmt::format("the range of `{}` is wider than numbers reach", varied.name));
    if (!(varied.low < varied.high))
      complain(fmt::format("the range of `{}` runs from {} to {}", varied.name,
                           number_text(varied.low), number_text(varied.high)));
    if (options.settings.contains(varied.name))
      complain(fmt::format("`{}` is both set and varied", varied.name), "leave one of them out");
  }
  if (options.vary.size() == 2 && options.vary[0].name == options.vary[1].name)
    complain(fmt::format("`{}` is varied twice", options.vary[0].name));
  if (points > options.max_points)
    out.push_back(
        placeless(too_large_code,
                  fmt::format("the sweep has {} points, more than {}", points, options.max_points),
                  "vary over fewer points"));
  for (const ParameterInfo& parameter : model.parameters())
    for (const VariedParameter& varied : options.vary)
      if (parameter.name == varied.name && !parameter.words.empty())
        complain(fmt::format("`{}` is a switch and has no range", varied.name));
  return out;
}

class Sweeper {
 public:
  Sweeper(const Model& model, const SweepOptions& options) : model_(model), options_(options) {}

  [[nodiscard]] Result<Sweep> run() {
    if (Diagnostics wrong = mistakes(model_, options_); !wrong.empty())
      return std::unexpected(std::move(wrong));
    out_.vary = options_.vary;
    lay_out();
    choose_method();
    if (Result<void> named = find_named(); !named) return std::unexpected(named.error());
    if (Result<void> bound = bind_all(); !bound) return std::unexpected(bound.error());
    take_known();
    if (failure_.empty()) solve_all();
    if (failure_.empty() && !cancelled_ && no_point_has_numbers()) fail(first_failure_);
    if (failure_.empty() && !cancelled_ && options_.find_switches) find_switches();
    if (!failure_.empty()) return std::unexpected(failure_);
    out_.cancelled = cancelled_;
    return std::move(out_);
  }

 private:
  [[nodiscard]] int rows() const { return options_.vary.front().points; }
  [[nodiscard]] int columns() const {
    return options_.vary.size() == 2 ? options_.vary[1].points : 1;
  }

  /// Points without a game choose nothing: they say why later.
  void choose_method() {
    by_tree_ = options_.by_tree;
    if (!by_tree_ && options_.choose_method) {
      std::map<const Structure*, bool> small;
      by_tree_ = std::ranges::all_of(out_.points, [&](const SweepPoint& point) {
        const Result<Game> game = game_at(point.at);
        if (!game) return true;
        const auto [known, fresh] = small.try_emplace(game->structure.get(), false);
        if (fresh) known->second = count_tree_nodes(*game) <= most_tree_nodes;
        return known->second;
      });
    }
    out_.by_tree = by_tree_;
  }

  void lay_out() {
    for (int r = 0; r < rows(); ++r)
      for (int c = 0; c < columns(); ++c) {
        SweepPoint point;
        point.at.push_back(options_.vary[0].at(r));
        if (options_.vary.size() == 2) point.at.push_back(options_.vary[1].at(c));
        out_.points.push_back(std::move(point));
      }
  }

  [[nodiscard]] Settings settings_at(const std::vector<double>& where) const {
    Settings out = options_.settings;
    for (std::size_t a = 0; a < where.size(); ++a) out[options_.vary[a].name] = where[a];
    return out;
  }

  /// The game at a place; compiled anew only where what is compiled does not fit.
  [[nodiscard]] Result<Game> game_at(const std::vector<double>& where) {
    const Settings settings = settings_at(where);
    const std::vector<CompiledModel> known = [&] {
      const std::scoped_lock lock(compiled_mutex_);
      return compiled_;
    }();
    for (const CompiledModel& compiled : known)
      if (compiled.fits(settings)) return compiled.bind(settings);
    Result<CompiledModel> compiled = compile(model_, settings);
    if (!compiled) return std::unexpected(compiled.error());
    Result<Game> game = compiled->bind(settings);
    const std::scoped_lock lock(compiled_mutex_);
    compiled_.push_back(*std::move(compiled));
    return game;
  }

  /// Every point is bound and counted before any is solved, so that a size out of reach is told at
  /// once. Games are not kept: binding again costs less than their memory.
  [[nodiscard]] Result<void> bind_all() {
    out_.cost.points = static_cast<std::int64_t>(out_.points.size());
    std::map<std::string, Priors> priors;
    read_.resize(out_.points.size());
    for (std::size_t k = 0; k < out_.points.size(); ++k) {
      const Result<Game> game = game_at(out_.points[k].at);
      if (!game) {
        give_up_point(k, game.error());
        continue;
      }
      const Result<std::int64_t> decisions = count(*game);
      if (!decisions) return std::unexpected(decisions.error());
      if (!by_tree_) note_prior(k, *game, *decisions, priors[game->shape().fingerprint]);
    }
    if (no_point_is_left()) return std::unexpected(first_failure_);
    share_grids(priors);
    out_.cost.structures = static_cast<std::int64_t>(compiled_.size());
    if (options_.on_cost) options_.on_cost(out_.cost);
    return {};
  }

  /// A point without a game or without a solution: it says why, and the sweep goes on.
  void give_up_point(std::size_t k, Diagnostics why) {
    SweepPoint& point = out_.points[k];
    point.failure = why.empty() ? "no reason given" : why.front().code + ": " + why.front().message;
    point.why_not = {point.failure};
    for (Diagnostic& diagnostic : why)
      diagnostic.message += fmt::format(" (at {})", place_words(point.at));
    {
      const std::scoped_lock lock(failure_mutex_);
      if (k < first_failed_) first_failed_ = k, first_failure_ = std::move(why);
    }
    finish(k);
  }
  [[nodiscard]] bool no_point_is_left() const {
    return std::ranges::all_of(out_.points, &SweepPoint::finished);
  }
  [[nodiscard]] bool no_point_has_numbers() const {
    return std::ranges::none_of(out_.points,
                                [](const SweepPoint& point) { return point.failure.empty(); });
  }

  /// Marks a point and tells of all that are finished in order.
  void finish(std::size_t k) {
    const std::scoped_lock lock(told_mutex_);
    out_.points[k].finished = true;
    if (!telling_) return;
    tell_finished();
  }
  void tell_finished() {
    for (; told_ < out_.points.size() && out_.points[told_].finished; ++told_)
      if (options_.on_point) options_.on_point(out_.points[told_]);
  }

  /// Of the points with one structure: where their beliefs start.
  struct Priors {
    std::vector<std::set<double>> starts;  ///< [axis]
    std::set<std::string> others;          ///< fingerprints of all else that solving reads
    std::size_t points = 0;
    std::int64_t decisions = 0;  ///< of one point on its own grid, the most
    std::optional<Game> game;
  };

  void note_prior(std::size_t k, const Game& game, std::int64_t decisions, Priors& priors) {
    const Result<AnswerOptions> options = options_for(game, false);
    MELIAN_EXPECT(options.has_value(), "what was counted has options");
    const std::vector<double> start = start_beliefs(game, BeliefSpace(game.shape()));
    priors.starts.resize(start.size());
    for (std::size_t axis = 0; axis < start.size(); ++axis) priors.starts[axis].insert(start[axis]);
    priors.decisions = std::max(priors.decisions, decisions);
    if (!priors.game) priors.game = game;
    ++priors.points;
    read_[k] = {game.shape().fingerprint, solver_fingerprint(game, {}, options->solve), start};
    priors.others.insert(read_[k].others);
  }

  /// Points that differ in the prior alone are solved once, on a grid on which all their priors are
  /// nodes, where that takes little more room than a grid of their own.
  void share_grids(const std::map<std::string, Priors>& priors) {
    constexpr double little_more = 1.5;
    for (const auto& [structure, one] : priors) {
      const Result<AnswerOptions> options = options_for(*one.game, false);
      auto grid = std::get<BeliefGrid>(options->solve.method);
      const bool moves = std::ranges::any_of(
          one.starts, [](const std::set<double>& starts) { return starts.size() > 1; });
      if (!moves || one.others.size() == one.points || grid.follow) continue;
      grid.must_have.resize(one.starts.size());
      for (std::size_t k = 0; k < one.starts.size(); ++k)
        grid.must_have[k].insert(grid.must_have[k].end(), one.starts[k].begin(),
                                 one.starts[k].end());
      const auto together =
          static_cast<double>(count_decisions(one.game->shape(), belief_axes(*one.game, grid)));
      if (together <= little_more * static_cast<double>(one.decisions))
        nodes_of_all_[structure] = grid.must_have;
    }
  }

  [[nodiscard]] std::string place_words(const std::vector<double>& where) const {
    std::vector<std::string> words;
    for (std::size_t a = 0; a < where.size(); ++a)
      words.push_back(fmt::format("{} = {}", options_.vary[a].name, number_text(where[a], 6)));
    return fmt::format("{}", fmt::join(words, ", "));
  }

  [[nodiscard]] Result<AnswerOptions> options_for(const Game& game, bool with_certificate) const {
    AnswerOptions options = options_.answer;
    if (options_.nodes) {
      Result<std::vector<int>> nodes = options_.nodes(game.shape());
      if (!nodes) return std::unexpected(nodes.error());
      std::get<BeliefGrid>(options.solve.method).nodes = *std::move(nodes);
    }
    if (const auto shared = nodes_of_all_.find(game.shape().fingerprint);
        shared != nodes_of_all_.end())
      std::get<BeliefGrid>(options.solve.method).must_have = shared->second;
    options.with_certificate = options.with_certificate && with_certificate;
    return options;
  }

  /// Trees are counted by unrolling one of every structure.
  [[nodiscard]] Result<std::int64_t> count_sets(const Game& game) {
    if (counted_ == game.structure) return counted_sets_;
    const Result<TreeRequest> request = tree_request(game, as_tree());
    if (!request) return std::unexpected(request.error());
    const Result<ExtensiveForm> form = unroll(game, request->unroll);
    if (!form) return std::unexpected(form.error());
    counted_ = game.structure;
    return counted_sets_ = static_cast<std::int64_t>(form->sets.size());
  }

  /// The game in which a solution is named: the model's own, before anything is varied. That the
  /// solution is there is told before any point is solved.
  [[nodiscard]] Result<void> find_named() {
    if (!by_tree_ || options_.choice.solution.empty()) return {};
    Result<Game> game = game_at({});
    if (!game) return std::unexpected(game.error());
    const Result<SolvedAsTree> there = solve_tree_of(*game, as_tree(), watch());
    if (!there) return std::unexpected(there.error());
    named_in_ = std::make_shared<const Game>(*std::move(game));
    return {};
  }

  [[nodiscard]] AsTree as_tree() const {
    return {options_.answer.solve.lambda, options_.answer.solve.measure,
            options_.answer.solve.discounting, options_.choice, named_in_};
  }

  /// Adds what solving the game takes, once, to the cost; by tree its information sets.
  [[nodiscard]] Result<std::int64_t> count(const Game& game) {
    if (by_tree_) {
      const Result<std::int64_t> sets = count_sets(game);
      if (!sets) return std::unexpected(sets.error());
      out_.cost.decisions += *sets;
      return *sets;
    }
    const Result<AnswerOptions> options = options_for(game, false);
    if (!options) return std::unexpected(options.error());
    const std::int64_t decisions = count_decisions(
        game.shape(), belief_axes(game, std::get<BeliefGrid>(options->solve.method)));
    const bool countable = decisions <= options_.max_decisions;
    out_.cost.decisions += countable ? decisions : 0;
    if (countable && out_.cost.decisions <= options_.max_decisions) return decisions;
    return std::unexpected(Diagnostics{placeless(
        too_large_code,
        fmt::format("the sweep takes more than {} decisions: {} points of up to {} each",
                    options_.max_decisions, out_.cost.points, decisions),
        "vary over fewer points, give fewer belief nodes (--grid), or coarsen the offers")});
  }

  /// Asks whether to go on, from whatever thread; the reader's callback is called by one at a time.
  [[nodiscard]] OnStep watch() {
    return [this](const Step&) {
      if (!cancelled_ && options_.on_step) {
        const std::unique_lock lock(step_mutex_, std::try_to_lock);
        if (lock.owns_lock() &&
            !options_.on_step({stage_, static_cast<double>(done_) /
                                           std::max<double>(1.0, static_cast<double>(expected_))}))
          cancelled_ = true;
      }
      return !cancelled_.load();
    };
  }

  void fail(const Diagnostics& diagnostics) {
    const std::scoped_lock lock(failure_mutex_);
    if (failure_.empty()) failure_ = diagnostics;
    cancelled_ = true;
  }
  /// What is wrong with what was asked, not with one point.
  [[nodiscard]] std::optional<SweepPoint> stop_all(const Diagnostics& diagnostics) {
    fail(diagnostics);
    return std::nullopt;
  }

  /// What is kept of one solve, all but where it was; nothing where the sweep was stopped.
  /// Errors: why this game has no solution.
  [[nodiscard]] Result<std::optional<SweepPoint>> solved(
      const Game& game, bool with_certificate, std::shared_ptr<KeptSolutions> kept = nullptr) {
    if (cancelled_ || !watch()(Step{})) return std::nullopt;
    Result<std::optional<SweepPoint>> found =
        by_tree_ ? by_tree(game) : by_grid(game, with_certificate, std::move(kept));
    ++done_;
    return found;
  }

  /// Points of an earlier sweep. One of them is solved again: another model, or other options,
  /// would give other numbers.
  void take_known() {
    if (!options_.known.empty()) {
      const auto& [last, expected] = *options_.known.rbegin();
      MELIAN_EXPECT(last < out_.points.size(), "known points lie on the grid");
      const Result<Game> game = game_at(out_.points[last].at);
      if (!game) return fail(another_sweep(last));
      stage_ = "sweep";
      const Result<std::optional<SweepPoint>> found = solved(*game, true);
      if (found && !*found) return;
      if (!found || !same_numbers(**found, expected)) return fail(another_sweep(last));
      for (const auto& [k, point] : options_.known) {
        if (out_.points[k].finished) continue;
        const std::vector<double> where = out_.points[k].at;
        out_.points[k] = point;
        out_.points[k].at = where;
        out_.points[k].finished = true;
      }
    }
    const std::scoped_lock lock(told_mutex_);
    telling_ = true;
    tell_finished();
  }
  [[nodiscard]] Diagnostics another_sweep(std::size_t k) const {
    return {placeless(other_sweep_code,
                      fmt::format("the rows to go on from are of another sweep: solved now, the "
                                  "point {} comes out otherwise",
                                  place_words(out_.points[k].at)),
                      "begin anew, or repeat the command that wrote them")};
  }
  [[nodiscard]] static bool same_numbers(const SweepPoint& a, const SweepPoint& b) {
    const auto same = [](const std::map<std::string, double>& left,
                         const std::map<std::string, double>& right) {
      return std::ranges::equal(left, right, [](const auto& one, const auto& other) {
        const bool neither = std::isnan(one.second) && std::isnan(other.second);
        return one.first == other.first && (neither || one.second == other.second);
      });
    };
    return a.holds == b.holds && same(a.numbers, b.numbers) && same(a.grid_error, b.grid_error);
  }

  void solve_all() {
    stage_ = "sweep";
    const std::vector<std::vector<std::size_t>> groups = groups_solved_once();
    done_ = 0;
    expected_ = 0;
    for (const auto& points : groups) expected_ += static_cast<std::int64_t>(points.size());
    // In the order of the list, whoever is free: points are told in order, and early.
    std::atomic<std::size_t> next = 0;
    parallel_for(groups.size(), [&](std::size_t) {
      const std::vector<std::size_t>& points = groups[next++];
      const auto kept = points.size() > 1 ? std::make_shared<KeptSolutions>() : nullptr;
      solve_point(points.front(), kept);
      parallel_for(points.size() - 1, [&](std::size_t k) { solve_point(points[k + 1], kept); });
    });
    out_.solves = static_cast<std::int64_t>(groups.size());
  }

  /// Points of one group differ in nothing that solving reads: its first is solved, the others take
  /// that over. By tree every point is a group.
  [[nodiscard]] std::vector<std::vector<std::size_t>> groups_solved_once() const {
    std::vector<std::vector<std::size_t>> out;
    std::map<std::pair<std::string, std::vector<double>>, std::vector<std::size_t>> by_numbers;
    for (std::size_t k = 0; k < out_.points.size(); ++k)
      if (out_.points[k].finished)
        continue;
      else if (by_tree_)
        out.push_back({k});
      else
        by_numbers[{read_[k].others, nodes_of_all_.contains(read_[k].structure)
                                         ? std::vector<double>()
                                         : read_[k].start}]
            .push_back(k);
    for (auto& [numbers, points] : by_numbers) out.push_back(std::move(points));
    std::ranges::sort(out);  // by their first points
    return out;
  }

  void solve_point(std::size_t k, const std::shared_ptr<KeptSolutions>& kept) {
    if (cancelled_) return;
    const Result<Game> game = game_at(out_.points[k].at);
    MELIAN_EXPECT(game.has_value(), "what was bound once binds again");
    Result<std::optional<SweepPoint>> found = solved(*game, true, kept);
    if (!found) return give_up_point(k, found.error());
    if (!*found) return;
    (*found)->at = out_.points[k].at;
    out_.points[k] = **std::move(found);
    finish(k);
  }

  [[nodiscard]] Result<std::optional<SweepPoint>> by_grid(const Game& game, bool with_certificate,
                                                          std::shared_ptr<KeptSolutions> kept) {
    Result<AnswerOptions> options = options_for(game, with_certificate);
    if (!options) return stop_all(options.error());
    options->solve.on_step = options->certify.on_step = watch();
    options->solve.kept = std::move(kept);
    const Result<Answer> found = answer(game, *options);
    if (!found) return std::unexpected(found.error());
    if (found->solution.summary.termination == Termination::cancelled) return std::nullopt;
    return read_point(game, *found, {});
  }

  /// `more`: numbers of a tree beyond those of an answer; like those they have no grid error.
  [[nodiscard]] std::optional<SweepPoint> read_point(const Game& game, const Answer& found,
                                                     const std::map<std::string, double>& more) {
    SweepPoint point;
    point.numbers = printed_numbers(game.shape(), found.prediction);
    point.numbers.insert(more.begin(), more.end());
    point.grid_error = found.certificate.grid_error;
    for (const auto& [name, number] : more) point.grid_error[name] = 0.0;
    for (const std::string& name : options_.also) {
      if (point.numbers.contains(name)) continue;
      const Result<double> number = options_.read(game.shape(), found.prediction, name);
      const bool absent = !number && number.error().front().code == absent_quantity_code;
      if (!number && !absent) return stop_all(number.error());
      point.numbers[name] = absent ? std::numeric_limits<double>::quiet_NaN() : *number;
    }
    point.most_probable = most_probable(game.shape(), found.prediction);
    const bool finished = found.solution.summary.termination == Termination::converged;
    point.holds = finished && (found.certificate.holds || !options_.answer.with_certificate);
    if (!by_tree_ && options_.answer.with_certificate) point.holds = found.certificate.holds;
    if (!point.holds)
      point.why_not = options_.answer.with_certificate
                          ? found.certificate.why_not
                          : std::vector{found.solution.summary.message};
    return point;
  }

  [[nodiscard]] Result<std::optional<SweepPoint>> by_tree(const Game& game) {
    AnswerOptions options = options_.answer;
    options.solve.on_step = watch();
    const Result<TreeAnswer> found =
        answer_on_tree(game, options, {.choice = options_.choice, .named_in = named_in_.get()});
    if (!found && named_in_ && found.error().front().code == no_such_solution_code) {
      SweepPoint point;  // the solution does not reach so far: the sweep goes on
      point.why_not.push_back(found.error().front().message);
      point.most_probable.push_back({"outcome", "not available", 0, false});
      return point;
    }
    if (!found) return std::unexpected(found.error());
    if (cancelled_ || found->answer.solution.summary.termination == Termination::cancelled)
      return std::nullopt;
    std::map<std::string, double> over_types;
    const TreePrediction seen = predict_tree(found->form, found->solution.log_strategy);
    for (std::size_t i = 0; i < seen.payoffs.size(); ++i)
      over_types["values." + found->form.players[i]] = seen.payoffs[i];
    return read_point(game, found->answer, over_types);
  }

  using Probable = std::vector<MostProbable>;

  /// Two neighbours on the grid.
  struct Edge {
    std::size_t low = 0, high = 0;
    int axis = 0;
    std::vector<SweepSwitch> found;
    std::int64_t solves = 0;
    std::map<double, std::optional<Probable>> known;  ///< by place: subjects share solves
  };

  void find_switches() {
    stage_ = "switches";
    learn_what_is_most_probable();
    std::vector<Edge> edges;
    const auto index = [&](int r, int c) { return at(r) * at(columns()) + at(c); };
    for (int r = 0; r < rows(); ++r)
      for (int c = 0; c < columns(); ++c) {
        if (r + 1 < rows()) edges.push_back({index(r, c), index(r + 1, c), 0, {}, 0, {}});
        if (c + 1 < columns()) edges.push_back({index(r, c), index(r, c + 1), 1, {}, 0, {}});
      }
    std::erase_if(edges, [&](const Edge& edge) {
      return !out_.points[edge.low].failure.empty() || !out_.points[edge.high].failure.empty();
    });
    done_ = 0;
    expected_ = static_cast<std::int64_t>(edges.size());
    parallel_for(edges.size(), [&](std::size_t k) { look_along(edges[k]); });
    for (Edge& edge : edges) {
      out_.further_solves += edge.solves;
      out_.switches.insert(out_.switches.end(), edge.found.begin(), edge.found.end());
    }
  }

  /// Points taken over from an earlier sweep carry their numbers alone.
  void learn_what_is_most_probable() {
    std::vector<std::size_t> unknown;
    for (std::size_t k = 0; k < out_.points.size(); ++k)
      if (out_.points[k].failure.empty() && out_.points[k].most_probable.empty())
        unknown.push_back(k);
    done_ = 0;
    expected_ = static_cast<std::int64_t>(unknown.size());
    parallel_for(unknown.size(), [&](std::size_t u) {
      SweepPoint& point = out_.points[unknown[u]];
      const Result<Game> game = game_at(point.at);
      if (!game) return;
      auto found = solved(*game, false);
      if (found && *found) point.most_probable = std::move((*found)->most_probable);
    });
    out_.further_solves += expected_;
  }

  /// What is most probable between the ends of an edge. Nothing where there is no game (odds that
  /// fit at both ends and not between), no solution, or the sweep was stopped.
  const std::optional<Probable>& probable_at(Edge& edge, double place) {
    const auto [known, fresh] = edge.known.try_emplace(place);
    if (!fresh) return known->second;
    std::vector<double> where = out_.points[edge.low].at;
    where[at(edge.axis)] = place;
    if (const Result<Game> game = game_at(where)) {
      auto found = solved(*game, false);
      ++edge.solves;
      if (found && *found) known->second = std::move((*found)->most_probable);
    }
    return known->second;
  }

  /// Both halves, so that what is most probable in the middle alone is found too.
  void look_along(Edge& edge) {
    const auto axis = at(edge.axis);
    const double low = out_.points[edge.low].at[axis], high = out_.points[edge.high].at[axis],
                 middle = low + (high - low) / 2,
                 width = std::ldexp(high - low, -options_.halvings);
    if (const std::optional<Probable> between = probable_at(edge, middle)) {
      look_between(edge, {low, out_.points[edge.low].most_probable}, {middle, *between}, width);
      look_between(edge, {middle, *between}, {high, out_.points[edge.high].most_probable}, width);
    }
  }

  struct Looked {
    double place = 0.0;
    Probable probable;
  };
  /// Every subject that differs at the ends; beyond a switch what follows is looked for in turn.
  void look_between(Edge& edge, const Looked& left, const Looked& right, double width) {
    constexpr int most_in_a_row = 8;
    for (const Difference& difference : differences(left.probable, right.probable)) {
      MostProbable from = difference.from;
      double low = left.place;
      for (int k = 0; k < most_in_a_row && from.what != difference.to.what; ++k) {
        const auto beyond = halve(edge, from, low, difference.to, right.place, width);
        if (!beyond) break;
        low = beyond->first;
        from = beyond->second;
        if (from.is_offer) break;  // it moves along its menu: one jump is told
      }
    }
  }

  /// Halves until the switch nearest to the left is placed. Returns: where it was left behind, and
  /// what is most probable there.
  std::optional<std::pair<double, MostProbable>> halve(Edge& edge, MostProbable from, double low,
                                                       MostProbable to, double high, double width) {
    const auto axis = at(edge.axis);
    constexpr double round_off = 1e-6;
    while (high - low > width * (1.0 + round_off)) {
      const double middle = low + (high - low) / 2;
      const std::optional<Probable>& known = probable_at(edge, middle);
      if (!known) return std::nullopt;
      const auto here = std::ranges::find(*known, from.subject, &MostProbable::subject);
      if (here == known->end()) return std::nullopt;
      const bool is_left = from.is_offer ? std::abs(here->position - from.position) <=
                                               std::abs(to.position - here->position)
                                         : here->what == from.what;
      (is_left ? low : high) = middle;
      (is_left ? from : to) = *here;
    }
    if (!from.is_offer || std::abs(from.position - to.position) > 1) {
      SweepSwitch one{
          edge.axis, out_.points[edge.low].at, (high - low) / 2, from.subject, from.what, to.what};
      one.at[axis] = low + (high - low) / 2;
      edge.found.push_back(std::move(one));
    }
    return std::pair(high, to);
  }

  const Model& model_;
  bool by_tree_ = false;
  const SweepOptions& options_;
  Sweep out_;
  std::vector<CompiledModel> compiled_;
  std::shared_ptr<const Structure> counted_;
  std::shared_ptr<const Game> named_in_;
  std::int64_t counted_sets_ = 0;
  /// What solving reads of a point: where beliefs start, and a fingerprint of all else.
  struct Read {
    std::string structure, others;
    std::vector<double> start;
  };
  std::vector<Read> read_;  ///< [point]
  std::map<std::string, std::vector<std::vector<double>>>
      nodes_of_all_;  ///< by structure: nodes of every point's grid, [axis]
  std::mutex compiled_mutex_, step_mutex_, failure_mutex_, told_mutex_;
  std::size_t told_ = 0;  ///< points that were told of
  bool telling_ = false;
  std::size_t first_failed_ = std::numeric_limits<std::size_t>::max();
  Diagnostics first_failure_;  ///< of the first point without a solution
  std::atomic<bool> cancelled_{false};
  std::atomic<std::int64_t> done_{0};
  std::int64_t expected_ = 1;
  std::string stage_ = "sweep";
  Diagnostics failure_;
};

}  // namespace

double VariedParameter::at(int k) const {
  if (points < 2 || k <= 0) return low;
  if (k >= points - 1) return high;
  const double part = static_cast<double>(k) / (points - 1);
  return log_scale ? low * std::pow(high / low, part) : low + (high - low) * k / (points - 1);
}

bool VariedParameter::in_reach() const {
  return std::isfinite((high - low) * points) && (!log_scale || std::isfinite(high / low));
}

Result<Sweep> sweep(const Model& model, const SweepOptions& options) {
  return Sweeper(model, options).run();
}

}  // namespace melian
