#include "client/lib/content_opener.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/hash.h"
#include "crypto/object.h"

namespace depone::client {

using namespace protocol::record;
namespace transport = protocol::transport;

namespace {

// Opens sealed bytes as they come, in chunks, into a file.
class ContentOpener {
 public:
  ContentOpener(const RetrievedItem& item, system::File& into, std::uint64_t chunks)
      : item_(item),
        into_(into),
        chunks_(chunks),
        plain_(crypto::kChunkPlainBytes) {}

  Result<> feed(ByteView bytes) {
    sealed_hash_.update(bytes);
    while (!bytes.empty()) {
      const std::size_t want = cipher_ ? crypto::kChunkSealedBytes : crypto::kObjectHeaderBytes;
      const auto n = std::min(want - pending_.size(), bytes.size());
      pending_.insert(pending_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
      bytes = bytes.subspan(n);
      if (pending_.size() < want) break;
      DEPONE_TRY(cipher_ ? open_chunk() : begin());
    }
    return {};
  }
  Result<> finish() {
    if (cipher_ && !pending_.empty()) DEPONE_TRY(open_chunk());
    if (index_ != chunks_)
      return fail(ErrorCode::damaged, "the sealed object is shorter than it was when it was deposited");
    if (sealed_hash_.finish() != item_.terms.body.object.sha256)
      return fail(ErrorCode::damaged, "the sealed object is not the one that was deposited");
    const auto plain = plain_hash_.finish();
    const auto committed = crypto::content_commitment(item_.context, item_.manifest.commitment_salt, plain);
    if (plain != item_.manifest.sha256 || committed != item_.terms.body.content_commitment) {
      return fail(ErrorCode::damaged, "the content is not what its submitter committed to");
    }
    return {};
  }
  std::uint64_t done() const { return done_; }

 private:
  Result<> begin() {
    DEPONE_ASSIGN(const auto header, crypto::parse_object_header(pending_));
    cipher_.emplace(crypto::content_key(*item_.item_secret, item_.context, *item_.release_share, header));
    pending_.clear();
    return {};
  }
  Result<> open_chunk() {
    if (pending_.size() < crypto::kChunkTagBytes) return fail(ErrorCode::damaged, "the sealed object was cut");
    const auto plain = std::span(plain_).first(pending_.size() - crypto::kChunkTagBytes);
    DEPONE_TRY(cipher_->open(index_, index_ + 1 == chunks_, pending_, plain));
    ++index_;
    plain_hash_.update(plain);
    done_ += plain.size();
    pending_.clear();
    return into_.write(plain);
  }

  const RetrievedItem& item_;
  system::File& into_;
  std::uint64_t chunks_;
  std::uint64_t index_ = 0;
  std::uint64_t done_ = 0;
  std::optional<crypto::ChunkCipher> cipher_;
  Bytes pending_, plain_;
  crypto::Sha256 sealed_hash_, plain_hash_;
};

}  // namespace

Result<> open_content(Session& session, const Retrieval& retrieval, const RetrievedItem& item, system::File& into,
                      const Progress& progress) {
  DEPONE_ASSIGN(const auto chunks, crypto::object_chunks(item.terms.body.object.size));
  ContentOpener opener(item, into, chunks);
  if (!item.object.empty()) {
    DEPONE_TRY(opener.feed(item.object));
    return opener.finish();
  }
  DEPONE_ASSIGN(auto* const connection, session.connection());
  auto& client = *connection;
  transport::RequestHead head{
      "GET",
      fmt::format("/v1/objects/{}?grant={}", to_text(item.item), crypto::to_hex(retrieval.act.hash.span())),
      {},
      0};
  DEPONE_TRY(client.begin(head));
  DEPONE_ASSIGN(const auto answer, client.receive());
  if (answer.status >= 400) return session.problem(answer);
  if (answer.content_length != item.terms.body.object.size)
    return fail(ErrorCode::damaged, "the archive gives an object of another length than was deposited");
  Bytes some(256 * 1024);
  for (;;) {
    DEPONE_ASSIGN(const std::size_t n, client.read(some));
    if (n == 0) break;
    DEPONE_TRY(opener.feed(ByteView(some).first(n)));
    if (progress) progress(opener.done());
  }
  return opener.finish();
}

}  // namespace depone::client
