#include "daemon/verify/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "protocol/api/json.h"

namespace depone::daemon::verify {

struct Report::Form {
  std::string result;
  std::uint64_t entries = 0, checkpoints = 0, acts = 0, parts = 0, objects = 0, object_bytes = 0;
  std::vector<Finding> wrong, unknown, notes;
  template <class F, class S>
  static void fields(F& f, S& s) {
    f("result", s.result);
    f("entries", s.entries);
    f("checkpoints", s.checkpoints);
    f("acts", s.acts);
    f("parts", s.parts);
    f("objects", s.objects);
    f("object_bytes", s.object_bytes);
    f("wrong", s.wrong);
    f("unknown", s.unknown);
    f("notes", s.notes);
  }
};

void Report::wrong(std::string subject, std::string what) {
  wrong_.push_back({std::move(subject), std::move(what), about_});
}
void Report::unknown(std::string subject, std::string what) {
  unknown_.push_back({std::move(subject), std::move(what), about_});
}
void Report::note(std::string subject, std::string what) {
  notes_.push_back({std::move(subject), std::move(what), about_});
}

void Report::add(Report other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  object_bytes_ += other.object_bytes_;
  std::ranges::move(other.wrong_, std::back_inserter(wrong_));
  std::ranges::move(other.unknown_, std::back_inserter(unknown_));
  std::ranges::move(other.notes_, std::back_inserter(notes_));
}

void Report::sort() {
  for (auto* const list : {&wrong_, &unknown_, &notes_}) std::ranges::stable_sort(*list, {}, &Finding::about);
}

void Report::print(bool json) const {
  if (json) {
    const Form form{is_clean() ? "intact" : "damaged",
                    counts_[0],
                    counts_[1],
                    counts_[2],
                    counts_[3],
                    counts_[4],
                    object_bytes_,
                    wrong_,
                    unknown_,
                    notes_};
    fmt::print("{}\n", protocol::api::write_json(form));
    return;
  }
  fmt::print("checked {} entries, {} checkpoints, {} acts, {} parts, {} objects ({} bytes)\n", counts_[0], counts_[1],
             counts_[2], counts_[3], counts_[4], object_bytes_);
  for (const auto& finding : wrong_) fmt::print("WRONG  {} {}\n", finding.subject, finding.what);
  for (const auto& finding : unknown_) fmt::print("newer  {} {}\n", finding.subject, finding.what);
  for (const auto& finding : notes_) fmt::print("note   {} {}\n", finding.subject, finding.what);
  fmt::print("{}\n", is_clean() ? "intact: everything is as it was deposited" : "NOT INTACT");
}

}  // namespace depone::daemon::verify
