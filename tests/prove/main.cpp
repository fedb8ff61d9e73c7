/// `make prove`: games drawn by the thousand, answered as `melian solve` answers them, and held
/// against the tree. docs/prove.md.

#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include "melian/base.h"
#include "prove/counts.h"
#include "prove/page.h"

namespace melian::prove {
namespace {

struct Options {
  std::uint64_t first = 0;  ///< 0: after the last seed that the file has for this engine
  std::uint64_t count = 0;  ///< seeds; 0: until the time is up
  double seconds = 60.0;
  int threads = 0;
  std::string only, record, page, engine = "unnamed", out;
  std::uint64_t seed = 0;
  bool allow_wrong = false, only_page = false, check_page = false;
};

struct Compared {
  const Class* of_class = nullptr;
  std::uint64_t seed = 0;
  Verdict verdict;
  std::string broke;  ///< what was thrown, which nothing may
};

Compared one(const Class& of_class, std::uint64_t seed) {
  Compared out{&of_class, seed, {}, {}};
  try {
    out.verdict = compare(of_class.draw(seed));
  } catch (const std::exception& error) {
    out.broke = error.what();
  }
  return out;
}

std::string command_of(const Drawn& drawn, const std::string& file) {
  std::string out = "melian solve " + file;
  if (drawn.follow) out += " --grid follow";
  if (drawn.grid > 0) out += fmt::format(" --grid {}", drawn.grid);
  return out;
}

const char* word_of(Fate fate) {
  switch (fate) {
    case Fate::right: return "right";
    case Fate::wrong: return "WRONG";
    case Fate::wrongly_alone: return "NOT THE ONLY ONE";
    case Fate::refused_right: return "refused, right";
    case Fate::refused_far: return "refused";
    case Fate::not_compared: return "not compared";
  }
  return "";
}

/// A wrong game, so that it can be had again: its text beside the command, where a folder is named.
void tell(const Compared& game, const std::string& folder) {
  const Verdict& v = game.verdict;
  std::string file = "GAME.melian";
  const Drawn drawn = game.of_class->draw(game.seed);
  if (!folder.empty()) {
    std::filesystem::create_directories(folder);
    file = fmt::format("{}/{}_{}.melian", folder, game.of_class->name, game.seed);
    std::ofstream(file) << drawn.text;
  }
  if (!game.broke.empty()) {
    fmt::print("BROKE --class {} --seed {}: {}\n", game.of_class->name, game.seed, game.broke);
    return;
  }
  fmt::print("{} --class {} --seed {}: {} is off by {}, stated {} ({}); {}\n", word_of(v.fate),
             game.of_class->name, game.seed, v.number, number_text(v.off, 3),
             number_text(v.stated, 3), v.how, command_of(drawn, file));
}

/// One game in full, for who wants to see why.
int show(const Options& options) {
  const Class* of_class = find_class(options.only);
  if (of_class == nullptr) {
    fmt::print(stderr, "no class `{}`\n", options.only);
    return 2;
  }
  const Drawn drawn = of_class->draw(options.seed);
  fmt::print("{}# {}\n", drawn.text, command_of(drawn, "GAME.melian"));
  const Compared game = one(*of_class, options.seed);
  const Verdict& v = game.verdict;
  fmt::print("# {}{}{}: {} off by {}, stated {}; {} nodes; nearest by {}; {}\n", word_of(v.fate),
             v.certified ? ", certified" : "", v.alone ? ", said to be the only one" : "", v.number,
             number_text(v.off, 3), number_text(v.stated, 3), v.nodes, v.how,
             game.broke.empty() ? v.reasons : game.broke);
  return 0;
}

void print_table(const std::vector<const Class*>& chosen,
                 const std::map<std::string, Counts>& counts) {
  fmt::print(
      "{:<11} {:>8} {:>9} {:>6} {:>6} {:>9} {:>9} {:>8} {:>6}  reasons of right ones "
      "refused\n",
      "class", "compared", "certified", "wrong", "gross", "not alone", "ref.right", "ref.far",
      "other");
  for (const Class* of_class : chosen) {
    const Counts& c = counts.at(of_class->name);
    std::string reasons;
    for (const auto& [name, count] : c.reasons)
      reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", name, count);
    for (const auto& [name, count] : c.not_compared_for)
      reasons += fmt::format("{}({} {})", reasons.empty() ? "" : ", ", name, count);
    fmt::print("{:<11} {:>8} {:>9} {:>6} {:>6} {:>9} {:>9} {:>8} {:>6}  {}\n", of_class->name,
               c.compared, c.certified, c.wrong, c.gross, c.wrongly_alone, c.refused_right,
               c.refused_far, c.not_compared, reasons);
  }
}

/// The seed after the last that the file has for this engine.
Result<std::uint64_t> next_seed(const Options& options) {
  if (options.first > 0 || options.record.empty()) return std::max<std::uint64_t>(options.first, 1);
  const Result<std::vector<Record>> records = read_records(options.record);
  if (!records) return std::unexpected(records.error());
  std::uint64_t next = 1;
  for (const Record& record : *records)
    if (record.engine == options.engine) next = std::max(next, record.last + 1);
  return next;
}

/// Writes the page, or says whether it is as it should be.
int make_page(const Options& options) {
  const Result<std::vector<Record>> records = read_records(options.record);
  if (!records) {
    fmt::print(stderr, "{}\n", render(records.error()));
    return 2;
  }
  const std::string wanted = page(*records);
  if (options.check_page) {
    const Result<std::string> written = read_file(options.page);
    if (written && *written == wanted) return 0;
    fmt::print(stderr, "{} is not what {} gives\n", options.page, options.record);
    return 1;
  }
  std::ofstream file(options.page);
  file << wanted;
  file.flush();
  return file ? 0 : 74;
}

int run(const Options& options) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  set_threads(options.threads);
  std::vector<const Class*> chosen;
  for (const Class& of_class : classes())
    if (options.only.empty() || options.only == of_class.name) chosen.push_back(&of_class);
  if (chosen.empty()) {
    fmt::print(stderr, "no class `{}`\n", options.only);
    return 2;
  }
  const Result<std::uint64_t> first = next_seed(options);
  if (!first) {
    fmt::print(stderr, "{}\n", render(first.error()));
    return 2;
  }
  std::map<std::string, Counts> counts;
  for (const Class* of_class : chosen) counts[of_class->name];
  const std::uint64_t at_once = 4 * static_cast<std::uint64_t>(num_threads());
  std::uint64_t seed = *first;
  const std::uint64_t end = options.count > 0 ? seed + options.count : ~std::uint64_t{0};
  int broken = 0;
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begun).count(); };
  while (seed < end && (options.count > 0 || seconds() < options.seconds)) {
    const std::uint64_t seeds = std::min(at_once, end - seed);
    std::vector<Compared> games(seeds * chosen.size());
    parallel_for(games.size(), [&](std::size_t k) {
      games[k] = one(*chosen[k % chosen.size()], seed + k / chosen.size());
    });
    for (const Compared& game : games) {
      if (game.broke.empty()) counts[game.of_class->name].add(game.verdict);
      broken += game.broke.empty() ? 0 : 1;
      if (!game.broke.empty() || game.verdict.fate == Fate::wrong ||
          game.verdict.fate == Fate::wrongly_alone)
        tell(game, options.out);
    }
    seed += seeds;
    std::fflush(stdout);
    fmt::print(stderr, "seeds {} to {} done, {:.0f} s\n", *first, seed - 1, seconds());
  }
  print_table(chosen, counts);
  fmt::print("seeds {} to {}\n", *first, seed - 1);
  Counts all;
  std::vector<Record> records;
  for (const Class* of_class : chosen) {
    all.add(counts[of_class->name]);
    records.push_back({options.engine, of_class->name, *first, seed - 1, counts[of_class->name]});
  }
  if (!options.record.empty() && seed > *first)
    if (const Result<bool> written = append_records(options.record, records); !written) {
      fmt::print(stderr, "{}\n", render(written.error()));
      return 74;
    }
  if (!options.page.empty())
    if (const int failed = make_page(options); failed != 0) return failed;
  fmt::print("games {} certified {} wrong {} refused_right {}\n", all.compared, all.certified,
             all.all_wrong(), all.refused_right);
  if (broken > 0) return 70;
  return all.all_wrong() > 0 && !options.allow_wrong ? 1 : 0;
}

}  // namespace
}  // namespace melian::prove

int main(int argc, char** argv) {
  melian::prove::Options options;
  CLI::App app{"Draw small games, answer them, and compare each answer with the game's tree"};
  app.add_option("--first", options.first, "Start at this seed (default: 1, or after --record)");
  app.add_option("--count", options.count, "Compare this many seeds, and ignore the time");
  app.add_option("--seconds", options.seconds, "Stop after this time, at the end of a seed");
  app.add_option("--class", options.only, "Draw games of this class only");
  app.add_option("--seed", options.seed, "Show one game of --class and its comparison");
  app.add_option("--threads", options.threads, "Use at most N threads (default: all cores)");
  app.add_option("--record", options.record, "Append the counts to this file");
  app.add_option("--page", options.page, "Write the page of --record to this file");
  app.add_flag("--only-page", options.only_page, "Write the page and compare nothing");
  app.add_flag("--check-page", options.check_page, "Exit 1 if --page is not up to date");
  app.add_option("--engine", options.engine, "Name the engine in --record");
  app.add_option("--out", options.out, "Write each wrong game to this folder");
  app.add_flag("--allow-wrong", options.allow_wrong, "Exit 0 although an answer is wrong");
  CLI11_PARSE(app, argc, argv);
  if (options.only_page || options.check_page) return melian::prove::make_page(options);
  return options.seed > 0 ? melian::prove::show(options) : melian::prove::run(options);
}
