#include "claims/resident.h"

#include <cstdio>

#include <unistd.h>

namespace melian {

std::int64_t resident_bytes() {
  std::int64_t size = 0, pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &size, &pages) != 2) pages = 0;
    static_cast<void>(std::fclose(file));
  }
  return pages * static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace melian
