// Entries of the ledger and the facts of each type.
#include "protocol/record/entry.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;

void check(ByteView bytes) {
  const auto entry = parse_entry(bytes);
  if (!entry) return;
  require(is_byte_form(bytes) && bytes.size() <= kEntryBytesMax, "an entry that is taken is in the byte form");
  require(write_form(*entry) == text_view(bytes), "an entry has one spelling");
  require(check_facts(*entry).has_value(), "an entry's facts are of its type");
  require(!changes_roster(*entry) || entry->outcome == Outcome::accepted, "only what was accepted changes the roster");
}

void fuzz(ByteView input) {
  check(input);
  // The input as facts of each type.
  auto entry = parse_entry(view(specimen().entry1)).value();
  entry.facts.json = text_view(input);
  for (const auto type :
       {kArchiveInit, std::string_view("evidence.submit"), std::string_view("evidence.retrieve"), kEvidenceServe,
        kEvidenceServed, kCatalogueSearch, std::string_view("case.open"), std::string_view("evidence.unheard_of")}) {
    entry.type = type;
    check(view(write_form(entry)));
  }
  // A changed entry is another leaf.
  Choices choices(input);
  const auto changed = damaged(view(specimen().entry1), choices);
  const bool same = text_view(changed) == specimen().entry1;
  require((crypto::log::leaf_hash(changed) == crypto::log::leaf_hash(view(specimen().entry1))) == same,
          "an entry has one leaf");
  if (same) require(parse_entry(changed).has_value(), "a valid entry is taken");
  check(changed);
  if (is_item_ref(text_view(input))) {
    require(input.size() <= 32 && text_view(input).find_first_of("/.") == std::string_view::npos,
            "a citable number names a file safely");
  }
}

Seeds seeds() {
  Seeds out = nasty_json();
  const auto& s = specimen();
  out.push_back({"entry0", to_bytes(s.entry0)});
  out.push_back({"entry1", to_bytes(s.entry1)});
  out.push_back({"item_ref", to_bytes("NKPC-000001")});
  const auto add = [&](const char* name, const auto& facts) { out.push_back({name, to_bytes(write_form(facts))}); };
  add("facts_act", ActFacts{-3});
  add("facts_submit", SubmitFacts{1, "NKPC-000001", "current", s.custodian.card.id()});
  add("facts_retrieve", RetrieveFacts{1, s.now, "inline"});
  add("facts_retrieve_described", RetrieveFacts{1, s.now, "none", 7});
  add("facts_describe", DescribeFacts{1, Described{7, 3, Sensitivity::secret}});
  add("facts_serve", ServeFacts{"object", 0, 5});
  add("facts_served", ServedFacts{4, 5, "cut"});
  add("facts_search", SearchFacts{"items", 2, 3});
  return out;
}

const Registered kTarget{{"entry", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
