"""Hooks of MkDocs (mkdocs.yml): models are highlighted, and the search works without a server.

A browser that opens the site as a file reads no other file but scripts and pictures. So the index is
written as a script too, and docs/search.js takes the place of the search that asks a server for it.
"""
import pathlib
import sys

import pygments.lexers

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEXERS = ROOT / "editors/pygments"


def on_config(config):
    """Makes the lexer of models known, as if it were installed."""
    if str(LEXERS) not in sys.path:
        sys.path.append(str(LEXERS))
    entry = ("melian_lexer", "Melian", ("melian",), ("*.melian",), ())
    pygments.lexers.LEXERS["MelianLexer"] = entry
    return config


def on_post_build(config):
    search = pathlib.Path(config["site_dir"]) / "search"
    index = (search / "search_index.json").read_text(encoding="utf-8")
    (search / "index.js").write_text(f"window.melianSearchIndex = {index};\n", encoding="utf-8")
    (search / "main.js").write_text((ROOT / "docs/search.js").read_text(encoding="utf-8"),
                                    encoding="utf-8")
    (search / "worker.js").unlink(missing_ok=True)
