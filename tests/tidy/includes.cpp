#include <algorithm>
#include <optional>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

using Names = std::vector<std::string_view>;

struct Room {
  std::string_view path;  // below src/, examples excepted
  Names rooms;            // beside itself; "core" stands for all of core
};

// The table of docs/architecture.md.
const std::vector<Room> kRooms = {
    {"core/base", {}},
    {"core/crypto", {"core/base"}},
    {"core/eth", {"core/base", "core/crypto"}},
    {"core/consensus", {"core/base", "core/crypto", "core/eth/eip712.hpp"}},
    {"core/notary", {"core/base", "core/crypto", "core/consensus"}},
    {"core/services", {"core/base"}},
    {"io/base", {"core/base", "core/crypto"}},
    {"io/net", {"core/base", "core/crypto", "io/base"}},
    {"io/storage", {"core", "io/base", "io/net"}},
    {"io/chain", {"core", "io/base", "io/net"}},
    {"io/dstack", {"core", "io/base", "io/net"}},
    {"io/api", {"core", "io/base", "io/net"}},
    {"node", {"core", "io"}},
    {"sim", {"core", "model"}},
    {"model", {}},
    {"ctl", {"core", "io/base", "io/net", "io/storage", "io/chain", "io/dstack"}},
    {"cmd", {"core", "io", "node", "ctl", "sim", "model"}},
    {"examples", {"core", "io", "node", "cmd/clusterd"}},
};

struct Library {
  std::string_view header;  // how its headers begin
  Names rooms;              // who may name it
};

const std::vector<Library> kLibraries = {
    {"asio/", {"io/net"}},
    {"asio.hpp", {"io/net"}},
    {"openssl/", {"io/net", "io/dstack"}},
    {"http_parser.h", {"io/net"}},
    {"curl/", {"io/net"}},
    {"rocksdb/", {"io/storage"}},
    {"nlohmann/", {"io", "ctl", "examples"}},
    {"fmt/", {"io/base"}},
    {"secp256k1", {"core/crypto"}},
    {"cryptopp/", {"core/crypto"}},
    {"absl/", {"core/consensus"}},
    {"CLI/", {"cmd"}},
    {"toml++/", {"node"}},
};

// Standard headers that a core without clocks, threads, files and hidden randomness does not need.
const Names kHeadersNotInCore = {
    "atomic", "condition_variable", "ctime",   "filesystem", "fstream",
    "future", "iostream",           "mutex",   "random",     "shared_mutex",
    "thread", "unordered_map",      "sstream", "semaphore",  "unordered_set",
    "latch"};

// Is `path` the folder or file `name`, or below it?
bool is_within(std::string_view path, std::string_view name) {
  if (!path.starts_with(name)) return false;
  return path.size() == name.size() || path[name.size()] == '/' || name.ends_with('/');
}

bool is_within_any(std::string_view path, const Names& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return is_within(path, name); });
}

const Room* room_of(std::string_view path) {
  const auto found = std::find_if(kRooms.begin(), kRooms.end(),
                                  [&](const Room& room) { return is_within(path, room.path); });
  return found == kRooms.end() ? nullptr : &*found;
}

struct Include {
  std::string_view header;
  bool quoted;
};

std::optional<Include> include_of(std::string_view line) {
  constexpr std::string_view kInclude = "#include ";
  if (!line.starts_with(kInclude)) return std::nullopt;
  line.remove_prefix(kInclude.size());
  if (line.size() < 2) return std::nullopt;
  const bool quoted = line.front() == '"';
  const auto end = line.find(quoted ? '"' : '>', 1);
  return Include{line.substr(1, end - 1), quoted};
}

std::string refuse_own(const Room& room, std::string_view header) {
  if (is_within(header, room.path) || is_within_any(header, room.rooms)) return {};
  return std::string(room.path) + " may not include " + std::string(header);
}

std::string refuse_outside(const Room& room, std::string_view header) {
  for (const auto& library : kLibraries) {
    if (!header.starts_with(library.header)) continue;
    if (is_within_any(room.path, library.rooms)) return {};
    return std::string(room.path) + " may not name the library of " + std::string(header);
  }
  const bool in_core = is_within(room.path, "core");
  const bool of_the_system = header.find_first_of("./") != std::string_view::npos;
  const bool banned = std::find(kHeadersNotInCore.begin(), kHeadersNotInCore.end(), header) !=
                      kHeadersNotInCore.end();
  if (!in_core || (!of_the_system && !banned)) return {};
  return "core is pure: no " + std::string(header);
}

}  // namespace

Findings check_includes(const Source& source) {
  const std::string_view path = source.path;
  const bool in_src = path.starts_with("src/");
  if (!is_cpp(source) || is_for_tests(source)) return {};
  if (!in_src && !path.starts_with("examples/")) return {};
  const Room* room = room_of(in_src ? path.substr(4) : path);
  if (!room) return {{source.path, 1, "stands in no room of the include table"}};
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(source.text)) {
    ++number;
    const auto include = include_of(line);
    if (!include) continue;
    std::string what = include->quoted ? refuse_own(*room, include->header)
                                       : refuse_outside(*room, include->header);
    if (!what.empty()) findings.push_back({source.path, number, std::move(what)});
  }
  return findings;
}

}  // namespace dnc::tidy
