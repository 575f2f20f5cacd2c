#include "ctl/check_perf.hpp"

#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "ctl/cluster_view.hpp"
#include "ctl/interrupt.hpp"
#include "ctl/perf_load.hpp"
#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

constexpr int kRemovalsMax = 5;
constexpr std::chrono::seconds kRemovalRetry{1};
constexpr std::uint64_t kLineEvery = 5;  // seconds, where lines cannot be overwritten

// One line on a terminal, a new one now and then in a file.
class ProgressLine {
 public:
  ~ProgressLine() {
    if (terminal_ && seconds_ > 0) std::fputc('\n', stderr);
  }
  void show(const std::string& text) {
    ++seconds_;
    if (terminal_) {
      std::fprintf(stderr, "\r%s\033[K", text.c_str());
    } else if (seconds_ % kLineEvery == 0) {
      std::fprintf(stderr, "%s\n", text.c_str());
    }
  }

 private:
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::uint64_t seconds_ = 0;
};

Status fit_for_load(const CheckPerfOptions& options) {
  const auto status = fetch_status(options.nodes);
  if (!status) return status.error();
  const auto cluster = read_cluster(*status);
  if (!cluster) return cluster.error();
  const Judgement judgement = judge(*cluster);
  if (judgement.health == Health::healthy || options.force) return ok_status();
  return Error{"cluster_not_healthy", judgement.summary,
               "clusterctl wait ready, then again; --force loads it as it is"};
}

Result<PerfRun> load(const CheckPerfOptions& options) {
  const auto seconds = static_cast<std::uint64_t>(options.duration_ms) / 1000;
  std::fprintf(stderr,
               "%" PRIu64 " writes a second over %zu connections for %" PRIu64
               " s: this loads the cluster. ^C ends it and removes what it wrote.\n",
               options.profile.writes_per_second, options.profile.connections, seconds);
  ProgressLine line;
  return run_load({.profile = options.profile,
                   .nodes = options.nodes,
                   .duration = std::chrono::milliseconds(options.duration_ms),
                   .stop = &Interrupt::asked,
                   .show = [&](Micros since, const PerfProgress& progress) {
                     line.show(std::to_string(since.count() / 1'000'000) + " s of " +
                               std::to_string(seconds) + ": " + std::to_string(progress.confirmed) +
                               " confirmed, " + std::to_string(progress.failed) + " failed");
                   }});
}

// A leader that is being replaced takes no writes for a moment.
void clean_up(const CheckPerfOptions& options) {
  ProgressLine line;
  for (int left = kRemovalsMax; left > 0; --left) {
    const auto removed = remove_load(
        options.nodes, options.profile.connections,
        [&](std::uint64_t keys) { line.show("removing: " + std::to_string(keys) + " keys"); });
    if (removed) return;
    if (left == 1) {
      complain({removed.error().code,
                "what it wrote is not all removed: " + removed.error().message,
                "run it again for a second: it removes what earlier runs left"});
      return;
    }
    std::this_thread::sleep_for(kRemovalRetry);
  }
}

void print_table(const Json& result) {
  const Json& latency = result["latency_ms"];
  std::printf("%s: %s writes confirmed in %s s over %s connections\n",
              cell_text(result["profile"]).c_str(), cell_text(result["confirmed"]).c_str(),
              cell_text(result["seconds"]).c_str(), cell_text(result["connections"]).c_str());
  std::printf("latency in ms: mean %s, p50 %s, p99 %s, max %s\n",
              cell_text(latency["mean"]).c_str(), cell_text(latency["p50"]).c_str(),
              cell_text(latency["p99"]).c_str(), cell_text(latency["max"]).c_str());
  for (const auto& [code, times] : result["errors"].items())
    std::printf("error %s: %s times\n", code.c_str(), cell_text(times).c_str());
  const std::vector<Column> columns = {{"VERDICT", "verdict"},
                                       {"CHECK", "check"},
                                       {"MEASURED", "measured"},
                                       {"LIMIT", "limit"},
                                       {"NEXT", "next"}};
  std::fputs(as_table(result["checks"], columns, Output::table).c_str(), stdout);
  std::printf("%s\n", cell_text(result["verdict"]).c_str());
}

}  // namespace

ExitCode run_check_perf(const CheckPerfOptions& options, Output output) {
  if (const Status fit = fit_for_load(options); !fit) {
    complain(fit.error());
    return kCannotTell;
  }
  const Interrupt interrupt;
  auto run = load(options);
  if (!run) {
    complain(run.error());
    return kCannotTell;
  }
  const bool whole = !Interrupt::asked();
  clean_up(options);
  if (!whole) {
    complain({"interrupted", "stopped before the time was over: nothing is judged",
              "a shorter run: --duration 10s"});
    return kCannotTell;
  }
  const PerfFigures figures = figures_of(run->samples, run->took);
  const Json result = judge(options.profile, run->samples, figures, run->took);
  if (output == Output::json) {
    print(result);
  } else {
    print_table(result);
  }
  return result["verdict"] == "PASS" ? kOk : kRefused;
}

}  // namespace dnc::ctl
