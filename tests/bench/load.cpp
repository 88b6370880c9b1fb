// bench_load: acts a second over the wire, with 64 in flight.
//   bench_load HOME CASE ACTS     HOME: of an investigator who joined
// Every submission, a 1 KiB object inside, is sealed before the clock starts. 64 connections, each with one submission
// under way; counted are those whose receipts say that they were accepted. Prints one JSON
// object: acts, seconds, per_second.
#include <atomic>
#include <barrier>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>

#include "client/lib/submitter.h"
#include "protocol/api/bodies.h"
#include "protocol/record/receipt.h"
#include "tests/bench/figures.h"
#include "tests/bench/member.h"

namespace {

using namespace depone;
using namespace depone::bench;

constexpr std::size_t kInFlight = 64;
constexpr std::size_t kContentBytes = 1024;
constexpr std::size_t kAnswerBytesMax = 1 << 20;

Bytes sealed_submission(const client::Session& session, const client::CaseTarget& target) {
  client::ItemSealer sealer(session.archive().card(), target, session.identity());
  Bytes content(kContentBytes);
  crypto::fill_random(content);
  Bytes object(sealer.header().bytes.begin(), sealer.header().bytes.end());
  const auto at = object.size();
  object.resize(at + content.size() + crypto::kChunkTagBytes);
  sealer.seal_chunk(content, true, std::span(object).subspan(at));
  sealer.hash_sealed(object);
  client::ItemDescription description;
  description.kind = protocol::record::Kind::document;
  description.sensitivity = protocol::record::Sensitivity::confidential;
  auto& said = description.private_part;
  said.catalogue.crimes = {"RS7.1.f"};
  said.consent.purposes = {"documentation"};
  said.consent.recipients = {"icc_otp"};
  said.consent.recontact = protocol::record::Recontact::never;
  description.manifest.file_name = "report.txt";
  return must(sealer.finish(std::move(description), system::SystemClock().now(), session.seen(), object)).sealed;
}

bool is_accepted(const protocol::transport::Answer& answer, const client::ArchiveProfile& archive) {
  if (answer.head.status != 200) return false;
  const auto body = protocol::api::read_json<protocol::api::ActAnswer>(answer.body, "the answer");
  if (!body || body->receipts.size() != 1) return false;
  const auto verified = protocol::record::verify_receipt(body->receipts.front(), archive.card().log_key());
  return verified && verified->entry.outcome == protocol::record::Outcome::accepted;
}

void load(const Member& member, const std::string& name, std::size_t acts) {
  auto session = must(client::Session::open(member.archive, member.identity));
  const auto target = must(client::find_case(session, name)).target;
  std::vector<Bytes> submissions;
  submissions.reserve(acts);
  while (submissions.size() < acts) submissions.push_back(sealed_submission(session, target));

  std::vector<protocol::transport::Client> lines;
  for (std::size_t i = 0; i < kInFlight; ++i) lines.push_back(member.dial());
  std::vector<protocol::transport::Answer> answers(acts);
  std::atomic<std::size_t> next = 0, lost = 0;
  std::barrier begin(kInFlight + 1);
  std::vector<std::jthread> senders;
  for (auto& line : lines) {
    senders.emplace_back([&] {
      begin.arrive_and_wait();
      for (auto i = next++; i < acts; i = next++) {
        protocol::transport::RequestHead head{"POST",
                                              "/v1/submissions",
                                              {{"Content-Type", std::string(protocol::api::kBytesType)}},
                                              submissions[i].size()};
        auto answer = line.exchange(std::move(head), submissions[i], kAnswerBytesMax);
        if (!answer) {
          ++lost;
          return;
        }
        answers[i] = std::move(*answer);
      }
    });
  }
  begin.arrive_and_wait();
  const Stopwatch watch;
  senders.clear();
  const double seconds = watch.seconds();

  std::size_t accepted = 0;
  for (const auto& answer : answers) accepted += is_accepted(answer, member.archive) ? 1 : 0;
  if (lost != 0 || accepted != acts)
    throw std::runtime_error(fmt::format("{} of {} were accepted, {} lines broke", accepted, acts, lost.load()));
  fmt::print("{{\"acts\":{},\"seconds\":{:.3f},\"per_second\":{:.0f}}}\n", acts, seconds,
             static_cast<double>(acts) / seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 || !crypto::prepare_secret_memory(crypto::UnlockedMemory::allow)) {
    fmt::print(stderr, "bench_load HOME CASE ACTS\n");
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    load(Member::of_home(argv[1]), argv[2], std::stoul(argv[3]));
    return EXIT_SUCCESS;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_load: {}\n", error.what());
    return EXIT_FAILURE;
  }
}
