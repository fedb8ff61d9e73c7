/** How far verdicts survive the plausible range of assumptions, and how many worlds it takes to know. */
import * as Plot from "@observablehq/plot";
import { figure, grouped, h, listed, number, percent, section, table, words } from "../dom";
import { colour_at, dash_at, is_narrow, plot_style, plot_width, room_for } from "../look";
import { share_of } from "../share";
import type { Claim, Study, Worlds } from "../results";
import { spread } from "../spread";

const judged_in_worlds = (study: Study): Claim[] => study.claims.filter((claim) => share_of(claim, false) !== null);

const listed_numbers = (content: Record<string, number | string>): string => Object.entries(content).map(([name, value]) => `${words(name)} ${number(value)}`).join(", ");

/** What every figure over worlds was computed with. */
export function made_of(worlds: Worlds): string {
  const grid = worlds.grid && Object.keys(worlds.grid).length > 0 ? ` on a grid of ${listed_numbers(worlds.grid)} nodes` : "";
  const cheaper = worlds.parameters && Object.keys(worlds.parameters).length > 0 ? ` with ${listed_numbers(worlds.parameters)}` : "";
  return `${grouped(worlds.solved)} worlds solved${grid}${cheaper}${worlds.failed > 0 ? ` (${grouped(worlds.failed)} more could not be solved and count as undecided)` : ""}, in ${String(worlds.scrambles)} scrambles of one Sobol sequence, seed ${String(worlds.seed)}${worlds.around ? `, around ${worlds.around}` : ""}; \u03bb varies with the rest.`;
}

const verdict_words = ["holds", "undecided", "opposite holds"];
const verdict_hues = ["var(--hue-1)", "var(--rule)", "var(--hue-2)"];

function share_plot(worlds: Worlds, claims: Claim[]): HTMLElement {
  const rows = claims.flatMap((claim) => verdict_words.map((verdict, k) => {
    const found = share_of(claim, k === 2), share = found === null ? 0 : k === 1 ? found.undecided : found.share;
    return { claim: claim.id, verdict, share, low: k === 1 ? null : found?.interval[0] ?? null, high: k === 1 ? null : found?.interval[1] ?? null, weight: "none" };
  }));
  const weights = worlds.weights ?? [];
  const weighted = claims.flatMap((claim) => weights.flatMap(({ id }) => {
    const found = share_of(claim, false, id);
    return found ? [{ claim: claim.id, verdict: "holds", share: found.share, low: found.interval[0], high: found.interval[1], weight: id }] : [];
  }));
  const ends = rows.filter((row) => row.verdict === "holds");
  const marks = ["diamond", "triangle", "star", "square"];
  const symbol = (id: string): string => marks[weights.findIndex((weight) => weight.id === id) % marks.length] ?? "diamond";
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 66 + 34 * claims.length, marginLeft: room_for(claims.map((claim) => claim.id)), marginBottom: 46, marginRight: 16,
    x: { label: "share of plausible worlds (%)", labelOffset: 38, percent: true, domain: [0, 100], grid: true }, y: { label: null, domain: claims.map((claim) => claim.id), padding: 0.25 },
    color: { domain: verdict_words, range: verdict_hues, legend: true },
    marks: [
      Plot.barX(rows, Plot.stackX({ order: verdict_words, x: "share", y: "claim", fill: "verdict", z: "verdict", title: (d: (typeof rows)[0]) => `${d.claim} ${d.verdict}: ${percent(d.share)}` })),
      Plot.ruleY(ends, { y: "claim", x1: "low", x2: "high", stroke: "var(--ink)", strokeWidth: 3 }),
      Plot.text(ends, { y: "claim", x: 0, dx: 6, textAnchor: "start", fontWeight: 600, fill: (d: (typeof ends)[0]) => (d.share >= 0.12 ? "var(--paper)" : "transparent"), text: (d: (typeof ends)[0]) => (100 * d.share).toFixed(0) }),
      Plot.text(rows.filter((row) => row.verdict === "opposite holds"), { y: "claim", x: 1, dx: -6, textAnchor: "end", fontWeight: 600, fill: (d: (typeof rows)[0]) => (d.share >= 0.12 ? "var(--paper)" : "transparent"), text: (d: (typeof rows)[0]) => (100 * d.share).toFixed(0) }),
      ...weights.map(({ id }) => Plot.dot(weighted.filter((row) => row.weight === id), { y: "claim", x: "share", symbol: symbol(id) as Plot.SymbolType, fill: "var(--paper)", stroke: "var(--ink)", strokeWidth: 1.6, r: 5, title: (d: (typeof weighted)[0]) => `${d.claim}, weighed by ${words(d.weight)}: ${percent(d.share)}` })),
    ],
  });
  const key = weights.map(({ id }) => `${symbol(id)}: holds, worlds weighed by ${words(id)}`).join("; ");
  return figure(plot, `Share of plausible worlds in which each claim holds, its opposite holds, or neither is decided. Line across: 95 % interval, from the lower end of \u201cholds\u201d to the upper end of \u201cholds or undecided\u201d.${key ? ` ${key[0]?.toUpperCase() ?? ""}${key.slice(1)}.` : ""} ${made_of(worlds)}`, "worlds.csv", [...rows, ...weighted]);
}

function weights_table(worlds: Worlds): HTMLElement | null {
  if (!worlds.weights || worlds.weights.length === 0) return null;
  return table(["Weighed by", "What it asks of a world", "Worlds it leaves"], worlds.weights.map(({ id, text }) => [words(id), text, number(worlds.effective_number?.[id] ?? null, 4)]),
    `Some worlds are likelier than others: the same worlds, weighed. "Worlds it leaves" is the number of equally weighed worlds that would say as much; the fewer, the wider the interval.`, "weights");
}

/** "1 world was", "128 worlds were". */
const counted = (worlds: number, one: string, more: string): string => `${grouped(worlds)} ${worlds === 1 ? "world" : "worlds"} ${worlds === 1 ? one : more}`;

/** What was checked of the worlds, and what went wrong in some. */
function trusted(worlds: Worlds, claims: Claim[]): HTMLElement | null {
  const told: string[] = [];
  if (worlds.checked && worlds.checked.worlds > 0) {
    const turned = claims.filter((claim) => (claim.worlds?.turned_on_the_finer_grid ?? 0) > 0).map((claim) => `${claim.id} in ${String(claim.worlds?.turned_on_the_finer_grid ?? 0)}`);
    told.push(`${counted(worlds.checked.worlds, "was", "were")} solved on a finer grid too, which gives the error that verdicts allow for; a verdict would be another there for ${turned.length > 0 ? listed(turned) : "no claim"}.`);
    const bands = claims.flatMap((claim) => (claim.worlds?.bands ? [claim.worlds.bands.taken_back] : []));
    if (bands.length > 0) {
      const known = bands.filter((band) => band.one_solution.factor !== null).map((band) => band.one_solution.coverage);
      const open = claims.filter((claim) => claim.worlds?.bands?.taken_back.several_solutions.factor === null);
      if (known.length > 0) told.push(`Of worlds whose decisions have one solution, at least ${percent(Math.min(...known))} keep to that error.`);
      if (open.length > 0) told.push(`Too few worlds with several solutions were checked to tell their error: there ${listed(open.map((claim) => claim.id))} stay${open.length === 1 ? "s" : ""} open.`);
    }
  }
  if (worlds.certified && worlds.certified.worlds > 0) told.push(`${counted(worlds.certified.worlds, "was", "were")} given a whole certificate; it holds in ${grouped(worlds.certified.hold)}.`);
  if (worlds.with_several_solutions) told.push(`${counted(worlds.with_several_solutions, "has", "have")} decisions with several solutions.`);
  if (worlds.with_branch_jumps) told.push(`${counted(worlds.with_branch_jumps, "rests", "rest")} on a jump between branches.`);
  if (worlds.with_unsolved_decisions) told.push(`${counted(worlds.with_unsolved_decisions, "has", "have")} unsolved decisions.`);
  for (const { why, worlds: number_of } of worlds.failures ?? []) told.push(`${grouped(number_of)} failed: ${why}`);
  for (const { id, why } of worlds.unused_weights ?? []) told.push(`Not weighed by ${words(id)}: ${why}`);
  return told.length === 0 ? null : h("details", {}, h("summary", {}, "How far the worlds can be trusted"), h("ul", {}, told.map((text) => h("li", {}, text))));
}

function varied(worlds: Worlds): HTMLElement {
  return h("details", {}, h("summary", {}, `What varies: ${String(worlds.varied.length)} parameters, each over its plausible range`),
    table(["Parameter", "From", "To", "Drawn"], worlds.varied.map((v) => [h("code", {}, v.parameter), number(v.lo), number(v.hi), `${v.scale === "log" ? "evenly in the logarithm" : "evenly"}${v.unit ? `, ${v.unit}` : ""}${v.assumed ? ` (assumed: ${v.assumed})` : ""}`])));
}

interface Reached { claim: string; number: number; width: number; share: number | null; low: number | null; high: number | null }

/** Interval against number of worlds: one line a claim, the widest drawn thick. */
function enough(worlds: Worlds, claims: Claim[]): HTMLElement | null {
  const rows: Reached[] = claims.flatMap((claim) => (claim.worlds?.by_number ?? []).map((n) => ({ claim: claim.id, number: n.number, width: n.hi - n.lo, share: n.share, low: n.lo, high: n.hi })));
  const widest: Reached[] = (worlds.enough ?? []).map((n) => ({ claim: "widest", number: n.number, width: n.widest_interval, share: null, low: null, high: null }));
  const numbers = [...new Set([...rows, ...widest].map((row) => row.number))].sort((a, b) => a - b);
  if (numbers.length < 2) return null;
  const highest = Math.max(...[...rows, ...widest].map((row) => row.width));
  const ends = claims.flatMap((claim) => rows.filter((row) => row.claim === claim.id).slice(-1));
  const heights = spread(ends.map((end) => end.width), highest * 0.055, 0);
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 300, marginLeft: 52, marginRight: 44, marginBottom: 46, marginTop: 26,
    x: { type: "log", base: 2, label: "plausible worlds", labelOffset: 38, ticks: numbers.filter((_, i) => !is_narrow() || (numbers.length - 1 - i) % 2 === 0), tickFormat: grouped }, y: { label: "width of the 95 % interval (points)", percent: true, domain: [0, 100 * highest], grid: true },
    marks: [
      ...claims.map((claim, i) => Plot.lineY(rows.filter((row) => row.claim === claim.id), { x: "number", y: "width", stroke: colour_at(i), strokeDasharray: dash_at(i), strokeWidth: 1.5, marker: "dot" })),
      Plot.lineY(widest, { x: "number", y: "width", stroke: "var(--ink)", strokeWidth: 3, strokeOpacity: 0.35 }),
      Plot.text(ends, { x: "number", y: heights, text: "claim", dx: 8, textAnchor: "start", fontWeight: 600, fill: (_: unknown, i: number) => colour_at(claims.findIndex((claim) => claim.id === ends[i]?.claim)) }),
    ],
  });
  const last = widest.at(-1);
  return h("div", { id: "enough" }, h("h3", {}, "How many worlds are enough"),
    last ? h("p", {}, `With all ${grouped(last.number)} worlds the widest interval of any share is ${(100 * last.width).toFixed(1)} points wide. More worlds narrow what sampling leaves open, not the share that is undecided.`) : null,
    figure(plot, `Width of each share's 95 % interval, from the spread between scrambles, against the number of worlds; thick grey: the widest of all claims. ${made_of(worlds)}`, "enough_worlds.csv", [...rows, ...widest].map((row) => ({ ...row }))));
}

export function plausible_worlds(study: Study): HTMLElement | null {
  const claims = judged_in_worlds(study);
  if (claims.length === 0 || !study.worlds) return null;
  return section("worlds", "In how many plausible worlds",
    "A plausible world gives every uncertain parameter one value from its plausible range. Each world is solved like a reading and each claim judged in it: a share near 100 % means that the claim hardly depends on the numbers chosen, a share near the middle that the assumptions decide.",
    share_plot(study.worlds, claims), weights_table(study.worlds), enough(study.worlds, claims), trusted(study.worlds, study.claims), varied(study.worlds));
}
