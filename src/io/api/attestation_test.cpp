#include "io/api/attestation.hpp"

#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class AttestationTest : public ApiTest {
 protected:
  static std::string target(const std::string& nonce) { return "/attestation?nonce=" + nonce; }
  const Hash nonce_ = filled<0xa5, Hash>();
};

TEST_F(AttestationTest, TheNodeIsAskedWithTheNonceAndItsAnswerIsPassedOn) {
  const Answer answer = get(target(to_hex0x(nonce_)));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, Json({{"seat", 2}}));
  EXPECT_EQ(get(target(to_hex(nonce_.view()))).status, 200) << "0x is optional, as everywhere";
  EXPECT_EQ(node_.asked_nonces, (std::vector<Hash>{nonce_, nonce_}));
  const Answer head = ask("HEAD", target(to_hex0x(nonce_)));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.text, "");
}

TEST_F(AttestationTest, WithoutANonceOf32BytesNothingIsAsked) {
  const std::string good = to_hex0x(nonce_);
  expect_error(get("/attestation"), 400, "bad_request");
  for (const std::string& nonce : {std::string(), std::string("0x"), good + "00",
                                   good.substr(0, good.size() - 2), good.substr(0, 65) + "g"})
    expect_error(get(target(nonce)), 400, "bad_request");
  EXPECT_TRUE(node_.asked_nonces.empty());
}

TEST_F(AttestationTest, WhoCannotAttestSaysWhyAndWhenToComeBack) {
  node_.attestation_reply = Error{"overloaded", "too many", "ask again in a second"};
  expect_error(get(target(to_hex0x(nonce_))), 503, "overloaded");
  node_.attestation_reply = Error{"guest_agent_refused", "HTTP 400: not so", ""};
  expect_error(get(target(to_hex0x(nonce_))), 503, "guest_agent_refused");
}

}  // namespace
}  // namespace dnc
