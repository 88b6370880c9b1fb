// The archive card: a frame of four pieces, each of which must fit the others.
#include "protocol/record/archive_card.h"
#include "protocol/record/frame.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

// What a card says, with what its checkpoint's signature covers: a checkpoint may carry signatures of others beside.
std::string said_by(const ArchiveCard& card) {
  std::string out = card.entry + '\n' + card.custodian.envelope + '\n';
  for (const auto& address : card.addresses) out += address + '\n';
  return out + card.checkpoint.origin + crypto::to_hex(card.checkpoint.root.span());
}

void check(ByteView bytes) {
  const auto card = parse_archive_card(bytes);
  if (!card) return;
  static const auto valid = parse_archive_card(specimen().archive_card).value();
  require(is_byte_form(view(card->entry)), "an entry that is taken is in the byte form");
  if (card->genesis == valid.genesis) {
    require(card->entry == valid.entry && card->custodian.envelope == valid.custodian.envelope,
            "an archive's name fixes its entry 0 and its custodian");
  }
}

// A card whose statement, entry or checkpoint is made of the input and signed as it should be.
Bytes remade(ByteView input, std::size_t piece) {
  const auto& s = specimen();
  const auto pieces = parse_frame(s.archive_card).value();
  FrameWriter frame;
  const auto statement = sign_envelope(s.log, kArchiveType, text_view(input));
  const auto note = crypto::log::sign_note(text_view(input), s.log_key.name, s.log);
  frame.add("archive", piece == 0 ? view(statement) : pieces[0].bytes);
  frame.add("entry", piece == 1 ? input : pieces[1].bytes);
  frame.add("card", piece == 2 ? input : pieces[2].bytes);
  frame.add("checkpoint", piece == 3 ? view(note) : pieces[3].bytes);
  return frame.take();
}

// A statement with addresses of the input's making that names the log's key, signed by another.
Bytes forged(ByteView input) {
  const auto& s = specimen();
  const auto pieces = parse_frame(s.archive_card).value();
  auto statement = parse_envelope(pieces[0].bytes, kArchiveType).value();
  statement.payload = to_bytes(write_form(ArchivePayload{1, "archive", s.now, {s.genesis, {crypto::to_hex(input)}}}));
  statement.signatures.front().sig = crypto::dsse_sign(s.investigator.key, kArchiveType, statement.payload);
  const auto text = write_form(statement);
  FrameWriter frame;
  frame.add("archive", view(text));
  for (std::size_t i = 1; i < pieces.size(); ++i) frame.add(pieces[i].name, pieces[i].bytes);
  return frame.take();
}

void fuzz(ByteView input) {
  check(input);
  require(!parse_archive_card(forged(input)), "a statement that the log did not sign is refused");
  for (std::size_t piece = 0; piece < 4; ++piece) check(remade(input, piece));

  Choices choices(input);
  const auto& valid = specimen().archive_card;
  const auto changed = damaged(valid, choices);
  const auto card = parse_archive_card(changed);
  static const auto right = said_by(parse_archive_card(valid).value());
  if (changed == valid) require(card.has_value(), "a valid archive card is taken");
  if (card) require(said_by(*card) == right, "an archive card that is taken says what was signed");
}

Seeds seeds() {
  const auto& s = specimen();
  Seeds out{{"archive_card", s.archive_card}, {"entry0", to_bytes(s.entry0)}};
  out.push_back({"statement", to_bytes(write_form(ArchivePayload{1, "archive", s.now, {s.genesis, {"a:1"}}}))});
  out.push_back({"checkpoint_text", to_bytes(std::string_view(s.checkpoint).substr(0, s.checkpoint.find("\n\n") + 1))});
  return out;
}

const Registered kTarget{{"archive_card", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
