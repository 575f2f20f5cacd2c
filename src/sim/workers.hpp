// A process for every seed: worlds share nothing, and a failed assertion costs one seed only.
#pragma once

#include <sys/types.h>

#include <functional>
#include <map>

#include "sim/seed_run.hpp"

namespace dnc {

class Workers {
 public:
  using Done = std::function<void(std::uint64_t seed, const SeedResult& result)>;

  Workers(std::size_t jobs, Done done) : jobs_(jobs), done_(std::move(done)) {}

  // Starts a seed, as soon as there is a place for it.
  void run(const SeedOptions& options);
  // Waits for all of them.
  void finish();

 private:
  struct Running {
    std::uint64_t seed;
    int pipe_end;
  };

  void collect_one();

  std::size_t jobs_;
  Done done_;
  std::map<pid_t, Running> running_;
};

// One seed in a process of its own.
SeedResult run_apart(const SeedOptions& options);

}  // namespace dnc
