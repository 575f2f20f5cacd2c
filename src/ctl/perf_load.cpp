#include "ctl/perf_load.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "ctl/pacer.hpp"

namespace dnc::ctl {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kPrefix = "clusterctl-check-perf/";
constexpr std::size_t kKeyBytes = 256;
constexpr std::size_t kValueBytes = 1024;
// Written again and again: what a write costs does not depend on it, what it leaves behind does.
constexpr std::uint64_t kKeys = 1000;
constexpr std::chrono::milliseconds kLookAround{50};  // how long a wait may overlook `stop`
constexpr std::chrono::seconds kShowEvery{1};
constexpr std::size_t kRemoversMax = 50;

std::string target_of(std::uint64_t number) {
  std::string key(kPrefix);
  key += std::to_string(number % kKeys);
  key.resize(kKeyBytes, '.');
  return "/kv/" + key;
}

// One thread for each connection; those that wait cost nothing but their stacks. Fewer where the
// system gives no more.
template <class Work>
auto spread(const NodeOptions& nodes, std::size_t connections, const Work& work) {
  std::vector<std::future<decltype(work(std::declval<NodeClient&>()))>> running;
  try {
    for (std::size_t i = 0; i < connections; ++i) {
      const std::string& url = nodes.urls[i % nodes.urls.size()];
      running.push_back(std::async(std::launch::async, [work, url, limit = nodes.timeout_ms] {
        NodeClient node(url, limit);
        return work(node);
      }));
    }
  } catch (const std::system_error&) {
  }
  return running;
}

Error too_few_threads(std::size_t given, std::size_t wanted) {
  return {"too_few_threads",
          "the system gives " + std::to_string(given) + " threads of " + std::to_string(wanted),
          "raise the limit of processes (ulimit -u), or take a smaller --profile"};
}

class Load {
 public:
  explicit Load(const PerfLoad& load)
      : load_(load), pacer_(load.profile.writes_per_second, load.duration) {}

  Result<PerfRun> run() {
    auto running = spread(load_.nodes, load_.profile.connections,
                          [this](NodeClient& node) { return write_until_over(node); });
    const bool enough = running.size() == load_.profile.connections;
    for (std::size_t now = connected_; enough && now < running.size(); now = connected_)
      connected_.wait(now);
    cancelled_ = !enough;
    start_ = Clock::now();
    begin_.set_value();
    if (!enough) return too_few_threads(running.size(), load_.profile.connections);
    PerfRun run;
    for (auto& each : running) {
      while (each.wait_for(kShowEvery) != std::future_status::ready)
        load_.show(since_start(), {confirmed_, failed_});
      run.samples.add(each.get());
    }
    run.took = since_start();
    return run;
  }

 private:
  Micros since_start() const { return std::chrono::duration_cast<Micros>(Clock::now() - start_); }

  PerfSamples write_until_over(NodeClient& node) {
    static_cast<void>(node.get("/liveness"));  // a connection that cannot be made fails its writes
    ++connected_;
    connected_.notify_one();
    begun_.wait();
    const std::string value(kValueBytes, 'v');
    PerfSamples samples;
    while (const auto turn = pacer_.next(since_start())) {
      if (!wait_until(turn->due)) break;
      const Status done = node.put(target_of(turn->number), value);
      if (done) {
        samples.latencies.push_back(since_start() - turn->due);
        ++confirmed_;
      } else {
        ++samples.errors[done.error().code];
        ++failed_;
      }
    }
    return samples;
  }

  // False: it is to stop.
  bool wait_until(Micros due) const {
    while (!load_.stop() && !cancelled_) {
      const Micros left = due - since_start();
      if (left.count() <= 0) return true;
      std::this_thread::sleep_for(std::min<Micros>(left, kLookAround));
    }
    return false;
  }

  const PerfLoad& load_;
  Pacer pacer_;
  std::atomic<std::size_t> connected_{0};
  std::promise<void> begin_;  // once all are connected
  std::shared_future<void> begun_{begin_.get_future()};
  std::atomic<bool> cancelled_{false};
  Clock::time_point start_;
  std::atomic<std::uint64_t> confirmed_{0};
  std::atomic<std::uint64_t> failed_{0};
};

// Some of the keys that are there; none: all are gone.
Result<std::vector<std::string>> keys_left(const NodeOptions& nodes) {
  const auto page = first_answer(nodes, [](NodeClient& node) {
    return node.get_object("/kv?limit=1000&prefix=" + std::string(kPrefix));
  });
  if (!page) return page.error();
  std::vector<std::string> keys;
  const auto entries = json_array(*page, "entries");
  if (!entries) return entries.error();
  for (const Json& entry : **entries) {
    const auto key = json_text(entry, "key");
    if (!key) return key.error();
    keys.push_back(*key);
  }
  return keys;
}

}  // namespace

Result<PerfRun> run_load(const PerfLoad& load) {
  return Load(load).run();
}

Result<std::uint64_t> remove_load(const NodeOptions& nodes, std::size_t connections,
                                  const std::function<void(std::uint64_t removed)>& show) {
  std::uint64_t removed = 0;
  for (;;) {
    const auto keys = keys_left(nodes);
    if (!keys) return keys.error();
    if (keys->empty()) return removed;
    std::atomic<std::size_t> next{0};
    auto running = spread(nodes, std::min({connections, kRemoversMax, keys->size()}),
                          [&](NodeClient& node) -> Status {
                            for (std::size_t i = next++; i < keys->size(); i = next++) {
                              const Status gone = node.remove("/kv/" + (*keys)[i]);
                              if (!gone && gone.error().code != "key_absent") return gone;
                            }
                            return ok_status();
                          });
    if (running.empty()) return too_few_threads(0, 1);
    Status worst = ok_status();
    for (auto& each : running) {
      while (each.wait_for(kShowEvery) != std::future_status::ready)
        show(removed + std::min(next.load(), keys->size()));
      if (const Status gone = each.get(); !gone) worst = gone;
    }
    if (!worst) return worst.error();
    removed += keys->size();
  }
}

}  // namespace dnc::ctl
