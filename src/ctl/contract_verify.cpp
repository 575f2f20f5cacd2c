#include "ctl/contract_verify.hpp"

#include "core/base/hex.hpp"
#include "ctl/bytecode.hpp"

namespace dnc::ctl {
namespace {

constexpr const char* kImplementation = "DstackMembershipNFT";
constexpr const char* kFactory = "ClusterFactory";

class Verification {
 public:
  Verification(ChainClient& chain, const Deployment& deployment, const std::string& artifacts)
      : chain_(chain), deployment_(deployment), artifacts_(artifacts) {}

  Report run() {
    if (const auto implementation = clone()) {
      const auto code = compare("implementation", kImplementation, *implementation);
      if (code && code->is_of_one_size()) libraries(*code);
    }
    if (deployment_.factory) compare("factory", kFactory, *deployment_.factory);
    return std::move(report_);
  }

 private:
  void add(Finding finding) { report_.push_back(std::move(finding)); }

  // The implementation, if there is one to look at.
  std::optional<Address> clone() {
    const auto code = chain_.code(deployment_.contract);
    const std::string here = to_hex0x(deployment_.contract);
    if (!code) {
      add(unknown("clone", code.error()));
      return std::nullopt;
    }
    const auto target = clone_target(*code);
    if (!target) {
      add(refusal(
          "clone",
          code->empty() ? "there is no code at " + here : here + " is not an EIP-1167 clone",
          "is this the chain of the deployment file?"));
      return std::nullopt;
    }
    const std::string said = here + " forwards to " + to_hex0x(*target);
    if (deployment_.implementation && *deployment_.implementation != *target) {
      add(refusal("clone",
                  said + ", the deployment file names " + to_hex0x(*deployment_.implementation),
                  "the file or the address is not that of this cluster"));
    } else {
      add(passed("clone", said));
    }
    return target;
  }

  // The code that was found and the artifact it was compared with, if both could be had.
  struct Compared {
    Artifact artifact;
    Bytes code;

    // Else the places of its libraries hold something else.
    bool is_of_one_size() const { return artifact.code.size() == code.size(); }
  };
  std::optional<Compared> compare(const std::string& part, const std::string& name,
                                  const Address& address) {
    auto artifact = read_artifact(artifacts_, name);
    if (!artifact) {
      add(unknown(part, artifact.error()));
      return std::nullopt;
    }
    auto code = chain_.code(address);
    if (!code) {
      add(unknown(part, code.error()));
      return std::nullopt;
    }
    for (auto& finding : compare_code(part, *artifact, address, *code))
      add(std::move(finding));
    return Compared{std::move(*artifact), std::move(*code)};
  }

  void libraries(const Compared& implementation) {
    for (const auto& [name, places] : implementation.artifact.libraries) {
      const std::string part = "library " + name;
      const auto address = linked_library(implementation.artifact, name, implementation.code);
      if (!address) {
        add(refusal(part, "the implementation is not linked to one address of it",
                    "see the code of the implementation above"));
        continue;
      }
      const auto named = deployment_.libraries.find(name);
      if (named != deployment_.libraries.end() && named->second != *address) {
        add(refusal(part + " address",
                    "linked to " + to_hex0x(*address) + ", the deployment file names " +
                        to_hex0x(named->second),
                    "the library was replaced, or the file is another deployment's"));
      } else {
        add(passed(part + " address", to_hex0x(*address)));
      }
      const auto code = compare(part, name, *address);
      if (code && code->is_of_one_size()) libraries(*code);
    }
  }

  ChainClient& chain_;
  const Deployment& deployment_;
  const std::string& artifacts_;
  Report report_;
};

}  // namespace

Report verify_contract(ChainClient& chain, const Deployment& deployment,
                       const std::string& artifacts) {
  return Verification(chain, deployment, artifacts).run();
}

ExitCode run_contract_verify(const std::string& artifacts, const ChainOptions& options,
                             Output output) {
  auto connection = connect(options);
  if (!connection) {
    complain(connection.error());
    return kCannotTell;
  }
  return print(verify_contract(*connection->chain, connection->deployment, artifacts), output);
}

}  // namespace dnc::ctl
