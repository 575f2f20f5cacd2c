#include "sim/workers.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <type_traits>

namespace dnc {
namespace {

static_assert(std::is_trivially_copyable_v<SeedNumbers>);

// One write, far below what a pipe holds: it never blocks and never comes in parts.
void tell(int pipe_end, const SeedResult& result) {
  std::string told(reinterpret_cast<const char*>(&result.numbers), sizeof result.numbers);
  told += result.what.substr(0, 1000);
  if (write(pipe_end, told.data(), told.size()) < 0) _exit(1);
}

SeedResult listen(int pipe_end) {
  char told[4096];
  const ssize_t got = read(pipe_end, told, sizeof told);
  close(pipe_end);
  SeedResult result;
  if (got < static_cast<ssize_t>(sizeof result.numbers)) {
    result.what = "the process died: an assertion, or worse";
    return result;
  }
  std::copy_n(told, sizeof result.numbers, reinterpret_cast<char*>(&result.numbers));
  result.what.assign(told + sizeof result.numbers, told + got);
  return result;
}

}  // namespace

void Workers::run(const SeedOptions& options) {
  if (running_.size() >= jobs_) collect_one();
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("cannot open a pipe");
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot start a process");
  if (child == 0) {
    tell(ends[1], run_seed(options));
    _exit(0);
  }
  close(ends[1]);
  running_[child] = {options.seed, ends[0]};
}

void Workers::finish() {
  while (!running_.empty())
    collect_one();
}

void Workers::collect_one() {
  const auto found = running_.find(waitpid(-1, nullptr, 0));
  if (found == running_.end()) return;
  const Running worker = found->second;
  running_.erase(found);
  done_(worker.seed, listen(worker.pipe_end));
}

SeedResult run_apart(const SeedOptions& options) {
  SeedResult result;
  Workers one(1, [&](std::uint64_t, const SeedResult& done) { result = done; });
  one.run(options);
  one.finish();
  return result;
}

}  // namespace dnc
