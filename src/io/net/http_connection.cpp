#include "io/net/http_connection.hpp"

#include "core/base/check.hpp"

namespace dnc {

HttpConnection::HttpConnection(HttpServer& server, std::shared_ptr<Stream> stream)
    : server_(server), stream_(std::move(stream)), parser_(server.limits_) {
  request_since_ = active_since_ = server_.loop_.now();
}

void HttpConnection::begin(std::string_view first) {
  stream_->set_handler(shared_from_this());
  if (!first.empty()) process(first);
}

void HttpConnection::on_data(ByteView bytes) {
  if (closed_ || last_seen_) return;  // what follows the last request is read and thrown away
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (backlog_.empty()) return process(text);
  backlog_ += text;  // bounded: the stream is paused, this was under way
}

void HttpConnection::process(std::string_view bytes) {
  const auto self = shared_from_this();  // a handler may close the server
  processing_ = true;
  active_since_ = server_.loop_.now();
  if (parser_.between() && !fresh_) request_since_ = active_since_;
  while (step(bytes)) {
  }
  processing_ = false;
  if (closed_) return;
  backlog_.assign(last_seen_ ? std::string_view{} : bytes);
  last_seen_ = last_seen_ || (ended_ && backlog_.empty());
  settle();
}

bool HttpConnection::step(std::string_view& bytes) {
  if (bytes.empty() || closed_ || last_seen_) return false;
  if (stream_->unsent() > server_.limits_.unsent_bytes_max) stream_->flush();
  if (throttled()) return false;
  switch (parser_.feed(bytes)) {
    case HttpParser::Event::request:
      dispatch();
      return true;
    case HttpParser::Event::refused:
      refuse(parser_.refusal());
      return false;
    case HttpParser::Event::more:
      break;
  }
  if (parser_.wants_continue()) {  // takes its turn behind the answers to earlier requests
    slots_.push_back({server_.loop_.now(), false, true, true, "HTTP/1.1 100 Continue\r\n\r\n"});
    write_ready();
  }
  return false;
}

void HttpConnection::dispatch() {
  const std::uint64_t number = first_slot_ + slots_.size();
  HttpRequest request = parser_.take();
  fresh_ = false;
  last_seen_ = !parser_.keep_alive();
  request_since_ = active_since_;
  slots_.push_back({active_since_, request.method == "HEAD", !last_seen_, false, {}});
  ++server_.stats_.requests;
  server_.handler_(std::move(request), HttpReplier(weak_from_this(), number));
}

void HttpConnection::refuse(const HttpResponse& response) {
  ++server_.stats_.refused;
  server_.log_.tell(server_.loop_.now(), "http_refused",
                    stream_->remote() + ": " + std::to_string(response.status) + " " +
                        std::string(reason_of(response.status)));
  last_seen_ = true;
  Slot& slot = slots_.emplace_back();
  slot.since = server_.loop_.now();
  slot.ready = true;
  slot.keep_alive = false;
  serialise(response, false, false, slot.text);
  write_ready();
}

void HttpConnection::answer(std::uint64_t request, const HttpResponse& response) {
  if (closed_ || request < first_slot_ || request - first_slot_ >= slots_.size()) return;
  Slot& slot = slots_[request - first_slot_];
  if (slot.ready || streaming_) return;
  slot.ready = true;
  if (&slot == &slots_.front()) {
    scratch_.clear();
    serialise(response, slot.keep_alive, slot.head, scratch_);
    stream_->write(as_bytes(scratch_));
    if (scratch_.capacity() > (64u << 10)) std::string().swap(scratch_);
    slots_.pop_front();
    ++first_slot_;
    write_ready();
  } else {
    serialise(response, slot.keep_alive, slot.head, slot.text);
  }
  if (processing_) return;
  active_since_ = server_.loop_.now();
  settle();
}

bool HttpConnection::begin_stream(std::uint64_t request, const HttpResponse& head) {
  const bool alone = slots_.size() == 1 && request == first_slot_ && !slots_.front().ready;
  if (closed_ || streaming_ || !alone) return false;
  streaming_ = true;
  last_seen_ = true;
  std::string text;
  serialise_stream(head, text);
  write_stream(text);
  return true;
}

void HttpConnection::write_stream(std::string_view text) {
  if (!streams()) return;
  if (stream_->unsent() == 0) active_since_ = server_.loop_.now();
  stream_->write(as_bytes(text));
  stream_->flush();
}

void HttpConnection::end_stream() {
  if (!streams()) return;
  streaming_ = false;
  slots_.pop_front();
  ++first_slot_;
  if (!processing_) settle();
}

void HttpConnection::write_ready() {
  while (!slots_.empty() && slots_.front().ready) {
    stream_->write(as_bytes(slots_.front().text));
    slots_.pop_front();
    ++first_slot_;
  }
}

bool HttpConnection::throttled() const {
  return slots_.size() >= server_.limits_.pipelined_max ||
         stream_->unsent() > server_.limits_.unsent_bytes_max;
}

void HttpConnection::settle() {
  stream_->flush();
  if (last_seen_ && slots_.empty() && !lingering_) {
    // Closing at once would let the kernel throw away an answer that the client has not read, if
    // bytes of the client are still on their way to us.
    lingering_ = true;
    linger_until_ = server_.loop_.now() + server_.limits_.linger_max;
    stream_->finish();
    stream_->pause(false);
  }
  if (lingering_) {
    if (ended_ && stream_->unsent() == 0) drop();
    return;
  }
  if (!backlog_.empty() && !throttled()) {
    const std::string rest = std::exchange(backlog_, {});
    return process(rest);
  }
  stream_->pause(!backlog_.empty());
}

void HttpConnection::on_drained() {
  active_since_ = server_.loop_.now();
  settle();
}

// A client may close its half and still wait for its answers ("printf ... | nc").
bool HttpConnection::on_end() {
  if (streaming_) return false;  // nobody listens any more
  const bool waiting = !slots_.empty() || !backlog_.empty() || stream_->unsent() > 0;
  if (!waiting || lingering_) return false;
  ended_ = true;
  last_seen_ = last_seen_ || backlog_.empty();
  return true;
}

void HttpConnection::on_closed(const std::string&) {
  drop();
}

void HttpConnection::check_deadline(Time now) {
  const HttpLimits& limits = server_.limits_;
  if (lingering_) {
    const Duration more = stream_->unsent() > 0 ? limits.idle_max : Duration{0};
    if (now >= linger_until_ + more) drop();
  } else if (streaming_) {
    if (stream_->unsent() > 0 && now >= active_since_ + limits.idle_max) drop();
  } else if (!slots_.empty()) {
    if (now < slots_.front().since + limits.answer_max) return;
    ++server_.stats_.refused;
    answer(first_slot_, error_response(504, "no_answer", "the request was not answered in time"));
  } else if (stream_->unsent() > 0) {
    if (now >= active_since_ + limits.idle_max) drop();
  } else if (fresh_ || !parser_.between()) {
    if (now < request_since_ + limits.request_max) return;
    refuse(error_response(408, "request_too_slow", "the request did not arrive in time"));
    settle();
  } else if (now >= active_since_ + limits.idle_max) {
    drop();
  }
}

void HttpConnection::close() {
  closed_ = true;
  stream_->close();
}

void HttpConnection::drop() {
  if (closed_) return;
  close();
  server_.forget(this);
}

}  // namespace dnc
