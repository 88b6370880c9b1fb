#include "tests/hostile_member/wire_reading.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/log/proof.h"
#include "protocol/api/bodies.h"
#include "protocol/api/problem.h"
#include "protocol/record/receipt.h"

namespace depone::hostile {

using namespace protocol::record;
namespace api = protocol::api;

namespace {

Entry entry_of(const Receipt& receipt) {
  const auto proof = crypto::log::parse_proof(receipt.proof).value();
  return parse_entry(proof.extra.value()).value();
}

// Whether a receipt holds back the act that its entry names.
bool is_withheld(ByteView piece) {
  const auto receipt = parse_receipt(piece);
  return receipt && receipt->act.json == "{}" && bool(entry_of(*receipt).act);
}

// The kinds of pieces, each once: how many entries a history has is not what the table is about.
std::string frame_text(ByteView frame) {
  const auto pieces = pieces_in(frame);
  if (!pieces) return "a broken frame";
  std::vector<std::string> kinds;
  for (const auto& [name, bytes] : *pieces) {
    std::string kind = name;
    if (name == "receipt" && is_withheld(bytes)) kind = "receipt-without-act";
    if (name == "refusal") kind = "refusal:" + api::read_json<api::Problem>(bytes, "").value().code;
    if (name == "receipt" && kind == "receipt") {
      const auto outcome = entry_of(parse_receipt(bytes).value()).outcome;
      if (outcome != Outcome::accepted) kind += ":" + std::string(word(outcome));
    }
    if (std::ranges::find(kinds, kind) == kinds.end()) kinds.push_back(std::move(kind));
  }
  // Entries of a history come in the order in which people asked.
  if (std::ranges::find(kinds, "receipt-without-act") != kinds.end()) std::ranges::sort(kinds);
  return fmt::format("{}", fmt::join(kinds, " "));
}

std::string label_of(const Labels& labels, const std::string& id) {
  const auto found = labels.find(id);
  return found == labels.end() ? "" : found->second;
}

// What is known by name of a list; what other rows of the table made since is left out.
std::string json_text(const std::string& text, const Labels& labels) {
  std::vector<std::string> out;
  if (const auto answer = api::read_json<api::ActAnswer>(view(text), "")) {
    for (const auto& receipt : answer->receipts)
      out.push_back("receipt " + std::string(word(entry_of(receipt).outcome)));
  } else if (const auto page = api::read_json<api::ItemPage>(view(text), "")) {
    for (const auto& item : page->items) out.push_back(label_of(labels, to_text(item.item)));
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    out.insert(out.begin(), "items");
  } else if (const auto list = api::read_json<api::CaseList>(view(text), "")) {
    for (const auto& one : list->cases) {
      const auto label = label_of(labels, to_text(one.case_id));
      if (label.empty()) continue;
      out.push_back(fmt::format("{}:{},{}{}", label, one.grant, one.items, one.private_part.empty() ? "" : ",private"));
    }
    std::ranges::sort(out);
    out.insert(out.begin(), "cases");
  } else if (api::read_json<api::Status>(view(text), "")) {
    out.push_back("status");
  } else {
    out.push_back("proof");
  }
  std::erase(out, "");
  return fmt::format("{}", fmt::join(out, " "));
}

}  // namespace

std::optional<std::vector<std::pair<std::string, Bytes>>> pieces_in(ByteView frame) {
  std::vector<std::pair<std::string, Bytes>> out;
  FrameReader reader;
  while (!frame.empty()) {
    const auto taken = reader.feed(frame);
    if (!taken) return std::nullopt;
    frame = frame.subspan(*taken);
    if (auto piece = reader.next()) out.push_back(std::move(*piece));
  }
  return reader.between_pieces() ? std::optional(std::move(out)) : std::nullopt;
}

std::string code_in(const Heard& heard) {
  const auto problem = api::read_json<api::Problem>(heard.body, "a problem");
  return problem ? problem->code : "";
}

std::string answer_text(const Heard& heard, const Labels& labels) {
  if (heard.status == 0) return heard.fault;
  const auto type = heard.field("Content-Type");
  // An answer to HEAD has no body, and so no code.
  if (heard.status >= 400 && !heard.body.empty()) return fmt::format("{} {}", heard.status, code_in(heard));
  std::string what;
  if (type == kFrameType)
    what = frame_text(heard.body);
  else if (type == api::kJsonType)
    what = json_text(heard.text(), labels);
  else if (!heard.body.empty())
    what = type == api::kTextType ? "text" : "bytes";
  return what.empty() ? std::to_string(heard.status) : fmt::format("{} {}", heard.status, what);
}

std::string entry_text(const Entry& entry) {
  std::string out = entry.type;
  if (entry.outcome != Outcome::accepted) out += " " + std::string(word(entry.outcome));
  if (!entry.reason.empty()) out += " " + entry.reason;
  if (entry.type == kCatalogueSearch) {
    out += " " + facts_of<SearchFacts>(entry).value().what;
  } else {
    const auto at = entry.subject.find('_');
    out += entry.subject.empty() ? " on nothing" : at == std::string::npos ? " on member" : "";
    if (at != std::string::npos) out += entry.subject.starts_with("ev_") ? " on item" : " on case";
  }
  return out;
}

std::string entries_text(const std::vector<Entry>& entries) {
  std::string out;
  for (std::size_t at = 0, times = 1; at < entries.size(); at += times, times = 1) {
    if (entries[at].type == kEvidenceServed) continue;
    const auto text = entry_text(entries[at]);
    while (at + times < entries.size() && entry_text(entries[at + times]) == text) ++times;
    out += (out.empty() ? "" : ", ") + text;
    if (times > 1) out += fmt::format(", {} times", times);
  }
  return out.empty() ? "-" : out;
}

std::string ref_in(const Heard& heard) {
  const auto answer = api::read_json<api::ActAnswer>(heard.body, "receipts").value();
  return facts_of<SubmitFacts>(entry_of(answer.receipts.at(0))).value().ref;
}

}  // namespace depone::hostile
