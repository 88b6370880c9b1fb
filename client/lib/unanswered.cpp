#include "client/lib/unanswered.h"

#include <fmt/format.h>
#include <unistd.h>

#include "crypto/key_slot.h"
#include "protocol/record/form.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kFileBytesMax = 16 << 20;  // what is sent together, 6 MiB and to spare, in base64

struct SubmissionForm {
  std::string name;  // of its file
  crypto::EvidenceId item;
  crypto::Digest act;
  std::string upload;
  Bytes opening, sealed;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("name", s.name);
    f("item", s.item);
    f("act", s.act);
    f("upload", s.upload);
    f("opening", s.opening);
    f("sealed", s.sealed);
  }
};
struct FileForm {
  std::uint64_t v = 2;
  std::vector<SubmissionForm> submissions;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("submissions", s.submissions);
  }
};

// What an opening is boxed for.
Bytes place_of(const ArchiveProfile& archive, const crypto::EvidenceId& item, std::string_view name) {
  Bytes out = to_bytes(archive.card().genesis.span());
  const auto id = item.span();
  out.insert(out.end(), id.begin(), id.end());
  out.insert(out.end(), name.begin(), name.end());
  return out;
}

// The one that a file's name is of.
Result<SubmissionForm> read_named(ByteView bytes, std::string_view name) {
  DEPONE_ASSIGN(auto form, parse_form<FileForm>(bytes, "what was sent"));
  if (form.v != 2) return fail(ErrorCode::unsupported, "it is of another version of this program");
  const auto found = std::ranges::find(form.submissions, name, &SubmissionForm::name);
  if (found == form.submissions.end()) return fail(ErrorCode::damaged, "it is not of its name");
  return std::move(*found);
}

}  // namespace

std::filesystem::path UnansweredSubmissions::path_of(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                                     std::uint64_t size) const {
  return archive_.unanswered() / fmt::format("{}.{}", archive_.deposit_key(identity_, plaintext, case_id), size);
}

std::set<std::string> UnansweredSubmissions::sizes() const {
  std::set<std::string> out;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(archive_.unanswered(), none)) {
    const auto extension = entry.path().extension().string();
    if (!extension.empty()) out.insert(extension.substr(1));
  }
  return out;
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
  auto read = read_named(*bytes, path.filename().native());
  if (!read) return damaged(read.error());
  auto& form = *read;
  const auto opening = crypto::unbox(key_, place_of(archive_, form.item, form.name), form.opening);
  if (!opening) return damaged(fail(opening.error().code, "its opening was changed"));
  Unanswered out{form.item, form.act, {}, std::move(form.upload), std::move(form.sealed)};
  DEPONE_ASSIGN(out.opening, parse_form<Opening>(opening->expose(), "the opening"));
  return std::optional(std::move(out));
}

Result<> UnansweredSubmissions::keep(std::span<const Unanswered> together, const crypto::CaseId& case_id,
                                     std::span<const std::uint64_t> sizes) const {
  DEPONE_TRY(system::make_folders(archive_.unanswered()));
  FileForm form;
  std::vector<std::filesystem::path> paths;
  for (std::size_t i = 0; i < together.size(); ++i) {
    const auto& one = together[i];
    paths.push_back(path_of(one.opening.sha256, case_id, sizes[i]));
    auto name = paths.back().filename().string();
    auto opening = crypto::box(key_, place_of(archive_, one.item, name), view(write_form(one.opening)));
    form.submissions.push_back({std::move(name), one.item, one.act, one.upload_id, std::move(opening), one.sealed});
  }
  const auto text = write_form(form);
  DEPONE_TRY(system::write_file(paths.front(), view(text), system::IfExists::replace));
  for (const auto& path : std::span(paths).subspan(1)) {
    std::error_code failed;  // the name is taken, or the disk has no links (FAT)
    std::filesystem::create_hard_link(paths.front(), path, failed);
    if (failed) DEPONE_TRY(system::write_file(path, view(text), system::IfExists::replace));
  }
  return {};
}

void UnansweredSubmissions::forget(const crypto::Digest& plaintext, const crypto::CaseId& case_id,
                                   std::uint64_t size) const {
  ::unlink(path_of(plaintext, case_id, size).c_str());
}

Result<Bytes> unanswered_alone(const std::filesystem::path& file) {
  DEPONE_ASSIGN(const auto bytes, system::read_file(file, kFileBytesMax));
  DEPONE_ASSIGN(auto submission, read_named(bytes, file.filename().native()));
  FileForm form;
  form.submissions.push_back(std::move(submission));
  return to_bytes(view(write_form(form)));
}

void UnansweredSubmissions::forget_deposited(const Deposits& deposits) const {
  std::vector<std::filesystem::path> deposited;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(archive_.unanswered(), none)) {
    if (deposits.has(entry.path().stem().string())) deposited.push_back(entry.path());
  }
  for (const auto& path : deposited) ::unlink(path.c_str());
}

}  // namespace depone::client
