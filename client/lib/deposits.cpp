#include "client/lib/deposits.h"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/encoding.h"
#include "crypto/log/checkpoint.h"
#include "system/file.h"

namespace depone::client {

namespace {

constexpr std::size_t kDepositsBytesMax = 256 << 20;
constexpr std::size_t kLineBytesMax = 256;  // 64 of the key, a size, an item's number or id

// A line of `deposits`: key, size, item.
struct DepositLine {
  std::string key, size, item;
};
std::optional<DepositLine> parse_deposit(std::string_view text) {
  const auto first = text.find(' '), second = text.find(' ', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  DepositLine line{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)),
                   std::string(text.substr(second + 1))};
  const bool item = !line.item.empty() && std::ranges::all_of(line.item, [](char c) { return c > ' ' && c < 0x7f; });
  if (!crypto::fixed_from_hex<crypto::Digest>(line.key) || !crypto::log::parse_decimal(line.size) || !item)
    return std::nullopt;
  return line;
}

// Cuts off a last line that a crash tore; where the next one goes.
Result<std::uint64_t> cut_torn_line(system::File& file) {
  DEPONE_ASSIGN(const auto size, file.size());
  Bytes tail(std::min<std::uint64_t>(size, kLineBytesMax));
  const auto from = size - tail.size();
  DEPONE_ASSIGN(const auto n, file.read_at(from, tail));
  const auto text = text_view(tail).substr(0, n);
  const auto end = text.rfind('\n');
  const auto whole = end == std::string_view::npos ? from : from + end + 1;
  if (whole != size) DEPONE_TRY(file.truncate(whole));
  return whole;
}

}  // namespace

Result<Deposits> Deposits::read(const ArchiveProfile& archive, const Identity& identity) {
  Deposits out(archive, identity);
  const auto path = archive.deposits();
  const auto bytes = system::read_file(path, kDepositsBytesMax);
  if (!bytes && bytes.error().code == ErrorCode::not_found) return out;
  if (!bytes) return bytes.error();
  const auto damaged =
      fail(ErrorCode::damaged, fmt::format("{} was damaged; restore it from a copy, or remove it: files that were "
                                           "deposited before are then not recognised, and can be deposited twice",
                                           path.string()));
  std::string_view rest = text_view(*bytes);
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto line = parse_deposit(rest.substr(0, end));
    if (!line) return damaged;
    out.sizes_.insert(std::move(line->size));
    out.items_[std::move(line->key)] = std::move(line->item);
    rest.remove_prefix(end + 1);
  }
  const bool torn =
      rest.size() < kLineBytesMax && std::ranges::all_of(rest, [](char c) { return c >= ' ' && c < 0x7f; });
  return torn ? Result<Deposits>(std::move(out)) : damaged;
}

std::optional<std::string> Deposits::find(const crypto::Digest& plaintext, const crypto::CaseId& case_id) const {
  const auto found = items_.find(archive_.deposit_key(identity_, plaintext, case_id));
  return found == items_.end() ? std::nullopt : std::optional(found->second);
}

Result<> Deposits::note(std::span<const NewDeposit> deposits) {
  if (deposits.empty()) return {};
  std::string lines;
  std::vector<std::string> keys;
  for (const auto& [plaintext, size, case_id, item] : deposits) {
    keys.push_back(archive_.deposit_key(identity_, plaintext, case_id));
    lines += fmt::format("{} {} {}\n", keys.back(), size, item);
  }
  DEPONE_ASSIGN(const auto held, archive_.lock());
  DEPONE_ASSIGN(auto file, system::File::open_or_create(archive_.deposits()));
  DEPONE_ASSIGN(const auto end, cut_torn_line(file));
  DEPONE_TRY(file.write_at(end, view(lines)));
  for (std::size_t i = 0; i < deposits.size(); ++i) {
    sizes_.insert(std::to_string(deposits[i].size));
    items_[std::move(keys[i])] = deposits[i].item;
  }
  return {};
}

}  // namespace depone::client
