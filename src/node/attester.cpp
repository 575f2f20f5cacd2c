#include "node/attester.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

Error too_many() {
  return {"overloaded", "too many attestations are asked for at once", "ask again in a second"};
}

struct Job {
  std::uint64_t ticket = 0;
  Time until;
  Attestation statement;
};

}  // namespace

// Shared with the worker and with callbacks that may come after the attester has gone.
struct Attester::Work {
  Work(EventLoop& event_loop, const std::string& endpoint, const AttesterLimits& its_limits)
      : loop(event_loop),
        limits(its_limits),
        guest({.endpoint = endpoint, .call_timeout = its_limits.call_timeout, .attempts_max = 1}) {}

  void run(const std::shared_ptr<Work>& self);
  std::optional<Job> next();
  Result<Attestation> answer(Job job);

  EventLoop& loop;
  const AttesterLimits limits;
  GuestAgent guest;

  // On the loop.
  bool owned = true;  // false when the attester has gone
  std::uint64_t tickets = 0;
  std::map<std::uint64_t, Done> waiting;

  std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  std::deque<Job> jobs;
  bool stopping = false;
};

std::optional<Job> Attester::Work::next() {
  std::unique_lock lock(mutex);
  wake.wait(lock, [this] { return stopping || !jobs.empty(); });
  if (stopping) return std::nullopt;
  Job job = std::move(jobs.front());
  jobs.pop_front();
  return job;
}

Result<Attestation> Attester::Work::answer(Job job) {
  if (loop.now() > job.until) return too_many();
  return complete(std::move(job.statement), guest);
}

void Attester::Work::run(const std::shared_ptr<Work>& self) {
  while (auto job = next()) {
    const std::uint64_t ticket = job->ticket;
    loop.post([self, ticket, answer = answer(std::move(*job))] {
      if (!self->owned) return;
      const auto entry = self->waiting.extract(ticket);
      entry.mapped()(answer);
    });
  }
}

Attester::Attester(EventLoop& loop, const std::string& guest_agent, const AttesterLimits& limits)
    : work_(std::make_shared<Work>(loop, guest_agent, limits)) {
  worker_ = std::thread([work = work_] { work->run(work); });
}

Attester::~Attester() {
  work_->owned = false;
  {
    const std::lock_guard lock(work_->mutex);
    work_->stopping = true;
  }
  work_->wake.notify_all();
  work_->guest.abort();
  worker_.join();
}

void Attester::attest(Attestation statement, Done done) {
  Work& work = *work_;
  if (work.waiting.size() > work.limits.waiting_max) return done(too_many());
  const std::uint64_t ticket = ++work.tickets;
  work.waiting.emplace(ticket, std::move(done));
  {
    const std::lock_guard lock(work.mutex);
    work.jobs.push_back({ticket, work.loop.now() + work.limits.waits_max, std::move(statement)});
  }
  work.wake.notify_one();
}

}  // namespace dnc
