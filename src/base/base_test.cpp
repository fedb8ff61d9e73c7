#include <sys/stat.h>

#include <doctest/doctest.h>

#include <atomic>

#include "melian/base.h"

using namespace melian;

TEST_CASE("sha256: the empty text and 'abc' give the published digests") {
  CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("number_text: the shortest text that reads back the same") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(1.0) == "1");
  CHECK(number_text(-0.0) == "0");
  CHECK(number_text(1.0 / 3.0) == "0.3333333333333333");
}

TEST_CASE("nearest_word: near words are offered, far ones are not") {
  CHECK(nearest_word("offrs", {"offers", "chooses"}) == "offers");
  CHECK(nearest_word("zzz", {"offers", "chooses"}).empty());
}

TEST_CASE("render: the caret stands under the place, also after letters of several bytes") {
  Diagnostic d;
  d.code = "M0101";
  d.message = "unexpected word";
  d.file = "a.melian";
  d.line = 2;
  d.column = 4;
  d.length = 3;
  d.source_line = "é = foo";
  CHECK(render(d) ==
        "a.melian:2:4: error M0101: unexpected word\n    2 | é = foo\n      |    ^^^\n");
}

TEST_CASE("RandomStream: streams are reproducible and differ from one another") {
  RandomStream a(1, 0), b(1, 0), c(1, 1);
  const double x = a.uniform();
  CHECK(x == b.uniform());
  CHECK(x != c.uniform());
  CHECK(x >= 0.0);
  CHECK(x < 1.0);
}

TEST_CASE("parallel_for: every index is visited once, for any number of threads") {
  for (const int threads : {1, 2, 8}) {
    set_threads(threads);
    std::vector<std::atomic<int>> visits(1000);
    parallel_for(visits.size(), [&](std::size_t i) { ++visits[i]; });
    for (const auto& v : visits) CHECK(v == 1);
  }
  set_threads(0);
}

TEST_CASE("read_file: a missing file, a folder and a file too large are diagnostics") {
  CHECK(read_file("/nonexistent").error()[0].code == "M0911");
  CHECK(read_file("/").error()[0].code == "M0912");
  CHECK(read_file("/proc/self/exe", 10).error()[0].code == "M0913");
}

TEST_CASE("nearest_word: two neighbouring letters swapped are one mistake") {
  CHECK(nearest_word("slove", {"run", "solve", "check"}) == "solve");
}

TEST_CASE(
    "render: a long line is shown around its caret, and bytes that are no text as question marks") {
  Diagnostic diagnostic;
  diagnostic.code = "M0000";
  diagnostic.line = 1;
  diagnostic.column = 5000;
  diagnostic.source_line = std::string(4999, 'a') + "X" + std::string(5000, 'b');
  const std::string text = render(diagnostic);
  CHECK(text.size() < 600);
  CHECK(text.find("aX") != std::string::npos);
  const std::size_t line_start = text.find("    1 | "), caret_start = text.find("      | ");
  CHECK(text.find('X') - line_start - std::string("…").size() + 1 == text.find('^') - caret_start);
  diagnostic.column = 1;
  diagnostic.source_line = std::string("\x01\xFF\x7F ok", 6);
  CHECK(render(diagnostic).find("??? ok") != std::string::npos);
}

TEST_CASE("read_file: a pipe is refused at once, and bytes with a zero are no text") {
  const std::string pipe = "base_test_pipe";
  std::remove(pipe.c_str());
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(read_file(pipe).error()[0].code == "M0912");
  CHECK(start_of_file(pipe, 10).empty());
  std::remove(pipe.c_str());
  CHECK(read_file("/dev/zero").error()[0].code == "M0912");
  CHECK(not_a_text("model", "m").empty());
  CHECK(not_a_text(std::string("mo\0del", 6), "m").front().code == "M0919");
}

TEST_CASE("printable_text: what steers a terminal is replaced, letters of any script stay") {
  const std::string kept = "a é 左 😀 Київ\n\tb";
  CHECK(printable_text(kept) == kept);
  CHECK(printable_text(kept, true) != kept);
  for (const std::string& code :
       {std::string("\x1b[2J"), std::string("\x07"), std::string("\r"), std::string("\x7F"),
        std::string("\xC2\x85"), std::string("\xE2\x80\xAE"), std::string("\xE2\x81\xA6"),
        std::string("\xFF"), std::string("\xE2\x80"), std::string(1, '\0')}) {
    const std::string shown = printable_text("x" + code + "y");
    CHECK(shown.starts_with("x\xEF\xBF\xBD"));
    CHECK(shown.ends_with("y"));
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(printable_text(shown) == shown);
  }
}

TEST_CASE("render: another place is shown with its own line and caret") {
  Diagnostic d;
  d.code = "M0203";
  d.message = "`p` is declared twice";
  d.file = "a.melian";
  d.line = 4;
  d.column = 7;
  d.source_line = "param p = 2";
  RelatedPlace first;
  first.file = "a.melian";
  first.line = 3;
  first.column = 7;
  first.source_line = "param p = 1";
  first.message = "first declared here";
  d.related.push_back(first);
  CHECK(render(d) ==
        "a.melian:4:7: error M0203: `p` is declared twice\n    4 | param p = 2\n      |       ^\n"
        "  a.melian:3:7: first declared here\n    3 | param p = 1\n      |       ^\n");
}

TEST_CASE("one_of: words in back quotes, the last after `or`") {
  CHECK(one_of({"a"}) == "`a`");
  CHECK(one_of({"a", "b", "c"}) == "`a`, `b` or `c`");
}
