#include "language/lower_moves.h"

namespace melian::lowering {

Moves::Moves(const Model::Checked& model, const Graph& graph, std::vector<Move>& moves)
    : model_(model),
      graph_(graph),
      moves_(moves),
      site_move_(model.sites.size(), -1),
      passage_move_(graph.tops.size(), -1),
      action_of_word_(model.sites.size()) {
  for (const Point& p : graph.points) {
    if (p.kind == Point::Kind::offer) add_number(p.site, p.player, p.variable);
    if (p.kind == Point::Kind::choice)
      add_choice(p.site, MoveKind::choice, p.player, p.variable, p.ways);
    if (p.kind == Point::Kind::chance) add_choice(p.site, MoveKind::chance, -1, p.variable, p.ways);
    if (p.kind == Point::Kind::simultaneous) add_together(p);
  }
}

int Moves::at(const Point& point) {
  if (point.kind == Point::Kind::top) return passage(point.phase);
  return point.kind == Point::Kind::simultaneous ? together_move_.at(&point) : of_site(point.site);
}

Move Moves::site_move(int site, MoveKind kind, int player) const {
  Move move;
  move.kind = kind;
  move.player = player;
  if (site < 0) return move;
  const CheckedSite& written = model_.sites[static_cast<std::size_t>(site)];
  move.name = written.name;
  move.note = written.note;
  move.labels = written.labels;
  return move;
}

int Moves::add(int site, Move move) {
  int& known = site_move_[static_cast<std::size_t>(site)];
  if (known >= 0) return known;
  known = static_cast<int>(moves_.size());
  moves_.push_back(std::move(move));
  return known;
}

/// An offer, or another number chosen.
int Moves::add_number(int site, int player, int variable) {
  const Points& points = graph_.offers[static_cast<std::size_t>(site)];
  const bool is_offer =
      model_.variables[static_cast<std::size_t>(variable)].kind == CheckedVariable::Kind::offer;
  Move move = site_move(site, is_offer ? MoveKind::offer : MoveKind::amount, player);
  move.actions = points.texts;
  move.numbers = points.numbers;
  move.widths = points.widths;
  return add(site, std::move(move));
}

int Moves::add_choice(int site, MoveKind kind, int player, int variable,
                      const std::vector<Way>& ways) {
  Move move = site_move(site, kind, player);
  const std::vector<std::string>& words =
      model_.variables[static_cast<std::size_t>(variable)].range.words;
  std::vector<int>& index = action_of_word_[static_cast<std::size_t>(site)];
  index.assign(words.size(), -1);
  for (const Way& way : ways) {
    index[static_cast<std::size_t>(way.word)] = static_cast<int>(move.actions.size());
    move.actions.push_back(words[static_cast<std::size_t>(way.word)]);
  }
  return add(site, std::move(move));
}

void Moves::add_together(const Point& point) {
  Move together = site_move(point.site, MoveKind::simultaneous, -1);
  together.name.clear();
  together.actions = {""};
  for (const Part& part : point.parts) {
    together.parts.push_back(part.is_number ? add_number(part.site, part.player, part.variable)
                                            : add_choice(part.site, MoveKind::choice, part.player,
                                                         part.variable, part.ways));
    const Move& single = moves_[static_cast<std::size_t>(together.parts.back())];
    together.name += (together.name.empty() ? "" : " and ") + single.name;
    std::vector<std::string> longer;
    for (const std::string& before : together.actions)
      for (const std::string& action : single.actions)
        longer.push_back(before + (before.empty() ? "" : " & ") + action);
    together.actions = std::move(longer);
  }
  together_move_.emplace(&point, static_cast<int>(moves_.size()));
  moves_.push_back(std::move(together));
}

int Moves::passage(int phase) {
  int& known = passage_move_[static_cast<std::size_t>(phase)];
  if (known >= 0) return known;
  Move passage;
  passage.kind = MoveKind::passage;
  passage.name = "closing";
  passage.actions = {"go on"};
  if (phase != graph_.closing) {
    const CheckedPhase& written = model_.phases[static_cast<std::size_t>(phase)];
    passage.name = "top of " + written.name;
    passage.note = written.note;
    passage.labels = written.labels;
  }
  known = static_cast<int>(moves_.size());
  moves_.push_back(std::move(passage));
  return known;
}

int Moves::action(const Point& point, int written) const {
  switch (point.kind) {
    case Point::Kind::choice:
    case Point::Kind::chance:
      return action_of_word_[static_cast<std::size_t>(point.site)]
                            [static_cast<std::size_t>(written)];
    case Point::Kind::simultaneous: return joint_action(point, written);
    default: return written;
  }
}

/// Joint actions count in mixed radix, the last part fastest.
int Moves::joint_action(const Point& point, std::int64_t written) const {
  std::int64_t out = 0, scale = 1;
  for (std::size_t k = point.parts.size(); k-- > 0;) {
    const Part& part = point.parts[k];
    const std::int64_t radix = graph_.num_written(part), own = written % radix;
    out +=
        scale *
        (part.is_number
             ? own
             : action_of_word_[static_cast<std::size_t>(part.site)][static_cast<std::size_t>(own)]);
    scale *= part.is_number ? radix : static_cast<std::int64_t>(part.ways.size());
    written /= radix;
  }
  return static_cast<int>(out);
}

}  // namespace melian::lowering
