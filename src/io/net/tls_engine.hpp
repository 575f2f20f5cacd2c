// TLS without a socket: bytes in, bytes out. Keeps OpenSSL out of the sources that name Asio.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"

struct ssl_ctx_st;
struct ssl_st;
struct x509_st;

namespace dnc {

std::optional<Hash> key_hash_of(const x509_st* certificate);  // as TlsIdentity::key_hash()

class TlsEngine {
 public:
  enum class [[nodiscard]] Step{more, done, failed};

  // What is to be sent is appended to `out`. Requires: `out` outlives the engine.
  TlsEngine(ssl_ctx_st* context, Bytes& out);                                  // of a server
  TlsEngine(ssl_ctx_st* context, const std::string& server_name, Bytes& out);  // of a client
  ~TlsEngine();
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;

  // `cipher` is read by the calls that follow, until one returns `more`. Until then it must live.
  void feed(ByteView cipher) { in_ = cipher; }
  Step handshake();
  // done: some bytes are in `plain`. more: all input is used up. failed: see error().
  Step read(ByteView& plain);
  bool write(ByteView plain);
  void shutdown();  // appends the closing alert

  const std::string& error() const { return error_; }
  bool ended() const { return ended_; }  // failed because the other side closed in an orderly way
  std::string alpn() const;
  std::optional<Hash> peer_key_hash() const;

 private:
  friend struct EngineBio;
  Step classify(int result);

  ByteView in_;
  Bytes& out_;
  Bytes plain_;
  std::string error_;
  bool ended_ = false;
  struct SslFree {
    void operator()(ssl_st* ssl) const;
  };
  std::unique_ptr<ssl_st, SslFree> ssl_;
};

}  // namespace dnc
