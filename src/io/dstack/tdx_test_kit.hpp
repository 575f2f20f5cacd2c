// For tests: quotes of machines that never were, as bytes.
#pragma once

#include <array>

#include "core/base/bytes.hpp"
#include "io/dstack/tdx_quote.hpp"

namespace dnc::test {

inline void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
inline void append_number(Bytes& out, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i)
    out.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

// What a quote says; the rest of it is zero.
struct QuoteText {
  std::uint16_t version = 4;
  std::uint16_t body_type = 2;  // of version 5: 2 a TD 1.0 report, 3 a TD 1.5 report
  std::array<std::uint8_t, 8> td_attributes{};
  Sha384 mr_signer_seam;
  Sha384 mr_config_id;
  Sha384 rtmr3;
  Sha384 mr_service_td;
  std::array<std::uint8_t, 64> report_data{};
};

inline Sha384 config_id_of(const Hash& compose_hash) {
  Sha384 id;
  id.bytes[0] = 1;
  std::copy(compose_hash.bytes.begin(), compose_hash.bytes.end(), id.bytes.begin() + 1);
  return id;
}

// Header and body: what is signed.
inline Bytes signed_part(const QuoteText& text) {
  Bytes out;
  append_number(out, text.version, 2);
  append_number(out, 2, 2);     // ECDSA with P-256
  append_number(out, 0x81, 4);  // TDX
  out.resize(kQuoteHeaderSize);
  const bool is_15 = text.version == 5 && text.body_type == 3;
  if (text.version == 5) {
    append_number(out, text.body_type, 2);
    append_number(out, is_15 ? 648 : 584, 4);
  }
  out.resize(out.size() + 64);
  append(out, text.mr_signer_seam.bytes);
  out.resize(out.size() + 8);
  append(out, text.td_attributes);
  out.resize(out.size() + 8 + 48);
  append(out, text.mr_config_id.bytes);
  out.resize(out.size() + 2 * 48 + 3 * 48);
  append(out, text.rtmr3.bytes);
  append(out, text.report_data);
  if (is_15) {
    out.resize(out.size() + 16);
    append(out, text.mr_service_td.bytes);
  }
  return out;
}

// With `section`, by its length, behind it.
inline Bytes with_signature(Bytes quote, const Bytes& section) {
  append_number(quote, section.size(), 4);
  append(quote, section);
  return quote;
}

// As the simulated guest agent makes it: signed by nobody.
inline Bytes unsigned_quote(const QuoteText& text) {
  return with_signature(signed_part(text), Bytes(128));
}

}  // namespace dnc::test
