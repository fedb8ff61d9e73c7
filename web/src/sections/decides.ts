/** What decides each claim over plausible worlds: total effects by group, and the box in words. */
import * as Plot from "@observablehq/plot";
import { figure, grouped, h, listed, number, percent, section, type Rows } from "../dom";
import { heads_upright, is_narrow, plot_style, plot_width, room_for } from "../look";
import { is_settled, share_of } from "../share";
import type { Box, Claim, Effect, Interval, Study, Varied } from "../results";
import { made_of } from "./worlds";

/** Widest bars first; more than this many say nothing. */
const most_shown = 10;

const by_effect = (effects: Effect[]): Effect[] => [...effects].sort((a, b) => b.total_effect - a.total_effect);

/** Groups whose effect stands clear of nought, the strongest first. */
export const deciders = (claim: Claim, most = 2): string[] => by_effect(claim.decided_by ?? []).filter((effect) => effect.interval[0] > 0.05).slice(0, most).map((effect) => effect.parameter);

export interface Side { parameter: string; from: number | null; to: number | null }

/** Sides of a box that cut something off the plausible range. */
export function sides_of(box: Box, varied: Varied[]): Side[] {
  return Object.entries(box.parameters).flatMap(([parameter, [lo, hi]]) => {
    const range = varied.find((v) => v.parameter === parameter);
    const slack = range ? 0.01 * (range.hi - range.lo) : 0;
    const from = range && lo <= range.lo + slack ? null : lo, to = range && hi >= range.hi - slack ? null : hi;
    return from === null && to === null ? [] : [{ parameter, from, to }];
  });
}

export function side_words({ parameter, from, to }: Side): string {
  if (from === null) return `${parameter} is below ${number(to, 2)}`;
  if (to === null) return `${parameter} is above ${number(from, 2)}`;
  return `${parameter} lies between ${number(from, 2)} and ${number(to, 2)}`;
}

/** `named` says what a parameter is called: by itself, or with what it means. */
export function box_words(claim: Claim, varied: Varied[], named: (parameter: string) => string = (p) => p): string | null {
  const box = claim.box;
  if (!box) return null;
  const sides = sides_of(box, varied).map((side) => side_words({ ...side, parameter: named(side.parameter) }));
  if (sides.length === 0) return null;
  const fails = box.of === "fails", share = share_of(claim, fails)?.share, verb = fails ? "fails" : "holds";
  const outside = share !== undefined && box.support < 1 ? (share * (1 - box.coverage)) / (1 - box.support) : null;
  return `${fails ? "Fails, so that its opposite holds," : "Holds"} mostly where ${listed(sides)}: ${percent(box.coverage)} of the worlds in which it ${verb} lie there, and it ${verb} in ${percent(box.density)} of the worlds that lie there`
    + `${outside === null ? "" : `, against ${percent(Math.min(1, Math.max(0, outside)))} outside`}. The box takes in ${percent(box.support)} of all worlds.`;
}

function effect_plot(effects: Effect[]): SVGSVGElement | HTMLElement {
  const names = effects.map((effect) => effect.parameter), room = room_for(names), beside = !is_narrow() || plot_width() - room > 230;
  return Plot.plot({
    style: plot_style, width: plot_width(), height: 62 + (beside ? 24 : 38) * effects.length, marginLeft: beside ? room : 8, marginBottom: 46, marginRight: 24, marginTop: beside ? 12 : 20,
    x: { label: "total effect (share of the number's variance)", labelOffset: 38, domain: [0, Math.max(1, ...effects.map((effect) => effect.interval[1]))], grid: true, ticks: 5 },
    y: { axis: beside ? "left" : null, label: null, domain: names, padding: beside ? 0.3 : 0.55, tickSize: 0 },
    marks: [
      Plot.barX(effects, { y: "parameter", x: "total_effect", fill: "var(--hue-1)", title: (d: Effect) => `${d.parameter}: ${number(d.total_effect, 2)} (${number(d.interval[0], 2)} to ${number(d.interval[1], 2)})` }),
      Plot.ruleY(effects, { y: "parameter", x1: (d: Effect) => d.interval[0], x2: (d: Effect) => d.interval[1], stroke: "var(--ink)", strokeWidth: 2 }),
      beside ? null : Plot.text(effects, { y: "parameter", text: "parameter", frameAnchor: "left", textAnchor: "start", dx: 2, dy: -15 }),
      Plot.ruleX([0]),
    ],
  });
}

function box_plot(claim: Claim, box: Box, varied: Varied[]): HTMLElement | null {
  const rows = sides_of(box, varied).flatMap(({ parameter }) => {
    const range = varied.find((v) => v.parameter === parameter), [lo, hi] = box.parameters[parameter] as Interval;
    if (!range) return [];
    const log = range.scale === "log" && range.lo > 0;
    const at = (x: number): number => (log ? Math.log(x / range.lo) / Math.log(range.hi / range.lo) : (x - range.lo) / (range.hi - range.lo));
    return [{ claim: claim.id, parameter, low: lo, high: hi, plausible_low: range.lo, plausible_high: range.hi, from: Math.max(0, at(Math.max(lo, range.lo))), to: Math.min(1, at(Math.min(hi, range.hi))), resampled: box.resampled?.[parameter] ?? null }];
  });
  if (rows.length === 0) return null;
  const names = rows.map((row) => row.parameter);
  type Row = (typeof rows)[0];
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 56 + (is_narrow() ? 60 : 46) * rows.length, marginLeft: 8, marginRight: 18, marginBottom: 40, marginTop: is_narrow() ? 22 : 14,
    x: { label: "place in the plausible range (%)", labelOffset: 34, percent: true, domain: [0, 100], ticks: 5 }, y: { axis: null, domain: names, padding: is_narrow() ? 0.7 : 0.62 },
    marks: [
      Plot.barX(rows, { y: "parameter", x1: 0, x2: 1, fill: "var(--rule)" }),
      Plot.barX(rows, { y: "parameter", x1: "from", x2: "to", fill: "var(--hue-3)" }),
      ...(is_narrow() ? [
        Plot.text(rows, { y: "parameter", x: 0, dy: -31, textAnchor: "start", fontWeight: 600, text: "parameter" }),
        Plot.text(rows, { y: "parameter", x: 0, dy: -17, textAnchor: "start", text: (d: Row) => `${number(d.low, 2)} to ${number(d.high, 2)} of plausible ${number(d.plausible_low, 2)} to ${number(d.plausible_high, 2)}` }),
      ] : [
        Plot.text(rows, { y: "parameter", x: 0, dy: -17, textAnchor: "start", fontWeight: 600, text: (d: Row) => `${d.parameter} ${number(d.low, 2)} to ${number(d.high, 2)}` }),
        Plot.text(rows, { y: "parameter", x: 1, dy: -17, textAnchor: "end", fill: "var(--soft)", text: (d: Row) => `plausible ${number(d.plausible_low, 2)} to ${number(d.plausible_high, 2)}${d.resampled === null ? "" : `; in ${percent(d.resampled)} of resamples`}` }),
      ]),
    ],
  });
  const loose = Object.entries(box.resampled ?? {}).filter(([name, often]) => often >= 0.25 && !names.includes(name)).map(([name, often]) => `${name} in ${percent(often)}`);
  return figure(plot, `${claim.id}: where in its plausible range each parameter of the box lies (green) among all plausible values (grey). Coverage ${percent(box.coverage)}, density ${percent(box.density)}, support ${percent(box.support)}. "In x % of resamples" is how often a box found in resampled worlds restricts the parameter, too${loose.length > 0 ? `; not in this box, but restricted in some: ${listed(loose)}` : ""}.`,
    `${claim.id}_box.csv`, rows.map(({ from: _from, to: _to, ...row }) => ({ ...row, coverage: box.coverage, density: box.density, support: box.support })));
}

/** Boxes are looked for where this many worlds at least have either verdict (docs/methods_worlds.md). */
const least_for_a_box = 20;

function no_box({ holds, fails }: { holds: number; fails: number }): string {
  const [verb, found] = holds <= fails ? ["holds", holds] : ["fails", fails];
  return found >= least_for_a_box ? `No box of few assumptions describes where it ${verb}.` : `It ${verb} in ${found === 0 ? "none" : `${String(found)} only`} of the worlds drawn: too few to look for where.`;
}

/** A share of variance beyond one is what a sample can give, not what there is. */
const beyond = (effects: Effect[]): string => (effects.some((effect) => effect.total_effect > 1) ? " No effect is larger than one: estimates that are say that the rows are few for so skewed a number." : "");

function decided(study: Study, claim: Claim): HTMLElement {
  const effects = by_effect(claim.decided_by ?? []).slice(0, most_shown), varied = study.worlds?.varied ?? [];
  const share = share_of(claim, false), opposite = share_of(claim, true), names = deciders(claim);
  const told = share === null || opposite === null ? "" : `Holds in ${percent(share.share)}, its opposite in ${percent(opposite.share)} of the plausible worlds. `;
  const data: Rows = by_effect(claim.decided_by ?? []).map((e) => ({ claim: claim.id, group: e.parameter, total_effect: e.total_effect, low: e.interval[0], high: e.interval[1] }));
  const box = box_words(claim, varied);
  return h("article", { class: "decided", id: `decides-${claim.id}` }, h("h3", {}, `${claim.id} ${claim.text}`),
    h("p", {}, told, names.length > 0 ? (is_settled(claim) ? `Its number moves mostly with ${listed(names)}, but seldom across the tolerance.` : `Decided mostly by ${listed(names)}.`) : effects.length > 0 ? "No group of assumptions decides it by itself." : ""),
    effects.length > 0 ? figure(effect_plot(effects), `${claim.id}: share of the variance over plausible worlds of the number it compares${claim.worlds?.half ? ` (${claim.worlds.half})` : ""} that would remain if all but this group were known (total effect), with 95 % intervals; effects overlap where groups act together, so they need not add up to one.${beyond(effects)}${study.worlds ? ` ${grouped(study.worlds.solved)} worlds, made as under the first figure here; \u03bb varies with the rest.` : ""}`, `${claim.id}_decided_by.csv`, data) : null,
    box ? h("p", {}, box) : claim.box === null && claim.worlds ? h("p", { class: "why" }, no_box(claim.worlds)) : null,
    claim.box && box ? box_plot(claim, claim.box, varied) : null);
}

/** All claims against all groups: who decides what. */
function overview(study: Study, claims: Claim[]): HTMLElement {
  const rows = claims.flatMap((claim) => (claim.decided_by ?? []).map((e) => ({ claim: claim.id, group: e.parameter, total_effect: e.total_effect, low: e.interval[0], high: e.interval[1] })));
  const strongest = (group: string): number => Math.max(...rows.filter((row) => row.group === group).map((row) => row.total_effect));
  const groups = [...new Set(rows.map((row) => row.group))].sort((a, b) => strongest(b) - strongest(a));
  const room = room_for(groups) + 14, beside = plot_width() - room > 40 * claims.length || plot_width() - room > 300;
  const upright = heads_upright(claims.map((claim) => claim.id), beside ? room : 4);
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 76 + (beside ? 24 : 40) * groups.length, marginLeft: beside ? room : 4, marginTop: upright ? 58 : 44, marginBottom: 6, marginRight: 4,
    x: { axis: "top", label: "claim", labelOffset: upright ? 50 : 38, tickRotate: upright ? -90 : 0, domain: claims.map((claim) => claim.id), tickSize: 0 }, y: { axis: beside ? "left" : null, label: "group", domain: groups, tickSize: 0, padding: beside ? 0.08 : 0.45 },
    color: { type: "linear", domain: [0, 1], range: ["var(--card)", "var(--hue-1)"], interpolate: (a: string, b: string) => (t: number) => `color-mix(in srgb, ${b} ${String(Math.round(100 * Math.min(1, t)))}%, ${a})` } as Plot.ScaleOptions,
    marks: [
      Plot.cell(rows, { x: "claim", y: "group", fill: "total_effect", inset: 1, title: (d: (typeof rows)[0]) => `${d.claim}, ${d.group}: ${number(d.total_effect, 2)}` }),
      Plot.text(rows.filter((row) => row.total_effect >= 0.1), { x: "claim", y: "group", text: (d: (typeof rows)[0]) => d.total_effect.toFixed(1).replace(/^0/, ""), fill: (d: (typeof rows)[0]) => (d.total_effect > 0.6 ? "var(--paper)" : "var(--ink)") }),
      beside ? null : Plot.text(groups, { y: (group: string) => group, text: (group: string) => group, frameAnchor: "left", textAnchor: "start", dx: 2, dy: -17 }),
    ],
  });
  return figure(plot, `Total effect of each group of assumptions on the number each claim compares, over plausible worlds: the stronger the blue, the more the group decides; below .1 no number is written. ${study.worlds ? made_of(study.worlds) : ""}`, "decided_by.csv", rows);
}

/** Claims that the worlds cannot judge, those with one reason together. */
function not_judged(study: Study): HTMLElement | null {
  const claims = study.claims.filter((claim) => claim.worlds_why_not);
  const whys = [...new Set(claims.map((claim) => claim.worlds_why_not ?? ""))];
  return whys.length === 0 ? null : h("ul", { class: "why" }, whys.map((why) =>
    h("li", {}, "Not judged in worlds: ", claims.filter((claim) => claim.worlds_why_not === why).map((claim, i) => [i > 0 ? ", " : "", h("a", { href: `#claim-${claim.id}` }, claim.id)]), `: ${why}.`)));
}

export function decides(study: Study): HTMLElement | null {
  const claims = study.claims.filter((claim) => (claim.decided_by ?? []).length > 0 || claim.box), left_out = not_judged(study);
  if (claims.length === 0 && left_out === null) return null;
  const with_effects = claims.filter((claim) => (claim.decided_by ?? []).length > 0);
  return section("decides", "What decides each claim",
    "Over all plausible worlds at once: which assumptions, varied through their whole range, move the number that a claim compares, and where in that space the claim holds or fails.",
    with_effects.length > 1 ? overview(study, with_effects) : null, left_out, claims.map((claim) => decided(study, claim)));
}
