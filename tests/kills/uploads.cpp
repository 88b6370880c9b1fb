// kill_uploads: an upload that never ends, and what was acknowledged of it.
//   kill_uploads HOME send FILE     sends until the line breaks; each acknowledged offset becomes a line of FILE
//   kill_uploads HOME check FILE    whether the archive has all of every upload that FILE says was acknowledged
// HOME: of a member who joined. One upload at a time, taken up again where FILE ends.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "tests/bench/member.h"

namespace {

using namespace depone;
using bench::Member, bench::must;
using protocol::transport::Answer;
using protocol::transport::Client;
using protocol::transport::Field;

constexpr std::uint64_t kLength = std::uint64_t{64} << 20;
constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::size_t kAnswerBytesMax = 64 * 1024;

std::map<std::string, std::uint64_t> acknowledged_in(const std::string& file) {
  std::map<std::string, std::uint64_t> offsets;
  std::ifstream in(file);
  for (std::string id, offset; std::getline(in, id, ' ') && std::getline(in, offset) && !in.eof();)
    offsets[id] = std::max<std::uint64_t>(offsets[id], std::stoull(offset));
  return offsets;
}

Result<Answer> ask(Client& line, std::string method, const std::string& target, std::vector<Field> fields,
                   ByteView body = {}) {
  fields.push_back({"Tus-Resumable", "1.0.0"});
  return line.exchange({std::move(method), target, std::move(fields), body.size()}, body, kAnswerBytesMax);
}
std::string field(const Answer& answer, std::string_view name) {
  return std::string(answer.head.find(name).value_or(""));
}

// Where the archive says that it stands. Throws where that is less than what it said before.
std::uint64_t standing(Client& line, const std::string& id, std::uint64_t acknowledged) {
  const auto answer = must(ask(line, "HEAD", "/v1/uploads/" + id, {}));
  if (answer.head.status != 200) throw std::runtime_error(fmt::format("upload {} is lost at {}", id, acknowledged));
  const auto offset = std::stoull(field(answer, "Upload-Offset"));
  if (offset < acknowledged)
    throw std::runtime_error(
        fmt::format("of upload {} {} bytes were acknowledged, {} are there", id, acknowledged, offset));
  return offset;
}

void send(const Member& member, const std::string& file) {
  auto line = member.dial();
  std::string id;
  std::uint64_t offset = 0;
  for (const auto& [known, acknowledged] : acknowledged_in(file)) {
    if (acknowledged == kLength) continue;
    id = known;
    offset = standing(line, id, acknowledged);
  }
  std::ofstream out(file, std::ios::app);
  Bytes piece(kPieceBytes);
  for (;;) {
    if (id.empty() || offset == kLength) {
      const auto made = ask(line, "POST", "/v1/uploads", {{"Upload-Length", std::to_string(kLength)}});
      if (!made || made->head.status != 201) return;
      const auto place = field(*made, "Location");
      id = place.substr(place.rfind('/') + 1);
      offset = 0;
    }
    crypto::fill_random(piece);
    const auto taken =
        ask(line, "PATCH", "/v1/uploads/" + id,
            {{"Upload-Offset", std::to_string(offset)}, {"Content-Type", "application/offset+octet-stream"}},
            ByteView(piece).first(std::min<std::uint64_t>(kPieceBytes, kLength - offset)));
    if (!taken || taken->head.status != 204) return;
    offset = std::stoull(field(*taken, "Upload-Offset"));
    out << id << ' ' << offset << std::endl;
  }
}

void check(const Member& member, const std::string& file) {
  auto line = member.dial();
  for (const auto& [id, acknowledged] : acknowledged_in(file)) (void)standing(line, id, acknowledged);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc == 4 ? argv[2] : "";
  if ((what != "send" && what != "check") || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "kill_uploads HOME send|check FILE\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto member = Member::of_home(argv[1]);
    what == "send" ? send(member, argv[3]) : check(member, argv[3]);
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "kill_uploads: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
