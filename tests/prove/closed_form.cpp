#include "prove/closed_form.h"

#include <algorithm>
#include <cmath>

#include "melian/numeric.h"

namespace melian::prove {
namespace {

double log_logistic(double x) {
  return x > 0.0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x));
}

/// The log-odds of `left` by type, when the receiver's log-odds of trust after it are u.
struct Sender {
  double z[2];
  Sender(const Signal& g, double u) {
    const double s = logistic(u);
    for (int t = 0; t < 2; ++t)
      z[t] = g.lambda * (g.left[t] - g.right[t] + s * g.trusted + logistic(-u) * g.doubted);
  }
};

/// The receiver's log-odds of trust after a message of these log likelihoods.
double reply(const Signal& g, double log_0, double log_1) {
  const double w = log_odds(g.belief) + log_0 - log_1;
  return g.lambda * (logistic(w) * g.trust[0] + logistic(-w) * g.trust[1]);
}

double gap(const Signal& g, double u) {
  const Sender sender(g, u);
  return u - reply(g, log_logistic(sender.z[0]), log_logistic(sender.z[1]));
}

double root_between(const Signal& g, double low, double high) {
  const bool rising = gap(g, low) < 0.0;
  for (int n = 0; n < 200; ++n) {
    const double middle = 0.5 * (low + high);
    ((gap(g, middle) < 0.0) == rising ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

double trust_at(const Signal& g, double u) {
  const Sender sender(g, u);
  const double after_right =
      logistic(reply(g, log_logistic(-sender.z[0]), log_logistic(-sender.z[1])));
  const double prior[] = {g.prior, 1.0 - g.prior};
  double sum = 0.0;
  for (int t = 0; t < 2; ++t)
    sum += prior[t] * (logistic(sender.z[t]) * logistic(u) + logistic(-sender.z[t]) * after_right);
  return sum;
}

}  // namespace

std::vector<double> probabilities_of_trust(const Signal& game) {
  constexpr int looks = 20000;
  const double ends[] = {game.lambda * game.trust[0], game.lambda * game.trust[1]};
  const double low = std::min(ends[0], ends[1]) - 1.0, high = std::max(ends[0], ends[1]) + 1.0;
  std::vector<double> out;
  double before = low;
  for (int k = 1; k <= looks; ++k) {
    const double here = low + (high - low) * k / looks;
    if ((gap(game, before) < 0.0) != (gap(game, here) < 0.0))
      out.push_back(trust_at(game, root_between(game, before, here)));
    before = here;
  }
  return out;
}

}  // namespace melian::prove
