#!/usr/bin/env python3
"""Holds the prose of Markdown files to 100 columns.

    tools/wrap_markdown.py --check          list paragraphs with a longer line; exit 1 if any
    tools/wrap_markdown.py --write [FILE…]  refill those paragraphs, and no others

Tables, headings, fenced and indented code, HTML, and link definitions are left alone. A word, a
span of code, or a link's address that is longer than a line stays whole. Refilling never changes
what a page says: no line starts with a mark that Markdown would read as a list, a heading, or a
quotation.
"""
import argparse
import pathlib
import re
import sys

from check_spelling import tracked

ROOT = pathlib.Path(__file__).resolve().parent.parent
WIDTH = 100
FENCE = re.compile(r"^\s*(```|~~~)")
ITEM = re.compile(r"^(\s*)((?:[-*+]|\d+[.)])\s+)")
ALONE = re.compile(r"^\s*(?:#{1,6}\s|\||<|\[[^\]]+\]:|!\[|(?:\*\s*){3,}$|(?:-\s*){3,}$)")
MARK = re.compile(r"(?:[-*+>]|#{1,6}|\d+[.)]|=+|-+)$|[|>]")
ATOM = re.compile(r"`+[^`]*`+|\S")


def words_of(text):
    """Words of a paragraph; a span of code is part of one word, whatever spaces it has."""
    words, word, end = [], "", 0
    for match in ATOM.finditer(text):
        if match.start() > end and word:
            words.append(word)
            word = ""
        word += match.group()
        end = match.end()
    return words + [word] if word else words


def filled(words, first, rest):
    """Lines of at most WIDTH columns, where words permit; `first` and `rest` begin the lines."""
    lines, line = [], first + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) <= WIDTH or MARK.match(word):
            line += " " + word
        else:
            lines.append(line)
            line = rest + word
    return lines + [line]


def refilled(block):
    """The lines of one paragraph or list item, refilled where one is too long and can be broken."""
    if max(map(len, block)) <= WIDTH:
        return block
    item = ITEM.match(block[0])
    indent = re.match(r"\s*", block[0]).group()
    first, rest = (item.group(), " " * len(item.group())) if item else (indent, indent)
    if len(block) > 1:
        rest = re.match(r"\s*", block[1]).group()
    out, piece = [], []
    body = [block[0][len(first):].strip(), *(line.strip() for line in block[1:])]
    for k, line in enumerate(body):
        piece.append(line)
        hard = k < len(body) - 1 and block[k].endswith(("  ", "\\"))
        if hard or k == len(body) - 1:
            lines = filled(words_of(" ".join(piece)), rest if out else first, rest)
            lines[-1] += "  " if hard and block[k].endswith("  ") else ""
            out += lines
            piece = []
    return out


def blocks(lines):
    """Pieces of a page, each with whether it is prose: a paragraph or an item of a list."""
    inside, block, in_list = False, [], False
    for line in lines:
        fence = FENCE.match(line)
        code = inside or fence or (line.startswith("    ") and not block and not in_list)
        if fence:
            inside = not inside
        if code or not line.strip() or ALONE.match(line):
            if block:
                yield block, True
            block = []
            yield [line], False
            if line.strip() and not code and not line.startswith(" "):
                in_list = False
        else:
            if block and ITEM.match(line):
                yield block, True
                block = []
            if ITEM.match(line):
                in_list = True
            elif not line.startswith(" ") and not block:
                in_list = False
            block.append(line)
    if block:
        yield block, True


def wrapped(text):
    out = []
    for block, prose in blocks(text.split("\n")):
        out += refilled(block) if prose else block
    return "\n".join(out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    asked = parser.parse_args()
    files = asked.files or [file for file in tracked(ROOT)
                            if file.suffix == ".md" and file.is_file()]
    wrong = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        better = wrapped(text)
        if better == text:
            continue
        wrong += 1
        if asked.write:
            file.write_text(better, encoding="utf-8")
        else:
            pairs = zip(text.split("\n"), better.split("\n"))
            line = next(k for k, (old, new) in enumerate(pairs, 1) if old != new)
            print(f"{file}:{line}: longer than {WIDTH} columns; refill it with "
                  "`tools/wrap_markdown.py --write`")
    verb = "refilled" if asked.write else "with lines to refill"
    print(f"markdown: {len(files)} files read, {wrong} {verb}")
    return 1 if wrong and not asked.write else 0


if __name__ == "__main__":
    sys.exit(main())
