#include "io/net/tls_identity.hpp"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "io/net/tls_engine.hpp"

namespace dnc {

namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freer<X509_free>>;
using ContextPtr = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;

constexpr std::string_view kHttpProtocol = "http/1.1";

Error tls_error(const std::string& what) {
  char text[256] = "no reason given";
  if (const auto code = ERR_get_error(); code != 0) ERR_error_string_n(code, text, sizeof text);
  ERR_clear_error();
  return {"tls_failed", what + ": " + text, "check the OpenSSL installation"};
}

// Any certificate will do: the handshake proves the key, the hello ties the key to a boot.
int accept_any(X509_STORE_CTX*, void*) {
  return 1;
}

// Prefers peers; a client that offers only protocols we do not speak is refused. Offers are
// validated by OpenSSL: length-prefixed and not empty.
int select_protocol(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offers, unsigned int size, void*) {
  bool peer = false;
  bool http = false;
  for (unsigned int at = 0; at < size && at + 1 + offers[at] <= size; at += 1 + offers[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offers + at + 1), offers[at]);
    peer = peer || name == kPeerProtocol;
    http = http || name == kHttpProtocol;
  }
  if (!peer && !http) return SSL_TLSEXT_ERR_ALERT_FATAL;
  const std::string_view chosen = peer ? kPeerProtocol : kHttpProtocol;
  *out = reinterpret_cast<const unsigned char*>(chosen.data());
  *out_size = static_cast<unsigned char>(chosen.size());
  // A browser must not be asked for a certificate; a peer must show one.
  if (peer) SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return SSL_TLSEXT_ERR_OK;
}

CertificatePtr self_signed(EVP_PKEY* key) {
  CertificatePtr certificate(X509_new());
  std::uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) {
    return nullptr;
  }
  X509* const x509 = certificate.get();
  X509_NAME* const name = X509_get_subject_name(x509);
  const auto* common_name = reinterpret_cast<const unsigned char*>("dnc node");
  // Valid for ever (RFC 5280, 4.1.2.5): the clock of the host is not to be trusted anyway.
  const bool made =
      X509_set_version(x509, X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "19700101000000Z") == 1 &&
      ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), "99991231235959Z") == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
      X509_sign(x509, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

ContextPtr make_context(const SSL_METHOD* method, X509* certificate, EVP_PKEY* key) {
  ContextPtr context(SSL_CTX_new(method));
  if (!context) return nullptr;
  SSL_CTX* const ctx = context.get();
  const bool made = SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_use_certificate(ctx, certificate) == 1 &&
                    SSL_CTX_use_PrivateKey(ctx, key) == 1 && SSL_CTX_set_num_tickets(ctx, 0) == 1;
  if (!made) return nullptr;
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);  // a session must not outlive a check
  SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_cert_verify_callback(ctx, accept_any, nullptr);
  return context;
}

}  // namespace

struct TlsIdentity::Impl {
  Hash key_hash;
  ContextPtr server;
  ContextPtr client;
};

TlsIdentity::TlsIdentity(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsIdentity::TlsIdentity(TlsIdentity&&) noexcept = default;
TlsIdentity& TlsIdentity::operator=(TlsIdentity&&) noexcept = default;
TlsIdentity::~TlsIdentity() = default;

Result<TlsIdentity> TlsIdentity::create() {
  const KeyPtr key(EVP_EC_gen("P-256"));
  if (!key) return tls_error("cannot make a P-256 key");
  const CertificatePtr certificate = self_signed(key.get());
  if (!certificate) return tls_error("cannot make a certificate");
  auto impl = std::make_unique<Impl>();
  const auto hash = key_hash_of(certificate.get());
  if (!hash) return tls_error("cannot encode the public key");
  impl->key_hash = *hash;

  impl->server = make_context(TLS_server_method(), certificate.get(), key.get());
  impl->client = make_context(TLS_client_method(), certificate.get(), key.get());
  if (!impl->server || !impl->client) return tls_error("cannot make a TLS context");
  SSL_CTX_set_alpn_select_cb(impl->server.get(), select_protocol, nullptr);
  SSL_CTX_set_verify(impl->client.get(), SSL_VERIFY_PEER, nullptr);
  std::string offer(1, static_cast<char>(kPeerProtocol.size()));
  offer += kPeerProtocol;
  const auto* bytes = reinterpret_cast<const unsigned char*>(offer.data());
  if (SSL_CTX_set_alpn_protos(impl->client.get(), bytes, static_cast<unsigned int>(offer.size())) !=
      0) {
    return tls_error("cannot offer a protocol");
  }
  return TlsIdentity(std::move(impl));
}

const Hash& TlsIdentity::key_hash() const {
  return impl_->key_hash;
}
ssl_ctx_st* TlsIdentity::server_context() const {
  return impl_->server.get();
}
ssl_ctx_st* TlsIdentity::client_context() const {
  return impl_->client.get();
}

}  // namespace dnc
