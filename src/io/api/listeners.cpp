#include "io/api/listeners.hpp"

#include <nlohmann/json.hpp>

#include "io/api/answers.hpp"

namespace dnc {

std::string stream_message(std::string_view type, const Json& data, const std::string& id) {
  std::string text;
  if (!id.empty()) text.append("id: ").append(id).append("\n");
  text.append("event: ").append(type).append("\ndata: ").append(dump_json(data)).append("\n\n");
  return text;
}

bool Listeners::admit(const HttpRequest& request, const HttpReplier& reply,
                      std::string_view first) {
  HttpResponse head;
  head.content_type = "text/event-stream";
  head.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};
  if (request.method == "HEAD") {
    reply(head);
    return false;
  }
  any();
  if (streams_.size() >= most_) {
    reply(error_answer(503, {"too_many_listeners", std::to_string(most_) + " streams are open here",
                             "close one, or listen to another node"}));
    return false;
  }
  streams_.push_back(reply.stream(head));
  streams_.back().write(first);
  return true;
}

void Listeners::tell(const std::string& message) {
  for (const HttpStream& stream : streams_) {
    if (stream.unsent() > unsent_bytes_max_) stream.close();
    stream.write(message);  // nothing where it was closed
  }
}

bool Listeners::any() {
  std::erase_if(streams_, [](const HttpStream& stream) { return !stream.open(); });
  return !streams_.empty();
}

}  // namespace dnc
