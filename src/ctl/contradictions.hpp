// Proofs that a seat bypassed its notary: from a node, judged without one.
#pragma once

#include <string>
#include <string_view>

#include "ctl/node_client.hpp"
#include "ctl/receipt_file.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// One finding for each proof in what GET /contradictions answered.
Report judge_contradictions(std::string_view text, const KeyHistoryFile& keys);

// What the first node that answers can prove, on stdout.
ExitCode run_contradiction_get(const NodeOptions& nodes);
// Judges proofs by a key history, offline.
ExitCode run_contradiction_verify(const VerifyOptions& options, Output output);

}  // namespace dnc::ctl
