// The two halves of a link between peers. Inside of PeerNetwork.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "io/net/frame.hpp"
#include "io/net/peer_network.hpp"
#include "io/net/sockets.hpp"
#include "io/net/stream.hpp"

namespace dnc {

// Accepted: receives. Greets back once the other side has proven itself and was admitted, so its
// hello tells the dialler that frames will be taken.
class InboundLink final : public StreamHandler, public std::enable_shared_from_this<InboundLink> {
 public:
  // Requires: the network closes the link before it goes.
  InboundLink(PeerNetwork& network, std::shared_ptr<Stream> stream);

  void begin();
  void close(const std::string& reason);  // and lets the network forget the link
  void abandon();                         // silently; the network is going
  const std::optional<Identity>& identity() const { return identity_; }

  void on_data(ByteView bytes) override;
  void on_closed(const std::string& reason) override { close(reason); }

 private:
  bool on_hello(ByteView payload);  // false: the link is closed

  PeerNetwork& network_;
  std::shared_ptr<Stream> stream_;
  const std::string remote_;
  FrameReader frames_{Hello::kBytes};
  std::optional<Identity> identity_;  // proven and admitted
  Timer deadline_;
  bool closed_ = false;
};

// Dialled: sends. Lives as long as the endpoint is listed, over many connections.
class OutboundLink final : public StreamHandler, public std::enable_shared_from_this<OutboundLink> {
 public:
  OutboundLink(PeerNetwork& network, PeerEndpoint peer);

  void dial();
  void abandon();  // for good and silently
  bool send(ByteView frame);
  bool connected() const { return identity_.has_value(); }
  void recheck();
  PeerStatus status() const;
  const std::string& endpoint() const { return peer_.endpoint; }

  void on_secured() override;
  void on_data(ByteView bytes) override;
  void on_drained() override { flush(); }
  void on_closed(const std::string& reason) override { lost(reason, "peer_lost"); }

 private:
  void dialled(Result<Fd> result);
  void on_hello(ByteView payload);
  void refused(const std::string& reason);  // the wrong seat, or not admitted: try again slowly
  void lost(const std::string& reason, std::string_view code);
  void reset();
  void redial_at(Time when);
  Duration backoff();
  void flush();
  void notify(bool connected);
  void notify_gone();

  PeerNetwork& network_;
  const PeerEndpoint peer_;
  Dial dial_;
  std::shared_ptr<Stream> stream_;
  FrameReader frames_{Hello::kBytes};
  std::optional<Identity> identity_;  // proven, admitted, and has admitted us
  std::optional<Identity> missed_;    // the same of the last link, until another stands
  Timer deadline_;                    // for the hello
  Timer redial_;
  Time attempt_since_{};
  Time connected_since_{};
  std::uint32_t failures_ = 0;  // attempts in a row that did not lead to a lasting link
  bool refused_ = false;        // the last attempt ended in refused()

  Bytes queue_;  // frames in their wire form; a prefix is with the stream already
  std::size_t queue_sent_ = 0;
  std::deque<std::uint64_t> frame_ends_;  // of the frames queued, counted since the link came up
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  bool flush_due_ = false;
  PeerStatus counters_;
};

// Who is on the other end, if its hello proves it.
Result<Identity> prove(const PeerConfig& config, const Stream& stream, ByteView hello);

}  // namespace dnc
