"""Run inside a virtual environment: build/peers/peers.csv as peers.svg, a panel a family of games, time on log axes."""

import csv
import pathlib
import sys
import textwrap

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter

PANELS = [
    ("screening, 3 offers", "rounds"),
    ("one offer, 2 types", "offers on the menu"),
    ("one offer of 10", "types of the responder"),
    ("fronts, 5 offers", "states"),
]
STYLES = {"melian tree": ("#0b6e4f", "o"), "melian grid follow": ("#1f5f99", "P"),
          "melian grid": ("#4aa3df", "s"), "melian stationary": ("#0b6e4f", "o"),
          "gambit 17": ("#c1440e", "^"), "gambit 16": ("#8c6d62", "v"), "sgamesolver": ("#7d3c98", "D")}


def main(folder):
    with (folder / "peers.csv").open() as source:
        rows = list(csv.DictReader(source))
    matplotlib.rcParams["svg.hashsalt"] = "peers"
    figure, axes = plt.subplots(2, 2, figsize=(11, 8.5))
    for axis, (game, label) in zip(axes.flat, PANELS):
        lines = {}
        for row in rows:
            if row["game"] == game and row["solve_s"]:
                solver = next(name for name in STYLES if row["solver"].startswith(name))
                name = solver if solver.startswith("melian grid") else row["solver"]
                x = float(row["nodes"] if label == "states" else row["size"])
                lines.setdefault((name, solver), []).append((x, float(row["solve_s"])))
        for (name, solver), points in lines.items():
            colour, marker = STYLES[solver]
            axis.plot(*zip(*points), color=colour, marker=marker, label=name)
        axis.set_xscale("log")
        axis.set_yscale("log")
        sizes = sorted({x for points in lines.values() for x, _ in points})
        axis.xaxis.set_major_locator(FixedLocator(sizes))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.xaxis.set_major_formatter(ScalarFormatter())
        axis.set_title(game)
        axis.set_xlabel(label)
        axis.set_ylabel("time to the answer (seconds)")
        axis.grid(True, which="major", alpha=0.3)
        axis.legend(fontsize=8)
    words = textwrap.fill((folder / "caption.txt").read_text(), 150)
    figure.tight_layout(rect=(0, 0.03 + 0.02 * words.count("\n"), 1, 1))
    figure.text(0.02, 0.01, words, fontsize=8)
    figure.savefig(folder / "peers.svg", metadata={"Date": None})


main(pathlib.Path(sys.argv[1]))
