/** Opens reports in headless Chromium. */
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";

const page_template = readFileSync(new URL("../dist/index.html", import.meta.url), "utf8");
export const example = readFileSync(process.env["MELIAN_RESULTS"] ?? new URL("../../docs/formats/study_results_example.json", import.meta.url), "utf8");
const folder = mkdtempSync(join(tmpdir(), "melian-report-"));

/** The report as `melian run` writes it: results in the place the template marks. */
function report_with(results: string): string {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(file, page_template.replace('"MELIAN_RESULTS"', () => results.replaceAll("<", "\\u003c")));
  return pathToFileURL(file).href;
}

let browser: Browser;
beforeAll(async () => {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));
  browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
}, 60_000);
afterAll(async () => { await browser?.close(); });

export async function open(results: string, options: { width?: number; dark?: boolean } = {}): Promise<{ page: Page; faults: string[]; asked: string[] }> {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1100, height: 900 }, colorScheme: options.dark ? "dark" : "light", offline: true });
  const page = await context.newPage();
  const faults: string[] = [], asked: string[] = [];
  page.on("pageerror", (fault) => faults.push(String(fault)));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  page.on("request", (request) => { if (!/^(file|data|blob):/.test(request.url())) asked.push(request.url()); });
  await page.goto(report_with(results));
  await page.waitForSelector("html[data-ready=yes]");
  return { page, faults, asked };
}
