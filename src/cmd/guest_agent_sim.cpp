// Serves dstack's guest agent API with keys of a development KMS, for machines without an enclave.
#include <CLI/CLI.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "io/base/file.hpp"
#include "io/base/log.hpp"
#include "io/dstack/guest_agent_sim_server.hpp"
#include "io/dstack/simulated_boot.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

constexpr std::size_t kComposeSizeMax = 50u << 20;  // dstack's own limit

struct Arguments {
  std::string socket;
  std::string kms;
  std::string app_id;
  std::string instance_seed;
  std::string state;
  std::string compose;
  std::string os_image_hash;
  std::string device_id;
  std::string tcb_status;
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

Result<GuestAgentSimConfig> configure(const Arguments& arguments) {
  GuestAgentSimConfig config;
  const auto app_id = fixed_from_hex<Address>(arguments.app_id);
  if (!app_id) return bad_argument("--app-id", "an address of 20 bytes in hex");
  const auto os_image_hash = fixed_from_hex<Hash>(arguments.os_image_hash);
  if (!os_image_hash) return bad_argument("--os-image-hash", "32 bytes in hex");
  const auto device_id = fixed_from_hex<Hash>(arguments.device_id);
  if (!device_id) return bad_argument("--device-id", "32 bytes in hex");
  auto compose = read_file(arguments.compose, kComposeSizeMax);
  if (!compose) return compose.error();
  const auto seed = instance_seed(arguments);
  if (!seed) return seed.error();
  config.app_compose = std::move(*compose);
  config.boot.app_id = *app_id;
  config.boot.compose_hash = sha256(as_bytes(config.app_compose));
  config.boot.instance_id = instance_id_of(*seed, *app_id);
  config.boot.device_id = *device_id;
  config.boot.os_image_hash = *os_image_hash;
  config.boot.tcb_status = arguments.tcb_status;
  return config;
}

Status serve(const Arguments& arguments) {
  const auto config = configure(arguments);
  if (!config) return config.error();

  EventLoop loop;
  SimulatedBoot boot(loop, arguments.kms, config->boot);
  GuestAgentSimServer server(loop, *config, [&boot] { return boot.keys(); });
  loop.on_signal([&loop](int) { loop.stop(); });
  const Status listening = server.listen(arguments.socket);
  if (!listening) return listening;
  log_info("guest_agent_simulated", {{"socket", arguments.socket},
                                     {"app_id", config->boot.app_id},
                                     {"instance_id", config->boot.instance_id},
                                     {"compose_hash", config->boot.compose_hash}});
  loop.run();
  server.close();
  return ok_status();
}

}  // namespace
}  // namespace dnc

int main(int argc, char** argv) {
  dnc::Arguments arguments;
  CLI::App app("Stand-in for the dstack guest agent. For development only: it proves nothing.");
  app.add_option("--socket", arguments.socket, "unix socket to serve on")->required();
  app.add_option("--kms", arguments.kms, "URL of the KMS that is asked for keys")->required();
  app.add_option("--app-id", arguments.app_id, "app id: the address of the contract")->required();
  app.add_option("--compose", arguments.compose, "file of the app-compose; its bytes are hashed")
      ->required();
  app.add_option("--instance-seed", arguments.instance_seed, "seed of the instance id, in hex");
  app.add_option("--state", arguments.state, "directory that keeps the seed over restarts");
  const std::string zero_hash = "0x" + std::string(64, '0');
  app.add_option("--os-image-hash", arguments.os_image_hash, "OS image to report, in hex")
      ->default_val(zero_hash);
  app.add_option("--device-id", arguments.device_id, "device to report, in hex")
      ->default_val(zero_hash);
  app.add_option("--tcb-status", arguments.tcb_status, "TCB status to report")
      ->default_val("UpToDate");
  CLI11_PARSE(app, argc, argv);

  const dnc::Status status = dnc::serve(arguments);
  if (status) return 0;
  dnc::log_failure("guest_agent_sim_failed", status.error());
  return 1;
}
