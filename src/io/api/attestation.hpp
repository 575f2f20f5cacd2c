// GET /attestation?nonce=: what machine is this? For whoever judges it: clusterctl verify.
#pragma once

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// Answers when the node has made it. Errors: 400 without a nonce, 503 with a reason.
void handle_attestation(NodeView& node, const HttpRequest& request, const HttpReplier& reply);

}  // namespace dnc
