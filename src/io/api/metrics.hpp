// GET /metrics: what a node knows, for Prometheus. docs/operations.md lists the names.
#pragma once

#include "io/api/load.hpp"
#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// As text, version 0.0.4 of the format.
HttpResponse metrics_answer(const NodeStatus& status, Load& load);

}  // namespace dnc
