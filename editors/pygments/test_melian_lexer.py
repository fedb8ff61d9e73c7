"""python3 -m unittest discover editors/pygments: every shipped text is read without an error token."""
import pathlib
import sys
import unittest

try:
    import pygments  # noqa: F401
except ImportError as error:
    raise unittest.SkipTest("this Python has no Pygments (Debian: python3-pygments)") from error

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from melian_lexer import MelianLexer  # noqa: E402
from pygments.token import Comment, Error, Keyword, Name, Number  # noqa: E402

MODELS = sorted(HERE.parents[1].glob("models/*/*.melian"))


class TestMelianLexer(unittest.TestCase):
    def test_every_shipped_model_is_read_whole(self):
        self.assertTrue(MODELS)
        for path in MODELS:
            text = path.read_text(encoding="utf-8")
            tokens = list(MelianLexer(ensurenl=False, stripnl=False).get_tokens(text))
            self.assertEqual("".join(part for _, part in tokens), text, path)
            self.assertFalse([part for kind, part in tokens if kind is Error], path)

    def test_a_sentence_is_told_apart(self):
        kinds = {part: kind for kind, part in MelianLexer().get_tokens("S offers y in 0..1 by 0.05  ## share\nend war: S gets 1")}
        self.assertIs(kinds["offers"], Keyword)
        self.assertIs(kinds["0.05"], Number)
        self.assertIs(kinds["## share"], Comment.Special)
        self.assertIs(kinds["war"], Name.Class)
        self.assertIs(kinds["S"], Name)


if __name__ == "__main__":
    unittest.main()
