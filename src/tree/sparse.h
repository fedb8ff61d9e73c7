#pragma once
/// The bordered matrix and its factors. The only place that knows the linear algebra library.

#include <memory>
#include <span>
#include <vector>

#include "tree/system.h"

namespace melian::tree {

class Factors {
 public:
  explicit Factors(Bordered pattern);
  ~Factors();
  Factors(const Factors&) = delete;
  Factors& operator=(const Factors&) = delete;

  [[nodiscard]] Bordered& matrix();
  /// False where the matrix is singular.
  [[nodiscard]] bool factorise();
  [[nodiscard]] std::vector<double> solve(std::span<const double> right) const;
  [[nodiscard]] int sign_of_determinant() const;

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace melian::tree
