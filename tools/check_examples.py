#!/usr/bin/env python3
"""Runs the examples of the documentation, and compares what they print with what the pages show.

    tools/check_examples.py [--program build/melian] [--write] [--figures DIR] [PAGE…]

Without a page, every page of docs/ and README.md. What a page may hold:

- "Save this as `NAME`": the next fenced block is the file of that name, in a folder of the page's.
- `<!-- files of PAGE.md -->`: the files of another page of the same folder.
- A line `    melian …`, or `    python3 NAME …` with a saved file: a command, run there by the shell,
  in the order of the page. It must exit with 0, or with N after a line `<!-- exit N -->`.
- A fenced block `text` after a command, under the same heading: lines of what it prints, on stdout
  or stderr. A line `...` stands for lines left out, and `…` at the end of a line for its rest.
- `![…](figures/NAME.svg)` or `![…](docs/figures/NAME.svg)`: the file NAME.svg that a command wrote.

Words must agree, and numbers to one unit of the last digit shown; numbers below 1e-6 (residuals of
equations) must only both be that small. `--write` puts the present numbers into the pages, and the
present figures into docs/figures, where the words still agree. `--figures DIR` also copies the
figures there.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs/figures"
COMMAND = re.compile(r"^    (?:(?:build/)?melian|python3 (\S+))(?: .*)?$")
EXIT = re.compile(r"^<!-- exit (\d+) -->$")
TAKEN = re.compile(r"^<!-- files of (\S+\.md) -->$")
SAVED = re.compile(r"Save this\s+as `([^`]+)`")
FIGURE = re.compile(r"!\[[^\]]*\]\((?:docs/)?figures/([^)]+\.svg)\)")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
CUT = "…"
BAR = re.compile(r"\s*[▏▎▍▌▋▊▉█]+\s*$")
LEFT_OUT = "..."
SMALL = 1e-6
RELATIVE = 1e-9  # compilers round differently
SECONDS = 600


@dataclasses.dataclass
class Step:
    """One thing of a page: a `file`, `files` of another page, a `command`, an `output`, a `figure`."""
    kind: str
    line: int  # of the page, from 1: the first line of the content
    text: str
    name: str = ""
    exit: int = 0


def steps_of(page):
    """What a page holds, in its order. Commands that go on with a backslash are one."""
    lines = page.split("\n")
    steps, saved, name, code, ran = [], {None}, "", 0, False
    k = 0
    while k < len(lines):
        line = lines[k]
        if found := SAVED.search(line if k == 0 else lines[k - 1] + " " + line):
            name = found[1]
        if line.startswith("```"):
            end = next(n for n in range(k + 1, len(lines)) if lines[n].startswith("```"))
            text = "\n".join(lines[k + 1:end])
            if name:
                saved.add(name)
                steps.append(Step("file", k + 2, text + "\n", name))
            elif line == "```text" and ran:
                steps.append(Step("output", k + 2, text))
            name = ""
            k = end
        elif line.startswith("#"):
            ran = False
        elif found := TAKEN.match(line):
            steps.append(Step("files", k + 1, "", found[1]))
        elif found := EXIT.match(line):
            code = int(found[1])
        elif (found := COMMAND.match(line)) and found[1] in saved:
            start = k
            while lines[k].endswith("\\"):
                k += 1
            text = " ".join(part.strip().rstrip("\\") for part in lines[start:k + 1])
            steps.append(Step("command", start + 1, text.removeprefix("build/"), exit=code))
            code, ran = 0, True
        for found in FIGURE.finditer(line):
            steps.append(Step("figure", k + 1, "", found[1]))
        k += 1
    return steps


def unit(shown):
    """One unit of the last digit of a number as it is shown."""
    digits, _, power = shown.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return 10.0 ** (int(power or 0) - decimals)


def same_number(shown, now, percent):
    if shown == now:
        return True
    old, new = float(shown), float(now)
    if old < SMALL and new < SMALL:
        return True
    whole = "." not in shown and "e" not in shown.lower() and not percent
    slack = max(unit(shown), unit(now), RELATIVE * abs(old))
    return not whole and abs(old - new) <= 1.01 * slack


def words_of(line):
    """A line without its numbers and without bars, which are drawn from numbers."""
    return re.sub(r"\s+", " ", NUMBER.sub("0", BAR.sub("", line))).rstrip()


def same_line(shown, now):
    if words_of(shown) != words_of(now):
        return False
    shown, now = BAR.sub("", shown), BAR.sub("", now)
    return all(same_number(old[0], new[0], shown[old.end():old.end() + 1] == "%")
               for old, new in zip(NUMBER.finditer(shown), NUMBER.finditer(now)))


def cut_as(shown, now):
    """The line that is printed now, cut where the shown one is."""
    return now[:len(shown) - 1] + CUT if shown.endswith(CUT) and len(now) >= len(shown) else now


def find(piece, said, start, same):
    """The first lines of `said` from `start` on that are those of `piece`, and where they end."""
    for k in range(start, len(said) - len(piece) + 1):
        now = [cut_as(shown, line) for shown, line in zip(piece, said[k:])]
        if all(map(same, piece, now)):
            return now, k + len(piece)
    return None, start


def pieces_of(text):
    """The runs of lines of a block between the places where lines are left out."""
    pieces = [[]]
    for line in text.split("\n"):
        if line.strip() == LEFT_OUT:
            pieces.append([])
        else:
            pieces[-1].append(line)
    return pieces


def compare(text, said, same=same_line):
    """The block with the lines that the program prints now, or None where a piece is not there."""
    out, at = [], 0
    for piece in pieces_of(text):
        now, at = find(piece, said, at, same)
        if now is None:
            return None
        out.append("\n".join(now))
    return f"\n{LEFT_OUT}\n".join(out)


def same_words(shown, now):
    return words_of(shown) == words_of(now)


def same_figure(shown, now):
    shown, now = shown.split("\n"), now.split("\n")
    return len(shown) == len(now) and all(map(same_line, shown, now))


class Page:
    """One page: its examples run in a folder of their own, and what does not agree."""

    def __init__(self, file, program, write, figures):
        self.file, self.write, self.figures = file, write, figures
        self.counts = {"command": 0, "output": 0, "figure": 0}
        self.wrong = []
        self.text = file.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            self.folder = pathlib.Path(folder)
            (self.folder / "programs").mkdir()
            (self.folder / "programs/melian").symlink_to(program.resolve())
            self.run_steps()

    def run_steps(self):
        said, command = [], ""
        steps = steps_of(self.text)
        steps.sort(key=lambda step: step.kind == "figure")  # a picture may stand before its command
        for step in steps:
            if step.kind in self.counts:
                self.counts[step.kind] += 1
            if step.kind == "file":
                self.save(step)
            elif step.kind == "files":
                other = (self.file.parent / step.name).read_text(encoding="utf-8")
                for file in (other for other in steps_of(other) if other.kind == "file"):
                    self.save(file)
            elif step.kind == "command":
                said, command = self.run(step), step.text
            elif step.kind == "output":
                self.compare_output(step, command, said)
            else:
                self.compare_figure(step)

    def save(self, step):
        (self.folder / step.name).write_text(step.text, encoding="utf-8")

    def run(self, step):
        path = f"{self.folder / 'programs'}:{os.environ['PATH']}"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", step.text], capture_output=True,
                              text=True, cwd=self.folder, env={**os.environ, "PATH": path},
                              stdin=subprocess.DEVNULL, timeout=SECONDS, check=False)
        if done.returncode != step.exit:
            self.complain(step, f"`{step.text}` exits with {done.returncode}, not {step.exit}:\n"
                          + done.stderr.strip())
        return [line.rstrip() for line in (done.stdout + done.stderr).split("\n")]

    def compare_output(self, step, command, said):
        if compare(step.text, said) is not None:
            return
        now = compare(step.text, said, same_words) if self.write else None
        if now is None:
            self.complain(step, f"`{command}` does not print\n{step.text}\n--- but ---\n"
                          + "\n".join(said))
            return
        lines = self.text.split("\n")
        shown = step.text.split("\n")
        lines[step.line - 1:step.line - 1 + len(shown)] = now.split("\n")
        self.text = "\n".join(lines)
        self.file.write_text(self.text, encoding="utf-8")

    def compare_figure(self, step):
        made, kept = self.folder / step.name, FIGURES / step.name
        if not made.exists():
            self.complain(step, f"no command of the page writes {step.name}")
            return
        now = made.read_text(encoding="utf-8")
        if self.figures:
            self.figures.mkdir(parents=True, exist_ok=True)
            (self.figures / step.name).write_text(now, encoding="utf-8")
        shown = kept.read_text(encoding="utf-8") if kept.exists() else ""
        if same_figure(shown, now):
            return
        if self.write:
            FIGURES.mkdir(exist_ok=True)
            kept.write_text(now, encoding="utf-8")
        else:
            self.complain(step, f"docs/figures/{step.name} is not what the page's commands draw")

    def complain(self, step, what):
        self.wrong.append(f"{self.file}:{step.line}: {what}")


def pages_of(asked):
    files = asked or [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [file for file in files if steps_of(file.read_text(encoding="utf-8"))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/melian")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--figures", type=pathlib.Path)
    parser.add_argument("pages", nargs="*", type=pathlib.Path)
    asked = parser.parse_args()
    files = pages_of(asked.pages)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        pages = list(pool.map(lambda file: Page(file, asked.program, asked.write, asked.figures),
                              files))
    wrong = [what for page in pages for what in page.wrong]
    print("\n\n".join(wrong))
    counts = [sum(page.counts[kind] for page in pages) for kind in ("command", "output", "figure")]
    print(f"examples: {len(pages)} pages, {counts[0]} commands, {counts[1]} outputs, "
          f"{counts[2]} figures; {len(wrong)} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
