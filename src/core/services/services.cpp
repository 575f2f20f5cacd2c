#include "core/services/services.hpp"

#include "core/base/wire.hpp"

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

// Each service behind its id, in the order of the rows.
Bytes Services::snapshot() const {
  Writer out;
  for (const Row& row : rows_) {
    out.u8(row.id);
    out.blob(row.service->snapshot());
  }
  return out.take();
}

bool Services::restore(SeqNo seq, ByteView snapshot) {
  Reader in(snapshot);
  std::array<Bytes, std::tuple_size_v<decltype(rows_)>> states;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (in.u8() != rows_[i].id) return false;
    states[i] = in.blob(snapshot.size());
  }
  if (!in.at_end()) return false;
  Services fresh;  // tried first: a state that one service refuses must change none
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!fresh.rows_[i].service->restore(seq, states[i])) return false;
  }
  counter_ = std::move(fresh.counter_);
  key_value_ = std::move(fresh.key_value_);
  return true;
}

}  // namespace dnc
