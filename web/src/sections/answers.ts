/** The answer in sentences a person can read who knows no game theory: each put together from numbers of the results. */
import { grouped, h, listed, percent, share_within, words, type Child } from "../dom";
import { holds_nearly_everywhere, is_settled, nearly_all, share_of, type Share } from "../share";
import { split_claims, type Claim, type Study, type Verdict } from "../results";
import { box_words, deciders } from "./decides";
import { evidence_in_short } from "./evidence";

/** A share up to which neither a claim nor its opposite can be said to hold anywhere much. */
const hardly_any = 0.1;

const by_verdict = (study: Study, claim: Claim): string => {
  const groups = (["holds", "fails", "undecided"] as Verdict[]).map((verdict) => ({ verdict, ids: study.readings.map((r) => r.id).filter((id) => claim.base[id]?.verdict === verdict) })).filter(({ ids }) => ids.length > 0);
  if (groups.length === 1) return `${groups[0]?.verdict === "undecided" ? "is undecided" : groups[0]?.verdict ?? ""} under ${study.readings.length === 1 ? study.readings[0]?.id ?? "" : "every reading"}`;
  return listed(groups.map(({ verdict, ids }) => `${verdict === "undecided" ? "is undecided" : verdict} under ${listed(ids)}`));
};

const link = (claim: Claim): HTMLElement => h("a", { href: `#claim-${claim.id}` }, claim.id);

function over_worlds(claim: Claim): string {
  const share = share_of(claim, false), opposite = share_of(claim, true);
  if (share === null || opposite === null) return "";
  const decided = is_settled(claim) ? [] : deciders(claim);
  return ` It holds in ${share_within(share.share, share.interval)} of the plausible worlds, its opposite in ${share_within(opposite.share, opposite.interval)}${share.undecided >= 0.005 ? `; ${percent(share.undecided)} are undecided` : ""}${but_weighed(claim)}${decided.length > 0 ? `. Decided mostly by ${listed(decided)}` : ""}.`;
}

/** Where only weighing worlds keeps a claim, or its opposite, from holding nearly everywhere. */
function but_weighed(claim: Claim): string {
  const opposite = (share_of(claim, true)?.share ?? 0) >= nearly_all;
  if (is_settled(claim) || (share_of(claim, opposite)?.share ?? 0) < nearly_all) return "";
  const shares = Object.keys(claim.worlds?.weighted ?? {}).map((weight) => `in ${percent(share_of(claim, opposite, weight)?.share ?? 0)} by ${words(weight)}`);
  return `. Likelier worlds counting more, ${opposite ? "the opposite" : "it"} holds ${listed(shares)}`;
}

const sentence = (study: Study, claim: Claim): HTMLElement => h("li", {}, link(claim), ` \u201c${claim.text.replace(/\.$/, "")}\u201d ${by_verdict(study, claim)}.`, over_worlds(claim));

interface Group { title: string; why: string; claims: Claim[] }

/** With worlds: by how far a claim survives them; without: by whether the readings agree. */
function groups_of(study: Study): Group[] {
  const all = study.claims.map((claim) => ({ claim, claim_share: share_of(claim, false), opposite: share_of(claim, true) }));
  const judged = all.filter(({ claim_share }) => claim_share !== null);
  if (judged.length === 0) {
    const split = split_claims(study);
    return [
      { title: "The readings disagree", why: "whether it follows depends on whose assumptions one makes", claims: split },
      { title: "The readings agree", why: "the verdict is the same under every reading; whether it survives other assumptions was not tried", claims: study.claims.filter((claim) => !split.includes(claim)) },
    ];
  }
  const at_most = (share: Share | null): boolean => share !== null && share.share <= hardly_any;
  const holds = judged.filter(({ claim }) => holds_nearly_everywhere(claim, false)), fails = judged.filter(({ claim }) => holds_nearly_everywhere(claim, true));
  const silent = judged.filter((j) => !holds.includes(j) && !fails.includes(j) && at_most(j.claim_share) && at_most(j.opposite));
  const rest = judged.filter((j) => !holds.includes(j) && !fails.includes(j) && !silent.includes(j));
  const however = (study.worlds?.weights ?? []).length > 0 ? ", however they are weighed" : "";
  return [
    { title: "Follows almost whatever one assumes", why: `holds in nine plausible worlds of ten or more${however}`, claims: holds.map((j) => j.claim) },
    { title: "The opposite follows almost whatever one assumes", why: `the opposite holds in nine plausible worlds of ten or more${however}`, claims: fails.map((j) => j.claim) },
    { title: "Depends on what one assumes", why: `neither the claim nor its opposite holds nearly everywhere${however.replace("they", "worlds")}`, claims: rest.map((j) => j.claim) },
    { title: "Cannot be told", why: "undecided in most worlds: the number is too close to its tolerance, or does not exist", claims: silent.map((j) => j.claim) },
    { title: "Judged under the readings only", why: "the worlds drawn cannot judge it; whether it survives other assumptions was not tried", claims: all.filter((j) => !judged.includes(j)).map((j) => j.claim) },
  ];
}

export function the_answer(study: Study): Child {
  return groups_of(study).filter((group) => group.claims.length > 0).map((group) => h("div", { class: "group" },
    h("h3", {}, group.title, h("small", { class: "beneath" }, group.why)), h("ul", {}, group.claims.map((claim) => sentence(study, claim)))));
}

function widest(study: Study): string | null {
  const widths = study.claims.flatMap((claim) => (claim.worlds ? [claim.worlds.interval[1] - claim.worlds.interval[0]] : []));
  return widths.length === 0 || !study.worlds ? null : `The shares come from ${grouped(study.worlds.number)} worlds; the widest of their 95 % intervals is ${(100 * Math.max(...widths)).toFixed(1)} points wide.`;
}

/** Fewer equally weighted worlds than this say little. */
const few_worlds = 50;

/** Claims whose share moves by this much are told apart from sampling noise. */
const moves_much = 0.1;

function weighted(study: Study): string | null {
  const weights = study.worlds?.weights ?? [];
  if (weights.length === 0) return null;
  const moved = study.claims.filter((claim) => weights.some(({ id }) => Math.abs((share_of(claim, false, id)?.share ?? NaN) - (share_of(claim, false)?.share ?? NaN)) > moves_much)).map((claim) => claim.id);
  const few = weights.filter(({ id }) => (study.worlds?.effective_number?.[id] ?? Infinity) < few_worlds).map(({ id }) => `by ${words(id)} ${grouped(Math.round(study.worlds?.effective_number?.[id] ?? 0))}`);
  return shares_moved(moved) + (few.length > 0 ? ` So weighed, few worlds count (${listed(few)}): such shares are rough.` : "");
}

function shares_moved(moved: string[]): string {
  return moved.length === 0 ? "Counting likelier worlds more, by what is known of other wars or by the dated events, moves no share by more than ten points."
    : `Counting likelier worlds more, by what is known of other wars or by the dated events, moves the share of ${listed(moved)} by more than ten points: see both columns of the table.`;
}

/** At how many precisions claims were judged. */
const precisions = (study: Study): number => new Set(study.claims.flatMap((claim) => Object.values(claim.base).flatMap((judgement) => Object.keys(judgement.by_lambda)))).size;

export function how_sure(study: Study): HTMLElement {
  const unstable = study.claims.filter((claim) => Object.values(claim.base).some((judgement) => !judgement.same_for_all_lambda)).map((claim) => claim.id);
  const told: Child[] = [
    [study.all_hold ? "Every answer passed an independent check" : "Not every answer passed its check (reasons below)", ": a program that knows nothing of how it was found recomputed beliefs, payoffs and what each side could gain by acting otherwise (", h("a", { href: "#certificate" }, "certificates"), ")."],
    study.claims.length === 0 ? null : unstable.length > 0 ? `How precisely the parties are supposed to choose matters for ${listed(unstable)}: some verdicts change at half or double the precision.` : precisions(study) < 2 ? "Whether verdicts change when the parties choose more or less precisely was not tried." : "No verdict changes when the parties choose half or twice as precisely.",
    widest(study), weighted(study), evidence_in_short(study),
    ["These are consequences of assumptions, checked as such. Whether the assumptions fit the world is another question: each is listed with its ", h("a", { href: "#parameters" }, "source, or marked as a judgement"), "."],
  ];
  return h("ul", {}, told.filter((text) => text !== null).map((text) => h("li", {}, text)));
}

export function what_would_change_it(study: Study): HTMLElement | null {
  const varied = study.worlds?.varied ?? [], notes = new Map(study.parameters.map((p) => [p.name, p.note]));
  const named = (parameter: string): string => (notes.get(parameter) ? `${parameter} (${notes.get(parameter) ?? ""})` : parameter);
  const of_worlds = study.claims.map((claim) => ({ claim, box: box_words(claim, varied, named), decided: deciders(claim) })).filter(({ claim, box, decided }) => claim.worlds && (box !== null || decided.length > 0));
  const told: Child[] = of_worlds.length > 0
    ? of_worlds.map(({ claim, box, decided }) => h("li", {}, link(claim), ": ", box ? box.split(". The box")[0] ?? "" : is_settled(claim) ? "little within the plausible ranges would" : `no few assumptions settle it; ${listed(decided)} ${decided.length > 1 ? "weigh" : "weighs"} most`, "."))
    : study.claims.filter((claim) => (claim.reasons ?? []).length > 0).slice(0, 6).map((claim) => h("li", {}, link(claim), `: ${claim.reasons?.[0]?.sentence ?? ""}`));
  return told.length === 0 ? null : h("ul", {}, told);
}
