#include "chain.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace dnc::cluster {
namespace {

constexpr const char* kRpc = " --rpc-url http://127.0.0.1:8545 ";
constexpr const char* kMnemonic = "test test test test test test test test test test test junk";

}  // namespace

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Chain::Chain(const std::string& deployment_file) {
  std::ifstream file(deployment_file);
  if (!file) throw std::runtime_error("no deployment in " + deployment_file);
  contract_ = nlohmann::json::parse(file).at("address");
}

ShellResult Chain::cast(const std::string& arguments, Millis limit) const {
  return shell("node_modules/@foundry-rs/cast-linux-amd64/bin/cast " + arguments, limit);
}

std::string Chain::ask(const std::string& signature, const std::string& arguments) const {
  const ShellResult done = cast(
      "call" + std::string(kRpc) + contract_ + " '" + signature + "' " + arguments, Millis(5'000));
  if (!done.ok()) return "error: " + done.output;
  return done.output.substr(0, done.output.find_first_of(" \n"));
}

// One that is mined and reverts met a contract that changed since its gas was estimated, as by the
// cluster's own report in the same block. It is sent again, as anybody would.
ShellResult Chain::send(const std::string& key, const std::string& signature,
                        const std::string& arguments) const {
  const std::string command = "send" + std::string(kRpc) + "--private-key " + key + " " +
                              contract_ + " '" + signature + "' " + arguments;
  const ShellResult sent = cast(command);
  return sent.output.find("(failed)") == std::string::npos ? sent : cast(command);
}

std::uint64_t Chain::height() const {
  const ShellResult done = cast("block-number" + std::string(kRpc), Millis(5'000));
  return done.ok() ? std::strtoull(done.output.c_str(), nullptr, 10) : 0;
}

std::uint64_t Chain::time_of(std::uint64_t block) const {
  const ShellResult done =
      cast("block" + std::string(kRpc) + "-f timestamp " + std::to_string(block), Millis(5'000));
  return done.ok() ? std::strtoull(done.output.c_str(), nullptr, 10) : 0;
}

std::string Chain::balance(const std::string& address) const {
  return trimmed(cast("balance" + std::string(kRpc) + address, Millis(5'000)).output);
}

void Chain::fund(const std::string& address) const {
  cast("rpc" + std::string(kRpc) + "anvil_setBalance " + address + " 0xde0b6b3a7640000");
}

std::string Chain::current_leader() const {
  return lower(ask("currentLeader()(address)"));
}

std::string Chain::key(int account) const {
  return trimmed(
      cast("wallet private-key '" + std::string(kMnemonic) + "' " + std::to_string(account))
          .output);
}

std::string Chain::address_of(const std::string& key) const {
  return lower(trimmed(cast("wallet address " + key).output));
}

}  // namespace dnc::cluster
