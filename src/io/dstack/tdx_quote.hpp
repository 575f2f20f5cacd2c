// A TDX quote, version 4 or 5, as Intel's quoting enclave lays it out: what the machine measured,
// the 64 bytes that it was asked to bind, and who signed. That it can be read says nothing about
// its truth: tdx_signature.hpp does.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/crypto/sha384.hpp"

namespace dnc {

// r | s, or x | y, on P-256.
using P256Bytes = FixedBytes<64, struct P256Tag>;

// Who certifies the key that signed: the quoting enclave's report, signed by a key of Intel's
// chain.
struct QuoteCertification {
  Bytes enclave_report;  // an SGX report, 384 bytes
  P256Bytes report_signature;
  Bytes auth_data;
  std::string certificates;  // PEM, the processor's first
};

struct TdxQuote {
  std::uint16_t version = 0;
  std::array<std::uint8_t, 8> td_attributes{};  // the first byte: may the host look inside?
  Sha384 mr_signer_seam;                        // zero: Intel's own TDX module
  Sha384 mr_service_td;                         // zero: none; of a TD 1.5 report
  Sha384 mr_td;
  Sha384 mr_config_id;
  std::array<Sha384, 4> rtmr;
  std::array<std::uint8_t, 64> report_data{};
  Bytes signed_part;  // header and body
  P256Bytes signature;
  P256Bytes attestation_key;
  std::optional<QuoteCertification> certification;
};

// Where version 4 keeps what a stand-in fills in.
inline constexpr std::size_t kQuoteHeaderSize = 48;
inline constexpr std::size_t kTdReportSize = 584;
inline constexpr std::size_t kTdConfigIdAt = 184;    // in the TD report
inline constexpr std::size_t kTdReportDataAt = 520;  // likewise

Result<TdxQuote> parse_tdx_quote(ByteView bytes);  // Error: bad_quote

// A production machine: its host cannot look inside, and nothing stands between it and Intel's
// module. Error: bad_quote.
Status check_production(const TdxQuote& quote);

// The compose hash in mr_config_id, in the form of it that shows one.
std::optional<Hash> configured_compose(const TdxQuote& quote);

}  // namespace dnc
