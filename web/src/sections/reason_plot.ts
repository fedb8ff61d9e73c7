/** One row for each assumption: how far it alone moves the number that decides. */
import * as Plot from "@observablehq/plot";
import { number } from "../dom";
import { plot_style, plot_width, room_for, verdict_colours, verdict_symbols } from "../look";
import type { Alone, Claim, Reason, Verdict } from "../results";
import { half_name } from "./numbers";

/** What a reading has for each parameter. */
export type Values = Map<string, number | string>;

interface Row { label: string; value: number | null; verdict: Verdict; turns: boolean }

const all_of_them = "all of them";

export function change(label: string, parameters: Alone["parameters"], theirs: Values): string {
  const after = Object.values(parameters).map((value) => number(value)).join(", ");
  const names = Object.keys(parameters);
  return names.every((name) => theirs.has(name)) ? `${label} ${names.map((name) => number(theirs.get(name))).join(", ")} \u2192 ${after}` : `${label} = ${after}`;
}

/** "claim[Moscow] 0.7 \u2192 0.9"; where types differ, "cost[Moscow] 0.014, 0.005 \u2192 0.02, 0.008". */
function label_of(alone: Alone, theirs: Values): string {
  const names = Object.keys(alone.parameters);
  if (names.length === 0) return alone.assumption;
  return change(names.length === 1 ? names[0] ?? "" : alone.assumption, alone.parameters, theirs);
}

/** The sentence above the plot names them all. */
function label_of_several(assumptions: string[]): string {
  return assumptions.length === 2 ? assumptions.join(" and ") : `${String(assumptions.length)} of them together`;
}

function rows_of(reason: Reason, theirs: Values): Row[] {
  const row = (label: string, value: number | null, verdict: Verdict): Row => ({ label, value, verdict, turns: verdict === reason.verdict_to });
  const together = reason.together ? [row(label_of_several(reason.together.assumptions), reason.together.value, reason.together.verdict)] : [];
  return [...reason.alone.map((alone) => row(label_of(alone, theirs), alone.value, alone.verdict)), ...together, row(all_of_them, reason.to, reason.verdict_to)];
}

export function half_index(claim: Claim, reason: Reason): number {
  return Math.max(0, claim.halves.findIndex((half) => half.name === reason.half));
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

/** Room for a number beside the outermost dots. */
const for_numbers = 56;

export function dot_plot(claim: Claim, reason: Reason, theirs: Values): SVGSVGElement | HTMLElement {
  const rows = rows_of(reason, theirs), domain = domain_of(reason, rows);
  const room = room_for(rows.map((row) => row.label)), beside = plot_width() - room > 340;
  const across = plot_width() - (beside ? room : 8) - 2 * for_numbers;
  const with_value = rows.filter((row) => row.value !== null);
  const left_of_from = (row: Row): boolean => row.value !== null && reason.from !== null && row.value < reason.from;
  const written = (some: Row[], side: "start" | "end"): Plot.Markish =>
    Plot.text(some, { y: "label", x: "value", text: (row: Row) => number(row.value, 2), textAnchor: side, dx: side === "start" ? 9 : -9, ...halo });
  return Plot.plot({
    style: plot_style, width: plot_width(), height: 100 + (beside ? 28 : 42) * rows.length, marginTop: 42, marginRight: 16, marginBottom: 46, marginLeft: beside ? room : 8,
    x: { label: `${claim.id}: ${half_name(claim, half_index(claim, reason))}`, labelOffset: 38, domain, insetLeft: for_numbers, insetRight: for_numbers, ticks: Math.max(2, Math.floor(across / 80)) },
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
