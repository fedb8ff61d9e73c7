/** Beliefs on the way, and plays that stand for many. */
import { decimal, h, percent, section, words } from "../dom";
import { reading_name } from "../look";
import type { Path, PathStep, Reading, Study } from "../results";
import { beliefs } from "./learning";

const moved = (step: PathStep): boolean => step.player !== null && step.belief_before !== null && step.belief_after !== null && Math.abs(step.belief_after - step.belief_before) > 5e-3;

function step_text(step: PathStep): (string | HTMLElement)[] {
  const said = `${step.player ?? "chance"}, ${words(step.move)}: ${words(step.action)}`;
  if (!moved(step)) return [said];
  return [said, h("small", {}, ` (belief ${decimal(step.belief_before ?? 0, 2)} \u2192 ${decimal(step.belief_after ?? 0, 2)})`)];
}

function rounds_of(path: Path): HTMLElement[] {
  const rounds = [...new Set(path.steps.map((step) => step.round))];
  return rounds.map((round) => h("li", { value: String(round) }, path.steps.filter((step) => step.round === round).map((step, i) => [i > 0 ? "; " : "", ...step_text(step)]), "."));
}

function play(study: Study, reading: Reading, path: Path): HTMLElement {
  const chance = reading.result.outcomes[path.outcome]?.probability;
  const round = `${study.study.round_name} ${path.last_round}`;
  const types = Object.entries(path.types).map(([player, type]) => `${player} ${type}`).join(", ");
  return h("details", {},
    h("summary", {}, h("strong", {}, words(path.outcome)), chance === undefined ? "" : `, probability ${percent(chance)}`, h("small", { class: "beneath" }, `this one ${path.unfinished ? "is cut off after" : "ends in"} ${round}: ${types}`)),
    h("ol", { class: "path" }, rounds_of(path)));
}

/** Plays drawn for each reading, unless the results say otherwise. */
const usually_sampled = 400;

export function typical_plays(study: Study): HTMLElement {
  const sampled = study.reproduce.options["sampled_plays"] ?? usually_sampled;
  return section("paths", "Beliefs and typical plays", null, beliefs(study), h("h3", {}, "Plays that stand for many"),
    h("p", { class: "lead" }, `For each ending, the play of median length among those of ${String(sampled)} sampled plays that end so. The probability is that of the ending, computed and not counted. "Belief" is in the mover's second type, told where a step moves it by more than 0.005.`),
    study.readings.map((reading) => h("div", {}, h("h4", {}, reading_name(reading)), (reading.result.paths ?? []).map((path) => play(study, reading, path)))));
}
