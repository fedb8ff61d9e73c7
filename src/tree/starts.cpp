#include "tree/starts.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "tree/mixed.h"
#include "tree/shape.h"

namespace melian::tree {

Starts::Starts(const ExtensiveForm& form, Alike alike) : form_(form), kind_(form.sets.size(), -1) {
  std::map<std::pair<int, std::vector<std::string>>, int> kinds;
  for (std::size_t h = 0; h < form.sets.size(); ++h) {
    const ExtensiveForm::InformationSet& set = form.sets[h];
    if (set.player < 0 || set.num_actions < 2) continue;
    std::vector<std::string> labels;
    for (int a = set.first_action; a < set.first_action + set.num_actions; ++a)
      labels.push_back(form.actions[ix(a)].label);
    if (alike == Alike::labels) labels.push_back(set.label);
    const auto [found, is_new] =
        kinds.try_emplace({set.player, std::move(labels)}, static_cast<int>(radix_.size()));
    if (is_new) radix_.push_back(set.num_actions);
    kind_[h] = found->second;
  }
  for (const int actions : radix_) together_ *= actions;
}

std::vector<int> Starts::preferred(int start, int starts) const {
  std::vector<int> out(form_.sets.size(), -1);
  const int run_through = static_cast<int>(std::min(together_, starts / 2.0));
  const bool all_together = together_ <= starts / 2.0;
  for (std::size_t h = 0; h < out.size(); ++h) {
    if (kind_[h] < 0) continue;
    const auto kind = static_cast<std::uint64_t>(kind_[h]),
               actions = static_cast<std::uint64_t>(form_.sets[h].num_actions),
               s = static_cast<std::uint64_t>(start);
    if (start < run_through && all_together) {
      out[h] = digit(start, kind_[h]);
      continue;
    }
    enum : std::uint64_t { together, each_its_own, none, modes };
    const std::uint64_t mode = start < run_through ? together : mixed(s, kind) % modes;
    if (mode == together) out[h] = static_cast<int>(mixed(s + 1000003, kind) % actions);
    if (mode == each_its_own) out[h] = static_cast<int>(mixed(s + 2000003, h) % actions);
  }
  return out;
}

int Starts::digit(int number, int kind) const {
  for (int k = 0; k < kind; ++k) number /= radix_[ix(k)];
  return number % radix_[ix(kind)];
}

}  // namespace melian::tree
