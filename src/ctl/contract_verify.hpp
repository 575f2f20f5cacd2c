// Is what stands on the chain what the sources here make? Clone, implementation, the libraries it
// is linked to, and the factory.
#pragma once

#include <string>

#include "ctl/connection.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// `artifacts`: forge's folder out/.
Report verify_contract(ChainClient& chain, const Deployment& deployment,
                       const std::string& artifacts);

ExitCode run_contract_verify(const std::string& artifacts, const ChainOptions& options,
                             Output output);

}  // namespace dnc::ctl
