// Messages and blocks as bytes: canonical (one value, one encoding) and versioned
// (docs/formats.md). Decoding never trusts a length; anything malformed, truncated or trailing is
// refused as a whole.
#pragma once

#include <optional>

#include "core/consensus/messages.hpp"

namespace dnc {

inline constexpr std::uint8_t kWireVersion = 1;

Bytes encode(const Envelope& envelope);
std::optional<Envelope> decode_envelope(ByteView bytes);

Bytes encode(const Block& block);
std::optional<Block> decode_block(ByteView bytes);

Bytes encode(const NewTerm& certificate);
std::optional<NewTerm> decode_new_term(ByteView bytes);

Bytes encode(const std::vector<Accept>& accepts);
std::optional<std::vector<Accept>> decode_accepts(ByteView bytes);

// A contradiction as it is shown to third parties, and all that a disk holds.
Bytes encode(const Contradiction& contradiction);
std::optional<Contradiction> decode_contradiction(ByteView bytes);
Bytes encode(const std::vector<Contradiction>& contradictions);
std::optional<std::vector<Contradiction>> decode_contradictions(ByteView bytes);

Bytes encode(const BlockHeader& header);
// keccak256 of the header's canonical bytes.
Hash block_hash(const BlockHeader& header);
// The end of a log whose last block has this header.
LogHead head_of(const BlockHeader& header);
// Merkle root of what the body carries.
Hash ops_root(const BlockBody& body);
// The bytes of one operation as they are hashed into the root and into its session.
Bytes encode(const Operation& operation);

// "PROPOSE", "ACCEPT", ...: for traces and logs.
const char* message_name(const Message& message);

}  // namespace dnc
