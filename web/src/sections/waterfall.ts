/** Event by event: how the likelihood ratio of two readings comes about. */
import * as Plot from "@observablehq/plot";
import { figure, listed, number, words } from "../dom";
import { is_narrow, plot_style, plot_width } from "../look";
import type { ByReading, DatedEvent, Evidence, Study } from "../results";

export interface Pair { a: string; b: string }

const per_ten = Math.log(10);

/** ln of how much likelier under `a` than under `b`. */
export function ratio(log_likelihood: ByReading | undefined, { a, b }: Pair): number | null {
  const up = log_likelihood?.[a] ?? null, down = log_likelihood?.[b] ?? null;
  return up === null || down === null ? null : up - down;
}

/** Whether the event came before the reading was written (calibration) or tests it. */
export function phase_of(event: DatedEvent, reading: string): string {
  return typeof event.phase === "string" ? event.phase : event.phase[reading] ?? "test";
}

/** An event tests a pair only where it tests both. */
const phase_for = (event: DatedEvent, { a, b }: Pair): "calibration" | "test" => (phase_of(event, a) === "calibration" || phase_of(event, b) === "calibration" ? "calibration" : "test");

/** The results' own comparison of a pair, turned so that `a` stands above; null where there is none. */
function compared(evidence: Evidence, { a, b }: Pair): { since: string | null; test: number | null; all: number | null } | null {
  const found = (evidence.bayes_factors ?? []).find((f) => (f.a === a && f.b === b) || (f.a === b && f.b === a));
  if (!found) return null;
  const turned = (log10: number | null | undefined): number | null => (log10 === null || log10 === undefined ? null : (found.a === a ? 1 : -1) * log10 * per_ten);
  return { since: found.test?.since ?? null, test: turned(found.test?.log10), all: turned(found.log10) };
}

/** A silence tests a pair when it lasted beyond both texts. */
const silent_phase = (evidence: Evidence, pair: Pair, date: string | undefined): "calibration" | "test" => {
  const since = compared(evidence, pair)?.since;
  return since && date && date <= since ? "calibration" : "test";
};

/** Totals of the results for one phase: a pair's own, or differences where the same events test both readings. */
function total_of(evidence: Evidence, pair: Pair, phase: "calibration" | "test"): number | null {
  const found = compared(evidence, pair);
  if (found && found.test !== null && found.all !== null) return phase === "test" ? found.test : found.all - found.test;
  if (evidence.events.some((event) => phase_of(event, pair.a) !== phase_of(event, pair.b))) return null;
  return ratio(phase === "test" ? evidence.test ?? evidence.log_likelihood : evidence.calibration, pair);
}

const add = (numbers: (number | null)[]): number => numbers.reduce((sum: number, x) => sum + (x ?? 0), 0);

/** ln of the ratio of all events of one phase (and, of those that test, of silences). */
export function together(evidence: Evidence, pair: Pair, phase: "calibration" | "test"): number | null {
  const here = [...evidence.events.filter((event) => phase_for(event, pair) === phase), ...(evidence.silence ?? []).filter((s) => silent_phase(evidence, pair, s.date) === phase)];
  return here.length === 0 ? null : total_of(evidence, pair, phase) ?? add(here.map((said) => ratio(said.log_likelihood, pair)));
}

interface Step { id: string; label: string; full: string; phase: "calibration" | "test"; from: number; to: number; by: number; total: boolean }

const cut = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`);

/** "month 3", "months 2, 3 and 5", "7 months, 2 to 11". */
function rounds_in_words(rounds: number[], name: string): string {
  const few = 3, sorted = [...new Set(rounds)].sort((x, y) => x - y);
  if (sorted.length === 1) return `${name} ${String(sorted[0])}`;
  return sorted.length <= few ? `${name}s ${listed(sorted.map(String))}` : `${String(sorted.length)} ${name}s, ${String(sorted[0])} to ${String(sorted.at(-1))}`;
}

/** log10 of the ratio, one step an event; steps of the two phases each begin at nought. */
export function steps_of(evidence: Evidence, pair: Pair, longest: number, round_name: string): Step[] {
  const steps: Step[] = [], reached = { calibration: 0, test: 0 };
  const step = (phase: Step["phase"], label: string, full: string, by: number, total = false): void => {
    const from = total ? 0 : reached[phase], to = total ? by : from + by;
    if (!total) reached[phase] = to;
    steps.push({ id: String(steps.length), label: cut(label, longest), full, phase, from, to, by, total });
  };
  const tens = (of: ByReading): number | null => { const ln = ratio(of, pair); return ln === null ? null : ln / per_ten; };
  for (const phase of ["calibration", "test"] as const) {
    const before = steps.length;
    for (const event of evidence.events) {
      const by = tens(event.log_likelihood);
      // Of several reports that say the same, one counts.
      if (by !== null && event.counted !== false && phase_for(event, pair) === phase) step(phase, `${event.date} ${event.what}`, `${event.date}, ${event.actor}: ${event.what}`, by);
    }
    const silences = (evidence.silence ?? []).filter((s) => silent_phase(evidence, pair, s.date) === phase);
    for (const kind of [...new Set(silences.map((s) => s.kind))]) {
      const silent = silences.filter((s) => s.kind === kind), by = silent.map((s) => tens(s.log_likelihood)).filter((x): x is number => x !== null);
      const label = `no ${words(kind)} (${rounds_in_words(silent.map((s) => s.round), round_name)})`;
      if (by.length > 0) step(phase, label, `what did not happen: ${label}`, add(by));
    }
    if (steps.length === before) continue;
    const ln = total_of(evidence, pair, phase), sum = ln === null ? null : ln / per_ten;
    if (sum !== null && Math.abs(sum - reached[phase]) > 0.005) step(phase, "what these single steps leave out", "what single steps leave out of the results' own total", sum - reached[phase]);
    step(phase, phase === "test" ? "together: what counts" : "together: does not count", phase === "test" ? "all that tests both readings" : "all before a reading was written", reached[phase], true);
  }
  return steps;
}

/** "1.4\u00d7"; "1.04\u00d7" where a tenth would hide it. */
function factor(log10: number): string {
  const times = 10 ** Math.abs(log10);
  return times < 1.005 ? "1" : `${times < 1.095 ? times.toFixed(2) : number(times, 2)}\u00d7`;
}

export function waterfall(study: Study, evidence: Evidence, pair: Pair): HTMLElement {
  const narrow = is_narrow(), width = plot_width();
  const steps = steps_of(evidence, pair, narrow ? 46 : 48, study.study.round_name);
  const room = narrow ? 8 : 330;
  const ends = steps.flatMap((s) => [s.from, s.to]), least = Math.min(0, ...ends), most = Math.max(0, ...ends), margin = 0.16 * Math.max(0.3, most - least);
  const towards = (s: Step): string => (s.by >= 0 ? pair.a : pair.b);
  const first_test = steps.find((s) => s.phase === "test");
  const plot = Plot.plot({
    style: plot_style, width, height: 90 + (narrow ? 38 : 24) * steps.length, marginLeft: room, marginRight: 22, marginTop: 20, marginBottom: 54,
    x: { label: `\u2190 likelier under ${pair.b} (factor) likelier under ${pair.a} \u2192`, labelAnchor: "center", labelArrow: "none", labelOffset: 40, domain: [least - margin, most + margin], tickFormat: (x: number) => factor(x), ticks: narrow ? 4 : 7, grid: true },
    y: { axis: null, domain: steps.map((s) => s.id), padding: narrow ? 0.55 : 0.25 },
    color: { domain: pair.a === pair.b ? [pair.a] : [pair.a, pair.b], range: ["var(--hue-1)", "var(--hue-2)"], legend: false },
    marks: [
      Plot.ruleX([0], { stroke: "currentColor" }),
      Plot.barX(steps, { y: "id", x1: "from", x2: "to", fill: towards, fillOpacity: (s: Step) => (s.phase === "calibration" ? 0.45 : 1), stroke: (s: Step) => (s.total ? "var(--ink)" : "none"), strokeWidth: 1.5, insetTop: narrow ? 4 : 0, title: (s: Step) => `${s.full}: ${factor(s.by)} towards ${towards(s)}` }),
      ...[400, 700].flatMap((fontWeight): Plot.Markish[] => {
        const some = steps.filter((s) => s.total === (fontWeight === 700));
        return [
          Plot.text(some, { y: "id", x: (s: Step) => Math.max(s.from, s.to), dx: 6, textAnchor: "start", text: (s: Step) => factor(s.by), fontWeight, stroke: "var(--paper)", strokeWidth: 4, fill: "currentColor" }),
          Plot.text(some, { y: "id", frameAnchor: "left", textAnchor: narrow ? "start" : "end", dx: narrow ? 0 : -10, dy: narrow ? -12 : 0, text: "label", fontWeight, stroke: narrow ? "var(--paper)" : "none", strokeWidth: 4, fill: (s: Step) => (s.phase === "calibration" ? "var(--soft)" : "currentColor") }),
        ];
      }),
      first_test && steps[0]?.phase === "calibration" ? Plot.ruleY([first_test.id], { y: (id: string) => id, dy: narrow ? -22 : -13, stroke: "var(--soft)", strokeDasharray: "3 3" }) : null,
    ],
  });
  const calibrating = steps.some((s) => s.phase === "calibration");
  const pale = calibrating ? ` Pale${first_test ? ", above the dashed line" : ""}: what came before one of the two was written (calibration, not counted).` : "";
  return figure(plot, `Likelihood ratio of ${pair.a} to ${pair.b}, event by event: each bar starts where the last one ended; blue steps towards ${pair.a}, orange towards ${pair.b}, and the number is the factor of the step.${pale} Bold: together. \u03bb: ${study.readings.filter((r) => r.id === pair.a || r.id === pair.b).map((r) => `${r.id} ${number(r.lambda)}`).join(", ")}; grid: ${Object.entries(study.readings[0]?.result.method.grid ?? {}).map(([p, n]) => `${p} ${String(n)}`).join(", ")} nodes.`,
    `evidence_${pair.a}_against_${pair.b}.csv`, steps.map((s) => ({ phase: s.phase, step: s.full, together: String(s.total), log10_ratio: s.by, log10_from: s.from, log10_to: s.to })));
}
