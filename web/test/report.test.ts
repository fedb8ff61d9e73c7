import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { example, open } from "./open_report";

const shots = process.env["MELIAN_SHOTS"];

describe("report", () => {
  const study = JSON.parse(example) as { claims: { id: string; text: string; opposite: string }[]; readings: { id: string }[]; parameters: { name: string }[]; study: { title: string } };

  it("opens offline without a fault and without asking anybody", async () => {
    const { page, faults, asked } = await open(example);
    expect(faults).toEqual([]);
    expect(asked).toEqual([]);
    expect(await page.textContent("h1")).toBe(study.study.title);
  }, 60_000);

  it("shows every claim and its opposite with a verdict under every reading", async () => {
    const { page } = await open(example);
    const rows = await page.$$eval(".verdicts tbody tr", (all) => all.map((row) => ({ text: row.textContent ?? "", verdicts: row.querySelectorAll(".verdict").length })));
    expect(rows.length).toBe(2 * study.claims.length);
    for (const claim of study.claims) {
      expect(rows.some((row) => row.text.includes(claim.text))).toBe(true);
      expect(rows.some((row) => row.text.includes(claim.opposite))).toBe(true);
    }
    for (const row of rows) expect(row.verdicts).toBe(study.readings.length);
  }, 60_000);

  it("lists every parameter with a source or the word judgement", async () => {
    const { page } = await open(example);
    const rows = await page.$$eval(".parameters tbody tr", (all) => all.map((row) => row.lastElementChild?.textContent ?? ""));
    expect(rows.length).toBe(study.parameters.length);
    for (const row of rows) expect(row).toMatch(/source: .|judgement/);
  }, 60_000);

  it("gives every plot labelled axes, a caption and its data", async () => {
    const { page } = await open(example);
    const figures = await page.$$eval("figure:has(figcaption)", (all) => all.map((f) => ({ svg: f.querySelectorAll("svg").length, labels: f.querySelectorAll("[data-part$='axis label']").length, caption: (f.querySelector("figcaption")?.textContent ?? "").length, data: f.querySelector("a.data")?.getAttribute("href") ?? "" })));
    expect(figures.length).toBeGreaterThanOrEqual(5);
    for (const f of figures) {
      expect(f.svg).toBeGreaterThan(0);
      expect(f.labels).toBeGreaterThan(0);
      expect(f.caption).toBeGreaterThan(60);
      expect(f.data.split("%0A").length).toBeGreaterThan(2);
    }
  }, 60_000);

  for (const [name, options] of Object.entries({ wide_light: { width: 1100 }, wide_dark: { width: 1100, dark: true }, narrow_light: { width: 380 }, narrow_dark: { width: 380, dark: true } }))
    it(`fits the page sideways, with text that can be read: ${name}`, async () => {
      const { page } = await open(example, options);
      await page.$$eval("details.claim-detail", (all) => all.slice(0, 1).forEach((d) => d.setAttribute("open", "")));
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
      const contrast = await page.evaluate(() => {
        const light = (c: string): number => { const [r = 0, g = 0, b = 0] = (c.match(/[\d.]+/g) ?? []).map((x) => { const s = Number(x) / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const paper = light(getComputedStyle(document.body).backgroundColor);
        return ["p", ".lead", ".verdict.holds, .verdict.fails, .verdict.undecided", "figcaption"].map((q) => document.querySelector(q)).filter((e) => e !== null).map((e) => { const ink = light(getComputedStyle(e as Element).color); return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05); });
      });
      for (const ratio of contrast) expect(ratio).toBeGreaterThan(4.5);
      if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
    }, 60_000);

  it("says so when there is nothing to show", async () => {
    const { page } = await open('"nothing"');
    expect(await page.textContent("h1")).toBe("Nothing to show");
  }, 60_000);

  it("treats texts as texts, not as markup", async () => {
    const spoiled = example.replace(JSON.stringify(study.claims[0]?.text).slice(1, -1), "<img src=x onerror=window.hit=1></script>");
    const { page } = await open(spoiled);
    expect(await page.evaluate(() => (window as unknown as { hit?: number }).hit)).toBeUndefined();
    expect(await page.textContent(".verdicts")).toContain("<img src=x");
  }, 60_000);
});
