#include "io/base/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace dnc {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Requires: errno is that of the call that failed.
Error failed(const char* action, const std::filesystem::path& path) {
  const int cause = errno;
  return {cause == ENOENT ? "file_not_found" : "file_failed",
          std::string("cannot ") + action + " " + path.string() + ": " +
              std::generic_category().message(cause),
          ""};
}

std::filesystem::path directory_of(const std::filesystem::path& path) {
  const auto parent = path.parent_path();
  return parent.empty() ? "." : parent;
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// A rename is durable only once its directory is.
Status sync_directory(const std::filesystem::path& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid() || ::fsync(directory.get()) != 0) return failed("sync", path);
  return ok_status();
}

// A durable copy of the content under a name of its own in the same directory.
Result<std::string> write_beside(const std::filesystem::path& path, std::string_view content,
                                 mode_t mode) {
  std::string temporary = path.string() + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // created with 0600
  if (!file.valid()) return failed("create a file beside", path);
  if (::fchmod(file.get(), mode) != 0 || !write_all(file.get(), content) ||
      ::fsync(file.get()) != 0) {
    const Error error = failed("write", path);
    ::unlink(temporary.c_str());
    return error;
  }
  return temporary;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t size_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return failed("open", path);
  std::string content;
  char buffer[16384];
  for (;;) {
    const ssize_t size = ::read(file.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failed("read", path);
    if (size == 0) return content;
    content.append(buffer, static_cast<std::size_t>(size));
    if (content.size() > size_max) {
      return Error{"file_too_large",
                   path.string() + " is larger than " + std::to_string(size_max) + " bytes", ""};
    }
  }
}

Status write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const auto temporary = write_beside(path, content, mode);
  if (!temporary) return temporary.error();
  if (::rename(temporary->c_str(), path.c_str()) != 0) {
    const Error error = failed("replace", path);
    ::unlink(temporary->c_str());
    return error;
  }
  return sync_directory(directory_of(path));
}

Result<bool> create_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
  const auto temporary = write_beside(path, content, mode);
  if (!temporary) return temporary.error();
  // Unlike a rename, a link never replaces a file.
  const bool created = ::link(temporary->c_str(), path.c_str()) == 0;
  const bool exists = !created && errno == EEXIST;
  const Error error = failed("create", path);
  ::unlink(temporary->c_str());
  if (!created && !exists) return error;
  const Status synced = sync_directory(directory_of(path));
  if (!synced) return synced.error();
  return created;
}

Status ensure_directory(const std::filesystem::path& path, mode_t mode) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return ok_status();
  const auto parent = directory_of(path);
  if (parent != path && !std::filesystem::is_directory(parent, ignored)) {
    const Status above = ensure_directory(parent, mode);
    if (!above) return above;
  }
  // Another process may have been faster: that is what we wanted as well.
  if (::mkdir(path.c_str(), mode) != 0 && !std::filesystem::is_directory(path, ignored)) {
    return failed("create directory", path);
  }
  return sync_directory(parent);
}

}  // namespace dnc
