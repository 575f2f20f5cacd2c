#include "core/services/services.hpp"

#include <algorithm>
#include <map>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"

namespace dnc {
namespace {

using States = std::map<std::uint8_t, Bytes>;

// The state of each service. Empty for bytes that no snapshot() made.
std::optional<States> read_states(ByteView snapshot) {
  Reader in(snapshot);
  States states;
  while (in.ok() && !in.at_end()) {
    const std::uint8_t id = in.u8();
    if (!states.empty() && id <= states.rbegin()->first) in.fail();
    states.emplace(id, in.blob(snapshot.size()));
  }
  if (!in.ok()) return std::nullopt;
  return states;
}

}  // namespace

Services::Services(const std::vector<ServiceKind>& own) {
  std::vector<ServiceKind> kinds = {service_kind<Counter>(), service_kind<KeyValue>()};
  for (const ServiceKind& kind : own) {
    CHECK(kind.id >= kOwnIdFirst);
    kinds.push_back(kind);
  }
  std::ranges::sort(kinds, {}, &ServiceKind::id);
  CHECK(std::ranges::adjacent_find(kinds, {}, &ServiceKind::id) == kinds.end());
  for (const ServiceKind& kind : kinds)
    rows_.push_back({kind, kind.make()});
}

StateMachine* Services::find(ByteView request) const {
  if (request.empty()) return nullptr;
  for (const Row& row : rows_) {
    if (row.kind.id == request.front()) return row.service.get();
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

// Each service behind its id, in the order of ids.
Bytes Services::snapshot() const {
  Writer out;
  for (const Row& row : rows_) {
    out.u8(row.kind.id);
    out.blob(row.service->snapshot());
  }
  return out.take();
}

bool Services::restore(SeqNo seq, ByteView snapshot) {
  auto states = read_states(snapshot);
  if (!states) return false;
  std::vector<Row> fresh;  // tried first: a state that one service refuses must change none
  for (const Row& row : rows_) {
    fresh.push_back({row.kind, row.kind.make()});
    const auto state = states->extract(row.kind.id);
    if (state.empty() && row.kind.id < kOwnIdFirst) return false;
    if (!state.empty() && !fresh.back().service->restore(seq, state.mapped())) return false;
  }
  if (!states->empty()) return false;  // of a service that we do not have
  rows_ = std::move(fresh);
  return true;
}

}  // namespace dnc
