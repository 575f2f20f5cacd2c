// The TLS edge of the one port, seen by a client that uses OpenSSL directly.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "io/net/peer_test_kit.hpp"
#include "io/net/tls_engine.hpp"

namespace dnc {
namespace {

using namespace test;

struct Offer {
  int version_max = TLS1_3_VERSION;
  std::string alpn{};  // wire form: length-prefixed names
  std::string text{};  // sent after the handshake
};

struct Outcome {
  bool handshake = false;
  std::string version;
  std::string alpn;
  bool asked_for_certificate = false;
  std::string answer;
};

bool g_asked = false;

int note_request(SSL*, X509**, EVP_PKEY**) {
  g_asked = true;
  return 0;  // none to show
}

// Blocking; run it beside a loop.
Outcome talk(std::uint16_t port, const Offer& offer) {
  Client socket(port);
  SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, offer.version_max);
  SSL_CTX_set_client_cert_cb(context, note_request);
  SSL* const ssl = SSL_new(context);
  if (!offer.alpn.empty()) {
    SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(offer.alpn.data()),
                        static_cast<unsigned int>(offer.alpn.size()));
  }
  SSL_set_fd(ssl, socket.fd());
  g_asked = false;
  Outcome outcome;
  outcome.handshake = SSL_connect(ssl) == 1;
  outcome.asked_for_certificate = g_asked;
  outcome.version = SSL_get_version(ssl);
  const unsigned char* name = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &name, &size);
  outcome.alpn.assign(reinterpret_cast<const char*>(name), size);
  if (outcome.handshake) {
    SSL_write(ssl, offer.text.data(), static_cast<int>(offer.text.size()));
    char chunk[1024];
    int got = 0;
    while ((got = SSL_read(ssl, chunk, sizeof chunk)) > 0) {
      outcome.answer.append(chunk, static_cast<std::size_t>(got));
    }
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  return outcome;
}

const std::string kRequest = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class TlsTest : public ::testing::Test {
 protected:
  TlsTest()
      : node_(loop_, config_of(identity_of(1))), thread_(std::make_unique<LoopThread>(loop_)) {}

  EventLoop loop_;
  Node node_;
  std::unique_ptr<LoopThread> thread_;
};

TEST_F(TlsTest, ServesHttpsWithoutAskingForACertificate) {
  for (const std::string alpn : {"", "\x08http/1.1", "\x02h2\x08http/1.1"}) {
    const Outcome outcome = talk(node_.port, {.alpn = alpn, .text = kRequest});
    EXPECT_TRUE(outcome.handshake);
    EXPECT_EQ(outcome.version, "TLSv1.3");
    EXPECT_EQ(outcome.alpn, alpn.empty() ? "" : "http/1.1");
    EXPECT_FALSE(outcome.asked_for_certificate);
    EXPECT_TRUE(outcome.answer.starts_with("HTTP/1.1 200 OK")) << outcome.answer;
  }
}

TEST_F(TlsTest, RefusesOlderVersions) {
  const Outcome outcome = talk(node_.port, {.version_max = TLS1_2_VERSION, .text = kRequest});
  EXPECT_FALSE(outcome.handshake);
  thread_.reset();
  EXPECT_TRUE(run_until(loop_, [&] { return node_.logged("tls_failed"); }));
}

TEST_F(TlsTest, RefusesProtocolsItDoesNotSpeak) {
  EXPECT_FALSE(talk(node_.port, {.alpn = "\x02h2", .text = kRequest}).handshake);
}

TEST_F(TlsTest, APeerMustShowACertificate) {
  const Outcome outcome = talk(node_.port, {.alpn = "\x0a"
                                                    "dnc-peer/1",
                                            .text = "x"});
  EXPECT_TRUE(outcome.asked_for_certificate);
  EXPECT_EQ(outcome.answer, "");
  thread_.reset();
  EXPECT_EQ(node_.peers->inbound_links(), 0u);
  EXPECT_TRUE(run_until(loop_, [&] { return node_.logged("tls_failed"); }));
}

TEST_F(TlsTest, GarbageAfterTheFirstByteIsCutOff) {
  Client client(node_.port);
  client.send("\x16\x03\x01 this is no hello of anyone");
  client.rest();
  Client half(node_.port);
  half.send("\x16\x03");
  half.disconnect();
  EXPECT_TRUE(talk(node_.port, {.text = kRequest}).handshake);
}

TEST(TlsIdentity, EachHasAKeyOfItsOwnAndShowsItsHash) {
  const TlsIdentity a = std::move(TlsIdentity::create().value());
  const TlsIdentity b = std::move(TlsIdentity::create().value());
  EXPECT_NE(a.key_hash(), b.key_hash());
  EXPECT_EQ(key_hash_of(SSL_CTX_get0_certificate(a.server_context())), a.key_hash());
  EXPECT_EQ(key_hash_of(SSL_CTX_get0_certificate(a.client_context())), a.key_hash());
}

}  // namespace
}  // namespace dnc
