#!/usr/bin/env python3
"""Holds the links between pages: every link of a Markdown file leads to a file and, after `#`, to a
heading there.

    tools/check_pages.py
"""
import pathlib
import re
import sys

from check_spelling import tracked

ROOT = pathlib.Path(__file__).resolve().parent.parent
CODE = re.compile(r"^(?:```.*?^```|    .*?$)", re.M | re.S)
SPAN = re.compile(r"`[^`]*`")
LINK = re.compile(r"\]\(([^)\s]*)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.M)


def anchors(text):
    """What the headings of a page are called in links, as GitHub and MkDocs name them."""
    names = set()
    for heading in HEADING.findall(CODE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        names.add(re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", words)).strip("-"))
    return names


def links(text):
    return LINK.findall(SPAN.sub("", CODE.sub("", text)))


def offences(file, text):
    for link in links(text):
        path, _, anchor = link.partition("#")
        if not link or re.match(r"[a-z]+:", link):
            continue
        target = (file.parent / path) if path else file
        if not target.exists():
            yield f"{file.relative_to(ROOT)}: there is no file {path}"
        elif anchor and target.suffix == ".md":
            if anchor not in anchors(target.read_text(encoding="utf-8")):
                yield f"{file.relative_to(ROOT)}: {path or file.name} has no heading #{anchor}"


def main():
    files = [file for file in tracked(ROOT) if file.suffix == ".md" and file.is_file()]
    found = [offence for file in files
             for offence in offences(file, file.read_text(encoding="utf-8"))]
    print("\n".join([*found, f"pages: {len(files)} read, {len(found)} broken links"]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
