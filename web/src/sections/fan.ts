/** Offers by round: how they are spread, and how many are taken. */
import * as Plot from "@observablehq/plot";
import { figure, h, number, section, words } from "../dom";
import { colour_at, dash_at, is_narrow, legend, plot_style, plot_width, reading_ids, reading_lines, whole_rounds } from "../look";
import type { Offer, Study } from "../results";

interface Point { reading: string; move: string; proposer: string; round: number; made: number; mean: number | null; q10: number | null; q25: number | null; q50: number | null; q75: number | null; q90: number | null; accepted_share: number | null }

const offers_of = (choice: Offer | Offer[]): Offer[] => (Array.isArray(choice) ? choice : [choice]);

/** The least offer with at least `share` of the weight at or below it. */
export function quantile(offers: number[], weights: number[], share: number): number | null {
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (total <= 0) return null;
  let below = 0;
  for (const i of offers.map((_, k) => k).sort((x, y) => (offers[x] ?? 0) - (offers[y] ?? 0))) {
    below += weights[i] ?? 0;
    if (below >= share * total - 1e-12) return offers[i] ?? null;
  }
  return null;
}

/** Rounds in which an offer is next to never made have no spread worth a line. */
const hardly_ever = 1e-4;

function points_of(study: Study): Point[] {
  return study.readings.flatMap((reading) => Object.entries(reading.result.choices).flatMap(([move, choice]) => offers_of(choice).filter((offer) => offer.numbers === undefined).flatMap((offer) =>
    offer.mean_by_round.slice(0, study.study.window).map((mean, t): Point => {
      const made = offer.reached_by_round[t] ?? 0, weights = offer.expected_by_round?.[t], at = (share: number): number | null => (offer.offers && weights ? quantile(offer.offers, weights, share) : null);
      const accepted = offer.accepted_by_round?.[t]?.reduce((sum, x) => sum + x, 0);
      return { reading: reading.id, move: words(move), proposer: offer.proposer, round: t + 1, made, mean, q10: at(0.1), q25: at(0.25), q50: at(0.5), q75: at(0.75), q90: at(0.9), accepted_share: accepted === undefined || made <= 0 ? null : Math.min(1, accepted / made) };
    })))).filter((point) => point.mean !== null && point.made > hardly_ever);
}

function fan(study: Study, points: Point[], move: string): HTMLElement {
  const here = points.filter((point) => point.move === move), ids = reading_ids(study).filter((id) => here.some((point) => point.reading === id));
  const columns = is_narrow() ? Math.min(2, ids.length) : Math.min(4, ids.length), lines = Math.ceil(ids.length / columns);
  const fx = (p: Point): number => ids.indexOf(p.reading) % columns, fy = (p: Point): number => Math.floor(ids.indexOf(p.reading) / columns);
  const numbers = points.flatMap((p) => [p.q10, p.q90, p.mean]).filter((x): x is number => x !== null);
  const spread_known = here.some((p) => p.q10 !== null);
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 92 + 150 * lines, marginLeft: 52, marginRight: 12, marginTop: 30, marginBottom: 44,
    x: { label: study.study.round_name, labelOffset: 36, ticks: whole_rounds(study.study.window, 4), tickFormat: "d", domain: [0.5, study.study.window + 0.5] }, y: { label: "offer", labelAnchor: "center", labelArrow: "none", labelOffset: 44, domain: [Math.min(0, ...numbers), Math.max(1, ...numbers)], ticks: 5, grid: true },
    fx: { axis: null, padding: 0.1 }, fy: { axis: null, padding: lines > 1 ? 0.3 : 0 },
    marks: [
      spread_known ? Plot.rect(here, { fx, fy, x1: (p: Point) => p.round - 0.42, x2: (p: Point) => p.round + 0.42, y1: "q10", y2: "q90", fill: "var(--hue-1)", fillOpacity: 0.22, stroke: "var(--hue-1)", strokeOpacity: 0.3 }) : null,
      spread_known ? Plot.rect(here, { fx, fy, x1: (p: Point) => p.round - 0.42, x2: (p: Point) => p.round + 0.42, y1: "q25", y2: "q75", fill: "var(--hue-1)", fillOpacity: 0.4, stroke: "var(--hue-1)", strokeOpacity: 0.5 }) : null,
      spread_known ? Plot.ruleY(here, { fx, fy, x1: (p: Point) => p.round - 0.42, x2: (p: Point) => p.round + 0.42, y: "q50", stroke: "var(--hue-1)", strokeWidth: 2.5 }) : null,
      Plot.lineY(here, { fx, fy, x: "round", y: "mean", z: "reading", stroke: "var(--ink)", strokeWidth: 2 }),
      Plot.dot(here, { fx, fy, x: "round", y: "mean", r: (p: Point) => p.accepted_share ?? 0, fill: "var(--hue-2)", stroke: "var(--paper)", title: (p: Point) => `${p.reading}, ${study.study.round_name} ${String(p.round)}: mean ${number(p.mean)}, half between ${number(p.q25)} and ${number(p.q75)}; ${number(p.accepted_share, 2)} accepted` }),
      Plot.text(ids, { fx: (id: string) => ids.indexOf(id) % columns, fy: (id: string) => Math.floor(ids.indexOf(id) / columns), text: (id: string) => id, frameAnchor: "top-left", dy: -15, fontWeight: 600 }),
    ],
    r: { domain: [0, Math.max(0.01, ...points.map((p) => p.accepted_share ?? 0))], range: [0, 5] },
  });
  return h("div", {}, h("h3", {}, `${here[0]?.proposer ?? "Chance"} offers: ${move}`),
    figure(plot, `Offers (${move}) by ${study.study.round_name}, given that one is made. Line: mean${spread_known ? "; blue stroke: median; strong band: the middle half; faint band: four in five; the larger the orange dot, the larger the share accepted" : ""}. \u03bb: ${study.readings.map((r) => `${r.id} ${number(r.lambda)}`).join(", ")}; grid: ${Object.entries(study.readings[0]?.result.method.grid ?? {}).map(([p, n]) => `${p} ${String(n)}`).join(", ")} nodes; ${String(study.study.window)} ${study.study.round_name}s shown.`,
      `offers_${move.replaceAll(" ", "_")}.csv`, here.map((p) => ({ ...p }))));
}

function taken(study: Study, points: Point[]): HTMLElement | null {
  const known = points.filter((point) => point.accepted_share !== null);
  if (known.length === 0) return null;
  const moves = [...new Set(known.map((point) => point.move))];
  const columns = is_narrow() ? 1 : Math.min(2, moves.length), fx = (move: string): number => moves.indexOf(move) % columns, fy = (move: string): number => Math.floor(moves.indexOf(move) / columns);
  const most = Math.max(0.01, ...known.map((point) => point.accepted_share ?? 0));
  const plot = Plot.plot({
    style: plot_style, width: plot_width(), height: 92 + 150 * Math.ceil(moves.length / columns), marginLeft: 52, marginRight: 16, marginTop: 30, marginBottom: 44,
    x: { label: study.study.round_name, labelOffset: 36, ticks: whole_rounds(study.study.window, 6), tickFormat: "d" }, y: { label: "accepted (%)", percent: true, labelAnchor: "center", labelArrow: "none", labelOffset: 44, domain: [0, Math.min(100, 105 * most)], ticks: 4, grid: true },
    fx: { axis: null, padding: 0.1 }, fy: { axis: null, padding: moves.length > columns ? 0.34 : 0 },
    marks: [
      ...study.readings.map((reading, i) => Plot.lineY(known.filter((point) => point.reading === reading.id), { fx: (p: Point) => fx(p.move), fy: (p: Point) => fy(p.move), x: "round", y: "accepted_share", z: "move", stroke: colour_at(i), strokeDasharray: dash_at(i), strokeWidth: 2 })),
      Plot.text(moves, { fx, fy, text: (move: string) => move, frameAnchor: "top-left", dy: -15, fontWeight: 600 }),
    ],
  });
  return h("div", {}, h("h3", {}, "How many offers are taken"), legend(reading_lines(study)),
    figure(plot, `Share of the offers made in a ${study.study.round_name} that are accepted, by reading and offer. \u03bb: ${study.readings.map((r) => `${r.id} ${number(r.lambda)}`).join(", ")}.`, "offers_accepted.csv", known.map(({ reading, move, proposer, round, made, accepted_share }) => ({ reading, move, proposer, round, made, accepted_share }))));
}

export function offers(study: Study): HTMLElement | null {
  const points = points_of(study);
  if (points.length === 0) return null;
  const moves = [...new Set(points.map((point) => point.move))];
  return section("offers", "What is offered, and what is taken", null, moves.map((move) => fan(study, points, move)), taken(study, points));
}
