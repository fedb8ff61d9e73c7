#!/usr/bin/env python3
"""Fails on American spellings in code, models, studies and documentation (British spelling throughout).

Words of a library's or a format's interface are exempt where they stand as code: inside an identifier that joins it to
another word by an underscore, dot, colon or hyphen (`background-color`, `d3.color`), alone in quotes ("center"), in
names of journals, or in the files named below.
"""
import pathlib
import re
import subprocess
import sys

AMERICAN = {
    "behavior": "behaviour", "behaviors": "behaviours", "behavioral": "behavioural",
    "color": "colour", "colors": "colours", "colored": "coloured", "coloring": "colouring",
    "modeling": "modelling", "modeled": "modelled", "modeler": "modeller",
    "neighbor": "neighbour", "neighbors": "neighbours", "neighboring": "neighbouring",
    "favor": "favour", "favors": "favours", "favorable": "favourable", "favorite": "favourite",
    "honor": "honour", "honored": "honoured", "labor": "labour", "rumor": "rumour", "vapor": "vapour",
    "analyze": "analyse", "analyzed": "analysed", "analyzes": "analyses", "analyzing": "analysing",
    "optimize": "optimise", "optimized": "optimised", "optimization": "optimisation", "maximize": "maximise",
    "maximizes": "maximises", "maximizing": "maximising", "minimize": "minimise", "minimizing": "minimising",
    "normalize": "normalise", "normalized": "normalised", "normalization": "normalisation", "normalizer": "normaliser",
    "initialize": "initialise", "initialized": "initialised", "initialization": "initialisation",
    "discretize": "discretise", "discretized": "discretised", "discretization": "discretisation",
    "linearize": "linearise", "parallelize": "parallelise", "summarize": "summarise", "summarizes": "summarises",
    "recognize": "recognise", "recognized": "recognised", "organize": "organise", "organized": "organised",
    "organization": "organisation", "realize": "realise", "realized": "realised", "realization": "realisation",
    "generalize": "generalise", "generalized": "generalised", "emphasize": "emphasise", "standardize": "standardise",
    "characterize": "characterise", "serialize": "serialise", "serialized": "serialised", "serialization": "serialisation",
    "vectorize": "vectorise", "visualize": "visualise", "visualization": "visualisation", "finalize": "finalise",
    "randomize": "randomise", "randomized": "randomised", "symmetrize": "symmetrise", "capitalize": "capitalise",
    "utilize": "utilise", "utilization": "utilisation", "mobilize": "mobilise", "mobilization": "mobilisation",
    "center": "centre", "centers": "centres", "centered": "centred", "theater": "theatre", "meter": "metre",
    "defense": "defence", "offense": "offence", "license": "licence", "canceled": "cancelled", "canceling": "cancelling",
    "labeled": "labelled", "labeling": "labelling", "traveled": "travelled", "signaling": "signalling",
    "signaled": "signalled", "fulfill": "fulfil", "skillful": "skilful", "gray": "grey", "catalog": "catalogue",
    "catalogs": "catalogues", "dialog": "dialogue", "judgment": "judgement", "judgments": "judgements",
    "acknowledgment": "acknowledgement", "artifact": "artefact", "artifacts": "artefacts", "skeptic": "sceptic",
    "skeptical": "sceptical", "plow": "plough", "practicing": "practising",
}


# A word joined to another by one of these is part of an identifier that somebody else named.
JOINED_BEFORE = r"(?<![A-Za-z0-9_.:\-/$#@\"])"
JOINED_AFTER = r"(?![A-Za-z0-9_\-(/:=]|\.[a-z])"
# The journal of that name, also where a line ends within it.
JOURNAL = re.compile(r"(International\s+)Organization")
PATTERN = re.compile(JOINED_BEFORE + "(" + "|".join(sorted(AMERICAN, key=len, reverse=True)) + ")" + JOINED_AFTER, re.IGNORECASE)

READ = {".md", ".h", ".cpp", ".py", ".sh", ".txt", ".cmake", ".melian", ".toml", ".ts", ".html", ".cff", ".json"}
# The licence's own text; files that tools write; this list and its test.
EXEMPT = {"LICENSE", "package-lock.json", "check_spelling.py", "tools_test.py"}
# What these files hold is named by a library or a style sheet, whole lines of it.
EXEMPT_LINES = re.compile(r"https?://|currentColor|^\s*(title|journal|publisher|booktitle)\s*=|\"(source|citation)\"|^\s*source\s+\"|^license:|\"license\"")


def tracked(root):
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [root / name for name in listed.stdout.splitlines()]
    return [file for file in root.rglob("*") if "node_modules" not in file.parts and "build" not in file.parts]


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found, read = [], 0
    for file in sorted(tracked(root)):
        if file.suffix not in READ or file.name in EXEMPT or not file.is_file():
            continue
        read += 1
        text = JOURNAL.sub(r"\1Organisation", file.read_text(encoding="utf-8", errors="replace"))
        for number, line in enumerate(text.splitlines(), 1):
            if EXEMPT_LINES.search(line):
                continue
            for match in PATTERN.finditer(line):
                found.append(f"{file.relative_to(root)}:{number}: {match.group(1)} -> {AMERICAN[match.group(1).lower()]}")
    for offence in found:
        print(offence)
    print(f"spelling: {read} files read, {len(found)} American spellings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
