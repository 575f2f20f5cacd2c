// What a request costs beside what it asks for: 64 connections, one request on each, answered as
// soon as it is read. Reading, parsing, the route, its answer, writing.
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/guard/meter.hpp"
#include "core/services/counter.hpp"
#include "core/services/key_value.hpp"
#include "core/services/services.hpp"
#include "io/api/api.hpp"
#include "io/api/node_view.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/http_server.hpp"
#include "io/net/stream.hpp"

namespace dnc::guard {
namespace {

constexpr std::size_t kConnections = 64;
constexpr std::size_t kRounds = 10;

// Has the answers ready, and stops the loop when each connection has got one.
class ReadyNode : public NodeView {
 public:
  explicit ReadyNode(EventLoop& loop) : loop_(loop) {
    Services services;
    counted_ = services.apply({1}, Counter::increment(1));
    services.apply({2}, kv::put("users/1", as_bytes("0123456789abcdef"), {}));
    services.commit({2});
    found_ = services.query(kv::get("users/1"));
  }

  void write(Operation, std::function<void(const WriteReply&)> done) override {
    done({1, {}, counted_, {1'000'000}, {1}});
    count();
  }
  void read(Bytes, bool, std::function<void(const ReadReply&)> done) override {
    done({1, {}, found_, {1'000'000}});
    count();
  }
  NodeStatus status() const override { return {}; }
  RelayReply relay(const Bytes&) override { return {}; }
  Status recover(const RecoveryConsent&) override { return ok_status(); }
  Status switchover(const SwitchoverOrder&) override { return ok_status(); }
  void attest(const Hash&, std::function<void(const Result<std::string>&)>) override {}
  Result<BackupHead> backup() const override { return Error{}; }
  SnapshotPtr snapshot(SeqNo) const override { return nullptr; }
  const Block* block(SeqNo) const override { return nullptr; }
  Result<Receipt> receipt(SeqNo, std::size_t) const override { return Error{}; }
  std::vector<Accusation> accusations() const override { return {}; }
  SeqNo pruned_upto() const override { return {}; }

 private:
  void count() {
    if (++answered_ % kConnections == 0) loop_.stop();
  }

  EventLoop& loop_;
  Bytes counted_;
  Bytes found_;
  std::size_t answered_ = 0;
};

void serve(Meter& meter, const std::string& request) {
  EventLoop loop;
  ReadyNode node(loop);
  Load load(loop, node);
  EventStream events(loop, node, load);
  PeerList peers(loop, node);
  Api api(node, events, peers, load);
  HttpServer server(loop, [&](HttpRequest asked, HttpReplier reply) { api.handle(asked, reply); });
  std::vector<Fd> clients;
  for (std::size_t i = 0; i < kConnections; ++i) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) std::abort();
    clients.emplace_back(ends[0]);
    auto stream = make_stream(loop, Fd(ends[1]));
    server.adopt(stream);
    stream->start();
  }
  const auto round = [&] {
    std::array<char, 1024> answer{};
    for (const auto& client : clients) {
      if (::send(client.get(), request.data(), request.size(), 0) < 0) std::abort();
    }
    loop.run();
    for (const auto& client : clients) {
      const auto size = ::recv(client.get(), answer.data(), answer.size(), 0);
      if (!std::string_view(answer.data(), size < 0 ? 0 : size).starts_with("HTTP/1.1 200 OK")) {
        std::abort();
      }
    }
  };
  round();
  meter.start();
  for (std::size_t i = 0; i < kRounds; ++i)
    round();
  meter.stop(kRounds * kConnections);
}

}  // namespace

void http_write(Meter& meter) {
  serve(meter, "POST /increment HTTP/1.1\r\nHost: 127.0.0.1:8081\r\nContent-Length: 0\r\n\r\n");
}

void http_read(Meter& meter) {
  serve(meter, "GET /kv/users/1 HTTP/1.1\r\nHost: 127.0.0.1:8081\r\n\r\n");
}

}  // namespace dnc::guard
