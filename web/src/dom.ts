/** Elements and numbers as text: the only place that touches either. */

export type Child = Node | string | null | undefined | Child[];

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, text] of Object.entries(attributes)) element.setAttribute(name, text);
  const put = (child: Child): void => {
    if (Array.isArray(child)) child.forEach(put);
    else if (child !== null && child !== undefined) element.append(child);
  };
  put(children);
  return element;
}

export const words = (name: string): string => name.replaceAll("_", " ");

export function percent(share: number): string {
  if (share === 0 || share === 1) return `${String(100 * share)}\u00a0%`;
  if (share < 0.001) return "< 0.1\u00a0%";
  if (share > 0.999) return "> 99.9\u00a0%";
  return `${(100 * share).toFixed(share < 0.0995 || share > 0.9 ? 1 : 0)}\u00a0%`;
}

/** A share as "27.9 %", and what `error` it may have in percentage points: near either end in hundredths, and never 0 or 100 when it is not. */
export function percent_within(share: number, error: number | undefined): Child[] {
  const hundredths = Math.min(share, 1 - share) < 0.001 && share !== 0 && share !== 1;
  const exact = !hundredths ? `${(100 * share).toFixed(1)}\u00a0%` : share < 5e-5 ? "< 0.01\u00a0%" : share > 1 - 5e-5 ? "> 99.99\u00a0%" : `${(100 * share).toFixed(2)}\u00a0%`;
  return error === undefined ? [exact] : [exact, " ", h("small", {}, `\u00b1 ${points(100 * error)}`)];
}

function points(error: number): string {
  if (error === 0) return "0";
  if (error < 0.005) return "< 0.01";
  return error.toFixed(error < 0.095 ? 2 : 1);
}

/** A parameter's name, which may break before "[" and "." but not inside a word. */
export const breakable = (name: string): Child[] => name.split(/(?=[[.])/).flatMap((part, i): Child[] => (i === 0 ? [part] : [h("wbr"), part]));

const with_minus = (text: string): string => text.replaceAll("-", "\u2212");

/** "3.0e-12" with a raised exponent. */
function power_of_ten(text: string): string {
  const [mantissa = "", exponent = ""] = text.replace("e+", "e").split("e");
  const raised = [...exponent].map((c) => (c === "-" ? "\u207b" : "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"[Number(c)])).join("");
  return `${mantissa}\u00b710${raised}`;
}

/** Fixed decimals, for numbers that stand under one another. */
export const decimal = (value: number, digits = 1): string => with_minus(value.toFixed(digits));

/** A difference: "+4.1", "\u22120.6". */
export const signed = (value: number, digits = 1): string => (value < 0 ? decimal(value, digits) : `+${decimal(value, digits)}`);

/** `digits` significant digits, plain where plain is short. */
export function number(value: number | string | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string") return value;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const short = size < 1e-4 || size >= 1e6;
  return with_minus(short ? power_of_ten(value.toExponential(Math.max(0, digits - 1))) : String(Number(value.toPrecision(digits))));
}

/** What a column is called beside its cell, where the page is too narrow for a row of heads. */
const short_head = (cell: Child): string => (cell instanceof HTMLElement ? cell.dataset["short"] ?? cell.textContent ?? "" : String(cell ?? ""));

export function table(head: Child[], rows: Child[][], caption?: string, kind = ""): HTMLElement {
  return h("div", { class: "scroll" },
    h("table", { class: kind },
      caption ? h("caption", {}, caption) : null,
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", { "data-label": short_head(head[i]) }, cell))))))));
}

export function section(id: string, title: string, lead: string | null, ...children: Child[]): HTMLElement {
  return h("section", { id }, h("h2", {}, title), lead ? h("p", { class: "lead" }, lead) : null, ...children);
}

export type Rows = Record<string, string | number | null>[];

/** Tidy rows as a link that downloads them. */
export function csv_link(file: string, rows: Rows): HTMLElement {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (x: string | number | null | undefined): string => {
    const text = x === null || x === undefined ? "NA" : String(x);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const text = [columns.join(","), ...rows.map((row) => columns.map((c) => cell(row[c])).join(","))].join("\n") + "\n";
  return h("a", { class: "data", download: file, href: `data:text/csv;charset=utf-8,${encodeURIComponent(text)}` }, `download CSV (${file})`);
}

/** A plot with its caption and data. To ears the plot is one picture that the caption describes; the numbers are in the data. */
export function figure(plot: Element, caption: string, file: string, rows: Rows): HTMLElement {
  const picture = plot.tagName.toLowerCase() === "svg" ? plot : plot.querySelector(":scope > svg");
  picture?.setAttribute("role", "img");
  picture?.setAttribute("aria-label", caption);
  // Names of marks are no descriptions: parts of a picture have none.
  picture?.querySelectorAll("[aria-label]").forEach((g) => {
    g.setAttribute("data-part", g.getAttribute("aria-label") ?? "");
    g.removeAttribute("aria-label");
  });
  return h("figure", {}, h("div", { class: "plot" }, plot), h("figcaption", {}, caption, " ", csv_link(file, rows)));
}

/** "1,024". */
export const grouped = (count: number): string => count.toLocaleString("en-GB");

/** "a", "a and b", "a, b and c". */
export function listed(names: string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** "31 % (30 to 33 %)": a share with its interval. */
export function share_within(share: number, interval: [number, number] | null): string {
  if (interval === null) return percent(share);
  const digits = interval[1] - interval[0] < 0.02 ? 1 : 0;
  const side = (x: number): string => (x === 0 || x === 1 ? String(100 * x) : (100 * x).toFixed(digits));
  return `${side(share)}\u00a0% (${side(interval[0])} to ${side(interval[1])}\u00a0%)`;
}
