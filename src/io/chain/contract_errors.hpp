// Why the contract said no, in its own words: custom errors by their selectors.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dnc {

// "StaleReport(41, 7)", "TooFew(1, 2)", the text of a require; the selector for what is unknown.
std::string describe_revert(ByteView data);

// The name at the start of such a description: "StaleReport".
std::string_view revert_name(std::string_view description);

// Was the call refused because the contract stands at or beyond what it asks for?
bool already_done(const Error& reverted);

// Signatures of all errors that are known by name.
std::span<const std::string_view> known_contract_errors();

}  // namespace dnc
