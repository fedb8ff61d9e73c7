import { describe, expect, it } from "vitest";
import { halves_that_count, type Study } from "../src/results";
import { example, open } from "./open_report";

const read = (): Study => JSON.parse(example) as Study;

describe("contrasts", () => {
  it("are called so wherever a half is named, and stand last without the colour of a verdict", async () => {
    const study = read(), claim = study.claims.find((c) => halves_that_count(c).length > 1 && c.halves.some((half) => half.contrast));
    expect(claim).toBeDefined();
    if (!claim) return;
    const contrasts = claim.halves.filter((half) => half.contrast).map((half) => half.name);
    // First in the file, last on the page.
    claim.halves.reverse();
    for (const base of Object.values(claim.base)) for (const judgement of [base, ...Object.values(base.by_lambda)]) judgement.halves.reverse();
    const { page, faults } = await open(JSON.stringify(study));
    expect(faults).toEqual([]);
    const rows = await page.$$eval(`#claim-${claim.id} .halves tbody tr`, (all) => all.map((row) => ({ head: row.querySelector("th")?.textContent ?? "", coloured: row.querySelectorAll(".verdict").length })));
    expect(rows.length).toBe(claim.halves.length);
    rows.forEach(({ head, coloured }, i) => {
      const is_contrast = i >= halves_that_count(claim).length;
      expect(head.includes("contrast, decides nothing")).toBe(is_contrast);
      expect(coloured).toBe(is_contrast ? 0 : study.readings.length);
    });
    expect(await page.$$eval(`#claim-${claim.id} li strong`, (all) => all.map((s) => s.textContent))).toEqual(contrasts.map(() => "contrast "));
    const captions = await page.$$eval(`#claim-${claim.id} figcaption`, (all) => all.map((c) => c.textContent ?? ""));
    expect(captions.filter((text) => text.includes("(contrast, decides nothing)")).length).toBe(contrasts.length);
    const data = await page.$$eval(`#claim-${claim.id} a.data`, (all) => all.map((a) => decodeURIComponent((a as HTMLAnchorElement).href)));
    expect(data.filter((text) => /,true,/.test(text)).length).toBe(contrasts.length);
  }, 60_000);

  it("leave a claim that rests on one half its one number", async () => {
    const study = read(), claim = study.claims.find((c) => c.halves.length === 1);
    if (!claim) return;
    claim.halves.push({ name: "beside it", text: null, metric: "1", compare: [], holds_if: "value > 2", contrast: true });
    for (const base of Object.values(claim.base)) for (const judgement of [base, ...Object.values(base.by_lambda)]) judgement.halves.push({ name: "beside it", value: 1, error: 0, compared_with: 2, verdict: "fails" });
    const { page } = await open(JSON.stringify(study));
    const text = (await page.textContent(`#claim-${claim.id}`)) ?? "";
    expect(text).toContain("its one number");
    expect(text).not.toContain("all halves");
  }, 60_000);
});

describe("claims", () => {
  const shown = async (study: Study): Promise<string[]> => {
    const { page } = await open(JSON.stringify(study));
    return page.$$eval("#numbers summary strong", (all) => all.map((s) => s.textContent ?? ""));
  };

  it("numbered in one way come by their numbers, others as they stand", async () => {
    const study = read(), ids = study.claims.map((claim) => claim.id);
    study.claims.reverse();
    expect(await shown(study)).toEqual([...ids].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    study.claims.forEach((claim, i) => { claim.id = `${"zyxwvutsrqponm"[i] ?? "a"}_named`; });
    expect(await shown(study)).toEqual(study.claims.map((claim) => claim.id));
  }, 60_000);

  it("that worlds cannot judge share one line a reason", async () => {
    const study = read();
    for (const claim of study.claims.slice(0, 3)) { claim.worlds = null; claim.worlds_why_not = "the worlds leave its variant out"; claim.decided_by = []; claim.box = null; }
    const { page, faults } = await open(JSON.stringify(study));
    expect(faults).toEqual([]);
    expect(await page.$$eval("#decides > ul.why li", (all) => all.map((li) => li.textContent))).toEqual([`Not judged in worlds: ${study.claims.slice(0, 3).map((claim) => claim.id).join(", ")}: the worlds leave its variant out.`]);
    // On the first screen they are not called undecided in worlds that never judged them.
    const group = page.locator("header .group", { hasText: "Judged under the readings only" });
    expect(await group.locator("li a").allTextContents()).toEqual(study.claims.slice(0, 3).map((claim) => claim.id));
    expect(await page.locator("header .group", { hasText: "Cannot be told" }).count()).toBe(0);
  }, 60_000);
});

describe("certificate", () => {
  it("tells of a finer ladder and of a grid that follows play only where there was one", async () => {
    const rows = async (study: Study): Promise<string[]> => {
      const { page } = await open(JSON.stringify(study));
      return page.$$eval("#certificate tbody tr", (all) => all.map((row) => [...row.children].map((cell) => cell.textContent).join(" | ")));
    };
    const study = read(), reading = study.readings[0];
    if (!reading) return;
    reading.result.certificate.ladder_error = 0.0123;
    reading.result.method.follow = { solves: 3, reached_beliefs: [20, 11], movement: 0.00045, change: null, left_out: 2, settled: false };
    const told = (await rows(study)).join("\n");
    expect(told).toMatch(/steps up the ladder of \u03bb \| 0\.012/);
    expect(told).toContain("0.0004531 beliefs, 3 solves, short of what was asked for; 2 more had no room");
    for (const { result } of study.readings) { delete result.certificate.ladder_error; delete result.method.follow; }
    expect((await rows(study)).join("\n")).not.toMatch(/ladder|follows play/);
  }, 60_000);
});

describe("sources of events", () => {
  it("are links that name the site and ask nobody until followed", async () => {
    const study = read(), event = study.evidence?.events[0];
    if (!event) return;
    event.source = "https://www.example.org/a/long-page ; a printed list";
    const { page, asked } = await open(JSON.stringify(study));
    expect(asked).toEqual([]);
    const cell = await page.$eval("#events tbody tr td:nth-of-type(3)", (td) => ({ text: td.textContent ?? "", href: td.querySelector("a")?.getAttribute("href") ?? "" }));
    expect(cell.href).toBe("https://www.example.org/a/long-page");
    expect(cell.text.startsWith("example.org ; a printed list")).toBe(true);
  }, 60_000);
});
