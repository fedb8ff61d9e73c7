/// Where the parser lost part of a text, or a file could not be read, some mistakes of meaning are
/// only echoes. What is told all the same must not rest on what is missing.

#include <algorithm>
#include <array>
#include <set>

#include "language/lex.h"
#include "language/meaning_bench.h"

namespace melian {
namespace {

/// Mistakes in what was read, whatever else was not.
constexpr std::array stand_alone = {"M0203", "M0204", "M0205", "M0206", "M0207", "M0225", "M0227",
                                    "M0307", "M0403", "M0410", "M0505", "M0506", "M0512"};
/// Mistakes that stand where every file was read, though parts of the texts were not understood.
constexpr std::array stand_in_texts = {"M0211", "M0218", "M0219", "M0220", "M0305",
                                       "M0306", "M0309", "M0313", "M0315", "M0316",
                                       "M0317", "M0404", "M0412", "M0413", "M0416"};
/// Names nobody declares, unless a text does and the parser lost it.
constexpr std::array unknown_names = {"M0201", "M0202", "M0223", "M0302", "M0503"};

/// Words that stand before the name they declare.
constexpr std::array<std::string_view, 9> declaring = {
    "player", "types", "param", "let", "state", "phase", "chance", "offers", "chooses"};

template <class Codes>
bool among(const Codes& codes, const std::string& code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// Every name that some text seems to declare, understood or not.
std::unordered_set<std::string> seemingly_declared(const Sources& sources) {
  std::unordered_set<std::string> names;
  for (std::size_t file = 0; file < sources.size(); ++file) {
    const Lexed lexed = lex(sources[file], static_cast<int>(file));
    for (std::size_t i = 1; i < lexed.tokens.size(); ++i) {
      const std::string_view before = lexed.tokens[i - 1].text;
      const bool plural = before == "offer" || before == "choose";
      if (plural || std::find(declaring.begin(), declaring.end(), before) != declaring.end())
        names.emplace(lexed.tokens[i].text);
    }
  }
  return names;
}

}  // namespace

void keep_what_stands(const Sources& sources, bool every_file_read, const Diagnostics& told,
                      Diagnostics& errors) {
  std::set<std::pair<std::string, int>> broken_lines;
  for (const Diagnostic& diagnostic : told) broken_lines.emplace(diagnostic.file, diagnostic.line);
  std::unordered_set<std::string> declared;
  if (every_file_read) declared = seemingly_declared(sources);
  std::erase_if(errors, [&](const Diagnostic& error) {
    if (broken_lines.contains({error.file, error.line})) return true;
    if (among(stand_alone, error.code)) return false;
    if (!every_file_read) return true;
    if (among(unknown_names, error.code)) return declared.contains(error.name);
    return !among(stand_in_texts, error.code);
  });
}

}  // namespace melian
