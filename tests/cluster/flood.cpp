#include "flood.hpp"

#include "local_world.hpp"

namespace dnc::cluster {
namespace {

constexpr Millis kBurstLimit{20'000};
constexpr Millis kPauseAfterNothing{100};

// One burst of requests, and how many of them were acknowledged. Closes what is not to be used
// again: an answer that comes late would be taken for that of a later request.
std::uint64_t burst(Socket& socket, int port, const std::vector<Request>& requests) {
  const Moment deadline = Clock::now() + kBurstLimit;
  if (!socket.open()) socket = Socket::connect(port, deadline);
  std::string bytes;
  for (const Request& each : requests)
    bytes += wire_form(each, port);
  if (!socket.open() || !socket.send(bytes, deadline)) {
    socket.close();
    return 0;
  }
  std::uint64_t acknowledged = 0;
  std::string got;
  for (std::size_t answered = 0; answered < requests.size();) {
    const std::string part = socket.receive(deadline);
    if (part.empty()) {
      socket.close();
      break;
    }
    got += part;
    std::size_t length = 0;
    while (const auto answer = parse_answer(got, &length)) {
      if (answer->ok()) ++acknowledged;
      ++answered;
      got.erase(0, length);
    }
  }
  return acknowledged;
}

}  // namespace

Flood::Flood(FloodOptions options, Make make)
    : options_(std::move(options)), make_(std::move(make)) {
  for (int i = 0; i < options_.connections; ++i) {
    const auto at = static_cast<std::size_t>(i) % options_.seats.size();
    senders_.emplace_back([this, port = LocalWorld::port(options_.seats[at])] { send_to(port); });
  }
}

void Flood::send_to(int port) {
  Socket socket;
  while (!stopping_) {
    std::vector<Request> requests;
    for (int i = 0; i < options_.pipelined; ++i)
      requests.push_back(make_(made_++));
    const std::uint64_t done = burst(socket, port, requests);
    acknowledged_ += done;
    if (done == 0) poll_for(kPauseAfterNothing, [this] { return stopping_.load(); });
  }
}

void Flood::stop() {
  stopping_ = true;
  for (auto& sender : senders_)
    sender.join();
  senders_.clear();
}

Request put_in_turn(std::uint64_t number, std::uint64_t keys, std::size_t value_bytes) {
  return {.method = "PUT",
          .target = "/kv/flood-" + std::to_string(number % keys),
          .headers = {},
          .body = std::string(value_bytes, static_cast<char>('a' + number % 26))};
}

}  // namespace dnc::cluster
