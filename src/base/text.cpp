#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "melian/base.h"

namespace melian {
namespace {

Diagnostics one(std::string code, std::string message, const std::string& file,
                std::string hint = {}) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.message = std::move(message);
  diagnostic.file = file;
  diagnostic.hint = std::move(hint);
  return {diagnostic};
}

}  // namespace

std::string number_text(double number) {
  if (number == 0.0) return "0";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  return {buffer.data(), end};
}

std::string number_text(double number, int significant) {
  if (number == 0.0) return "0";
  return fmt::format("{:.{}g}", number, significant);
}

std::string start_of_file(const std::string& path, std::size_t most) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  std::string text(most, '\0');
  text.resize(file ? std::fread(text.data(), 1, most, file.get()) : 0);
  return text;
}

Diagnostics not_a_text(std::string_view bytes, const std::string& path) {
  if (bytes.find('\0') == std::string_view::npos) return {};
  return one("M0919", fmt::format("{} is not a text: it holds a zero byte", path), path,
             bytes.starts_with("\x1f\x8b")
                 ? "it seems to be compressed: unpack it with `gunzip`"
                 : "models, studies and logs of events are plain texts in UTF-8");
}

Result<std::string> read_file(const std::string& path, std::size_t largest) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status))
    return std::unexpected(one("M0912", fmt::format("{} is a folder, not a file", path), path));
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
    return std::unexpected(one("M0912", fmt::format("{} is a pipe or a device, not a file", path),
                               path, "save the text in a file and name that file"));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (!file)
    return std::unexpected(one("M0911", fmt::format("cannot read {}", path), path,
                               "check that the file is there and may be read"));
  std::string text;
  std::array<char, 65536> chunk{};
  while (const std::size_t read = std::fread(chunk.data(), 1, chunk.size(), file.get())) {
    text.append(chunk.data(), read);
    if (text.size() > largest)
      return std::unexpected(one("M0913", fmt::format("{} is larger than {} bytes", path, largest),
                                 path,
                                 "models and studies are small texts: is this the right file?"));
  }
  if (std::ferror(file.get()) != 0)
    return std::unexpected(one("M0911", fmt::format("reading {} failed", path), path));
  return text;
}

}  // namespace melian
