// The nodes that a command asks, over the API that clients use too.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/base/json.hpp"
#include "io/net/http_client.hpp"

namespace dnc::ctl {

struct NodeOptions {
  std::vector<std::string> urls = {"http://127.0.0.1:8081"};
  int timeout_ms = 2000;  // for each node
  bool quiet = false;     // do not say which nodes do not answer
};

// One node. Errors: those of HttpClient; what the node's answer names as its error; bad_answer for
// anything that no node of the cluster says.
class NodeClient {
 public:
  NodeClient(std::string url, int timeout_ms);

  Result<std::string> get(const std::string& target);  // the body of a 200
  Result<Json> get_object(const std::string& target);
  Status post(const std::string& target, const std::string& body);  // 200 or 202
  Status put(const std::string& target, const std::string& body);
  Status remove(const std::string& target);

 private:
  Status done(const Result<HttpReply>& reply) const;

  std::string url_;
  HttpClient http_;
};

// The error in the answer of `url`, a status other than 200.
Error error_in(const std::string& url, const HttpReply& reply);

// Says on stderr why a node is passed over.
void complain(const std::string& url, const Error& error);

// Asks the nodes one after the other: the first answer, or the last error. no_node: none was named.
template <class Ask>
auto first_answer(const NodeOptions& nodes, const Ask& ask)
    -> decltype(ask(std::declval<NodeClient&>())) {
  Error last{"no_node", "no node was named", "name one: --url http://HOST:PORT"};
  for (const auto& url : nodes.urls) {
    NodeClient node(url, nodes.timeout_ms);
    auto answer = ask(node);
    if (answer) return answer;
    last = answer.error();
    if (!nodes.quiet) complain(url, last);
  }
  return last;
}

}  // namespace dnc::ctl
