// Who signed a TDX quote, as far as it can be told without asking anybody: the attestation key
// signed the quote, Intel's quoting enclave vouches for that key, a processor's certificate signed
// the enclave's report, and the chain of certificates ends at Intel's root.
//
// What is left out needs Intel's collateral: whether a certificate was revoked, and whether
// firmware and module are up to date (the TCB status).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/result.hpp"
#include "io/dstack/tdx_quote.hpp"

namespace dnc {

// Intel SGX Root CA, until 2049. Of
// https://certificates.trustedservices.intel.com/Intel_SGX_Provisioning_Certification_RootCA.pem
extern const std::string_view kIntelSgxRoot;

// `root` is a certificate in PEM, `now` UTC seconds. Error: bad_quote_signature, which names the
// link.
Status verify_tdx_signature(const TdxQuote& quote, std::string_view root, std::uint64_t now);

}  // namespace dnc
