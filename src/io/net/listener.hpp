// One port for everything. The first byte decides: 0x16 is TLS, whose ALPN tells peers from HTTPS
// clients; anything else is plain HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/limits.hpp"
#include "io/net/net_log.hpp"

namespace dnc {

class HttpServer;
class PeerNetwork;
class TlsIdentity;

struct ListenerConfig {
  HttpServer* http = nullptr;  // where it is missing, such connections are closed
  PeerNetwork* peers = nullptr;
  std::shared_ptr<const TlsIdentity> tls{};  // empty: no TLS at all
  ListenerLimits limits{};
  NetLog log{};
};

// Loop thread only. Requires: the loop, the server and the network outlive the listener.
class Listener {
 public:
  Listener(EventLoop& loop, ListenerConfig config);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Both may be called several times. `host` is a numeric address; port 0 picks a free one.
  // Returns the port. Errors: listen_failed.
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);
  Status listen_unix(const std::string& path);  // replaces a stale socket; removed again by close()

  void close();  // accepts no more; connections already handed over live on

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace dnc
