/** How and when the war ends, by reading. */
import * as Plot from "@observablehq/plot";
import { decimal, figure, h, number, percent, percent_within, section, table, words } from "../dom";
import { colour_at, dash_at, is_narrow, legend, plot_style, plot_width, reading_heads, reading_ids, reading_lines, room_for, whole_rounds, type Line } from "../look";
import { difference_words, mean_words, still_goes_on, type Length } from "../horizon";
import type { Study } from "../results";
import { spread } from "../spread";

const settings_of = (study: Study): string => study.readings.map((r) => `${r.id}: \u03bb = ${number(r.lambda)}`).join(", ");

function outcome_names(study: Study): string[] {
  const total = new Map<string, number>();
  for (const reading of study.readings)
    for (const [name, { probability }] of Object.entries(reading.result.outcomes)) total.set(name, (total.get(name) ?? 0) + probability);
  return [...total.entries()].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

export function outcomes(study: Study): HTMLElement {
  const names = outcome_names(study);
  const rows = study.readings.flatMap((reading) => names.map((name) => ({
    reading: reading.id, outcome: words(name), probability: reading.result.outcomes[name]?.probability ?? 0, grid_error: reading.result.certificate.grid_error[`outcomes.${name}`] ?? null,
  })));
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 70 + 44 * study.readings.length, marginLeft: room_for(reading_ids(study)), marginBottom: 46,
    x: { label: "probability (%)", labelOffset: 38, percent: true, grid: true, domain: [0, 100] }, y: { label: null, domain: reading_ids(study) },
    color: { domain: names.map(words), range: names.map((_, i) => colour_at(i)), legend: true },
    marks: [
      Plot.barX(rows, Plot.stackX({ order: names.map(words), x: "probability", y: "reading", fill: "outcome", stroke: "var(--paper)", z: "outcome", title: (d: (typeof rows)[0]) => `${d.outcome}: ${percent(d.probability)}` })),
      Plot.text(rows, Plot.stackX({ order: names.map(words), x: "probability", y: "reading", z: "outcome", fill: "var(--paper)", fontWeight: 600, text: (d: (typeof rows)[0]) => (d.probability >= (is_narrow() ? 0.12 : 0.05) ? (100 * d.probability).toFixed(0) : "") })),
    ],
  });
  return section("outcomes", "How it ends", null,
    figure(plot, `Probability of each ending by reading, by the analyst's odds. ${settings_of(study)}; horizon ${study.study.horizon ?? "none,"} ${study.study.round_name}s.`, "outcomes.csv", rows),
    table(["Ending", ...reading_heads(study)], names.map((name) => [words(name), ...study.readings.map((r) =>
      h("span", { class: "together" }, ...percent_within(r.result.outcomes[name]?.probability ?? 0, r.result.certificate.grid_error[`outcomes.${name}`])))]),
      "Probability of each ending, with the error that the belief grid leaves (percentage points)."));
}

interface Curve extends Line { id: string; end_label: string; survival: number[] }

function curves_of(study: Study): Curve[] {
  const lines = reading_lines(study);
  const readings = study.readings.map((reading, i): Curve => ({ ...(lines[i] as Line), id: reading.id, end_label: reading.id, survival: still_goes_on(reading.result.rounds.reached, reading.result.rounds.unfinished) }));
  const rates = study.base_rates.map((rate, i): Curve => ({ id: rate.id, text: `base rate: ${rate.text}`, colour: "var(--soft)", dash: i === 0 ? "10 4" : "10 4 2 4", end_label: i === 0 ? "base" : `base ${i + 1}`, survival: rate.survival }));
  return [...readings, ...rates];
}

/** The least distance of end labels, as a share of the axis. */
const label_gap = 0.05;

export function survival(study: Study): HTMLElement {
  const window = study.study.window, round = study.study.round_name;
  const curves = curves_of(study);
  const points = curves.map((curve) => curve.survival.slice(0, window + 1).map((probability, t) => ({ series: curve.id, round: t + 1, probability })));
  const ends = points.flatMap((line) => line.slice(-1));
  const heights = spread(ends.map((end) => end.probability), label_gap);
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 350, marginRight: room_for(curves.map((curve) => curve.end_label)), marginBottom: 46,
    x: { label: round, labelOffset: 38, ticks: whole_rounds(window + 1, 12), tickFormat: "d" }, y: { label: "probability that it still goes on (%)", percent: true, domain: [0, 100], grid: true },
    marks: [
      ...curves.map((curve, i) => Plot.lineY(points[i], { x: "round", y: "probability", stroke: curve.colour, strokeDasharray: curve.dash, strokeWidth: 2 })),
      Plot.text(ends, { x: "round", y: heights, text: (_: unknown, i: number) => curves[i]?.end_label ?? "", dx: 8, textAnchor: "start", fontWeight: 600, fill: (_: unknown, i: number) => curves[i]?.colour }),
    ],
  });
  const sources = study.base_rates.map((rate) => rate.source).join("; ");
  return section("survival", "How long it goes on", null, legend(curves),
    figure(plot, `Probability that play reaches the top of each ${round}, by reading. ${settings_of(study)}; ${window} of ${study.study.horizon} ${round}s shown, so that the end of the horizon does not colour the window.${sources ? ` Base rate after ${sources}.` : ""}`, "survival.csv", points.flat()),
    table(["", ...reading_heads(study)], [
      [`${round}s played, mean`, ...study.readings.map((r) => h("span", { class: "together" }, decimal(r.result.rounds.mean), r.result.certificate.grid_error["rounds.mean"] === undefined ? null : h("small", {}, ` \u00b1 ${number(r.result.certificate.grid_error["rounds.mean"], 2)}`)))],
      ["cut off by the horizon", ...study.readings.map((r) => percent(r.result.rounds.unfinished))],
    ]));
}

const survival_in = (of: { reached: number[]; unfinished: number } | undefined): number[] => (of ? still_goes_on(of.reached, of.unfinished) : []);

/** One small plot a variant: survival under each reading, and faintly the same reading with nothing changed. */
function survival_by_variant(study: Study): HTMLElement | null {
  const window = study.study.window, round = study.study.round_name;
  const curve = (reading: string, variant: string, reached: number[]) => reached.slice(0, window + 1).map((probability, t) => ({ variant, reading, round: t + 1, probability }));
  const changed = study.variants.flatMap((variant) => study.readings.flatMap((reading) => curve(reading.id, variant.id, survival_in(variant.readings[reading.id]))));
  if (changed.length === 0) return null;
  const ids = study.variants.map((variant) => variant.id).filter((id) => changed.some((point) => point.variant === id));
  const same = ids.flatMap((id) => study.readings.flatMap((reading) => curve(reading.id, id, survival_in(reading.result.rounds))));
  const columns = is_narrow() ? 1 : Math.min(3, ids.length), padding = ids.length > columns ? 0.34 : 0, fx = (id: string): number => ids.indexOf(id) % columns, fy = (id: string): number => Math.floor(ids.indexOf(id) / columns);
  type Point = (typeof changed)[0];
  const of_variant = { fx: (p: Point) => fx(p.variant), fy: (p: Point) => fy(p.variant), x: "round", y: "probability", z: "variant" };
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 88 + 170 * Math.ceil(ids.length / columns), marginLeft: 52, marginRight: 14, marginTop: 30, marginBottom: 44,
    x: { label: round, labelOffset: 36, ticks: whole_rounds(window + 1, 4), tickFormat: "d" }, y: { label: "still goes on (%)", labelAnchor: "center", labelArrow: "none", labelOffset: 44, percent: true, domain: [0, 100], grid: true, ticks: 3 },
    fx: { axis: null, padding: 0.1 }, fy: { axis: null, padding },
    marks: [
      ...study.readings.flatMap((reading, i) => [
        Plot.lineY(same.filter((p) => p.reading === reading.id), { ...of_variant, stroke: colour_at(i), strokeOpacity: 0.3, strokeWidth: 4 }),
        Plot.lineY(changed.filter((p) => p.reading === reading.id), { ...of_variant, stroke: colour_at(i), strokeDasharray: dash_at(i), strokeWidth: 2 }),
      ]),
      Plot.text(ids, { fx, fy, text: (id: string) => words(id), frameAnchor: "top-left", dy: -15, fontWeight: 600 }),
    ],
  });
  return h("div", {}, legend(reading_lines(study)),
    figure(plot, `Probability that play reaches the top of each ${round} with one thing changed, by reading; broad and pale: the same reading with nothing changed. ${settings_of(study)}.`, "survival_by_variant.csv", changed));
}

const length_cell = (of: Length, usual: Length, round_name: string): HTMLElement =>
  h("span", {}, mean_words(of, usual), h("small", { class: "beneath" }, difference_words(of, usual, round_name)));

export function variants(study: Study): HTMLElement | null {
  if (study.variants.length === 0) return null;
  const rows = study.variants.map((variant) => [
    h("span", {}, words(variant.id), variant.text ? h("small", { class: "beneath" }, variant.text) : null, (variant.modules ?? []).length > 0 ? h("small", { class: "beneath" }, `adds ${(variant.modules ?? []).join(", ")}`) : null),
    ...study.readings.map((reading) => {
      const there = variant.readings[reading.id];
      return there ? length_cell({ mean: there.rounds_mean, reached: there.reached, unfinished: there.unfinished }, reading.result.rounds, study.study.round_name) : "not needed";
    }),
  ]);
  return section("variants", "The same war, one thing changed", null, survival_by_variant(study), table(["Variant", ...reading_heads(study)], rows,
    `Mean ${study.study.round_name}s played within the horizon and, beneath, how far that is from the mean of the same reading with nothing changed; where a variant was solved over another number of ${study.study.round_name}s, over those that both can last.`));
}
