/** The shape of results.json (docs/formats/study_results.md): only what the report reads. */

export type Verdict = "holds" | "fails" | "undecided";
export type ByRound = number[];

export interface Player { name: string; types: string[]; prior: number[] }
export interface Equilibrium { unique: boolean; multiple_decisions: number; branch_jumps: number; unsolved_decisions: number; ladder: number[]; places: string[] }
export interface ShortResult {
  lambda: number; outcomes: Record<string, number>; rounds_mean: number; unfinished: number; reached: ByRound;
  tallies: Record<string, number>; values: Record<string, Record<string, number>>; equilibrium: Equilibrium;
}
export interface Offer { proposer: string; mean: number; first_round: number; accepted: number; accepted_mean: number | null; mean_by_round: (number | null)[]; reached_by_round: ByRound; offers?: number[]; numbers?: number[]; expected_by_round?: number[][]; accepted_by_round?: number[][] }
export interface Action { player: string | null; actions: string[]; expected_by_round: number[][] }
export interface Information { talk: ByRound; battlefield: ByRound; per_round_reached: ByRound; total: number; prior_entropy: number; end_entropy: number; splitting: number }
export interface Certificate {
  residual: number; residual_reached: number; beliefs: number; exploitability: Record<string, Record<string, { gain: number; ceiling: number }>>;
  grid_error: Record<string, number>; not_converging: string[]; cell_step: number; path_error: number; ladder_error?: number | null; unsolved_decisions: number;
  reached: { unsolved_decisions: number; multiple_decisions: number; branch_jumps: number };
  tolerance: number; residual_tolerance: number; uncertified?: string[]; holds: boolean; why_not: string[];
}
/** Of a grid that followed play; `reached_beliefs` by axis, `change` null after one solve. */
export interface Follow { solves: number; reached_beliefs: number[]; movement: number | null; change: number | null; left_out: number; settled: boolean }
export interface PathStep { round: number; move: string; player: string | null; action: string; belief_before: number | null; belief_after: number | null }
export interface Path { types: Record<string, string>; outcome: string; last_round: number; unfinished: boolean; frequency: number; steps: PathStep[] }
export interface Result {
  game: { name: string; players: Player[]; public_states: number; belief_points: number; rounds: number };
  method: { name: string; lambda: number; grid: Record<string, number>; measure: string; discounting: string; follow?: Follow };
  values: Record<string, Record<string, number>>;
  outcomes: Record<string, { probability: number; by_types: { types: Record<string, string>; probability: number }[] }>;
  rounds: { mean: number; distribution: ByRound; unfinished: number; reached: ByRound };
  choices: Record<string, Offer | Offer[]>;
  actions?: Record<string, Action>;
  information: Record<string, Information>;
  beliefs: Record<string, { in: string; given: Record<string, (number | null)[]> }>;
  bargaining_ranges?: { proposer: string; responder: string; offer: string; share_with_range: number | null; pairs: { types: Record<string, string>; low: number | null; high: number | null; empty: boolean; weight: number }[] }[];
  paths?: Path[];
  equilibrium: Equilibrium;
  certificate: Certificate;
}
export interface Reading {
  id: string; by: string | null; date: string | null; text: string | null; standpoint: string | null; neutral: boolean;
  parameters: Record<string, number | string>; because: Record<string, string>; lambda: number; by_lambda: Record<string, ShortResult>; result: Result;
}
export interface Half { name: string | null; value: number | null; error: number | null; compared_with: number | null; verdict: Verdict }
export interface Judgement {
  lambda: number; verdict: Verdict; opposite_verdict: Verdict; value: number | null; error: number | null; compared_with: number | null;
  half?: string | null; why: string[]; halves: Half[]; guards: { text: string; met: boolean | null }[];
}
export interface BaseJudgement extends Judgement { by_lambda: Record<string, Judgement>; same_for_all_lambda: boolean }
/** What `against`'s number becomes when one assumption of the reading alone replaces its own. */
export interface Alone { assumption: string; parameters: Record<string, number | string>; value: number | null; verdict: Verdict }
export interface Reason {
  reading: string; against: string; half: string; grid: Record<string, number>; lambda: number; from: number | null; to: number | null;
  compared_with: number | null; verdict_from: Verdict; verdict_to: Verdict; sentence: string; alone: Alone[];
  together?: { assumptions: string[]; value: number | null; verdict: Verdict } | null;
}
export type Interval = [number, number];
export interface WeightedShare { share: number; interval: Interval; undecided_share: number }
/** In how many plausible worlds a claim holds; counts of worlds, shares of those solved. */
export interface ClaimWorlds {
  solved: number; failed: number; holds: number; fails: number; undecided: number; share: number; interval: Interval;
  weighted?: Record<string, WeightedShare>; by_number?: { number: number; share: number; lo: number; hi: number }[];
  median: number | null; quantiles: number[] | null; half?: string | null; turned_on_the_finer_grid?: number | null;
  bands?: { taken_back: { one_solution: Band; several_solutions: Band } } | null;
}
/** An error that this share of worlds keeps to at least; no factor: none is known, and nothing is decided. */
export interface Band { factor: number | null; coverage: number; checked: number }
export interface Effect { parameter: string; total_effect: number; interval: Interval }
/** `of`: which verdict it describes, the rarer one; "holds" where it is not said. */
export interface Box { of?: Verdict; parameters: Record<string, Interval>; coverage: number; density: number; support: number; resampled?: Record<string, number> }
/** `contrast`: judged and shown beside the others, and decides nothing. */
export interface ClaimHalf { name: string | null; text: string | null; metric: string; compare: string[]; holds_if: string; contrast?: boolean }
export interface Claim {
  id: string; by: string | string[]; text: string; opposite: string; mechanisms: string[]; metric: string;
  halves: ClaimHalf[];
  guards: { text: string }[]; beware: string[]; base: Record<string, BaseJudgement>; reasons?: Reason[];
  worlds?: ClaimWorlds | null; worlds_why_not?: string | null; decided_by?: Effect[]; box?: Box | null;
}
export interface Parameter {
  name: string; default: number | string; readings: Record<string, number | string>; differs: boolean; plausible: [number, number] | null;
  source: string | null; judgement: boolean; judgement_note: string | null; because: Record<string, string>; note: string | null;
}
export interface Study {
  schema: string; program: { name: string; version: string };
  study: { title: string; question: string | null; file: string; model: string; model_title: string; fingerprint: string; sources: string[]; model_sources: string[]; round_name: string; window: number; horizon: number; lambda_factors: number[]; unused_sections: { section: string; why: string }[] };
  reproduce: { command: string; version: string; fingerprint: string; model_fingerprint: string; study_fingerprint: string; options: Record<string, unknown> };
  readings: Reading[];
  variants: Variant[]; mechanisms: Mechanism[]; worlds?: Worlds | null; evidence?: Evidence | null;
  claims: Claim[]; parameters: Parameter[];
  base_rates: { id: string; text: string; source: string; survival: ByRound }[];
  model_text: { file: string; text: string }[]; limits: string[]; all_hold: boolean; failures: string[];
}

export interface Varied { parameter: string; lo: number; hi: number; scale: string; assumed?: string | null; unit?: string | null }
export interface Worlds {
  number: number; scrambles: number; seed: number; around?: string | null; failures?: { why: string; worlds: number }[]; unused_weights?: { id: string; why: string }[];
  with_several_solutions?: number; with_branch_jumps?: number; with_unsolved_decisions?: number;
  checked?: { worlds: number; grid: Record<string, number> | string | null } | null; certified?: { worlds: number; hold: number; failures?: unknown[] } | null; grid: Record<string, number> | null; parameters?: Record<string, number | string>; solved: number; failed: number; varied: Varied[];
  groups: { name: string; parameters: string[] }[]; weights?: { id: string; text: string }[]; effective_number?: Record<string, number>;
  enough?: { number: number; widest_interval: number }[]; seconds_a_world?: number;
}
export type ByReading = Record<string, number | null>;
export interface DatedEvent {
  date: string; actor: string; kind: string; what: string; source: string; reliability: number | string | null; round: number; counted?: boolean;
  phase: string | Record<string, string>; maps_to: string | null; log_likelihood: ByReading;
}
export interface Evidence {
  log: string; start: string; round_days: number; events: DatedEvent[]; silence?: { kind: string; round: number; date?: string; log_likelihood: ByReading }[];
  until?: string; threshold?: number; grid?: string | null; common_test?: { since: string | null; posterior: ByReading } | null;
  unmapped?: { date: string; what: string; why: string }[]; log_likelihood: ByReading; calibration?: ByReading; test?: ByReading; prior?: ByReading; posterior?: ByReading;
  bayes_factors?: { a: string; b: string; factor: number | null; log10: number | null; test?: { since: string | null; factor: number | null; log10: number | null } | null }[];
  by_calendar?: { start: string; round_days: number; log_likelihood: ByReading }[]; lambda?: { factor: number; weight: number | null; log_likelihood: ByReading }[];
  power?: { plays: number; table: { under: string; against: string; strong_share: number; strong_interval?: Interval; misleading_share: number; misleading_interval?: Interval; bits_per_event: number | null }[] } | null;
  words?: string[]; beware?: string[];
}
export interface Mechanism { id: string; text?: string | null; where: string[]; shown_by: string[]; modules?: string[]; paragraph?: string | null; nearest?: string | null; simplified?: string | null }
export interface Variant { id: string; text: string | null; parameters: Record<string, number | string>; modules?: string[]; readings: Record<string, ShortResult> }

/** The halves a verdict rests on: all but contrasts. */
export const halves_that_count = (claim: Claim): ClaimHalf[] => claim.halves.filter((half) => !half.contrast);

/** The claims on which the readings' verdicts differ. */
export const split_claims = (study: Study): Claim[] => study.claims.filter((claim) => new Set(Object.values(claim.base).map((j) => j.verdict)).size > 1);

/** Claims numbered in one way ("C1", "C2", ...) by their numbers, whatever order the study's modules brought them in; all others as they stand. */
function in_order(study: Study): Study {
  const number_of = (claim: Claim): number => Number(claim.id.replace(/^\D+/, ""));
  const prefixes = new Set(study.claims.map((claim) => /^(\D+)\d+$/.exec(claim.id)?.[1]));
  return prefixes.size === 1 && !prefixes.has(undefined) ? { ...study, claims: [...study.claims].sort((a, b) => number_of(a) - number_of(b)) } : study;
}

/** The study inside this page; an explanation instead when there is none. */
export function read_results(): Study | string {
  const text = document.getElementById("melian-results")?.textContent ?? "";
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && (found as Study).schema === "melian.study/1") return in_order(found as Study);
    return "This page holds no results of a study (schema melian.study/1). `melian run` writes the report with its results inside.";
  } catch (problem) {
    return `The results inside this page cannot be read: ${String(problem)}`;
  }
}
