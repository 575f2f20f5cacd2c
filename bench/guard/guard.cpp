// Runs each stage of the write path so many times. bench/guard/run.sh counts and judges.
#include <valgrind/callgrind.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string_view>

#include "bench/guard/meter.hpp"

namespace dnc::guard {

void Meter::start() {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

void Meter::stop(std::size_t units) {
  CALLGRIND_DUMP_STATS_AT(stage_);
  CALLGRIND_STOP_INSTRUMENTATION;
  std::printf("%s %zu\n", stage_, units);
}

namespace {

struct Stage {
  const char* name;
  void (*run)(Meter&);
};

constexpr Stage kStages[] = {{"http_write", http_write},
                             {"http_read", http_read},
                             {"link", link},
                             {"encode_block", encode_block},
                             {"decode_block", decode_block},
                             {"hash_block", hash_block},
                             {"sign", sign},
                             {"verify", verify},
                             {"apply_block", apply_block},
                             {"replicate", replicate},
                             {"store", store}};

}  // namespace
}  // namespace dnc::guard

// Usage: bench_guard [STAGE]...
int main(int argc, char** argv) {
  for (const auto& stage : dnc::guard::kStages) {
    const auto is_it = [&](std::string_view name) { return name == stage.name; };
    if (argc > 1 && std::none_of(argv + 1, argv + argc, is_it)) continue;
    dnc::guard::Meter meter(stage.name);
    stage.run(meter);
  }
  return 0;
}
