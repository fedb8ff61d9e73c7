"""Pygments lexer for .melian, models of bargaining while fighting.

    pygmentize -x -l editors/pygments/melian_lexer.py:MelianLexer model.melian
"""
from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

__all__ = ["MelianLexer"]

DECLARATIONS = ("at", "believes", "extends", "for", "horizon", "let", "model", "module", "param", "phase", "place", "player", "prior",
                "replace", "set", "source", "state", "types")
SENTENCES = ("becomes", "chance", "chooses", "count", "else", "end", "falls", "forever", "gets", "go", "offers", "otherwise", "passes",
             "pays", "perceived", "rises", "rounds", "simultaneously", "stops", "then", "time", "when", "where")
WORDS = ("and", "as", "by", "from", "if", "in", "is", "not", "or", "parts", "to", "with")
FUNCTIONS = ("abs", "exp", "ln", "max", "min", "sqrt")


class MelianLexer(RegexLexer):
    name = "Melian"
    aliases = ["melian"]
    filenames = ["*.melian"]

    tokens = {
        "root": [
            (r"##.*$", Comment.Special),
            (r"#.*$", Comment.Single),
            (r'"[^"\n]*"?', String.Double),
            (r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", Number),
            (r"(player|phase|end)(\s+)([A-Za-z_][A-Za-z0-9_]*)", bygroups(Keyword.Declaration, Text, Name.Class)),
            (words(DECLARATIONS, prefix=r"\b", suffix=r"\b"), Keyword.Declaration),
            (words(SENTENCES, prefix=r"\b", suffix=r"\b"), Keyword),
            (words(WORDS, prefix=r"\b", suffix=r"\b"), Operator.Word),
            (words(FUNCTIONS, prefix=r"\b", suffix=r"\b"), Name.Builtin),
            (r"\.\.|<=|>=|[-+*/^<>=&]", Operator),
            (r"[A-Za-z_][A-Za-z0-9_]*", Name),
            (r"[\[\](){},:.]", Punctuation),
            (r"\s+", Text),
        ]
    }
