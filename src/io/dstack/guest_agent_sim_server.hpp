// A stand-in for dstack's guest agent, for machines without an enclave: Info, GetKey, GetQuote and
// Version of API v0 over a unix socket. Keys and signature chains are real, but their root is a
// file that anybody can make; the quote has the shape of a TDX quote and no signature. It proves
// nothing, and a contract that trusts its root is a development contract.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"

namespace dnc {

struct GuestAgentSimConfig {
  PrivateKey kms_root;  // shared by all nodes, as one KMS serves them all
  Address app_id;
  Address instance_id;
  Hash compose_hash;
  std::string app_name = "dstack-nft-cluster";
};

// The secret in this file; made and stored (0600) if there is none, once for all processes that
// try.
Result<PrivateKey> load_or_create_kms_root(const std::filesystem::path& path);
// The same for the seed of an instance id, which makes the id of a node survive restarts.
Result<Bytes> load_or_create_instance_seed(const std::filesystem::path& path);
// SHA-256(seed | app id), first 20 bytes, as dstack does.
Address instance_id_of(ByteView seed, const Address& app_id);

// One request, one answer; what the server does on its socket.
HttpResponse answer_guest_request(const GuestAgentSimConfig& config, const HttpRequest& request);

class GuestAgentSimServer {
 public:
  // Requires: the loop outlives the server. Loop thread only.
  GuestAgentSimServer(EventLoop& loop, GuestAgentSimConfig config);

  Status listen(const std::string& socket_path);
  void close() { listener_.close(); }  // removes the socket

 private:
  GuestAgentSimConfig config_;
  HttpServer server_;
  Listener listener_;
};

}  // namespace dnc
