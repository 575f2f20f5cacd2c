// Serves dstack's guest agent API from a development root key, for machines without an enclave.
#include <CLI/CLI.hpp>
#include <iostream>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "io/base/log.hpp"
#include "io/dstack/guest_agent_sim_server.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

struct Arguments {
  std::string socket;
  std::string kms_root;
  std::string app_id;
  std::string instance_seed;
  std::string state;
  std::string compose_hash;
  bool print_kms_root = false;
};

Error bad_argument(const char* name, const char* expected) {
  return {"bad_argument", std::string(name) + " must be " + expected, "see --help"};
}

Result<Bytes> instance_seed(const Arguments& arguments) {
  if (!arguments.instance_seed.empty()) {
    auto seed = from_hex(arguments.instance_seed);
    if (!seed || seed->empty()) return bad_argument("--instance-seed", "hex");
    return std::move(*seed);
  }
  if (arguments.state.empty()) return bad_argument("--state or --instance-seed", "given");
  const Status directory = ensure_directory(arguments.state, 0700);
  if (!directory) return directory.error();
  return load_or_create_instance_seed(std::filesystem::path(arguments.state) / "instance_seed");
}

Result<GuestAgentSimConfig> configure(const Arguments& arguments, const PrivateKey& root) {
  const auto app_id = fixed_from_hex<Address>(arguments.app_id);
  if (!app_id) return bad_argument("--app-id", "an address of 20 bytes in hex");
  const auto compose_hash = fixed_from_hex<Hash>(arguments.compose_hash);
  if (!compose_hash) return bad_argument("--compose-hash", "32 bytes in hex");
  const auto seed = instance_seed(arguments);
  if (!seed) return seed.error();
  return GuestAgentSimConfig{root, *app_id, instance_id_of(*seed, *app_id), *compose_hash};
}

Status serve(const Arguments& arguments) {
  const auto root = load_or_create_kms_root(arguments.kms_root);
  if (!root) return root.error();
  if (arguments.print_kms_root) {
    std::cout << to_hex0x(root->address()) << std::endl;
    return ok_status();
  }
  const auto config = configure(arguments, *root);
  if (!config) return config.error();
  if (arguments.socket.empty()) return bad_argument("--socket", "given");

  EventLoop loop;
  GuestAgentSimServer server(loop, *config);
  loop.on_signal([&loop](int) { loop.stop(); });
  const Status listening = server.listen(arguments.socket);
  if (!listening) return listening;
  log_info("guest_agent_simulated", {{"socket", arguments.socket},
                                     {"app_id", config->app_id},
                                     {"instance_id", config->instance_id},
                                     {"kms_root", root->address()}});
  loop.run();
  server.close();
  return ok_status();
}

}  // namespace
}  // namespace dnc

int main(int argc, char** argv) {
  dnc::Arguments arguments;
  CLI::App app("Stand-in for the dstack guest agent. For development only: it proves nothing.");
  app.add_option("--socket", arguments.socket, "unix socket to serve on");
  app.add_option("--kms-root", arguments.kms_root, "file of the root key, made if missing")
      ->required();
  app.add_option("--app-id", arguments.app_id, "app id: the address of the contract");
  app.add_option("--instance-seed", arguments.instance_seed, "seed of the instance id, in hex");
  app.add_option("--state", arguments.state, "directory that keeps the seed over restarts");
  app.add_option("--compose-hash", arguments.compose_hash, "compose hash to report, in hex")
      ->default_val("0x" + std::string(64, '0'));
  app.add_flag("--print-kms-root", arguments.print_kms_root,
               "print the address of the root key and exit");
  CLI11_PARSE(app, argc, argv);

  const dnc::Status status = dnc::serve(arguments);
  if (status) return 0;
  dnc::log_failure("guest_agent_sim_failed", status.error());
  return 1;
}
