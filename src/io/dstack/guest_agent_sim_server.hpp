// A stand-in for dstack's guest agent, for machines without an enclave: Info, GetKey, GetQuote and
// Version of API v0 over a unix socket. Keys and signature chains are those of the KMS that gave
// them; the quote has the shape of a TDX quote and no signature, and what the machine says of
// itself is believed. It proves nothing, and a contract that trusts such a KMS is a development
// contract.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "io/dstack/app_keys.hpp"
#include "io/dstack/boot_gate.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"

namespace dnc {

struct GuestAgentSimConfig {
  BootInfo boot;
  std::string app_compose;  // the text whose hash is boot.compose_hash
  std::string app_name = "dstack-nft-cluster";
};

// The seed in this file, which makes the instance id of a machine survive restarts; made and stored
// (0600) if there is none.
Result<Bytes> load_or_create_instance_seed(const std::filesystem::path& path);
// SHA-256(seed | app id), first 20 bytes, as dstack does.
Address instance_id_of(ByteView seed, const Address& app_id);

// One request, one answer; what the server does on its socket. Without keys every answer is an
// error that carries the reason.
HttpResponse answer_guest_request(const GuestAgentSimConfig& config, const Result<AppKeys>& keys,
                                  const HttpRequest& request);

class GuestAgentSimServer {
 public:
  using Keys = std::function<Result<AppKeys>()>;  // asked at every request, on the loop

  // Requires: the loop outlives the server. Loop thread only.
  GuestAgentSimServer(EventLoop& loop, GuestAgentSimConfig config, Keys keys);

  Status listen(const std::string& socket_path);
  void close() { listener_.close(); }  // removes the socket

 private:
  GuestAgentSimConfig config_;
  Keys keys_;
  HttpServer server_;
  Listener listener_;
};

}  // namespace dnc
