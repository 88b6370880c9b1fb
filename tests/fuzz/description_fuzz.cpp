// What a submitter says of a file, in TOML or as flags: what the client takes, it signs, and the archive reads.
#include "client/cli/description.h"
#include "protocol/record/manifest.h"
#include "tests/fuzz/byte_form.h"
#include "tests/fuzz/target.h"

namespace depone::fuzz {
namespace {

using namespace client;
using namespace protocol::record;

void check(const cli::Said& said, const std::string& file_name) {
  const auto made = cli::describe(said, file_name);
  if (!made) return require(made.error().code == ErrorCode::input, "a person is told what is wrong");
  const auto part = write_form(made->private_part), manifest = write_form(made->manifest);
  require(is_byte_form(view(part)) && parse_form<SubmitPrivate>(view(part), "the part").has_value(),
          "the private part that a client signs can be read");
  require(is_byte_form(view(manifest)) && parse_form<Manifest>(view(manifest), "the manifest").has_value(),
          "the manifest that a client signs can be read");
  (void)cli::consent_in_words(made->private_part.consent);
  // A zero byte is a character as any other: nothing behind it may be lost.
  const auto zeros = [](const std::string& text) { return std::ranges::count(text, '\0'); };
  if (said.title) require(zeros(*said.title) == zeros(made->manifest.title), "nothing of a title is lost");
}

void fuzz(ByteView input) {
  Choices choices(input);
  const auto name = text_view(input.first(choices.below(input.size() + 1)));
  if (const auto said = cli::read_sidecar(file_of(input))) {
    require(is_utf8(input), "a description is UTF-8");
    check(*said, std::string(name));
  }
  cli::Said flags;
  flags.kind = "document";
  flags.consent_basis = "informed";
  const std::string value(text_view(input));
  std::optional<std::string> cli::Said::*const texts[] = {&cli::Said::title,
                                                          &cli::Said::summary,
                                                          &cli::Said::country,
                                                          &cli::Said::adm1,
                                                          &cli::Said::place_text,
                                                          &cli::Said::time_exact,
                                                          &cli::Said::date,
                                                          &cli::Said::consent_given_by,
                                                          &cli::Said::consent_language,
                                                          &cli::Said::acquisition_method,
                                                          &cli::Said::interview_language};
  flags.*texts[choices.below(std::size(texts))] = value;
  std::vector<std::string> cli::Said::*const lists[] = {&cli::Said::narrative, &cli::Said::tags, &cli::Said::languages,
                                                        &cli::Said::recipients};
  if (choices.below(2) == 1) (flags.*lists[choices.below(std::size(lists))]).push_back(value);
  check(flags, std::string(name));
}

Seeds seeds() {
  Seeds out;
  const auto add = [&](const char* name, std::string_view bytes) { out.push_back({name, to_bytes(bytes)}); };
  add("testimony", R"(kind = "testimony"
title = "증언"
summary = "요약"
date = "2014-05-03"
place = "평양"
crimes = ["RS7.1.f"]
narrative = ["첫째", "둘째"]
[consent]
basis = "informed"
purposes = ["documentation"]
recipients = ["icc_otp", "prosecutor:KOR"]
expires = "2031-01-31"
[source]
role = "testifier"
knowledge = "eyewitness"
[interview]
language = "ko"
)");
  add("document", "kind = \"document\"\ntime = \"2014-03-02T01:02:03.004Z\"\n[consent]\nbasis = \"public_source\"\n");
  add("text", "2014-03");
  add("nasty_zero_byte", "kind = \"document\"\ntitle = \"a\\u0000b\"\n[consent]\nbasis = \"informed\"\n");
  add("nasty_not_utf8", "caf\xE9");
  add("nasty_kind", "kind = \"testimon\"\n");
  add("nasty_type", "kind = 1\ncrimes = \"RS7.1.f\"\n");
  add("nasty_nested", "[consent.basis]\na = 1\n");
  add("nasty_combining", "e\xCC\x81\xCC\x81\xCC\x81\xE1\x84\x80\xE1\x85\xA1");
  return out;
}

const Registered kTarget{{"description", fuzz, seeds}};

}  // namespace
}  // namespace depone::fuzz
