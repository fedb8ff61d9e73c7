/** The first screen: what was asked, and the answer in a few computed sentences. */
import { decimal, h, percent, words } from "../dom";
import { legend, reading_lines, reading_name } from "../look";
import { split_claims, type Reading, type Study, type Verdict } from "../results";

function count(study: Study, reading: Reading, verdict: Verdict): string[] {
  return study.claims.filter((claim) => claim.base[reading.id]?.verdict === verdict).map((claim) => claim.id);
}

function in_short(study: Study, reading: Reading): HTMLElement {
  const window = study.study.window;
  const still = reading.result.rounds.reached[window];
  const [ending, most] = Object.entries(reading.result.outcomes).sort((a, b) => b[1].probability - a[1].probability)[0] ?? ["none", { probability: 0 }];
  const verdicts = (["holds", "fails", "undecided"] as Verdict[]).map((v) => ({ v, ids: count(study, reading, v) })).filter(({ ids }) => ids.length > 0);
  return h("article", {}, h("h3", {}, reading_name(reading)),
    h("p", {}, still === undefined ? "" : `Still going on after ${window} ${study.study.round_name}s: ${percent(still)}. `, `Likeliest ending: ${words(ending)} (${percent(most.probability)}). Mean length within the horizon: ${decimal(reading.result.rounds.mean)} ${study.study.round_name}s.`),
    h("p", {}, verdicts.map(({ v, ids }, i) => [i > 0 ? "; " : "", h("span", { class: `verdict ${v}` }, `${v}: `), ids.join(", ")]), "."));
}

export function disagreements(study: Study): string {
  const split = split_claims(study);
  if (study.claims.length === 0) return "This study makes no claims.";
  if (split.length === 0) return "The readings agree on every claim of this study.";
  return `The readings disagree on ${split.map((claim) => `${claim.id} (${study.readings.map((r) => `${r.id} ${claim.base[r.id]?.verdict ?? "not judged"}`).join(", ")})`).join("; ")}.`;
}

const explained = (study: Study): boolean => study.claims.some((claim) => (claim.reasons ?? []).length > 0);

export function opening(study: Study): HTMLElement {
  return h("header", {},
    h("p", { class: "kicker" }, "Melian report"), h("h1", {}, study.study.title), study.study.question ? h("p", { class: "question" }, study.study.question) : null,
    h("p", { class: study.all_hold ? "status good" : "status bad" }, study.all_hold ? "Every reading's answer is certified within its tolerance." : `Not every answer is certified: ${study.failures.join("; ")}`),
    h("p", {}, disagreements(study), explained(study) ? [" ", h("a", { href: "#reasons" }, "Why?")] : null), h("div", { class: "cards" }, study.readings.map((reading) => in_short(study, reading))), legend(reading_lines(study)),
    h("p", { class: "neutral" }, "This report says what follows from which assumptions. It endorses no reading, and it is theory of bargaining, not military advice."));
}

export function contents(sections: HTMLElement[]): HTMLElement {
  return h("nav", { "aria-label": "Contents" }, h("ul", {}, sections.map((s) => h("li", {}, h("a", { href: `#${s.id}` }, s.querySelector("h2")?.textContent ?? s.id)))));
}
