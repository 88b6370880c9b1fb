#include "client/lib/unanswered.h"

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/key_slot.h"
#include "protocol/record/form.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kFileBytesMax = 4 << 20;  // a submission of 1,600,000 bytes in base64, and then some

struct FileForm {
  std::uint64_t v = 1;
  crypto::EvidenceId item;
  crypto::Digest act;
  std::string upload;
  Bytes opening, sealed;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("item", s.item);
    f("act", s.act);
    f("upload", s.upload);
    f("opening", s.opening);
    f("sealed", s.sealed);
  }
};

// What an opening is boxed for.
Bytes archive_and_item(const ArchiveProfile& archive, const crypto::EvidenceId& item) {
  Bytes out = to_bytes(archive.card().genesis.span());
  const auto id = item.span();
  out.insert(out.end(), id.begin(), id.end());
  return out;
}

}  // namespace

std::filesystem::path UnansweredSubmissions::path_of(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                                     std::uint64_t size) const {
  return archive_.unanswered() / fmt::format("{}.{}", archive_.deposit_key(identity_, plaintext, case_id), size);
}

bool UnansweredSubmissions::any_of_size(std::uint64_t size) const {
  const auto ending = fmt::format(".{}", size);
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(archive_.unanswered(), none)) {
    if (entry.path().extension() == ending) return true;
  }
  return false;
}

Result<std::optional<Unanswered>> UnansweredSubmissions::find(const crypto::Digest& plaintext,
                                                              const crypto::CaseId& case_id, std::uint64_t size) const {
  const auto path = path_of(plaintext, case_id, size);
  const auto bytes = system::read_file(path, kFileBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return std::optional<Unanswered>{};
  if (!bytes) return bytes.error();
  const auto damaged = [&](const Error& why) {
    return fail(why.code,
                fmt::format("{} was damaged ({}); restore it from a copy, or remove it: if the archive has what "
                            "was sent, submitting the file again deposits it twice",
                            path.string(), why.detail));
  };
  auto read = parse_form<FileForm>(*bytes, "what was sent");
  if (!read) return damaged(read.error());
  auto& form = *read;
  const auto opening = crypto::unbox(key_, archive_and_item(archive_, form.item), form.opening);
  if (!opening) return damaged(fail(opening.error().code, "its opening was changed"));
  Unanswered out{form.item, form.act, {}, std::move(form.upload), std::move(form.sealed)};
  DEPONE_ASSIGN(out.opening, parse_form<Opening>(opening->expose(), "the opening"));
  return std::optional(std::move(out));
}

Result<> UnansweredSubmissions::keep(const Unanswered& submission, const crypto::CaseId& case_id,
                                     std::uint64_t size) const {
  DEPONE_TRY(system::make_folders(archive_.unanswered()));
  FileForm form;
  form.item = submission.item;
  form.act = submission.act;
  form.upload = submission.upload_id;
  form.sealed = submission.sealed;
  form.opening = crypto::box(key_, archive_and_item(archive_, submission.item), view(write_form(submission.opening)));
  return system::write_file(path_of(submission.opening.sha256, case_id, size), view(write_form(form)),
                            system::IfExists::replace);
}

void UnansweredSubmissions::forget(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                   std::uint64_t size) const {
  ::unlink(path_of(plaintext, case_id, size).c_str());
}

}  // namespace depone::client
