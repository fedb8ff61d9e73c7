#pragma once
/// The games of a study: compiled once, solved once each (or found in the store), and the numbers
/// claims take from them.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "claims/claims.h"
#include "claims/piece_solutions.h"
#include "claims/store.h"
#include "claims/study_pieces.h"
#include "study/settings_merge.h"

namespace melian {

/// How a game of the study is solved.
enum class Level { answer, grid, half_grid, half_grid_unladdered };

/// One game to be solved: a reading in a variant (-1: the base) at a multiple of lambda.
struct Task {
  std::size_t reading = 0;
  int variant = -1;
  std::size_t lambda = 0;  ///< index into report_lambda
  Level level = Level::grid;
  auto operator<=>(const Task&) const = default;
};

/// What claims take from games, by variant ("base" where they name none).
using Wanted = std::map<std::string, std::vector<metric::Atom>>;
/// Adds what is not there yet. Base rates are of the study, not of a game.
void want(Wanted& wanted, const std::string& variant, const metric::Atom& atom);

class StudyGames {
 public:
  StudyGames(const Study& study, const StudyOptions& options, Wanted wanted);

  /// Compiles every reading in every variant, checks that claims find there what they name, and
  /// opens the store: before anything is solved. `look_only`: a store that is not there yet is not
  /// made.
  [[nodiscard]] Result<void> prepare(bool look_only = false);

  /// A reading besides the study's own, and what is wanted of it. Nothing where its parameters do
  /// not go together.
  [[nodiscard]] std::optional<std::size_t> add_mixture(Reading reading, const Wanted& wanted);

  /// Solves them all, from the store where it knows them. False: stopped on the way.
  [[nodiscard]] Result<bool> obtain(const std::vector<Task>& tasks);
  /// A document of another kind, kept like solved games: from the store, or made now. Nothing where
  /// `make` gives none.
  [[nodiscard]] Result<std::optional<std::string>> obtain_document(
      const std::string& kind, const std::string& text,
      const std::function<Result<std::optional<std::string>>()>& make);
  /// Is that document in the store?
  [[nodiscard]] Result<bool> has_document(const std::string& kind, const std::string& text);
  /// Where the progress bar stands.
  [[nodiscard]] double shown() const { return shown_; }
  /// Work that may still come, for the progress bar: in thinned games.
  void reserve(double games) { reserved_ = games; }

  [[nodiscard]] const Piece& piece(const Task& task) const { return pieces_.at(keys_.at(task)); }
  [[nodiscard]] std::vector<Task> known() const;
  [[nodiscard]] bool knows(const Task& task) const { return keys_.contains(task); }
  [[nodiscard]] const Game& game(std::size_t reading) const { return bound_.at({reading, -1}); }
  [[nodiscard]] std::size_t own_lambda() const {
    return one_;
  }  ///< where 1 stands in report_lambda
  [[nodiscard]] int num_variants() const { return static_cast<int>(study_.variants.size()); }
  /// Does a claim take anything from this variant?
  [[nodiscard]] bool claimed(int variant) const { return wanted_.contains(variant_name(variant)); }
  [[nodiscard]] std::string variant_name(int index) const {
    return index < 0 ? "base" : study_.variants[static_cast<std::size_t>(index)].id;
  }
  /// The level at which a game is solved on the study's own grid.
  [[nodiscard]] Level own_level(int variant, std::size_t lambda) const {
    return variant < 0 && lambda == one_ ? Level::answer : Level::grid;
  }

  /// Are all games solved by tree? Known once prepared, with the reason in words.
  [[nodiscard]] bool on_tree() const { return on_tree_; }
  [[nodiscard]] const std::string& why_method() const { return why_method_; }

  /// The equilibria found of a reading's game in a variant, at lambda itself.
  [[nodiscard]] PieceSolutions solutions(std::size_t reading, int variant) const;
  /// The index of a variant; -1: "base".
  [[nodiscard]] int variant_index(const std::string& name) const;
  /// What claims take at lambda itself where other solutions are meant in some variants: their
  /// names by variant. Elsewhere as `numbers`.
  [[nodiscard]] AtomNumbers numbers_in(std::size_t reading, std::vector<Level> levels,
                                       std::map<std::string, std::string> solutions) const;

  /// What claims take from a reading at `lambda`; solved at these levels, the first that is there.
  [[nodiscard]] AtomNumbers numbers(std::size_t reading, std::size_t lambda,
                                    std::vector<Level> levels) const;

  [[nodiscard]] Store* store() { return store_ ? &*store_ : nullptr; }
  [[nodiscard]] const Store* store() const { return store_ ? &*store_ : nullptr; }
  /// How many of these the store does not know, and the decisions they take; for estimates.
  struct Missing {
    std::int64_t games = 0, in_store = 0;
    std::int64_t bytes = 0, bytes_without_ladder = 0;  ///< of the dearest: memory
    double decisions = 0.0;
  };
  [[nodiscard]] Result<Missing> missing(const std::vector<Task>& tasks);
  /// Of one game of the first reading on the thinned grid.
  [[nodiscard]] double thinned_decisions(const std::string& variant) const;
  [[nodiscard]] int count() const { return static_cast<int>(pieces_.size()); }
  [[nodiscard]] int from_store() const { return from_store_; }

 private:
  [[nodiscard]] std::string document_key(const std::string& kind, const std::string& text) const;
  [[nodiscard]] const Variant* variant(int index) const {
    return index < 0 ? nullptr : &study_.variants[static_cast<std::size_t>(index)];
  }
  /// Which method serves all games.
  [[nodiscard]] Result<void> choose_method();
  [[nodiscard]] bool needs_grid() const;
  /// The game in which the solution that a reading's games are to show is named.
  [[nodiscard]] std::size_t named_in(const Reading& reading) const;
  [[nodiscard]] bool is_complete(const Piece& piece, const PieceRequest& asked) const;
  [[nodiscard]] Result<void> bind(std::size_t reading, int variant);
  [[nodiscard]] Result<void> check_names(std::size_t reading, int variant) const;
  [[nodiscard]] metric::Surroundings around(std::size_t reading, int variant) const;
  [[nodiscard]] Result<void> open_store(bool look_only);
  [[nodiscard]] PieceRequest request(const Task& task) const;
  [[nodiscard]] Result<bool> obtain(const Task& task);
  [[nodiscard]] Result<bool> note(const Task& task, const std::string& key);
  [[nodiscard]] OnStep step_for(const Task& task);
  [[nodiscard]] std::string stage_of(const Task& task) const;
  [[nodiscard]] std::optional<double> base_rate(const metric::Atom& atom) const;

  const Study& study_;
  const StudyOptions& options_;
  std::vector<Reading> readings_;  ///< the study's, then mixtures of them
  Wanted wanted_;                  ///< of the study's readings
  std::map<std::size_t, Wanted> mixtures_;
  std::size_t one_ = 0;
  std::optional<CompiledGames> games_;
  std::map<std::pair<std::size_t, int>, const Structure*>
      as_written_;  ///< by (reading, variant): its files, no parameter of its own
  std::map<std::pair<std::size_t, int>, Game> bound_;  ///< by (reading, variant)
  bool on_tree_ = false;
  std::string why_method_;
  std::optional<Store> store_;
  std::map<Task, std::string> keys_;
  std::map<std::string, Piece> pieces_;  ///< by key
  int from_store_ = 0;
  double done_ = 0.0, expected_ = 0.0, reserved_ = 0.0,
         shown_ = 0.0;  ///< work, in thinned games; `shown_` of 1
};

}  // namespace melian
