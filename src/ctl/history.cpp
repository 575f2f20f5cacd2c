#include "ctl/history.hpp"

#include <cstdio>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>

#include "ctl/leader_events.hpp"
#include "ctl/log_terms.hpp"
#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

std::string utc(std::uint64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  char fraction[8];
  std::snprintf(fraction, sizeof fraction, ".%03uZ", static_cast<unsigned>(ms % 1000));
  return std::string(text) + fraction;
}

Json row_of(std::uint64_t term, std::uint64_t generation, std::uint64_t leader) {
  return {{"term", term},     {"generation", generation}, {"leader", leader},  {"reason", "log"},
          {"votes", nullptr}, {"since", nullptr},         {"gap_ms", nullptr}, {"seq", nullptr}};
}

Result<LeaderChanges> from_chain(const ChainOptions& options) {
  auto connection = connect(options);
  if (!connection) return connection.error();
  const auto events = fetch_leader_events(*connection->chain, connection->deployment);
  return events ? leader_changes(*events) : events.error();
}

// By term; of two leaders of a term the log's is the one.
Json merged(const LeaderChanges& changes, const std::vector<LogTerm>& terms) {
  std::map<std::uint64_t, Json> rows;
  for (const auto& [term, change] : changes) {
    Json row = row_of(term, change.generation, change.leader);
    row["reason"] = change.reason;
    if (change.votes) row["votes"] = *change.votes;
    rows[term] = std::move(row);
  }
  for (const auto& term : terms) {
    auto& row =
        rows.try_emplace(term.term, row_of(term.term, term.generation, term.leader)).first->second;
    row["leader"] = term.leader;
    row["since"] = utc(term.since_ms);
    row["seq"] = term.first_seq;
    if (term.gap_ms) row["gap_ms"] = *term.gap_ms;
  }
  Json list = Json::array();
  for (auto& [term, row] : rows)
    list.push_back(std::move(row));
  return list;
}

}  // namespace

ExitCode run_history(const NodeOptions& nodes, const ChainOptions& chain, Output output) {
  const auto changes = from_chain(chain);
  if (!changes) complain(changes.error());
  const auto terms = first_answer(nodes, [](NodeClient& node) { return log_terms(node); });
  if (!changes && !terms) {
    std::fprintf(stderr, "clusterctl: cannot tell: neither the chain nor a node answered\n");
    return kCannotTell;
  }
  const LeaderChanges no_changes;
  const std::vector<LogTerm> no_terms;
  const Json rows = merged(changes ? *changes : no_changes, terms ? *terms : no_terms);
  if (output == Output::json) {
    print(Json{{"history", rows}, {"chain", changes.ok()}, {"log", terms.ok()}});
    return kOk;
  }
  std::fputs(as_table(rows,
                      {{"TERM", "term"},
                       {"LEADER", "leader"},
                       {"REASON", "reason"},
                       {"VOTES", "votes"},
                       {"SINCE", "since"},
                       {"GAP MS", "gap_ms"},
                       {"GENERATION", "generation", true},
                       {"SEQ", "seq", true}},
                      output)
                 .c_str(),
             stdout);
  return kOk;
}

}  // namespace dnc::ctl
