#include "client/lib/part_auditor.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/log/checkpoint.h"
#include "policy/rules.h"
#include "protocol/record/salted.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kPartsMax = 8;  // that are spoken of for one act; no type has more than three

Error not_of_the_form() {
  return fail(ErrorCode::damaged, "the archive's answer about parts is not of the documented form");
}

bool names_a_part(std::string_view piece) { return piece == "withheld" || piece == "missing"; }
std::string part_of(const PartAuditor::Piece& piece) {
  return names_a_part(piece.first) ? std::string(text_view(piece.second)) : piece.first;
}

}  // namespace

PartAuditor::PartAuditor(const policy::Roster& roster, const crypto::KeyId& asker, NextPiece next, AuditReport& report)
    : roster_(roster),
      asker_(roster.find(asker)),
      next_(std::move(next)),
      report_(report) {}

Result<> PartAuditor::look_ahead() {
  if (ahead_) return {};
  DEPONE_ASSIGN(ahead_, next_());
  return {};
}

// What the answer says of this entry, to the last piece: nothing where it passes it over.
Result<std::vector<PartAuditor::Piece>> PartAuditor::section(std::uint64_t seq) {
  std::vector<Piece> out;
  DEPONE_TRY(look_ahead());
  if (ahead_->first == "end") return out;
  const auto of = ahead_->first == "parts" ? crypto::log::parse_decimal(text_view(ahead_->second)) : std::nullopt;
  if (!of || *of < seq) return not_of_the_form();
  if (*of > seq) return out;
  for (;;) {
    ahead_.reset();
    DEPONE_TRY(look_ahead());
    if (ahead_->first == "parts" || ahead_->first == "end") return out;
    const auto same = [&](const Piece& piece) { return part_of(piece) == part_of(*ahead_); };
    if (out.size() == kPartsMax || std::ranges::any_of(out, same)) return not_of_the_form();
    out.push_back(std::move(*ahead_));
  }
}

Result<> PartAuditor::check(std::uint64_t seq, const TakenAct* taken) {
  DEPONE_ASSIGN(const auto pieces, section(seq));
  if (taken == nullptr) return {};
  const auto* const of = taken->case_id ? roster_.find(*taken->case_id) : nullptr;
  for (const auto& [name, commitment] : taken->parts.entries) {
    const auto wrong = [&](std::string what) {
      report_.wrong.push_back({fmt::format("entry {}, part {}", seq, name), std::move(what), seq});
    };
    const auto piece = std::ranges::find_if(pieces, [&](const Piece& one) { return part_of(one) == name; });
    if (piece == pieces.end() || piece->first == "missing") {
      wrong("is missing: the archive does not have it any more");
    } else if (piece->first == "withheld") {
      if (asker_ != nullptr && policy::sees_part(*asker_, taken->type, name, of, taken->actor))
        wrong("is withheld, though you may see it");
      else
        ++report_.withheld[fmt::format("{} of {}", name, taken->type)];
    } else {
      ++report_.parts;
      report_.part_bytes += piece->second.size();
      if (!is_part(name, piece->second, commitment)) wrong("does not match its commitment: it was changed");
    }
  }
  return {};
}

Result<> PartAuditor::finish() {
  DEPONE_TRY(look_ahead());
  if (ahead_->first != "end") return not_of_the_form();
  return {};
}

}  // namespace depone::client
