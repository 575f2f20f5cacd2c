#include "io/net/tls_engine.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstring>

#include "core/base/check.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {

namespace {

constexpr std::size_t kRecordMax = 16u << 10;  // plaintext of one TLS record

}  // namespace

// OpenSSL's view of the engine: reads what was fed, writes straight into the send buffer.
struct EngineBio {
  static int write(BIO* bio, const char* data, int size) {
    Bytes& out = engine(bio).out_;
    const auto* const bytes =
        reinterpret_cast<const std::uint8_t*>(data);  // of the same type: memcpy
    out.insert(out.end(), bytes, bytes + size);
    return size;
  }

  static int read(BIO* bio, char* data, int size) {
    ByteView& in = engine(bio).in_;
    BIO_clear_retry_flags(bio);
    if (in.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t count = std::min(in.size(), static_cast<std::size_t>(size));
    std::memcpy(data, in.data(), count);
    in = in.subspan(count);
    return static_cast<int>(count);
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static BIO* make(TlsEngine* engine) {
    static BIO_METHOD* const method = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "dnc engine");
      CHECK(made != nullptr);
      BIO_meth_set_write(made, write);
      BIO_meth_set_read(made, read);
      BIO_meth_set_ctrl(made, control);
      return made;
    }();
    BIO* bio = BIO_new(method);
    CHECK(bio != nullptr);
    BIO_set_data(bio, engine);
    BIO_set_init(bio, 1);
    return bio;
  }

 private:
  static TlsEngine& engine(BIO* bio) { return *static_cast<TlsEngine*>(BIO_get_data(bio)); }
};

std::optional<Hash> key_hash_of(const x509_st* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return std::nullopt;
  const Hash hash = keccak256({der, static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return hash;
}

void TlsEngine::SslFree::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

TlsEngine::TlsEngine(ssl_ctx_st* context, Bytes& out)
    : out_(out), plain_(kRecordMax), ssl_(SSL_new(context)) {
  CHECK(ssl_ != nullptr);
  BIO* const bio = EngineBio::make(this);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

TlsEngine::TlsEngine(ssl_ctx_st* context, const std::string& server_name, Bytes& out)
    : TlsEngine(context, out) {
  SSL_set_connect_state(ssl_.get());
  if (server_name.empty()) return;
  CHECK(SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str()) == 1);
}

TlsEngine::~TlsEngine() = default;

TlsEngine::Step TlsEngine::classify(int result) {
  const int kind = SSL_get_error(ssl_.get(), result);
  if (kind == SSL_ERROR_WANT_READ) return Step::more;
  ended_ = kind == SSL_ERROR_ZERO_RETURN;
  char text[256] = "closed by the other side";
  if (const auto code = ERR_peek_last_error(); code != 0 && !ended_) {
    ERR_error_string_n(code, text, sizeof text);
  }
  error_ = text;
  ERR_clear_error();
  return Step::failed;
}

TlsEngine::Step TlsEngine::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Step::done : classify(result);
}

TlsEngine::Step TlsEngine::read(ByteView& plain) {
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_read_ex(ssl_.get(), plain_.data(), plain_.size(), &count);
  if (result != 1) return classify(result);
  plain = {plain_.data(), count};
  return Step::done;
}

bool TlsEngine::write(ByteView plain) {
  if (plain.empty()) return true;
  ERR_clear_error();
  std::size_t count = 0;
  const int result = SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &count);
  if (result == 1) return true;
  const Step step = classify(result);
  CHECK(step != Step::done);
  if (step == Step::more) error_ = "written before the handshake was done";
  return false;
}

void TlsEngine::shutdown() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_.get()) != 0) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

std::string TlsEngine::alpn() const {
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

std::optional<Hash> TlsEngine::peer_key_hash() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate == nullptr ? std::nullopt : key_hash_of(certificate);
}

}  // namespace dnc
