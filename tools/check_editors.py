#!/usr/bin/env python3
"""Holds the reserved words that editors highlight to those of the language (src/language/lex.cpp)."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def of_language():
    text = (ROOT / "src/language/lex.cpp").read_text(encoding="utf-8")
    listed = re.search(r"reserved_words = \{(.*?)\};", text, re.S).group(1)
    return set(re.findall(r'"(\w+)"', listed))


def of_vscode():
    grammar = json.loads((ROOT / "editors/vscode/syntaxes/melian.tmLanguage.json").read_text(encoding="utf-8"))
    found = set()
    for pattern in grammar["patterns"]:
        if pattern.get("name", "").startswith(("keyword.", "support.")):
            for group in re.findall(r"\(([a-z|]+)\)", pattern["match"]):
                found |= set(group.split("|"))
    return found


def of_pygments():
    text = (ROOT / "editors/pygments/melian_lexer.py").read_text(encoding="utf-8")
    lists = re.findall(r"^[A-Z]+ = \((.*?)\)$", text, re.S | re.M)
    return set(re.findall(r'"(\w+)"', " ".join(lists)))


def main():
    language, wrong = of_language(), 0
    for name, found in (("editors/vscode", of_vscode()), ("editors/pygments", of_pygments())):
        for word in sorted(language - found):
            print(f"{name}: does not highlight the reserved word {word}")
        for word in sorted(found - language):
            print(f"{name}: highlights {word}, which the language does not reserve")
        wrong += len(language ^ found)
    print(f"editors: {len(language)} reserved words, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
