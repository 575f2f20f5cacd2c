#include "load.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace dnc::cluster {
namespace {

constexpr Millis kCallLimit{1'000};  // then another node is asked, with the same key

Request increment_request(const std::string& key, const std::string& body) {
  Request request{.method = "POST", .target = "/increment", .headers = {}, .body = body};
  if (!key.empty()) request.headers["Idempotency-Key"] = key;
  return request;
}

}  // namespace

// A client's connections to all nodes; it moves on when one does not answer.
class Load::Nodes {
 public:
  explicit Nodes(int first) : at_(first % LocalWorld::kNodes) {
    for (const int seat : LocalWorld::seats())
      connections_.emplace_back(LocalWorld::port(seat));
  }
  Answer call(const Request& request) {
    return connections_[static_cast<std::size_t>(at_)].call(request, kCallLimit);
  }
  void next() { at_ = (at_ + 1) % LocalWorld::kNodes; }

 private:
  int at_;
  std::vector<HttpConnection> connections_;
};

Answer increment(int seat, const std::string& key, const std::string& body, Millis limit) {
  return call(LocalWorld::port(seat), increment_request(key, body), limit);
}

std::string fresh_key() {
  static const std::string run = std::to_string(std::random_device{}());
  static std::atomic<std::uint64_t> count{0};
  return "test-" + run + "-" + std::to_string(++count);
}

Load::Load(const LoadOptions& options) : options_(options) {
  before_ = settled_value();
  for (int client = 0; client < options_.writers; ++client)
    clients_.emplace_back([this, client] { write_on(client); });
  for (int client = 0; client < options_.readers; ++client)
    clients_.emplace_back([this, client] { read_on(client); });
}

std::uint64_t Load::settled_value() {
  std::optional<std::uint64_t> value;
  poll_for(Millis(30'000), [&] {
    for (const int seat : LocalWorld::seats()) {
      if (!value) value = LocalWorld::get().value(seat);
    }
    return value.has_value();
  });
  EXPECT_TRUE(value) << "no node shows the counter";
  return value.value_or(0);
}

void Load::include(const Seen& seen) {
  const std::scoped_lock lock(mutex_);
  history_.push_back(seen);
}

// One increment, repeated with the same key until it is answered or the time for that is over.
bool Load::write_once(Nodes& nodes) {
  const Request request = increment_request(fresh_key(), "");
  const Moment start = Clock::now();
  std::optional<Moment> give_up;
  bool certain = false;
  poll_until(Moment::max(), [&] {
    const Answer answer = nodes.call(request);
    if (answer.ok()) {
      include({true, start, Clock::now(), answer.json().value("value", std::uint64_t{0})});
      ++acknowledged_;
      return certain = true;
    }
    if (answer.status != 0 && answer.status != 503) {
      const std::scoped_lock lock(mutex_);
      unexpected_.push_back(std::to_string(answer.status) + " " + answer.body);
      return certain = true;
    }
    ++repeated_;
    nodes.next();
    if (stopping_ && !give_up) give_up = Clock::now() + options_.certain_within;
    return give_up && Clock::now() > *give_up;
  });
  return certain;
}

void Load::write_on(int client) {
  Nodes nodes(client);
  while (!stopping_) {
    if (!write_once(nodes)) ++uncertain_;
    nodes.next();
    poll_for(options_.pause, [this] { return stopping_.load(); });
  }
}

void Load::read_on(int client) {
  Nodes nodes(client);
  const Request request{.method = "GET", .target = "/counter", .headers = {}, .body = {}};
  while (!stopping_) {
    const Moment start = Clock::now();
    const Answer answer = nodes.call(request);
    if (answer.ok()) {
      include({false, start, Clock::now(), answer.json().value("value", std::uint64_t{0})});
    }
    nodes.next();
    poll_for(options_.pause, [this] { return stopping_.load(); });
  }
}

void Load::stop() {
  stopping_ = true;
  for (auto& client : clients_)
    client.join();
  clients_.clear();
}

std::vector<Moment> Load::acknowledgements() const {
  std::vector<Moment> moments;
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& seen : history_) {
      if (seen.write) moments.push_back(seen.end);
    }
  }
  std::sort(moments.begin(), moments.end());
  return moments;
}

double Load::longest_gap(Moment from, Moment to) const {
  Moment last = from;
  double longest = 0;
  for (const Moment moment : acknowledgements()) {
    if (moment < from || moment > to) continue;
    longest = std::max(longest, seconds_between(last, moment));
    last = moment;
  }
  return std::max(longest, seconds_between(last, to));
}

void Load::check() {
  stop();
  const std::uint64_t after = settled_value();
  EXPECT_EQ(uncertain_, 0u) << "increments whose outcome stayed unknown";
  EXPECT_TRUE(unexpected_.empty())
      << "first of " << unexpected_.size() << ": " << unexpected_.front();
  EXPECT_GT(acknowledged_, 0u);
  const auto wrong = contradiction(history_, before_, after);
  EXPECT_FALSE(wrong) << *wrong;
}

}  // namespace dnc::cluster
