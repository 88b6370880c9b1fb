// Cases: JSON that is signed, and is not in the one byte form; envelopes that are not in theirs.
#include <fmt/format.h>

#include "tests/hostile_member/list.h"

namespace depone::hostile {

using namespace protocol::record;

namespace {

constexpr const char* kPayload = "a payload, signed";
constexpr const char* kEnvelope = "an envelope";

// The payload of an act that would be refused for its role alone, were it as it should be.
std::string refusable(const World& world, const Peer& who) {
  ActPayload payload;
  payload.type = MemberRevoke::kType;
  payload.id = crypto::random_fixed<crypto::ActId>();
  payload.archive = world.target.card.genesis;
  payload.actor = who.id();
  payload.issued_at = system::SystemClock().now();
  payload.seen = world.seen;
  payload.body.json = write_form(MemberRevoke{world.keeper->id(), RevokeReason::left});
  return write_form(payload);
}

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

struct Change {
  std::string name, from, to;
};
const std::vector<Change>& changes() {
  static const std::vector<Change> all{
      {"as it should be", "", ""},
      {"keys in another order", R"("v":1,"type":"member.revoke")", R"("type":"member.revoke","v":1)"},
      {"keys of the body in another order", R"("reason_code":"left"})", R"("reason_code":"left","member":"x"})"},
      {"a space", R"({"v":1)", R"({ "v":1)"},
      {"a newline behind it", "}}", "}}\n"},
      {"a byte order mark", R"({"v":1)", "\xEF\xBB\xBF{\"v\":1"},
      {"a key twice", R"("v":1,)", R"("v":1,"v":1,)"},
      {"a key of the body twice", R"("reason_code":"left")", R"("reason_code":"left","reason_code":"left")"},
      {"an escape where none is needed", "member.revoke", R"(m\u0065mber.revoke)"},
      {"an escape in a key", R"("reason_code")", R"("reason\u005fcode")"},
      {"a number with an exponent", R"("v":1,)", R"("v":1e0,)"},
      {"1e3", R"("v":1,)", R"("v":1e3,)"},
      {"a number with a fraction", R"("v":1,)", R"("v":1.0,)"},
      {"a number with a leading zero", R"("v":1,)", R"("v":01,)"},
      {"minus zero", R"("v":1,)", R"("v":-0,)"},
      {"minus one", R"("v":1,)", R"("v":-1,)"},
      {"2^53", R"("v":1,)", R"("v":9007199254740992,)"},
      {"2^64", R"("v":1,)", R"("v":18446744073709551616,)"},
      {"1e400", R"("v":1,)", R"("v":1e400,)"},
      {"a number as a string", R"("v":1,)", R"("v":"1",)"},
      {"version 2", R"("v":1,)", R"("v":2,)"},
      {"true", R"("v":1,)", R"("v":true,)"},
      {"null", R"("v":1,)", R"("v":null,)"},
      {"a lone surrogate", R"("left")", R"("\ud800")"},
      {"a surrogate in raw bytes", R"("left")", "\"\xED\xA0\x80\""},
      {"bytes that are not UTF-8", R"("left")", "\"\xFF\""},
      {"an over-long spelling in UTF-8", R"("left")", "\"\xC0\xAF\""},
      {"a control character", R"("left")", "\"\x01\""},
      {"a word that is not in the list", R"("left")", R"("bored")"},
      {"a word in capitals", R"("left")", R"("LEFT")"},
      {"an unknown field", R"("body":)", R"("also":"this","body":)"},
      {"an unknown field of the body", R"("reason_code")", R"("also":"this","reason_code")"},
      {"a field that is missing", R"("v":1,)", ""},
      {"a field of the body that is missing", R"(,"reason_code":"left")", ""},
      {"a body that is a list", R"("body":{)", R"("body":[],"x":{)"},
      {"33 levels deep", R"("left")", nested(33)},
      {"10,000 levels deep", R"("left")", nested(10'000)},
      {"10,000 levels that never end", R"("left"}})", std::string(10'000, '[')},
      {"a string of 60,000 letters", R"("left")", "\"" + std::string(60'000, 'x') + "\""},
      {"a time without milliseconds", "Z\",\"seen\"", "\",\"seen\""},
  };
  return all;
}

}  // namespace

void add_byte_forms(List& list, World& world) {
  auto& mallory = world.find("investigator", "reader").peer;
  const auto send = [&](const std::string& payload) {
    const auto envelope = sign_envelope(mallory.key(), kActType, payload);
    return mallory.send({{"act", view(envelope)}});
  };
  for (const auto& change : changes()) {
    list.add(kPayload, change.name, [&] { return send(with(refusable(world, mallory), change.from, change.to)); });
  }
  list.add(kPayload, "nothing", [&] { return send(""); });
  list.add(kPayload, "null", [&] { return send("null"); });
  list.add(kPayload, "a list", [&] { return send("[]"); });
  list.add(kPayload, "an id whose last bits are not zero", [&] {
    auto payload = refusable(world, mallory);
    payload[payload.find("\"archive\"") - 3] = 'b';
    return send(payload);
  });

  const auto envelope = [&](std::string name, const std::function<std::string(std::string)>& change) {
    list.add(kEnvelope, std::move(name), [&] {
      const auto changed = change(sign_envelope(mallory.key(), kActType, refusable(world, mallory)));
      return mallory.send({{"act", view(changed)}});
    });
  };
  const auto replaced = [](std::string from, std::string to) {
    return [=](std::string text) { return with(std::move(text), from, to); };
  };
  envelope("a space", replaced("\"payload\":", "\"payload\": "));
  envelope("a newline behind it", [](std::string text) { return text + "\n"; });
  envelope("an unknown field", replaced("\"payload\":", "\"also\":\"\",\"payload\":"));
  envelope("another type: a card", replaced("depone.act", "depone.card"));
  envelope("no signature", [](std::string text) {
    const auto at = text.find("[{");
    return text.substr(0, at) + "[]}";
  });
  envelope("two signatures", [](std::string text) {
    const auto at = text.find("[{");
    const auto one = text.substr(at + 1, text.size() - at - 3);
    return text.substr(0, at + 1) + one + "," + one + "]}";
  });
  envelope("a signature that is too short", [](std::string text) {
    const auto at = text.find("\"sig\":\"");
    return text.substr(0, at) + "\"sig\":\"AAAA\"}]}";
  });
  list.add_story(kEnvelope, "every byte of it changed, one at a time", [&] {
    const auto whole = sign_envelope(mallory.key(), kActType, refusable(world, mallory));
    Answers answers;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      answers.add(mallory.send({{"act", view(changed)}}));
    }
    return answers.text();
  });
}

}  // namespace depone::hostile
