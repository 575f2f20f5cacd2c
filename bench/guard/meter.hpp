// Counts what one stage of the write path costs in instructions, under callgrind. Without valgrind
// the same program runs, fast, and counts nothing.
#pragma once

#include <cstddef>

namespace dnc::guard {

// Everything between start() and stop() is counted, on all threads, for so many units of work.
class Meter {
 public:
  explicit Meter(const char* stage) : stage_(stage) {}

  void start();
  void stop(std::size_t units);

 private:
  const char* stage_;
};

// The stages, each in the file of the room that it measures. What a unit is, budget.json says.
void http_write(Meter& meter);
void http_read(Meter& meter);
void link(Meter& meter);
void encode_block(Meter& meter);
void decode_block(Meter& meter);
void hash_block(Meter& meter);
void sign(Meter& meter);
void verify(Meter& meter);
void apply_block(Meter& meter);
void replicate(Meter& meter);
void store(Meter& meter);

}  // namespace dnc::guard
