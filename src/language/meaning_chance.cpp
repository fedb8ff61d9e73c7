/// Beliefs about different players stay separate only if every public signal's likelihood is a
/// product of one factor per player. Chance is read for that as text, so the answer never depends
/// on numbers.

#include <algorithm>
#include <bit>

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

class ChanceCheck {
 public:
  ChanceCheck(Bench& bench, const CheckedChance& chance, const ast::Chance& written)
      : bench_(bench), chance_(chance), written_(written) {}

  void run() {
    for (const CheckedOutcome& outcome : chance_.outcomes) {
      const PlayerMask of = outcome.odds == nullptr ? 0 : types_read(bench_, *outcome.odds);
      types_.push_back(of);
      all_ |= of;
    }
    check_otherwise();
    if (!within_one_group(bench_, all_)) check_products();
    for (std::size_t o = 0; o < chance_.outcomes.size(); ++o) check_views(o);
  }

 private:
  void check_otherwise() {
    for (std::size_t o = 0; o < written_.outcomes.size(); ++o) {
      if (written_.outcomes[o].odds != nullptr) continue;
      if (otherwise_ >= 0)
        bench_.mistakes
            .error(written_.outcomes[o].name.span, "M0432", "a second `otherwise`",
                   "one outcome takes what the others leave", "`with` and its odds")
            .see(written_.outcomes[static_cast<std::size_t>(otherwise_)].name.span,
                 "the first stands here");
      else if (o + 1 != written_.outcomes.size())
        bench_.mistakes.error(written_.outcomes[o].name.span, "M0432",
                              "`otherwise` stands before other outcomes",
                              "it takes what they leave, so it comes last");
      otherwise_ = static_cast<int>(o);
    }
  }

  void check_products() {
    for (std::size_t o = 0; o < chance_.outcomes.size(); ++o) {
      if (chance_.outcomes[o].odds == nullptr || within_one_group(bench_, types_[o])) continue;
      if (otherwise_ >= 0 || !factorises(bench_, *chance_.outcomes[o].odds))
        return refuse(o,
                      fmt::format("the odds of `{}` depend on the types of {} together", name(o),
                                  bench_.players_in(types_[o])),
                      types_[o]);
    }
    if (otherwise_ >= 0) {
      const auto o = static_cast<std::size_t>(otherwise_);
      refuse(o,
             fmt::format("the odds of `{}` are what the others leave, so they depend on the types "
                         "of {} together",
                         name(o), bench_.players_in(all_)),
             all_);
    }
  }

  void refuse(std::size_t o, const std::string& message, PlayerMask players) {
    std::string names;
    for (int p = 0; p < static_cast<int>(bench_.model.players.size()); ++p)
      if ((players & mask_of(p)) != 0) names += (names.empty() ? "" : ", ") + bench_.player_name(p);
    bench_.mistakes.error(
        written_.outcomes[o].name.span, "M0431",
        message + ": beliefs about them would no longer be separate",
        fmt::format("split it into two chance moves, one per side; or let one side's type matter; "
                    "or declare `prior {}: ...` and pay for a joint belief",
                    names));
  }

  void check_views(std::size_t o) {
    PlayerMask seen = 0;
    for (std::size_t v = 0; v < chance_.outcomes[o].perceived.size(); ++v) {
      const auto& [player, odds] = chance_.outcomes[o].perceived[v];
      if (player < 0) continue;
      const ast::View& view = written_.outcomes[o].views[v];
      if ((seen & mask_of(player)) != 0)
        bench_.mistakes.error(view.player.span, "M0435",
                              fmt::format("`{}` perceives `{}` twice", view.player.text, name(o)));
      seen |= mask_of(player);
      if (const PlayerMask others = types_read(bench_, *odds) & ~mask_of(player); others != 0)
        bench_.mistakes.error(odds->span, "M0433",
                              fmt::format("what `{}` perceives may depend on no type but its own, "
                                          "and this depends on the type of {}",
                                          view.player.text, bench_.players_in(others)));
      else if ((all_ & ~mask_of(player)) != 0)
        bench_.mistakes.error(
            view.player.span, "M0434",
            fmt::format("the odds of `{}` depend on the type of {}, so `{}` may not perceive them "
                        "differently",
                        written_.name.text, bench_.players_in(all_ & ~mask_of(player)),
                        view.player.text),
            std::popcount(all_) == 1
                ? fmt::format(
                      "only {} may: others would learn different things from the same event",
                      bench_.players_in(all_))
                : "others would learn different things from the same event: split it into one "
                  "chance move per side");
    }
  }

  [[nodiscard]] const std::string& name(std::size_t o) const {
    return written_.outcomes[o].name.text;
  }

  Bench& bench_;
  const CheckedChance& chance_;
  const ast::Chance& written_;
  std::vector<PlayerMask> types_;
  PlayerMask all_ = 0;
  int otherwise_ = -1;
};

}  // namespace

void check_chance(Bench& bench, const CheckedChance& chance, const ast::Chance& written) {
  ChanceCheck(bench, chance, written).run();
}

}  // namespace melian
