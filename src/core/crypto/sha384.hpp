// SHA-384 (FIPS 180-4): what TDX measures with.
#pragma once

#include "core/base/bytes.hpp"

namespace dnc {

using Sha384 = FixedBytes<48, struct Sha384Tag>;

Sha384 sha384(ByteView bytes);

}  // namespace dnc
