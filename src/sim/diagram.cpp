#include "sim/diagram.hpp"

#include <algorithm>
#include <optional>
#include <regex>

namespace dnc {
namespace {

constexpr std::size_t kColumn = 12;
constexpr std::size_t kTime = 12;

std::size_t place(std::size_t seat) {
  return kTime + (seat - 1) * kColumn + kColumn / 2;
}

std::string bars(const std::string& time, std::size_t seats) {
  std::string row(kTime + seats * kColumn, ' ');
  row.replace(0, std::min(time.size(), kTime), time.substr(0, kTime));
  for (std::size_t seat = 1; seat <= seats; ++seat)
    row[place(seat)] = '|';
  return row;
}

std::string arrow(const std::string& time, std::size_t seats, std::size_t from, std::size_t to) {
  std::string row = bars(time, seats);
  const std::size_t low = std::min(place(from), place(to));
  const std::size_t high = std::max(place(from), place(to));
  std::fill(row.begin() + static_cast<std::ptrdiff_t>(low) + 1,
            row.begin() + static_cast<std::ptrdiff_t>(high), '-');
  row[place(to)] = from < to ? '>' : '<';
  row[place(from)] = '+';
  return row;
}

}  // namespace

std::string sequence_diagram(const std::vector<std::string>& lines, std::size_t seats) {
  static const std::regex kLine(R"(^\s*(\d+ ms)  (?:seat (\d+)|world)  (.*)$)");
  static const std::regex kArrival(R"(^<- (\w+) from (\d+)/\d+(.*)$)");
  std::string picture(kTime, ' ');
  for (std::size_t seat = 1; seat <= seats; ++seat) {
    std::string head = "seat " + std::to_string(seat);
    head.resize(kColumn, ' ');
    picture += "   " + head.substr(0, kColumn - 3);
  }
  picture += '\n';
  for (const std::string& line : lines) {
    std::smatch parts;
    if (!std::regex_match(line, parts, kLine)) continue;
    const std::string time = parts[1];
    const std::string text = parts[3];
    const std::size_t seat = parts[2].matched ? std::stoul(parts[2]) : 0;
    std::smatch arrival;
    if (seat == 0 || seat > seats) {
      picture += bars(time, seats) + "  == " + text + '\n';
    } else if (std::regex_match(text, arrival, kArrival) && std::stoul(arrival[2]) <= seats) {
      picture += arrow(time, seats, std::stoul(arrival[2]), seat) + "  " + arrival[1].str() +
                 arrival[3].str() + '\n';
    } else {
      std::string row = bars(time, seats);
      row[place(seat)] = '*';
      picture += row + "  " + std::to_string(seat) + ": " + text + '\n';
    }
  }
  return picture;
}

}  // namespace dnc
