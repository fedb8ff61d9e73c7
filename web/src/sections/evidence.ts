/** Dated events against readings: weighed event by event between two readings that the page's reader chooses. */
import * as Plot from "@observablehq/plot";
import { csv_link, figure, h, number, percent, section, share_within, table, words, type Child } from "../dom";
import { plot_style, plot_width, reading_ids, room_for } from "../look";
import type { Evidence, Study } from "../results";
import { phase_of, ratio, together, waterfall, type Pair } from "./waterfall";

/** "3.2 times likelier under A than under B", in the words every verdict on evidence uses. */
export function likelier(log_ratio: number | null, { a, b }: Pair): string {
  if (log_ratio === null) return `cannot be compared under ${a} and ${b}`;
  const factor = Math.exp(Math.abs(log_ratio));
  if (factor < 1.05) return `about as likely under ${a} as under ${b}`;
  const [more, less] = log_ratio > 0 ? [a, b] : [b, a];
  return `${number(factor, 2)} times as likely under ${more} as under ${less}`;
}

/** The names in use: how strong a factor is, whichever way it points. */
export function strength(log_ratio: number | null): string {
  const factor = Math.exp(Math.abs(log_ratio ?? 0));
  return factor < 3 ? "hardly worth a mention" : factor < 10 ? "some evidence" : factor < 100 ? "strong evidence" : "very strong evidence";
}

/** The two readings that the evidence parts most, the one that expected it more first; by what tests no pair where nothing does. */
export function farthest(study: Study, evidence: Evidence): Pair {
  const ids = reading_ids(study), pairs = ids.flatMap((a) => ids.filter((b) => b !== a).map((b) => ({ a, b })));
  const phase = pairs.some((pair) => together(evidence, pair, "test") !== null) ? "test" : "calibration";
  const by = (pair: Pair): number => together(evidence, pair, phase) ?? -Infinity;
  return pairs.reduce((most, pair) => (by(pair) > by(most) ? pair : most), pairs[0] ?? { a: ids[0] ?? "", b: ids[0] ?? "" });
}

/** Survives a redraw. */
let chosen: Pair | null = null;

function robustness(evidence: Evidence, pair: Pair): HTMLElement | null {
  const rows: Child[][] = [
    ...(evidence.lambda ?? []).map((at) => [`precision ${number(at.factor)} \u00d7 \u03bb${at.weight === null ? "" : ` (weight ${percent(at.weight)})`}`, likelier(ratio(at.log_likelihood, pair), pair)]),
    ...(evidence.by_calendar ?? []).map((at) => [`round 1 begins ${at.start}, a round is ${number(at.round_days)} days`, likelier(ratio(at.log_likelihood, pair), pair)]),
  ];
  return rows.length === 0 ? null : table(["Had it been", "the events would be"], rows, "All events, those before the texts among them, at other precisions and with the model's rounds laid otherwise on the calendar.", "robust");
}

function compared(study: Study, evidence: Evidence, pair: Pair): Child[] {
  const tested = together(evidence, pair, "test"), known = together(evidence, pair, "calibration");
  return [
    h("p", { class: "answer", "aria-live": "polite" }, ...(tested === null ? [h("strong", {}, `Nothing in the log came after both were written, so that nothing tests ${pair.a} against ${pair.b}.`)]
      : [h("strong", {}, `What came after both were written is ${likelier(tested, pair)}`), `: ${strength(tested)}.`]),
      known === null ? "" : ` What came before one of the two was written, to which it may have been fitted, is ${likelier(known, pair)} and does not count.`),
    waterfall(study, evidence, pair), robustness(evidence, pair),
  ];
}

/** Two choices, and what they compare. */
function comparison(study: Study, evidence: Evidence): HTMLElement {
  const ids = reading_ids(study), start = chosen ?? farthest(study, evidence);
  const place = h("div", {});
  const choice = (name: string, label: string, now: string): HTMLSelectElement => h("select", { id: `evidence-${name}`, "aria-label": label }, ids.map((id) => h("option", id === now ? { value: id, selected: "" } : { value: id }, id)));
  const a = choice("a", "first reading to compare", start.a), b = choice("b", "second reading to compare", start.b);
  const show = (): void => { chosen = { a: a.value, b: b.value }; place.replaceChildren(...(compared(study, evidence, chosen) as Node[]).filter((node) => node !== null)); };
  a.addEventListener("change", show);
  b.addEventListener("change", show);
  show();
  return h("div", {}, h("p", { class: "choices" }, h("label", {}, "Compare ", a), " ", h("label", {}, "with ", b)), place);
}

function posterior(study: Study, evidence: Evidence): HTMLElement | null {
  const { prior, posterior: after } = evidence;
  if (!prior || !after) return null;
  const tested = evidence.common_test?.posterior;
  const rows = reading_ids(study).filter((id) => prior[id] !== undefined).map((id) => ({ reading: id, prior: prior[id] ?? 0, posterior: (tested ?? after)[id] ?? 0, by_all_events: after[id] ?? 0 }));
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 60 + 34 * rows.length, marginLeft: room_for(rows.map((row) => row.reading)), marginRight: tested ? 96 : 48, marginBottom: 46,
    x: { label: "probability (%)", labelOffset: 38, percent: true, domain: [0, 100], grid: true }, y: { label: null, domain: rows.map((row) => row.reading), padding: 0.3 },
    marks: [
      Plot.barX(rows, { y: "reading", x: "posterior", fill: "var(--hue-1)" }),
      Plot.tickX(rows, { y: "reading", x: "prior", stroke: "var(--ink)", strokeWidth: 3 }),
      tested ? Plot.dot(rows, { y: "reading", x: "by_all_events", symbol: "diamond", r: 6, fill: "var(--paper)", stroke: "var(--ink)", strokeWidth: 1.6 }) : null,
      Plot.text(rows, { y: "reading", x: (d: (typeof rows)[0]) => Math.max(d.posterior, d.prior, tested ? d.by_all_events : 0), dx: 9, textAnchor: "start", fontWeight: 600, text: (d: (typeof rows)[0]) => (tested ? `${percent(d.posterior)} (all: ${percent(d.by_all_events)})` : percent(d.posterior)) }),
    ],
  });
  return h("div", {}, h("h3", {}, "From prior to posterior"),
    figure(plot, `Bars: probability of each reading, among these only, after ${tested ? `what came after all their texts${evidence.common_test?.since ? ` (${evidence.common_test.since})` : ""}; diamonds: after all events, those before the texts among them` : "all events"}; ticks: before, the prior of the study (${rows.map((row) => `${row.reading} ${percent(row.prior)}`).join(", ")}). A posterior says which of these readings expected the events more, not that any is true.`, "posterior.csv", rows));
}

function power(evidence: Evidence): HTMLElement | null {
  const found = evidence.power;
  if (!found || found.table.length === 0) return null;
  return h("div", {}, h("h3", {}, "How much such events can show"),
    h("p", {}, "Before believing a factor: how often would events of this kind, drawn from the model itself under one reading, have told it from another?"),
    table(["If this were true", "against", `factor of ${number(evidence.threshold ?? 10)} or more for it`, `factor of ${number(evidence.threshold ?? 10)} or more against it`, "bits an event"],
      found.table.map((row) => [row.under, row.against, share_within(row.strong_share, row.strong_interval ?? null), share_within(row.misleading_share, row.misleading_interval ?? null), number(row.bits_per_event, 2)]), `Shares of ${String(found.plays)} simulated logs. One bit doubles the odds.`, "power"),
    h("p", {}, csv_link("power.csv", found.table.map((row) => ({ under: row.under, against: row.against, strong_share: row.strong_share, strong_low: row.strong_interval?.[0] ?? null, strong_high: row.strong_interval?.[1] ?? null, misleading_share: row.misleading_share, misleading_low: row.misleading_interval?.[0] ?? null, misleading_high: row.misleading_interval?.[1] ?? null, bits_per_event: row.bits_per_event })))));
}

/** A source as the log has it, its addresses as links that show only the site. */
const source_links = (source: string): Child[] => source.split(/(https?:\/\/[^\s;,]+)/).map((part): Child => {
  const site = /^https?:\/\/(?:www\.)?([^/]+)/.exec(part)?.[1];
  return site === undefined ? part : h("a", { href: part, rel: "noreferrer" }, site);
});

function log_of_events(study: Study, evidence: Evidence): HTMLElement {
  const ids = reading_ids(study);
  const data = evidence.events.map((e) => ({ date: e.date, actor: e.actor, kind: e.kind, what: e.what, source: e.source, reliability: e.reliability, round: e.round, maps_to: e.maps_to,
    ...Object.fromEntries(ids.map((id) => [`phase_${id}`, phase_of(e, id)])), ...Object.fromEntries(ids.map((id) => [`log_likelihood_${id}`, e.log_likelihood[id] ?? null])) }));
  return h("details", { id: "events" }, h("summary", {}, `Every event, its source and what it stands for in the model (${String(evidence.events.length)})`),
    table(["Event", study.study.round_name, "Stands for", "Source", ...ids], evidence.events.map((e) => [
      h("span", {}, `${e.date} `, h("small", { class: "beneath" }, `${e.actor}: ${e.what}`)), String(e.round), e.maps_to ? h("code", {}, e.maps_to) : "nothing in the model", h("span", {}, source_links(e.source), e.reliability === null ? null : h("small", { class: "beneath" }, `reliability ${number(e.reliability)}`)),
      ...ids.map((id) => h("span", {}, number(e.log_likelihood[id] ?? null, 2), phase_of(e, id) === "calibration" ? h("small", { class: "beneath" }, "before") : e.counted === false ? h("small", { class: "beneath" }, "another report says so") : null))]),
      "Columns of readings: log-likelihood of the event given all before it; \u201cbefore\u201d marks events before the reading was written, by which it is not tested.", "events"),
    h("p", {}, csv_link("evidence.csv", data)),
    (evidence.unmapped ?? []).length > 0 ? [h("h4", {}, "Events the model has no move for"), h("ul", {}, (evidence.unmapped ?? []).map((e) => h("li", {}, `${e.date}: ${e.what}. ${words(e.why)}.`)))] : null);
}

export function evidence_section(study: Study): HTMLElement | null {
  const evidence = study.evidence;
  if (!evidence || evidence.events.length === 0) return null;
  return section("evidence", "What the dated events say",
    `Each dated event is a move of the model; under every reading the solved game says how likely that move was, given what came before. Round 1 begins on ${evidence.start}; a ${study.study.round_name} is ${number(evidence.round_days)} days.`,
    comparison(study, evidence),
    (evidence.words ?? []).length > 0 ? [h("h3", {}, "All events together"), h("p", {}, "Those before the texts among them, by which no reading is tested:"), h("ul", {}, (evidence.words ?? []).map((text) => h("li", {}, text)))] : null,
    posterior(study, evidence), power(evidence),
    (evidence.beware ?? []).length > 0 ? [h("h3", {}, "What to beware"), h("ul", { class: "beware" }, (evidence.beware ?? []).map((text) => h("li", {}, text)))] : null,
    log_of_events(study, evidence));
}

/** One sentence for the opening. */
export function evidence_in_short(study: Study): string | null {
  const evidence = study.evidence;
  if (!evidence || evidence.events.length === 0) return null;
  const pair = farthest(study, evidence), log_ratio = together(evidence, pair, "test"), known = together(evidence, pair, "calibration");
  if (pair.a === pair.b) return null;
  if (log_ratio === null) return known === null ? null : `The dated events test no reading against another: none came after two of the texts. What their authors knew is at most ${likelier(known, pair)}, and does not count.`;
  const strong = (evidence.power?.table ?? []).find((row) => row.under === pair.a && row.against === pair.b)?.strong_share;
  const able = strong === undefined ? "" : ` If ${pair.a} were true, a log of such events would favour it over ${pair.b} by a factor of ${number(evidence.threshold ?? 10)} or more in ${percent(strong)} of cases.`;
  return `Of all pairs of readings the dated events part ${pair.a} and ${pair.b} most: what came after both were written is ${likelier(log_ratio, pair)}, ${strength(log_ratio)}.${able}`;
}
