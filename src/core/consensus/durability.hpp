// Durable before visible, in the type: a token says what is on disk, and only the pump makes one,
// when the disk has synced. The notary signs nothing about the log without it (I14).
#pragma once

#include "core/consensus/messages.hpp"

namespace dnc {

// What a disk batch makes true once it is synced.
struct DurabilityClaim {
  LogHead head;   // the log on disk ends here
  Term promised;  // and this promise is on disk
};

class DurabilityToken {
 public:
  const LogHead& head() const { return claim_.head; }
  Term promised() const { return claim_.promised; }

 private:
  friend class Pump;
  friend class NotaryTest;
  explicit DurabilityToken(const DurabilityClaim& claim) : claim_(claim) {}
  DurabilityClaim claim_;
};

}  // namespace dnc
