/** Where each mechanism of the texts stands in the model, which claims show it, and what was simplified. */
import * as Plot from "@observablehq/plot";
import { breakable, csv_link, figure, h, section, words, type Child } from "../dom";
import { heads_upright, plot_style, plot_width } from "../look";
import type { Mechanism, Study } from "../results";

const name_of = (m: Mechanism): string => (m.text ? `${m.id} ${m.text}` : m.id);

/** Mechanisms against claims: a mark where a claim shows a mechanism. */
function map(study: Study): HTMLElement | null {
  const claims = study.claims.map((claim) => claim.id);
  const rows = study.mechanisms.flatMap((m) => m.shown_by.filter((id) => claims.includes(id)).map((claim) => ({ mechanism: m.id, claim, modules: (m.modules ?? []).join(" ") })));
  if (rows.length === 0) return null;
  const ids = study.mechanisms.map((m) => m.id);
  const upright = heads_upright(claims, 46);
  const plot = Plot.plot({
    style: plot_style, width: Math.min(plot_width(), 90 + 46 * claims.length), height: 70 + 22 * ids.length, marginLeft: 46, marginTop: upright ? 58 : 44, marginBottom: 8,
    x: { axis: "top", label: "claim", labelOffset: upright ? 50 : 38, domain: claims, type: "point", grid: true, padding: 0.6, tickRotate: upright ? -90 : 0 }, y: { label: "mechanism", domain: ids, type: "point", grid: true, padding: 0.6 },
    marks: [Plot.dot(rows, { x: "claim", y: "mechanism", r: 6, fill: (d: (typeof rows)[0]) => (d.modules ? "var(--paper)" : "var(--hue-1)"), stroke: "var(--hue-1)", strokeWidth: 2, title: (d: (typeof rows)[0]) => `${d.mechanism} is shown by ${d.claim}${d.modules ? ` (${d.modules})` : ""}` })],
  });
  return figure(plot, "Which claim (column) shows which mechanism (row): full where the mechanism is in the model itself, hollow where it is in a module added to it.", "mechanism_map.csv", rows);
}

const links = (ids: string[]): Child[] => ids.flatMap((id, i): Child[] => [i > 0 ? ", " : "", h("a", { href: `#claim-${id}` }, id)]);

function card(m: Mechanism): HTMLElement {
  const line = (label: string, ...content: Child[]): HTMLElement => h("div", {}, h("dt", {}, label), h("dd", {}, ...content));
  return h("article", { id: `mechanism-${m.id}` }, h("h3", {}, name_of(m)),
    h("dl", {},
      line("In the model", m.where.length > 0 ? m.where.map((name, i): Child => [i > 0 ? ", " : "", h("code", {}, ...breakable(name))]) : "nowhere"),
      (m.modules ?? []).length > 0 ? line("Module", (m.modules ?? []).join(", ")) : null,
      line("Shown by", m.shown_by.length > 0 ? links(m.shown_by) : "no claim of this study"),
      m.nearest ? line("Nearest published model", m.nearest) : null,
      m.simplified ? line("Simplified", m.simplified) : null,
      m.paragraph ? line("Read more", m.paragraph) : null));
}

export function mechanisms(study: Study): HTMLElement | null {
  if (study.mechanisms.length === 0) return null;
  const data = study.mechanisms.map((m) => ({ id: m.id, text: m.text ?? null, where: m.where.map(words).join("; "), modules: (m.modules ?? []).join("; "), shown_by: m.shown_by.join("; "), nearest: m.nearest ?? null, simplified: m.simplified ?? null, paragraph: m.paragraph ?? null }));
  return section("mechanisms", "Where each mechanism lives", "What the texts describe, and the names by which the model has it.",
    map(study), h("div", { class: "cards mechanisms" }, study.mechanisms.map(card)), h("p", {}, csv_link("mechanisms.csv", data)));
}
