#include "system/unfinished_file.h"

#include <array>
#include <csignal>
#include <cstddef>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/bytes.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::system {
namespace {

using tests::code_of;

class UnfinishedFileTest : public testing::Test {
 protected:
  std::string text(const std::string& name) {
    const auto bytes = read_file(folder_ / name, 100);
    return bytes ? std::string(bytes->begin(), bytes->end()) : "(none)";
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }
  tests::TemporaryFolder folder_;
};

TEST_F(UnfinishedFileTest, IsThereOnlyWhenItIsWhole) {
  {
    auto file = std::move(UnfinishedFile::create(folder_ / "a").value());
    ASSERT_TRUE(file.file().write(view("whole")));
    EXPECT_EQ(text("a"), "(none)");
    ASSERT_TRUE(file.finish(IfExists::refuse));
    EXPECT_EQ(text("a"), "whole");
  }
  EXPECT_EQ(text("a"), "whole");
  EXPECT_EQ(files(), 1u);
}

TEST_F(UnfinishedFileTest, LeavesNothingWhenItIsGivenUp) {
  {
    auto file = std::move(UnfinishedFile::create(folder_ / "a").value());
    ASSERT_TRUE(file.file().write(view("half")));
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(UnfinishedFileTest, NeverReplacesWhatCameMeanwhileUnlessTold) {
  for (const auto if_exists : {IfExists::refuse, IfExists::replace}) {
    auto file = std::move(UnfinishedFile::create(folder_ / "a").value());
    ASSERT_TRUE(file.file().write(view("late")));
    ASSERT_TRUE(write_file(folder_ / "a", view("early"), IfExists::replace));
    const auto done = file.finish(if_exists);
    EXPECT_EQ(code_of(done), if_exists == IfExists::refuse ? std::optional(ErrorCode::exists) : std::nullopt);
    EXPECT_EQ(text("a"), if_exists == IfExists::refuse ? "early" : "late");
  }
  EXPECT_EQ(files(), 1u);
}

TEST_F(UnfinishedFileTest, AFolderThatIsNotThereIsSaid) {
  EXPECT_EQ(code_of(UnfinishedFile::create(folder_ / "none/a")), ErrorCode::not_found);
}

// As on a disk that knows no files without a name: the system's own answer there.
void refuse_nameless_files() {
  std::array filter{
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat, 0, 3),
      sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[2])),
      sock_filter BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_TMPFILE & ~O_DIRECTORY, 0, 1),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
      sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{filter.size(), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    std::_Exit(3);
}

TEST_F(UnfinishedFileTest, NothingOfItIsLeftWhenTheProcessIsInterrupted) {
  for (const bool nameless : {true, false}) {
    const auto child = ::fork();
    if (child == 0) {
      if (!nameless) refuse_nameless_files();
      std::signal(SIGTERM, [](int) {
        remove_unfinished_files();
        std::_Exit(130);
      });
      auto file = UnfinishedFile::create(folder_ / "a");
      if (!file || !file->file().write(view("half"))) std::_Exit(1);
      if (files() != (nameless ? 0u : 1u)) std::_Exit(4);
      std::raise(SIGTERM);
      std::_Exit(2);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 130);
    EXPECT_EQ(files(), 0u);
  }
}

TEST_F(UnfinishedFileTest, NeverReplacesUnaskedWhereFilesNeedANameEither) {
  const auto child = ::fork();
  if (child == 0) {
    refuse_nameless_files();
    auto late = UnfinishedFile::create(folder_ / "a");
    if (!late || !write_file(folder_ / "a", view("early"), IfExists::refuse)) std::_Exit(1);
    if (code_of(late->finish(IfExists::refuse)) != ErrorCode::exists) std::_Exit(2);
    auto told = UnfinishedFile::create(folder_ / "a");
    if (!told || !told->file().write(view("told")) || !told->finish(IfExists::replace)) std::_Exit(1);
    { const auto given_up = std::move(*late); }
    std::_Exit(files() == 1 && text("a") == "told" ? 0 : 4);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace depone::system
