// The disk beneath the archive's real code: system/disk.h, and an sqlite3_vfs over SQLite's own. Counts every call,
// writes what changed into a trace, and fails the call that it is told to fail.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <vector>

#include "tests/faults/trace.h"

namespace depone::faults {

enum class Call { open, read, write, truncate, sync, rename, name, remove, make_folder, sync_folder };
constexpr const char* kCallNames[] = {"open",   "read", "write",  "truncate",    "fsync",
                                      "rename", "link", "unlink", "make folder", "fsync of a folder"};

enum class Form {
  none,
  not_done,  // the call fails, and nothing happened
  done,      // the call fails, and it happened
  half,      // a write fails when half of it is there: no space
  no_space,  // this call fails and every one after it that would need space
  killed,    // the process ends in the call, half of a write being there
};
constexpr const char* kFormNames[] = {"none",      "not done",           "done although failed",
                                      "half done", "no space from here", "killed in it"};
// Whether a call can fail in this way.
bool applies(Form form, Call call);

constexpr int kKilled = 9;  // exit code

class Disk {
 public:
  static Disk& instance();

  // Counts from here, and fails the call of this number, from 1.
  void fail(std::uint64_t at, Form form) {
    count_ = 0;
    at_ = at;
    form_ = form;
  }
  // Changes go into this trace, calls are counted from 0.
  void follow(Trace* trace) { trace_ = trace; }
  bool fired() const { return fired_; }
  bool sync_failed() const { return sync_failed_; }
  std::uint64_t calls() const { return count_; }
  // Of each call, what it was and to which kind of file.
  struct Counted {
    Call call;
    std::string role;
  };
  void count_into(std::vector<Counted>* counted) { counted_ = counted; }

  // Does a call, or fails it. `perform(part)` does this part of it (numerator of 2) and says whether it worked; what
  // happened goes into the trace by `tell(part)`. The error number, 0 where it worked or failed by itself.
  int call(Call call, const std::string& path, const std::function<bool(int part)>& perform,
           const std::function<void(int part)>& tell);

  void tell(Event event) {
    if (trace_ != nullptr) trace_->add(event);
  }

 private:
  std::recursive_mutex mutex_;
  std::atomic<std::uint64_t> count_ = 0;
  std::uint64_t at_ = 0;
  Form form_ = Form::none;
  bool full_ = false;
  std::atomic<bool> fired_ = false, sync_failed_ = false;
  Trace* trace_ = nullptr;
  std::vector<Counted>* counted_ = nullptr;
};

// Puts the VFS over SQLite's own, for every connection that is opened from then on.
void stand_below_sqlite();

// What kind of file a path of the archive is: "wal", "objects", "uploads", …
std::string role_of(const std::string& path);
std::uint64_t node_of(const std::string& path);
std::uint64_t node_of(int descriptor);

}  // namespace depone::faults
