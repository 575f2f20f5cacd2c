// One client. Requests are answered in their order, whatever the order of the handler's answers.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "io/net/http_parse.hpp"
#include "io/net/http_server.hpp"
#include "io/net/stream.hpp"

namespace dnc {

class HttpConnection final : public StreamHandler,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  // Requires: the server closes the connection before it goes.
  HttpConnection(HttpServer& server, std::shared_ptr<Stream> stream);

  void begin(std::string_view first);
  void answer(std::uint64_t request, const HttpResponse& response);
  // False, and nothing happens, unless this is the one request that awaits its answer. No further
  // request is read; the stream ends the connection.
  bool begin_stream(std::uint64_t request, const HttpResponse& head);
  void write_stream(std::string_view text);
  void end_stream();
  bool streams() const { return streaming_ && !closed_; }
  std::size_t unsent() const { return stream_->unsent(); }
  void check_deadline(Time now);
  void close();  // silently; the server has forgotten the connection or is about to

  void on_data(ByteView bytes) override;
  void on_drained() override;
  bool on_end() override;
  void on_closed(const std::string& reason) override;

 private:
  // A request that awaits its answer, or an answer that awaits those before it.
  struct Slot {
    Time since;
    bool head = false;
    bool keep_alive = true;
    bool ready = false;
    std::string text;  // the serialised answer, if it is ready but not its turn
  };

  void process(std::string_view bytes);
  bool step(std::string_view& bytes);  // false: nothing more can be read now
  void dispatch();
  void refuse(const HttpResponse& response);
  void write_ready();
  void settle();  // after any progress: flush, then read on or say goodbye
  bool throttled() const;
  void drop();  // closes and lets the server forget

  HttpServer& server_;
  std::shared_ptr<Stream> stream_;
  HttpParser parser_;
  std::deque<Slot> slots_;
  std::uint64_t first_slot_ = 0;  // request number of slots_.front()
  std::string backlog_;           // read but not parsed, while throttled
  std::string scratch_;
  Time request_since_{};  // when the request being read began
  Time active_since_{};   // last progress, for the idle limit
  Time linger_until_{};
  bool fresh_ = true;        // no request has been completed yet
  bool processing_ = false;  // inside process(): it settles at its end
  bool last_seen_ = false;   // no further request will be read
  bool streaming_ = false;   // the first slot's answer is a stream
  bool lingering_ = false;   // all is answered; waiting for the client to read it and go
  bool ended_ = false;       // the client has closed its half
  bool closed_ = false;
};

}  // namespace dnc
