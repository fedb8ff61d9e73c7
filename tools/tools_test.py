#!/usr/bin/env python3
"""The checks of the house can fail: each is shown an offence."""
import pathlib
import unittest

import check_editors
import check_examples
import check_layers
import check_links
import check_pages
import check_spelling
import fuzz_page
import make_docs
import wrap_markdown


class Layers(unittest.TestCase):
    def test_a_sibling_may_not_include_its_sibling(self):
        self.assertEqual(len(check_layers.offences(pathlib.Path("src/certify/a.cpp"), '#include "melian/solve.h"\n')), 1)
        self.assertEqual(len(check_layers.offences(pathlib.Path("src/certify/a.cpp"), '#include "solve/decision.h"\n')), 1)

    def test_a_lower_room_may_not_look_up(self):
        self.assertEqual(len(check_layers.offences(pathlib.Path("include/melian/game.h"), '#include "melian/study.h"\n')), 1)
        self.assertEqual(len(check_layers.offences(pathlib.Path("src/study/a.cpp"), '#include <melian/melian.h>\n')), 1)

    def test_worlds_and_evidence_never_meet_and_predictions_know_no_solver(self):
        for file, include in (("src/worlds/a.cpp", "evidence/evidence_weigh.h"), ("src/evidence/a.cpp", "worlds/sobol.h"),
                              ("src/predict/a.cpp", "melian/solve.h"), ("src/study/a.cpp", "claims/store.h")):
            self.assertEqual(len(check_layers.offences(pathlib.Path(file), f'#include "{include}"\n')), 1, file)

    def test_a_room_may_look_down_and_at_itself(self):
        text = '#include "study/metric.h"\n#include "melian/game.h"\n#include <vector>\n#include <nlohmann/json.hpp>\n'
        self.assertEqual(check_layers.offences(pathlib.Path("src/study/a.cpp"), text), [])


class Links(unittest.TestCase):
    def test_a_name_defined_in_a_higher_room_is_an_offence_and_one_defined_lower_is_none(self):
        rooms = {"study": (set(), {"day_of()", "locate()"}), "evidence": ({"day_of()"}, set()), "numeric": ({"locate()"}, set())}
        self.assertEqual(check_links.offences(rooms), ["study links `day_of()` of evidence"])


class FuzzPage(unittest.TestCase):
    def test_counts_of_one_day_and_engine_add_up_and_others_stand_apart(self):
        rows = fuzz_page.add([], "events", 10, 5, "2026-12-01", "a")
        rows = fuzz_page.add(rows, "events", 7, 5, "2026-12-01", "a")
        rows = fuzz_page.add(rows, "events", 1, 60, "2026-12-02", "b")
        self.assertEqual([row["executions"] for row in rows], ["17", "1"])
        self.assertIn("| `events` | 18 | 1 min | 2026-12-01 to 2026-12-02 |", fuzz_page.table(rows))

    def test_a_table_of_other_counts_is_told(self):
        rows = fuzz_page.add([], "events", 10, 5, "2026-12-01", "a")
        page = fuzz_page.page_with("before\n" + fuzz_page.BEGIN + fuzz_page.END + "after\n", rows)
        self.assertEqual(fuzz_page.page_with(page, rows), page)
        self.assertNotEqual(fuzz_page.page_with(page, fuzz_page.add(rows, "nfg", 1, 1, "2026-12-01", "a")), page)
        self.assertTrue(page.startswith("before\n") and page.endswith("after\n"))


class Editors(unittest.TestCase):
    def test_the_words_of_both_editors_are_found_and_are_the_language_s(self):
        self.assertIn("simultaneously", check_editors.of_language())
        self.assertEqual(check_editors.of_vscode(), check_editors.of_language())
        self.assertEqual(check_editors.of_pygments(), check_editors.of_language())


class Docs(unittest.TestCase):
    def test_a_range_shows_both_sides_of_a_threshold(self):
        self.assertEqual(make_docs.vary_words("prior[B].low", 0.6), "prior[B].low=0.05:0.95:19")
        self.assertEqual(make_docs.vary_words("cost", 0.2), "cost=0.1:0.3:21")
        self.assertEqual(make_docs.vary_words("gap", -2), "gap=-3:-1:21")

    def test_a_figure_is_solved_as_the_checks_of_its_model_are_where_that_is_cheaper_or_the_only_way(self):
        self.assertEqual(make_docs.method_words([{"method": "tree", "lambda": 2000}]), ["--method", "tree", "--lambda", "2000"])
        self.assertEqual(make_docs.method_words([{"grid": 1025}, {"grid": 3}]), ["--grid", "3"])
        self.assertEqual(make_docs.method_words([{"grid": 1025}, {}]), [])

    def test_a_figure_shows_the_numbers_whose_signs_are_stated_unless_they_are_outcomes(self):
        entry = {"signs": [{"model": "a.melian", "number": "rounds.1"}, {"model": "b.melian", "number": "outcomes.war"}]}
        self.assertEqual(make_docs.numbers_words(entry, "a.melian"), ["--number", "rounds.1"])
        self.assertEqual(make_docs.numbers_words(entry, "b.melian"), [])

    def test_checks_that_were_not_run_have_no_empty_columns(self):
        entry = {"checks": [{"name": "value of S", "expected": 0.5, "tolerance": 1e-6, "computed": 0.5, "passed": True}]}
        self.assertEqual(make_docs.checks_table(entry, quick=True)[-1], "| value of S | 0.5 | 1e-06 |")
        self.assertEqual(make_docs.checks_table(entry, quick=False)[-1], "| value of S | 0.5 | 0.5 | 1e-06 | pass |")

    def test_a_row_of_a_table_keeps_numbers_with_units_and_bars_in_code(self):
        self.assertEqual(make_docs.table_row(r"| `--method grid\|tree` | a \| b |"), r"| `--method grid|tree` | a \| b |")
        self.assertEqual(make_docs.tables_mended("2 ms\n| 2 ms / 4 | 3 states |"), "2 ms\n| 2&nbsp;ms&nbsp;/ 4 | 3 states |")

    def test_links_of_the_repository_lead_to_pages_of_the_site(self):
        text = "[a](docs/faq.md) [b](docs/decisions/) [c](models/powell_2004/README.md) [d](../HACKING.md#tests)"
        self.assertEqual(make_docs.linked(text), "[a](faq.md) [b](decisions/index.md) [c](gallery/powell_2004.md) [d](HACKING.md#tests)")

    def test_a_card_names_authors_as_the_citation_spells_them(self):
        names = {"groseclose_mccarty_2001": "Groseclose, T. and McCarty, N. (2001)", "after_powell_2006": "Powell, R. (2006)",
                 "wolford_reiter_carrubba_2011": "Wolford, S., Reiter, D. and Carrubba, C. (2011)"}
        self.assertEqual([make_docs.authors_and_year({"name": name, "citation": citation}) for name, citation in names.items()],
                         ["Groseclose & McCarty 2001", "after Powell 2006", "Wolford, Reiter & Carrubba 2011"])

    def test_every_readme_of_the_catalogue_begins_with_its_argument(self):
        for file in sorted((make_docs.ROOT / "models").glob("*/expected.json")):
            argument, rest = make_docs.readme_parts({"name": file.parent.name})
            self.assertGreater(len(argument), 100, file)
            self.assertTrue(rest.startswith("**Files.**"), file)

    def test_text_of_the_catalogue_is_no_markdown(self):
        self.assertEqual(make_docs.plain("t* < w_B"), r"t\* &lt; w\_B")


class Pages(unittest.TestCase):
    def test_links_are_found_outside_code_and_headings_have_the_names_that_sites_give_them(self):
        self.assertEqual(check_pages.links("[a](b.md#c) `[d](e)`\n\n    [f](g)\n\n```\n[h](i)\n```\n"), ["b.md#c"])
        self.assertEqual(check_pages.anchors("# What `a_b` is, in [short](x)\n\n```\n# no\n```\n"), {"what-a_b-is-in-short"})

    def test_a_broken_link_is_told(self):
        page = check_pages.ROOT / "docs/concepts.md"
        broken = "[a](no_such.md) [b](tutorial.md#no-such) [c](https://example.org) [d](tutorial.md)\n"
        self.assertEqual(len(list(check_pages.offences(page, broken))), 2)


class Wrapping(unittest.TestCase):
    def test_long_prose_is_refilled_with_its_indent_and_short_prose_is_left(self):
        text = "- " + "word " * 30 + "`a b`\n\nshort\nlines\n"
        self.assertEqual(wrap_markdown.wrapped(text), "- " + "word " * 18 + "word\n  " + "word " * 11 + "`a b`\n\nshort\nlines\n")

    def test_tables_code_headings_and_links_are_left(self):
        for line in ("| " + "a " * 60 + "|", "    " + "code " * 30, "# " + "a " * 60, "[key]: " + "a" * 120, "```\n" + "a " * 60 + "\n```"):
            self.assertEqual(wrap_markdown.wrapped(line), line)

    def test_no_line_begins_with_what_markdown_reads_as_a_mark(self):
        for mark in ("-", "+", "12.", "#", "|", ">"):
            lines = wrap_markdown.wrapped("x" * 97 + f" {mark} " + "word " * 10).split("\n")
            self.assertFalse(any(line.startswith(mark) for line in lines), mark)

    def test_hard_breaks_stay(self):
        self.assertEqual(wrap_markdown.wrapped("word " * 30 + " \nnext").count("  \n"), 1)


class Examples(unittest.TestCase):
    PAGE = ("# A\n\nSave this as `a.py`:\n\n```python\nprint(1)\n```\n\n<!-- exit 3 -->\n    melian solve a \\\n"
            "      --all\n\n```text\nx 1.0\n...\ny\n```\n\n    python3 a.py\n    python3 other.py\n\n"
            "![f](figures/f.svg)\n\n# B\n\n```text\nno command\n```\n")

    def test_a_page_s_files_commands_outputs_and_figures_are_found(self):
        steps = check_examples.steps_of(self.PAGE)
        self.assertEqual([step.kind for step in steps], ["file", "command", "output", "command", "figure"])
        self.assertEqual((steps[1].text, steps[1].exit), ("melian solve a  --all", 3))
        self.assertEqual(self.PAGE.split("\n")[steps[2].line - 1], "x 1.0")

    def test_other_words_order_and_digits_are_told_and_a_last_digit_is_not(self):
        said = ["head", "x 0.9677 ±7e-05  ▏", "between", "y 12 plays", "z"]
        agree = lambda text: check_examples.compare(text, said) is not None
        self.assertTrue(agree("x 0.9678 ±7e-05  ██\n...\ny 12 plays"))
        for wrong in ("x 0.9679 ±7e-05", "x 0.9677", "w 0.9677 ±7e-05", "y 13 plays", "z\n...\nhead", "head\nbetween"):
            self.assertFalse(agree(wrong), wrong)
        self.assertTrue(agree("x 0.9…"))

    def test_residuals_of_equations_need_only_both_be_small(self):
        self.assertTrue(check_examples.same_line("within 3e-14 logits", "within 1e-15 logits"))
        self.assertFalse(check_examples.same_line("within 3e-14 logits", "within 3e-2 logits"))

    def test_numbers_that_moved_can_be_put_into_the_page(self):
        said = ["x 0.25", "y"]
        self.assertEqual(check_examples.compare("x 0.50\n...\ny", said, check_examples.same_words), "x 0.25\n...\ny")


class Spelling(unittest.TestCase):
    def found(self, line):
        return [match.group(1) for match in check_spelling.PATTERN.finditer(line)]

    def test_american_words_are_found(self):
        self.assertEqual(self.found("The behavior of a color."), ["behavior", "color"])
        self.assertEqual(self.found("Modeling wars"), ["Modeling"])

    def test_british_words_and_names_of_libraries_are_not(self):
        self.assertEqual(self.found("behaviour, colour, background-color: red; d3.color(x); color_discrete"), [])


if __name__ == "__main__":
    unittest.main()
