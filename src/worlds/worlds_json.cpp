#include "worlds/worlds_json.h"

#include <algorithm>

#include "answer/answer_json.h"
#include "study/study_parameters.h"

namespace melian {
namespace {

using Json = nlohmann::ordered_json;

Json interval(double low, double high) {
  return Json::array({json_number(low), json_number(high)});
}

Json share_json(const Share& share) {
  return {{"share", json_number(share.share)},
          {"interval", interval(share.low, share.high)},
          {"undecided_share", json_number(share.undecided_share)}};
}

/// The precision of the neutral reading, where it is one number.
std::optional<double> neutral_precision(const Study& study, const WorldsPlan& plan) {
  if (study.solve.lambda) return study.solve.lambda;
  for (const ParameterInfo& info : study.model->parameters())
    if (info.name == precision_name) {
      const ParameterContent content = content_in(*study.model, plan.settings({}, nullptr), info);
      if (const double* number = std::get_if<double>(&content)) return *number;
    }
  return std::nullopt;
}

Json varied_json(const Study& study, const WorldsPlan& plan) {
  Json out = Json::array();
  for (const DrawnParameter& varied : plan.varied()) {
    const double unit = varied.factor ? neutral_precision(study, plan).value_or(1.0) : 1.0;
    Json row;
    row["parameter"] = varied.name;
    row["lo"] = json_number(varied.low * unit);
    row["hi"] = json_number(varied.high * unit);
    row["scale"] = varied.log_scale ? "log" : "linear";
    if (varied.whole) row["whole"] = true;
    if (varied.assumed)
      row["assumed"] = "the study gives no range: half to twice the neutral precision";
    if (varied.factor && !neutral_precision(study, plan))
      row["unit"] = "times every precision of the model";
    out.push_back(std::move(row));
  }
  return out;
}

Json effects_json(const WorldsPlan& plan, const TotalEffects& effects) {
  Json out = Json::array();
  std::vector<std::size_t> order;
  for (std::size_t g = 0; g < effects.groups.size(); ++g)
    if (effects.groups[g]) order.push_back(g);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return effects.groups[a]->effect > effects.groups[b]->effect;
  });
  for (const std::size_t g : order) {
    const TotalEffect& effect = *effects.groups[g];
    out.push_back({{"parameter", plan.groups()[g].name},
                   {"total_effect", json_number(effect.effect)},
                   {"interval", interval(effect.low, effect.high)},
                   {"rows", effect.rows}});
  }
  return out;
}

Json box_json(const Study& study, const WorldsPlan& plan, const ClaimOverWorlds& claim) {
  if (!claim.box) return nullptr;
  Json sides = Json::object(), resampled = Json::object();
  for (std::size_t d = 0; d < plan.varied().size(); ++d) {
    const DrawnParameter& varied = plan.varied()[d];
    const double unit = varied.factor ? neutral_precision(study, plan).value_or(1.0) : 1.0;
    const auto [low, high] = claim.box->sides[d];
    // The upper end of the unit interval is not itself a number of the range where it counts whole
    // numbers.
    if (claim.box->restricted[d])
      sides[varied.name] = interval(unit * varied.at(low),
                                    high >= 1.0 ? unit * varied.high : unit * varied.at(high));
    resampled[varied.name] = json_number(claim.box->resampled[d]);
  }
  Json out;
  out["of"] = verdict_word(claim.box_of);
  out["parameters"] = std::move(sides);
  out["coverage"] = json_number(claim.box->coverage);
  out["density"] = json_number(claim.box->density);
  out["support"] = json_number(claim.box->support);
  out["resampled"] = std::move(resampled);
  return out;
}

Json band_json(const ErrorBand& band) {
  return {{"factor", json_number(band.factor)},
          {"coverage", json_number(band.coverage)},
          {"checked", band.checked}};
}

Json bands_json(const ComparisonBands& bands) {
  return {{"moved", band_json(bands.moved)},
          {"taken_back",
           {{"one_solution", band_json(bands.taken_back[0])},
            {"several_solutions", band_json(bands.taken_back[1])}}}};
}

Json half_json(const WorldsPlan& plan, const ClaimOverWorlds::Half& half) {
  Json out;
  out["name"] = half.name;
  out["holds"] = half.holds;
  out["fails"] = half.fails;
  out["undecided"] = half.undecided;
  out["no_number"] = half.no_number;
  out["median"] = half.quantiles ? json_number((*half.quantiles)[2]) : Json(nullptr);
  out["quantiles"] = Json::array();
  if (half.quantiles)
    for (const double number : *half.quantiles) out["quantiles"].push_back(json_number(number));
  out["error"] = json_number(half.error);
  out["bands"] = bands_json(half.bands);
  out["mean"] = half.effects.rows > 0 ? json_number(half.effects.mean) : Json(nullptr);
  out["variance"] = half.effects.rows > 0 ? json_number(half.effects.variance) : Json(nullptr);
  out["decided_by"] = effects_json(plan, half.effects);
  return out;
}

}  // namespace

Json worlds_json(const Study& study, const WorldsFindings& findings) {
  const WorldsPlan& plan = *findings.plan;
  Json out;
  out["number"] = plan.number();
  out["scrambles"] = plan.scrambles();
  out["seed"] = plan.asked().seed;
  out["around"] = plan.around().id;
  out["grid"] = grid_json(findings.grid);
  out["parameters"] = Json::object();
  for (const auto& [name, content] : plan.asked().parameters)
    out["parameters"][name] = std::visit([](const auto& what) { return Json(what); }, content);
  out["solved"] = findings.solved;
  out["failed"] = findings.failed;
  out["failures"] = Json::array();
  for (const auto& [why, count] : findings.failures)
    out["failures"].push_back({{"why", why}, {"worlds", count}});
  out["with_several_solutions"] = findings.with_several;
  out["with_branch_jumps"] = findings.with_jumps;
  out["with_unsolved_decisions"] = findings.with_unsolved;
  out["varied"] = varied_json(study, plan);
  out["groups"] = Json::array();
  for (const WorldsGroup& group : plan.groups())
    out["groups"].push_back({{"name", group.name}, {"parameters", group.parameters}});
  out["weights"] = Json::array();
  out["effective_number"] = Json::object();
  for (const auto& weight : findings.weights) {
    out["weights"].push_back(
        {{"id", weight.id}, {"text", weight.text}, {"unweighed", weight.unweighed}});
    out["effective_number"][weight.id] = json_number(weight.effective_number);
  }
  out["unused_weights"] = Json::array();
  for (const auto& [id, why] : findings.unused_weights)
    out["unused_weights"].push_back({{"id", id}, {"why", why}});
  out["enough"] = Json::array();
  for (const auto& enough : findings.enough)
    out["enough"].push_back(
        {{"number", enough.number}, {"widest_interval", json_number(enough.widest)}});
  out["checked"] = {{"worlds", findings.checked}, {"grid", grid_json(findings.finer_grid)}};
  out["checked"]["failures"] = Json::array();
  for (const auto& [why, count] : findings.checked_failures)
    out["checked"]["failures"].push_back({{"why", why}, {"worlds", count}});
  out["certified"] = {{"worlds", findings.certified},
                      {"hold", findings.certificates_hold},
                      {"failures", findings.certificate_failures}};
  out["effects"] = {{"rows", plan.rows().size()},
                    {"worlds", plan.rows().size() * (plan.groups().size() + 2)}};
  return out;
}

void add_worlds_to_claim(const Study& study, const WorldsFindings& findings, std::size_t c,
                         Json& out) {
  const ClaimOverWorlds& claim = findings.claims[c];
  const WorldsPlan& plan = *findings.plan;
  if (!claim.why_not.empty()) {
    out["worlds"] = nullptr;
    out["worlds_why_not"] = claim.why_not;
    return;
  }
  const ClaimOverWorlds::Half& shown = claim.halves[claim.deciding];
  Json worlds;
  worlds["solved"] = claim.solved;
  worlds["failed"] = claim.failed;
  worlds["holds"] = claim.holds;
  worlds["fails"] = claim.fails;
  worlds["undecided"] = claim.undecided;
  worlds["share"] = json_number(claim.share.share);
  worlds["interval"] = interval(claim.share.low, claim.share.high);
  worlds["opposite"] = {{"share", json_number(claim.opposite.share)},
                        {"interval", interval(claim.opposite.low, claim.opposite.high)}};
  worlds["weighted"] = Json::object();
  for (const auto& [id, share] : claim.weighted) {
    const Share& opposite = claim.weighted_opposite.at(id);
    worlds["weighted"][id] = share_json(share);
    worlds["weighted"][id]["opposite"] = {{"share", json_number(opposite.share)},
                                          {"interval", interval(opposite.low, opposite.high)}};
  }
  worlds["by_number"] = Json::array();
  for (const auto& prefix : claim.by_number)
    worlds["by_number"].push_back({{"number", prefix.number},
                                   {"share", json_number(prefix.share.share)},
                                   {"lo", json_number(prefix.share.low)},
                                   {"hi", json_number(prefix.share.high)}});
  worlds["half"] = shown.name;
  worlds["median"] = shown.quantiles ? json_number((*shown.quantiles)[2]) : Json(nullptr);
  worlds["quantiles"] = Json::array();
  if (shown.quantiles)
    for (const double number : *shown.quantiles) worlds["quantiles"].push_back(json_number(number));
  worlds["error"] = json_number(shown.error);
  worlds["bands"] = bands_json(shown.bands);
  worlds["turned_on_the_finer_grid"] = claim.turned;
  worlds["halves"] = Json::array();
  for (const auto& half : claim.halves) worlds["halves"].push_back(half_json(plan, half));
  out["worlds"] = std::move(worlds);
  out["decided_by"] = effects_json(plan, shown.effects);
  out["box"] = box_json(study, plan, claim);
}

}  // namespace melian
