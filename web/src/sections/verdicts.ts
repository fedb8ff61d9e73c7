/** Claims by reading: the claim and its opposite side by side, then each claim's numbers. */
import * as Plot from "@observablehq/plot";
import { figure, h, number, section, table, words } from "../dom";
import { plot_style, plot_width, reading_ids, reading_name, verdict_mark } from "../look";
import type { BaseJudgement, Claim, Study, Verdict } from "../results";

function cell(verdict: Verdict, judgement: BaseJudgement): HTMLElement {
  return h("span", { class: `verdict ${verdict}`, title: judgement.same_for_all_lambda ? "the same at half, full and double precision" : "changes with precision" },
    h("span", { class: "mark", "aria-hidden": "true" }, verdict_mark[verdict]), ` ${verdict}`, judgement.same_for_all_lambda ? null : h("span", { class: "unstable" }, " *"));
}

const authors = (claim: Claim): string => (Array.isArray(claim.by) ? claim.by.join(", ") : claim.by);

export function verdict_table(study: Study): HTMLElement {
  const rows = study.claims.flatMap((claim) => {
    const row = (text: string, opposite: boolean) => [
      h("span", { class: "claim" }, h("a", { href: `#claim-${claim.id}` }, opposite ? `${claim.id}, opposite` : claim.id), ` ${text}`, opposite ? null : h("small", {}, ` (after ${authors(claim)})`)),
      ...study.readings.map((reading) => {
        const judgement = claim.base[reading.id];
        return judgement ? cell(opposite ? judgement.opposite_verdict : judgement.verdict, judgement) : "not judged";
      }),
    ];
    return [row(claim.text, false), row(claim.opposite, true)];
  });
  return table(["Claim, and its opposite", ...study.readings.map(reading_name)], rows,
    "Verdicts by reading at its own precision. An asterisk: the verdict is not the same at half and at double precision.", "verdicts");
}

function numbers_rows(study: Study, claim: Claim) {
  return study.readings.flatMap((reading) => {
    const base = claim.base[reading.id];
    if (!base) return [];
    return Object.entries(base.by_lambda).flatMap(([factor, judgement]) =>
      judgement.halves.map((half, i) => ({
        claim: claim.id, reading: reading.id, precision_factor: Number(factor), lambda: judgement.lambda, half: half.name ?? `half ${i + 1}`,
        value: half.value, error: half.error, compared_with: half.compared_with, verdict: half.verdict,
      })));
  });
}

function claim_plots(study: Study, claim: Claim): HTMLElement[] {
  const rows = numbers_rows(study, claim);
  return claim.halves.map((half, i) => {
    const name = half.name ?? `half ${i + 1}`;
    const here = rows.filter((row) => row.half === name && row.value !== null);
    const threshold = here[0]?.compared_with;
    const plot = Plot.plot({
      style: plot_style, width: plot_width(), height: 80 + 66 * study.readings.length, marginLeft: 64, marginRight: 48, marginBottom: 48,
      x: { label: words(name), labelOffset: 40, grid: true, nice: true, insetRight: 12 }, y: { label: null, axis: null, type: "point", padding: 0.8, reverse: true },
      fy: { label: null, domain: reading_ids(study), padding: 0.08 },
      marks: [
        Plot.frame({ stroke: "var(--rule)" }),
        threshold === undefined || threshold === null ? null : Plot.ruleX([threshold], { stroke: "currentColor", strokeDasharray: "3 3" }),
        Plot.ruleY(here, { fy: "reading", y: "precision_factor", x1: (d: (typeof here)[0]) => (d.value ?? 0) - (d.error ?? 0), x2: (d: (typeof here)[0]) => (d.value ?? 0) + (d.error ?? 0), stroke: "currentColor" }),
        Plot.dot(here, { fy: "reading", y: "precision_factor", x: "value", symbol: "verdict", stroke: "var(--accent)", strokeWidth: 2.2, r: 5, title: (d: (typeof here)[0]) => `${d.reading}, lambda ${number(d.lambda)}: ${number(d.value)} \u00b1 ${number(d.error)}, ${d.verdict}` }),
        Plot.text(here, { fy: "reading", y: "precision_factor", x: "value", text: (d: (typeof here)[0]) => `\u03bb ${number(d.lambda)}`, dx: 12, textAnchor: "start", fontSize: 10, fill: "currentColor" }),
      ],
      symbol: { domain: ["holds", "fails", "undecided"], range: ["circle", "times", "diamond2"] },
    });
    return figure(plot, `${claim.id}, ${name}: ${half.text ? `${half.text.replace(/\.$/, "")}; ` : ""}holds if ${half.holds_if}. The dashed line is the tolerance (${number(threshold)}), bars are the grid and solver error, one mark for each precision. Circle: holds; cross: fails; diamond: undecided.`,
      `${claim.id}_half_${i + 1}.csv`, here);
  });
}

function claim_detail(study: Study, claim: Claim): HTMLElement {
  return h("details", { id: `claim-${claim.id}`, class: "claim-detail" },
    h("summary", {}, h("strong", {}, claim.id), ` ${claim.text}`),
    h("p", {}, `After ${authors(claim)}. The opposite: ${claim.opposite}`),
    h("ul", {}, claim.halves.map((half) => h("li", {}, half.name ? h("em", {}, `${half.name}: `) : null, half.text ? `${half.text} ` : null, h("code", {}, half.metric), half.compare.length > 0 ? ` (${half.compare.join(" against ")})` : null, `; holds if ${half.holds_if}`))),
    claim.guards.length > 0 ? h("p", {}, `Undecided unless: ${claim.guards.map((g) => g.text).join("; ")}.`) : null,
    claim.beware.length > 0 ? h("p", { class: "beware" }, `Beware: ${claim.beware.join("; ")}.`) : null,
    table(["Reading", "Verdict", "Opposite", "Decided by", "Number", "Error", "Against"], study.readings.flatMap((reading) => {
      const judgement = claim.base[reading.id];
      return judgement ? [[reading_name(reading), cell(judgement.verdict, judgement), cell(judgement.opposite_verdict, judgement), judgement.half ?? "all halves", number(judgement.value), number(judgement.error, 2), number(judgement.compared_with)]] : [];
    })),
    study.readings.flatMap((reading) => (claim.base[reading.id]?.why ?? []).map((why) => h("p", { class: "why" }, `${reading.id}: ${why}`))),
    claim_plots(study, claim));
}

export function verdicts(study: Study): HTMLElement {
  return section("claims", "What follows under which reading",
    "Each claim is a paraphrase of a text, made into a number that the solved game gives and a tolerance. It holds only if the number clears the tolerance by more than its error, fails if it misses by more, and is undecided in between.",
    verdict_table(study), h("h3", {}, "The numbers behind each verdict"), study.claims.map((claim) => claim_detail(study, claim)));
}
