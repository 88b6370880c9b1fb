// The list of bad input: what a member who is enrolled can send, and what it gets. Each case is a line: its name, the
// answer, and what the log says. A case is added where its kind is, by one call.
#pragma once

#include <functional>

#include "tests/hostile_member/wire_reading.h"
#include "tests/hostile_member/world.h"

namespace depone::hostile {

class List {
 public:
  explicit List(World& world) : world_(world), size_(world.log_size()) {}

  void add(std::string kind, std::string name, const std::function<Heard()>& ask);
  // A case that is more than one request, in words.
  void add_story(std::string kind, std::string name, const std::function<std::string()>& tell);
  // What the log grew by until now was preparation.
  void settle() { size_ = world_.log_size(); }
  std::string text() const;

 private:
  struct Row {
    std::string kind, name, answer;
    std::uint64_t from, to;
  };
  World& world_;
  std::vector<Row> rows_;
  std::uint64_t size_;
};

// The different answers of many requests, each once, sorted.
class Answers {
 public:
  void add(const Heard& heard) { seen_[answer_text(heard)]++; }
  std::string text() const;

 private:
  std::map<std::string, std::size_t> seen_;
};

// `text` with `from`, which must be there, once replaced.
std::string with(std::string text, std::string_view from, std::string_view to);

void add_byte_forms(List& list, World& world);
void add_claims(List& list, World& world);
void add_frames(List& list, World& world);
void add_bad_submissions(List& list, World& world);
void add_bad_uploads(List& list, World& world);
void add_handshakes(List& list, World& world);
void add_http(List& list, World& world);
void add_revocations(List& list, World& world);

}  // namespace depone::hostile
