/** Everybody can read it and take it with them: screen readers, keyboards, and the whole of the data. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { example, open } from "./open_report";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("access", () => {
  for (const dark of [false, true])
    it(`axe finds no fault, ${dark ? "dark" : "light"}`, async () => {
      const { page } = await open(example, { dark });
      await page.$$eval("details", (all) => all.slice(0, 6).forEach((d) => d.setAttribute("open", "")));
      await page.evaluate(axe);
      const faults = await page.evaluate(async () => {
        const found = await (window as unknown as { axe: { run: (options: unknown) => Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[] }> } }).axe.run({ runOnly: ["wcag2a", "wcag2aa"] });
        return found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.target.join(" ")} ${n.failureSummary ?? ""}`).join("; ")}`);
      });
      expect(faults).toEqual([]);
    }, 90_000);

  it("every figure's plot is one picture with a description, and its data can be taken along", async () => {
    const { page } = await open(example);
    const figures = await page.$$eval("figure:has(figcaption)", (all) => all.map((f) => ({ described: f.querySelector("svg[role=img]")?.getAttribute("aria-label") ?? "", file: f.querySelector("a.data")?.getAttribute("download") ?? "" })));
    for (const figure of figures) expect(figure.described.length).toBeGreaterThan(60);
    const files = figures.map((figure) => figure.file);
    expect(new Set(files).size).toBe(files.length);
    const listed = await page.$$eval("#downloads dd a", (all) => all.map((a) => a.getAttribute("download") ?? ""));
    for (const file of files) expect(listed).toContain(file);
  }, 60_000);

  it("the results come out of the page as they went in", async () => {
    const { page } = await open(example);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#downloads a.results")]);
    expect(download.suggestedFilename()).toBe("results.json");
    expect(JSON.parse(readFileSync((await download.path()) as string, "utf8"))).toEqual(JSON.parse(example));
  }, 60_000);
});
