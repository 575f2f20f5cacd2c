#include "io/net/blocking_http_server.hpp"

namespace dnc {

BlockingHttpServer::BlockingHttpServer(EventLoop& loop, Answer answer)
    : loop_(loop),
      answer_(std::move(answer)),
      server_(loop, [this](HttpRequest request,
                           const HttpReplier& reply) { take(std::move(request), reply); }),
      listener_(loop,
                {.http = &server_, .peers = nullptr, .tls = nullptr, .limits = {}, .log = {}}),
      worker_([this] { work(); }) {}

BlockingHttpServer::~BlockingHttpServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  worker_.join();
}

Result<std::uint16_t> BlockingHttpServer::listen(const std::string& host, std::uint16_t port) {
  return listener_.listen(host, port);
}

void BlockingHttpServer::take(HttpRequest request, const HttpReplier& reply) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= kWaitingRequestsMax) {
    HttpResponse response;
    response.status = 503;
    response.body = R"({"error":"too many requests wait"})";
    return reply(std::move(response));
  }
  waiting_.emplace_back(std::move(request), reply);
  changed_.notify_one();
}

void BlockingHttpServer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    auto [request, reply] = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    HttpResponse response = answer_(request);
    loop_.post(
        [reply = reply, response = std::move(response)]() mutable { reply(std::move(response)); });
    lock.lock();
  }
}

}  // namespace dnc
