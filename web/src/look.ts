/** Colours and marks of readings, outcomes and verdicts: distinct in grey and for colour-blind eyes (Okabe and Ito). */
import type { Reading, Study, Verdict } from "./results";

const hues = ["var(--hue-1)", "var(--hue-2)", "var(--hue-3)", "var(--hue-4)", "var(--hue-5)", "var(--hue-6)", "var(--hue-7)", "var(--hue-8)"];
export const dashes = ["", "6 3", "2 3", "9 3 2 3", "12 4", "4 2 1 2", "1 2", "8 2"];

export const colour_at = (i: number): string => hues[i % hues.length] as string;
export const dash_at = (i: number): string => dashes[i % dashes.length] as string;

export const reading_ids = (study: Study): string[] => study.readings.map((r) => r.id);

export function reading_name(reading: Reading): string {
  if (reading.neutral) return `${reading.id} (neutral)`;
  return reading.by ? `${reading.id} (${reading.by.split(",")[0] ?? ""})` : reading.id;
}

export const verdict_mark: Record<Verdict, string> = { holds: "\u2713", fails: "\u2717", undecided: "?" };

export const plot_style = { fontFamily: "inherit", fontSize: "12px", background: "transparent", color: "currentColor", overflow: "visible" };

export function plot_width(): number {
  return Math.max(300, Math.min(860, document.documentElement.clientWidth - 48));
}
