// hostile_member: a test client that speaks the wire by hand and asks for what it may not have.
//   hostile_member decisions ARCHIVE_CARD CUSTODIAN_HOME KEY_FILE OUT   writes the decision table to OUT; then says
//                                                                       whether what is hidden is answered as absent
//   hostile_member list      …                                          writes what each of the list of bad input got
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "system/file.h"
#include "tests/hostile_member/hidden.h"
#include "tests/hostile_member/list.h"
#include "tests/hostile_member/table.h"

namespace {

using namespace depone::hostile;

std::string decision_table(World& world) {
  Table table(world);
  for (const auto add : {add_reading, add_items, add_names, add_objects, add_uploads, add_membership, add_cases,
                         add_submissions, add_batches, add_descriptions, add_shares, add_retrievals, add_any_act}) {
    add(table, world);
  }
  return table.text();
}

void write_out(const char* file, const std::string& text) {
  if (!depone::system::write_file(file, depone::view(text), depone::system::IfExists::replace))
    throw std::runtime_error("cannot write the table");
}

int decisions(World& world, const char* out) {
  write_out(out, decision_table(world));
  const bool alike = hidden_is_answered_as_absent(world);
  const bool as_long = hidden_takes_as_long_as_absent(world);
  return alike && as_long ? EXIT_SUCCESS : EXIT_FAILURE;
}

std::string list_of_bad_input(World& world) {
  List list(world);
  for (const auto add : {add_byte_forms, add_claims, add_frames, add_bad_submissions, add_bad_uploads, add_handshakes,
                         add_http, add_revocations}) {
    add(list, world);
  }
  return list.text();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6 || !depone::crypto::prepare_secret_memory(depone::crypto::UnlockedMemory::allow)) return 2;
  std::signal(SIGPIPE, SIG_IGN);  // of connections that the archive closes
  try {
    World world(argv[2], argv[3], argv[4]);
    const std::string_view mode = argv[1];
    if (mode == "decisions") return decisions(world, argv[5]);
    if (mode == "list") return write_out(argv[5], list_of_bad_input(world)), EXIT_SUCCESS;
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "hostile_member: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
