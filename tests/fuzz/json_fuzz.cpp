// Bodies of clients, chains and guest agents: read within the limits, and what was read is written
// and read again as the same.
#include <nlohmann/json.hpp>

#include "io/base/json.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = dnc::fuzz::as_text({data, size});
  const auto json = dnc::parse_json(text);
  if (!json) return 0;
  for (const char* field : {"a", "key", "value"}) {
    (void)dnc::json_text(*json, field);
    (void)dnc::json_u64(*json, field);
    (void)dnc::json_flag(*json, field);
    (void)dnc::json_hex(*json, field);
    (void)dnc::json_fixed<dnc::Address>(*json, field);
    (void)dnc::json_array(*json, field);
  }
  const std::string written = dnc::dump_json(*json);
  const auto again = dnc::parse_json(written);
  dnc::fuzz::require(again && dnc::dump_json(*again) == written);
  return 0;
}
