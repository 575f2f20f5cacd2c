// The HTTP face of the key-value service: /kv/{key} and /kv, as docs/api.md describes them.
#pragma once

#include "io/api/routes.hpp"

namespace dnc {

Routes kv_routes();

}  // namespace dnc
