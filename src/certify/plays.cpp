/// Endings of plays against predictions.

#include <algorithm>
#include <cmath>
#include <numeric>

#include <boost/math/distributions/binomial.hpp>

#include "melian/certify.h"

namespace melian {
namespace {

/// Of right predictions so many are refused, all numbers together.
constexpr double wrongly_refused = 1e-6;

constexpr double round_off = 1e-9;  // of predicted probabilities

/// Exact interval of a probability [ClopperPearson1934].
std::pair<double, double> exact_interval(std::int64_t successes, std::int64_t trials,
                                         double outside) {
  using Binomial = boost::math::binomial_distribution<double>;
  const auto n = static_cast<double>(trials), k = static_cast<double>(successes);
  return {Binomial::find_lower_bound_on_p(n, k, outside / 2),
          Binomial::find_upper_bound_on_p(n, k, outside / 2)};
}

}  // namespace

void compare_plays(Certificate& certificate, const std::vector<double>& predicted,
                   const std::vector<double>& stated_errors) {
  Certificate::Plays& plays = certificate.plays;
  if (plays.count == 0 || predicted.empty()) return;
  MELIAN_EXPECT(
      predicted.size() == plays.endings.size() && stated_errors.size() == predicted.size(),
      "a prediction and its error for every outcome");
  const double outside = wrongly_refused / static_cast<double>(predicted.size());
  plays.worst = 0.0;
  plays.within = true;
  // Plays that were left before their end may have ended in anything, here as in the prediction.
  const std::int64_t left =
      plays.count - std::accumulate(plays.endings.begin(), plays.endings.end(), std::int64_t{0});
  const double unfinished =
      std::max(0.0, 1.0 - std::accumulate(predicted.begin(), predicted.end(), 0.0));
  for (std::size_t k = 0; k < predicted.size(); ++k) {
    const double low = exact_interval(plays.endings[k], plays.count, outside).first,
                 high = exact_interval(plays.endings[k] + left, plays.count, outside).second;
    const double frequency =
        static_cast<double>(plays.endings[k]) / static_cast<double>(plays.count);
    plays.worst = std::max(plays.worst, std::abs(frequency - predicted[k]));
    const double wide = stated_errors[k] + round_off;
    // A prediction that is no number lies nowhere.
    if (!(predicted[k] + unfinished + wide >= low && predicted[k] - wide <= high))
      plays.within = false;
  }
  const auto [low, high] = exact_interval(plays.count / 2, plays.count, outside);
  plays.smallest = (high - low) / 2;
}

}  // namespace melian
