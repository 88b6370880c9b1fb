// The configuration of a running archive: DIR/config.toml, with every limit in it. `deponed init` writes it with the
// defaults and a word on each; an unknown key is an error, since a misspelt limit would silently not hold.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "daemon/ledger/ledger.h"
#include "daemon/service/archive.h"
#include "daemon/store/uploads.h"
#include "protocol/transport/server.h"

namespace depone::daemon {

struct Config {
  protocol::transport::Address listen{"127.0.0.1", 8443};
  std::vector<std::string> addresses;  // for the archive card; `listen` if empty
  protocol::transport::ServerLimits server;
  ledger::LedgerOptions ledger;
  store::UploadLimits uploads;
  store::StorageLimits storage;
  service::ServiceLimits service;
  service::CapacityLimits capacity;
  std::size_t readers = 4;         // threads, each with a connection to the database
  std::chrono::seconds drain{30};  // how long a stop waits for running requests
  std::string log_level = "info";
  std::string key_file;  // opens the archive without being named on the command line
};

// malformed: says line, key and what would be right.
Result<Config> read_config(const std::filesystem::path& file);
// The text of a new configuration.
std::string new_config(const protocol::transport::Address& listen, const std::vector<std::string>& addresses,
                       const std::string& key_file);

}  // namespace depone::daemon
