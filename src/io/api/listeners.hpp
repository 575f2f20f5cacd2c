// Who listens to a stream of server-sent events. On the loop thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/base/json.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// A message as it goes over the wire; `id` only if it has one.
std::string stream_message(std::string_view type, const Json& data, const std::string& id = {});
// What a stream begins with: dial again a second after it broke.
inline constexpr std::string_view kStreamBegin = "retry: 1000\n\n";

class Listeners {
 public:
  Listeners(std::size_t most, std::size_t unsent_bytes_max)
      : most_(most), unsent_bytes_max_(unsent_bytes_max) {}

  // Answers with a stream that begins with `first`, or with 503 too_many_listeners; HEAD with the
  // head alone. Is there one more listener?
  bool admit(const HttpRequest& request, const HttpReplier& reply, std::string_view first);
  // Drops who does not read what it was told before.
  void tell(const std::string& message);
  bool any();  // forgets who has gone

 private:
  const std::size_t most_;
  const std::size_t unsent_bytes_max_;
  std::vector<HttpStream> streams_;
};

}  // namespace dnc
