/** How and when the war ends, by reading. */
import * as Plot from "@observablehq/plot";
import { figure, h, number, percent, section, table, words } from "../dom";
import { colour_at, dash_at, plot_style, plot_width, reading_ids, reading_name } from "../look";
import type { Study } from "../results";

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
    style: plot_style, width: plot_width(), height: 70 + 44 * study.readings.length, marginLeft: 64, marginBottom: 46,
    x: { label: "probability (%)", labelOffset: 38, percent: true, grid: true, domain: [0, 100] }, y: { label: null, domain: reading_ids(study) },
    color: { domain: names.map(words), range: names.map((_, i) => colour_at(i)), legend: true },
    marks: [Plot.barX(rows, Plot.stackX({ order: names.map(words), x: "probability", y: "reading", fill: "outcome", stroke: "var(--paper)", z: "outcome", title: (d: (typeof rows)[0]) => `${d.outcome}: ${percent(d.probability)}` }))],
  });
  return section("outcomes", "How it ends", null,
    figure(plot, `Probability of each ending by reading, by the analyst's odds. ${settings_of(study)}; horizon ${study.study.horizon} ${study.study.round_name}s.`, "outcomes.csv", rows),
    table(["Ending", ...study.readings.map(reading_name)], names.map((name) => [words(name), ...study.readings.map((r) => {
      const error = r.result.certificate.grid_error[`outcomes.${name}`];
      return `${percent(r.result.outcomes[name]?.probability ?? 0)}${error === undefined ? "" : ` \u00b1 ${(100 * error).toFixed(1)}`}`;
    })]), "Probability of each ending, with the error that the belief grid leaves (percentage points)."));
}

export function survival(study: Study): HTMLElement {
  const window = study.study.window;
  const rows = [
    ...study.readings.flatMap((reading) => reading.result.rounds.reached.slice(0, window + 1).map((share, t) => ({ series: reading.id, round: t + 1, probability: share }))),
    ...study.base_rates.flatMap((rate) => rate.survival.slice(0, window + 1).map((share, t) => ({ series: rate.id, round: t + 1, probability: share }))),
  ];
  const series = [...reading_ids(study), ...study.base_rates.map((rate) => rate.id)];
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 350, marginRight: 60, marginBottom: 46,
    x: { label: study.study.round_name, labelOffset: 38, ticks: Math.min(window + 1, 13), tickFormat: "d" }, y: { label: "probability that it still goes on (%)", percent: true, domain: [0, 100], grid: true },
    marks: series.flatMap((id, i) => {
      const line = rows.filter((row) => row.series === id);
      return [
        Plot.lineY(line, { x: "round", y: "probability", stroke: colour_at(i), strokeDasharray: dash_at(i), strokeWidth: 2 }),
        Plot.text(line.slice(-1), { x: "round", y: "probability", text: "series", dx: 6, textAnchor: "start", fill: colour_at(i), fontWeight: 600 }),
      ];
    }),
  });
  const notes = study.base_rates.map((rate) => `${rate.id}: ${rate.text} (${rate.source})`).join("; ");
  return section("survival", "How long it goes on", null,
    figure(plot, `Probability that play reaches the top of each ${study.study.round_name}, by reading. ${settings_of(study)}; ${window} of ${study.study.horizon} ${study.study.round_name}s shown, so that the end of the horizon does not colour the window. ${notes ? `Base rate ${notes}.` : ""}`, "survival.csv", rows),
    table(["", ...study.readings.map(reading_name)], [
      [`${study.study.round_name}s played, mean`, ...study.readings.map((r) => number(r.result.rounds.mean))],
      ["cut off by the horizon", ...study.readings.map((r) => percent(r.result.rounds.unfinished))],
    ]));
}

export function variants(study: Study): HTMLElement | null {
  if (study.variants.length === 0) return null;
  const rows = study.variants.map((variant) => [
    h("span", {}, words(variant.id), variant.text ? h("small", {}, ` ${variant.text}`) : null),
    ...study.readings.map((reading) => {
      const there = variant.readings[reading.id], base = reading.result.rounds.mean;
      return there ? `${number(there.rounds_mean)} (base ${number(base)})` : "not needed";
    }),
  ]);
  return section("variants", "The same war, one thing changed", null, table(["Variant", ...study.readings.map(reading_name)], rows, `Mean ${study.study.round_name}s played within the horizon, against the base of the same reading.`));
}
