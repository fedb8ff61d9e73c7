/** Shares of plausible worlds: of a claim and of its opposite alike, in words and as a small bar. */
import { h, percent, share_within } from "./dom";
import type { Claim, Interval } from "./results";

/** From this share on a claim, or its opposite, hardly depends on the assumptions. */
export const nearly_all = 0.9;

export interface Share { share: number; interval: Interval; undecided: number }

/** The share of worlds in which the claim, or its opposite, holds; `weight` names how worlds are weighed, or nothing. */
export function share_of(claim: Claim, opposite: boolean, weight: string | null = null): Share | null {
  const worlds = claim.worlds;
  if (!worlds || worlds.solved === 0) return null;
  const weighted = weight === null ? undefined : worlds.weighted?.[weight];
  if (weight !== null && !weighted) return null;
  // Of all worlds: one that could not be solved decides nothing.
  const undecided = weighted ? weighted.undecided_share : Math.max(0, 1 - worlds.share - worlds.fails / (worlds.solved + worlds.failed));
  const share = weighted ? weighted.share : worlds.share, interval = weighted ? weighted.interval : worlds.interval;
  if (!opposite) return { share, interval, undecided };
  // Intervals reach from the lower end of "holds" to the upper end of "holds or undecided": seen from the other side, the opposite's.
  return { share: Math.max(0, 1 - share - undecided), interval: [1 - interval[1], 1 - interval[0]], undecided };
}

/** Whether the claim, or its opposite, holds nearly everywhere, worlds counting alike and weighed in every way there is. */
export const holds_nearly_everywhere = (claim: Claim, opposite: boolean): boolean =>
  [null, ...Object.keys(claim.worlds?.weighted ?? {})].every((weight) => (share_of(claim, opposite, weight)?.share ?? 0) >= nearly_all);

/** Whether one of the two does: then nothing within the plausible ranges decides the claim. */
export const is_settled = (claim: Claim): boolean => holds_nearly_everywhere(claim, false) || holds_nearly_everywhere(claim, true);

const at = (share: number): string => `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;

/** How far the share reaches and, as a line upon its end, the interval. */
export function share_bar({ share, interval }: Share, label: string): HTMLElement {
  return h("span", { class: "share", role: "img", "aria-label": `${label}: ${share_within(share, interval)}` },
    h("span", { class: "reach", style: `width:${at(share)}` }),
    h("span", { class: "between", style: `left:${at(interval[0])};right:${at(1 - interval[1])}` }));
}

export function share_cell(found: Share | null, label: string): HTMLElement | string {
  if (found === null) return "";
  return h("span", { class: "share-cell" }, h("strong", {}, percent(found.share)), share_bar(found, label),
    h("small", { class: "beneath" }, share_within(found.share, found.interval).replace(/^.*\((.*)\)$/, "$1")));
}
