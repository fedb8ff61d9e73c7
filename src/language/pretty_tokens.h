#pragma once
/// How tokens stand beside one another on a line, and where a line that is too long may break.

#include <string>
#include <vector>

#include "language/lex.h"

namespace melian {

/// A token as it is written.
[[nodiscard]] std::string written(const Token& token);

/// A `{` that opens a block, not a list of numbers or words.
[[nodiscard]] bool opens_block(const std::vector<Token>& tokens, int token);

/// How many blanks stand between this token and the one before it.
[[nodiscard]] int gap_before(const std::vector<Token>& tokens, int token);

/// How willingly a line breaks before this token: 0 after the colon of a list, 1 between its parts,
/// up to 5 deep inside a formula; -1 never. `depth` counts the open parentheses and brackets.
[[nodiscard]] int break_before(const std::vector<Token>& tokens, int token, int depth);

}  // namespace melian
