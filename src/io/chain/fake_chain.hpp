// For the tests of this room: an Ethereum node in a thread, as wicked as a test wants it.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/eth/abi.hpp"
#include "io/chain/json_rpc.hpp"

namespace dnc {

inline constexpr auto kTestDeadline = std::chrono::seconds(60);

// Waits until `ready` is true; false when it never becomes so.
inline bool eventually(const std::function<bool()>& ready) {
  const auto deadline = std::chrono::steady_clock::now() + kTestDeadline;
  while (!ready()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 2);
  }
  return true;
}

class FakeChain {
 public:
  static constexpr std::uint64_t kFirstTime = 1'700'000'000;

  enum class Mood { honest, hang, garbage, error_500 };

  explicit FakeChain(std::uint16_t port = 0) {
    contract_.bytes.fill(0xc0);
    blocks_.push_back(hash_of(0, 0));
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(port);
    CHECK(::bind(listener_, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    CHECK(::listen(listener_, 16) == 0);
    socklen_t size = sizeof at;
    CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeChain() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  FakeChain(const FakeChain&) = delete;
  FakeChain& operator=(const FakeChain&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::uint16_t port() const { return port_; }
  const Address& contract() const { return contract_; }

  void set_mood(Mood mood) {
    locked([&] { mood_ = mood; });
  }
  void set_chain_id(std::uint64_t id) {
    locked([&] { chain_id_ = id; });
  }
  void set_leader_term(std::uint64_t term) {
    locked([&] { leader_term_ = term; });
  }
  void set_record_block(std::uint64_t block) {
    locked([&] { record_block_ = block; });
  }
  void set_settled(const std::string& tag, std::uint64_t block) {
    locked([&] { settled_[tag] = block; });
  }
  void set_kms_root(const Address& root) {
    locked([&] { kms_root_ = root; });
  }
  void set_instance(const Address& instance) {
    locked([&] { instance_ = instance; });
  }
  void set_supports_interfaces(bool supports) {
    locked([&] { supports_interfaces_ = supports; });
  }
  void set_seats(std::uint64_t seats) {
    locked([&] { seats_ = seats; });
  }
  void forget_eip1898() {
    locked([&] { pins_by_hash_ = false; });
  }
  void mine(int count = 1) {
    locked([&] {
      for (; count > 0; --count)
        add_block();
    });
  }
  // Replaces the newest `depth` blocks by `instead` others.
  void reorg(std::size_t depth, int instead) {
    locked([&] {
      blocks_.resize(blocks_.size() - depth);
      ++fork_;
      for (; instead > 0; --instead)
        add_block();
    });
  }
  std::uint64_t height() {
    return locked([&] { return blocks_.size() - 1; });
  }
  Hash head() {
    return locked([&] { return blocks_.back(); });
  }
  std::size_t requests() {
    return locked([&] { return requests_; });
  }

  // Transactions: what eth_call and eth_estimateGas say, and what becomes of what is sent.
  void set_revert(std::string data) {
    locked([&] { revert_ = std::move(data); });
  }
  void set_send_errors(std::vector<std::string> errors) {
    locked([&] { send_errors_ = std::move(errors); });
  }
  void set_auto_mine(bool on) {
    locked([&] { auto_mine_ = on; });
  }
  void set_transaction_count(std::uint64_t count) {
    locked([&] { count_ = count; });
  }
  void set_status(const char* status) {
    locked([&] { status_ = status; });
  }
  void swallow_next_send() {
    locked([&] { swallow_ = true; });
  }
  std::vector<Bytes> sent() {
    return locked([&] { return sent_; });
  }
  void mine_transaction(std::size_t index) {
    locked([&] {
      add_block();
      mined_[keccak256(sent_.at(index))] = blocks_.size() - 1;
    });
  }

 private:
  template <class F>
  std::invoke_result_t<F> locked(F action) {
    const std::lock_guard lock(mutex_);
    return action();
  }
  static Hash hash_of(std::uint64_t number, std::uint64_t fork) {
    Writer out;
    out.u64(number);
    out.u64(fork);
    return keccak256(out.bytes());
  }
  void add_block() { blocks_.push_back(hash_of(blocks_.size(), fork_)); }

  Json block_json(std::size_t number) const {
    if (number >= blocks_.size()) return nullptr;
    return {{"number", U256(number).to_hex0x()},
            {"hash", to_hex0x(blocks_[number])},
            {"timestamp", U256(kFirstTime + number).to_hex0x()},
            {"parentHash", to_hex0x(number > 0 ? blocks_[number - 1] : Hash{})},
            {"baseFeePerGas", "0x3b9aca00"}};
  }
  static Json failure(int code, const std::string& message) {
    return {{"error", {{"code", code}, {"message", message}}}};
  }

  Bytes view(ByteView call) const {
    const auto is = [&](std::string_view signature) {
      const Selector wanted = selector(signature);
      return call.size() >= 4 && std::equal(wanted.begin(), wanted.end(), call.begin());
    };
    if (is("leadership()")) {
      AbiEncoder out;
      out.number(1).number(leader_term_).number(1).number(1).flag(false);
      return out.number(3).number(2).number(3).number(0).encode();
    }
    if (is("generationRecord()")) {
      AbiEncoder record;
      record.number(record_block_ > 0 ? 1 : 0).number(1).number(1).number(1).number(0).word({});
      record.tuples({}).words({}).number(record_block_);
      return AbiEncoder().tuple(record).encode();
    }
    if (is("supportsInterface(bytes4)")) return AbiEncoder().flag(supports_interfaces_).encode();
    if (is("kmsRoot()")) return AbiEncoder().address(kms_root_).encode();
    if (is("tokenToInstance(uint256)")) return AbiEncoder().fixed_bytes(instance_.view()).encode();
    if (!is("members(uint256,uint256)")) return {};
    AbiDecoder arguments(call.subspan(4));
    const std::uint64_t offset = arguments.u64();
    const std::uint64_t limit = arguments.u64();
    std::vector<AbiEncoder> page;
    for (std::uint64_t seat = offset + 1; seat <= std::min(offset + limit, seats_); ++seat) {
      AbiEncoder member;
      member.number(seat).address(contract_).address(contract_).number(0).number(1);
      member.address(contract_).address(contract_).flag(true).flag(true).flag(false);
      page.push_back(member.text("127.0.0.1:" + std::to_string(7000 + seat)));
    }
    return AbiEncoder().tuples(page).number(seats_).encode();
  }

  Json eth_call(const Json& params) const {
    if (!revert_.empty()) {
      return {{"error", {{"code", 3}, {"message", "execution reverted"}, {"data", revert_}}}};
    }
    const Json& at = params[1];
    if (at.is_object()) {
      if (!pins_by_hash_) return failure(-32602, "invalid argument 1");
      const auto wanted = *json_fixed<Hash>(at, "blockHash");
      if (std::find(blocks_.begin(), blocks_.end(), wanted) == blocks_.end()) {
        return failure(-32001, "block not found");
      }
    }
    if (params[0]["to"] != to_hex0x(contract_)) return {{"result", "0x"}};
    return {{"result", to_hex0x(view(*from_hex(params[0]["data"].get<std::string>())))}};
  }
  Json send_raw(const Json& params) {
    if (!send_errors_.empty()) {
      const std::string error = send_errors_.front();
      send_errors_.erase(send_errors_.begin());
      if (!error.empty()) return failure(-32000, error);
    }
    const Bytes raw = *from_hex(params[0].get<std::string>());
    sent_.push_back(raw);
    if (auto_mine_) {
      add_block();
      mined_[keccak256(raw)] = blocks_.size() - 1;
      ++count_;
    }
    return {{"result", to_hex0x(keccak256(raw))}};
  }
  Json receipt(const Json& params) const {
    const auto found = mined_.find(*fixed_from_hex<Hash>(params[0].get<std::string>()));
    if (found == mined_.end()) return {{"result", nullptr}};
    return {{"result", {{"blockNumber", U256(found->second).to_hex0x()}, {"status", status_}}}};
  }

  Json answer_one(const Json& request) {
    const std::string method = request["method"];
    const Json& params = request["params"];
    Json answer = failure(-32601, "method not found: " + method);
    if (method == "eth_chainId") answer = {{"result", U256(chain_id_).to_hex0x()}};
    if (method == "eth_call") answer = eth_call(params);
    if (method == "eth_sendRawTransaction") answer = send_raw(params);
    if (method == "eth_getTransactionReceipt") answer = receipt(params);
    if (method == "eth_maxPriorityFeePerGas") answer = {{"result", "0x1"}};
    if (method == "eth_getTransactionCount") answer = {{"result", U256(count_).to_hex0x()}};
    if (method == "eth_estimateGas") answer = {{"result", "0x5208"}};
    if (method == "eth_getBlockByNumber") {
      const std::string tag = params[0];
      const std::size_t number = tag == "latest" ? blocks_.size() - 1
                                 : tag == "safe" || tag == "finalized"
                                     ? settled_[tag]
                                     : *U256::from_hex(tag)->to_u64();
      answer = {{"result", block_json(number)}};
    }
    answer["jsonrpc"] = "2.0";
    answer["id"] = request["id"];
    return answer;
  }

  // The answer's bytes; empty: none, the connection stays silent.
  std::string respond(const std::string& body) {
    const std::lock_guard lock(mutex_);
    ++requests_;
    if (mood_ == Mood::hang) return {};
    std::string text = "{\"id\":[}";
    if (mood_ == Mood::honest) {
      const Json request = *parse_json(body);
      Json answer;
      if (request.is_array()) {
        for (const auto& call : request)
          answer.push_back(answer_one(call));
      } else {
        answer = answer_one(request);
      }
      if (request.is_object() && request["method"] == "eth_sendRawTransaction" &&
          std::exchange(swallow_, false)) {
        return {};
      }
      text = dump_json(answer);
    }
    const char* status = mood_ == Mood::error_500 ? "500 Oops" : "200 OK";
    return std::string("HTTP/1.1 ") + status +
           "\r\ncontent-type: application/json\r\ncontent-length: " + std::to_string(text.size()) +
           "\r\n\r\n" + text;
  }

  // Takes a whole request out of `input`; false when there is none yet.
  static bool take_request(std::string& input, std::string& body) {
    const auto end = input.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::string head = input.substr(0, end);
    std::transform(head.begin(), head.end(), head.begin(), ::tolower);
    const auto at = head.find("content-length:");
    const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + 15));
    if (input.size() < end + 4 + length) return false;
    body = input.substr(end + 4, length);
    input.erase(0, end + 4 + length);
    return true;
  }

  // Reads what there is; false when the connection is over.
  bool attend(int fd, std::string& input) {
    char buffer[65536];
    const ssize_t size = ::recv(fd, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    input.append(buffer, static_cast<std::size_t>(size));
    std::string body;
    while (take_request(input, body)) {
      const std::string answer = respond(body);
      if (!answer.empty()) ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    return true;
  }

  void serve() {
    std::map<int, std::string> connections;
    while (!stopping_) {
      std::vector<pollfd> wanted{{listener_, POLLIN, 0}};
      for (const auto& [fd, input] : connections)
        wanted.push_back({fd, POLLIN, 0});
      ::poll(wanted.data(), wanted.size(), 10);
      if (wanted[0].revents != 0) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd >= 0) connections[fd];
      }
      for (std::size_t i = 1; i < wanted.size(); ++i) {
        if (wanted[i].revents == 0 || attend(wanted[i].fd, connections[wanted[i].fd])) continue;
        ::close(wanted[i].fd);
        connections.erase(wanted[i].fd);
      }
    }
    for (const auto& [fd, input] : connections)
      ::close(fd);
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  Address contract_;
  std::thread thread_;

  std::mutex mutex_;  // guards what follows
  Mood mood_ = Mood::honest;
  std::uint64_t chain_id_ = 31337;
  std::vector<Hash> blocks_;
  std::uint64_t fork_ = 0;
  std::uint64_t leader_term_ = 1;
  std::uint64_t record_block_ = 0;
  std::map<std::string, std::uint64_t> settled_;
  std::uint64_t seats_ = 3;
  Address kms_root_ = contract_;
  Address instance_;
  bool supports_interfaces_ = true;
  std::size_t requests_ = 0;
  bool pins_by_hash_ = true;
  std::string revert_;
  std::vector<std::string> send_errors_;
  std::vector<Bytes> sent_;
  std::map<Hash, std::uint64_t> mined_;
  std::uint64_t count_ = 0;
  const char* status_ = "0x1";
  bool auto_mine_ = true;
  bool swallow_ = false;
};

}  // namespace dnc
