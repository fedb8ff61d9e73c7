#!/usr/bin/env python3
"""Lays out build/docs for mkdocs: the pages of docs/, the README as the home page, decisions and formats listed, and a
gallery made from the shipped models by the program itself (picture, claim, condition, figure, checks).

    tools/make_docs.py [--program build/melian] [--quick]     --quick runs no checks and draws no figures
"""
import argparse
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(program, *words):
    """What the program prints, or None where it refuses."""
    done = subprocess.run([program, *words, "--quiet"], capture_output=True, text=True, cwd=ROOT, check=False)
    return done.stdout if done.returncode in (0, 3) else None


def vary_words(parameter, value):
    """A range that shows both sides of a threshold."""
    if parameter.startswith("prior["):
        return f"{parameter}=0.05:0.95:19"
    low, high = (value / 2, value * 3 / 2) if value else (-0.5, 0.5)
    return f"{parameter}={min(low, high):.6g}:{max(low, high):.6g}:21"


def method_words(checks):
    """How a model's own checks solve it, where that is cheaper than a belief grid of the usual size, or the only way."""
    if any(check.get("method") == "tree" for check in checks):
        return ["--method", "tree", "--lambda", f"{checks[0]['lambda']:g}"]
    grids = [check["grid"] for check in checks if isinstance(check.get("grid"), int)]
    return ["--grid", str(min(grids))] if grids and min(grids) < 33 else []


def checks_of(entry, model):
    """What the model's expected.json states of one of its files."""
    expected = json.loads((ROOT / "models" / entry["name"] / "expected.json").read_text(encoding="utf-8"))
    return [check for check in expected["checks"] if check["model"] == model]


def numbers_words(entry, model):
    """The numbers whose signs the paper states, where none is an outcome (which figures show unasked)."""
    numbers = list(dict.fromkeys(sign["number"] for sign in entry["signs"] if sign["model"] == model))
    if any(number.startswith("outcomes.") for number in numbers):
        return []
    return [word for number in numbers for word in ("--number", number)]


def figures(program, entry, out):
    """Comparative statics of each model across its first threshold that has a number; over a plane where two parameters have one."""
    drawn = []
    by_model = {}
    for threshold in entry["thresholds"]:
        if threshold.get("at") is not None:
            by_model.setdefault(threshold["model"], {}).setdefault(threshold["parameter"], threshold["at"])
    for model, places in by_model.items():
        name = model.removesuffix(".melian")
        words = ["sweep", f"{entry['name']}/{name}", "--uncertified", *method_words(checks_of(entry, model)), *numbers_words(entry, model)]
        parameter, value = next(iter(places.items()))
        file = f"{entry['name']}_{name}.svg"
        if run(program, *words, "--vary", vary_words(parameter, value), "--svg", str(out / file)) is not None:
            drawn.append((f"Comparative statics of {name} in {parameter}", file))
        if len(places) > 1:
            plane = [word for pair in list(places.items())[:2] for word in ("--vary", re.sub(r"\d+$", "13", vary_words(*pair)))]
            file = f"{entry['name']}_{name}_plane.svg"
            if run(program, *words, *plane, "--svg", str(out / file)) is not None:
                drawn.append((f"What is most probable in {name}, over {' and '.join(list(places)[:2])}", file))
    return drawn


def pictures(program, entry, out):
    """The trees of the entry's models, or of one round of them, where they can be read; those that look alike once."""
    drawn, seen = [], set()
    for model in sorted((ROOT / "models" / entry["name"]).glob("*.melian")):
        for words in ((), ("--round",)):
            text = run(program, "describe", str(model), "--tree", "svg", *words)
            if not text:
                continue
            looks = re.sub(r"<title>.*?</title>|<text[^>]*class=\"(?:title|small)\"[^>]*>.*?</text>", "", text, flags=re.DOTALL)
            if looks not in seen:
                seen.add(looks)
                file = f"{entry['name']}_{model.stem}_tree.svg"
                (out / file).write_text(text, encoding="utf-8")
                drawn.append((f"The tree of play of {model.stem}", file))
            break
    return drawn


def plain(text):
    """Text of the catalogue as Markdown that shows it as it stands: t* is no emphasis."""
    return re.sub(r"([\\*_`|\[\]])", r"\\\1", text).replace("<", "&lt;")


def number(value):
    if value is None:
        return ""
    return f"{value:.0e}" if 0 < abs(value) < 1e-9 else f"{value:.9g}"


VERDICTS = {True: "pass", False: "**fail**", None: ""}


def checks_table(entry, quick):
    """What the paper's numbers must be; and, where the checks were run, what they are."""
    lines = ["| check | expected | tolerance |", "|---|---:|---:|"] if quick else ["| check | expected | computed | tolerance | |", "|---|---:|---:|---:|---|"]
    for check in entry["checks"]:
        expected = number(check["expected"]) if "expected" in check else f"at most {number(check.get('bound')) or check['at_most']}"
        cells = [plain(check["name"]), expected, f"{check['tolerance']:g}"]
        if not quick:
            cells = [*cells[:2], number(check.get("computed")), cells[2], VERDICTS[check.get("passed")]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def signs_table(entry, quick):
    """What rises or falls in what; and, where it was computed, from which number to which."""
    lines = ["| comparative static |", "|---|"] if quick else ["| comparative static | from | to | |", "|---|---:|---:|---|"]
    for sign in entry["signs"]:
        verb = {"+": "rises", "-": "falls", "0": "stays"}[sign["sign"]]
        cells = [f"{plain(sign['number'])} {verb} in {plain(sign['parameter'])} ({sign['from']:g} to {sign['to']:g})"]
        if not quick:
            cells += [number(sign.get("at_from")), number(sign.get("at_to")), VERDICTS[sign.get("passed")]]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def table_row(row):
    """A number and its unit stay on one line, and so does a slash with what stands before it; in code a bar needs no backslash here."""
    row = re.sub(r"`[^`]*`", lambda code: code.group().replace(r"\|", "|"), row)
    return re.sub(r"(?<=\d) (?=(?:ms|s|min|kB|MB|GB|GiB)\b)| (?=/ )", "&nbsp;", row)


def tables_mended(text):
    return re.sub(r"^\|.*$", lambda row: table_row(row.group()), text, flags=re.MULTILINE)


def readme_parts(entry):
    """The README of an entry without its heading, citation, and status (which the page gives from expected.json): the
    paragraphs of the argument, and what follows them."""
    text = (ROOT / "models" / entry["name"] / "README.md").read_text(encoding="utf-8")
    text = re.sub(r"\]\(\.\./(\w+)(?:/README\.md)?\)", r"](\1.md)", text)
    start = text.index("**The argument")
    end = text.find("**Files.**", start)
    argument, rest = (text[start:end], text[end:]) if end >= 0 else (text[start:], "")
    return re.sub(r"\A\*\*The argument\.\*\* ", "", argument.strip()), rest.strip()


def folded(summary, lines):
    """A part of a page that opens when its heading is chosen."""
    return ['<details markdown="1">', f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def checks_summary(entry, quick):
    checks = [check for check in entry["checks"] + entry["signs"] if check.get("passed") is not None]
    passed = sum(check["passed"] for check in checks)
    count = len(entry["checks"]) + len(entry["signs"])
    return f"{count} numbers and signs that the model must give" + ("" if quick else f": {passed} pass, {len(checks) - passed} fail")


def shown_figures(drawn):
    return [line for words, file in drawn for line in (f"![{words}]({file})", "")]


def entry_page(program, entry, out, quick):
    """The page of a model: argument, claim, figures, play; checks and texts folded. Returns the picture for the gallery."""
    argument, rest = readme_parts(entry)
    trees = pictures(program, entry, out)
    drawn = [] if quick else figures(program, entry, out)
    lines = [f"# {plain(entry['title'])}", "", f"*{plain(entry['citation'])}*", "", "## The argument", "", argument, "",
             "## The claim, and when it applies", "", plain(entry["claim"]), ""]
    for condition in entry["conditions"]:
        verdict = {True: "**holds:** ", False: "**does not hold:** ", None: ""}[condition["holds"]]
        lines.append(f"- {verdict}{plain(condition['text'])}")
    if drawn:
        lines += ["", "## Comparative statics", "", *shown_figures(drawn)]
    if trees:
        lines += ["", "## The order of play", "", *shown_figures(trees[:1])]
        if len(trees) > 1:
            lines += folded(f"The other texts of this entry ({len(trees) - 1})", shown_figures(trees[1:]))
    lines += ["", "## About the model", "", f"**Status.** {plain(entry['status'])}.", "", f"**Mechanisms.** {', '.join(entry['tags'])}.", "", rest,
              "", "## Checks", ""]
    tables = checks_table(entry, quick) + (["", *signs_table(entry, quick)] if entry["signs"] else [])
    lines += folded(checks_summary(entry, quick), tables)
    lines += ["## The text", ""]
    for k, model in enumerate(sorted((ROOT / "models" / entry["name"]).glob("*.melian"))):
        text = ["```melian", model.read_text(encoding="utf-8").rstrip(), "```"]
        name = f"{entry['name']}/{model.name}"
        lines += [f"`{name}`", "", *text, ""] if k == 0 else folded(f"<code>{name}</code>", text)
    (out / f"{entry['name']}.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return (drawn + trees)[0][1] if drawn or trees else None


def authors_and_year(entry):
    """wolford_reiter_carrubba_2011 as "Wolford, Reiter & Carrubba 2011", spelt as the citation spells them."""
    *names, year = entry["name"].split("_")
    first = ["after"] if names[0] == "after" else []
    spelt = [(re.search(name, entry["citation"], re.IGNORECASE) or [name.capitalize()])[0] for name in names[len(first):]]
    joined = " & ".join([", ".join(spelt[:-1]), spelt[-1]] if len(spelt) > 1 else spelt)
    return " ".join([*first, joined, year])


def card(entry, picture):
    """An entry in the gallery, in HTML: all of it is a link."""
    image = f'<img src="{picture}" alt="" loading="lazy">' if picture else ""
    return (f'<a class="card" href="{entry["name"]}.html"><span class="thumbnail">{image}</span><strong>{html.escape(entry["title"])}</strong>'
            f'<span>{html.escape(authors_and_year(entry))}</span><span class="tags">{html.escape(", ".join(entry["tags"]))}</span></a>')


def gallery(program, out, quick):
    said = run(program, "models", "--json", *(["--list"] if quick else []))
    if said is None:
        sys.exit("make_docs: the catalogue could not be read")
    entries = json.loads(said)["entries"]
    cards = [card(entry, entry_page(program, entry, out, quick)) for entry in entries]
    lines = ["# Gallery of models", "", "Models of the literature. The program made each page from the model's folder: the argument, the condition under which"
             " the claim applies, figures, and the numbers that the model must give.", "", '<div class="cards">', *cards, "</div>", "", "## By mechanism", ""]
    for tag in sorted({tag for entry in entries for tag in entry["tags"]}):
        links = [f"[{entry['title']}]({entry['name']}.md)" for entry in entries if tag in entry["tags"]]
        lines += [f"- **{tag.capitalize()}**: {'; '.join(links)}"]
    (out / "index.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(entries)


def list_folder(out, folder, title):
    """An index of a folder's pages, by their own headings."""
    lines = [f"# {title}", ""]
    for page in sorted((out / folder).glob("*.md")):
        lines.append(f"- [{page.read_text(encoding='utf-8').splitlines()[0].lstrip('# ')}]({page.name})")
    (out / folder / "index.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


# Debian's package of the theme names scripts that it does not carry: without the first neither menu nor search opens on a telephone.
THEME_SCRIPTS = {"jquery-3.6.0.min.js": pathlib.Path("/usr/share/javascript/jquery/jquery.min.js"), "theme_extra.js": None}


def theme_scripts(out):
    (out / "js").mkdir()
    for name, carried in THEME_SCRIPTS.items():
        if carried is None:
            (out / "js" / name).write_text("", encoding="utf-8")
        elif carried.exists():
            shutil.copyfile(carried, out / "js" / name)


def linked(text):
    """Links of the repository as links of the site: README and HACKING lie beside the pages, models in the gallery."""
    text = re.sub(r"\]\(models/(\w+)/[^)]*\)", r"](gallery/\1.md)", text)
    text = text.replace("](docs/decisions/)", "](decisions/index.md)").replace("](docs/", "](").replace("](../README.md", "](index.md")
    text = re.sub(r"\]\(\.\./(HACKING\.md|CITATION\.cff)", r"](\1", text)
    return re.sub(r"^```text$", "``` { .text .output }", text, flags=re.MULTILINE)  # looks other than a command


def draw_examples(program, out):
    """The figures of the pages, drawn anew by their own commands."""
    done = subprocess.run([sys.executable, ROOT / "tools/check_examples.py", "--program", program, "--figures", out / "figures"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"make_docs: examples of the pages do not agree with the program\n{done.stdout}{done.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=str(ROOT / "build/melian"))
    parser.add_argument("--out", default=str(ROOT / "build/docs"))
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    out = pathlib.Path(asked.out)
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(ROOT / "docs", out)
    for name in ("HACKING.md", "CITATION.cff"):
        shutil.copy(ROOT / name, out / name)
    shutil.copy(ROOT / "README.md", out / "index.md")
    for page in out.rglob("*.md"):
        page.write_text(tables_mended(linked(page.read_text(encoding="utf-8"))), encoding="utf-8")
    if not asked.quick:
        draw_examples(asked.program, out)
    theme_scripts(out)
    list_folder(out, "decisions", "Decisions of lasting weight")
    list_folder(out, "formats", "Files and formats")
    (out / "gallery").mkdir()
    count = gallery(asked.program, out / "gallery", asked.quick)
    print(f"docs: {len(list(out.rglob('*.md')))} pages, {count} models in the gallery")


if __name__ == "__main__":
    main()
