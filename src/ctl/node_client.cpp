#include "ctl/node_client.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

Error bad_answer(const std::string& url, const std::string& what) {
  return {"bad_answer", url + " answered " + what, "is it a node of the cluster?"};
}

}  // namespace

NodeClient::NodeClient(std::string url, int timeout_ms)
    : url_(std::move(url)),
      http_({.url = url_,
             .unix_socket = {},
             .connect_timeout = Duration{timeout_ms},
             .total_timeout = Duration{timeout_ms}}) {}

Result<std::string> NodeClient::get(const std::string& target) {
  auto reply = http_.get(target);
  if (!reply) return reply.error();
  if (reply->status != 200) return error_in(url_, *reply);
  return std::move(reply->body);
}

Result<Json> NodeClient::get_object(const std::string& target) {
  const auto body = get(target);
  if (!body) return body.error();
  auto json = parse_json(*body);
  if (!json || !json->is_object()) return bad_answer(url_, "with no JSON object");
  return json;
}

Status NodeClient::post(const std::string& target, const std::string& body) {
  return done(http_.post(target, body));
}

Status NodeClient::put(const std::string& target, const std::string& body) {
  return done(http_.put(target, body));
}

Status NodeClient::remove(const std::string& target) {
  return done(http_.remove(target));
}

Status NodeClient::done(const Result<HttpReply>& reply) const {
  if (!reply) return reply.error();
  if (reply->status == 200 || reply->status == 202) return ok_status();
  return error_in(url_, *reply);
}

Error error_in(const std::string& url, const HttpReply& reply) {
  const auto json = parse_json(reply.body);
  const auto error = json ? json_object(*json, "error") : json.error();
  const auto code = error ? json_text(**error, "code") : error.error();
  const auto message = error ? json_text(**error, "message") : error.error();
  if (!code || !message) return bad_answer(url, std::to_string(reply.status));
  const auto hint = json_text(**error, "hint");
  return {*code, *message, hint ? *hint : ""};
}

void complain(const std::string& url, const Error& error) {
  const bool named = error.message.starts_with(url);  // as the client of HTTP does
  std::fprintf(stderr, "clusterctl: %s%s\n", named ? "" : (url + ": ").c_str(),
               error.message.c_str());
}

}  // namespace dnc::ctl
