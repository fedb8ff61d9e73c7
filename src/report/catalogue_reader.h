#pragma once
/// Reads one expected.json and keeps every complaint (docs/formats/expected.md).

#include <string>

#include <nlohmann/json.hpp>

#include "melian/report.h"

namespace melian {

class ExpectedReader {
 public:
  explicit ExpectedReader(std::string file) : file_(std::move(file)) {}

  void complain(const std::string& message, const std::string& hint = {});
  /// Of the file's text.
  [[nodiscard]] CatalogueEntry entry(const std::string& content);
  [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  using Json = nlohmann::json;

  [[nodiscard]] CatalogueEntry entry(const Json& object);
  void only(const Json& object, std::initializer_list<const char*> keys, const std::string& where);
  [[nodiscard]] std::string text(const Json& object, const std::string& key,
                                 const std::string& where, bool needed = true);
  [[nodiscard]] std::vector<std::string> texts(const Json& object, const std::string& key,
                                               const std::string& where);
  [[nodiscard]] std::optional<double> number(const Json& object, const std::string& key,
                                             const std::string& where, bool needed);
  [[nodiscard]] std::optional<bool> truth(const Json& object, const std::string& key,
                                          const std::string& where);
  [[nodiscard]] Settings settings(const Json& object, const std::string& where);
  [[nodiscard]] std::vector<std::string> grid(const Json& object, const std::string& where);
  [[nodiscard]] Definitions definitions(const Json& object, const std::string& where);
  void game(CatalogueGame& into, const Json& object, const std::string& where);
  [[nodiscard]] Check check(const Json& object, std::size_t index);
  [[nodiscard]] Sign sign(const Json& object, std::size_t index);
  [[nodiscard]] Condition condition(const Json& object, std::size_t index);
  [[nodiscard]] Threshold threshold(const Json& object, std::size_t index);

  std::string file_;
  Diagnostics diagnostics_;
};

}  // namespace melian
