// POST /recover: operators consent to a cold start with fewer than all seats.
#pragma once

#include "io/api/node_view.hpp"
#include "io/base/json.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// The member "cold_start" of /status.
Json to_json(const ColdStartStatus& status);

// 202, and where the cold start stands: what follows from it shows in /status.
HttpResponse recover_answer(NodeView& node, const std::string& body);

}  // namespace dnc
