/** Why readings disagree: one reading's assumptions put one at a time into the reading it differs from. */
import * as Plot from "@observablehq/plot";
import { figure, h, number, section } from "../dom";
import { is_narrow, plot_style, plot_width, room_for, verdict_colours, verdict_key, verdict_symbols } from "../look";
import { split_claims, type Alone, type Claim, type Reason, type Study, type Verdict } from "../results";
import { half_name } from "./numbers";

type Theirs = Map<string, number | string>;
interface Row { label: string; value: number | null; verdict: Verdict; turns: boolean }

const all_of_them = "all of them";

const listed = (content: Record<string, number | string>, joint = " "): string => Object.entries(content).map(([name, value]) => `${name}${joint}${number(value)}`).join(", ");

/** What the other reading has for each parameter. */
const values_under = (study: Study, reading: string): Map<string, number | string> => new Map(study.parameters.map((p) => [p.name, p.readings[reading] ?? p.default]));

const change = (name: string, value: number | string, theirs: Theirs): string =>
  theirs.has(name) ? `${name} ${number(theirs.get(name))} \u2192 ${number(value)}` : `${name} = ${number(value)}`;

/** "claim[Moscow] 0.7 \u2192 0.9" where the assumption is one parameter, its name alone where it is several. */
function label_of(alone: Alone, theirs: Theirs): string {
  const [first, ...more] = Object.entries(alone.parameters);
  return first && more.length === 0 ? change(...first, theirs) : alone.assumption;
}

function rows_of(reason: Reason, theirs: Theirs): Row[] {
  const row = (label: string, value: number | null, verdict: Verdict): Row => ({ label, value, verdict, turns: verdict === reason.verdict_to });
  return [...reason.alone.map((alone) => row(label_of(alone, theirs), alone.value, alone.verdict)), row(all_of_them, reason.to, reason.verdict_to)];
}

function data_of(claim: Claim, reason: Reason): Record<string, string | number | null>[] {
  const fixed = { claim: claim.id, reading: reason.reading, against: reason.against, half: reason.half, lambda: reason.lambda, grid: listed(reason.grid), compared_with: reason.compared_with };
  const every = Object.assign({}, ...reason.alone.map((alone) => alone.parameters)) as Alone["parameters"];
  return [
    { ...fixed, assumption: "none", parameters: "", value: reason.from, verdict: reason.verdict_from },
    ...reason.alone.map((alone) => ({ ...fixed, assumption: alone.assumption, parameters: listed(alone.parameters, "="), value: alone.value, verdict: alone.verdict })),
    { ...fixed, assumption: "all", parameters: listed(every, "="), value: reason.to, verdict: reason.verdict_to },
  ];
}

/** Every number of the plot inside, and some width where they are all one. */
function domain_of(reason: Reason, rows: Row[]): [number, number] {
  const numbers = [reason.from, reason.compared_with, ...rows.map((row) => row.value)].filter((x): x is number => x !== null);
  const low = Math.min(...numbers), high = Math.max(...numbers);
  if (numbers.length === 0) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

function upright(at: number | null, text: string, height: number, domain: [number, number], dash: string): (Plot.Markish | null)[] {
  if (at === null) return [];
  const place = (at - domain[0]) / (domain[1] - domain[0]);
  const textAnchor = place > 0.65 ? "end" : place < 0.35 ? "start" : "middle";
  return [
    Plot.ruleX([at], { stroke: "currentColor", strokeDasharray: dash }),
    Plot.text([at], { x: (x: number) => x, frameAnchor: "top", lineAnchor: "bottom", dy: -height, textAnchor, text: () => `${text} ${number(at, 2)}` }),
  ];
}

/** Keeps letters apart from the lines they cross. */
const halo = { fill: "currentColor", stroke: "var(--paper)", strokeWidth: 5 };

function labels(rows: Row[], fontWeight: number, beside: boolean): Plot.Markish {
  return Plot.text(rows, { y: "label", text: "label", frameAnchor: "left", textAnchor: beside ? "end" : "start", dx: beside ? -10 : 4, dy: beside ? 0 : -15, fontWeight, ...halo });
}

function dot_plot(claim: Claim, reason: Reason, theirs: Theirs): SVGSVGElement | HTMLElement {
  const rows = rows_of(reason, theirs), domain = domain_of(reason, rows), beside = !is_narrow();
  const with_value = rows.filter((row) => row.value !== null);
  const left_of_from = (row: Row): boolean => row.value !== null && reason.from !== null && row.value < reason.from;
  const written = (some: Row[], side: "start" | "end"): Plot.Markish =>
    Plot.text(some, { y: "label", x: "value", text: (row: Row) => number(row.value, 2), textAnchor: side, dx: side === "start" ? 9 : -9, ...halo });
  return Plot.plot({
    style: plot_style, width: plot_width(), height: 100 + (beside ? 28 : 42) * rows.length, marginTop: 42, marginRight: 16, marginBottom: 46, marginLeft: beside ? room_for(rows.map((row) => row.label)) : 8,
    x: { label: `${claim.id}: ${half_name(claim, half_index(claim, reason))}`, labelOffset: 38, domain, insetLeft: 58, insetRight: 58, ticks: beside ? 8 : 4 },
    y: { axis: null, type: "point", domain: rows.map((row) => row.label), padding: beside ? 0.6 : 0.8 },
    symbol: verdict_symbols, color: verdict_colours,
    marks: [
      Plot.frame({ stroke: "var(--rule)" }),
      upright(reason.from, reason.against, 20, domain, ""),
      upright(reason.compared_with, "threshold", 4, domain, "4 3"),
      reason.from === null ? null : Plot.ruleY(with_value, { y: "label", x1: reason.from, x2: "value", stroke: "var(--soft)" }),
      Plot.dot(with_value, { y: "label", x: "value", symbol: "verdict", stroke: "verdict", fill: "var(--paper)", strokeWidth: 2.2, r: 5, title: (row: Row) => `${row.label}: ${number(row.value)}, ${row.verdict}` }),
      written(with_value.filter(left_of_from), "end"), written(with_value.filter((row) => !left_of_from(row)), "start"),
      Plot.text(rows.filter((row) => row.value === null), { y: "label", frameAnchor: "right", textAnchor: "end", dx: -6, ...halo, fill: "var(--soft)", text: () => "no number" }),
      labels(rows.filter((row) => !row.turns), 400, beside), labels(rows.filter((row) => row.turns), 700, beside),
    ],
  });
}

function half_index(claim: Claim, reason: Reason): number {
  return Math.max(0, claim.halves.findIndex((half) => half.name === reason.half));
}

/** What assumptions of several parameters consist of; one parameter stands in its row's label. */
function spelled_out(reason: Reason, theirs: Theirs): string {
  const several = reason.alone.filter((alone) => Object.keys(alone.parameters).length > 1);
  return several.map((alone) => ` ${alone.assumption}: ${Object.entries(alone.parameters).map(([name, value]) => change(name, value, theirs)).join(", ")}.`).join("");
}

function caption(claim: Claim, reason: Reason, theirs: Theirs): string {
  const half = claim.halves[half_index(claim, reason)];
  const judged = half ? `${half.text ? `${half.text.replace(/\.$/, "")}; ` : ""}holds if ${half.holds_if}. ` : "";
  const { reading, against } = reason;
  return `${claim.id}: ${judged}Each row is ${against} with one assumption of ${reading} alone, the last row with all of them; bold where that gives the verdict of ${reading}. Solid line: ${against} itself; dashed: the threshold. ${verdict_key} `
    + `\u03bb = ${number(reason.lambda)}; solved on a coarser grid (nodes: ${listed(reason.grid)}), so that the numbers differ a little from those of the verdicts.${spelled_out(reason, theirs)}`;
}

function explanation(study: Study, claim: Claim, reason: Reason): HTMLElement {
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
