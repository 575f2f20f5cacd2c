// All services of a cluster behind one log: those of the product, and those that an application
// brings. A command, a query or an answer begins with the id of its service (docs/services.md).
#pragma once

#include <memory>
#include <vector>

#include "core/services/counter.hpp"
#include "core/services/key_value.hpp"

namespace dnc {

// What a log needs to know of a service: its id, and how it begins, with nothing in it.
struct ServiceKind {
  std::uint8_t id = 0;
  std::unique_ptr<StateMachine> (*make)() = nullptr;
};

template <class Service>
ServiceKind service_kind() {
  return {Service::kServiceId,
          []() -> std::unique_ptr<StateMachine> { return std::make_unique<Service>(); }};
}

class Services : public StateMachine {
 public:
  // For a command or a query of no service: id 0 and nothing else.
  static constexpr std::uint8_t kNoService = 0;
  // Ids below are the product's.
  static constexpr std::uint8_t kOwnIdFirst = 16;

  // The counter, keys with values, and `own`. Requires: own ids differ and begin at kOwnIdFirst.
  explicit Services(const std::vector<ServiceKind>& own = {});
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  Bytes apply(SeqNo seq, ByteView command) override;
  void commit(SeqNo seq) override;
  void rollback(SeqNo seq) override;
  Bytes query(ByteView request) const override;
  Bytes snapshot() const override;
  // A service of the application's that the bytes do not know is newer than they are: it is empty.
  bool restore(SeqNo seq, ByteView snapshot) override;

 private:
  struct Row {
    ServiceKind kind;
    std::unique_ptr<StateMachine> service;
  };
  StateMachine* find(ByteView request) const;

  std::vector<Row> rows_;  // ids rise
};

}  // namespace dnc
