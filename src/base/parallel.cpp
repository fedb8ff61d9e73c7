#include <malloc.h>

#include <memory>
#include <mutex>
#include <thread>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "melian/base.h"

namespace melian {
namespace {

struct Limit {
  std::mutex mutex;
  int threads = 0;
  std::unique_ptr<tbb::global_control> control;
};
Limit& limit() {
  static Limit shared;
  return shared;
}

}  // namespace

void set_threads(int threads) {
  const std::scoped_lock lock(limit().mutex);
  limit().threads = threads;
  limit().control.reset();
  if (threads > 0)
    limit().control = std::make_unique<tbb::global_control>(
        tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
}

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int most = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, most);
  mallopt(M_TRIM_THRESHOLD, most);
#endif
}

int num_threads() {
  const std::scoped_lock lock(limit().mutex);
  if (limit().threads > 0) return limit().threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

void parallel_for(std::size_t count, const std::function<void(std::size_t)>& body) {
  if (count == 1) return body(0);
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { body(i); });
}

}  // namespace melian
