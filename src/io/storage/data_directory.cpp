#include "io/storage/data_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "io/base/file.hpp"
#include "io/storage/block_record.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kWorldBytesMax = 4096;
constexpr std::size_t kSyncedBytes = 12;  // u64 groups, u32 crc32c
constexpr int kDamagedKept = 4;           // copies set aside; the oldest goes first

Error unusable(const fs::path& path, const std::string& why) {
  return {"data_dir_unusable", path.string() + ": " + why,
          "Check that the data directory exists, is writable and has free space."};
}

Error unusable_now(const fs::path& path) {
  return unusable(path, std::strerror(errno));
}

std::string world_text(const WorldId& world) {
  return "chain_id " + std::to_string(world.chain_id) + "\ncontract " + to_hex0x(world.contract) +
         "\n";
}

bool looks_like_world(const std::string& text) {
  const std::string prefix = "chain_id ";
  const auto contract = text.find("\ncontract 0x");
  constexpr std::size_t kContractLine = 12 + 2 * Address::kSize + 1;
  if (!text.starts_with(prefix) || contract == std::string::npos) return false;
  if (text.size() != contract + kContractLine) return false;
  const std::string digits = text.substr(prefix.size(), contract - prefix.size());
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos &&
         fixed_from_hex<Address>(text.substr(contract + 10, 2 + 2 * Address::kSize)).has_value();
}

Status sync_directory(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return unusable_now(path);
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced ? ok_status() : Status(unusable_now(path));
}

}  // namespace

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : root_(std::move(other.root_)),
      world_(other.world_),
      lock_fd_(std::exchange(other.lock_fd_, -1)),
      synced_fd_(std::exchange(other.synced_fd_, -1)),
      unclaimed_(other.unclaimed_) {}

DataDirectory::~DataDirectory() {
  if (synced_fd_ >= 0) ::close(synced_fd_);
  if (lock_fd_ >= 0) ::close(lock_fd_);  // lets the lock go
}

Result<DataDirectory> DataDirectory::open(const fs::path& root, const WorldId& world) {
  if (const auto made = ensure_directory(root); !made) {
    return unusable(root, made.error().message);
  }
  const fs::path lock = root / "LOCK";
  const int lock_fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_fd < 0) return unusable_now(lock);
  const fs::path synced = root / "SYNCED";
  DataDirectory directory(root, world, lock_fd);
  if (::flock(lock_fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return unusable_now(lock);
    return Error{"data_dir_in_use", root.string() + " is in use by another process",
                 "Stop the other node, or give this one a data directory of its own."};
  }
  directory.synced_fd_ = ::open(synced.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (directory.synced_fd_ < 0) return unusable_now(synced);
  if (const auto finished = directory.finish_swap(); !finished) return finished.error();
  if (const auto claimed = directory.claim(); !claimed) return claimed.error();
  return directory;
}

Status DataDirectory::claim() {
  const fs::path path = root_ / "WORLD";
  const auto text = read_file(path, kWorldBytesMax);
  const bool missing = !text && text.error().code == "file_not_found";
  if (!text && !missing && text.error().code != "file_too_large") {
    return unusable(path, text.error().message);
  }
  if (text && *text == world_text(world_)) return ok_status();
  if (text && looks_like_world(*text)) {
    return Error{"wrong_world",
                 root_.string() + " belongs to another deployment: " + *text +
                     "expected: " + world_text(world_),
                 "Use another data directory, or correct chain id and contract in the "
                 "configuration. Remove the directory only if its deployment is gone for good."};
  }
  // Blocks of unknown origin are not claimed but go aside first: swap_in_fresh().
  std::error_code ignored;
  unclaimed_ = fs::exists(blocks(), ignored);
  return unclaimed_ ? ok_status() : write_world();
}

Status DataDirectory::write_world() {
  const fs::path path = root_ / "WORLD";
  const auto written = write_file(path, world_text(world_));
  return written ? ok_status() : Status(unusable(path, written.error().message));
}

Status DataDirectory::finish_swap() {
  std::error_code error;
  if (!fs::exists(fresh_blocks(), error)) return ok_status();
  if (fs::exists(blocks(), error)) {
    fs::remove_all(fresh_blocks(), error);  // made, but its turn never came
  } else {
    fs::rename(fresh_blocks(), blocks(), error);
  }
  return error ? Status(unusable(fresh_blocks(), error.message())) : sync_directory(root_);
}

Result<fs::path> DataDirectory::swap_in_fresh() {
  std::error_code error;
  const auto aside = [this](int number) {
    return root_ / ("blocks.damaged-" + std::to_string(number));
  };
  int number = 1;
  while (fs::exists(aside(number), error))
    ++number;
  if (number > kDamagedKept) {
    fs::remove_all(aside(1), error);
    for (int kept = 2; kept < number && !error; ++kept)
      fs::rename(aside(kept), aside(kept - 1), error);
    --number;
  }
  if (!error) fs::rename(blocks(), aside(number), error);
  if (!error) fs::rename(fresh_blocks(), blocks(), error);
  if (error) return unusable(blocks(), error.message());
  if (const auto synced = sync_directory(root_); !synced) return synced.error();
  if (unclaimed_) {
    if (const auto written = write_world(); !written) return written.error();
    unclaimed_ = false;
  }
  return aside(number);
}

std::optional<std::uint64_t> DataDirectory::synced_groups() const {
  std::array<std::uint8_t, kSyncedBytes> raw{};
  const ssize_t size = ::pread(synced_fd_, raw.data(), raw.size(), 0);
  const bool blank = std::all_of(raw.begin(), raw.end(), [](auto byte) { return byte == 0; });
  if (size == 0 || (size > 0 && blank)) return 0;  // new, or lost with the power: no hint
  if (size != static_cast<ssize_t>(kSyncedBytes)) return std::nullopt;
  Reader in(raw);
  const std::uint64_t groups = in.u64();
  if (in.u32() != record::crc32c(ByteView(raw).first(8))) return std::nullopt;
  return groups;
}

void DataDirectory::note_synced(std::uint64_t groups) {
  Writer out;
  out.u64(groups);
  out.u32(record::crc32c(out.bytes()));
  // A hint that cannot be written is a hint less.
  [[maybe_unused]] const ssize_t ignored = ::pwrite(synced_fd_, out.bytes().data(), out.size(), 0);
}

}  // namespace dnc
