#include "io/storage/snapshot_files.hpp"

#include <algorithm>

#include "core/consensus/limits.hpp"
#include "io/base/file.hpp"
#include "io/storage/block_record.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "snapshot-";
constexpr std::size_t kDigits = 20;
constexpr std::size_t kFileBytesMax = 2 * limits::kStateBytesMax;

// Names sort as their numbers do.
std::string name_of(SeqNo seq) {
  const std::string digits = std::to_string(seq.value);
  return std::string(kPrefix) + std::string(kDigits - digits.size(), '0') + digits;
}

bool is_name(const std::string& name) {
  return name.starts_with(kPrefix) && name.size() == kPrefix.size() + kDigits &&
         std::all_of(name.begin() + kPrefix.size(), name.end(),
                     [](char each) { return each >= '0' && each <= '9'; });
}

SnapshotPtr read(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto content = read_file(path, kFileBytesMax);
  const auto payload = content ? record::unseal(name, *content) : std::nullopt;
  auto snapshot = payload ? decode_snapshot(*payload) : std::nullopt;
  if (!snapshot || name_of(snapshot->seq()) != name) return nullptr;
  return std::make_shared<const Snapshot>(std::move(*snapshot));
}

}  // namespace

std::vector<std::string> SnapshotFiles::names() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory_, ignored)) {
    if (is_name(entry.path().filename().string())) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status SnapshotFiles::write(const Snapshot& snapshot) const {
  if (const Status made = ensure_directory(directory_); !made) return made;
  const std::string name = name_of(snapshot.seq());
  const Status written = write_file(directory_ / name, record::seal(name, encode(snapshot)));
  if (!written) return written;
  // What a crash left behind half-made has another name, and goes as well.
  const auto kept = names();
  const std::size_t first =
      kept.size() > limits::kSnapshotsKept ? kept.size() - limits::kSnapshotsKept : 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory_, ignored)) {
    const std::string found = entry.path().filename().string();
    if (std::find(kept.begin() + static_cast<std::ptrdiff_t>(first), kept.end(), found) ==
        kept.end()) {
      fs::remove(entry.path(), ignored);
    }
  }
  return ok_status();
}

SnapshotFiles::Found SnapshotFiles::find() const {
  Found found;
  auto all = names();
  for (; !all.empty() && !found.newest; all.pop_back()) {
    found.newest = read(directory_ / all.back());
    if (!found.newest) found.damaged.push_back(all.back());
  }
  return found;
}

Status SnapshotFiles::remove_all() const {
  std::error_code error;
  fs::remove_all(directory_, error);
  if (!error) return ok_status();
  return Error{"file_failed", "cannot remove " + directory_.string() + ": " + error.message(), ""};
}

}  // namespace dnc
