/** Claims by reading and over plausible worlds: the claim and its opposite, one under the other. */
import { csv_link, grouped, h, percent, section, table, words, type Child, type Rows } from "../dom";
import { reading_heads, verdict_mark } from "../look";
import { share_cell, share_of } from "../share";
import type { BaseJudgement, Claim, Study, Verdict } from "../results";

const opposed = (verdict: Verdict): Verdict => (verdict === "holds" ? "fails" : verdict === "fails" ? "holds" : "undecided");

const factor_name: Record<string, string> = { "0.5": "\u03bb/2", "1": "\u03bb", "2": "2\u03bb" };
export const name_of_factor = (factor: string): string => factor_name[factor] ?? `${factor}\u03bb`;

/** Verdicts at other precisions, where they differ from the one at the reading's own. */
function elsewhere(judgement: BaseJudgement, opposite: boolean): string[] {
  return Object.entries(judgement.by_lambda).sort(([a], [b]) => Number(a) - Number(b)).filter(([, other]) => other.verdict !== judgement.verdict)
    .map(([factor, other]) => `${name_of_factor(factor)}: ${opposite ? opposed(other.verdict) : other.verdict}`);
}

export function verdict_cell(verdict: Verdict, judgement: BaseJudgement, opposite = false): HTMLElement {
  return h("span", { class: `verdict ${verdict}` },
    h("span", { class: "mark", "aria-hidden": "true" }, verdict_mark[verdict]), ` ${verdict}`,
    elsewhere(judgement, opposite).map((text) => h("small", { class: "beneath unstable" }, text)));
}

export const authors = (claim: Claim): string => (Array.isArray(claim.by) ? claim.by.join(", ") : claim.by);

const has_worlds = (study: Study): boolean => study.claims.some((claim) => share_of(claim, false) !== null);
const weights_of = (study: Study): string[] => (study.worlds?.weights ?? []).map((weight) => weight.id).filter((id) => study.claims.some((claim) => claim.worlds?.weighted?.[id]));

function weighted_cell(study: Study, claim: Claim, opposite: boolean): Child {
  return weights_of(study).map((id) => {
    const found = share_of(claim, opposite, id);
    return found ? h("span", { class: "weighted" }, h("small", {}, `${words(id)} `), percent(found.share)) : null;
  });
}

function verdict_data(study: Study): Rows {
  return study.claims.flatMap((claim) => [false, true].map((opposite) => ({
    claim: claim.id, side: opposite ? "opposite" : "claim", text: opposite ? claim.opposite : claim.text,
    ...Object.fromEntries(study.readings.flatMap((reading) => {
      const judgement = claim.base[reading.id];
      const told = (verdict: Verdict | undefined): string | null => (verdict === undefined ? null : opposite ? opposed(verdict) : verdict);
      return Object.entries(judgement?.by_lambda ?? {}).map(([factor, at]) => [`${reading.id}_${factor}_lambda`, told(at.verdict)]);
    })),
    share: share_of(claim, opposite)?.share ?? null, low: share_of(claim, opposite)?.interval?.[0] ?? null, high: share_of(claim, opposite)?.interval?.[1] ?? null, undecided: share_of(claim, opposite)?.undecided ?? null,
    ...Object.fromEntries(weights_of(study).map((id) => [`share_weighted_by_${id}`, share_of(claim, opposite, id)?.share ?? null])),
  })));
}

function caption(study: Study): string {
  const worlds = has_worlds(study) && study.worlds ? ` Worlds: the share of ${grouped(study.worlds.number)} plausible worlds in which it holds, with its 95 % interval (the line on the bar), which reaches from the lower end of \u201cholds\u201d to the upper end of \u201cholds or undecided\u201d; what claim and opposite leave of 100 % is undecided.` : "";
  const weighted = weights_of(study).length > 0 ? " Weighted: the same share with worlds weighed as named." : "";
  return `Verdicts by reading at its own precision \u03bb; where the verdict at half or double precision is another, it stands beneath.${worlds}${weighted}`;
}

export function verdict_table(study: Study): HTMLElement {
  const worlds = has_worlds(study), weights = weights_of(study).length > 0;
  const rows = study.claims.flatMap((claim) => {
    const row = (text: string, opposite: boolean): Child[] => [
      h("span", { class: "claim" }, h("a", { href: `#claim-${claim.id}` }, opposite ? `${claim.id}, opposite` : claim.id), ` ${text}`, opposite ? null : h("small", {}, ` (after ${authors(claim)})`)),
      ...study.readings.map((reading) => {
        const judgement = claim.base[reading.id];
        return judgement ? verdict_cell(opposite ? judgement.opposite_verdict : judgement.verdict, judgement, opposite) : "not judged";
      }),
      ...(worlds ? [share_cell(share_of(claim, opposite), `${claim.id}${opposite ? ", opposite," : ""} holds in this share of plausible worlds`)] : []),
      ...(weights ? [weighted_cell(study, claim, opposite)] : []),
    ];
    return [row(claim.text, false), row(claim.opposite, true)];
  });
  return table(["Claim, and its opposite", ...reading_heads(study), ...(worlds ? ["Worlds"] : []), ...(weights ? ["Weighted"] : [])], rows, caption(study), worlds ? "verdicts with-worlds" : "verdicts");
}

export function verdicts(study: Study): HTMLElement | null {
  if (study.claims.length === 0) return null;
  return section("claims", "What follows under which reading",
    "Each claim is a paraphrase of a text, made into a number that the solved game gives and a tolerance. It holds only if the number clears the tolerance by more than its error, fails if it misses by more, and is undecided in between.",
    verdict_table(study), h("p", {}, csv_link("verdicts.csv", verdict_data(study))));
}
