// What a verification found: how much was checked, and what is wrong with what.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace depone::daemon::verify {

class Report {
 public:
  enum class What { entries, checkpoints, acts, parts, objects };

  void checked(What what) { ++counts_[static_cast<std::size_t>(what)]; }
  void add_bytes(std::uint64_t bytes) { object_bytes_ += bytes; }
  void wrong(std::string subject, std::string what);
  void unknown(std::string subject, std::string what);  // newer than this program: neither right nor wrong
  void note(std::string subject, std::string what);     // harmless
  // What is found from now on is about this entry; at first, and at the end, about none.
  void about(std::optional<std::uint64_t> entry) { about_ = entry.value_or(kNone); }
  // All that another report counted and found.
  void add(Report other);
  void sort();  // by entry

  bool is_clean() const { return wrong_.empty(); }
  std::size_t wrongs() const { return wrong_.size(); }
  void print(bool json) const;

 private:
  static constexpr auto kNone = std::numeric_limits<std::uint64_t>::max();
  struct Finding {
    std::string subject, what;
    std::uint64_t about = kNone;
    template <class F, class S>
    static void fields(F& f, S& s) {
      f("subject", s.subject);
      f("what", s.what);
    }
  };
  struct Form;
  std::array<std::uint64_t, 5> counts_{};
  std::uint64_t object_bytes_ = 0;
  std::uint64_t about_ = kNone;
  std::vector<Finding> wrong_, unknown_, notes_;
};

}  // namespace depone::daemon::verify
