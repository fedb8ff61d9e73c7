#include "tree/sparse.h"

#include <Eigen/SparseCore>
#include <Eigen/SparseLU>

namespace melian::tree {

struct Factors::Library {
  Bordered matrix;
  // The order of the unknowns is the order of elimination (system.h).
  Eigen::SparseLU<Eigen::SparseMatrix<double>, Eigen::NaturalOrdering<int>> lu;

  [[nodiscard]] Eigen::Map<const Eigen::SparseMatrix<double>> view() const {
    return {matrix.size,
            matrix.size,
            static_cast<Eigen::Index>(matrix.entry.size()),
            matrix.column_begin.data(),
            matrix.row.data(),
            matrix.entry.data()};
  }
};

Factors::Factors(Bordered pattern) : library_(std::make_unique<Library>()) {
  constexpr double diagonal_suffices =
      0.1;  // of the largest of the column: keeps the order, and growth in bounds
  library_->matrix = std::move(pattern);
  library_->lu.setPivotThreshold(diagonal_suffices);
  library_->lu.analyzePattern(library_->view());
}

Factors::~Factors() = default;

Bordered& Factors::matrix() { return library_->matrix; }

bool Factors::factorise() {
  library_->lu.factorize(library_->view());
  return library_->lu.info() == Eigen::Success;
}

std::vector<double> Factors::solve(std::span<const double> right) const {
  const Eigen::Map<const Eigen::VectorXd> b(right.data(), static_cast<Eigen::Index>(right.size()));
  const Eigen::VectorXd x = library_->lu.solve(b);
  return {x.data(), x.data() + x.size()};
}

int Factors::sign_of_determinant() const { return library_->lu.signDeterminant() > 0 ? 1 : -1; }

}  // namespace melian::tree
