// Paths of the HTTP API that belong together: those of one service. The API asks one after the
// other whose a request is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

struct Routes {
  std::vector<std::string> names;  // as GET / lists them: "GET /kv/{key}"
  // Is it a path of theirs? The method is their business.
  bool (*owns)(std::string_view path) = nullptr;
  // Answers a request for such a path, on the loop thread, now or later. `node` outlives the
  // answer.
  void (*handle)(NodeView& node, const HttpRequest& request, const HttpReplier& reply) = nullptr;
};

}  // namespace dnc
