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

Heard hear(transport::Client& line) {
  auto head = line.receive();
  if (!head) return fault_of(head.error());
  Heard heard{head->status, std::move(head->fields), {}, ""};
  Bytes some(64 * 1024);
  for (;;) {
    const auto n = line.read(some);
    if (!n) heard.fault = "cut";
    if (!n || *n == 0) return heard;
    heard.body.insert(heard.body.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(*n));
  }
}

std::optional<transport::Client> Peer::dial() const {
  auto made = transport::Client::connect(target_.address, channel_, target_.card.facts.tls);
  return made ? std::optional(std::move(*made)) : std::nullopt;
}

transport::Client* Peer::connection() {
  if (!connection_ || !connection_->reusable()) connection_ = dial();
  return connection_ ? &*connection_ : nullptr;
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
