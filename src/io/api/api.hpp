// The HTTP API of a node: its services, and what operators look at. Paths, fields and errors are
// those of docs/api.md.
#pragma once

#include "io/api/event_stream.hpp"
#include "io/api/node_view.hpp"
#include "io/api/peers.hpp"
#include "io/api/routes.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// Answers every request, on the loop thread. Requires: all four outlive the API.
class Api {
 public:
  // `own` are the routes of the application's services, beside those of the product.
  Api(NodeView& node, EventStream& events, PeerList& peers, Load& load,
      const std::vector<Routes>& own = {});

  void handle(const HttpRequest& request, const HttpReplier& reply);

 private:
  void relay(const HttpRequest& request, const HttpReplier& reply);
  void log(const HttpRequest& request, const HttpReplier& reply);

  NodeView& node_;
  EventStream& events_;
  PeerList& peers_;
  Load& load_;
  std::vector<Routes> routes_;  // of services
};

}  // namespace dnc
