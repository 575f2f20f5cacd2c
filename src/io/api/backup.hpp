// GET /snapshot: a backup in parts, so that no answer is large and a download goes on where it was
// interrupted, at this node or another (docs/formats.md, "Backups").
#pragma once

#include <string_view>

#include "io/api/node_view.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

inline constexpr const char* kSnapshotPaths[] = {
    "GET /snapshot", "GET /snapshot/pieces/{seq}/{index}", "GET /snapshot/blocks/{from}"};

bool is_snapshot_path(std::string_view path);
void handle_snapshot(const NodeView& node, const HttpRequest& request, const HttpReplier& reply);

}  // namespace dnc
