#include "io/chain/rpc_endpoint.hpp"

namespace dnc {
namespace {

HttpClientOptions http_options(const std::string& url, Duration timeout) {
  HttpClientOptions options;
  options.url = url;
  options.connect_timeout = std::min(options.connect_timeout, timeout);
  options.total_timeout = timeout;
  options.reply_size_max = kRpcResponseBytesMax;
  return options;
}

Error unreachable(const std::string& label, const std::string& why) {
  return {"chain_unreachable", label + ": " + why, "Check the RPC URL and that the chain runs."};
}

}  // namespace

std::string label_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::string host = url.substr(begin, url.find('/', begin) - begin);
  return host.substr(host.rfind('@') + 1);  // npos + 1 is 0
}

RpcEndpoint::RpcEndpoint(const std::string& url, Duration timeout)
    : label_(label_of(url)),
      http_(http_options(url, timeout)),
      client_(JsonRpc([this](const std::string& body) { return post(body); })) {}

Result<std::string> RpcEndpoint::post(const std::string& body) {
  auto reply = http_.post("", body);
  if (!reply) return unreachable(label_, reply.error().message);
  if (reply->status != 200) return unreachable(label_, "HTTP " + std::to_string(reply->status));
  return std::move(reply->body);
}

Status RpcEndpoint::verify(std::uint64_t chain_id) {
  const auto named = client_.chain_id();
  if (!named) return named.error();
  if (*named == chain_id) return ok_status();
  return Error{
      "wrong_chain",
      label_ + " is chain " + std::to_string(*named) + ", expected " + std::to_string(chain_id),
      "Correct the RPC URL or the chain id in the configuration."};
}

}  // namespace dnc
