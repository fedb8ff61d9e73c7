#include "language/meaning_bench.h"

#include <algorithm>
#include <tuple>

#include <fmt/core.h>

namespace melian {
namespace {

constexpr std::size_t most_errors = 1000;  ///< a text with more is no model with mistakes

}  // namespace

Mistakes::Told& Mistakes::Told::about(std::string_view name) {
  if (told_ != nullptr) told_->name = name.substr(0, name.find('['));
  return *this;
}

Mistakes::Told& Mistakes::Told::see(const ast::Span& span, std::string message) {
  if (told_ != nullptr)
    told_->related.push_back(related_place(sources_, {span, std::move(message)}));
  return *this;
}

Mistakes::Told Mistakes::error(const ast::Span& span, std::string code, std::string message,
                               std::string hint, std::string expected) {
  if (num_errors_ >= most_errors || !places_.emplace(std::pair(span.file, span.begin), 0).second)
    return {sources_, nullptr};
  ++num_errors_;
  entries_.push_back({span, diagnostic_at(sources_, span, std::move(code), std::move(message),
                                          std::move(expected), std::move(hint))});
  return {sources_, &entries_.back().diagnostic};
}

void Mistakes::warning(const ast::Span& span, std::string code, std::string message,
                       std::string hint) {
  if (entries_.size() >= 2 * most_errors) return;
  entries_.push_back({span, diagnostic_at(sources_, span, std::move(code), std::move(message), {},
                                          std::move(hint), Severity::warning)});
}

std::string Mistakes::nearest(std::string_view word,
                              const std::vector<std::string>& candidates) const {
  if (no_more_hints()) return {};
  const std::string near = nearest_word(word, candidates);
  return near.empty() ? near : fmt::format("did you mean `{}`?", near);
}

Diagnostics Mistakes::take(Severity severity) {
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.span.file, a.span.begin) < std::tie(b.span.file, b.span.begin);
  });
  Diagnostics out;
  for (Entry& entry : entries_)
    if (entry.diagnostic.severity == severity) out.push_back(std::move(entry.diagnostic));
  return out;
}

Diagnostics Mistakes::take_errors() { return take(Severity::error); }
Diagnostics Mistakes::take_warnings() { return take(Severity::warning); }

const ast::Word& first_of(const std::vector<ast::Word>& words, const std::string& text) {
  return *std::ranges::find(words, text, &ast::Word::text);
}

std::string list_of(const std::vector<std::string>& words) {
  constexpr std::size_t most_listed = 20;
  std::string out;
  if (words.size() > most_listed) return out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

void Bits::add(int i) {
  const auto word = static_cast<std::size_t>(i) / 64;
  if (words_.size() <= word) words_.resize(word + 1);
  words_[word] |= std::uint64_t{1} << (static_cast<unsigned>(i) % 64);
}

bool Bits::has(int i) const {
  const auto word = static_cast<std::size_t>(i) / 64;
  return word < words_.size() && (words_[word] >> (static_cast<unsigned>(i) % 64) & 1) != 0;
}

void Bits::unite(const Bits& other) {
  if (words_.size() < other.words_.size()) words_.resize(other.words_.size());
  for (std::size_t w = 0; w < other.words_.size(); ++w) words_[w] |= other.words_[w];
}

void Bits::intersect(const Bits& other) {
  if (words_.size() > other.words_.size()) words_.resize(other.words_.size());
  for (std::size_t w = 0; w < words_.size(); ++w) words_[w] &= other.words_[w];
}

const Symbol* Bench::find(const std::string& name) const {
  const auto found = symbols.find(name);
  return found == symbols.end() ? nullptr : &found->second;
}

std::optional<int> Bench::find_player(const std::string& name) const {
  const Symbol* symbol = find(name);
  if (symbol == nullptr || symbol->sort != Sort::player) return std::nullopt;
  return symbol->index;
}

std::optional<int> Bench::need_player(const std::string& name, const ast::Span& span) {
  const auto player = find_player(name);
  if (name.empty()) return player;  // the parser has told what is missing
  if (!player && mistakes.first("player " + name)) {
    const std::string near = mistakes.nearest(name, names_of({Sort::player}));
    mistakes
        .error(span, "M0202", fmt::format("there is no player `{}`", name),
               near.empty() ? fmt::format("declare it: player {}", name) : near, "a player")
        .about(name);
  }
  return player;
}

std::vector<std::string> Bench::names_of(std::initializer_list<Sort> sorts) const {
  std::vector<std::string> names;
  if (mistakes.no_more_hints()) return names;
  for (const auto& [name, symbol] : symbols)
    if (std::find(sorts.begin(), sorts.end(), symbol.sort) != sorts.end()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string Bench::players_in(PlayerMask mask) const {
  std::string out;
  for (int p = 0; p < static_cast<int>(model.players.size()); ++p) {
    if ((mask & mask_of(p)) == 0) continue;
    mask &= ~mask_of(p);
    if (!out.empty()) out += mask == 0 ? " and " : ", ";
    out += "`" + player_name(p) + "`";
  }
  return out;
}

}  // namespace melian
