#include "language/bind_beliefs.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace melian {

namespace {

constexpr double sum_tolerance = 1e-9;

class Binder {
 public:
  Binder(const CompiledModel::Program& program, const lowering::ParameterNumbers& parameters,
         Numbers& numbers, Diagnostics& diagnostics)
      : g_(program),
        model_(program.model.checked()),
        parameters_(parameters),
        numbers_(numbers),
        diagnostics_(diagnostics) {}

  void run() {
    priors();
    beliefs();
    for (std::size_t i = 0; i < model_.players.size(); ++i) {
      numbers_.discount.push_back(by_type(g_.discount[i], i, 1.0));
      for (const double d : numbers_.discount.back())
        if (!(d > 0.0 && d <= 1.0))
          report("M0525",
                 fmt::format("{} discounts by {} a round", model_.players[i].name, number_text(d)),
                 "above 0, at most 1", g_.discount[i]);
      for (const double d : numbers_.discount.back())
        if (g_.structure->horizon == HorizonKind::forever && d >= 1.0) {
          report("M0525",
                 fmt::format("play may go on for ever, and {} does not discount",
                             model_.players[i].name),
                 "a discount below 1", g_.discount[i]);
          break;
        }
    }
    precisions();
  }

 private:
  [[nodiscard]] double number(int parameter, int content) const {
    return parameters_.numbers[static_cast<std::size_t>(
        parameters_.offsets[static_cast<std::size_t>(parameter)] + content)];
  }

  void report(const char* code, const std::string& message, const std::string& expected,
              int parameter) {
    Diagnostic diagnostic;
    if (parameter >= 0)
      diagnostic =
          diagnostic_at(model_.sources, model_.parameters[static_cast<std::size_t>(parameter)].span,
                        code, message, expected);
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.expected = expected;
    diagnostics_.push_back(std::move(diagnostic));
  }

  void priors() {
    for (const Player& player : model_.players) {
      const auto n = static_cast<std::size_t>(player.num_types());
      numbers_.prior.emplace_back(
          n, 1.0 / static_cast<double>(n));  // equally likely parts, unless said otherwise
    }
    for (std::size_t p = 0; p < model_.parameters.size(); ++p) {
      const CheckedParameter& parameter = model_.parameters[p];
      if (parameter.role != CheckedParameter::Role::prior || parameter.prior >= 0) continue;
      std::vector<double>& prior = numbers_.prior[static_cast<std::size_t>(parameter.player)];
      for (std::size_t k = 0; k < prior.size(); ++k)
        prior[k] = number(static_cast<int>(p), static_cast<int>(k));
      check(prior,
            fmt::format("the prior of {}",
                        model_.players[static_cast<std::size_t>(parameter.player)].name),
            parameter.span);
    }
    for (const auto& source : g_.priors) {
      if (source.observer >= 0) continue;
      const std::vector<double> odds = cells(source);
      std::string names;
      for (const int player : source.players)
        names +=
            (names.empty() ? "" : " and ") + model_.players[static_cast<std::size_t>(player)].name;
      check(odds, fmt::format("the prior of {}", names), source.span);
      if (source.players.size() > 1) joint(source, odds);
      for (std::size_t i = 0; i < source.players.size(); ++i) {
        std::vector<double>& prior = numbers_.prior[static_cast<std::size_t>(source.players[i])];
        prior.assign(prior.size(), 0.0);
        for (std::size_t c = 0; c < odds.size(); ++c)
          prior[static_cast<std::size_t>(source.cells[c].types[i])] += odds[c];
      }
    }
  }

  void joint(const CompiledModel::Program::PriorSource& source, const std::vector<double>& odds) {
    std::vector<int> members = source.players;
    std::ranges::sort(members);
    std::uint32_t mask = 0;
    for (const int player : members) mask |= 1U << player;
    const Profiles profiles(model_.players, mask);
    std::vector<double> cells(static_cast<std::size_t>(profiles.count()), 0.0);
    for (std::size_t c = 0; c < odds.size(); ++c) {
      int cell = 0;
      for (std::size_t i = 0; i < source.players.size(); ++i)
        cell += profiles.stride(source.players[i]) * source.cells[c].types[i];
      cells[static_cast<std::size_t>(cell)] += odds[c];
    }
    numbers_.joint.push_back(std::move(cells));
  }

  /// The odds of a source's cells, the rest filled in.
  std::vector<double> cells(const CompiledModel::Program::PriorSource& source) {
    std::vector<double> odds(source.cells.size(), 0.0);
    if (source.parameter >= 0) {
      const bool joint = source.players.size() > 1;
      for (std::size_t c = 0; c < odds.size(); ++c)
        odds[c] =
            number(source.parameter, joint ? static_cast<int>(c) : source.cells[c].types.front());
      return odds;
    }
    const std::vector<int> no_types(model_.players.size(), 0);
    const lowering::Environment environment{parameters_.numbers.data(), parameters_.offsets.data(),
                                            nullptr, nullptr, no_types.data()};
    std::size_t rest = odds.size();
    double sum = 0.0;
    for (std::size_t c = 0; c < odds.size(); ++c) {
      if (source.cells[c].formula < 0)
        rest = c;
      else
        sum += odds[c] =
            lowering::compute(g_.formulas[source.cells[c].formula], environment, registers_);
    }
    if (rest < odds.size()) odds[rest] = 1.0 - sum;
    for (double& x : odds)
      if (x < 0.0 && x > -sum_tolerance) x = 0.0;
    return odds;
  }

  void check(const std::vector<double>& odds, const std::string& what, const ast::Span& span) {
    double sum = 0.0;
    bool negative = false;
    for (const double x : odds) {
      sum += x;
      negative = negative || !(x >= 0.0);
    }
    if (!negative && std::abs(sum - 1.0) <= sum_tolerance) return;
    std::string numbers;
    for (const double x : odds) numbers += (numbers.empty() ? "" : ", ") + number_text(x, 10);
    diagnostics_.push_back(diagnostic_at(
        model_.sources, span, "M0423",
        fmt::format("{} {}: {}", what,
                    negative ? "holds odds below 0" : "sums to " + number_text(sum, 10), numbers),
        "odds of at least 0 that sum to 1"));
  }

  void beliefs() {
    const std::size_t n = model_.players.size();
    numbers_.beliefs.assign(n, numbers_.prior);
    for (const auto& source : g_.priors) {
      if (source.observer < 0 || source.players.empty()) continue;
      const auto observer = static_cast<std::size_t>(source.observer),
                 about = static_cast<std::size_t>(source.players.front());
      const std::vector<double> odds = cells(source);
      const std::string what = fmt::format(
          "what {} believes about {}", model_.players[observer].name, model_.players[about].name);
      check(odds, what, source.span);
      std::vector<double>& belief = numbers_.beliefs[observer][about];
      belief.assign(belief.size(), 0.0);
      for (std::size_t c = 0; c < odds.size(); ++c)
        belief[static_cast<std::size_t>(source.cells[c].types.front())] += odds[c];
      for (std::size_t k = 0; k < belief.size(); ++k) {
        const bool believed = belief[k] > 0.0, possible = numbers_.prior[about][k] > 0.0;
        if (believed == possible) continue;
        diagnostics_.push_back(diagnostic_at(
            model_.sources, source.span, "M0422",
            fmt::format("{}: type '{}' has odds {}, in the prior {}", what,
                        model_.players[about].types[k], number_text(belief[k], 10),
                        number_text(numbers_.prior[about][k], 10)),
            "a type that one side thinks possible all must", "give it a small number"));
        break;
      }
    }
  }

  [[nodiscard]] std::vector<double> by_type(int parameter, std::size_t player,
                                            double otherwise) const {
    std::vector<double> out(static_cast<std::size_t>(model_.players[player].num_types()),
                            otherwise);
    if (parameter < 0) return out;
    const bool typed =
        model_.parameters[static_cast<std::size_t>(parameter)].player == static_cast<int>(player);
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] = number(parameter, typed ? static_cast<int>(k) : 0);
    return out;
  }

  void precisions() {
    bool stated = false;
    for (const int parameter : g_.precision) stated = stated || parameter >= 0;
    if (!stated) return;
    std::vector<std::uint8_t> moves(model_.players.size(), 0);
    for (const Move& move : g_.structure->moves)
      if (move.player >= 0) moves[static_cast<std::size_t>(move.player)] = 1;
    for (std::size_t i = 0; i < model_.players.size(); ++i) {
      if (g_.precision[i] < 0 && moves[i] != 0) {
        report("M0903",
               fmt::format("the model states the precision of others, not of {}",
                           model_.players[i].name),
               fmt::format("param precision[{}] = ..., or param precision = ... for all",
                           model_.players[i].name),
               -1);
        continue;
      }
      numbers_.precision.push_back(by_type(g_.precision[i], i, 1.0));
      for (const double lambda : numbers_.precision.back())
        if (!(lambda > 0.0 && std::isfinite(lambda)))
          report(
              "M0525",
              fmt::format("the precision of {} is {}", model_.players[i].name, number_text(lambda)),
              "a number above 0", g_.precision[i]);
    }
  }

  const CompiledModel::Program& g_;
  const Model::Checked& model_;
  const lowering::ParameterNumbers& parameters_;
  Numbers& numbers_;
  Diagnostics& diagnostics_;
  std::vector<double> registers_;
};

}  // namespace

void bind_beliefs(const CompiledModel::Program& program,
                  const lowering::ParameterNumbers& parameters, Numbers& numbers,
                  Diagnostics& diagnostics) {
  Binder(program, parameters, numbers, diagnostics).run();
}

}  // namespace melian
