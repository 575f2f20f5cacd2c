// One disk batch as the bytes of a write-ahead log: a write that was cut short does not decode. Its
// snapshots are files of their own.
#pragma once

#include <optional>

#include "core/consensus/effects.hpp"

namespace dnc {

Bytes encode_journal(const DiskBatch& batch);
std::optional<DiskBatch> decode_journal(ByteView bytes);

}  // namespace dnc
