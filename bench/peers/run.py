#!/usr/bin/env python3
"""Melian beside pygambit and sgamesolver: same game, same lambda, same answer, one run. Writes build/peers/peers.{csv,md,svg}.

    python3 bench/peers/run.py [--quick] [--melian build/melian]

Peers come from PyPI by name into virtual environments under build/peers (made once; compiling the older pygambit takes minutes). Nothing
here is part of the build or of the tests. What is timed: a peer's solving call alone, in CPU seconds (user and system), imports, reading and
writing left out; Melian's solver alone by its own clock on one thread (elapsed time, so a busy machine counts against it), and beside it
the CPU seconds of its whole process: start, reading, solving, certificate, predictions, writing. Medians.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import time

import environments
import games
import measure

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAMBDA = 10.0
SAME = 1e-6  # answers further apart are not the same answer, and the row says so
MEETS = 1e-8  # the belief grid is refined until its first moves, values and outcomes meet the tree's
COLUMNS = ["game", "size", "nodes", "solver", "lambda", "solve_s", "process_s", "runs", "difference", "residual", "times_ours", "note"]
NODES_BY_AXES = {1: [9, 17, 33, 65, 129, 257, 513, 1025, 2049, 4097, 8193], 2: [9, 17, 33, 65, 129], 3: [5, 9, 17]}


class Bench:
    def __init__(self, program, folder, pythons, limit, deadline):
        self.program, self.folder, self.pythons = program, folder, pythons
        self.limit, self.deadline = limit, deadline
        self.rows, self.ended = [], {}

    def row(self, **cells):
        self.rows.append({column: cells.get(column, "") for column in COLUMNS})
        print("  ".join(str(cells[c]) for c in ("game", "size", "solver", "solve_s", "difference", "note") if c in cells), file=sys.stderr)

    def against(self, name, script, arguments, game, size, answer, baseline, nodes):
        """One peer on one game; after a size that took too long, larger ones are not tried."""
        cells = {"game": game, "size": size, "nodes": nodes, "solver": name, "lambda": LAMBDA}
        left = min(self.limit, self.deadline - time.monotonic())
        if (name, game) in self.ended:
            return self.row(**cells, note=f"not tried: {self.ended[name, game]} at a smaller size")
        if left < 5:
            return self.row(**cells, note="not tried: the time of the whole run is up")
        found = measure.peer(self.pythons[name], script, arguments, left)
        if isinstance(found, str):
            self.ended[name, game] = found
            return self.row(**cells, note=found)
        if abs(found["lambda"] / LAMBDA - 1) > 1e-6:
            return self.row(**cells, solve_s=found["seconds"], runs=found["runs"], note=f"stopped at lambda {found['lambda']:.6g}")
        difference = measure.largest_difference(found["answer"], answer)
        note = f"ANSWERS DIFFER by {difference:.1e}" if difference > SAME else ""
        ratio = found["seconds"] / baseline
        self.row(**cells, solve_s=found["seconds"], runs=found["runs"], difference=difference, times_ours=ratio, note=note)

    def extensive(self, game, size, text, axes):
        """A finite game: Melian's tree, its belief grid refined until it meets the tree, and every pygambit at hand."""
        model, form = self.folder / "game.melian", self.folder / "game.efg"
        model.write_text(text)
        written = subprocess.run([self.program, "export", str(model), "--efg"], capture_output=True, text=True, check=True)
        form.write_text(measure.relabelled(written.stdout))
        tree = measure.ours(self.program, form, LAMBDA)
        document = tree["document"]
        answer = {f"{s['player']}/{s['number']}": list(s["probabilities"].values()) for s in document["information_sets"]}
        nodes = document["game"]["nodes"]
        common = {"game": game, "size": size, "nodes": nodes, "lambda": LAMBDA}
        self.row(**common, solver="melian tree", solve_s=tree["seconds"], process_s=tree["process"], runs=tree["runs"],
                 residual=document["certificate"]["residual"])
        self.refined(common, model, axes, document)
        self.followed(common, model, axes, document)
        for name in self.pythons:
            if name.startswith("gambit"):
                self.against(name, "peer_gambit.py", [form, LAMBDA], game, size, answer, tree["seconds"], nodes)

    def followed(self, common, model, axes, tree):
        """The grid whose nodes are the beliefs that play reaches."""
        if axes not in NODES_BY_AXES:
            return
        grid = measure.ours(self.program, model, LAMBDA, "--grid", "follow", "--measure", "each", "--present-value")
        if grid is None:
            return self.row(**common, solver="melian grid follow", note="refused")
        document = grid["document"]
        distance = from_tree(document, tree)
        nodes = max(document["method"]["grid"].values())
        self.row(**common, solver=f"melian grid follow {nodes}, {document['method']['follow']['solves']} solves", solve_s=grid["seconds"],
                 process_s=grid["process"], runs=grid["runs"], difference=distance, residual=document["certificate"]["residual"],
                 note="" if distance < MEETS else "does not meet the tree")

    def refined(self, common, model, axes, tree):
        if axes not in NODES_BY_AXES:
            return self.row(**common, solver="melian grid", note=f"not tried: {axes} belief axes")
        for nodes in NODES_BY_AXES[axes]:
            grid = measure.ours(self.program, model, LAMBDA, "--grid", str(nodes), "--measure", "each", "--present-value")
            if grid is None:
                return self.row(**common, solver=f"melian grid {nodes}", note="refused")
            document = grid["document"]
            distance = from_tree(document, tree)
            if distance < MEETS:
                break
        self.row(**common, solver=f"melian grid {nodes}", solve_s=grid["seconds"], process_s=grid["process"], runs=grid["runs"],
                 difference=distance, residual=document["certificate"]["residual"],
                 note="" if distance < MEETS else "does not meet the tree")

    def fronts(self, positions, offers):
        """The endless front game: A's offers and both values at every position."""
        model = self.folder / "fronts.melian"
        model.write_text(games.fronts(positions, offers))
        answer = {}
        for n in range(1, positions):
            document = measure.ours(self.program, model, LAMBDA, "--measure", "each", "--set", f"start={n}", repeats=1)["document"]
            answer[f"offers at {n}"] = list(document["strategy_at_start"][0]["probabilities"].values())
            answer[f"values at {n}"] = [document["values"][player]["only"] for player in "AB"]
        timed = measure.ours(self.program, model, LAMBDA, "--measure", "each")
        states = (positions - 1) * (offers + 1) + 1
        game, size = f"fronts, {offers} offers", positions
        self.row(game=game, size=size, nodes=states, solver="melian stationary", **{"lambda": LAMBDA}, solve_s=timed["seconds"],
                 process_s=timed["process"], runs=timed["runs"], residual=timed["document"]["certificate"]["residual"])
        for name in self.pythons:
            if name.startswith("sgamesolver"):
                self.against(name, "peer_sgamesolver.py", [positions, offers, LAMBDA], game, size, answer, timed["seconds"], states)


def from_tree(document, tree):
    """How far first moves, outcomes and S's value are from the tree's."""
    return max(
        measure.largest_difference(
            {"first": list(document["strategy_at_start"][0]["probabilities"].values())},
            {"first": list(tree["information_sets"][0]["probabilities"].values())},
        ),
        max(abs(document["outcomes"][k]["probability"] - tree["outcomes"][k]["probability"]) for k in tree["outcomes"]),
        abs(document["values"]["S"]["only"] - tree["values"]["S"]["only"]),
    )


def machine():
    info = pathlib.Path("/proc/cpuinfo").read_text()
    cpu = next((line.split(":", 1)[1].strip() for line in info.splitlines() if line.startswith("model name")), "unknown CPU")
    return f"{info.count('processor' + chr(9))} cores, {cpu}"


def shown(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def markdown(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    return "\n".join(lines + ["| " + " | ".join(shown(row[c]) for c in COLUMNS) + " |" for row in rows]) + "\n"


def caption(rows):
    ours = [row for row in rows if row["solver"].startswith("melian") and row["residual"] != ""]
    residual = max(row["residual"] for row in ours)
    grid = max((row["difference"] for row in ours if "grid" in row["solver"] and not row["note"]), default=0.0)
    apart = max((row["difference"] for row in rows if row["times_ours"] != ""), default=0.0)
    return (
        f"{machine()}; lambda {LAMBDA:g}; residual of Melian's answers at most {residual:.1e} (logits), grid error at most {grid:.1e}; "
        f"largest difference of a peer's answer {apart:.1e}. Peers: CPU time of the solving call; Melian: elapsed time of its solver on one thread."
    )


def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--quick", action="store_true", help="small sizes, 10 s a peer")
    ask.add_argument("--melian", default=str(ROOT / "build/melian"))
    options = ask.parse_args()
    folder = ROOT / "build/peers"
    folder.mkdir(parents=True, exist_ok=True)
    pythons = environments.make(folder)
    quick = options.quick
    bench = Bench(options.melian, folder, pythons, 10 if quick else 120, time.monotonic() + (50 if quick else 460))
    for positions in [4, 6] if quick else [4, 6, 8, 10, 14, 20]:
        bench.fronts(positions, 5)
    for offers in [5, 10] if quick else [5, 10, 20, 40]:
        bench.extensive("one offer, 2 types", offers, games.one_shot(offers, 2), 1)
    for types in [2, 3] if quick else [2, 3, 4, 5]:
        bench.extensive("one offer of 10", types, games.one_shot(10, types), types - 1)
    for rounds in [1, 2] if quick else [1, 2, 3, 4, 5]:
        bench.extensive("screening, 3 offers", rounds, games.screening(rounds), 1)
    with (folder / "peers.csv").open("w", newline="") as sink:
        writer = csv.DictWriter(sink, COLUMNS)
        writer.writeheader()
        writer.writerows(bench.rows)
    (folder / "peers.md").write_text(markdown(bench.rows) + "\n" + caption(bench.rows) + "\n")
    (folder / "caption.txt").write_text(caption(bench.rows))
    drawn = any(subprocess.run([python, str(measure.HERE / "plot.py"), str(folder)], check=False).returncode == 0 for python in set(pythons.values()))
    print((folder / "peers.md").read_text())
    print(f"written: {folder}/peers.csv, peers.md" + (", peers.svg" if drawn else "; no plot: matplotlib is not there"))


if __name__ == "__main__":
    main()
