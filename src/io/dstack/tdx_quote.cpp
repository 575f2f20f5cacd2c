#include "io/dstack/tdx_quote.hpp"

namespace dnc {
namespace {

constexpr std::uint16_t kEcdsaP256 = 2;
constexpr std::uint32_t kTdx = 0x81;
constexpr std::uint16_t kTdReport10 = 2;
constexpr std::uint16_t kTdReport15 = 3;
constexpr std::size_t kTdReport15Size = 648;
constexpr std::size_t kEnclaveReportSize = 384;
constexpr std::uint16_t kEnclaveCertification = 6;
constexpr std::uint16_t kPemChain = 5;
constexpr std::uint8_t kComposeFollows = 1;  // the first form of mr_config_id

Error bad(const char* why) {
  return {"bad_quote", std::string("the quote ") + why, ""};
}

// Intel's integers are little-endian. After the first failure everything is zero.
class LittleEndian {
 public:
  explicit LittleEndian(ByteView bytes) : rest_(bytes) {}

  ByteView raw(std::size_t size) {
    if (!ok_ || rest_.size() < size) {
      ok_ = false;
      return {};
    }
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint16_t u16() { return static_cast<std::uint16_t>(integer(2)); }
  std::uint32_t u32() { return integer(4); }
  template <class Fixed>
  Fixed fixed() {
    return Fixed::from(raw(Fixed::kSize)).value_or(Fixed{});
  }
  template <std::size_t N>
  std::array<std::uint8_t, N> array() {
    std::array<std::uint8_t, N> out{};
    const ByteView taken = raw(N);
    std::copy(taken.begin(), taken.end(), out.begin());
    return out;
  }
  std::size_t left() const { return rest_.size(); }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::uint32_t integer(std::size_t size) {
    const ByteView taken = raw(size);
    std::uint32_t value = 0;
    for (std::size_t i = taken.size(); i > 0; --i)
      value = value << 8 | taken[i - 1];
    return value;
  }

  ByteView rest_;
  bool ok_ = true;
};

Bytes copied(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

void read_report(LittleEndian& in, bool is_15, TdxQuote& quote) {
  in.raw(16 + 48);  // tee_tcb_svn, mr_seam
  quote.mr_signer_seam = in.fixed<Sha384>();
  in.raw(8);  // seam_attributes
  quote.td_attributes = in.array<8>();
  in.raw(8);  // xfam
  quote.mr_td = in.fixed<Sha384>();
  quote.mr_config_id = in.fixed<Sha384>();
  in.raw(48 + 48);  // mr_owner, mr_owner_config
  for (Sha384& rtmr : quote.rtmr)
    rtmr = in.fixed<Sha384>();
  quote.report_data = in.array<64>();
  if (!is_15) return;
  in.raw(16);  // tee_tcb_svn of the service
  quote.mr_service_td = in.fixed<Sha384>();
}

// The report of version 5 says what it is and how long.
Status read_body(LittleEndian& in, TdxQuote& quote) {
  if (quote.version == 4) {
    read_report(in, false, quote);
    return ok_status();
  }
  const std::uint16_t type = in.u16();
  const std::uint32_t size = in.u32();
  const bool is_15 = type == kTdReport15;
  if (!is_15 && type != kTdReport10) return bad("carries another report than that of a TD");
  if (size != (is_15 ? kTdReport15Size : kTdReportSize)) return bad("has a report of another size");
  read_report(in, is_15, quote);
  return ok_status();
}

Status read_certification(LittleEndian& in, TdxQuote& quote) {
  const std::uint16_t type = in.u16();
  LittleEndian body(in.raw(in.u32()));
  if (!in.at_end() || type != kEnclaveCertification) return bad("is certified in an unknown form");
  QuoteCertification certification;
  certification.enclave_report = copied(body.raw(kEnclaveReportSize));
  certification.report_signature = body.fixed<P256Bytes>();
  certification.auth_data = copied(body.raw(body.u16()));
  const std::uint16_t chain_type = body.u16();
  certification.certificates = as_text(body.raw(body.u32()));
  if (!body.at_end() || chain_type != kPemChain) return bad("carries no chain of certificates");
  quote.certification = std::move(certification);
  return ok_status();
}

Status read_signature(LittleEndian& in, TdxQuote& quote) {
  LittleEndian section(in.raw(in.u32()));
  if (!in.ok()) return bad("is cut off");
  quote.signature = section.fixed<P256Bytes>();
  quote.attestation_key = section.fixed<P256Bytes>();
  if (!section.ok()) return bad("has no signature");
  if (section.at_end()) return ok_status();  // a stand-in's
  return read_certification(section, quote);
}

}  // namespace

Result<TdxQuote> parse_tdx_quote(ByteView bytes) {
  LittleEndian in(bytes);
  TdxQuote quote;
  quote.version = in.u16();
  const std::uint16_t key_type = in.u16();
  const std::uint32_t tee_type = in.u32();
  in.raw(kQuoteHeaderSize - 8);
  if (!in.ok()) return bad("is cut off");
  if (quote.version != 4 && quote.version != 5) return bad("has another version than 4 and 5");
  if (tee_type != kTdx) return bad("is not of a TDX machine");
  if (key_type != kEcdsaP256) return bad("is signed in an unknown way");
  if (const Status body = read_body(in, quote); !body) return body.error();
  if (!in.ok()) return bad("is cut off");
  quote.signed_part = copied(bytes.first(bytes.size() - in.left()));
  // What follows the signature is padding that agents may leave behind.
  if (const Status read = read_signature(in, quote); !read) return read.error();
  return quote;
}

Status check_production(const TdxQuote& quote) {
  if (quote.td_attributes[0] != 0) return bad("is of a machine whose host may look inside (debug)");
  if (!quote.mr_signer_seam.is_zero()) return bad("is of a machine under another TDX module");
  if (!quote.mr_service_td.is_zero()) return bad("is of a machine that a service TD may change");
  return ok_status();
}

std::optional<Hash> configured_compose(const TdxQuote& quote) {
  const auto& id = quote.mr_config_id.bytes;
  const ByteView hash = ByteView(id).subspan(1, Hash::kSize);
  const ByteView rest = ByteView(id).subspan(1 + Hash::kSize);
  const bool zeros = std::all_of(rest.begin(), rest.end(), [](std::uint8_t b) { return b == 0; });
  if (id[0] != kComposeFollows || !zeros) return std::nullopt;
  return Hash::from(hash);
}

}  // namespace dnc
