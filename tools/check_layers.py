#!/usr/bin/env python3
"""Holds every #include to the order of the rooms.

    apps -> report -> run -> { worlds | evidence } -> claims -> { study | answer }
         -> { predict | solve | certify | language | tree } -> game -> numeric -> base

A room may include its own files and those of the rooms below it; rooms in the same braces never include one another.
The door of a room is include/melian/<room>.h (SIDE_DOORS lists second ones); its private files are src/<room>/. melian.h (all doors) is for users,
tests and apps. Linking alone does not stop a header, so this reads the text.
"""
import pathlib
import re
import sys

MAY_KNOW = {"base": set(), "numeric": {"base"}, "game": {"numeric", "base"}}
for sibling in ("predict", "language", "solve", "certify", "tree"):
    MAY_KNOW[sibling] = {"game", "numeric", "base"}
MAY_KNOW["answer"] = {"predict", "solve", "certify", "tree", "language"} | MAY_KNOW["predict"]
MAY_KNOW["study"] = {"predict", "language"} | MAY_KNOW["predict"]
MAY_KNOW["claims"] = MAY_KNOW["answer"] | MAY_KNOW["study"] | {"answer", "study"}
MAY_KNOW["worlds"] = MAY_KNOW["evidence"] = MAY_KNOW["claims"] | {"claims"}
MAY_KNOW["run"] = MAY_KNOW["worlds"] | {"worlds", "evidence"}
MAY_KNOW["report"] = MAY_KNOW["run"] | {"run"}
MAY_KNOW["apps"] = MAY_KNOW["report"] | {"report"}

# Doors that belong to a room of another name.
SIDE_DOORS = {
    "as_tree": "answer", "beliefs": "game", "comparative_statics": "answer", "equilibria": "answer", "exact_strategies": "solve",
    "figures": "report", "file_source": "language", "histories": "predict", "information_sets": "answer", "limit": "tree", "limit_results": "report", "manuscript": "language", "option_words": "report", "predict_histories": "predict", "strategies": "answer", "strategy_tables": "report", "tree_answer": "answer", "tree_histories": "tree", "tree_sums": "tree",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def room_of_file(path):
    """The room a file of the tree belongs to; None for tests and benchmarks, which may know everything."""
    parts = path.parts
    if parts[0] == "src":
        return parts[1]
    if parts[0] == "apps":
        return "apps"
    if parts[:2] == ("include", "melian") and path.stem != "melian":
        return SIDE_DOORS.get(path.stem, path.stem)
    return None


def room_of_include(target):
    """The room an include path names, or None where it is no file of ours."""
    parts = pathlib.PurePosixPath(target).parts
    if parts[0] == "melian" and len(parts) == 2:
        stem = pathlib.PurePosixPath(parts[1]).stem
        return "report" if stem == "melian" else SIDE_DOORS.get(stem, stem)
    return parts[0] if len(parts) == 2 and parts[0] in MAY_KNOW else None


def offences(path, text):
    room = room_of_file(path)
    if room is None:
        return []
    if room not in MAY_KNOW:
        return [f"{path}: no such room: {room}"]
    is_test = path.stem.endswith("_test")
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        target = room_of_include(match.group(1)) if match else None
        if target is None or target == room or target in MAY_KNOW[room] or is_test:
            continue
        found.append(f"{path}:{number}: {room} may not include {match.group(1)} (room {target})")
    return found


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found, read = [], 0
    for folder in ("include", "src", "apps"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                read += 1
                found += offences(file.relative_to(root), file.read_text(encoding="utf-8"))
    for offence in found:
        print(offence)
    print(f"layers: {read} files read, {len(found)} forbidden includes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
