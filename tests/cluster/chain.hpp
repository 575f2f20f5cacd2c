// The contract, asked and told as an operator would: with cast.
#pragma once

#include <string>

#include "shell.hpp"

namespace dnc::cluster {

class Chain {
 public:
  explicit Chain(const std::string& deployment_file);

  const std::string& contract() const { return contract_; }
  // The first word of the answer, or "error: ..." with what cast said.
  std::string ask(const std::string& signature, const std::string& arguments = "") const;
  // Waits for the receipt.
  ShellResult send(const std::string& key, const std::string& signature,
                   const std::string& arguments = "") const;
  ShellResult cast(const std::string& arguments, Millis limit = Millis(30'000)) const;
  std::uint64_t height() const;
  std::uint64_t time_of(std::uint64_t block) const;       // UTC seconds
  std::string balance(const std::string& address) const;  // wei
  void fund(const std::string& address) const;            // one ether
  std::string current_leader() const;                     // operator's address in lower case
  // Key of an account of anvil's published mnemonic.
  std::string key(int account) const;
  std::string address_of(const std::string& key) const;

 private:
  std::string contract_;
};

std::string lower(std::string text);

}  // namespace dnc::cluster
