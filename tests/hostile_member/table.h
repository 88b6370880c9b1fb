// The decision table: each call in each state, asked by everybody, with what was answered and what the log says of it.
// A row is one line; rows of people who get nothing at all are told together.
#pragma once

#include <functional>

#include "tests/hostile_member/wire_reading.h"
#include "tests/hostile_member/world.h"

namespace depone::hostile {

class Table {
 public:
  explicit Table(World& world);

  // Nothing: this person has no such thing, so there is no row.
  using Ask = std::function<std::optional<Heard>(Who&)>;
  // Asks for everybody, at once.
  void add(std::string call, std::string state, const Ask& ask);
  // What the log grew by until now was preparation, and belongs to no row.
  void settle();
  std::string text() const;

 private:
  struct Row {
    std::string call, state;
    const Who* who;
    std::string answer;
    std::uint64_t from, to;  // what the log grew by
  };
  Labels labels_for(const Who& who) const;

  World& world_;
  std::vector<Row> rows_;
  std::uint64_t size_;
};

// What the table asks, a function for each kind of call.
void add_reading(Table& table, World& world);
void add_items(Table& table, World& world);
void add_names(Table& table, World& world);
void add_objects(Table& table, World& world);
void add_uploads(Table& table, World& world);
void add_membership(Table& table, World& world);
void add_cases(Table& table, World& world);
void add_submissions(Table& table, World& world);
void add_batches(Table& table, World& world);
void add_descriptions(Table& table, World& world);
void add_shares(Table& table, World& world);
void add_retrievals(Table& table, World& world);
void add_any_act(Table& table, World& world);

}  // namespace depone::hostile
