"""One game through one program, in a process of its own: how long, at what lambda, with what answer."""

import json
import pathlib
import re
import resource
import statistics
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
OURS_REPEATED = 9


def relabelled(text):
    """An .efg whose information sets bear their numbers as labels: Gambit wants labels to be unique, and answers are matched by them."""
    head = re.compile(r'^((?:c "[^"]*"|p "[^"]*" \d+) (\d+)) "[^"]*"', re.MULTILINE)
    return head.sub(r'\1 "\2"', text)


def process(command):
    """Output and CPU seconds, user and system, of one process from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(program, path, precision, *more, repeats=OURS_REPEATED):
    """The document that `melian solve` prints, the median of its solver's own clock, and the median CPU time of the whole process."""
    command = [program, "solve", str(path), "--lambda", repr(precision), "--json", "--threads", "1", *more]
    solve, cpu, document = [], [], None
    for _ in range(repeats):
        begun = time.monotonic()
        done, seconds = process(command)
        if not done.stdout:
            return None
        document = json.loads(done.stdout)
        solve.append(document["timing"]["solve_seconds"])
        cpu.append(seconds)
        if time.monotonic() - begun > 2:
            break
    return {"document": document, "seconds": statistics.median(solve), "process": statistics.median(cpu), "runs": len(solve)}


def peer(python, script, arguments, limit):
    """The document a peer's script prints with the median of its times; a word where there is none."""
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [python, str(HERE / script), *map(str, arguments)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"over {limit:.0f} s"
    if done.returncode != 0 or not done.stdout:
        return "failed: " + (done.stderr.strip().splitlines() or ["no message"])[-1]
    found = json.loads(done.stdout)
    found["seconds"], found["runs"] = statistics.median(found["times"]), len(found["times"])
    found["wall"] = time.monotonic() - begun
    return found


def largest_difference(one, other):
    """Over all numbers of all entries; the entries must be the same."""
    if one.keys() != other.keys() or any(len(one[k]) != len(other[k]) for k in one):
        raise ValueError("the answers do not have the same shape")
    return max(abs(a - b) for k in one for a, b in zip(one[k], other[k]))
