/// Lets are resolved each after those it reads, whatever their order in the text.

#include <algorithm>

#include <fmt/core.h>

#include "language/meaning_bench.h"

namespace melian {
namespace {

class LetResolver {
 public:
  explicit LetResolver(Bench& bench)
      : bench_(bench),
        mark_(bench.model.lets.size(), Mark::untouched),
        reads_(bench.model.lets.size()) {}

  void run() {
    for (std::size_t i = 0; i < reads_.size(); ++i) collect(*definition(i), reads_[i]);
    for (std::size_t i = 0; i < reads_.size(); ++i)
      if (mark_[i] == Mark::untouched) visit(i);
  }

 private:
  enum class Mark : std::uint8_t { untouched, open, done };
  struct Frame {
    std::size_t let, next = 0;
  };

  [[nodiscard]] const ast::ExpressionPtr& definition(std::size_t let) const {
    return bench_.lets[let].what->definition;
  }

  /// The lets an expression reads, as written. The word right of `is` is no name where words stand
  /// left of it.
  void collect(const ast::Expression& root, std::vector<std::size_t>& lets) const {
    std::vector<const ast::Expression*> open = {&root};
    while (!open.empty()) {
      const ast::Expression& e = *open.back();
      open.pop_back();
      if (e.kind == ast::Expression::Kind::path) {
        const Symbol* symbol = bench_.find(e.name.text());
        if (symbol != nullptr && symbol->sort == Sort::let)
          lets.push_back(static_cast<std::size_t>(symbol->index));
      }
      const bool is = e.kind == ast::Expression::Kind::operation &&
                      (e.op == ast::Operator::is || e.op == ast::Operator::is_not);
      const std::size_t count = is && names_words(bench_, *e.operands[0]) ? 1 : e.operands.size();
      for (std::size_t i = count; i-- > 0;)
        if (e.operands[i] != nullptr) open.push_back(e.operands[i].get());
    }
  }

  /// Depth first on a stack of its own: chains of lets may be long.
  void visit(std::size_t first) {
    std::vector<Frame> path = {{first}};
    mark_[first] = Mark::open;
    while (!path.empty()) {
      Frame& frame = path.back();
      if (frame.next == reads_[frame.let].size()) {
        resolve_one(frame.let);
        mark_[frame.let] = Mark::done;
        path.pop_back();
        continue;
      }
      const std::size_t next = reads_[frame.let][frame.next++];
      if (mark_[next] == Mark::open) {
        cycle(path, next);
      } else if (mark_[next] == Mark::untouched) {
        mark_[next] = Mark::open;
        path.push_back({next});
      }
    }
  }

  void cycle(const std::vector<Frame>& path, std::size_t begin) {
    std::string text;
    std::size_t shown = 0;
    const auto from = std::find_if(path.begin(), path.end(),
                                   [&](const Frame& frame) { return frame.let == begin; });
    for (auto frame = from; frame != path.end(); ++frame)
      if (++shown <= 8)
        text += fmt::format("`{}` reads ", bench_.model.lets[frame->let].name);
      else if (shown == 9)
        text += "... reads ";
    bench_.mistakes.error(
        bench_.model.lets[begin].span, "M0216",
        fmt::format("a let that reads itself: {}`{}`", text, bench_.model.lets[begin].name),
        "what grows from round to round is a state");
  }

  void resolve_one(std::size_t i) {
    CheckedLet& let = bench_.model.lets[i];
    LetFacts& facts = bench_.let_facts[i];
    const Resolved found = resolve(bench_, *definition(i));
    let.body = found.term;
    if (found.kind == Kind::player || found.kind == Kind::parameter_word ||
        found.kind == Kind::variable_word) {
      bench_.mistakes.error(definition(i)->span, "M0211", "a let names a number or a condition",
                            "compare it: NAME is WORD", "a number or a condition");
      return;
    }
    if (found.kind == Kind::unknown || !measure(facts, *let.body, definition(i)->span)) return;
    facts.kind = found.kind;
    facts.types = types_read(bench_, *let.body);
    add_variables_read(bench_, *let.body, facts.variables);
  }

  bool measure(LetFacts& facts, const Term& body, const ast::Span& span) const {
    const Extent extent = extent_with_lets(bench_, body);
    facts.height = extent.height;
    facts.size = extent.size;
    return check_extent(bench_, extent, span);
  }

  Bench& bench_;
  std::vector<Mark> mark_;
  std::vector<std::vector<std::size_t>> reads_;
};

}  // namespace

void resolve_lets(Bench& bench) { LetResolver(bench).run(); }

}  // namespace melian
