#include "prove/compare.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "answer/on_tree.h"
#include "melian/answer.h"
#include "melian/language.h"
#include "prove/closed_form.h"
#include "tree/polish.h"

namespace melian::prove {
namespace {

constexpr std::int64_t most_nodes = 20'000;   // of a tree
constexpr double most_decisions = 4e5;        // of one pass over the grid
constexpr int most_unknowns_searched = 2000;  // of a tree that is searched for others
constexpr int starts = 24;                    // of that search
constexpr int most_steps = 4000;              // along one branch
constexpr double round_off = 1e-6;            // a residual of 1e-6 logits is allowed to both

using Numbers = std::map<std::string, double>;

/// How far numbers are from those of an equilibrium.
struct Distance {
  double in_errors = 0.0;      ///< largest, in multiples of what each may be off
  double in_tolerances = 0.0;  ///< the same, in multiples of the tolerance
  std::string number;
  double off = 0.0, stated = 0.0;
};

class Answered {
 public:
  explicit Answered(const Game& game, const Answer& answer)
      : certificate_(answer.certificate),
        numbers_(printed_numbers(game.shape(), answer.prediction)) {}

  [[nodiscard]] Distance from(const Numbers& truth, const Numbers& excused = {}) const {
    Distance out;
    for (const auto& [name, number] : truth) {
      const auto ours = numbers_.find(name);
      if (ours == numbers_.end()) continue;
      // A player who has nothing at stake has payoffs all the same.
      const double scale = std::max(read(certificate_.scale, name, 1.0), 1e-6 * std::abs(number)),
                   stated = read(certificate_.grid_error, name, 0.0),
                   excuse = read(excused, name, 0.0), off = std::abs(ours->second - number),
                   errors = off / (stated + excuse + round_off * scale);
      out.in_tolerances = worse(out.in_tolerances, off / (certificate_.tolerance * scale + excuse));
      if (errors <= out.in_errors) continue;
      out = {worse(out.in_errors, errors), out.in_tolerances, name, off, stated};
    }
    return out;
  }

 private:
  static double read(const Numbers& from, const std::string& name, double otherwise) {
    const auto found = from.find(name);
    return found == from.end() ? otherwise : found->second;
  }
  static double worse(double a, double b) { return b <= a ? a : std::isnan(b) ? 1e300 : b; }

  const Certificate& certificate_;
  Numbers numbers_;
};

/// All equilibria met so far, the nearest kept.
class Nearest {
 public:
  explicit Nearest(const Answered& answered) : answered_(answered) {}
  /// Is it within the stated errors?
  bool meet(const Numbers& truth, const char* how, const Numbers& excused = {}) {
    const Distance distance = answered_.from(truth, excused);
    if (!met_ || distance.in_errors < distance_.in_errors) distance_ = distance, how_ = how;
    met_ = true;
    if (others_.empty() ||
        std::ranges::none_of(others_, [&](const Numbers& known) { return same(known, truth); }))
      others_.push_back(truth);
    return distance.in_errors <= 1.0;
  }
  [[nodiscard]] bool met() const { return met_; }
  [[nodiscard]] bool within() const { return met_ && distance_.in_errors <= 1.0; }
  [[nodiscard]] const Distance& distance() const { return distance_; }
  [[nodiscard]] const std::string& how() const { return how_; }
  [[nodiscard]] bool several() const { return others_.size() > 1; }

 private:
  static bool same(const Numbers& a, const Numbers& b) {
    constexpr double apart = 1e-5;
    return std::ranges::all_of(a, [&](const auto& one) {
      const auto found = b.find(one.first);
      return found == b.end() ||
             std::abs(found->second - one.second) <= apart * (1.0 + std::abs(one.second));
    });
  }
  const Answered& answered_;
  Distance distance_;
  std::string how_;
  bool met_ = false;
  std::vector<Numbers> others_;
};

Result<Game> game_of(const std::string& text) {
  const Result<Model> model = read_model_text(text, "drawn.melian");
  if (!model) return std::unexpected(model.error());
  const Result<CompiledModel> compiled = compile(*model);
  if (!compiled) return std::unexpected(compiled.error());
  return compiled->bind({});
}

AnswerOptions options_of(const Drawn& drawn) {
  AnswerOptions out;
  BeliefGrid grid;
  if (drawn.grid > 0) grid.nodes = {drawn.grid};
  if (drawn.follow) grid.follow.emplace();
  out.solve.method = grid;
  return out;
}

/// Does the answer say that there is no other equilibrium?
bool says_alone(const Game& game, const Answer& answer) {
  return proved_unique(game, answer.solution).value_or(false);
}

/// The checks that failed, by name, each once.
std::string reasons_of(const Certificate& certificate) {
  std::set<std::string> names;
  for (const std::string& why : certificate.why_not) names.insert(why.substr(0, why.find(':')));
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : "+") + name;
  return out;
}

TreeOptions tree_options(double lambda) {
  TreeOptions out;
  out.lambda = lambda;
  out.max_steps = most_steps;
  out.starts = starts;
  out.max_bytes = std::int64_t{1} << 30;
  return out;
}

/// What the searches on the tree find, until one lies within the stated errors; all of them where
/// the answer says that it is the only one.
void search(const Game& game, const Assessment& strategies, const Unrolled& tree, bool alone,
            Nearest& nearest) {
  tree::PolishOptions newton;
  newton.lambda = tree.lambda;
  newton.max_bytes = std::int64_t{1} << 30;
  const tree::Polished polished =
      tree::polish(tree.form, read_onto_tree(game, strategies, tree), newton);
  if (polished.at_rest) nearest.meet(numbers_on_tree(game, tree, polished.log_strategy), "polish");
  if (nearest.within() && !alone) return;
  TreeOptions options = tree_options(tree.lambda);
  const auto meet_all = [&](const Result<TreeSolution>& found) {
    if (!found) return;
    if (found->summary.termination == TreeTermination::reached && found->certificate.holds)
      nearest.meet(numbers_on_tree(game, tree, found->log_strategy), "own branch");
    for (const TreeFound& one : found->all)
      if (one.certificate.holds) nearest.meet(numbers_on_tree(game, tree, one.log_strategy), "all");
  };
  const Result<TreeSolution> own = solve_tree(tree.form, options);
  meet_all(own);
  if (nearest.within() && (!alone || nearest.several())) return;
  if (!own || own->summary.unknowns > most_unknowns_searched) return;
  options.all = true;
  meet_all(solve_tree(tree.form, options));
}

/// The tree's own branch of an endless game cut after ever more rounds, where they agree.
void search_finite(const Drawn& drawn, const Assessment& strategies, Nearest& nearest) {
  std::vector<Numbers> cut;
  for (const std::string& text : drawn.finite) {
    const Result<Game> game = game_of(text);
    if (!game) return;
    Assessment precisions;
    precisions.lambda = strategies.lambda;
    precisions.measure = strategies.measure;
    precisions.discounting = strategies.discounting;
    const Result<Unrolled> tree = unroll_for(*game, precisions, most_nodes);
    if (!tree) return;
    const Result<TreeSolution> found = solve_tree(tree->form, tree_options(tree->lambda));
    if (!found || !found->certificate.holds) return;
    cut.push_back(numbers_on_tree(*game, *tree, found->log_strategy));
    cut.back().erase("outcomes.cut");
  }
  constexpr double settled = 3e-4, excuse = 3.0;
  Numbers excused;
  for (const auto& [name, number] : cut.back()) {
    const double change = std::abs(number - cut.front().at(name));
    if (!(change <= settled)) return;  // the last rounds still speak in the first
    excused[name] = excuse * change;
  }
  nearest.meet(cut.back(), "long horizon", excused);
}

Verdict judged(const Answer& answer, const Nearest& nearest, Verdict out) {
  if (!nearest.met()) {
    out.reasons = "no equilibrium was found";
    return out;
  }
  out.number = nearest.distance().number;
  out.off = nearest.distance().off;
  out.stated = nearest.distance().stated;
  out.how = nearest.how();
  out.gross = nearest.distance().in_tolerances > 1.0;
  if (out.certified)
    out.fate = !nearest.within()                ? Fate::wrong
               : out.alone && nearest.several() ? Fate::wrongly_alone
                                                : Fate::right;
  else
    out.fate = out.gross ? Fate::refused_far : Fate::refused_right;
  if (!out.certified) out.reasons = reasons_of(answer.certificate);
  return out;
}

Verdict not_compared(Verdict verdict, const char* why) {
  verdict.reasons = why;
  return verdict;
}

}  // namespace

Verdict compare(const Drawn& drawn) {
  Verdict out;
  const Result<Game> game = game_of(drawn.text);
  if (!game) return not_compared(out, "compile");
  const AnswerOptions options = options_of(drawn);
  const BeliefAxes axes = belief_axes(*game, std::get<BeliefGrid>(options.solve.method));
  if (static_cast<double>(count_decisions(game->shape(), axes)) > most_decisions)
    return not_compared(out, "grid too large");
  if (drawn.finite.empty()) {
    Assessment precisions;
    precisions.lambda = game->numbers.precision;
    const Result<Unrolled> tree = unroll_for(*game, precisions, most_nodes);
    if (!tree) return not_compared(out, "tree too large");
    out.nodes = static_cast<int>(tree->form.nodes.size());
  }
  const Result<Answer> answered = answer(*game, options);
  if (!answered) return not_compared(out, "refused by the solver");
  out.certified = answered->certificate.holds;
  out.alone = out.certified && says_alone(*game, *answered);
  const Answered numbers(*game, *answered);
  Nearest nearest(numbers);
  if (drawn.has_signal)
    for (const double trust : probabilities_of_trust(drawn.signal))
      nearest.meet({{"outcomes.trust", trust}}, "closed form");
  else if (!drawn.finite.empty())
    search_finite(drawn, answered->solution.assessment, nearest);
  else
    search(*game, answered->solution.assessment,
           *unroll_for(*game, answered->solution.assessment, most_nodes), out.alone, nearest);
  return judged(*answered, nearest, out);
}

}  // namespace melian::prove
