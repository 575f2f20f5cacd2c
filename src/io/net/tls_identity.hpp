// The TLS key of one boot: a fresh P-256 key and a self-signed certificate, in memory only. Nobody
// trusts the certificate; what counts is that the boot key signs the hash of its public key.
#pragma once

#include <memory>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

struct ssl_ctx_st;

namespace dnc {

inline constexpr std::string_view kPeerProtocol = "dnc-peer/1";  // ALPN

class TlsIdentity {
 public:
  static Result<TlsIdentity> create();
  TlsIdentity(TlsIdentity&&) noexcept;
  TlsIdentity& operator=(TlsIdentity&&) noexcept;
  ~TlsIdentity();

  const Hash& key_hash() const;  // keccak256 of the DER of the SubjectPublicKeyInfo

  // TLS 1.3 only. The server asks for a certificate only where the client speaks kPeerProtocol.
  ssl_ctx_st* server_context() const;
  ssl_ctx_st* client_context() const;  // offers kPeerProtocol and nothing else

 private:
  struct Impl;
  explicit TlsIdentity(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
