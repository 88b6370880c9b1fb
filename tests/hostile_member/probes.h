// The calls that name an item: each asked of one that is hidden and of one that is absent. A new call is a row.
#pragma once

#include "tests/hostile_member/world.h"

namespace depone::hostile {

// An item as somebody might name it.
struct Subject {
  crypto::EvidenceId id;
  std::string ref;
  crypto::CaseId case_id;
  std::string beginning() const;
};
Subject absent_subject(const crypto::CaseId& case_id);

struct Request {
  std::string method, target;
  std::vector<protocol::transport::Field> fields;
  Bytes body;
};
Heard send(Peer& who, const Request& request);

struct Probe {
  std::string name;
  std::function<Request(World&, Who&, const Subject&)> make;
  bool timed = false;
  bool by_number = false;
};
const std::vector<Probe>& probes();

}  // namespace depone::hostile
