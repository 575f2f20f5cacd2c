// POST /switchover: the operator of the leader's seat has it hand over the lead.
#pragma once

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// 202: the leader has voted against itself; who leads then shows in /status. 403 bad_order,
// otherwise 409 with the reason.
HttpResponse switchover_answer(NodeView& node, const std::string& body);

}  // namespace dnc
