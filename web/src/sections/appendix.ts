/** For a referee: how the numbers were made, every table as data, and the whole of the results. */
import { h, number, percent, section, words } from "../dom";
import type { Study } from "../results";

/** The results as they stand inside this page, as a file. */
export function results_link(): HTMLElement {
  const link = h("a", { class: "results", download: "results.json", href: "#downloads" }, "results.json");
  link.addEventListener("click", () => {
    const text = document.getElementById("melian-results")?.textContent ?? "";
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.href = address;
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  });
  return link;
}

/** Every CSV of the sections already drawn, gathered in one place. */
export function downloads(sections: HTMLElement[]): HTMLElement {
  const links = sections.flatMap((s) => [...s.querySelectorAll<HTMLAnchorElement>("a.data")].map((a) => ({ from: s.querySelector("h2")?.textContent ?? "", a })));
  const titles = [...new Set(links.map((link) => link.from))];
  return section("downloads", "All data", "Tidy tables: one header line, one row an observation, NA where there is no number.",
    h("p", {}, "Everything, as the program wrote it: ", results_link(), "."),
    h("dl", { class: "downloads" }, titles.map((title) => h("div", {}, h("dt", {}, title), h("dd", {}, links.filter((link) => link.from === title).map(({ a }, i) => [i > 0 ? ", " : "", h("a", { download: a.download, href: a.href }, a.download)]))))));
}

export function methods(study: Study): HTMLElement {
  const first = study.readings[0]?.result, worlds = study.worlds;
  const grid = Object.entries(first?.method.grid ?? {}).map(([player, nodes]) => `${String(nodes)} for ${player}`).join(", ");
  const item = (term: string, text: string): HTMLElement => h("div", {}, h("dt", {}, term), h("dd", {}, text));
  return section("methods", "How it was computed", "Each line names a method that the program's documentation (docs/methods.md) sets out with its source.",
    h("dl", { class: "terms" },
      item("solution", `agent quantal response equilibrium: logit choice by every type at every public state and belief, beliefs by Bayes' rule on every public act; found by ${words(first?.method.name ?? "the solver")}, ${words(first?.method.measure ?? "")} measure, ${words(first?.method.discounting ?? "")}`),
      item("grid", grid ? `belief nodes: ${grid}; the error this leaves is measured with every second node dropped and stands beside every number` : "none"),
      item("certificate", "residuals of the equations, consistency of beliefs, gain of the best one-shot and full deviations, grid error: recomputed from the strategies alone"),
      item("claims", "exact expectations over the solved game, not samples; each verdict at half, once and twice the precision"),
      worlds ? item("worlds", `${String(worlds.number)} points of a scrambled Sobol sequence (${String(worlds.scrambles)} scrambles, seed ${String(worlds.seed)}) over the plausible ranges; intervals from the spread between scrambles; ${String(worlds.failed)} failed`) : null,
      worlds ? item("what decides", "total effects by group of parameters (Sobol indices) on the number each claim compares, with intervals; boxes by the patient rule induction method, tried again on resampled worlds") : null,
      study.evidence ? item("evidence", "log-likelihood of each dated event under each reading by the forward filter over public states and beliefs; moves nobody saw are summed over; events before a reading was written only calibrate") : null,
      item("not done", study.limits.length > 0 ? `${String(study.limits.length)} limits are listed under \u201cHow to get this again\u201d` : "no limit is stated by this study"),
      first ? item("cut off", `${study.readings.map((r) => `${r.id} ${percent(r.result.rounds.unfinished)}`).join(", ")} of plays reach the horizon of ${number(study.study.horizon)} ${study.study.round_name}s`) : null));
}
