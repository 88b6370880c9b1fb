// Frames, whole and as a stream: two readers that must agree.
#include "protocol/record/frame.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

constexpr std::size_t kPiecesMax = 10'000;

// Through the reader of streams, in bits of a size that the input chooses. Nothing where it is refused or cut.
std::optional<Bytes> streamed(ByteView input, Choices& choices) {
  FrameReader reader;
  FrameWriter again;
  for (std::size_t pieces = 0; pieces < kPiecesMax;) {
    if (auto piece = reader.next()) {
      again.add(piece->first, piece->second);
      ++pieces;
      continue;
    }
    if (input.empty()) return reader.between_pieces() ? std::optional(again.take()) : std::nullopt;
    const auto some = input.first(std::min(input.size(), 1 + choices.below(300)));
    const auto taken = reader.feed(some);
    if (!taken) return std::nullopt;
    require(*taken > 0 && *taken <= some.size(), "a reader between pieces takes bytes");
    input = input.subspan(*taken);
  }
  return std::nullopt;
}

// Some rows of the table in docs/FORMAT.md, "Frames".
constexpr std::pair<std::string_view, std::size_t> kLimits[] = {{"release_share", 32}, {"end", 64},      {"item", 64},
                                                                {"refusal", 4096},     {"secret", 4096}, {"act", 65536},
                                                                {"other", 0}};

// A piece of about the largest size that its name may have.
void check_limit(Choices& choices) {
  const auto& [name, most] = kLimits[choices.below(std::size(kLimits))];
  const auto size = most + choices.below(4);
  FrameWriter frame;
  frame.add(name, Bytes(size > 0 ? size - 1 : 0));
  const bool fits = name != "other" && size <= most + 1;
  require(parse_frame(frame.bytes()).has_value() == fits, "a piece is taken up to its limit");
  FrameReader reader;
  require(reader.feed(frame.bytes()).has_value() == fits, "streamed too");
}

void fuzz(ByteView input) {
  Choices choices(input);
  check_limit(choices);
  const auto pieces = parse_frame(input);
  const auto again = streamed(input, choices);
  if (again) require(*again == to_bytes(input), "a frame has one spelling, streamed");
  if (!pieces) return;
  FrameWriter writer;
  for (const auto& piece : *pieces) {
    require(piece.bytes.size() <= piece_bytes_max(piece.name).value(), "a piece is of its size");
    require(find_piece(*pieces, piece.name) == &piece, "a name stands once");
    writer.add(piece.name, piece.bytes);
  }
  require(writer.bytes() == to_bytes(input), "a frame has one spelling");
  require(again.has_value(), "what is read whole is read as a stream");
}

Seeds seeds() {
  const auto& s = specimen();
  Seeds out{{"submission", s.submission}, {"archive_card", s.archive_card}};
  FrameWriter twice;
  twice.add("receipt", view("{}"));
  twice.add("receipt", view("{}"));
  twice.add("end", {});
  out.push_back({"stream", twice.take()});
  out.push_back({"nasty_huge_piece", to_bytes(std::string_view("\x04rows\xff\xff\xff\xff", 9))});
  out.push_back({"nasty_large_piece", to_bytes(std::string_view("\x04rows\x00\x80\x00\x00", 9))});
  out.push_back({"nasty_no_name", to_bytes(std::string_view("\x00\x00\x00\x00\x00", 5))});
  out.push_back({"nasty_long_name", Bytes(260, 0xff)});
  out.push_back({"nasty_cut", Bytes(s.submission.begin(), s.submission.end() - 1)});
  return out;
}

const Registered kTarget{{"frame", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
