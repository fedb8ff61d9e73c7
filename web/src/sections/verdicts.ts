/** Claims by reading: the claim and its opposite, one under the other. */
import { h, section, table } from "../dom";
import { reading_heads, verdict_mark } from "../look";
import type { BaseJudgement, Claim, Study, Verdict } from "../results";

export function verdict_cell(verdict: Verdict, judgement: BaseJudgement): HTMLElement {
  return h("span", { class: `verdict ${verdict}`, title: judgement.same_for_all_lambda ? "the same at half, full and double precision" : "changes with precision" },
    h("span", { class: "mark", "aria-hidden": "true" }, verdict_mark[verdict]), ` ${verdict}`, judgement.same_for_all_lambda ? null : h("span", { class: "unstable" }, " *"));
}

export const authors = (claim: Claim): string => (Array.isArray(claim.by) ? claim.by.join(", ") : claim.by);

export function verdict_table(study: Study): HTMLElement {
  const rows = study.claims.flatMap((claim) => {
    const row = (text: string, opposite: boolean) => [
      h("span", { class: "claim" }, h("a", { href: `#claim-${claim.id}` }, opposite ? `${claim.id}, opposite` : claim.id), ` ${text}`, opposite ? null : h("small", {}, ` (after ${authors(claim)})`)),
      ...study.readings.map((reading) => {
        const judgement = claim.base[reading.id];
        return judgement ? verdict_cell(opposite ? judgement.opposite_verdict : judgement.verdict, judgement) : "not judged";
      }),
    ];
    return [row(claim.text, false), row(claim.opposite, true)];
  });
  return table(["Claim, and its opposite", ...reading_heads(study)], rows,
    "Verdicts by reading at its own precision. An asterisk: the verdict is not the same at half and at double precision.", "verdicts");
}

export function verdicts(study: Study): HTMLElement | null {
  if (study.claims.length === 0) return null;
  return section("claims", "What follows under which reading",
    "Each claim is a paraphrase of a text, made into a number that the solved game gives and a tolerance. It holds only if the number clears the tolerance by more than its error, fails if it misses by more, and is undecided in between.",
    verdict_table(study));
}
