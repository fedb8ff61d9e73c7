/** How far the answer can be trusted, where its numbers come from, and how to get it again. */
import { breakable, csv_link, grouped, h, number, section, table, words } from "../dom";
import { reading_heads, reading_name } from "../look";
import type { Reading, Study } from "../results";

/** "values.Moscow.flexible" as "Moscow, flexible". */
const pretty = (name: string): string => words(name.split(".").slice(1).join(", "));

const with_name = (text: string, name: string): HTMLElement => h("span", {}, text, h("small", { class: "beneath" }, name));

function worst(errors: Record<string, number>, prefix: string): HTMLElement | string {
  const found = Object.entries(errors).filter(([name]) => name.startsWith(prefix)).sort((a, b) => b[1] - a[1])[0];
  return found ? with_name(number(found[1], 2), pretty(found[0])) : "none";
}

function gain(reading: Reading): HTMLElement | string {
  const all = Object.entries(reading.result.certificate.exploitability).flatMap(([player, types]) => Object.entries(types).map(([type, x]) => ({ who: type ? `${player}, ${type}` : player, ...x })));
  const most = all.sort((a, b) => b.gain - a.gain)[0];
  return most ? with_name(number(most.gain, 2), `of at most ${number(most.ceiling, 2)}; ${most.who}`) : "none";
}

/** How well a grid that followed play caught the beliefs it reaches. */
function followed(reading: Reading): HTMLElement | string {
  const follow = reading.result.method.follow;
  if (!follow) return "does not follow play";
  const beliefs = follow.reached_beliefs.reduce((sum, n) => sum + n, 0);
  return with_name(number(follow.movement, 2), `${grouped(beliefs)} beliefs, ${grouped(follow.solves)} ${follow.solves === 1 ? "solve" : "solves"}${follow.settled ? "" : ", short of what was asked for"}${follow.left_out > 0 ? `; ${grouped(follow.left_out)} more had no room` : ""}`);
}

export function certificate(study: Study): HTMLElement {
  const row = (label: string, text: (reading: Reading) => HTMLElement | string): (string | HTMLElement)[] => [label, ...study.readings.map(text)];
  return section("certificate", "How far the answer can be trusted",
    "A checker that knows nothing of the solver recomputes beliefs, payoffs and best responses from the strategies alone.",
    table(["Check", ...reading_heads(study)], [
      row("certified", (r) => (r.result.certificate.holds ? "yes" : "no")),
      row("equations: largest residual (logits)", (r) => number(r.result.certificate.residual, 2)),
      row("beliefs: largest difference (logits)", (r) => number(r.result.certificate.beliefs, 2)),
      row("most any type could gain by deviating (payoff units)", gain),
      row("largest grid error of an ending", (r) => worst(r.result.certificate.grid_error, "outcomes.")),
      row("largest grid error of a payoff", (r) => worst(r.result.certificate.grid_error, "values.")),
      row(`grid error of mean ${study.study.round_name}s`, (r) => number(r.result.certificate.grid_error["rounds.mean"], 2)),
      ...(study.readings.some((r) => typeof r.result.certificate.ladder_error === "number") ? [row("largest difference with half the steps up the ladder of \u03bb", (r) => number(r.result.certificate.ladder_error, 2))] : []),
      ...(study.readings.some((r) => r.result.method.follow) ? [row("grid that follows play: farthest a reached belief lies from a node", followed)] : []),
      row("decisions with several solutions", (r) => number(r.result.equilibrium.multiple_decisions)),
      row("decisions resting on a jump, unsolved", (r) => `${r.result.equilibrium.branch_jumps}, ${r.result.equilibrium.unsolved_decisions}`),
      row("tolerance for grid errors", (r) => number(r.result.certificate.tolerance)),
      row("public states, belief points", (r) => `${r.result.game.public_states}, ${r.result.game.belief_points}`),
    ]),
    study.readings.flatMap((r) => r.result.certificate.why_not.map((why) => h("p", { class: "why" }, `${r.id}: ${why}`))));
}

export function readings(study: Study): HTMLElement {
  return section("readings", "The readings", "A reading is an attributed set of beliefs and parameters. The neutral one is the analyst's own base. Melian endorses none.",
    h("div", { class: "cards" }, study.readings.map((r) => h("article", {}, h("h3", {}, reading_name(r)), h("p", {}, [r.standpoint, r.date, r.text].filter(Boolean).join(" \u00b7 ")),
      Object.keys(r.parameters).length === 0 ? h("p", {}, "The base values throughout.") : h("ul", {}, Object.entries(r.parameters).map(([name, content]) => h("li", {}, h("code", {}, ...breakable(name), ` = ${number(content)}`), r.because[name] ? `: ${r.because[name]}` : ""))))))); 
}

export function parameters(study: Study): HTMLElement {
  const rows = [...study.parameters].sort((a, b) => Number(b.differs) - Number(a.differs));
  const body = rows.map((p) => [
    h("code", {}, ...breakable(p.name)), ...study.readings.map((r) => number(p.readings[r.id] ?? p.default)), p.plausible ? h("span", { class: "together" }, `${number(p.plausible[0])} to ${number(p.plausible[1])}`) : "",
    h("span", {}, p.note ? h("span", { class: "note" }, `${p.note}. `) : null, p.judgement ? h("strong", {}, p.judgement_note ? "judgement: " : "judgement") : "source: ", p.source ?? p.judgement_note ?? ""),
  ]);
  const csv = rows.map((p) => ({ name: p.name, ...Object.fromEntries(study.readings.map((r) => [r.id, p.readings[r.id] ?? p.default])), low: p.plausible?.[0] ?? null, high: p.plausible?.[1] ?? null, source: p.source ?? p.judgement_note ?? "", judgement: String(p.judgement) }));
  return section("parameters", "Every parameter, and where it comes from", "Those that differ between readings come first. A number without a source is marked as a judgement.",
    table(["Parameter", ...study.readings.map((r) => r.id), "Plausible", "Meaning and source"], body, undefined, "parameters"), h("p", {}, csv_link("parameters.csv", csv)));
}

function sources(study: Study): HTMLElement[] {
  const list = (texts: string[]): HTMLElement => h("ul", {}, texts.map((text) => h("li", {}, text)));
  const own = [...new Set(study.study.sources)];
  const of_model = [...new Set(study.study.model_sources)].filter((text) => !own.includes(text));
  return [
    ...(own.length > 0 ? [h("h3", {}, "Sources"), list(own)] : []),
    ...(of_model.length > 0 ? [h("h4", {}, "Sources of the model"), list(of_model)] : []),
  ];
}

function settings(options: Record<string, unknown>): HTMLElement {
  const text = (value: unknown): string => (Array.isArray(value) ? value.map(text).join(", ")
    : typeof value === "object" && value !== null ? Object.entries(value).map(([name, inner]) => `${name} ${text(inner)}`).join(", ")
    : typeof value === "number" ? number(value) : String(value));
  return h("ul", { class: "plain" }, Object.entries(options).map(([name, value]) => h("li", {}, `${words(name)}: ${text(value)}`)));
}

export function reproduce(study: Study): HTMLElement {
  return section("reproduce", "How to get this again", null,
    h("pre", {}, study.reproduce.command),
    table(["", ""], [["program", `${study.program.name} ${study.program.version}`], ["model", h("code", {}, study.reproduce.model_fingerprint)], ["study", h("code", {}, study.reproduce.study_fingerprint)],
      ["settings", settings(study.reproduce.options)]], undefined, "reproduce"),
    h("h3", {}, "Limits"), h("ul", {}, study.limits.map((limit) => h("li", {}, limit)), study.study.unused_sections.map((u) => h("li", {}, `${u.section}: ${u.why}`))),
    sources(study),
    study.model_text.map((m) => h("details", {}, h("summary", {}, `The model: ${m.file}`), h("pre", { class: "model" }, m.text))));
}
