/** Why readings disagree: one reading's assumptions put one at a time into the reading it differs from. */
import { figure, h, number, section } from "../dom";
import { verdict_key } from "../look";
import { split_claims, type Alone, type Claim, type Reason, type Study } from "../results";
import { change, dot_plot, half_index, type Values } from "./reason_plot";

const listed = (content: Record<string, number | string>, joint = " "): string => Object.entries(content).map(([name, value]) => `${name}${joint}${number(value)}`).join(", ");

const values_under = (study: Study, reading: string): Values => new Map(study.parameters.map((p) => [p.name, p.readings[reading] ?? p.default]));

/** The reason with every assumption spelled out: one that only returns to the study's base names no parameters. */
function in_full(study: Study, reason: Reason): Reason {
  const ours = [...values_under(study, reason.reading)];
  const at_base = (name: string): Alone["parameters"] => Object.fromEntries(ours.filter(([parameter]) => parameter === name || parameter.startsWith(`${name}.`)));
  return { ...reason, alone: reason.alone.map((alone) => (Object.keys(alone.parameters).length > 0 ? alone : { ...alone, parameters: at_base(alone.assumption) })) };
}

function data_of(claim: Claim, reason: Reason): Record<string, string | number | null>[] {
  const fixed = { claim: claim.id, reading: reason.reading, against: reason.against, half: reason.half, lambda: reason.lambda, grid: listed(reason.grid), compared_with: reason.compared_with };
  const every = Object.assign({}, ...reason.alone.map((alone) => alone.parameters)) as Alone["parameters"];
  const { together } = reason;
  return [
    { ...fixed, assumption: "none", parameters: "", value: reason.from, verdict: reason.verdict_from },
    ...reason.alone.map((alone) => ({ ...fixed, assumption: alone.assumption, parameters: listed(alone.parameters, "="), value: alone.value, verdict: alone.verdict })),
    ...(together ? [{ ...fixed, assumption: together.assumptions.join(" and "), parameters: "", value: together.value, verdict: together.verdict }] : []),
    { ...fixed, assumption: "all", parameters: listed(every, "="), value: reason.to, verdict: reason.verdict_to },
  ];
}

/** The parameters of assumptions about several types; a single one stands in its row's label. */
function spelled_out(reason: Reason, theirs: Values): string {
  const several = reason.alone.filter((alone) => Object.keys(alone.parameters).length > 1);
  return several.map((alone) => ` ${alone.assumption}: ${Object.entries(alone.parameters).map(([name, value]) => change(name, { [name]: value }, theirs)).join("; ")}.`).join("");
}

function caption(claim: Claim, reason: Reason, theirs: Values): string {
  const half = claim.halves[half_index(claim, reason)];
  const judged = half ? `${half.text ? `${half.text.replace(/\.$/, "")}; ` : ""}holds if ${half.holds_if}. ` : "";
  const { reading, against } = reason;
  return `${claim.id}: ${judged}Each row is ${against} with one assumption of ${reading} alone, the last row with all of them and the verdict of ${reading}; ${reason.together ? "the row before with the fewest that together give it; " : ""}bold: gives that verdict. Solid line: ${against} itself; dashed: the threshold. ${verdict_key} `
    + `\u03bb = ${number(reason.lambda)}; solved on a coarser grid (nodes: ${listed(reason.grid)}), so that the numbers differ a little from those of the verdicts.${spelled_out(reason, theirs)}`;
}

function explanation(study: Study, claim: Claim, given: Reason): HTMLElement {
  const reason = in_full(study, given);
  const half = reason.half ? `, ${reason.half}` : "";
  const theirs = values_under(study, reason.against);
  return h("article", { class: "reason" },
    h("h4", {}, `${reason.reading} against ${reason.against}${half}: ${reason.verdict_to}, not ${reason.verdict_from}`),
    h("p", {}, reason.sentence),
    figure(dot_plot(claim, reason, theirs), caption(claim, reason, theirs), `${claim.id}_${reason.reading}_against_${reason.against}.csv`, data_of(claim, reason)));
}

/** One sentence where there is nothing to explain, or nothing that explains it. */
function nothing_explained(study: Study): string {
  const split = split_claims(study).map((claim) => claim.id);
  return split.length === 0 ? "All readings agree on every claim." : `The readings differ on ${split.join(", ")}; these results do not say which assumptions turn the verdicts.`;
}

export function reasons(study: Study): HTMLElement | null {
  if (study.claims.length === 0) return null;
  const explained = study.claims.filter((claim) => (claim.reasons ?? []).length > 0);
  if (explained.length === 0) return section("reasons", "Why the readings disagree", null, h("p", {}, nothing_explained(study)));
  return section("reasons", "Why the readings disagree",
    "Where a reading's verdict differs, its assumptions are put into the other reading one at a time: which of them, alone, turns the verdict?",
    explained.map((claim) => h("div", {}, h("h3", {}, `${claim.id} ${claim.text}`), (claim.reasons ?? []).map((reason) => explanation(study, claim, reason)))));
}
