// JSON-RPC 2.0 over HTTP: single calls and batches, blocking, one thread at a time. A node of the
// chain is not trusted to answer what was asked: ids, sizes and shapes are checked here.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "io/base/json.hpp"

namespace dnc {

struct RpcCall {
  std::string method;
  Json params;  // an array
};

inline constexpr std::size_t kRpcResponseBytesMax = 4u << 20;
inline constexpr std::size_t kRpcBatchMax = 100;  // calls in one request

// Posts a JSON body and returns the body of the answer. Blocking.
using HttpPost = std::function<Result<std::string>(const std::string& body)>;

// Error codes:
//   chain_unreachable  no answer in time
//   bad_chain_answer   an answer that is no JSON-RPC answer to what was asked
//   rpc_error          the node says no; the message has its code and its words
//   reverted           a contract said no; the message has the decoded reason
//                      ("StaleReport(41, 7)"; its name alone: revert_name())
class JsonRpc {
 public:
  explicit JsonRpc(HttpPost post) : post_(std::move(post)) {}

  Result<Json> call(const std::string& method, Json params);
  // One entry per call, in the order of `calls`, whatever the order of the answers.
  // Requires: 0 < calls.size() <= kRpcBatchMax.
  Result<std::vector<Result<Json>>> batch(const std::vector<RpcCall>& calls);

 private:
  Result<Json> exchange(const Json& request);

  HttpPost post_;
  std::uint64_t next_id_ = 1;
};

}  // namespace dnc
