#include "report/form_keys.h"

#include <algorithm>

#include <fmt/core.h>

#include "melian/information_sets.h"

namespace melian {
namespace {

std::size_t at(int index) { return static_cast<std::size_t>(index); }

}  // namespace

std::vector<std::string> action_keys(const ExtensiveForm& form,
                                     const ExtensiveForm::InformationSet& set) {
  std::vector<std::string> names;
  for (int a = 0; a < set.num_actions; ++a)
    names.push_back(form.actions[at(set.first_action + a)].label);
  return distinct_names(names, "action");
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
