// Frames (DESIGN section 5; docs/FORMAT.md "Frames"): an act and its parts, byte for byte, as pieces of
//   u8 name length || name || u32be length || bytes
// What pieces a frame may hold, in which order and how large, is said by whoever reads it. Pure.
#pragma once

#include <span>

#include "crypto/bytes.h"
#include "system/result.h"

namespace depone::protocol::record {

constexpr std::string_view kFrameType = "application/vnd.depone.frame.v1";
constexpr std::size_t kInlineObjectBytesMax = 128 * 1024;  // sealed
constexpr std::size_t kItemNameBytesMax = 128;             // of what a person calls an item

struct Piece {
  std::string_view name;
  ByteView bytes;
};

class FrameWriter {
 public:
  // `bytes`: what it will hold at most. A frame with a secret says so, because growing would leave copies behind.
  explicit FrameWriter(std::size_t bytes) { bytes_.reserve(bytes); }
  FrameWriter() = default;
  void add(std::string_view name, ByteView bytes);
  Bytes take() { return std::move(bytes_); }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

// The largest bytes a piece of this name may have; nothing for a name that no frame has.
std::optional<std::size_t> piece_bytes_max(std::string_view name);

// All pieces of a frame, as views into it. malformed, too_large.
Result<std::vector<Piece>> parse_frame(ByteView frame);
// The pieces of a frame that is a list: one to `most`, all of this name.
Result<std::vector<ByteView>> parse_list(ByteView frame, std::string_view name, std::size_t most);
const Piece* find_piece(std::span<const Piece> pieces, std::string_view name);

// Pieces of a stream that arrives bit by bit: an answer to a retrieval. Holds at most one piece.
class FrameReader {
 public:
  // Gives more bytes; returns how many were taken. Stops taking when a piece is complete, until next() took it.
  Result<std::size_t> feed(ByteView bytes);
  // A whole piece, if there is one: its name and its bytes, moved out.
  std::optional<std::pair<std::string, Bytes>> next();
  bool between_pieces() const { return head_.empty(); }

 private:
  std::string head_;  // length, name, length
  Bytes body_;
  std::size_t missing_ = 0;
  bool head_complete_ = false;
  bool complete_ = false;
};

}  // namespace depone::protocol::record
