#include "report/form_keys.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/core.h>

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

std::vector<std::string> keys_of(const std::vector<std::string>& names, const std::string& what) {
  std::map<std::string, int> count;  // a multiset counts equal names one by one
  for (const std::string& name : names) ++count[name];
  std::set<std::string> taken;
  std::vector<std::string> out;
  for (std::size_t k = 0; k < names.size(); ++k) {
    std::string key = names[k].empty()      ? fmt::format("{} {}", what, k + 1)
                      : count[names[k]] > 1 ? fmt::format("{} ({})", names[k], k + 1)
                                            : names[k];
    while (taken.contains(key)) key += "'";
    taken.insert(key);
    out.push_back(std::move(key));
  }
  return out;
}

std::vector<std::string> action_keys(const ExtensiveForm& form,
                                     const ExtensiveForm::InformationSet& set) {
  std::vector<std::string> names;
  for (int a = 0; a < set.num_actions; ++a)
    names.push_back(form.actions[at(set.first_action + a)].label);
  return keys_of(names, "action");
}

std::vector<int> sets_in_order(const ExtensiveForm& form) {
  std::vector<int> order;
  for (int h = 0; h < static_cast<int>(form.sets.size()); ++h)
    if (form.sets[at(h)].player >= 0) order.push_back(h);
  std::ranges::sort(order, {}, [&](int h) {
    return std::pair(form.sets[at(h)].player, form.sets[at(h)].number);
  });
  return order;
}

}  // namespace melian
