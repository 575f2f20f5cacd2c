// The HTTP face of the counter: /increment and /counter, as docs/api.md describes them.
#pragma once

#include "io/api/routes.hpp"

namespace dnc {

Routes counter_routes();

}  // namespace dnc
