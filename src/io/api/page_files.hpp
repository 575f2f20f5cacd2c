// The files of the dashboard as they are carried in the program. dashboard/embed.mjs makes the
// source behind this.
#pragma once

#include <span>
#include <string_view>

namespace dnc {

struct PageFile {
  std::string_view path;  // "/", "/dashboard/main.mjs"
  std::string_view type;
  std::string_view etag;  // of the content, with its quotes
  std::span<const unsigned char> gzip;
};

std::span<const PageFile> page_files();
const char* page_policy();  // Content-Security-Policy

}  // namespace dnc
