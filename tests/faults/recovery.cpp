#include "tests/faults/recovery.h"

#include <stdexcept>

#include <fmt/format.h>

#include "crypto/log/merkle.h"
#include "daemon/store/log_tables.h"
#include "daemon/verify/verify.h"
#include "protocol/record/ids.h"

namespace depone::faults {

namespace store = daemon::store;

namespace {

template <class... Args>
[[noreturn]] void broken(fmt::format_string<Args...> text, Args&&... args) {
  throw std::runtime_error(fmt::format(text, std::forward<Args>(args)...));
}
template <class T>
T must(Result<T> result, const char* what) {
  if (!result) broken("{}: {}", what, result.error().detail);
  return std::move(*result);
}

void check_log(const Place& place, const Told& told) {
  const auto master = must(daemon::unlock_keys(place.folder, {place.key_file, -1}), "unlocking");
  auto db = must(store::Connection::open(place.folder.database(), crypto::database_key(master),
                                         store::Connection::Mode::read_only),
                 "opening the database");
  for (const auto& [seq, leaf] : told.receipts) {
    const auto bytes = store::entry_bytes(db, seq);
    if (!bytes) broken("entry {}, of which there is a receipt, is lost", seq);
    if (to_bytes(crypto::log::leaf_hash(view(*bytes)).span()) != leaf)
      broken("entry {} is another than its receipt's", seq);
  }
  for (const auto& [size, root] : told.heads) {
    const auto checkpoint = store::checkpoint_of_size(db, size);
    if (!checkpoint) broken("a checkpoint of {} entries was known, and is lost", size);
    if (to_bytes(checkpoint->root.span()) != root) broken("the checkpoint of {} entries is another", size);
  }
  std::uint64_t serves = 0;
  for (std::uint64_t seq = 0; seq < store::count_entries(db); ++seq) {
    const auto entry = must(protocol::record::parse_entry(view(store::entry_bytes(db, seq).value_or(""))), "an entry");
    serves += entry.type == protocol::record::kEvidenceServe && entry.outcome == protocol::record::Outcome::accepted;
  }
  if (serves < told.served) broken("{} objects began to leave, and {} entries say so", told.served, serves);
}

void verify(const Place& place) {
  const auto master = must(daemon::unlock_keys(place.folder, {place.key_file, -1}), "unlocking");
  if (const auto verified = daemon::verify::verify_archive(place.folder, master, true); !verified)
    broken("verify: {}", verified.error().detail);
}

void check_uploads(Callers& callers, const Told& told) {
  for (const auto& [id, offset] : told.uploads) {
    const auto answer =
        callers.call(callers.people().investigator, "HEAD", "/v1/uploads/" + id, {}, {{"Tus-Resumable", "1.0.0"}});
    if (answer.status != 200) broken("an upload, of which {} bytes were acknowledged, is lost", offset);
    const auto now = std::stoull(std::string(protocol::transport::find_field(answer.fields, "Upload-Offset").value()));
    if (now < offset) broken("of an upload {} bytes were acknowledged, and {} are there", offset, now);
    callers.trace().add({What::upload, 0, now, id, {}, {}});
  }
}

// The same bytes once more: an act, or a submission, is taken now. What else people ask again is asked in any case.
void send_again(Callers& callers, const Event& sent) {
  const auto space = sent.path.find(' ');
  const auto method = sent.path.substr(0, space), target = sent.path.substr(space + 1);
  if (method != "POST" || target == "/v1/uploads") return;
  const auto answer = callers.call(callers.people().at(sent.node), method, target, sent.bytes);
  const bool of_a_lost_upload = answer.status == 409 || answer.status == 404 || answer.status == 422;
  const bool refused_by_consent =
      answer.status == 403 && text_view(answer.body).find("consent.") != std::string_view::npos;
  if (answer.status == 200 || refused_by_consent || (of_a_lost_upload && target.find("upload=") != std::string::npos))
    return;
  broken("sent again, {} is answered {}: {}", sent.path, answer.status, text_view(answer.body));
}

void go_on(Callers& callers, const Archive& archive) {
  const auto& people = callers.people();
  const auto roster = archive.ledger().snapshot().roster;
  const auto* const into = roster->find_prefix("NKPC");
  const auto* const reader = roster->find(people.lawyer.id());
  if (into == nullptr || reader == nullptr) return;
  const auto small = callers.submit(into->id);
  const auto large = callers.submit_large(into->id);
  callers.fetch(large, callers.retrieve(into->id, {small, large}, "icc_otp"));
}

}  // namespace

Told Told::of(std::span<const Event> events) {
  Told told;
  for (const auto& event : events) {
    switch (event.what) {
      case What::founded:
        told.founded = true;
        break;
      case What::sent:
        told.unanswered = event;
        break;
      case What::answered:
        if (event.number > 0 && event.number < 500) told.unanswered.reset();
        break;
      case What::receipt:
        told.receipts.push_back({event.number, event.bytes});
        break;
      case What::head:
        told.heads.push_back({event.number, event.bytes});
        break;
      case What::served:
        ++told.served;
        break;
      case What::upload:
        told.uploads[event.path] = event.number;
        break;
      case What::upload_over:
        told.uploads.erase(event.path);
        break;
      case What::create:
      case What::write:
      case What::truncate:
      case What::sync_file:
      case What::name:
      case What::rename:
      case What::remove:
      case What::make_folder:
      case What::sync_folder:
      case What::sync_all:
      case What::sent_again:
        break;
    }
  }
  return told;
}

void recover(const Place& place, const Told& told, Then then) {
  auto archive = Archive::start(place.folder, place.key_file, place.clock);
  if (!archive && !told.founded) return;  // nobody was told that there is an archive
  if (!archive) broken("it does not start: {}", archive.error().detail);
  {
    Callers callers(place, **archive);
    check_uploads(callers, told);
    if (then == Then::go_on && told.unanswered) send_again(callers, *told.unanswered);
    place.trace.add({What::sent_again, 0, 0, {}, {}, {}});
  }
  archive->reset();
  check_log(place, told);
  verify(place);
  if (then == Then::stop) return;
  archive = Archive::start(place.folder, place.key_file, place.clock);
  if (!archive) broken("it does not start again: {}", archive.error().detail);
  {
    Callers callers(place, **archive);
    try {
      go_on(callers, **archive);
    } catch (const Callers::GaveUp&) {
      broken("it does not go on");
    }
  }
  archive->reset();
  verify(place);
}

}  // namespace depone::faults
