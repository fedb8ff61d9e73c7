#include <string_view>

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

/// A built page carries its program inside it; opened from a file, one that does not stays blank.
bool loads_a_script(const std::string& page) {
  constexpr std::string_view tag = "<script";
  for (std::size_t at = page.find(tag); at != std::string::npos; at = page.find(tag, at + 1)) {
    const std::string inside = page.substr(at, page.find('>', at) - at);
    if (inside.find(" src=\"") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

Result<std::string> html_page(const std::string& page_template, const std::string& results) {
  const auto unusable = [](const std::string& message) {
    return std::unexpected(
        Diagnostics{placeless("M0921", message, "build it again with `make web`")});
  };
  const std::size_t place = page_template.find(place_for_results);
  if (place == std::string::npos) return unusable("the report's page has no place for results");
  if (loads_a_script(page_template))
    return unusable("the report's page is not built: it loads its program from another file");
  const std::size_t after = place + std::string(place_for_results).find('<');
  return page_template.substr(0, place) + harmless_in_html(results) + page_template.substr(after);
}

}  // namespace melian
