#!/usr/bin/env python3
"""Holds what every room links to the order of the rooms (check_layers.py holds what it includes).

    tools/check_links.py BUILD      the folder with the rooms' static libraries

A declaration in one room whose definition stands in a higher one passes every check of includes, and
leaves a library that cannot be linked by itself. Needs `nm` (binutils).
"""
import pathlib
import re
import subprocess
import sys

from check_layers import MAY_KNOW

SYMBOL = re.compile(r"^[0-9a-f]* +([A-Za-z]) (.+)$")


def symbols(library):
    """Names that a library defines, and names that it asks others for."""
    listed = subprocess.run(["nm", "-C", library], capture_output=True, text=True, check=True).stdout
    found = [match.groups() for match in map(SYMBOL.match, listed.splitlines()) if match]
    return {name for kind, name in found if kind in "TDBRVW"}, {name for kind, name in found if kind == "U"}


def offences(rooms):
    """`rooms`: {room: (defined, asked for)}; a sentence for every name that stands in a room not to be known."""
    out = []
    for room, (_, wanted) in rooms.items():
        known = MAY_KNOW[room] | {room}
        for name in sorted(wanted):
            homes = {other for other, (defined, _) in rooms.items() if name in defined}
            if homes and not homes & known:
                out.append(f"{room} links `{name}` of {', '.join(sorted(homes))}")
    return out


def main():
    folder = pathlib.Path(sys.argv[1])
    libraries = {room: folder / f"libmelian_{room}.a" for room in MAY_KNOW}
    found = offences({room: symbols(file) for room, file in libraries.items() if file.exists()})
    print("\n".join(found + [f"links: {len(libraries)} rooms read, {len(found)} forbidden"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
