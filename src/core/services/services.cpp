#include "core/services/services.hpp"

namespace dnc {

StateMachine* Services::find(ByteView request) const {
  if (request.empty()) return nullptr;
  for (const Row& row : rows_) {
    if (row.id == request.front()) return row.service;
  }
  return nullptr;
}

Bytes Services::apply(SeqNo seq, ByteView command) {
  StateMachine* service = find(command);
  return service != nullptr ? service->apply(seq, command) : Bytes{kNoService};
}

void Services::commit(SeqNo seq) {
  for (const Row& row : rows_)
    row.service->commit(seq);
}

void Services::rollback(SeqNo seq) {
  for (const Row& row : rows_)
    row.service->rollback(seq);
}

Bytes Services::query(ByteView request) const {
  const StateMachine* service = find(request);
  return service != nullptr ? service->query(request) : Bytes{kNoService};
}

}  // namespace dnc
