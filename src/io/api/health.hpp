// The health paths, with Patroni's names and codes, so that its load balancers' files work here:
// 200 where requests may be sent, else 503.
#pragma once

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// Does it answer clients? What readiness, the page and clusterctl mean by serving.
bool serves(const NodeStatus& status);
// So many blocks is this node behind the furthest that it hears.
std::uint64_t lag_of(const NodeStatus& status);

inline constexpr const char* kHealthPaths[] = {"/health", "/liveness", "/readiness",
                                               "/leader", "/replica",  "/readyz"};
bool is_health_path(std::string_view path);
// Requires: is_health_path().
HttpResponse health_answer(const NodeStatus& status, const HttpRequest& request);

}  // namespace dnc
