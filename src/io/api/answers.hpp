// The forms of an answer: JSON bodies and errors that name the cause and the next step.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/api/node_view.hpp"
#include "io/base/json.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

HttpResponse json_answer(const Json& body, int status = 200);
// An object of numbers, as json_answer() writes it if the names are sorted. For what is answered
// most: a tree of values costs more than all else that HTTP does for a write.
HttpResponse numbers_answer(
    std::initializer_list<std::pair<std::string_view, std::uint64_t>> numbers);
// {"error":{"code","message","hint"}}; 503 tells when to come back.
HttpResponse error_answer(int status, const Error& error);
// 405: `allowed` are the methods that `path` takes, with commas.
HttpResponse not_allowed_answer(const std::string& path, const std::string& allowed);
// The answer to a code of WriteReply or ReadReply.
HttpResponse refusal_answer(const NodeView& node, const std::string& code);
// A node that does not serve says why.
HttpResponse not_serving_answer(const NodeStatus& status);
HttpResponse relay_answer(const RelayReply& reply);

Json to_json(const NodeStatus& status);
Json seats_json(const std::vector<Seat>& seats);  // their numbers
Json members_json(const NodeStatus& status);
Json to_json(const Block& block);

}  // namespace dnc
