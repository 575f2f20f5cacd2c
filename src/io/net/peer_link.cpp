#include "io/net/peer_link.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/hex.hpp"

namespace dnc {

namespace {

constexpr std::size_t kChunkBytes = 256u << 10;  // encrypted at once: bounds memory and delay

std::string name_of(const Identity& identity) {
  return "seat " + std::to_string(identity.seat.value) + " epoch " +
         std::to_string(identity.epoch.value) + " key " + to_hex0x(identity.boot_key);
}

Error hello_error(const std::string& message) {
  return {"bad_hello", message, ""};
}

}  // namespace

Result<Identity> prove(const PeerConfig& config, const Stream& stream, ByteView hello) {
  const auto said = decode_hello(hello);
  if (!said) return hello_error("the hello is malformed or of another protocol version");
  const auto key_hash = stream.peer_key_hash();
  if (!key_hash) return hello_error("the peer has shown no certificate");
  const Hash digest = config.digest_of(*key_hash, said->identity);
  const auto signer = config.recover_signer(digest, said->signature);
  if (!signer || *signer != said->identity.boot_key) {
    return hello_error("the TLS key is not signed by the boot key of " + name_of(said->identity));
  }
  return said->identity;
}

InboundLink::InboundLink(PeerNetwork& network, std::shared_ptr<Stream> stream)
    : network_(network), stream_(std::move(stream)), remote_(stream_->remote()) {}

void InboundLink::begin() {
  set_dead_after(stream_->fd(), network_.config_.limits.dead_after);
  stream_->set_handler(shared_from_this());
  deadline_ = network_.loop_.after(network_.config_.limits.hello_max,
                                   [this] { close("no hello in time"); });
}

void InboundLink::on_data(ByteView bytes) {
  frames_.feed(bytes);
  ByteView payload;
  while (!closed_) {
    switch (frames_.next(payload)) {
      case FrameReader::Next::more:
        return;
      case FrameReader::Next::bad:
        return close("a frame is empty or too long");
      case FrameReader::Next::frame:
        break;
    }
    if (!identity_) {
      if (!on_hello(payload)) return;
    } else if (!network_.config_.admit(*identity_)) {
      return close("no longer admitted");
    } else {
      network_.config_.on_frame(*identity_, Bytes(payload.begin(), payload.end()));
    }
  }
}

bool InboundLink::on_hello(ByteView payload) {
  const auto proven = prove(network_.config_, *stream_, payload);
  if (!proven) {
    close(proven.error().message);
    return false;
  }
  if (!network_.config_.admit(*proven)) {
    close("not admitted: " + name_of(*proven));
    return false;
  }
  if (!network_.make_room(*proven)) {
    close("too many links");
    return false;
  }
  deadline_.cancel();
  identity_ = *proven;
  frames_.set_max(kFrameBytesMax);
  Bytes hello;
  append_frame(encode(Hello{network_.config_.self, network_.config_.hello}), hello);
  stream_->write(hello);
  stream_->flush();
  return true;
}

void InboundLink::close(const std::string& reason) {
  if (closed_) return;
  const auto self = shared_from_this();
  abandon();
  network_.log_.tell(network_.loop_.now(), identity_ ? "peer_gone" : "peer_refused",
                     remote_ + (identity_ ? " " + name_of(*identity_) : "") + ": " + reason);
  network_.forget(this);
}

void InboundLink::abandon() {
  closed_ = true;
  deadline_.cancel();
  stream_->close();
}

OutboundLink::OutboundLink(PeerNetwork& network, PeerEndpoint peer)
    : network_(network), peer_(std::move(peer)) {
  counters_.seat = peer_.seat;
  counters_.endpoint = peer_.endpoint;
}

void OutboundLink::dial() {
  redial_.cancel();
  attempt_since_ = network_.loop_.now();
  refused_ = false;
  ++counters_.dials;
  dial_ = Dial(network_.loop_, peer_.endpoint, network_.config_.limits.connect_max,
               [this](Result<Fd> result) { dialled(std::move(result)); });
}

void OutboundLink::dialled(Result<Fd> result) {
  if (!result) {
    if (result.error().code == "dial_refused") notify_gone();
    return lost(result.error().message, "peer_unreachable");
  }
  const PeerLimits& limits = network_.config_.limits;
  set_dead_after(result->get(), limits.dead_after);
  stream_ = make_stream(network_.loop_, std::move(*result));
  stream_->set_handler(shared_from_this());
  deadline_ =
      network_.loop_.after(limits.hello_max, [this] { lost("no hello in time", "peer_lost"); });
  stream_->secure_client(network_.config_.tls->client_context(), host_name_of(peer_.endpoint));
  stream_->start();
}

void OutboundLink::on_secured() {
  if (stream_->alpn() != kPeerProtocol) return refused("the endpoint does not speak to peers");
  Bytes hello;
  append_frame(encode(Hello{network_.config_.self, network_.config_.hello}), hello);
  stream_->write(hello);
  stream_->flush();
}

void OutboundLink::on_data(ByteView bytes) {
  if (connected()) return refused("sends on a connection that it accepted");
  frames_.feed(bytes);
  ByteView payload;
  switch (frames_.next(payload)) {
    case FrameReader::Next::more:
      return;
    case FrameReader::Next::bad:
      return refused("the hello is empty or too long");
    case FrameReader::Next::frame:
      return on_hello(payload);
  }
}

void OutboundLink::on_hello(ByteView payload) {
  const auto proven = prove(network_.config_, *stream_, payload);
  if (!proven) return refused(proven.error().message);
  if (proven->seat != peer_.seat) return refused("answers as " + name_of(*proven));
  if (!network_.config_.admit(*proven)) return refused("not admitted: " + name_of(*proven));
  deadline_.cancel();
  identity_ = missed_ = *proven;
  connected_since_ = network_.loop_.now();
  network_.log_.tell(connected_since_, "peer_connected", peer_.endpoint + " " + name_of(*proven));
  notify(true);
}

void OutboundLink::refused(const std::string& reason) {
  const Duration pause = network_.config_.limits.refused_retry;
  lost(reason, "peer_refused");
  refused_ = true;
  redial_at(network_.loop_.now() + pause);
}

void OutboundLink::lost(const std::string& reason, std::string_view code) {
  const Time now = network_.loop_.now();
  network_.log_.tell(
      now, code, "seat " + std::to_string(peer_.seat.value) + " " + peer_.endpoint + ": " + reason);
  const Duration least = network_.config_.limits.redial_min;
  const bool stood = connected() && now - connected_since_ >= least;
  failures_ = stood ? 0 : failures_ + 1;
  if (connected()) notify(false);
  reset();
  // Whether the process behind a link that stood is gone must be known at once.
  redial_at(stood ? now : attempt_since_ + backoff());
}

void OutboundLink::reset() {
  dial_ = Dial();
  deadline_.cancel();
  if (const auto stream = std::exchange(stream_, nullptr)) stream->close();
  frames_ = FrameReader(Hello::kBytes);
  identity_.reset();
  counters_.dropped_frames += frame_ends_.size();
  Bytes().swap(queue_);
  frame_ends_.clear();
  queue_sent_ = 0;
  bytes_in_ = bytes_out_ = 0;
}

// Counted from the start of the last attempt: one that took its whole second is repeated at once,
// so that a healed network is noticed within a second.
void OutboundLink::redial_at(Time when) {
  const Time now = network_.loop_.now();
  const Duration delay = std::max<Duration>(when - now, Duration{1});
  redial_ = network_.loop_.after(delay, [this] { dial(); });
}

Duration OutboundLink::backoff() {
  const PeerLimits& limits = network_.config_.limits;
  Duration delay = limits.redial_min;
  for (std::uint32_t i = 1; i < failures_ && delay < limits.redial_max; ++i)
    delay *= 2;
  delay = std::min(delay, limits.redial_max);
  const auto half = static_cast<std::uint64_t>(delay.count()) / 2;
  return delay - Duration{static_cast<std::int64_t>(network_.jitter_.below(half + 1))};
}

void OutboundLink::abandon() {
  redial_.cancel();
  reset();
}

bool OutboundLink::send(ByteView frame) {
  const PeerLimits& limits = network_.config_.limits;
  const std::size_t queued = queue_.size() - queue_sent_;
  if (!connected() || frame_ends_.size() >= limits.queue_frames_max ||
      queued + kFrameHeaderBytes + frame.size() > limits.queue_bytes_max) {
    ++counters_.dropped_frames;
    return false;
  }
  append_frame(frame, queue_);
  bytes_in_ += kFrameHeaderBytes + frame.size();
  frame_ends_.push_back(bytes_in_);
  if (!flush_due_) {  // once per turn of the loop: many frames, one write
    flush_due_ = true;
    network_.loop_.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->flush();
    });
  }
  return true;
}

void OutboundLink::flush() {
  flush_due_ = false;
  while (stream_ && stream_->unsent() == 0 && queue_sent_ < queue_.size()) {
    const std::size_t size = std::min(kChunkBytes, queue_.size() - queue_sent_);
    stream_->write(ByteView(queue_).subspan(queue_sent_, size));
    stream_->flush();
    queue_sent_ += size;
    bytes_out_ += size;
    while (!frame_ends_.empty() && frame_ends_.front() <= bytes_out_) {
      frame_ends_.pop_front();
      ++counters_.sent_frames;
    }
  }
  if (queue_sent_ == queue_.size()) {
    queue_.clear();
    if (queue_.capacity() > 4 * kChunkBytes) Bytes().swap(queue_);
    queue_sent_ = 0;
  } else if (queue_sent_ > queue_.size() / 2) {
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(queue_sent_));
    queue_sent_ = 0;
  }
}

void OutboundLink::recheck() {
  if (connected() && !network_.config_.admit(*identity_)) return refused("no longer admitted");
  if (refused_ && redial_.pending()) dial();
}

PeerStatus OutboundLink::status() const {
  PeerStatus status = counters_;
  status.connected = connected();
  status.identity = identity_;
  status.queued_bytes = queue_.size() - queue_sent_;
  return status;
}

void OutboundLink::notify(bool connected) {
  if (!network_.config_.on_link) return;
  network_.loop_.post([weak = weak_from_this(), connected] {
    if (const auto self = weak.lock()) self->network_.config_.on_link(self->peer_.seat, connected);
  });
}

void OutboundLink::notify_gone() {
  if (!missed_ || !network_.config_.on_gone) return;
  network_.loop_.post([weak = weak_from_this(), gone = *missed_] {
    if (const auto self = weak.lock()) self->network_.config_.on_gone(gone);
  });
}

}  // namespace dnc
