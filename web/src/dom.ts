/** Elements and numbers as text: the only place that touches either. */

type Child = Node | string | null | undefined | Child[];

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
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${(100 * share).toFixed(share < 0.0995 || share > 0.9 ? 1 : 0)} %`;
}

/** `digits` significant digits, plain where plain is short. */
export function number(value: number | string | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string") return value;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size < 1e-4 || size >= 1e6 ? value.toExponential(Math.max(0, digits - 1)) : String(Number(value.toPrecision(digits)));
  return text.replace("-", "\u2212");
}

export function table(head: Child[], rows: Child[][], caption?: string, kind = ""): HTMLElement {
  return h("div", { class: "scroll" },
    h("table", { class: kind },
      caption ? h("caption", {}, caption) : null,
      h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell))))))));
}

export function section(id: string, title: string, lead: string | null, ...children: Child[]): HTMLElement {
  return h("section", { id }, h("h2", {}, title), lead ? h("p", { class: "lead" }, lead) : null, ...children);
}

/** Tidy rows as a link that downloads them. */
export function csv_link(file: string, rows: Record<string, string | number | null>[]): HTMLElement {
  const columns = Object.keys(rows[0] ?? {});
  const cell = (x: string | number | null | undefined): string => {
    const text = x === null || x === undefined ? "NA" : String(x);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const text = [columns.join(","), ...rows.map((row) => columns.map((c) => cell(row[c])).join(","))].join("\n") + "\n";
  return h("a", { class: "data", download: file, href: `data:text/csv;charset=utf-8,${encodeURIComponent(text)}` }, `data (${file})`);
}

export function figure(plot: Node, caption: string, file: string, rows: Record<string, string | number | null>[]): HTMLElement {
  return h("figure", {}, h("div", { class: "plot" }, plot), h("figcaption", {}, caption, " ", csv_link(file, rows)));
}
