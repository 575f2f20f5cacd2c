// Serves a development KMS and the webhook that it asks, for machines without an enclave.
#include "io/dstack/kms_sim.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "core/base/hex.hpp"
#include "io/base/log.hpp"
#include "io/dstack/auth_webhook.hpp"
#include "io/net/blocking_http_server.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

struct Arguments {
  std::string root;
  std::string host;
  std::uint16_t port = 0;
  std::uint16_t webhook_port = 0;
  std::string rpc;
  std::string kms_contract;
  bool print_root = false;
};

Status serve(const Arguments& arguments) {
  const auto root = load_or_create_kms_root(arguments.root);
  if (!root) return root.error();
  if (arguments.print_root) {
    const auto compressed = compress(root->public_key());
    std::cout << to_hex0x(root->address()) << ' ' << to_hex0x(compressed) << std::endl;
    return ok_status();
  }
  const auto contract = fixed_from_hex<Address>(arguments.kms_contract);
  if (!contract) {
    return Error{"bad_argument", "--kms-contract must be an address of 20 bytes in hex",
                 "see --help"};
  }

  EventLoop loop;
  AuthWebhook webhook({.rpc_url = arguments.rpc, .kms_contract = *contract});
  BlockingHttpServer webhook_server(
      loop, [&webhook](const HttpRequest& request) { return webhook.answer(request); });
  const auto webhook_port = webhook_server.listen(arguments.host, arguments.webhook_port);
  if (!webhook_port) return webhook_port.error();
  const std::string url = "http://" + arguments.host + ":" + std::to_string(*webhook_port);
  KmsSim kms(*root, url);
  BlockingHttpServer kms_server(loop,
                                [&kms](const HttpRequest& request) { return kms.answer(request); });
  const auto port = kms_server.listen(arguments.host, arguments.port);
  if (!port) return port.error();

  loop.on_signal([&loop](int) { loop.stop(); });
  log_info("kms_simulated", {{"kms_root", root->address()},
                             {"kms_contract", *contract},
                             {"port", *port},
                             {"webhook_port", *webhook_port}});
  loop.run();
  kms.abort();
  webhook.abort();
  return ok_status();
}

}  // namespace
}  // namespace dnc

int main(int argc, char** argv) {
  dnc::Arguments arguments;
  CLI::App app("Stand-in for dstack's KMS and its webhook auth-eth. For development only.");
  app.add_option("--root", arguments.root, "file of the root key, made if missing")->required();
  app.add_flag("--print-root", arguments.print_root,
               "print address and compressed public key of the root and exit");
  app.add_option("--host", arguments.host, "numeric address to serve on")->default_val("127.0.0.1");
  app.add_option("--port", arguments.port, "of the KMS; 0: any")->default_val(8200);
  app.add_option("--webhook-port", arguments.webhook_port, "of the webhook; 0: any")
      ->default_val(8201);
  app.add_option("--rpc", arguments.rpc, "URL of an Ethereum node")
      ->envname("ETH_RPC_URL")
      ->default_val("http://127.0.0.1:8545");
  app.add_option("--kms-contract", arguments.kms_contract, "address of the DstackKms to ask")
      ->envname("KMS_CONTRACT_ADDR");
  CLI11_PARSE(app, argc, argv);

  const dnc::Status status = dnc::serve(arguments);
  if (status) return 0;
  dnc::log_failure("kms_sim_failed", status.error());
  return 1;
}
