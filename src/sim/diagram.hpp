// The last of what happened as a picture in text: a column for each seat, time downwards, an arrow
// for each message that arrived.
#pragma once

#include <string>
#include <vector>

namespace dnc {

// `lines` as Trace writes them; `seats` columns.
std::string sequence_diagram(const std::vector<std::string>& lines, std::size_t seats);

}  // namespace dnc
