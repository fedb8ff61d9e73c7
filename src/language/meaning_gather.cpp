/// Several files become one model: what is extended comes first, modules follow in the order they
/// are named, and each later layer may replace lets, set parameters and fill places.

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

class Gatherer {
 public:
  explicit Gatherer(Bench& bench) : bench_(bench) {}

  void run() {
    for (layer_ = 0; layer_ < static_cast<int>(bench_.read.layers.size()); ++layer_) {
      const ast::File& file = bench_.read.files[static_cast<std::size_t>(layer().file)];
      if (!layer().module) bench_.model.title = file.title.text;
      for (const ast::Item& item : file.items) {
        item_ = &item;
        std::visit([this](const auto& what) { add(what); }, item.what);
      }
    }
  }

 private:
  [[nodiscard]] const Layer& layer() const {
    return bench_.read.layers[static_cast<std::size_t>(layer_)];
  }
  template <class T>
  [[nodiscard]] Declared<T> declared(const T& what) const {
    return {&what, item_, layer_};
  }

  void add(const ast::Text& source) {
    if (cited_.insert(source.text).second) bench_.model.citations.push_back(source.text);
  }
  void add(const ast::PlayerDeclaration& what) { bench_.players.push_back(declared(what)); }
  void add(const ast::Prior& what) { bench_.priors.push_back(declared(what)); }
  void add(const ast::Believes& what) { bench_.believes.push_back(declared(what)); }
  void add(const ast::Parameter& what) { bench_.parameters.push_back(declared(what)); }
  void add(const ast::Set& what) { bench_.sets.push_back(declared(what)); }
  void add(const ast::State& what) { bench_.states.push_back(declared(what)); }
  void add(const ast::Phase& what) { bench_.phases.push_back(declared(what)); }
  void add(const ast::At& what) { bench_.ats.push_back(declared(what)); }

  void add(const ast::Horizon& what) {
    if (!bench_.horizon) {
      bench_.horizon = declared(what);
      return;
    }
    bench_.mistakes
        .error(item_->span, "M0309", "a second horizon",
               "a model has one horizon; write its rounds as a parameter to `set` it from another "
               "file")
        .see(bench_.horizon->item->span, "the first stands here");
  }

  /// Declared afresh, or in place of an earlier layer's let of the same name.
  void add(const ast::Let& what) {
    const std::string name = what.name.text();
    const auto found = let_of_.find(name);
    if (found == let_of_.end()) {
      if (what.replace) return nothing_to_replace(what, name);
      let_of_.emplace(name, bench_.lets.size());
      bench_.lets.push_back(declared(what));
      replaced_by_.push_back(-1);
      return;
    }
    Declared<ast::Let>& there = bench_.lets[found->second];
    int& replaced_by = replaced_by_[found->second];
    const int last = replaced_by >= 0 ? replaced_by : there.layer;
    if (last == layer_) {
      bench_.mistakes
          .error(what.name.span, "M0203", fmt::format("`{}` is declared twice", name),
                 "one name, one thing: leave one of the two out")
          .see(there.what->name.span, "first declared here");
    } else if (!what.replace) {
      bench_.mistakes
          .error(what.name.span, "M0606",
                 fmt::format("`{}` is a let of {} already", name, file_name(last)),
                 fmt::format("to put this in its place write: replace let {} = ...", name))
          .see(there.what->name.span, "declared here");
    } else if (replaced_by >= 0 && layer().module &&
               bench_.read.layers[static_cast<std::size_t>(replaced_by)].module) {
      bench_.mistakes
          .error(what.name.span, "M0608",
                 fmt::format("two modules replace `{}`: {} and this one", name,
                             file_name(replaced_by)),
                 "use one of them, or write a third module that says what both together mean")
          .see(there.what->name.span, "replaced here");
    } else {
      there.what = &what;
      there.item = item_;
      replaced_by = layer_;
    }
  }

  void nothing_to_replace(const ast::Let& what, const std::string& name) {
    std::vector<std::string> names;
    bool is_parameter = false;
    if (!bench_.mistakes.no_more_hints()) {
      for (const Declared<ast::Let>& let : bench_.lets) names.push_back(let.what->name.text());
      for (const Declared<ast::Parameter>& parameter : bench_.parameters)
        is_parameter = is_parameter || parameter.what->name.text() == name;
    }
    const std::string near = bench_.mistakes.nearest(name, names);
    bench_.mistakes.error(
        what.name.span, "M0607", fmt::format("there is no let `{}` to replace", name),
        is_parameter   ? fmt::format("`{0}` is a parameter: write set {0} = ...", name)
        : near.empty() ? "declare it: let ..., without `replace`"
                       : near);
    // Declared all the same, so that its readers are not wrong too.
    let_of_.emplace(name, bench_.lets.size());
    bench_.lets.push_back(declared(what));
    replaced_by_.push_back(layer_);
  }

  [[nodiscard]] const std::string& file_name(int layer) const {
    return bench_.read
        .sources[static_cast<std::size_t>(bench_.read.layers[static_cast<std::size_t>(layer)].file)]
        .name;
  }

  Bench& bench_;
  int layer_ = 0;
  const ast::Item* item_ = nullptr;
  std::unordered_set<std::string> cited_;
  std::unordered_map<std::string, std::size_t> let_of_;
  std::vector<int> replaced_by_;  ///< layer, per let
};

}  // namespace

void gather(Bench& bench) { Gatherer(bench).run(); }

}  // namespace melian
