// clusterd, and one service more.
#include "cmd/clusterd/daemon.hpp"
#include "examples/stock/stock.hpp"
#include "examples/stock/stock_routes.hpp"

int main(int argc, char** argv) {
  return dnc::run_daemon(argc, argv, {{dnc::service_kind<dnc::Stock>(), dnc::stock_routes()}});
}
