/// What is left when all is resolved: warnings of what is never used, the list of parameters, and
/// where labels stand.

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

class Lists {
 public:
  explicit Lists(Bench& bench) : bench_(bench) {}

  void run() {
    use_what_play_uses();
    warn_of_unused();
    for (const CheckedParameter& parameter : bench_.model.parameters) list(parameter);
    for (const Layer& layer : bench_.read.layers)
      collect_labels(bench_.read.files[static_cast<std::size_t>(layer.file)]);
  }

 private:
  // ---- what is used
  // ----------------------------------------------------------------------------------------------------

  /// Discount and precision are read by play itself; a joint prior makes one player's type tell of
  /// another's.
  void use_what_play_uses() {
    for (std::size_t i = 0; i < bench_.model.parameters.size(); ++i) {
      const CheckedParameter& parameter = bench_.model.parameters[i];
      const bool of_play = is_called(parameter, "discount") || is_called(parameter, "precision");
      if (!of_play) continue;
      bench_.parameters_used.add(static_cast<int>(i));
      if (parameter.player >= 0) bench_.types_used |= mask_of(parameter.player);
    }
    for (std::size_t p = 0; p < bench_.joint_group.size(); ++p)
      if (bench_.joint_group[p] != mask_of(static_cast<int>(p)))
        bench_.types_used |= mask_of(static_cast<int>(p));
  }

  static bool is_called(const CheckedParameter& parameter, const std::string& base) {
    return parameter.name == base || parameter.name.starts_with(base + "[");
  }

  void warn_of_unused() {
    for (std::size_t i = 0; i < bench_.model.lets.size(); ++i) {
      if (bench_.used_lets.has(static_cast<int>(i))) continue;
      const CheckedLet& let = bench_.model.lets[i];
      bench_.mistakes.warning(let.span, "M0233", fmt::format("`{}` is never used", let.name),
                              "leave it out");
      unused_lets_.push_back(static_cast<int>(i));
    }
    // What only an unused let reads is not reported a second time.
    for (int let : unused_lets_)
      if (bench_.model.lets[static_cast<std::size_t>(let)].body != nullptr)
        mark_used(bench_, *bench_.model.lets[static_cast<std::size_t>(let)].body);
    for (std::size_t i = 0; i < bench_.model.parameters.size(); ++i) {
      const CheckedParameter& parameter = bench_.model.parameters[i];
      if (parameter.role == CheckedParameter::Role::prior ||
          parameter.role == CheckedParameter::Role::belief ||
          bench_.parameters_used.has(static_cast<int>(i)))
        continue;
      bench_.mistakes.warning(parameter.span, "M0232",
                              fmt::format("parameter `{}` is never used", parameter.name),
                              "leave it out, or write where it matters");
    }
    for (const auto& declaration : bench_.players) {
      const auto player = bench_.find_player(declaration.what->name.text);
      if (!player || (bench_.types_used & mask_of(*player)) != 0 ||
          bench_.model.players[static_cast<std::size_t>(*player)].types.size() < 2)
        continue;
      bench_.mistakes.warning(declaration.what->name.span, "M0231",
                              fmt::format("the types of `{}` are never used: no payoff, odds, "
                                          "condition, discount or precision differs by them",
                                          declaration.what->name.text),
                              "leave them out, or write where they matter");
    }
  }

  // ---- parameters
  // --------------------------------------------------------------------------------------------------------

  [[nodiscard]] const std::string& name_of_player(int player) const {
    return bench_.model.players[static_cast<std::size_t>(player)].name;
  }

  /// What was written beside it; of odds, first of what: "chance that D is weak".
  [[nodiscard]] std::string note_of(const CheckedParameter& parameter, std::size_t content) const {
    const bool odds = parameter.role == CheckedParameter::Role::prior ||
                      parameter.role == CheckedParameter::Role::belief;
    if (!odds || parameter.player < 0 || parameter.suffixes.empty()) return parameter.note;
    const std::string seen_by =
        parameter.observer < 0
            ? ""
            : fmt::format(", as {} sees it,", name_of_player(parameter.observer));
    return fmt::format("chance{} that {} is {}{}{}", seen_by, name_of_player(parameter.player),
                       parameter.suffixes[content], parameter.note.empty() ? "" : "; ",
                       parameter.note);
  }

  void list(const CheckedParameter& parameter) {
    ParameterInfo info;
    info.low = parameter.low;
    info.high = parameter.high;
    info.words = parameter.words;
    info.shapes = parameter.shapes;
    const Diagnostic place = diagnostic_at(bench_.read.sources, parameter.span, "", "");
    info.file = place.file;
    info.line = place.line;
    for (std::size_t k = 0; k < parameter.contents.size(); ++k) {
      info.name = parameter.suffixes.empty() ? parameter.name
                                             : parameter.name + "." + parameter.suffixes[k];
      info.content = parameter.contents[k];
      info.note = note_of(parameter, k);
      bench_.model.parameter_infos.push_back(info);
    }
  }

  // ---- labels
  // --------------------------------------------------------------------------------------------------------------

  void collect_labels(const ast::File& file) {
    for (const ast::Item& item : file.items) {
      std::visit([&](const auto& what) { attach(item.note, name_of(what)); }, item.what);
      if (const auto* phase = std::get_if<ast::Phase>(&item.what))
        collect_labels(phase->body, phase->name.text);
      if (const auto* at = std::get_if<ast::At>(&item.what))
        collect_labels(at->body, at->place.text);
      if (const auto* horizon = std::get_if<ast::Horizon>(&item.what))
        collect_labels(horizon->closing, "horizon");
    }
  }

  static std::string name_of(const ast::Text& /*source*/) { return "source"; }
  static std::string name_of(const ast::PlayerDeclaration& what) { return what.name.text; }
  static std::string name_of(const ast::Prior& what) {
    std::string out;
    for (const ast::Word& player : what.players)
      out += (out.empty() ? "prior[" : ",") + player.text;
    return out + "]";
  }
  static std::string name_of(const ast::Believes& what) {
    return "belief[" + what.observer.text + "][" + what.about.text + "]";
  }
  static std::string name_of(const ast::Parameter& what) { return what.name.text(); }
  static std::string name_of(const ast::Set& what) { return what.name.text(); }
  static std::string name_of(const ast::Let& what) { return what.name.text(); }
  static std::string name_of(const ast::State& what) { return what.name.text(); }
  static std::string name_of(const ast::Horizon& /*what*/) { return "horizon"; }
  static std::string name_of(const ast::Phase& what) { return what.name.text; }
  static std::string name_of(const ast::At& what) {
    const std::string* move = first_move(what.body);
    return move == nullptr ? what.place.text : *move;
  }

  void collect_labels(const ast::Block& block, const std::string& owner) {
    std::vector<const std::string*> moves(
        block.size() + 1, &owner);  // at or after each statement; the owner where none follows
    for (std::size_t i = block.size(); i-- > 0;) {
      const std::string* move = named_move(block[i]);
      moves[i] = move != nullptr ? move : moves[i + 1];
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
      const ast::Statement& statement = block[i];
      attach(statement.note, *moves[i]);
      if (const auto* choice = std::get_if<ast::Choice>(&statement.what)) collect_from(*choice);
      if (const auto* together = std::get_if<ast::Simultaneously>(&statement.what))
        for (const ast::Choice& choice : together->choices) collect_from(choice);
      if (const auto* chance = std::get_if<ast::Chance>(&statement.what))
        for (const ast::Outcome& outcome : chance->outcomes) {
          attach(outcome.note, chance->name.text);
          collect_labels(outcome.block, chance->name.text);
        }
      if (const auto* when = std::get_if<ast::When>(&statement.what)) {
        collect_labels(when->then, owner);
        collect_labels(when->otherwise, owner);
      }
    }
  }

  void collect_from(const ast::Choice& choice) {
    for (const ast::Option& option : choice.options) {
      attach(option.note, choice.name.text);
      collect_labels(option.block, choice.name.text);
    }
  }

  /// The move a statement is, or the first within it; null where it holds none.
  static const std::string* named_move(const ast::Statement& statement) {
    const auto& what = statement.what;
    if (const auto* offer = std::get_if<ast::Offer>(&what)) return &offer->choice.text;
    if (const auto* choice = std::get_if<ast::Choice>(&what)) return &choice->name.text;
    if (const auto* chance = std::get_if<ast::Chance>(&what)) return &chance->name.text;
    if (const auto* together = std::get_if<ast::Simultaneously>(&what);
        together != nullptr && !together->choices.empty())
      return &together->choices.front().name.text;
    const auto* when = std::get_if<ast::When>(&what);
    if (when == nullptr) return nullptr;
    const std::string* inside = first_move(when->then);
    return inside != nullptr ? inside : first_move(when->otherwise);
  }

  static const std::string* first_move(const ast::Block& block) {
    for (const ast::Statement& statement : block)
      if (const std::string* move = named_move(statement); move != nullptr) return move;
    return nullptr;
  }

  void attach(const ast::Note& note, const std::string& name) {
    for (const std::string& label : note.labels) {
      auto& labels = bench_.model.labels;
      const auto [found, first] = label_index_.emplace(label, labels.size());
      if (first) labels.push_back({label, {}});
      if (attached_.insert(label + " " + name).second) labels[found->second].names.push_back(name);
    }
  }

  Bench& bench_;
  std::vector<int> unused_lets_;
  std::unordered_map<std::string, std::size_t> label_index_;
  std::unordered_set<std::string> attached_;
};

}  // namespace

void list_contents(Bench& bench) { Lists(bench).run(); }

}  // namespace melian
