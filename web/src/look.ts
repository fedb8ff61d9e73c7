/** Colours and marks of readings, outcomes and verdicts: distinct in grey and for colour-blind eyes (Okabe and Ito). */
import { h } from "./dom";
import type { Reading, Study, Verdict } from "./results";

const hues = ["var(--hue-1)", "var(--hue-2)", "var(--hue-3)", "var(--hue-4)", "var(--hue-5)", "var(--hue-6)", "var(--hue-7)", "var(--hue-8)"];
export const dashes = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2", "8 2"];

export const colour_at = (i: number): string => hues[i % hues.length] as string;
export const dash_at = (i: number): string => dashes[i % dashes.length] as string;

export const reading_ids = (study: Study): string[] => study.readings.map((r) => r.id);

const author_of = (reading: Reading): string => (reading.neutral ? "neutral" : reading.by?.split(",")[0] ?? "");

export const reading_name = (reading: Reading): string => (author_of(reading) ? `${reading.id} (${author_of(reading)})` : reading.id);

/** Heads of the readings' columns: the author under the name, the name alone where there is little room. */
export const reading_heads = (study: Study): HTMLElement[] =>
  study.readings.map((reading) => h("span", { "data-short": reading.id }, reading.id, author_of(reading) ? h("small", { class: "beneath" }, author_of(reading)) : null));

export const verdict_mark: Record<Verdict, string> = { holds: "\u2713", fails: "\u2717", undecided: "?" };
export const verdict_symbols = { domain: ["holds", "fails", "undecided"], range: ["circle", "times", "diamond2"] };
export const verdict_colours = { domain: verdict_symbols.domain, range: ["var(--good)", "var(--bad)", "var(--open)"] };
export const verdict_key = "Circle: holds; cross: fails; diamond: undecided.";

export const plot_style = { fontFamily: "inherit", fontSize: "12px", background: "transparent", color: "currentColor", overflow: "visible" };

/** Padding of an opened detail, left and right together. */
export const inside_details = 26;

/** The page's column, less what the surroundings take. */
export function plot_width(taken = 0): number {
  return Math.max(280, Math.min(856, document.documentElement.clientWidth - 40) - taken);
}

export const is_narrow = (): boolean => plot_width() < 560;

/** Room that the longest of these labels takes beside a plot. */
export const room_for = (labels: string[]): number => 16 + 7 * Math.max(0, ...labels.map((label) => label.length));

/** Whether heads of columns beside `room` must stand upright: side by side they would touch. */
export const heads_upright = (heads: string[], room: number): boolean => room_for(heads) > (plot_width() - room) / Math.max(1, heads.length);

/** Whole rounds from 1 to `last`, about `most` of them: half a round is none. */
export function whole_rounds(last: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((last - 1) / Math.max(1, most)));
  return Array.from({ length: Math.floor((last - 1) / step) + 1 }, (_, i) => 1 + i * step);
}

/** Few enough rounds under a small plot that their numbers do not touch. */
export function round_ticks(window: number): number[] {
  const half = Math.ceil(window / 2);
  return is_narrow() ? [half, window] : [1, half, window];
}

function sample(colour: string, dash: string): SVGElement {
  const make = (tag: string, attributes: Record<string, string>): SVGElement => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, text] of Object.entries(attributes)) element.setAttribute(name, text);
    return element;
  };
  const svg = make("svg", { width: "34", height: "8", "aria-hidden": "true" });
  svg.append(make("line", { x1: "0", y1: "4", x2: "34", y2: "4", stroke: colour, "stroke-width": "3", "stroke-dasharray": dash }));
  return svg;
}

export interface Line { text: string; colour: string; dash: string }

export const reading_lines = (study: Study): Line[] => study.readings.map((reading, i) => ({ text: reading_name(reading), colour: colour_at(i), dash: dash_at(i) }));

export const legend = (lines: Line[]): HTMLElement => h("ul", { class: "legend" }, lines.map((line) => h("li", {}, sample(line.colour, line.dash), line.text)));
