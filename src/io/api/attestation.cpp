#include "io/api/attestation.hpp"

#include "core/base/hex.hpp"
#include "io/api/answers.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

Result<Hash> nonce_of(const HttpRequest& request) {
  const auto text = request.query_value("nonce");
  const auto nonce = text ? fixed_from_hex<Hash>(*text) : std::nullopt;
  if (nonce) return *nonce;
  return bad_request(text ? "\"nonce\" is not hex of 32 bytes" : "there is no \"nonce\"",
                     "GET /attestation?nonce=0x.. with 32 bytes that you have just drawn");
}

}  // namespace

void handle_attestation(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto nonce = nonce_of(request);
  if (!nonce) return reply(error_answer(400, nonce.error()));
  node.attest(*nonce, [reply](const Result<std::string>& made) {
    if (made) return reply({.body = *made + "\n"});
    Error error = made.error();
    if (error.hint.empty()) error.hint = "clusterctl explain " + error.code;
    reply(error_answer(503, error));
  });
}

}  // namespace dnc
