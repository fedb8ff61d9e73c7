#include "worlds/error_band.h"

#include <algorithm>
#include <cmath>

namespace melian {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double in_sizes(double moved, double size) {
  if (moved == 0.0) return 0.0;
  return std::isfinite(moved) && std::isfinite(size) && size > 0.0 ? moved / size : infinite;
}

}  // namespace

double ErrorBand::error(double size) const {
  return std::isfinite(factor) ? factor * size : infinite;
}

double moved_score(double gap, double finer_gap, double size) {
  return in_sizes(std::abs(finer_gap - gap), size);
}

double taken_back_score(double gap, double finer_gap, double size) {
  const double back = gap < 0 ? finer_gap - gap : gap > 0 ? gap - finer_gap : std::abs(finer_gap);
  return in_sizes(std::isnan(back) ? back : std::max(0.0, back), size);
}

ErrorBand conformal_band(std::vector<double> scores) {
  ErrorBand out;
  out.checked = static_cast<int>(scores.size());
  if (out.checked < fewest_checked) return out;
  constexpr double round_off = 1e-9;  // .9 (9 + 1) is nine
  const auto wanted = static_cast<std::size_t>(
      std::ceil(band_coverage * static_cast<double>(scores.size() + 1) - round_off));
  const std::size_t k = std::min(wanted, scores.size());
  std::ranges::nth_element(scores, scores.begin() + static_cast<std::ptrdiff_t>(k - 1));
  out.factor = scores[k - 1];
  out.coverage = static_cast<double>(k) / static_cast<double>(scores.size() + 1);
  return out;
}

ClaimBands bands_of(const ParsedClaim& parsed, const std::vector<ClaimGaps>& coarse,
                    const std::vector<ClaimGaps>& fine) {
  using Part = std::vector<std::vector<double>> ClaimGaps::*;
  const auto bands = [&](Part gaps, Part sizes, std::size_t p, std::size_t k) {
    std::vector<double> moved;
    std::array<std::vector<double>, 2> back;
    for (std::size_t w = 0; w < coarse.size(); ++w) {
      if ((coarse[w].*gaps).empty() || !std::isfinite((coarse[w].*gaps)[p][k])) continue;
      const double gap = (coarse[w].*gaps)[p][k], size = (coarse[w].*sizes)[p][k];
      const double finer = (fine[w].*gaps).empty() ? std::numeric_limits<double>::quiet_NaN()
                                                   : (fine[w].*gaps)[p][k];
      moved.push_back(moved_score(gap, finer, size));
      back[coarse[w].several ? 1 : 0].push_back(taken_back_score(gap, finer, size));
    }
    return ComparisonBands{
        conformal_band(std::move(moved)),
        {conformal_band(std::move(back[0])), conformal_band(std::move(back[1]))}};
  };
  ClaimBands out;
  for (std::size_t h = 0; h < parsed.halves.size(); ++h) {
    out.halves.emplace_back();
    for (std::size_t k = 0; k < parsed.halves[h].holds_if.size(); ++k)
      out.halves.back().push_back(bands(&ClaimGaps::halves, &ClaimGaps::half_reaches, h, k));
  }
  for (std::size_t g = 0; g < parsed.guards.size(); ++g) {
    out.guards.emplace_back();
    for (std::size_t k = 0; k < parsed.guards[g].size(); ++k)
      out.guards.back().push_back(bands(&ClaimGaps::guards, &ClaimGaps::guard_reaches, g, k));
  }
  return out;
}

ClaimGaps errors_in(const ClaimGaps& world, const ClaimBands& bands) {
  const auto errors = [&](const std::vector<std::vector<double>>& sizes,
                          const std::vector<std::vector<ComparisonBands>>& of) {
    std::vector<std::vector<double>> out;
    for (std::size_t p = 0; p < sizes.size(); ++p) {
      out.emplace_back();
      for (std::size_t k = 0; k < sizes[p].size(); ++k)
        out.back().push_back(of[p][k].taken_back[world.several ? 1 : 0].error(sizes[p][k]));
    }
    return out;
  };
  ClaimGaps out;
  out.halves = errors(world.half_reaches, bands.halves);
  out.guards = errors(world.guard_reaches, bands.guards);
  return out;
}

}  // namespace melian
