/** The first screen, for people who know no game theory: what was asked, the answer, how sure it is, what would change it. */
import { decimal, grouped, h, listed, percent, words, type Child } from "../dom";
import { still_goes_on } from "../horizon";
import { legend, reading_lines, reading_name } from "../look";
import { type Reading, type Study, type Verdict } from "../results";
import { how_sure, the_answer, what_would_change_it } from "./answers";
import { results_link } from "./appendix";

function count(study: Study, reading: Reading, verdict: Verdict): string[] {
  return study.claims.filter((claim) => claim.base[reading.id]?.verdict === verdict).map((claim) => claim.id);
}

function in_short(study: Study, reading: Reading): HTMLElement {
  const window = study.study.window;
  const still = still_goes_on(reading.result.rounds.reached, reading.result.rounds.unfinished)[window];
  const [ending, most] = Object.entries(reading.result.outcomes).sort((a, b) => b[1].probability - a[1].probability)[0] ?? ["none", { probability: 0 }];
  const verdicts = (["holds", "fails", "undecided"] as Verdict[]).map((v) => ({ v, ids: count(study, reading, v) })).filter(({ ids }) => ids.length > 0);
  return h("article", {}, h("h3", {}, reading_name(reading)),
    h("p", {}, still === undefined ? "" : `Still going on after ${window} ${study.study.round_name}s: ${percent(still)}. `, `Likeliest ending: ${words(ending)} (${percent(most.probability)}). Mean length within the horizon: ${decimal(reading.result.rounds.mean)} ${study.study.round_name}s.`),
    h("p", {}, verdicts.map(({ v, ids }, i) => [i > 0 ? "; " : "", h("span", { class: `verdict ${v}` }, `${v}: `), ids.join(", ")]), verdicts.length > 0 ? "." : ""));
}

function what_was_asked(study: Study): Child {
  const { claims, readings, worlds } = study, neutral = readings.filter((r) => r.neutral).map((r) => r.id);
  const made = claims.length === 0 ? "This study makes no claims; it says what one game predicts" : `${claims.length === 1 ? "One claim, paraphrased from its text, was turned into a number with a tolerance and is set beside its opposite" : `${String(claims.length)} claims, paraphrased from their texts, were each turned into a number with a tolerance, and each is set beside its opposite`}. One game of bargaining while fighting was solved`;
  return h("p", {}, `${made} under ${readings.length === 1 ? "one reading" : `${String(readings.length)} readings`} (${listed(readings.map((r) => r.id))})`, neutral.length > 0 ? `, of which ${listed(neutral)} is the analyst's neutral base` : "",
    worlds && worlds.solved > 0 ? `, and again in ${grouped(worlds.solved)} plausible worlds, each with its own value for everything that is uncertain.` : ".");
}

const terms: [string, string][] = [
  ["reading", "what one author takes for granted, put as numbers; attributed, never endorsed"],
  ["plausible world", "one choice of every uncertain number from its plausible range"],
  ["holds, fails, undecided", "the number clears its tolerance by more than its error, misses it by more, or neither"],
  ["type", "what a party knows about itself and others do not: how much it can bear, what it would sign"],
  ["precision (\u03bb)", "how reliably the parties pick what serves them; at nought they choose at random"],
];

function words_used(): HTMLElement {
  return h("details", {}, h("summary", {}, "Five words used on this page"), h("dl", { class: "terms" }, terms.map(([term, meaning]) => h("div", {}, h("dt", {}, term), h("dd", {}, meaning)))));
}

export function opening(study: Study): HTMLElement {
  const change = study.claims.length > 0 ? what_would_change_it(study) : null;
  return h("header", {},
    h("p", { class: "kicker" }, "Melian report"), h("h1", {}, study.study.title), study.study.question ? h("p", { class: "question" }, study.study.question) : null,
    h("p", { class: "neutral" }, "This report says what follows from which assumptions. It endorses no reading and no party, and it is theory of bargaining, not military advice."),
    h("h2", { id: "asked" }, "What was asked"), what_was_asked(study), words_used(),
    study.claims.length > 0 ? [h("h2", { id: "answer" }, "The answer"), the_answer(study)] : null,
    h("h2", { id: "sure" }, "How sure"), how_sure(study),
    h("p", { class: study.all_hold ? "status good" : "status bad" }, study.all_hold ? "Every reading's answer is certified within its tolerance." : `Not every answer is certified: ${study.failures.join("; ")}`),
    change ? [h("h2", { id: "change" }, "What would change it"), change] : null,
    h("h2", { id: "short" }, "Each reading in short"), h("div", { class: "cards" }, study.readings.map((reading) => in_short(study, reading))), legend(reading_lines(study)),
    h("p", {}, "All numbers of this report in one file: ", results_link(), ". Every figure has its own under it."));
}

export function contents(parts: { title: string; sections: HTMLElement[] }[]): HTMLElement {
  return h("nav", { "aria-label": "Contents" }, parts.filter((part) => part.sections.length > 0).map((part) => h("div", {}, h("p", { class: "kicker" }, part.title),
    h("ul", {}, part.sections.map((s) => h("li", {}, h("a", { href: `#${s.id}` }, s.querySelector("h2")?.textContent ?? s.id)))))));
}
