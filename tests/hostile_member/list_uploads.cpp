// Cases: uploads by somebody else, beyond their length, at a wrong offset, two at once.
#include <fmt/format.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

constexpr std::size_t kBytes = 200'000;  // of a sealed object that is too large to be inside

transport::RequestHead patch(const std::string& upload, std::uint64_t offset, std::uint64_t bytes) {
  return {"PATCH",
          "/v1/uploads/" + upload,
          {{"Tus-Resumable", "1.0.0"},
           {"Upload-Offset", std::to_string(offset)},
           {"Content-Type", "application/offset+octet-stream"}},
          bytes};
}

Heard append(Peer& who, const std::string& upload, std::uint64_t offset, ByteView bytes,
             std::vector<transport::Field> more = {}) {
  auto head = patch(upload, offset, bytes.size());
  for (auto& field : more) head.fields.push_back(std::move(field));
  return who.ask(head.method, head.target, head.fields, bytes);
}

}  // namespace

void add_bad_uploads(List& list, World& world) {
  auto& who = world.find("investigator", "reader");
  auto& mallory = who.peer;
  const std::string kind = "an upload";
  const auto begin = [&](std::string name, std::vector<transport::Field> fields) {
    list.add(kind, std::move(name), [&] { return mallory.ask("POST", "/v1/uploads", fields); });
  };
  begin("without Tus-Resumable", {{"Upload-Length", "48"}});
  begin("of another version of tus", {{"Tus-Resumable", "2.0.0"}, {"Upload-Length", "48"}});
  begin("without a length", {{"Tus-Resumable", "1.0.0"}});
  begin("of -1 bytes", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "-1"}});
  begin("of 1e3 bytes", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "1e3"}});
  begin("of more than 1 TiB", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "1099511627777"}});

  const auto bytes = random_bytes(1000);
  const auto add = [&](std::string name, const std::function<Heard(const std::string&)>& ask) {
    list.add(kind, std::move(name), [&] {
      const auto upload = world.new_upload(mallory, 1000);
      auto heard = ask(upload);
      (void)mallory.ask("DELETE", "/v1/uploads/" + upload, {{"Tus-Resumable", "1.0.0"}});
      return heard;
    });
  };
  add("of another member", [&](const std::string&) { return append(mallory, world.keepers_upload, 0, bytes); });
  add("of another member, taken away", [&](const std::string&) {
    return mallory.ask("DELETE", "/v1/uploads/" + world.keepers_upload, {{"Tus-Resumable", "1.0.0"}});
  });
  add("at a wrong offset", [&](const std::string& upload) { return append(mallory, upload, 7, bytes); });
  add("beyond its length", [&](const std::string& upload) { return append(mallory, upload, 0, random_bytes(1001)); });
  add("that is complete, and goes on", [&](const std::string& upload) {
    (void)append(mallory, upload, 0, bytes);
    return append(mallory, upload, 1000, random_bytes(1));
  });
  add("with a checksum that is another's", [&](const std::string& upload) {
    const auto sum = crypto::sha256(random_bytes(1));
    return append(mallory, upload, 0, bytes, {{"Upload-Checksum", "sha256 " + crypto::to_base64(sum.span())}});
  });
  add("with a checksum of another algorithm", [&](const std::string& upload) {
    return append(mallory, upload, 0, bytes, {{"Upload-Checksum", "md5 AAAA"}});
  });
  add("as another type", [&](const std::string& upload) {
    return mallory.ask("PATCH", "/v1/uploads/" + upload, {{"Tus-Resumable", "1.0.0"}, {"Upload-Offset", "0"}}, bytes);
  });
  list.add_story(kind, "two at once on one", [&] {
    const auto upload = world.new_upload(mallory, kBytes);
    auto first = mallory.dial();
    const auto half = random_bytes(kBytes / 2);
    if (!first || !first->begin(patch(upload, 0, kBytes)) || !first->write(half)) return std::string("no connection");
    const auto standing = mallory.ask("HEAD", "/v1/uploads/" + upload, {{"Tus-Resumable", "1.0.0"}});
    const auto offset = std::stoull(standing.field("Upload-Offset"));
    const auto second = append(mallory, upload, offset, random_bytes(kBytes - offset));
    (void)first->write(half);
    return fmt::format("the second {}; the first {}", answer_text(second), answer_text(hear(*first)));
  });

  const auto submit = [&](std::string name, const std::function<std::string(Deposit&)>& prepare) {
    list.add("a submission of what was uploaded", std::move(name), [&] {
      auto deposit = new_deposit(world.target, mallory.id(), world.alpha, kBytes);
      const auto upload = prepare(deposit);
      return world.submit(mallory, mallory, deposit, Object::apart, upload);
    });
  };
  const auto upload_by = [&](Peer& by, const Bytes& object) {
    const auto upload = world.new_upload(by, object.size());
    must(append(by, upload, 0, object), 204, "uploading");
    return upload;
  };
  submit("by another member's id", [&](Deposit& deposit) { return upload_by(*world.keeper, deposit.object); });
  submit("by an id that is not", [](Deposit&) { return "aaaaaaaaaaaaaaaaaaaaaaaaaa"; });
  submit("by an id that is none", [](Deposit&) { return "..%2f..%2farchive.db"; });
  submit("by no id", [](Deposit&) { return ""; });
  submit("of which half has come", [&](Deposit& deposit) {
    const auto upload = world.new_upload(mallory, deposit.object.size());
    must(append(mallory, upload, 0, ByteView(deposit.object).first(kBytes / 2)), 204, "uploading");
    return upload;
  });
  submit("of which a byte was changed", [&](Deposit& deposit) {
    auto changed = deposit.object;
    changed[kBytes / 2] ^= 1;
    return upload_by(mallory, changed);
  });
  submit("that was cut, and is whole by its own account", [&](Deposit& deposit) {
    return upload_by(mallory, Bytes(deposit.object.begin(), deposit.object.end() - 16));
  });
  submit("whose chunk size was changed", [&](Deposit& deposit) {
    auto changed = deposit.object;
    changed[17] ^= 1;
    return upload_by(mallory, changed);
  });
  submit("as it should be", [&](Deposit& deposit) { return upload_by(mallory, deposit.object); });

  // Last, because of what it leaves.
  list.add_story(kind, "the 65th that is not finished", [&] {
    Answers answers;
    for (int i = 0; i < 70; ++i)
      answers.add(mallory.ask("POST", "/v1/uploads", {{"Tus-Resumable", "1.0.0"}, {"Upload-Length", "48"}}));
    return answers.text();
  });
}

}  // namespace depone::hostile
