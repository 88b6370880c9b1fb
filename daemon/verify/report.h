// What a verification found: how much was checked, and what is wrong with what.
#pragma once

#include <array>
#include <cstdint>
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

  bool is_clean() const { return wrong_.empty(); }
  std::size_t wrongs() const { return wrong_.size(); }
  void print(bool json) const;

 private:
  struct Finding {
    std::string subject, what;
    template <class F, class S>
    static void fields(F& f, S& s) {
      f("subject", s.subject);
      f("what", s.what);
    }
  };
  struct Form;
  std::array<std::uint64_t, 5> counts_{};
  std::uint64_t object_bytes_ = 0;
  std::vector<Finding> wrong_, unknown_, notes_;
};

}  // namespace depone::daemon::verify
