import "./style.css";
import { h } from "./dom";
import { read_results, type Study } from "./results";
import { actions } from "./sections/actions";
import { downloads, methods } from "./sections/appendix";
import { decides } from "./sections/decides";
import { outcomes, survival, variants } from "./sections/endings";
import { evidence_section } from "./sections/evidence";
import { offers } from "./sections/fan";
import { beliefs, information } from "./sections/learning";
import { mechanisms } from "./sections/mechanisms";
import { claim_numbers } from "./sections/numbers";
import { contents, opening } from "./sections/opening";
import { typical_plays } from "./sections/plays";
import { reasons } from "./sections/reasons";
import { certificate, parameters, readings, reproduce } from "./sections/trust";
import { verdicts } from "./sections/verdicts";
import { plausible_worlds } from "./sections/worlds";

const present = (sections: (HTMLElement | null)[]): HTMLElement[] => sections.filter((s): s is HTMLElement => s !== null);

function draw(place: HTMLElement, study: Study): void {
  const claims = present([readings(study), verdicts(study), plausible_worlds(study), decides(study), reasons(study), evidence_section(study)]);
  const war = present([outcomes(study), survival(study), variants(study), offers(study), actions(study), beliefs(study), information(study), typical_plays(study), mechanisms(study)]);
  const appendix = present([claim_numbers(study), certificate(study), methods(study), parameters(study), reproduce(study)]);
  const all_data = downloads([...claims, ...war, ...appendix]);
  const parts = [{ title: "What follows from what", sections: claims }, { title: "The war in the model", sections: war }, { title: "Appendix, for a referee", sections: [...appendix, all_data] }];
  place.replaceChildren(opening(study), contents(parts), ...parts.flatMap((part) => (part.sections.length > 0 ? [h("p", { class: "part kicker" }, part.title), ...part.sections] : [])));
}

/** Plots are drawn to the page's width: draw again when that changes, keeping open what the reader opened. */
function draw_again_on_resize(place: HTMLElement, study: Study): void {
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    const open = [...place.querySelectorAll("details[open][id]")].map((d) => d.id);
    draw(place, study);
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });
}

function open_target(id: string): HTMLElement | null {
  const target = document.getElementById(id);
  if (target instanceof HTMLDetailsElement) target.open = true;
  return target;
}

function open_what_links_name(place: HTMLElement): void {
  if (location.hash) open_target(location.hash.slice(1))?.scrollIntoView();
  place.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest("a[href^='#']");
    if (link) open_target(link.getAttribute("href")?.slice(1) ?? "");
  });
}

/** On paper nothing can be unfolded: the numbers behind the verdicts are printed open. */
function open_for_print(place: HTMLElement): void {
  let opened: Element[] = [];
  window.addEventListener("beforeprint", () => {
    opened = [...place.querySelectorAll("details.claim-detail:not([open])")];
    opened.forEach((d) => d.setAttribute("open", ""));
  });
  window.addEventListener("afterprint", () => opened.forEach((d) => d.removeAttribute("open")));
}

const place = document.getElementById("report") as HTMLElement;
const found = read_results();
if (typeof found === "string") {
  place.replaceChildren(h("h1", {}, "Nothing to show"), h("p", {}, found));
} else {
  document.title = `${found.study.title} \u00b7 Melian`;
  draw(place, found);
  draw_again_on_resize(place, found);
  open_what_links_name(place);
  open_for_print(place);
}
document.documentElement.dataset["ready"] = "yes";
