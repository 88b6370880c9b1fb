#include "tests/hostile_member/peer.h"

namespace depone::hostile {

namespace transport = protocol::transport;

namespace {

constexpr std::size_t kAnswerBytesMax = 256 << 20;

Heard fault_of(const Error& error) {
  Heard heard;
  heard.fault = error.code == ErrorCode::refused ? kNoHandshake : kNoAnswer;
  return heard;
}

}  // namespace

transport::Client* Peer::connection() {
  if (connection_ && connection_->reusable()) return &*connection_;
  connection_.reset();
  auto made = transport::Client::connect(target_.address, channel_, target_.card.facts.tls);
  if (!made) return nullptr;
  connection_ = std::move(*made);
  return &*connection_;
}

Heard Peer::ask(std::string method, std::string target, std::vector<transport::Field> fields, ByteView body) {
  auto* const line = connection();
  if (line == nullptr) return fault_of(fail(ErrorCode::unreachable, ""));
  transport::RequestHead head{std::move(method), std::move(target), std::move(fields), body.size()};
  auto answer = line->exchange(std::move(head), body, kAnswerBytesMax);
  if (!answer) {
    connection_.reset();
    return fault_of(answer.error());
  }
  return {answer->head.status, std::move(answer->head.fields), std::move(answer->body), ""};
}

Heard Peer::send(std::initializer_list<protocol::record::Piece> pieces) {
  protocol::record::FrameWriter frame;
  for (const auto& piece : pieces) frame.add(piece.name, piece.bytes);
  return ask("POST", "/v1/acts", {}, frame.bytes());
}

}  // namespace depone::hostile
