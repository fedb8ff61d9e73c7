import { describe, expect, it } from "vitest";
import type { Evidence, Study } from "../src/results";
import { likelier } from "../src/sections/evidence";
import { quantile } from "../src/sections/fan";
import { steps_of, together } from "../src/sections/waterfall";
import { example, open } from "./open_report";

const event = (date: string, a: number, b: number, phase: Record<string, string>) => ({ date, actor: "x", kind: "talks", what: "met", source: "s", reliability: 0.9, round: 1, phase, maps_to: null, log_likelihood: { A: a, B: b } });
const evidence = (events: ReturnType<typeof event>[], more: Partial<Evidence> = {}): Evidence => ({ log: "", start: "2025-05-01", round_days: 30, events, log_likelihood: {}, ...more });
const pair = { a: "A", b: "B" };

describe("waterfall", () => {
  it("counts an event only where it tests both readings, and each bar starts where the last one ended", () => {
    const said = evidence([event("1", -1, -2, { A: "calibration", B: "test" }), event("2", -1, -3, { A: "test", B: "test" }), event("3", -2, -1, { A: "test", B: "test" })],
      { silence: [{ kind: "truce", round: 1, log_likelihood: { A: -0.1, B: -0.2 } }, { kind: "truce", round: 2, log_likelihood: { A: -0.1, B: -0.3 } }] });
    expect(together(said, pair, "test")).toBeCloseTo(2 - 1 + 0.3, 12);
    expect(together(said, pair, "calibration")).toBeCloseTo(1, 12);
    const steps = steps_of(said, pair, 60, "month");
    expect(steps.map((s) => [s.phase, s.total])).toEqual([["calibration", false], ["calibration", true], ["test", false], ["test", false], ["test", false], ["test", true]]);
    steps.filter((s) => s.phase === "test" && !s.total).forEach((s, i, all) => expect(s.from).toBeCloseTo(i === 0 ? 0 : all[i - 1]?.to ?? NaN, 12));
    expect(steps.at(-1)?.to).toBeCloseTo(1.3 / Math.LN10, 12);
    expect(steps[4]?.label).toBe("no truce (months 1 and 2)");
  });

  it("shows what single steps leave out of the results' own total, where both readings are tested by the same events", () => {
    const said = evidence([event("1", -1, -3, { A: "test", B: "test" })], { test: { A: -1, B: -3.5 } });
    expect(together(said, pair, "test")).toBeCloseTo(2.5, 12);
    expect(steps_of(said, pair, 60, "month").map((s) => s.by * Math.LN10)).toEqual([2, 0.5, 2.5].map((x) => expect.closeTo(x, 10)));
  });
});

describe("waterfall of results that compare each pair themselves", () => {
  it("takes a pair's own total, whichever way round, and counts silences up to the later text as before it", () => {
    const said = evidence([event("2025-05-01", -1, -2, { A: "calibration", B: "test" }), event("2025-06-01", -1, -3, { A: "test", B: "test" })], {
      silence: [{ kind: "truce", round: 1, date: "2025-05-16", log_likelihood: { A: -0.1, B: -0.4 } }, { kind: "truce", round: 2, date: "2025-06-16", log_likelihood: { A: -0.1, B: -0.2 } }],
      bayes_factors: [{ a: "B", b: "A", factor: null, log10: -3.4 / Math.LN10, test: { since: "2025-05-16", factor: null, log10: -2.1 / Math.LN10 } }],
    });
    expect(together(said, pair, "test")).toBeCloseTo(2.1, 12);
    expect(together(said, pair, "calibration")).toBeCloseTo(1.3, 12);
    expect(steps_of(said, pair, 60, "month").map((s) => s.by * Math.LN10)).toEqual([1, 0.3, 1.3, 2, 0.1, 2.1].map((x) => expect.closeTo(x, 10)));
  });
});

describe("words on evidence", () => {
  it("say under which reading the events are likelier, and never more", () => {
    expect(likelier(Math.log(3.2), pair)).toBe("3.2 times as likely under A as under B");
    expect(likelier(-Math.log(50), pair)).toBe("50 times as likely under B as under A");
    expect(likelier(0.01, pair)).toBe("about as likely under A as under B");
    expect(likelier(null, pair)).toContain("cannot be compared");
  });
});

describe("a log that nothing in tests a reading by", () => {
  it("is said to test nothing, in the opening and beside the bars", async () => {
    const study = JSON.parse(example) as Study, found = study.evidence as Evidence, ids = study.readings.map((r) => r.id);
    const by_reading = Object.fromEntries(ids.map((id, i) => [id, -1 - i]));
    study.evidence = { ...found, silence: [], bayes_factors: [], calibration: by_reading, events: found.events.slice(0, 1).map((e) => ({ ...e, phase: "calibration", log_likelihood: by_reading })) } as Evidence;
    const { page, faults } = await open(JSON.stringify(study));
    expect(await page.textContent("#evidence .answer")).toContain("Nothing in the log came after both were written, so that nothing tests ");
    expect(await page.textContent("#evidence figcaption")).not.toContain("dashed line");
    const opening = (await page.$$eval("li", (all) => all.map((li) => li.textContent ?? ""))).find((text) => text.startsWith("The dated events test no reading"));
    expect(opening).toContain(`${likelier(ids.length - 1, { a: ids[0] ?? "", b: ids.at(-1) ?? "" })}, and does not count`);
    expect(faults).toEqual([]);
  }, 60_000);
});

describe("quantile", () => {
  it("is the least offer with the share at or below it, whatever the order of offers", () => {
    expect([0.1, 0.25, 0.5, 0.9].map((q) => quantile([0.8, 0.2, 0.5], [0.2, 0.2, 0.6], q))).toEqual([0.2, 0.5, 0.5, 0.8]);
    expect(quantile([0.2], [0], 0.5)).toBeNull();
  });
});

describe("evidence", () => {
  it("is weighed between the two readings the page's reader chooses", async () => {
    const { page, faults } = await open(example);
    await page.selectOption("#evidence-a", "K");
    await page.selectOption("#evidence-b", "even");
    const study = JSON.parse(example) as Study;
    const log_ratio = together(study.evidence as Evidence, { a: "K", b: "even" }, "test");
    expect(await page.textContent("#evidence .answer")).toContain(likelier(log_ratio, { a: "K", b: "even" }));
    expect(await page.getAttribute("#evidence a.data", "download")).toBe("evidence_K_against_even.csv");
    // A choice outlives the redraw of a resize.
    await page.setViewportSize({ width: 400, height: 800 });
    await page.waitForFunction(() => (document.querySelector("#evidence-b") as HTMLSelectElement).value === "even");
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
    await page.selectOption("#evidence-b", "K");
    expect(await page.textContent("#evidence .answer")).toContain("about as likely");
    expect(faults).toEqual([]);
  }, 60_000);
});
