// For the tests of this room: a node that does as it is told, and the API behind a server.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/consensus/codec.hpp"
#include "core/services/services.hpp"
#include "io/api/api.hpp"
#include "io/base/json.hpp"
#include "io/net/listener.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc {

// A node that commits at once, unless it is told to refuse.
class FakeNode : public NodeView {
 public:
  explicit FakeNode(const std::vector<ServiceKind>& own = {}) : services(own) {}

  NodeStatus status() const override { return state; }

  void write(Operation operation, std::function<void(const WriteReply&)> done) override {
    writes.push_back(operation);
    WriteReply reply;
    reply.error = refusal;
    if (refusal.empty()) {
      reply.seq = seq = seq.next();
      reply.term = {7};
      reply.result = services.apply(seq, operation.command);
      services.commit(seq);
      blocks[seq].body.operations = {{{}, {}}, operation};
    }
    done(reply);
  }

  void read(Bytes query, bool linearizable, std::function<void(const ReadReply&)> done) override {
    reads.push_back(linearizable);
    ReadReply reply;
    reply.error = refusal;
    if (refusal.empty()) {
      reply.seq = seq;
      reply.result = services.query(query);
    }
    done(reply);
  }

  RelayReply relay(const Bytes& calldata) override {
    relayed.push_back(calldata);
    return relay_reply;
  }

  Status recover(const RecoveryConsent& consent) override {
    consents.push_back(consent);
    return recover_reply;
  }

  Status switchover(const SwitchoverOrder& order) override {
    orders.push_back(order);
    return switchover_reply;
  }

  const Block* block(SeqNo at) const override {
    const auto found = blocks.find(at);
    return found == blocks.end() ? nullptr : &found->second;
  }
  SeqNo pruned_upto() const override { return pruned; }

  Result<Receipt> receipt(SeqNo at, std::size_t operation) const override {
    asked_receipts.emplace_back(at, operation);
    return receipt_reply;
  }

  Result<BackupHead> backup() const override { return backup_reply; }
  SnapshotPtr snapshot(SeqNo at) const override {
    return kept && kept->seq() == at ? kept : nullptr;
  }
  std::vector<Accusation> accusations() const override { return accused; }

  void attest(const Hash& nonce, std::function<void(const Result<std::string>&)> done) override {
    asked_nonces.push_back(nonce);
    done(attestation_reply);
  }

  Result<BackupHead> backup_reply = Error{"no_proof", "nothing committed", "ask another"};
  SnapshotPtr kept;
  std::vector<Accusation> accused;
  Result<std::string> attestation_reply = std::string(R"({"seat":2})");
  std::vector<Hash> asked_nonces;
  Result<Receipt> receipt_reply = Error{"receipt_gone", "gone", "ask earlier"};
  mutable std::vector<std::pair<SeqNo, std::size_t>> asked_receipts;
  Status recover_reply = ok_status();
  std::vector<RecoveryConsent> consents;
  Status switchover_reply = ok_status();
  std::vector<SwitchoverOrder> orders;
  NodeStatus state;
  RelayReply relay_reply;
  std::vector<Bytes> relayed;
  std::string refusal;
  Services services;
  SeqNo seq;
  SeqNo pruned;
  std::map<SeqNo, Block> blocks;
  std::vector<Operation> writes;
  std::vector<bool> reads;
};

struct Answer {
  int status = 0;
  std::string head;
  std::string text;
  Json body;

  bool has(const std::string& header) const {
    return head.find("\r\n" + header + "\r\n") != std::string::npos;
  }
  std::string code() const {
    return body.is_object() && body.contains("error") ? body["error"].value("code", "") : "";
  }
};

template <std::uint8_t byte, class Fixed>
Fixed filled() {
  Fixed value;
  value.bytes.fill(byte);
  return value;
}

// The API behind a server on loopback. The node is touched between requests only.
class ApiTest : public ::testing::Test {
 protected:
  // With the services of an application, if any, and their routes.
  explicit ApiTest(const std::vector<ServiceKind>& services = {},
                   const std::vector<Routes>& routes = {})
      : node_(services), api_(node_, events_, peers_, load_, routes) {
    listener_.emplace(loop_, ListenerConfig{.http = &server_});
    port_ = listener_->listen("127.0.0.1", 0).value();
    thread_.emplace(loop_);
  }
  ~ApiTest() override { thread_.reset(); }

  // `headers` are whole lines.
  Answer ask(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& headers = "") {
    test::Client client(port_);
    client.send(method + " " + target + " HTTP/1.1\r\nHost: x\r\n" + headers +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    const std::string all = client.response(method == "HEAD");
    Answer answer;
    const auto end = all.find("\r\n\r\n");
    if (end == std::string::npos) return answer;
    answer.status = std::stoi(all.substr(9, 3));
    answer.head = all.substr(0, end + 2);
    answer.text = all.substr(end + 4);
    const auto json = parse_json(answer.text);
    if (json) answer.body = *json;
    return answer;
  }
  Answer get(const std::string& target) { return ask("GET", target); }
  Answer increment(const std::string& body, const std::string& headers = "") {
    return ask("POST", "/increment", body, headers);
  }

  void expect_error(const Answer& answer, int status, const std::string& code) {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.code(), code) << answer.text;
    EXPECT_TRUE(answer.has("Content-Type: application/json"));
    EXPECT_EQ(answer.has("Retry-After: 1"), status == 503) << answer.head;
    ASSERT_TRUE(answer.body.is_object()) << answer.text;
    EXPECT_NE(answer.body["error"].value("message", ""), "");
    EXPECT_NE(answer.body["error"].value("hint", ""), "");
  }

  void fill_log(std::uint64_t size) {
    for (std::uint64_t seq = 1; seq <= size; ++seq) {
      Block block;
      block.header.seq = {seq};
      node_.blocks.emplace(SeqNo{seq}, block);
    }
  }

  EventLoop loop_;
  FakeNode node_;
  Load load_{loop_, node_};
  EventStream events_{loop_, node_, load_};
  PeerList peers_{loop_, node_};
  Api api_;
  HttpServer server_{loop_, [this](const HttpRequest& request, const HttpReplier& reply) {
                       api_.handle(request, reply);
                     }};
  std::optional<Listener> listener_;
  std::uint16_t port_ = 0;
  std::optional<test::LoopThread> thread_;
};

}  // namespace dnc
