import { describe, expect, it } from "vitest";
import type { Claim, Study } from "../src/results";
import { box_words, side_words, sides_of } from "../src/sections/decides";
import { percent_within, share_within } from "../src/dom";
import { is_settled, share_of } from "../src/share";
import { example, open } from "./open_report";

const read = (): Study => JSON.parse(example) as Study;
const claim_with = (worlds: Partial<NonNullable<Claim["worlds"]>>, box: Claim["box"] = null): Claim =>
  ({ id: "C1", worlds: { solved: 90, failed: 10, holds: 30, fails: 50, undecided: 10, share: 0.3, interval: [0.25, 0.55], median: null, quantiles: null, ...worlds }, box } as unknown as Claim);

describe("share_of", () => {
  it("leaves to the opposite what neither holds nor is undecided, failed worlds among the undecided", () => {
    expect(share_of(claim_with({}), false)).toEqual({ share: 0.3, interval: [0.25, 0.55], undecided: expect.closeTo(0.2, 12) });
    const opposite = share_of(claim_with({}), true);
    expect(opposite?.share).toBeCloseTo(0.5, 12);
    expect(opposite?.interval.map((x) => x.toFixed(2))).toEqual(["0.45", "0.75"]);
  });

  it("takes the undecided of a weight from that weight", () => {
    const claim = claim_with({ weighted: { events: { share: 0.6, interval: [0.5, 0.8], undecided_share: 0.1 } } });
    expect(share_of(claim, true, "events")?.share).toBeCloseTo(0.3, 12);
    expect(share_of(claim, false, "unknown")).toBeNull();
  });

  it("is nothing where no world was solved", () => {
    expect(share_of(claim_with({ solved: 0 }), false)).toBeNull();
    expect(share_of({ id: "C1" } as Claim, false)).toBeNull();
  });
});

describe("is_settled", () => {
  it("says so of a claim, or an opposite, that holds nearly everywhere", () => {
    expect(is_settled(claim_with({ share: 0.95, fails: 2, undecided: 3, holds: 85 }))).toBe(true);
    expect(is_settled(claim_with({ share: 0.02, fails: 95, undecided: 0, solved: 97, failed: 3 }))).toBe(true);
    expect(is_settled(claim_with({}))).toBe(false);
  });

  it("does not say so where likelier worlds, counting more, say otherwise", () => {
    const weighted = (share: number) => ({ share: 0.95, fails: 2, undecided: 3, holds: 85, weighted: { events: { share, interval: [0, 1] as [number, number], undecided_share: 0 } } });
    expect(is_settled(claim_with(weighted(0.91)))).toBe(true);
    expect(is_settled(claim_with(weighted(0.4)))).toBe(false);
  });

  it("keeps a claim apart from what follows almost whatever one assumes, and says what weighing does", async () => {
    const study = read();
    const claim = study.claims.find((c) => c.worlds?.weighted && Object.keys(c.worlds.weighted).length > 0);
    if (!claim?.worlds?.weighted) throw new Error("the example has weighted claims");
    Object.assign(claim.worlds, { share: 0.95, fails: 0.05 * (claim.worlds.solved + claim.worlds.failed) });
    Object.values(claim.worlds.weighted).forEach((weight) => Object.assign(weight, { share: 0.5, undecided_share: 0 }));
    const { page } = await open(JSON.stringify(study));
    const told = await page.$$eval(".group", (groups, id) => groups.filter((g) => [...g.querySelectorAll("a")].some((a) => a.textContent === id)).map((g) => [g.querySelector("h3")?.firstChild?.textContent, [...g.querySelectorAll("li")].find((li) => li.textContent?.startsWith(`${id} `))?.textContent]), claim.id);
    expect(told).toHaveLength(1);
    expect(told[0]?.[0]).toBe("Depends on what one assumes");
    expect(told[0]?.[1]?.replaceAll("\u00a0", " ")).toContain("Likelier worlds counting more, it holds in 50 % by");
  }, 60_000);
});

describe("shares in words", () => {
  it("are exact at either end only where they are, and in hundredths next to it", () => {
    expect(percent_within(0.279, undefined)).toEqual(["27.9\u00a0%"]);
    expect(percent_within(0.0006, undefined)).toEqual(["0.06\u00a0%"]);
    expect(percent_within(0.9994, undefined)).toEqual(["99.94\u00a0%"]);
    expect(percent_within(1e-7, undefined)).toEqual(["< 0.01\u00a0%"]);
    expect(percent_within(1 - 1e-7, undefined)).toEqual(["> 99.99\u00a0%"]);
    expect(percent_within(1, undefined)).toEqual(["100.0\u00a0%"]);
    expect(share_within(0, [0, 0.019])).toBe("0\u00a0% (0 to 1.9\u00a0%)");
  });
});

describe("box_words", () => {
  const varied = [{ parameter: "cost", lo: 0, hi: 1, scale: "linear" }, { parameter: "precision", lo: 1, hi: 100, scale: "log" }, { parameter: "hope", lo: 0, hi: 2, scale: "linear" }];

  it("says above, below or between, and leaves out sides that cut nothing off", () => {
    const box = { parameters: { cost: [0, 0.4], precision: [20, 100], hope: [0, 2] } as Record<string, [number, number]>, coverage: 0.7, density: 0.9, support: 0.25 };
    expect(sides_of(box, varied).map(side_words)).toEqual(["cost is below 0.4", "precision is above 20"]);
    expect(side_words({ parameter: "hope", from: 0.5, to: 1 })).toBe("hope lies between 0.5 and 1");
    const text = box_words(claim_with({}, box), varied)?.replaceAll("\u00a0", " ");
    // Outside: .3 of all worlds hold, 30 % of them outside the box, which leaves 75 % of the worlds.
    expect(text).toBe("Holds mostly where cost is below 0.4 and precision is above 20: 70 % of the worlds in which it holds lie there, and it holds in 90 % of the worlds that lie there, against 12 % outside. The box takes in 25 % of all worlds.");
  });

  it("tells of a box of failures that the opposite holds there", () => {
    const text = box_words(claim_with({}, { of: "fails", parameters: { cost: [0.5, 1] }, coverage: 0.6, density: 0.8, support: 0.5 }), varied);
    expect(text).toContain("Fails, so that its opposite holds, mostly where cost is above 0.5: ");
    // .5 of all worlds fail, 40 % of them outside the box.
    expect(text?.replaceAll("\u00a0", " ")).toContain("it fails in 80 % of the worlds that lie there, against 40 % outside.");
  });

  it("is silent where there is no box, or one that restricts nothing", () => {
    expect(box_words(claim_with({}), varied)).toBeNull();
    expect(box_words(claim_with({}, { parameters: { cost: [0, 1] }, coverage: 1, density: 0.3, support: 1 }), varied)).toBeNull();
  });
});

describe("worlds", () => {
  it("stand beside the verdicts of claim and opposite alike, with interval and weighted shares", async () => {
    const { page, faults } = await open(example);
    const bars = await page.$$eval(".verdicts tbody tr .share", (all) => all.map((bar) => bar.getAttribute("aria-label") ?? ""));
    expect(bars.length).toBe(2 * read().claims.length);
    for (const bar of bars) expect(bar).toMatch(/holds in this share of plausible worlds: [\d.]+\u00a0% \([\d.]+ to [\d.]+\u00a0%\)/);
    expect(await page.$$eval(".verdicts .weighted", (all) => all.length)).toBe(2 * read().claims.length * (read().worlds?.weights ?? []).length);
    // What decides: bars and box of each claim, and a table of all of them in one figure.
    for (const claim of read().claims) {
      const text = (await page.textContent(`#decides-${claim.id}`)) ?? "";
      expect(text).toContain(`${claim.id}_decided_by.csv`);
      expect(text.includes("Holds mostly where")).toBe(claim.box !== null && claim.box?.of !== "fails");
    }
    expect(await page.textContent("#enough")).toContain("download CSV");
    expect(faults).toEqual([]);
  }, 60_000);

  it("leave no trace where none were solved, no events weighed and no offers counted", async () => {
    const study = read() as unknown as Record<string, unknown> & Study;
    for (const field of ["worlds", "evidence"]) delete study[field];
    study.mechanisms = study.mechanisms.map(({ id, where, shown_by }) => ({ id, where, shown_by }));
    study.variants = [];
    for (const claim of study.claims) { delete claim.worlds; delete claim.decided_by; delete claim.box; }
    for (const { result } of study.readings) {
      delete result.actions;
      for (const offer of Object.values(result.choices).flat()) { delete offer.offers; delete offer.expected_by_round; delete offer.accepted_by_round; }
    }
    const { page, faults } = await open(JSON.stringify(study));
    expect(faults).toEqual([]);
    expect(await page.$$("#worlds, #decides, #evidence, #actions, .share, .weighted")).toEqual([]);
    expect(await page.textContent("#offers figcaption")).not.toContain("middle half");
    const text = (await page.textContent("main")) ?? "";
    expect(text).toContain("The readings disagree");
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  }, 60_000);
});
