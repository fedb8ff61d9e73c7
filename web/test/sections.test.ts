import { describe, expect, it } from "vitest";
import { example, open } from "./open_report";

interface Verdicts { base: Record<string, { verdict: string }> }
interface Reason { reading: string; against: string; sentence: string; alone: { assumption: string; value: number | null }[]; together?: object | null; from: number; to: number; compared_with: number }
interface Study {
  claims: (Verdicts & { id: string; reasons?: Reason[] })[];
  readings: { id: string; neutral: boolean; result: { outcomes: Record<string, { probability: number; by_types: unknown[] }>; paths?: { outcome: string }[]; certificate: { grid_error: Record<string, number> } } }[];
  study: { sources: string[]; model_sources: string[] };
}
const read = (): Study => JSON.parse(example) as Study;
const without_reasons = (change: (study: Study) => void): string => {
  const study = read();
  for (const claim of study.claims) claim.reasons = [];
  change(study);
  return JSON.stringify(study);
};

describe("reasons", () => {
  it("follow the verdicts and what decides them, one for each that the results give", async () => {
    const { page } = await open(example);
    const all = read().claims.flatMap((claim) => claim.reasons ?? []);
    expect(await page.$$eval("section[id]", (all) => all.map((s) => s.id).slice(1, 5))).toEqual(["claims", "worlds", "decides", "reasons"]);
    const shown = await page.$$eval("#reasons article", (articles) => articles.map((a) => a.textContent ?? ""));
    expect(shown.length).toBe(all.length);
    all.forEach((reason, i) => {
      expect(shown[i]).toContain(`${reason.reading} against ${reason.against}`);
      expect(shown[i]).toContain(reason.sentence);
    });
  }, 60_000);

  it("draw one row for each assumption and one for all of them, with the threshold dashed", async () => {
    const { page } = await open(example);
    const plots = await page.$$eval("#reasons article", (articles) => articles.map((a) => ({
      texts: [...a.querySelectorAll("svg text")].map((t) => t.textContent ?? ""), dots: a.querySelectorAll("[data-part='dot'] > *").length,
      dashed: a.querySelectorAll("[data-part='rule'][stroke-dasharray='4 3']").length, caption: a.querySelector("figcaption")?.textContent ?? "", data: decodeURIComponent(a.querySelector("a.data")?.getAttribute("href") ?? ""),
    })));
    read().claims.flatMap((claim) => claim.reasons ?? []).forEach((reason, i) => {
      const plot = plots[i];
      for (const { assumption } of reason.alone) expect(plot?.texts.some((text) => text.startsWith(assumption))).toBe(true);
      expect(plot?.texts).toContain("all of them");
      expect(plot?.texts.filter((text) => text === "no number").length).toBe(reason.alone.filter((alone) => alone.value === null).length);
      expect(plot?.dots).toBe(reason.alone.filter((alone) => alone.value !== null).length + (reason.together ? 2 : 1));
      expect(plot?.dashed).toBe(1);
      expect(plot?.caption).toContain("coarser grid");
      expect(plot?.data.trim().split("\n").length).toBe(reason.alone.length + (reason.together ? 4 : 3));
    });
  }, 60_000);

  it("are one sentence where all readings agree", async () => {
    const { page } = await open(without_reasons((study) => study.claims.forEach((claim) => Object.values(claim.base).forEach((judgement) => { judgement.verdict = "holds"; }))));
    expect(await page.textContent("#reasons p")).toBe("All readings agree on every claim.");
    expect(await page.$$("#reasons figure")).toEqual([]);
  }, 60_000);

  it("are not said to be agreement where older results hold none", async () => {
    const { page } = await open(without_reasons(() => undefined));
    expect(await page.textContent("#reasons p")).toContain("do not say which assumptions");
  }, 60_000);

  it("are absent where nothing is claimed", async () => {
    const { page, faults } = await open(without_reasons((study) => { study.claims = []; }));
    expect(await page.$$("#reasons, #claims, #numbers")).toEqual([]);
    expect(faults).toEqual([]);
  }, 60_000);
});

describe("report at 380 pixels", () => {
  it("shows every table whole, without scrolling sideways", async () => {
    const { page } = await open(example, { width: 380 });
    await page.$$eval("details.claim-detail", (all) => all.forEach((d) => d.setAttribute("open", "")));
    const hidden = await page.$$eval(".scroll", (all) => all.map((s) => s.scrollWidth - s.clientWidth));
    expect(hidden.length).toBeGreaterThan(5);
    for (const pixels of hidden) expect(pixels).toBeLessThanOrEqual(0);
  }, 60_000);

  it("names the reading over each verdict", async () => {
    const { page } = await open(example, { width: 380 });
    const names = await page.$$eval(".verdicts tbody tr:first-child td", (all) => all.map((td) => getComputedStyle(td, "::before").content));
    expect(names).toEqual([...read().readings.map((r) => `"${r.id}"`), '"Worlds"', '"Weighted"']);
  }, 60_000);
});

describe("endings", () => {
  it("keep the labels at the ends of the survival curves apart and inside the plot", async () => {
    for (const width of [1100, 380]) {
      const { page } = await open(example, { width });
      const boxes = await page.$$eval("#survival svg [data-part='text'] text", (all) => all.map((t) => t.getBoundingClientRect()).map(({ top, bottom, right }) => ({ top, bottom, right })));
      const edge = await page.$eval("#survival .plot", (plot) => plot.getBoundingClientRect().right);
      boxes.sort((a, b) => a.top - b.top);
      boxes.forEach((box, i) => {
        expect(box.right).toBeLessThanOrEqual(edge + 0.5);
        // Boxes are a little taller than the letters in them.
        if (i > 0) expect(box.top - (boxes[i - 1]?.bottom ?? 0)).toBeGreaterThan(-3);
      });
    }
  }, 60_000);

  it("never show an error as nought that is not", async () => {
    const study = read();
    for (const reading of study.readings) for (const name of Object.keys(reading.result.outcomes)) reading.result.certificate.grid_error[`outcomes.${name}`] = 3e-5;
    const { page } = await open(JSON.stringify(study));
    const errors = await page.$$eval("#outcomes td small", (all) => all.map((e) => e.textContent));
    expect(new Set(errors)).toEqual(new Set(["\u00b1 < 0.01"]));
  }, 60_000);
});

describe("typical plays", () => {
  it("carry the exact probability of their ending, not a share of samples", async () => {
    const study = read();
    const reading = study.readings.find((r) => (r.result.paths ?? []).length > 0);
    const path = reading?.result.paths?.[0];
    if (!reading || !path) return;
    const outcome = reading.result.outcomes[path.outcome] ?? (reading.result.outcomes[path.outcome] = { probability: 0, by_types: [] });
    outcome.probability = 0.3141;
    const { page } = await open(JSON.stringify(study));
    expect(await page.$$eval("#paths summary", (all) => all.map((s) => s.textContent ?? ""))).toEqual(expect.arrayContaining([expect.stringContaining("probability\u00a031\u00a0%")]));
  }, 60_000);
});

describe("sources", () => {
  it("of the model stand apart, without those the study names in the same words", async () => {
    const study = read();
    study.study.sources = ["A letter, 2025 (K)", "An atlas"];
    study.study.model_sources = ["A letter, 2025", "An atlas"];
    const { page } = await open(JSON.stringify(study));
    const lists = await page.$$eval("#reproduce h3 + ul, #reproduce h4 + ul", (all) => all.map((ul) => [ul.previousElementSibling?.textContent, ...[...ul.children].map((li) => li.textContent)]));
    expect(lists).toContainEqual(["Sources", "A letter, 2025 (K)", "An atlas"]);
    expect(lists).toContainEqual(["Sources of the model", "A letter, 2025"]);
  }, 60_000);
});
