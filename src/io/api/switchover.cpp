#include "io/api/switchover.hpp"

#include <nlohmann/json.hpp>

#include "io/api/answers.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr const char* kHint = "clusterctl switchover makes and sends it";

Result<SwitchoverOrder> order_in(const std::string& body) {
  const auto json = object_in(body, kHint);
  if (!json) return json.error();
  SwitchoverOrder order;
  const Status numbers = read_numbers(*json,
                                      {{"generation", &order.generation.value},
                                       {"term", &order.term.value},
                                       {"to", &order.to.value},
                                       {"deadline", &order.deadline},
                                       {"seat", &order.seat.value}},
                                      kHint);
  if (!numbers) return numbers.error();
  const auto signature = json_fixed<Signature>(*json, "signature");
  if (!signature) return bad_request(signature.error().message, kHint);
  order.signature = *signature;
  return order;
}

}  // namespace

HttpResponse switchover_answer(NodeView& node, const std::string& body) {
  const auto order = order_in(body);
  if (!order) return error_answer(400, order.error());
  const Status taken = node.switchover(*order);
  if (!taken) return error_answer(taken.error().code == "bad_order" ? 403 : 409, taken.error());
  return json_answer({{"term", order->term.value}, {"to", order->to.value}}, 202);
}

}  // namespace dnc
