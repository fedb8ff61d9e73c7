/** Beliefs on the way, and plays that stand for many. */
import { decimal, h, percent, section, words } from "../dom";
import { reading_name } from "../look";
import type { Path, PathStep, Reading, Study } from "../results";

/** How far a choice moves the belief about its mover, where two decimals show it. */
function belief_moved(step: PathStep): HTMLElement | null {
  if (step.player === null || step.belief_before === null || step.belief_after === null) return null;
  const before = decimal(step.belief_before, 2), after = decimal(step.belief_after, 2);
  return before === after ? null : h("small", {}, ` (belief ${before} \u2192 ${after})`);
}

function step_text(step: PathStep): HTMLElement {
  if (step.player === null) return h("span", { class: "chance" }, `${words(step.move)}: ${words(step.action)}`);
  return h("span", {}, `${step.player}, ${words(step.move)}: ${words(step.action)}`, belief_moved(step));
}

function rounds_of(path: Path): HTMLElement[] {
  const rounds = [...new Set(path.steps.map((step) => step.round))];
  return rounds.map((round) => h("li", { value: String(round) }, path.steps.filter((step) => step.round === round).map((step, i) => [i > 0 ? "; " : "", step_text(step)]), "."));
}

const chance_of = (reading: Reading, path: Path): number | undefined => reading.result.outcomes[path.outcome]?.probability;

const likeliest_first = (reading: Reading): Path[] => [...(reading.result.paths ?? [])].sort((a, b) => (chance_of(reading, b) ?? 0) - (chance_of(reading, a) ?? 0));

function play(study: Study, reading: Reading, path: Path): HTMLElement {
  const chance = chance_of(reading, path);
  const round = `${study.study.round_name} ${path.last_round}`;
  const types = Object.entries(path.types).map(([player, type]) => `${player} ${type}`).join(", ");
  return h("details", {},
    h("summary", {}, h("strong", {}, words(path.outcome)), chance === undefined ? "" : `, probability\u00a0${percent(chance)}`, h("small", { class: "beneath" }, `this one ${path.unfinished ? "is cut off after" : "ends in"} ${round}: ${types}`)),
    h("ol", { class: "path" }, rounds_of(path)));
}

export function typical_plays(study: Study): HTMLElement {
  const sampled = study.reproduce.options["sampled_plays"];
  return section("paths", "Plays that stand for many",
    `For each ending, the play of median length among those of ${String(sampled)} sampled plays that end so. The probability is that of the ending, computed and not counted. What chance decides is grey; a belief is that in the mover's second type, told where a choice moves it.`,
    study.readings.map((reading) => h("div", {}, h("h4", {}, reading_name(reading)), likeliest_first(reading).map((path) => play(study, reading, path)))));
}
