// GET /contradictions: what this node can prove against boots that bypassed their notary, in the
// form of docs/formats.md.
#pragma once

#include "io/api/node_view.hpp"
#include "io/base/json.hpp"

namespace dnc {

Json contradictions_json(const NodeView& node);

}  // namespace dnc
