// The ceiling: our HTTP library with nothing behind it. Answers every request with the same bytes.
#include <cstdio>
#include <cstdlib>

#include "io/net/event_loop.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"

namespace {

void answer(const dnc::HttpRequest& /*request*/, const dnc::HttpReplier& reply) {
  reply({.body = R"({"value":1000000,"seq":100000,"term":1})"});
}

}  // namespace

// Usage: bench_nothing PORT, on loopback, until it is told to stop.
int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench_nothing PORT\n", stderr);
    return 64;
  }
  dnc::EventLoop loop;
  dnc::HttpServer server(loop, answer);
  dnc::Listener listener(loop, {.http = &server});
  const auto port =
      listener.listen("127.0.0.1", static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10)));
  if (!port) {
    std::fprintf(stderr, "bench_nothing: %s\n", port.error().message.c_str());
    return 1;
  }
  loop.on_signal([&loop](int) { loop.stop(); });
  loop.run();
  return 0;
}
