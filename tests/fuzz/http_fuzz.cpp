// What any client sends to the one open port: it is parsed or refused, within the limits.
#include "io/net/http_parse.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  const dnc::HttpLimits limits;
  dnc::HttpParser parser(limits);
  const std::size_t cut = 1 + dnc::fuzz::take_byte(bytes);
  while (!bytes.empty()) {
    std::string_view read = dnc::fuzz::as_text(dnc::fuzz::take(bytes, cut));
    for (;;) {
      const auto event = parser.feed(read);
      if (event == dnc::HttpParser::Event::more) break;
      if (event == dnc::HttpParser::Event::refused) {
        dnc::fuzz::require(parser.refusal().status >= 400);
        return 0;
      }
      const dnc::HttpRequest request = parser.take();
      dnc::fuzz::require(request.body.size() <= size && !request.method.empty());
    }
  }
  return 0;
}
