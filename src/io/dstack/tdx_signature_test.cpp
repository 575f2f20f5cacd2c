// A chain of our own stands for Intel's: root, intermediate, processor, quoting enclave, quote.
#include "io/dstack/tdx_signature.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"
#include "io/dstack/tdx_test_kit.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kNow = 1'800'000'000;
constexpr long kYear = 365L * 24 * 3600;

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

Key new_key() {
  return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

// A certificate of `key`, by `issuer`, which is itself if there is none.
Certificate certify(const Key& key, const char* name, const Key& issuer_key,
                    const Certificate& issuer, bool is_authority) {
  Certificate made(X509_new(), X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  std::time_t now = static_cast<std::time_t>(kNow);
  X509_time_adj(X509_getm_notBefore(made.get()), -kYear, &now);
  X509_time_adj(X509_getm_notAfter(made.get()), kYear, &now);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509_set_issuer_name(made.get(), X509_get_subject_name(issuer ? issuer.get() : made.get()));
  X509_set_pubkey(made.get(), key.get());
  if (is_authority) {
    X509_EXTENSION* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(made.get(), issuer_key.get(), EVP_sha256());
  return made;
}

std::string pem(const Certificate& certificate) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), certificate.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

P256Bytes sign(const Key& key, ByteView message) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  Bytes der(80);
  std::size_t size = der.size();
  EVP_DigestSign(context.get(), der.data(), &size, message.data(), message.size());
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, void (*)(ECDSA_SIG*)> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
  P256Bytes out;
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.bytes.data(), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.bytes.data() + 32, 32);
  return out;
}

P256Bytes point_of(const Key& key) {
  Bytes point(65);
  std::size_t size = 0;
  EVP_PKEY_get_octet_string_param(key.get(), "pub", point.data(), point.size(), &size);
  return *P256Bytes::from(ByteView(point).subspan(1));
}

// What a test may change before all is signed.
struct Signed {
  Key processor = new_key();
  Key attestation = new_key();
  Bytes report = enclave_report();
  Bytes auth_data = Bytes(32, 7);
  test::QuoteText text;

  // An SGX report of Intel's quoting enclave.
  static Bytes enclave_report() {
    Bytes report(384);
    const Bytes signer =
        *from_hex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");
    std::copy(signer.begin(), signer.end(), report.begin() + 128);
    report[256] = 2;
    return report;
  }
};

class TdxSignature : public testing::Test {
 protected:
  // The enclave vouches for the key, the processor for the enclave, and the key signs.
  TdxQuote quote(Signed parts, bool vouches = true) const {
    const P256Bytes point = point_of(parts.attestation);
    Bytes vouched(point.bytes.begin(), point.bytes.end());
    test::append(vouched, parts.auth_data);
    const Hash hash = sha256(vouched);
    if (vouches) std::copy(hash.bytes.begin(), hash.bytes.end(), parts.report.begin() + 320);
    const Bytes body = test::signed_part(parts.text);
    Bytes certification = parts.report;
    test::append(certification, sign(signer_ ? signer_ : processor_, parts.report).bytes);
    test::append_number(certification, parts.auth_data.size(), 2);
    test::append(certification, parts.auth_data);
    test::append_number(certification, 5, 2);
    test::append_number(certification, chain_.size(), 4);
    test::append(certification, as_bytes(chain_));
    Bytes section;
    test::append(section, sign(parts.attestation, body).bytes);
    test::append(section, point.bytes);
    test::append_number(section, 6, 2);
    test::append_number(section, certification.size(), 4);
    test::append(section, certification);
    return parse_tdx_quote(test::with_signature(body, section)).value();
  }
  std::string why(const TdxQuote& quote, std::uint64_t now = kNow) const {
    const Status judged = verify_tdx_signature(quote, pem(root_), now);
    if (judged) return "";
    EXPECT_EQ(judged.error().code, "bad_quote_signature");
    return judged.error().message;
  }
  void expect_broken(const TdxQuote& quote, const std::string& link) const {
    EXPECT_NE(why(quote).find(link), std::string::npos) << link << ": " << why(quote);
  }

  const Key root_key_ = new_key();
  const Certificate root_ = certify(root_key_, "root", root_key_, nullptr, true);
  const Key platform_key_ = new_key();
  const Certificate platform_ = certify(platform_key_, "platform", root_key_, root_, true);
  const Key processor_ = new_key();
  const Certificate certificate_ =
      certify(processor_, "processor", platform_key_, platform_, false);
  std::string chain_ = pem(certificate_) + pem(platform_) + pem(root_);
  Key signer_;  // of the enclave's report; none: the processor
};

TEST_F(TdxSignature, AWholeChainHoldsInEveryVersion) {
  for (const std::uint16_t version : {4, 5}) {
    Signed parts;
    parts.text.version = version;
    EXPECT_EQ(why(quote(parts)), "") << version;
  }
}

TEST_F(TdxSignature, NoBitOfWhatIsSignedIsIdle) {
  TdxQuote changed = quote({});
  changed.signed_part[600] ^= 1;
  expect_broken(changed, "did not sign the quote");
  changed = quote({});
  changed.signature.bytes[5] ^= 1;
  expect_broken(changed, "did not sign the quote");
  changed = quote({});
  changed.attestation_key.bytes[5] ^= 1;
  expect_broken(changed, "does not vouch");
  changed = quote({});
  changed.certification->auth_data[0] ^= 1;
  expect_broken(changed, "does not vouch");
  changed = quote({});
  changed.certification->enclave_report[10] ^= 1;
  expect_broken(changed, "processor did not sign");
  changed = quote({});
  changed.certification.reset();
  expect_broken(changed, "nothing certifies");
}

TEST_F(TdxSignature, AnotherEnclaveIsNotTheQuotingOne) {
  Signed parts;
  parts.report[130] ^= 1;
  expect_broken(quote(parts), "not of Intel's quoting enclave");
  parts = {};
  parts.report[256] = 1;
  expect_broken(quote(parts), "not of Intel's quoting enclave");
  parts = {};
  parts.report[48] = 2;
  expect_broken(quote(parts), "debug");
  expect_broken(quote({}, false), "does not vouch");
}

TEST_F(TdxSignature, AnotherProcessorsSignatureIsNone) {
  signer_ = new_key();
  expect_broken(quote({}), "processor did not sign");
}

TEST_F(TdxSignature, TheCertificatesMustLeadToTheRoot) {
  chain_ = pem(certificate_);
  expect_broken(quote({}), "do not lead to the root");
  chain_ = "none";
  expect_broken(quote({}), "no certificate");
  const Key other_key = new_key();
  const Certificate other = certify(other_key, "root", other_key, nullptr, true);
  const Certificate forged = certify(platform_key_, "platform", other_key, other, true);
  chain_ = pem(certificate_) + pem(forged) + pem(other);
  expect_broken(quote({}), "do not lead to the root");
}

TEST_F(TdxSignature, CertificatesHaveTheirTime) {
  const TdxQuote good = quote({});
  EXPECT_EQ(why(good), "");
  EXPECT_NE(why(good, kNow + 2 * kYear).find("expired"), std::string::npos);
  EXPECT_NE(why(good, kNow - 2 * kYear).find("not yet valid"), std::string::npos);
}

TEST_F(TdxSignature, OurChainIsNotIntels) {
  EXPECT_FALSE(verify_tdx_signature(quote({}), kIntelSgxRoot, kNow));
}

// A machine of 2024, whose quote is published, under Intel's own root.
TEST_F(TdxSignature, AQuoteOfARealProcessorHolds) {
  const auto text = read_file(DNC_SOURCE_DIR "/tests/vectors/tdx_quote.json", 1u << 20);
  ASSERT_TRUE(text);
  Bytes bytes = *json_hex(*parse_json(*text), "quote");
  const auto quote = parse_tdx_quote(bytes);
  ASSERT_TRUE(quote) << quote.error().message;
  EXPECT_EQ(quote->version, 4);
  EXPECT_TRUE(check_production(*quote));
  const Status judged = verify_tdx_signature(*quote, kIntelSgxRoot, kNow);
  EXPECT_TRUE(judged) << (judged ? "" : judged.error().message);
  bytes[600] ^= 1;  // of its report data
  EXPECT_FALSE(verify_tdx_signature(*parse_tdx_quote(bytes), kIntelSgxRoot, kNow));
}

// The fingerprint that Intel and others publish.
TEST_F(TdxSignature, ThePinnedRootIsIntels) {
  const std::unique_ptr<BIO, int (*)(BIO*)> in(
      BIO_new_mem_buf(kIntelSgxRoot.data(), static_cast<int>(kIntelSgxRoot.size())), BIO_free);
  const Certificate root(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  ASSERT_TRUE(root);
  Hash fingerprint;
  ASSERT_EQ(X509_digest(root.get(), EVP_sha256(), fingerprint.bytes.data(), nullptr), 1);
  EXPECT_EQ(to_hex(fingerprint.view()),
            "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3");
}

}  // namespace
}  // namespace dnc
