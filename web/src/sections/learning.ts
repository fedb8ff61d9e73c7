/** Beliefs and information along the way. */
import * as Plot from "@observablehq/plot";
import { figure, number, section } from "../dom";
import { colour_at, is_narrow, legend, plot_style, plot_width, reading_ids, room_for, round_ticks } from "../look";
import type { Reading, Study } from "../results";

/** A column's head in two lines where columns are narrow: "Moscow" over "maximalist". */
const two_lines = (head: string): string => (is_narrow() ? head.replace(" ", "\n") : head);

export function beliefs(study: Study): HTMLElement | null {
  const window = study.study.window;
  const rows = study.readings.flatMap((reading) => Object.entries(reading.result.beliefs).flatMap(([player, belief]) => Object.entries(belief.given).flatMap(([type, means]) =>
    means.slice(0, window).map((mean, t) => ({ reading: reading.id, player, belief_in: belief.in, true_type: type, round: t + 1, mean })))))
    .filter((row) => row.mean !== null);
  if (rows.length === 0) return null;
  const players = [...new Set(rows.map((row) => row.player))];
  const label = (row: (typeof rows)[0]): string => `${row.player} ${row.belief_in}`;
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 90 + 130 * study.readings.length, marginLeft: 56, marginRight: room_for(reading_ids(study)), marginTop: 44, marginBottom: 46,
    x: { label: study.study.round_name, labelOffset: 38, ticks: round_ticks(window), tickFormat: "d" }, y: { label: "mean belief", labelAnchor: "center", labelArrow: "none", labelOffset: 50, domain: [0, 1], ticks: 3, grid: true },
    fx: { label: null, tickFormat: two_lines, domain: players.map((p) => label(rows.find((row) => row.player === p) ?? rows[0]!)) }, fy: { label: null, domain: reading_ids(study) },
    marks: [
      Plot.frame({ stroke: "var(--rule)" }),
      Plot.lineY(rows, { fx: label, fy: "reading", x: "round", y: "mean", z: "true_type", stroke: (d: (typeof rows)[0]) => (d.true_type === d.belief_in ? "yes" : "no"), strokeWidth: 2 }),
    ],
    color: { domain: ["yes", "no"], range: [colour_at(1), colour_at(0)] },
  });
  const lines = [{ text: "when it is of that type", colour: colour_at(1), dash: "" }, { text: "when it is not", colour: colour_at(0), dash: "" }];
  return section("beliefs", "Who comes to believe what", "If beliefs by true type part, talks and battles tell the types apart; if they stay together, nothing is learnt.", legend(lines),
    figure(plot, `Mean belief (the analyst's, starting from the reading's prior) that each player is of the type named above its column, at the top of each ${study.study.round_name}, given that play gets there; by true type and reading. \u03bb: ${study.readings.map((r) => `${r.id} ${number(r.lambda)}`).join(", ")}.`, "beliefs.csv", rows));
}

/** What a certificate that leaves these figures out lets be said of them; nothing where it speaks of them. */
function left_out(readings: Reading[]): string {
  const without = readings.filter((reading) => reading.result.certificate.uncertified?.includes("information"));
  if (without.length === 0) return "";
  const errors = without.flatMap((reading) => Object.entries(reading.result.certificate.grid_error).filter(([name]) => name.startsWith("information.")).map(([, error]) => error));
  return ` These figures carry no certificate: the belief grid is too coarse for them. The largest error of a player's total is stated as ${number(Math.max(...errors), 2)} bits.`;
}

export function information(study: Study): HTMLElement | null {
  const window = study.study.window;
  const rows = study.readings.flatMap((reading) => Object.entries(reading.result.information).flatMap(([player, bits]) => bits.talk.slice(0, window).flatMap((talk, t) => {
    const reached = reading.result.rounds.reached[t] ?? 0;
    const per = (x: number): number => (reached > 1e-9 ? x / reached : 0);
    return [
      { reading: reading.id, player, round: t + 1, source: "talk", bits_per_round_reached: per(talk), bits: talk },
      { reading: reading.id, player, round: t + 1, source: "battlefield", bits_per_round_reached: per(bits.battlefield[t] ?? 0), bits: bits.battlefield[t] ?? 0 },
    ];
  })));
  const informed = new Set(rows.filter((row) => row.bits > 1e-9).map((row) => row.player));
  const shown = rows.filter((row) => informed.has(row.player));
  if (shown.length === 0) return null;
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 90 + 110 * study.readings.length, marginLeft: 56, marginRight: room_for(reading_ids(study)), marginTop: 34, marginBottom: 46,
    x: { label: study.study.round_name, labelOffset: 38, tickFormat: "d", ticks: round_ticks(window) }, y: { label: "bits per round reached", labelAnchor: "center", labelArrow: "none", labelOffset: 50, grid: true, nice: true, ticks: 3 }, fx: { label: null }, fy: { label: null, domain: reading_ids(study) },
    color: { domain: ["talk", "battlefield"], range: [colour_at(0), colour_at(1)], legend: true },
    marks: [Plot.frame({ stroke: "var(--rule)" }), Plot.rectY(shown, { fx: "player", fy: "reading", x1: (d: (typeof shown)[0]) => d.round - 0.45, x2: (d: (typeof shown)[0]) => d.round + 0.45, y: "bits_per_round_reached", fill: "source" })],
  });
  return section("information", "What each round reveals", "One bit settles an even doubt about a player with two types. Talk is everything the players choose, offers, replies and strikes alike; the battlefield is what chance shows.",
    figure(plot, `Information about each player's type in each ${study.study.round_name}, given that it is reached, by reading. The bits of all rounds add up to the fall of entropy from the prior to the end of play.${left_out(study.readings)}`, "information.csv", shown));
}
