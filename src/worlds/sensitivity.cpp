#include "worlds/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "melian/base.h"
#include "worlds/shares.h"

namespace melian {
namespace {

constexpr std::size_t fewest_rows = 8;  ///< with fewer no interval means anything
constexpr std::size_t num_resamples = 1000;
constexpr double round_off = 1e-9;  ///< relative to the numbers' size

struct Moments {
  double mean = 0.0, variance = 0.0;
};

/// Over both columns, of the rows picked.
Moments moments(const EffectRows& rows, const std::vector<std::size_t>& picked) {
  Moments out;
  const auto count = static_cast<double>(2 * picked.size());
  for (const std::size_t i : picked) out.mean += (*rows.a[i] + *rows.b[i]) / count;
  for (const std::size_t i : picked)
    for (const double number : {*rows.a[i], *rows.b[i]})
      out.variance += (number - out.mean) * (number - out.mean) / (count - 1.0);
  return out;
}

double effect(const EffectRows& rows, std::size_t group, const std::vector<std::size_t>& picked,
              double variance) {
  double sum = 0.0;
  for (const std::size_t i : picked) {
    const double moved = *rows.a[i] - *rows.changed[group][i];
    sum += moved * moved;
  }
  return sum / (2.0 * static_cast<double>(picked.size())) / variance;
}

TotalEffect with_interval(const EffectRows& rows, std::size_t group,
                          const std::vector<std::size_t>& usable, RandomStream& random) {
  TotalEffect out;
  out.rows = usable.size();
  out.effect = effect(rows, group, usable, moments(rows, usable).variance);
  std::vector<double> drawn;
  std::vector<std::size_t> picked(usable.size());
  for (std::size_t k = 0; k < num_resamples; ++k) {
    for (std::size_t& row : picked)
      row = usable[static_cast<std::size_t>(random.uniform() * static_cast<double>(usable.size()))];
    if (const double variance = moments(rows, picked).variance; variance > 0)
      drawn.push_back(effect(rows, group, picked, variance));
  }
  std::ranges::sort(drawn);
  out.low = drawn.empty() ? out.effect : quantile_of(drawn, 0.025);
  out.high = drawn.empty() ? out.effect : quantile_of(drawn, 0.975);
  return out;
}

}  // namespace

TotalEffects total_effects(const EffectRows& rows, std::uint64_t seed) {
  TotalEffects out;
  std::vector<std::size_t> paired;
  for (std::size_t i = 0; i < rows.a.size(); ++i)
    if (rows.a[i] && rows.b[i]) paired.push_back(i);
  out.rows = paired.size();
  out.missing = rows.a.size() - paired.size();
  out.groups.resize(rows.changed.size());
  if (paired.size() < fewest_rows) return out;
  const Moments all = moments(rows, paired);
  out.mean = all.mean;
  out.variance = all.variance;
  if (std::sqrt(all.variance) <= round_off * std::max(1.0, std::abs(all.mean))) return out;
  for (std::size_t g = 0; g < rows.changed.size(); ++g) {
    std::vector<std::size_t> usable;
    std::ranges::copy_if(paired, std::back_inserter(usable),
                         [&](std::size_t i) { return rows.changed[g][i].has_value(); });
    if (usable.size() < fewest_rows || moments(rows, usable).variance <= 0) continue;
    RandomStream random(seed, g);
    out.groups[g] = with_interval(rows, g, usable, random);
  }
  return out;
}

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed, std::uint64_t stream) {
  std::vector<std::size_t> out(count);
  for (std::size_t k = 0; k < count; ++k) out[k] = k;
  RandomStream random(seed, stream);
  for (std::size_t k = count; k > 1; --k)
    std::swap(out[k - 1], out[static_cast<std::size_t>(random.uniform() * static_cast<double>(k))]);
  return out;
}

}  // namespace melian
