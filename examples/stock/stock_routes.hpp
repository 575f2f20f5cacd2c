// The HTTP face of the stock:
//   POST /stock/{item}  {"add": 5} or {"take": 2}  ->  {"seq", "term", "units"}, or 409
//   GET  /stock/{item}  ?consistency=stale         ->  {"seq", "units"}
#pragma once

#include "io/api/routes.hpp"

namespace dnc {

Routes stock_routes();

}  // namespace dnc
