#pragma once
/// Models of tests/texts as trees, and their answers by name.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "melian/language.h"
#include "melian/tree.h"
#include "support/texts.h"

namespace melian::testing {

inline Game game_from(const std::string& text, const Settings& settings = {}) {
  const auto model = read_model_text(text, "test.melian");
  REQUIRE_MESSAGE(model.has_value(), (model ? "" : render(model.error())));
  const auto compiled = compile(*model, settings);
  REQUIRE_MESSAGE(compiled.has_value(), (compiled ? "" : render(compiled.error())));
  auto game = compiled->bind(settings);
  REQUIRE_MESSAGE(game.has_value(), (game ? "" : render(game.error())));
  return std::move(*game);
}

inline std::string text_of(const std::string& name) {
  return test::content_of(std::string(MELIAN_SOURCE_DIR) + "/tests/texts/" + name + ".melian");
}

/// The text with one passage replaced, which must be there.
inline std::string with(std::string text, const std::string& passage, const std::string& other) {
  const std::size_t at = text.find(passage);
  REQUIRE_MESSAGE(at != std::string::npos, passage);
  return text.replace(at, passage.size(), other);
}

/// A game unrolled and solved.
struct SolvedTree {
  ExtensiveForm form;
  TreeSolution solution;

  [[nodiscard]] int set(const std::string& label, int which = 0) const {
    for (std::size_t h = 0; h < form.sets.size(); ++h)
      if (form.sets[h].label == label && which-- == 0) return static_cast<int>(h);
    FAIL("no information set ", label);
    return -1;
  }
  /// Probability of an action at the set with this label (the `which`-th of them, in order of the
  /// tree).
  [[nodiscard]] double chance(const std::string& label, const std::string& action,
                              int which = 0) const {
    const ExtensiveForm::InformationSet& h = form.sets[static_cast<std::size_t>(set(label, which))];
    for (int a = h.first_action; a < h.first_action + h.num_actions; ++a)
      if (form.actions[static_cast<std::size_t>(a)].label == action)
        return std::exp(solution.log_strategy[static_cast<std::size_t>(a)]);
    FAIL("no action ", action);
    return -1.0;
  }
  [[nodiscard]] double value(int player) const {
    return solution.certificate.values[static_cast<std::size_t>(player)];
  }
};

/// How probable it is that play ends in this outcome; 0 where it is not there.
inline double share(const TreePrediction& prediction, const std::string& outcome) {
  for (const TreePrediction::End& end : prediction.ends)
    if (end.outcome == outcome) return end.probability;
  return 0.0;
}

inline SolvedTree tree_of(const Game& game, TreeOptions how, const UnrollOptions& options = {}) {
  auto form = unroll(game, options);
  REQUIRE_MESSAGE(form.has_value(), (form ? "" : render(form.error())));
  auto solution = solve_tree(*form, how);
  REQUIRE_MESSAGE(solution.has_value(), (solution ? "" : render(solution.error())));
  CHECK(solution->summary.termination == TreeTermination::reached);
  CHECK(solution->certificate.holds);
  return {std::move(*form), std::move(*solution)};
}

inline SolvedTree tree_of(const Game& game, double lambda, const UnrollOptions& options = {}) {
  TreeOptions how;
  how.lambda = lambda;
  return tree_of(game, how, options);
}

inline double sigma(double z) { return 1.0 / (1.0 + std::exp(-z)); }

/// Equally likely parts of a normal distribution, each at its mean.
inline std::vector<double> normal_parts(double mean, double sd, int parts) {
  const auto density = [](double z) {
    return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::acos(-1.0));
  };
  const auto quantile = [](double part) {
    double low = -10.0, high = 10.0;
    for (int n = 0; n < 100; ++n) {
      const double middle = 0.5 * (low + high);
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < part ? low : high) = middle;
    }
    return low;
  };
  std::vector<double> out;
  for (int k = 0; k < parts; ++k) {
    const double below = k == 0 ? 0.0 : density(quantile(static_cast<double>(k) / parts));
    const double above =
        k + 1 == parts ? 0.0 : density(quantile(static_cast<double>(k + 1) / parts));
    out.push_back(mean + sd * parts * (below - above));
  }
  return out;
}

}  // namespace melian::testing
