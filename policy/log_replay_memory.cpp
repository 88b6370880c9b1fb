#include "policy/log_replay.h"

namespace depone::policy {

namespace {

void put(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }
void put(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

void put_name(Bytes& out, std::string_view name) {  // an entry is at most 4 KiB
  out.push_back(static_cast<std::uint8_t>(name.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(name.size()));
  put(out, view(name));
}

// Takes values off the front; once something was short, everything after is nothing.
class Packed {
 public:
  explicit Packed(ByteView bytes) : rest_(bytes) {}
  bool more() const { return !rest_.empty() && !short_; }
  bool was_short() const { return short_; }
  ByteView bytes(std::size_t size) {
    if (rest_.size() < size) {
      short_ = true;
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (const auto byte : bytes(8)) out = out << 8 | byte;
    return out;
  }
  std::string name() {
    const auto size = bytes(2);
    return std::string(text_view(bytes(size.empty() ? 0 : std::size_t{size[0]} << 8 | size[1])));
  }
  // A word of a closed list, by its place; the first where it is none.
  template <class E>
  E word() {
    const auto place = bytes(1);
    return static_cast<E>(!place.empty() && place[0] < protocol::record::Words<E>::table.size() ? place[0] : 0);
  }
  template <class Fixed>
  Fixed fixed() {
    return Fixed::from(bytes(Fixed::kSize)).value_or(Fixed{});
  }

 private:
  ByteView rest_;
  bool short_ = false;
};

}  // namespace

ReplayMemory LogReplay::memory() const {
  ReplayMemory out{size_, last_leaf_, last_at_, last_change_, changes_, {}, {}, {}, {}, {}, {}};
  for (const auto& [name, subject] : subjects_) {
    put_name(out.subjects, name);
    put(out.subjects, subject.last);
    out.subjects.push_back(static_cast<std::uint8_t>(subject.submitted));
    put(out.subjects, subject.case_id.span());
    put(out.subjects, subject.described_by.span());
    put(out.subjects, subject.described);
    put(out.subjects, subject.holds.private_part);
    put(out.subjects, subject.holds.manifest);
    out.subjects.push_back(static_cast<std::uint8_t>(subject.holds.sensitivity));
  }
  for (const auto& [key, taken] : taken_) {
    put(out.taken, key.span());
    put(out.taken, taken.act.span());
    put(out.taken, taken.first);
  }
  for (const auto seq : granted_) put(out.granted, seq);
  for (const auto& [id, count] : numbers_) {
    put(out.numbers, id.span());
    put(out.numbers, count);
  }
  for (const auto& [seq, serving] : serving_) {
    put(out.serving, seq);
    put(out.serving, serving.what.span());
    put(out.serving, serving.bytes);
  }
  for (const auto& [item, cases] : shared_) {
    for (const auto& id : cases) {
      put_name(out.shared, item);
      put(out.shared, id.span());
    }
  }
  return out;
}

Result<LogReplay> LogReplay::resume(const crypto::Digest& genesis, const ReplayMemory& memory) {
  LogReplay out(genesis);
  out.size_ = memory.size;
  out.last_leaf_ = memory.last_leaf;
  out.last_at_ = memory.last_at;
  out.last_change_ = memory.roster;
  out.changes_ = memory.changes;
  Packed subjects(memory.subjects), taken(memory.taken), granted(memory.granted), numbers(memory.numbers),
      serving(memory.serving), shared(memory.shared);
  while (subjects.more()) {
    auto& subject = out.subjects_[subjects.name()];
    subject.last = subjects.number();
    const auto submitted = subjects.bytes(1);
    if (!submitted.empty() && submitted[0] <= 2) subject.submitted = static_cast<Subject::Submitted>(submitted[0]);
    subject.case_id = subjects.fixed<crypto::CaseId>();
    subject.described_by = subjects.fixed<crypto::Digest>();
    subject.described = subjects.number();
    subject.holds.private_part = subjects.number();
    subject.holds.manifest = subjects.number();
    subject.holds.sensitivity = subjects.word<protocol::record::Sensitivity>();
  }
  while (taken.more()) {
    const auto key = taken.fixed<crypto::Digest>();
    const auto act = taken.fixed<crypto::Digest>();
    out.taken_[key] = {act, taken.number()};
  }
  while (granted.more()) out.granted_.push_back(granted.number());
  while (numbers.more()) {
    const auto id = numbers.fixed<crypto::CaseId>();
    out.numbers_[id] = numbers.number();
  }
  while (serving.more()) {
    const auto seq = serving.number();
    const auto what = serving.fixed<crypto::Digest>();
    out.serving_[seq] = {what, serving.number()};
  }
  while (shared.more()) {
    const auto item = shared.name();
    out.shared_[item].push_back(shared.fixed<crypto::CaseId>());
  }
  for (const auto* const one : {&subjects, &taken, &granted, &numbers, &serving, &shared}) {
    if (one->was_short()) return fail(ErrorCode::malformed, "what an earlier audit left was cut");
  }
  return out;
}

}  // namespace depone::policy
