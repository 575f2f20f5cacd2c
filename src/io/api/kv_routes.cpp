#include "io/api/kv_routes.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/limits.hpp"
#include "core/services/key_value.hpp"
#include "io/api/answers.hpp"
#include "io/api/receipts.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr std::string_view kRange = "/kv";
constexpr std::string_view kEntry = "/kv/";
constexpr std::uint64_t kPageDefault = 100;

constexpr std::size_t kCommandFieldsMax = 64;  // of a put, beside key and value
static_assert(kv::kValueBytesMax + kv::kKeyBytesMax + kCommandFieldsMax <=
              limits::kCommandBytesMax);

using kv::Condition;

std::string etag(std::uint64_t version) {
  return '"' + std::to_string(version) + '"';
}

// --- Reading requests ---------------------------------------------------------------------------

Result<std::string> key_of(const HttpRequest& request) {
  std::string key = request.path.substr(kEntry.size());
  if (key.empty() || key.size() > kv::kKeyBytesMax) {
    return bad_request("a key has 1 to 512 bytes", "for example PUT /kv/users/42");
  }
  return key;
}

Result<std::uint64_t> version_of(const std::string& header, std::string_view tag) {
  std::uint64_t version = 0;
  const bool quoted = tag.size() > 2 && tag.front() == '"' && tag.back() == '"';
  const std::string_view digits = quoted ? tag.substr(1, tag.size() - 2) : std::string_view{};
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (digits.empty() || failure != std::errc{} || end != digits.data() + digits.size()) {
    return bad_request(header + " is no ETag that this service gave",
                       "for example " + header + ": \"7\"");
  }
  return version;
}

Result<Condition> condition_of(const HttpRequest& request) {
  const auto match = request.header("If-Match");
  const auto none_match = request.header("If-None-Match");
  if (match && none_match) {
    return bad_request("If-Match and If-None-Match exclude each other", "send one of them");
  }
  if (none_match) {
    if (*none_match != "*") {
      return bad_request("If-None-Match of a write takes * only", "it then creates, or fails");
    }
    return Condition{Condition::Kind::kAbsent, 0};
  }
  if (!match) return Condition{};
  if (*match == "*") return Condition{Condition::Kind::kPresent, 0};
  const auto version = version_of("If-Match", *match);
  if (!version) return version.error();
  return Condition{Condition::Kind::kVersion, *version};
}

// --- Answers ------------------------------------------------------------------------------------

HttpResponse absent_answer() {
  return error_answer(404, {"key_absent", "there is no such key", "PUT creates it"});
}

HttpResponse conflict_answer(std::uint64_t version) {
  const std::string now = version == 0 ? "there is no such key" : "its version is " + etag(version);
  HttpResponse response =
      error_answer(412, {"condition_failed", "the key is not as the request expects: " + now,
                         "read it again, then try with what it is now"});
  if (version != 0) response.headers.emplace_back("ETag", etag(version));
  return response;
}

HttpResponse write_answer(const NodeView& node, const WriteReply& reply, const WriteParts& parts,
                          bool removal) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto answer = kv::decode_write(reply.result);
  if (!answer || answer->outcome == kv::Outcome::kMalformed) {
    return error_answer(500, {"bad_result", "the service does not know this command",
                              "this is a defect: please report it"});
  }
  if (answer->outcome == kv::Outcome::kConflict) return conflict_answer(answer->version);
  if (answer->outcome == kv::Outcome::kAbsent) return absent_answer();
  HttpResponse response = written_answer(node, reply, parts, "version", answer->version);
  if (!removal) response.headers.emplace_back("ETag", etag(answer->version));
  return response;
}

// `known` is the version that the client holds already, if it said so.
HttpResponse get_answer(const NodeView& node, const ReadReply& reply,
                        std::optional<std::uint64_t> known) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  auto answer = kv::decode_get(reply.result);
  if (!answer || answer->outcome != kv::Outcome::kOk) return absent_answer();
  const bool unchanged = known == answer->version;
  HttpResponse response{unchanged ? 304 : 200,
                        "application/octet-stream",
                        unchanged ? std::string{} : as_text(answer->value),
                        {}};
  response.headers.emplace_back("ETag", etag(answer->version));
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

// Keys and values are bytes; those that are not UTF-8 do not fit JSON as they are.
bool is_text(const std::string& bytes) {
  try {
    (void)Json(bytes).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

void put_bytes(Json& object, const std::string& name, const std::string& bytes) {
  if (is_text(bytes)) {
    object[name] = bytes;
  } else {
    object[name + "_hex"] = to_hex(as_bytes(bytes));
  }
}

// What a page was asked for, so that its answer can point to the next one.
struct PageRequest {
  std::string prefix;
  std::string after;
  std::uint64_t limit = kPageDefault;
  bool linearizable = true;
};

std::string percent_encoded(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    text += plain ? std::string(1, c) : "%" + to_hex(as_bytes({&c, 1}));
  }
  return text;
}

std::string path_of(const PageRequest& page) {
  return std::string(kRange) + "?prefix=" + percent_encoded(page.prefix) +
         "&after=" + percent_encoded(page.after) + "&limit=" + std::to_string(page.limit) +
         (page.linearizable ? "" : "&consistency=stale");
}

HttpResponse list_answer(const NodeView& node, const ReadReply& reply, PageRequest request) {
  if (!reply.error.empty()) return refusal_answer(node, reply.error);
  const auto page = kv::decode_list(reply.result).value_or(kv::ListAnswer{});
  Json entries = Json::array();
  for (const auto& entry : page.entries) {
    Json item = {{"version", entry.version}};
    put_bytes(item, "key", entry.key);
    put_bytes(item, "value", as_text(entry.value));
    entries.push_back(std::move(item));
  }
  Json body = {{"entries", std::move(entries)}, {"seq", reply.seq.value}, {"next", nullptr}};
  if (page.more) {
    request.after = page.entries.back().key;
    body["next"] = path_of(request);
  }
  return json_answer(body);
}

// --- Paths --------------------------------------------------------------------------------------

void get(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto linearizable = wants_linearizable(request);
  if (!linearizable) return reply(error_answer(400, linearizable.error()));
  const auto key = key_of(request);
  if (!key) return reply(error_answer(400, key.error()));
  std::optional<std::uint64_t> known;
  if (const auto tag = request.header("If-None-Match")) {
    const auto version = version_of("If-None-Match", *tag);
    if (!version) return reply(error_answer(400, version.error()));
    known = *version;
  }
  node.read(kv::get(*key), *linearizable,
            [&node, reply, known](const ReadReply& done) { reply(get_answer(node, done, known)); });
}

void write(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto key = key_of(request);
  if (!key) return reply(error_answer(400, key.error()));
  const auto condition = condition_of(request);
  if (!condition) return reply(error_answer(400, condition.error()));
  const auto parts = write_parts(request);
  if (!parts) return reply(error_answer(400, parts.error()));
  const bool removal = request.method == "DELETE";
  if (!removal && request.body.size() > kv::kValueBytesMax) {
    return reply(error_answer(
        413, {"value_too_large", "a value has at most 65536 bytes", "split it over several keys"}));
  }
  if (removal && !request.body.empty()) {
    return reply(error_answer(400, bad_request("DELETE takes no body", "send none")));
  }
  Bytes command =
      removal ? kv::remove(*key, *condition) : kv::put(*key, as_bytes(request.body), *condition);
  node.write({parts->key, std::move(command)},
             [&node, reply, removal, parts = *parts](const WriteReply& done) {
               reply(write_answer(node, done, parts, removal));
             });
}

void list(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const auto linearizable = wants_linearizable(request);
  if (!linearizable) return reply(error_answer(400, linearizable.error()));
  const auto limit = query_number(request, "limit", kPageDefault, 1, "/kv?prefix=users/&limit=100");
  if (!limit) return reply(error_answer(400, limit.error()));
  const PageRequest page{std::string(request.query_value("prefix").value_or("")),
                         std::string(request.query_value("after").value_or("")), *limit,
                         *linearizable};
  if (page.prefix.size() > kv::kKeyBytesMax || page.after.size() > kv::kKeyBytesMax) {
    return reply(error_answer(400, bad_request("prefix and after have at most 512 bytes",
                                               "for example /kv?prefix=users/")));
  }
  node.read(kv::list(page.prefix, page.after, page.limit), page.linearizable,
            [&node, reply, page](const ReadReply& done) { reply(list_answer(node, done, page)); });
}

bool owns(std::string_view path) {
  return path == kRange || path.starts_with(kEntry);
}

void handle(NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  const bool range = request.path == kRange;
  const std::string& method = request.method;
  if (method == "GET" || method == "HEAD") {
    return range ? list(node, request, reply) : get(node, request, reply);
  }
  if (!range && (method == "PUT" || method == "DELETE")) return write(node, request, reply);
  reply(not_allowed_answer(request.path, range ? "GET" : "GET, PUT, DELETE"));
}

}  // namespace

Routes kv_routes() {
  return {{"GET /kv", "GET /kv/{key}", "PUT /kv/{key}", "DELETE /kv/{key}"}, owns, handle};
}

}  // namespace dnc
