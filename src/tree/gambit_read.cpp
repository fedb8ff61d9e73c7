#include "tree/gambit_read.h"

#include <fmt/core.h>

#include "tree/fraction.h"

namespace melian::tree {
namespace {

constexpr std::size_t most_told = 20;  // diagnostics; after that the file is none worth reading on
constexpr std::size_t most_players = 1000;

}  // namespace

void GambitReader::tell(const EfgToken& token, const char* code, std::string message,
                        std::string expected, std::string hint) {
  if (stopped_) return;
  told_.push_back(lexer_.at(token, code, std::move(message), std::move(expected), std::move(hint)));
  if (told_.size() >= most_told) give_up();
}

void GambitReader::give_up() {
  stopped_ = true;
  token_ = EfgToken{};
}

void GambitReader::stop(const char* code, std::string message, std::string expected,
                        std::string hint) {
  tell(token_, code, std::move(message), std::move(expected), std::move(hint));
  give_up();
}

void GambitReader::stop_here(const std::string& expected) {
  const bool cut = token_.kind == EfgKind::end || token_.kind == EfgKind::stray;
  stop(cut ? end_code : syntax_code, fmt::format("found {}", lexer_.named(token_)), expected,
       cut ? "the file may have been cut short" : "");
}

EfgToken GambitReader::take(EfgKind kind, const std::string& expected) {
  if (token_.kind != kind) {
    stop_here(expected);
    return {};
  }
  EfgToken taken = std::move(token_);
  advance();
  return taken;
}

double GambitReader::take_number(const std::string& what) {
  const EfgToken token = take(EfgKind::number, what);
  const auto number = number_of(token.content);
  if (!number)
    tell(token, number_code, fmt::format("{} is no number that can be used", lexer_.named(token)),
         "a finite number such as 2, -0.25, 1e-3 or 1/3");
  return number.value_or(0.0);
}

int GambitReader::take_index(const std::string& what) {
  constexpr double largest = 2'000'000'000.0;
  const EfgToken token = take(EfgKind::number, what);
  const auto number = number_of(token.content);
  const bool fine = number && *number >= 0.0 && *number <= largest &&
                    *number == static_cast<double>(static_cast<int>(*number));
  if (!fine) {
    tell(token, number_code, fmt::format("{} cannot be {}", lexer_.named(token), what),
         "a whole number from 0 up");
    give_up();
    return 0;
  }
  return static_cast<int>(*number);
}

void GambitReader::read_header(const std::string& magic, const std::string& version,
                               const std::string& what) {
  if (token_.kind != EfgKind::word || token_.content != magic)
    return stop(syntax_code,
                fmt::format("this is no Gambit {}: it begins with {}", what, lexer_.named(token_)),
                fmt::format("{} {} R", magic, version));
  advance();
  if (token_.kind != EfgKind::number || token_.content != version)
    return stop_here(fmt::format("{}, the version of the format", version));
  advance();
  if (token_.kind != EfgKind::word || !(token_.content == "R" || token_.content == "D"))
    return stop_here("R");
  advance();
  form_.title = take(EfgKind::text, "the title of the game, in quotes").content;
  take(EfgKind::open, "{ and the names of the players");
  while (token_.kind == EfgKind::text) {
    if (form_.players.size() == most_players)
      return stop(too_large_code, fmt::format("more than {} players", most_players),
                  "fewer players");
    form_.players.push_back(take(EfgKind::text, "a name").content);
  }
  take(EfgKind::close, "the name of a player in quotes, or }");
}

std::vector<double> GambitReader::read_payoffs() {
  return read_payoffs_after(take(EfgKind::open, "{ and a payoff for each player"));
}

std::vector<double> GambitReader::read_payoffs_after(const EfgToken& brace) {
  std::vector<double> payoffs;
  std::size_t count = 0;
  while (token_.kind == EfgKind::number) {
    const double payoff = take_number("a payoff");
    if (++count <= form_.players.size()) payoffs.push_back(payoff);
    if (token_.kind == EfgKind::comma) advance();
  }
  take(EfgKind::close, "a payoff, or }");
  if (count != form_.players.size())
    tell(brace, payoffs_code,
         fmt::format("{} {} for {} {}", count, count == 1 ? "payoff" : "payoffs",
                     form_.players.size(), form_.players.size() == 1 ? "player" : "players"),
         "one payoff for each player");
  payoffs.resize(form_.players.size(), 0.0);
  return payoffs;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace melian::tree
