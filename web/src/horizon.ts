/** What a horizon cuts off: a game that ends by its horizon is no war that ends. */
import { decimal, signed } from "./dom";
import type { ByRound } from "./results";

/** Rounds that can be played: every play that is cut off has reached them all, so that entries far below its chance come after the game has stopped. */
function rounds_played(reached: ByRound, unfinished: number): number {
  let last = reached.length;
  while (last > 0 && (reached[last - 1] ?? 0) < unfinished / 2) --last;
  return last;
}

/** The chance that the war still goes on at the top of round 1, 2, ...; the last entry counts plays that the horizon cut off as going on. */
export function still_goes_on(reached: ByRound, unfinished: number): ByRound {
  return unfinished > 0 ? [...reached.slice(0, rounds_played(reached, unfinished)), unfinished] : reached;
}

export interface Length { mean: number; reached: ByRound; unfinished: number }

/** The most rounds a mean counts; null where nothing was cut off. */
export const most_rounds = ({ reached, unfinished }: Length): number | null => (unfinished > 0 ? rounds_played(reached, unfinished) : null);

/** How much longer `a` is than `b`, over as many rounds as both can last. */
export function longer_by(a: Length, b: Length): { difference: number; within: number | null } {
  const most = [most_rounds(a), most_rounds(b)], finite = most.filter((n): n is number => n !== null);
  if (most[0] === most[1]) return { difference: a.mean - b.mean, within: null };
  const within = Math.min(...finite), mean = (of: Length): number => of.reached.slice(0, within).reduce((sum, x) => sum + x, 0);
  return { difference: mean(a) - mean(b), within };
}

/** "\u22120.6", or "\u22120.6 over 12 months" where one of the two was solved over fewer. */
export function difference_words(a: Length, b: Length, round_name: string): string {
  const { difference, within } = longer_by(a, b);
  return within === null ? signed(difference) : `${signed(difference)} over ${String(within)} ${round_name}s`;
}

/** "7.1", or "7.1 of at most 12" where that is fewer than usual. */
export function mean_words(of: Length, usual: Length): string {
  const most = most_rounds(of);
  return most === null || most === most_rounds(usual) ? decimal(of.mean) : `${decimal(of.mean)} of at most ${String(most)}`;
}
