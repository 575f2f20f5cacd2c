#include "io/dstack/tdx_signature.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include <ctime>
#include <memory>
#include <vector>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace dnc {

const std::string_view kIntelSgxRoot = R"(-----BEGIN CERTIFICATE-----
MIICjzCCAjSgAwIBAgIUImUM1lqdNInzg7SVUr9QGzknBqwwCgYIKoZIzj0EAwIw
aDEaMBgGA1UEAwwRSW50ZWwgU0dYIFJvb3QgQ0ExGjAYBgNVBAoMEUludGVsIENv
cnBvcmF0aW9uMRQwEgYDVQQHDAtTYW50YSBDbGFyYTELMAkGA1UECAwCQ0ExCzAJ
BgNVBAYTAlVTMB4XDTE4MDUyMTEwNDUxMFoXDTQ5MTIzMTIzNTk1OVowaDEaMBgG
A1UEAwwRSW50ZWwgU0dYIFJvb3QgQ0ExGjAYBgNVBAoMEUludGVsIENvcnBvcmF0
aW9uMRQwEgYDVQQHDAtTYW50YSBDbGFyYTELMAkGA1UECAwCQ0ExCzAJBgNVBAYT
AlVTMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC6nEwMDIYZOj/iPWsCzaEKi7
1OiOSLRFhWGjbnBVJfVnkY4u3IjkDYYL0MxO4mqsyYjlBalTVYxFP2sJBK5zlKOB
uzCBuDAfBgNVHSMEGDAWgBQiZQzWWp00ifODtJVSv1AbOScGrDBSBgNVHR8ESzBJ
MEegRaBDhkFodHRwczovL2NlcnRpZmljYXRlcy50cnVzdGVkc2VydmljZXMuaW50
ZWwuY29tL0ludGVsU0dYUm9vdENBLmRlcjAdBgNVHQ4EFgQUImUM1lqdNInzg7SV
Ur9QGzknBqwwDgYDVR0PAQH/BAQDAgEGMBIGA1UdEwEB/wQIMAYBAf8CAQEwCgYI
KoZIzj0EAwIDSQAwRgIhAOW/5QkR+S9CiSDcNoowLuPRLsWGf/Yi7GSX94BgwTwg
AiEA4J0lrHoMs+Xo5o/sX6O9QWxHRAvZUGOdRQ7cvqRXaqI=
-----END CERTIFICATE-----
)";

namespace {

// Intel's quoting enclave for TDX: the hash of the key that signed it, and its number there. Any
// other enclave could have a key of its own certified in the same way.
constexpr std::string_view kIntelEnclaveSigner =
    "dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5";
constexpr std::uint16_t kTdQuotingEnclave = 2;
// Places in an SGX report.
constexpr std::size_t kAttributesAt = 48;
constexpr std::size_t kEnclaveSignerAt = 128;
constexpr std::size_t kProductAt = 256;
constexpr std::size_t kReportDataAt = 320;
constexpr std::uint8_t kDebug = 2;
constexpr std::size_t kCertificatesMax = 8;

struct Free {
  void operator()(BIO* value) const { BIO_free(value); }
  void operator()(ECDSA_SIG* value) const { ECDSA_SIG_free(value); }
  void operator()(EVP_MD_CTX* value) const { EVP_MD_CTX_free(value); }
  void operator()(EVP_PKEY* value) const { EVP_PKEY_free(value); }
  void operator()(EVP_PKEY_CTX* value) const { EVP_PKEY_CTX_free(value); }
  void operator()(X509* value) const { X509_free(value); }
  void operator()(X509_STORE* value) const { X509_STORE_free(value); }
  void operator()(X509_STORE_CTX* value) const { X509_STORE_CTX_free(value); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error broken(const std::string& link) {
  return {"bad_quote_signature", "the quote's signature: " + link, ""};
}

std::vector<Owned<X509>> certificates_in(std::string_view pem) {
  std::vector<Owned<X509>> found;
  const Owned<BIO> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (in && found.size() < kCertificatesMax) {
    Owned<X509> next(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
    if (!next) break;
    found.push_back(std::move(next));
  }
  return found;
}

Owned<EVP_PKEY> key_of(const P256Bytes& point) {
  Bytes encoded{4};  // uncompressed
  encoded.insert(encoded.end(), point.bytes.begin(), point.bytes.end());
  std::string group = "prime256v1";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded.data(), encoded.size()),
      OSSL_PARAM_construct_end()};
  const Owned<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                        const_cast<OSSL_PARAM*>(params)) != 1) {
    return nullptr;
  }
  return Owned<EVP_PKEY>(key);
}

// ECDSA with SHA-256.
bool has_signed(EVP_PKEY* key, ByteView message, const P256Bytes& signature) {
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(signature.bytes.data(), 32, nullptr);
  BIGNUM* s = BN_bin2bn(signature.bytes.data() + 32, 32, nullptr);
  if (!pair || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return false;
  }
  std::uint8_t* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  const std::unique_ptr<std::uint8_t, void (*)(std::uint8_t*)> owned(
      der, [](std::uint8_t* bytes) { OPENSSL_free(bytes); });
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  return size > 0 && key != nullptr && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size), message.data(),
                          message.size()) == 1;
}

// The processor's certificate, if the chain ends at the root.
Result<Owned<EVP_PKEY>> processor_key(std::string_view chain, std::string_view root,
                                      std::uint64_t now) {
  const auto certificates = certificates_in(chain);
  const auto anchor = certificates_in(root);
  if (certificates.empty() || anchor.empty()) return broken("there is no certificate");
  const Owned<X509_STORE> store(X509_STORE_new());
  const Owned<X509_STORE_CTX> context(X509_STORE_CTX_new());
  STACK_OF(X509)* others = sk_X509_new_null();
  for (std::size_t i = 1; i < certificates.size(); ++i)
    sk_X509_push(others, certificates[i].get());
  bool good = store && context && X509_STORE_add_cert(store.get(), anchor[0].get()) == 1 &&
              X509_STORE_CTX_init(context.get(), store.get(), certificates[0].get(), others) == 1;
  if (good) {
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context.get()),
                               static_cast<std::time_t>(now));
    good = X509_verify_cert(context.get()) == 1;
  }
  sk_X509_free(others);
  if (!good) {
    const int why = context ? X509_STORE_CTX_get_error(context.get()) : X509_V_ERR_OUT_OF_MEM;
    return broken(std::string("its certificates do not lead to the root: ") +
                  X509_verify_cert_error_string(why));
  }
  return Owned<EVP_PKEY>(X509_get_pubkey(certificates[0].get()));
}

// The enclave's report is long enough: it was parsed.
Status check_enclave(const TdxQuote& quote, const QuoteCertification& certification) {
  const ByteView report = certification.enclave_report;
  Bytes vouched(quote.attestation_key.bytes.begin(), quote.attestation_key.bytes.end());
  vouched.insert(vouched.end(), certification.auth_data.begin(), certification.auth_data.end());
  if (Hash::from(report.subspan(kReportDataAt, Hash::kSize)) != sha256(vouched)) {
    return broken("the quoting enclave does not vouch for the key that signed");
  }
  const bool intels = to_hex(report.subspan(kEnclaveSignerAt, Hash::kSize)) == kIntelEnclaveSigner;
  const bool quoting = report[kProductAt] == kTdQuotingEnclave && report[kProductAt + 1] == 0;
  if (!intels || !quoting) return broken("it is not of Intel's quoting enclave for TDX");
  if ((report[kAttributesAt] & kDebug) != 0) return broken("the quoting enclave is in debug mode");
  return ok_status();
}

}  // namespace

Status verify_tdx_signature(const TdxQuote& quote, std::string_view root, std::uint64_t now) {
  if (!quote.certification) return broken("nothing certifies the key that signed");
  const QuoteCertification& certification = *quote.certification;
  const auto processor = processor_key(certification.certificates, root, now);
  if (!processor) return processor.error();
  if (!has_signed(processor->get(), certification.enclave_report, certification.report_signature)) {
    return broken("the processor did not sign the quoting enclave's report");
  }
  if (const Status enclave = check_enclave(quote, certification); !enclave) return enclave;
  const Owned<EVP_PKEY> key = key_of(quote.attestation_key);
  if (!has_signed(key.get(), quote.signed_part, quote.signature)) {
    return broken("the attestation key did not sign the quote");
  }
  return ok_status();
}

}  // namespace dnc
