#include "protocol/record/frame.h"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/record/envelope.h"
#include "protocol/record/parts.h"

namespace depone::protocol::record {
namespace {

constexpr std::size_t kBulkBytesMax = 8 << 20;
constexpr std::size_t kSubmissionBytesMax = 1'600'000;  // sealed
constexpr std::size_t kReceiptBytesMax = 128 * 1024;

struct PieceLimit {
  std::string_view name;
  std::size_t bytes_max;
};
// docs/FORMAT.md, "Frames", has this table.
constexpr PieceLimit kPieces[] = {
    {"act", kEnvelopeBytesMax},
    {"card", kEnvelopeBytesMax},
    {"identity", kPartBytesMax},
    {"manifest", kManifestPartBytesMax},
    {"secret", kSecretPartBytesMax},
    {"private", kPartBytesMax},
    {"rows", kBulkBytesMax},
    {"policy", kBulkBytesMax},
    {"sealed", kPartBytesMax},
    {"release_share", 32},
    {"object", kInlineObjectBytesMax},
    {"submission", kSubmissionBytesMax},
    {"name", kItemNameBytesMax},
    // answers
    {"archive", kEnvelopeBytesMax},
    {"entry", 4096},
    {"checkpoint", 64 * 1024},
    {"item", 64},
    {"receipt", kReceiptBytesMax},
    {"submit", kReceiptBytesMax},
    {"described", kReceiptBytesMax},
    {"described_private", kReceiptBytesMax},
    {"described_manifest", kReceiptBytesMax},
    {"shared", kReceiptBytesMax},
    {"opened", kReceiptBytesMax},
    {"grant", kReceiptBytesMax},
    {"attest", kReceiptBytesMax},
    {"share", kSecretPartBytesMax},
    {"refusal", 4096},
    {"parts", 20},
    {"withheld", 32},
    {"missing", 32},
    {"end", 64},
};

std::uint32_t read_u32(ByteView bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

Result<> check_size(std::string_view name, std::size_t size) {
  const auto limit = piece_bytes_max(name);
  if (!limit) return fail(ErrorCode::malformed, "a frame has a piece of an unknown name");
  if (size > *limit) {
    return fail(ErrorCode::too_large, fmt::format("the piece '{}' of a frame is larger than {} bytes", name, *limit));
  }
  return {};
}

// Takes a piece off the front of `frame`.
Result<Piece> take_piece(ByteView& frame) {
  const auto cut = [] { return fail(ErrorCode::malformed, "a frame ends in the middle of a piece"); };
  const std::size_t name_size = frame[0];
  if (frame.size() < 1 + name_size + 4) return cut();
  const auto name = text_view(frame.subspan(1, name_size));
  const std::size_t size = read_u32(frame.subspan(1 + name_size));
  DEPONE_TRY(check_size(name, size));
  frame = frame.subspan(1 + name_size + 4);
  if (frame.size() < size) return cut();
  const Piece piece{name, frame.first(size)};
  frame = frame.subspan(size);
  return piece;
}

}  // namespace

std::optional<std::size_t> piece_bytes_max(std::string_view name) {
  const auto* const found = std::ranges::find(kPieces, name, &PieceLimit::name);
  return found == std::end(kPieces) ? std::nullopt : std::optional(found->bytes_max);
}

void FrameWriter::add(std::string_view name, ByteView bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  bytes_.push_back(static_cast<std::uint8_t>(name.size()));
  bytes_.insert(bytes_.end(), name.begin(), name.end());
  for (const int shift : {24, 16, 8, 0}) bytes_.push_back(static_cast<std::uint8_t>(size >> shift));
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

Result<std::vector<Piece>> parse_frame(ByteView frame) {
  std::vector<Piece> pieces;
  while (!frame.empty()) {
    DEPONE_ASSIGN(const auto piece, take_piece(frame));
    if (find_piece(pieces, piece.name) != nullptr) return fail(ErrorCode::malformed, "a frame has a piece twice");
    pieces.push_back(piece);
  }
  return pieces;
}

Result<std::vector<ByteView>> parse_list(ByteView frame, std::string_view name, std::size_t most) {
  std::vector<ByteView> pieces;
  while (!frame.empty()) {
    DEPONE_ASSIGN(const auto piece, take_piece(frame));
    if (piece.name != name || pieces.size() == most)
      return fail(ErrorCode::malformed, "a list has a piece that it may not have");
    pieces.push_back(piece.bytes);
  }
  if (pieces.empty()) return fail(ErrorCode::malformed, "a list is empty");
  return pieces;
}

const Piece* find_piece(std::span<const Piece> pieces, std::string_view name) {
  for (const auto& piece : pieces) {
    if (piece.name == name) return &piece;
  }
  return nullptr;
}

Result<std::size_t> FrameReader::feed(ByteView bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !complete_) {
    if (!head_complete_) {
      head_ += static_cast<char>(bytes[taken++]);
      const std::size_t name_size = static_cast<std::uint8_t>(head_[0]);
      if (head_.size() < 1 + name_size + 4) continue;
      missing_ = read_u32(view(head_).subspan(1 + name_size));
      head_ = head_.substr(1, name_size);
      DEPONE_TRY(check_size(head_, missing_));
      head_complete_ = true;
      body_.clear();
      body_.reserve(missing_);
    } else {
      const std::size_t n = std::min(missing_, bytes.size() - taken);
      const auto some = bytes.subspan(taken, n);
      body_.insert(body_.end(), some.begin(), some.end());
      taken += n;
      missing_ -= n;
    }
    complete_ = head_complete_ && missing_ == 0;
  }
  return taken;
}

std::optional<std::pair<std::string, Bytes>> FrameReader::next() {
  if (!complete_) return std::nullopt;
  complete_ = head_complete_ = false;
  return std::pair(std::exchange(head_, {}), std::exchange(body_, {}));
}

}  // namespace depone::protocol::record
