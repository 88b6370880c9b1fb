// One value of a salted part, shown with its proof: the leaf leads to the part's commitment, a changed one does not.
#include "protocol/record/salted.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/specimen.h"

namespace depone::fuzz {
namespace {

using namespace protocol::record;
namespace log = crypto::log;

class PartLeaves final : public log::HashReader {
 public:
  explicit PartLeaves(std::span<const crypto::Digest> leaves) : leaves_(leaves) {}
  Result<crypto::Digest> node(unsigned height, std::uint64_t index) override {
    return log::root_of(leaves_.subspan(index << height, std::size_t{1} << height));
  }

 private:
  std::span<const crypto::Digest> leaves_;
};

void disclose(ByteView part, Choices& choices) {
  const auto texts = salted_leaves(part);
  if (!texts || texts->empty()) return;
  std::vector<crypto::Digest> leaves;
  for (const auto& text : *texts) leaves.push_back(log::leaf_hash(view(text)));
  const auto root = salted_root(part).value();
  const auto index = choices.below(leaves.size());
  PartLeaves reader(leaves);
  const auto path = log::inclusion_path(reader, index, leaves.size()).value();
  const auto shown = damaged(view((*texts)[index]), choices);
  const bool holds = log::verify_inclusion(log::leaf_hash(shown), index, leaves.size(), path, root).has_value();
  require(holds == (text_view(shown) == (*texts)[index]), "a value is shown as it was committed, and no other way");
}

void fuzz(ByteView input) {
  Choices choices(input);
  disclose(input, choices);
  disclose(view(specimen().private_part), choices);
  disclose(view(specimen().manifest), choices);
}

Seeds seeds() {
  Seeds out{{"private", to_bytes(specimen().private_part)}, {"manifest", to_bytes(specimen().manifest)}};
  const std::string salt = R"({"salt":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=")";
  out.push_back({"one_leaf", to_bytes(salt + R"(,"a":[]})")});
  out.push_back({"no_leaf", to_bytes(salt + "}")});
  out.push_back({"nested", to_bytes(salt + R"(,"a":{"b":[{"c":1},[],{}]},"d":null})")});
  std::string deep = salt + R"(,"a":)";
  for (int i = 0; i < 10'000; ++i) deep += '[';
  out.push_back({"nasty_deep", to_bytes(deep)});
  return out;
}

const Registered kTarget{{"disclosure", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
