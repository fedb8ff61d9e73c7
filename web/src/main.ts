import "./style.css";
import { h } from "./dom";
import { read_results, type Study } from "./results";
import { outcomes, survival, variants } from "./sections/endings";
import { information, offers, typical_paths } from "./sections/learning";
import { contents, opening } from "./sections/opening";
import { certificate, mechanisms, parameters, readings, reproduce } from "./sections/trust";
import { verdicts } from "./sections/verdicts";

function draw(place: HTMLElement, study: Study): void {
  const sections = [readings(study), verdicts(study), outcomes(study), survival(study), variants(study), offers(study), typical_paths(study), information(study), certificate(study), mechanisms(study), parameters(study), reproduce(study)]
    .filter((s): s is HTMLElement => s !== null);
  place.replaceChildren(opening(study), contents(sections), ...sections);
}

const place = document.getElementById("report") as HTMLElement;
const found = read_results();
if (typeof found === "string") {
  place.replaceChildren(h("h1", {}, "Nothing to show"), h("p", {}, found));
} else {
  document.title = `${found.study.title} \u00b7 Melian`;
  draw(place, found);
  // Plots are drawn to the page's width: draw again when that changes, keeping open what the reader opened.
  let width = document.documentElement.clientWidth;
  window.addEventListener("resize", () => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    const open = [...place.querySelectorAll("details[open][id]")].map((d) => d.id);
    draw(place, found);
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });
  const target = location.hash ? document.getElementById(location.hash.slice(1)) : null;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
  place.addEventListener("click", (event) => {
    const link = (event.target as HTMLElement).closest("a[href^='#']");
    const there = link ? document.getElementById(link.getAttribute("href")?.slice(1) ?? "") : null;
    if (there instanceof HTMLDetailsElement) there.open = true;
  });
}
document.documentElement.dataset["ready"] = "yes";
