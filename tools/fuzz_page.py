#!/usr/bin/env python3
"""Keeps the counts of the fuzzers: docs/fuzz.csv, and the table of docs/fuzzing.md that is made of it.

    tools/fuzz_page.py --add TARGET EXECUTIONS SECONDS   add a run (same day and engine: to its row)
    tools/fuzz_page.py                                   make the table again
    tools/fuzz_page.py --check                           is the table that of the counts?
"""
import argparse
import csv
import datetime
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COUNTS = ROOT / "docs/fuzz.csv"
PAGE = ROOT / "docs/fuzzing.md"
FIELDS = ["date", "engine", "target", "executions", "seconds"]
BEGIN, END = "<!-- counts: begin -->\n", "<!-- counts: end -->\n"
GOALS = {"solve": 10**6}  # of readers: 10^9
READER_GOAL = 10**9


def engine():
    """The last commit that changed what is fuzzed."""
    told = subprocess.run(["git", "log", "-1", "--format=%cs-%h", "--", "src", "include"], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unnamed"


def read_counts():
    if not COUNTS.exists():
        return []
    with COUNTS.open(newline="") as file:
        return list(csv.DictReader(file))


def add(rows, target, executions, seconds, date, name):
    for row in rows:
        if (row["date"], row["engine"], row["target"]) == (date, name, target):
            row["executions"] = str(int(row["executions"]) + executions)
            row["seconds"] = str(int(row["seconds"]) + seconds)
            return rows
    return [*rows, {"date": date, "engine": name, "target": target, "executions": str(executions), "seconds": str(seconds)}]


def table(rows):
    out = ["| target | executions | time | first and last day | goal | share of the goal |\n", "|---|---|---|---|---|---|\n"]
    for target in sorted({row["target"] for row in rows}):
        own = [row for row in rows if row["target"] == target]
        executions, seconds = (sum(int(row[field]) for row in own) for field in ("executions", "seconds"))
        days, goal = sorted(row["date"] for row in own), GOALS.get(target, READER_GOAL)
        out.append(f"| `{target}` | {executions:,} | {seconds / 60:.0f} min | {days[0]} to {days[-1]} | {goal:,} | {100 * executions / goal:.2g}% |\n")
    return "".join(out)


def page_with(text, rows):
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table(rows) + END + rest.partition(END)[2]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--add", nargs=3, metavar=("TARGET", "EXECUTIONS", "SECONDS"))
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    rows = read_counts()
    if asked.add:
        target, executions, seconds = asked.add
        rows = add(rows, target, int(executions), int(seconds), datetime.date.today().isoformat(), engine())
        with COUNTS.open("w", newline="") as file:
            writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    text = PAGE.read_text()
    fresh = page_with(text, rows)
    if asked.check:
        if fresh != text:
            sys.exit("docs/fuzzing.md is not the page of docs/fuzz.csv: run tools/fuzz_page.py")
        return
    PAGE.write_text(fresh)


if __name__ == "__main__":
    main()
