// A member of an archive out of a home that `depone init` and `depone join` made, and lines to that archive.
#pragma once

#include <stdexcept>

#include "client/lib/profile.h"
#include "protocol/transport/client.h"

namespace depone::bench {

// The value, or an exception that says what was wrong.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().detail);
  return std::move(*result);
}
inline void must(Result<> result) {
  if (!result) throw std::runtime_error(result.error().detail);
}

struct Member {
  client::ArchiveProfile archive;
  client::Identity identity;

  static Member of_home(const std::filesystem::path& home) {
    const client::Profile profile(home / "depone");
    client::Unlock unlock;
    unlock.key_file = profile.key_file();
    return {must(profile.archive("")), must(client::Identity::load(profile.identity(), unlock))};
  }
  protocol::transport::Client dial() const {
    const auto& card = archive.card();
    return must(protocol::transport::Client::connect(protocol::transport::parse_address(card.addresses.at(0)).value(),
                                                     protocol::transport::ChannelKey(identity.channel_seed()),
                                                     card.facts.tls));
  }
};

}  // namespace depone::bench
