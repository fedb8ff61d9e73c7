/** What else the players do, round by round. */
import * as Plot from "@observablehq/plot";
import { figure, number, percent, section, words } from "../dom";
import { is_narrow, legend, plot_style, plot_width, reading_ids, reading_lines, colour_at, dash_at, whole_rounds } from "../look";
import type { Study } from "../results";

/** Decisions that come up less often than this in a round have no share worth a line. */
const hardly_ever = 1e-4;

interface Point { reading: string; move: string; player: string; action: string; round: number; expected: number; share: number }

function points_of(study: Study): Point[] {
  return study.readings.flatMap((reading) => Object.entries(reading.result.actions ?? {}).flatMap(([move, choice]) => choice.expected_by_round.slice(0, study.study.window).flatMap((row, t) => {
    const total = row.reduce((sum, x) => sum + x, 0);
    return total <= hardly_ever ? [] : choice.actions.map((action, k) => ({ reading: reading.id, move: words(move), player: choice.player ?? "chance", action: words(action), round: t + 1, expected: row[k] ?? 0, share: (row[k] ?? 0) / total }));
  })));
}

/** "Moscow, hold": the move already says whose it is where several share its name. */
function panel_head(player: string, move: string): string {
  const whose = ` of ${player}`;
  return `${player}, ${move.endsWith(whose) ? move.slice(0, -whose.length) : move}`;
}

/** Of two actions one line says both: the second. */
const drawn = (actions: string[]): string[] => (actions.length === 2 ? actions.slice(0, 1) : actions);

export function actions(study: Study): HTMLElement | null {
  const points = points_of(study);
  if (points.length === 0) return null;
  const moves = [...new Set(points.map((p) => p.move))];
  const panels = moves.flatMap((move) => drawn([...new Set(points.filter((p) => p.move === move).map((p) => p.action))]).map((action) => ({ move, action, player: points.find((p) => p.move === move)?.player ?? "" })));
  const columns = Math.min(panels.length, is_narrow() ? 2 : 4), index = (p: { move: string; action: string }): number => panels.findIndex((panel) => panel.move === p.move && panel.action === p.action);
  const fx = (p: { move: string; action: string }): number => index(p) % columns, fy = (p: { move: string; action: string }): number => Math.floor(index(p) / columns);
  const shown = points.filter((p) => index(p) >= 0);
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 92 + 132 * Math.ceil(panels.length / columns), marginLeft: 52, marginRight: 12, marginTop: 44, marginBottom: 44,
    x: { label: study.study.round_name, labelOffset: 36, ticks: whole_rounds(study.study.window, 3), tickFormat: "d", domain: [1, Math.max(2, study.study.window)] }, y: { label: "share of decisions (%)", labelAnchor: "center", labelArrow: "none", labelOffset: 44, percent: true, domain: [0, 100], ticks: 3, grid: true },
    fx: { axis: null, padding: 0.14 }, fy: { axis: null, padding: panels.length > columns ? 0.5 : 0 },
    marks: [
      ...reading_ids(study).map((id, i) => Plot.lineY(shown.filter((p) => p.reading === id), { fx, fy, x: "round", y: "share", z: (p: Point) => `${p.move} ${p.action}`, stroke: colour_at(i), strokeDasharray: dash_at(i), strokeWidth: 2, title: (p: Point) => `${p.move}, ${p.action}: ${percent(p.share)}` })),
      Plot.text(panels, { fx, fy, text: (p: (typeof panels)[0]) => `${panel_head(p.player, p.move)}:\n${p.action}`, frameAnchor: "top-left", dy: -30, fontWeight: 600 }),
    ],
  });
  return section("actions", "What else is done", null, legend(reading_lines(study)),
    figure(plot, `How often each choice is made, among the times the decision comes up in a ${study.study.round_name}, by reading; of two choices only the first is drawn. \u03bb: ${study.readings.map((r) => `${r.id} ${number(r.lambda)}`).join(", ")}.`, "actions.csv", points.map((p) => ({ ...p }))));
}
