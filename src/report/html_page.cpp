#include "melian/report.h"

namespace melian {
namespace {

constexpr const char* place_for_results = "\"MELIAN_RESULTS\"</script>";

/// JSON that cannot end the script element it stands in: `<` occurs inside its texts only.
std::string harmless_in_html(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for (char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

}  // namespace

Result<std::string> html_page(const std::string& page_template, const std::string& results) {
  const std::size_t place = page_template.find(place_for_results);
  if (place == std::string::npos) {
    Diagnostic diagnostic;
    diagnostic.code = "M0921";
    diagnostic.message = "the report's page has no place for results";
    diagnostic.hint = "build it again: `make web`";
    return std::unexpected(Diagnostics{diagnostic});
  }
  const std::size_t after = place + std::string(place_for_results).find('<');
  return page_template.substr(0, place) + harmless_in_html(results) + page_template.substr(after);
}

}  // namespace melian
