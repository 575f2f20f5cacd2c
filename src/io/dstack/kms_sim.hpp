// A stand-in for dstack's KMS: holds the root key, asks its authorisation webhook at every request
// and gives out an app's keys only when that allows it. No decision is kept.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.hpp"
#include "core/crypto/secp256k1.hpp"
#include "io/net/http_client.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

// The root key in this file; made and stored (0600) if there is none, once for all processes that
// try.
Result<PrivateKey> load_or_create_kms_root(const std::filesystem::path& path);

class KmsSim {
 public:
  KmsSim(const PrivateKey& root, const std::string& webhook_url);

  // POST /prpc/KMS.GetAppKey with a boot info. Blocks while the webhook is asked; one thread.
  HttpResponse answer(const HttpRequest& request);
  void abort() { webhook_.abort(); }  // from any thread

 private:
  Status authorise(const std::string& boot_info);

  PrivateKey root_;
  HttpClient webhook_;
};

}  // namespace dnc
