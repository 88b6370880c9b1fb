#include "client/lib/identity_export.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "client/lib/unanswered.h"
#include "crypto/seal.h"
#include "protocol/record/form.h"
#include "protocol/record/values.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kProfileBytesMax = 64 << 20;
constexpr std::string_view kDomain = "depone/identity-export/v1";

struct ExportedFile {
  std::string path;  // below the profile's folder
  Bytes bytes;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("path", s.path);
    f("bytes", s.bytes);
  }
};
struct ProfileForm {
  std::uint64_t v = 1;
  std::vector<ExportedFile> files;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("files", s.files);
  }
};
struct ExportForm {
  std::uint64_t v = 1;
  RawObject identity;
  Bytes profile;
  crypto::Signature signature;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("v", s.v);
    f("identity", s.identity);
    f("profile", s.profile);
    f("signature", s.signature);
  }
};

// What of an archive's folder goes along: archives/NAME/FILE, archives/NAME/receipts/FILE,
// archives/NAME/unanswered/FILE. Not the audit's state, which is large and can be made again, and not locks.
bool belongs(const std::filesystem::path& path) {
  std::vector<std::string> steps;
  for (const auto& step : path) steps.push_back(step.string());
  if (steps.size() < 3 || steps[0] != "archives" || !is_archive_name(steps[1])) return false;
  const auto& file = steps.back();
  if (file.starts_with('.')) return false;
  constexpr std::array<std::string_view, 4> kFiles{"archive.card", "pin", "roster", "deposits"};
  if (steps.size() == 3) return std::ranges::find(kFiles, file) != kFiles.end();
  return steps.size() == 4 && (steps[2] == "receipts" || steps[2] == "unanswered");
}

Bytes export_info(const Identity& identity) {
  Bytes info = to_bytes(view(kDomain));
  const auto card = identity.card().hash.span();
  info.insert(info.end(), card.begin(), card.end());
  return info;
}
// What is signed: the domain, the card, the sealed profile.
Bytes signed_bytes(const Identity& identity, ByteView profile) {
  Bytes out = export_info(identity);
  out.insert(out.end(), profile.begin(), profile.end());
  return out;
}

}  // namespace

Result<std::string> export_identity(const Profile& profile, const Identity& identity, const Unlock& unlock) {
  ProfileForm form;
  std::size_t total = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(profile.folder() / "archives", none)) {
    const auto path = std::filesystem::relative(entry.path(), profile.folder());
    if (!entry.is_regular_file() || entry.is_symlink() || !belongs(path)) continue;
    auto bytes = path.parent_path().filename() == "unanswered" ? unanswered_alone(entry.path())
                                                               : Result<Bytes>(fail(ErrorCode::not_found, ""));
    if (!bytes) bytes = system::read_file(entry.path(), kProfileBytesMax);  // as it is, also where it was damaged
    if (!bytes) return bytes.error();
    total += bytes->size();
    if (total > kProfileBytesMax)
      return fail(ErrorCode::too_large, "this profile holds more than 64 MiB; move old receipts elsewhere first");
    form.files.push_back({path.string(), std::move(*bytes)});
  }
  std::ranges::sort(form.files, {}, &ExportedFile::path);
  ExportForm out;
  DEPONE_ASSIGN(out.identity.json, identity.locked(unlock));
  out.identity.json.pop_back();  // its final newline
  DEPONE_ASSIGN(out.profile, crypto::seal(identity.card().body().seal, export_info(identity), view(write_form(form))));
  out.signature = identity.signing_key().sign(signed_bytes(identity, out.profile));
  return write_form(out) + '\n';
}

Result<Imported> import_identity(const Profile& profile, ByteView exported, const Unlock& opens, const Unlock& locks) {
  if (std::filesystem::exists(profile.identity())) {
    return fail(ErrorCode::exists, fmt::format("there is an identity in {} already; nothing was changed (--identity "
                                               "NAME keeps several)",
                                               profile.folder().string()));
  }
  if (!exported.empty() && exported.back() == '\n') exported = exported.first(exported.size() - 1);
  const auto form = parse_form<ExportForm>(exported, "the exported identity");
  if (!form)
    return fail(ErrorCode::damaged, fmt::format("this is not a whole exported identity: {}", form.error().detail));
  if (form->v != 1) return fail(ErrorCode::unsupported, "the exported identity is of another version than 1");
  DEPONE_ASSIGN(auto identity, Identity::unlocked(view(form->identity.json), opens));
  if (!crypto::verify(identity.card().body().sign, signed_bytes(identity, form->profile), form->signature))
    return fail(ErrorCode::damaged, "the exported profile was changed; nothing was written");
  DEPONE_ASSIGN(const auto opened, crypto::open_seal_public(identity.card().body().seal.suite, identity.seal_seed(),
                                                            export_info(identity), form->profile));
  DEPONE_ASSIGN(const auto files, parse_form<ProfileForm>(opened, "the exported profile"));
  for (const auto& file : files.files) {
    if (!belongs(file.path)) return fail(ErrorCode::damaged, "the exported profile holds a file of no profile");
  }
  Imported imported{std::move(identity), 0, 0};
  DEPONE_TRY(system::make_folders(profile.folder()));
  for (const auto& file : files.files) {
    const auto path = profile.folder() / file.path;
    DEPONE_TRY(system::make_folders(path.parent_path()));
    DEPONE_TRY(system::write_file_durably(path, file.bytes, system::IfExists::replace));
    if (path.filename() == "archive.card") ++imported.archives;
    if (path.parent_path().filename() == "receipts") ++imported.receipts;
  }
  // Last: a profile is one only with its identity, so that an import that was cut short can be done again.
  DEPONE_TRY(imported.identity.save(profile.identity(), locks));
  return imported;
}

}  // namespace depone::client
