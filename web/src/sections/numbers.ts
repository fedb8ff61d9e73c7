/** The numbers behind each verdict: every half of every claim, at every precision. */
import * as Plot from "@observablehq/plot";
import { figure, grouped, h, number, section, table, words } from "../dom";
import { inside_details, plot_style, plot_width, reading_heads, reading_ids, reading_name, room_for, verdict_colours, verdict_key, verdict_mark, verdict_symbols } from "../look";
import { halves_that_count, type Claim, type ClaimHalf, type Study } from "../results";
import { authors, verdict_cell } from "./verdicts";
import { made_of } from "./worlds";

/** A half's name, or what is measured where that is short. */
export function half_name(claim: Claim, i: number): string {
  const half = claim.halves[i];
  if (half?.name) return half.name;
  if (claim.halves.length > 1) return `half ${i + 1}`;
  return half && half.metric.length <= 40 ? half.metric : "the number judged";
}

const contrast_note = "contrast, decides nothing";

/** Every half by reading, contrasts last: which of them carries the verdict, and what stands beside it. */
function halves_table(study: Study, claim: Claim): HTMLElement | null {
  if (claim.halves.length < 2) return null;
  const order = [false, true].flatMap((contrast) => claim.halves.map((half, i) => ({ half, i })).filter(({ half }) => (half.contrast ?? false) === contrast));
  return table(["Half", ...reading_heads(study)], order.map(({ half, i }) => [
    h("span", {}, half_name(claim, i), half.contrast ? h("small", { class: "beneath contrast" }, contrast_note) : null),
    ...study.readings.map((reading) => {
      const found = claim.base[reading.id]?.halves[i];
      return found ? h("span", { class: half.contrast ? "aside" : `verdict ${found.verdict}` }, h("span", { class: "mark", "aria-hidden": "true" }, verdict_mark[found.verdict]), ` ${found.verdict}`, h("small", { class: "beneath" }, number(found.value))) : "not judged";
    }),
  ]), `Each half and its number by reading. ${halves_that_count(claim).length > 1 ? "The claim holds if all halves hold" : "The claim holds if this half holds"}${halves_that_count(claim).length < claim.halves.length ? "; a contrast is judged and shown, and decides nothing" : ""}.`, "halves");
}

function defined(half: ClaimHalf): HTMLElement {
  return h("li", {}, half.contrast ? h("strong", {}, "contrast ") : null, half.name ? h("em", {}, `${half.name}: `) : null, half.text ? `${half.text} ` : null, h("code", {}, half.metric), half.compare.length > 0 ? ` (${half.compare.join(" against ")})` : null, `; holds if ${half.holds_if}`);
}

function numbers_rows(study: Study, claim: Claim) {
  return study.readings.flatMap((reading) => {
    const base = claim.base[reading.id];
    if (!base) return [];
    return Object.entries(base.by_lambda).flatMap(([factor, judgement]) =>
      judgement.halves.map((half, i) => ({
        claim: claim.id, reading: reading.id, contrast: String(claim.halves[i]?.contrast ?? false), precision_factor: Number(factor), lambda: judgement.lambda, half: half_name(claim, i),
        value: half.value, error: half.error, compared_with: half.compared_with, verdict: half.verdict,
      })));
  });
}

function claim_plots(study: Study, claim: Claim): HTMLElement[] {
  const rows = numbers_rows(study, claim);
  return claim.halves.map((half, i) => {
    const name = half_name(claim, i);
    const here = rows.filter((row) => row.half === name && row.value !== null);
    if (here.length === 0) return h("p", { class: "why" }, `${name}${half.contrast ? ` (${contrast_note})` : ""}: no reading gives this number.`);
    const threshold = here[0]?.compared_with;
    const plot = Plot.plot({
      style: plot_style, width: plot_width(inside_details), height: 80 + 66 * study.readings.length, marginLeft: room_for(reading_ids(study)), marginRight: 16, marginBottom: 48,
      x: { label: words(name), labelOffset: 40, grid: true, nice: true, insetLeft: 12, insetRight: 40 }, y: { label: null, axis: null, type: "point", padding: 0.8, reverse: true },
      fy: { label: null, domain: reading_ids(study), padding: 0.08 },
      marks: [
        Plot.frame({ stroke: "var(--rule)" }),
        threshold === undefined || threshold === null ? null : Plot.ruleX([threshold], { stroke: "currentColor", strokeDasharray: "3 3" }),
        Plot.ruleY(here, { fy: "reading", y: "precision_factor", x1: (d: (typeof here)[0]) => (d.value ?? 0) - (d.error ?? 0), x2: (d: (typeof here)[0]) => (d.value ?? 0) + (d.error ?? 0), stroke: "currentColor" }),
        Plot.dot(here, { fy: "reading", y: "precision_factor", x: "value", symbol: "verdict", stroke: "verdict", strokeWidth: 2.2, r: 5, title: (d: (typeof here)[0]) => `${d.reading}, lambda ${number(d.lambda)}: ${number(d.value)} \u00b1 ${number(d.error)}, ${d.verdict}` }),
        Plot.text(here, { fy: "reading", y: "precision_factor", x: "value", text: (d: (typeof here)[0]) => `\u03bb ${number(d.lambda)}`, dx: 12, textAnchor: "start", fontSize: 10, fill: "currentColor", stroke: "var(--card)", strokeWidth: 4 }),
      ],
      symbol: verdict_symbols, color: verdict_colours,
    });
    return figure(plot, `${claim.id}${half.name ? `, ${half.name}` : ""}${half.contrast ? ` (${contrast_note})` : ""}: ${half.text ? `${half.text.replace(/\.$/, "")}; ` : ""}holds if ${half.holds_if}. The dashed line is the tolerance (${number(threshold)}), bars are the grid and solver error, one mark for each precision \u03bb. ${verdict_key}`,
      `${claim.id}_half_${i + 1}.csv`, here);
  });
}

/** Where the number lies in most plausible worlds. */
function over_worlds(study: Study, claim: Claim): HTMLElement | null {
  const worlds = claim.worlds, quantiles = worlds?.quantiles;
  if (!worlds || !quantiles || quantiles.length !== 5) return null;
  const cells = quantiles.map((q) => number(q));
  return table(["Over plausible worlds", "5\u00a0%", "25\u00a0%", "median", "75\u00a0%", "95\u00a0%", "holds", "fails", "undecided"],
    [[`${worlds.half || "the number"}, quantiles over ${grouped(worlds.solved)} worlds`, ...cells, grouped(worlds.holds), grouped(worlds.fails), grouped(worlds.undecided)]], study.worlds ? made_of(study.worlds) : undefined);
}

function claim_detail(study: Study, claim: Claim): HTMLElement {
  return h("details", { id: `claim-${claim.id}`, class: "claim-detail" },
    h("summary", {}, h("strong", {}, claim.id), ` ${claim.text}`),
    h("p", {}, `After ${authors(claim)}. The opposite: ${claim.opposite}`),
    h("ul", {}, claim.halves.map(defined)),
    claim.guards.length > 0 ? h("p", {}, `Undecided unless: ${claim.guards.map((g) => g.text).join("; ")}.`) : null,
    claim.beware.length > 0 ? h("p", { class: "beware" }, `Beware: ${claim.beware.join("; ")}.`) : null,
    table(["Reading", "Verdict", "Opposite", "Decided by", "Number", "Error", "Against"], study.readings.flatMap((reading) => {
      const judgement = claim.base[reading.id];
      return judgement ? [[reading_name(reading), verdict_cell(judgement.verdict, judgement), verdict_cell(judgement.opposite_verdict, judgement, true), judgement.half || (halves_that_count(claim).length > 1 ? "all halves" : "its one number"), number(judgement.value), number(judgement.error, 2), number(judgement.compared_with)]] : [];
    })),
    halves_table(study, claim), over_worlds(study, claim),
    study.readings.flatMap((reading) => (claim.base[reading.id]?.why ?? []).map((why) => h("p", { class: "why" }, `${reading.id}: ${why}`))),
    claim_plots(study, claim));
}

export function claim_numbers(study: Study): HTMLElement | null {
  if (study.claims.length === 0) return null;
  return section("numbers", "The numbers behind each verdict", null, study.claims.map((claim) => claim_detail(study, claim)));
}
