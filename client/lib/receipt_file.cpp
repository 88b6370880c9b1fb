#include "client/lib/receipt_file.h"

#include <fmt/format.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "system/file.h"

namespace depone::client {

using namespace protocol::record;

namespace {

constexpr std::size_t kNameDigits = 12;

std::optional<Receipt> read_receipt(const std::filesystem::path& path) {
  const auto bytes = system::read_file(path, kReceiptFileBytesMax);
  if (!bytes) return std::nullopt;
  auto receipt = parse_receipt(*bytes);
  return receipt ? std::optional(std::move(*receipt)) : std::nullopt;
}

bool same_act(const Receipt& one, const Receipt& other) { return one.act.json == other.act.json; }

}  // namespace

Result<std::filesystem::path> keep_receipt(const std::filesystem::path& folder, const std::string& name,
                                           const Receipt& receipt, system::Durable durable) {
  const auto text = write_receipt(receipt);
  const auto digest = crypto::to_hex(crypto::sha256(view(receipt.act.json)).span()).substr(0, kNameDigits);
  for (const auto& file : {fmt::format("{}.receipt.json", name), fmt::format("{}.{}.receipt.json", name, digest)}) {
    const auto path = folder / file;
    const auto there = read_receipt(path);
    const bool ours = there && same_act(*there, receipt);
    if (ours && there->opening && !receipt.opening) return path;
    const auto if_exists = ours ? system::IfExists::replace : system::IfExists::refuse;
    const auto written = durable == system::Durable::yes ? system::write_file_durably(path, view(text), if_exists)
                                                         : system::write_file(path, view(text), if_exists);
    if (written) return path;
    if (written.error().code != ErrorCode::exists) return written.error();
  }
  return fail(ErrorCode::exists, fmt::format("{} has other receipts of the name {} already", folder.string(), name));
}

Result<> renew_receipt(const std::filesystem::path& path, Receipt receipt, bool replace) {
  if (const auto there = read_receipt(path); there && same_act(*there, receipt)) {
    receipt.opening = there->opening;
    replace = true;
  }
  const auto written = system::write_file_durably(path, view(write_receipt(receipt)),
                                                  replace ? system::IfExists::replace : system::IfExists::refuse);
  if (!written && written.error().code == ErrorCode::exists)
    return fail(ErrorCode::exists,
                fmt::format("{} is there and is not a receipt of this act; --force overwrites it", path.string()));
  return written;
}

}  // namespace depone::client
