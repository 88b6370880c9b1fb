#include "daemon/store/object_folder.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "tests/unit/error_code.h"
#include "tests/unit/temporary_folder.h"

namespace depone::daemon::store {
namespace {

using tests::code_of;

class Objects : public testing::Test {
 protected:
  // A file as an upload leaves it, and the digest of its bytes.
  crypto::Digest put(const std::string& name, std::string_view contents) {
    EXPECT_TRUE(system::write_file(folder_ / name, view(contents), system::IfExists::replace));
    return crypto::sha256(view(contents));
  }
  std::string contents_of(const crypto::Digest& object) {
    return std::string(text_view(system::read_file(objects_.path_of(object), 1000).value()));
  }
  tests::TemporaryFolder folder_;
  ObjectFolder objects_ = ObjectFolder::open(folder_ / "objects").value();
};

TEST_F(Objects, AreAdoptedUnderTheirDigest) {
  const auto object = put("upload", "sealed bytes");
  EXPECT_FALSE(objects_.has(object));
  EXPECT_EQ(code_of(objects_.read(object)), ErrorCode::not_found);
  ASSERT_TRUE(objects_.adopt(folder_ / "upload", object));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "upload"));
  EXPECT_TRUE(objects_.has(object));
  EXPECT_EQ(objects_.read(object).value().size().value(), 12U);
  const auto hex = crypto::to_hex(object.span());
  EXPECT_EQ(objects_.path_of(object), folder_.path() / "objects" / hex.substr(0, 2) / hex);
}

TEST_F(Objects, AreNeverReplaced) {
  const auto object = put("upload", "sealed bytes");
  ASSERT_TRUE(objects_.adopt(folder_ / "upload", object));
  put("other", "other bytes");
  EXPECT_EQ(code_of(objects_.adopt(folder_ / "other", object)), ErrorCode::exists);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "other"));
  EXPECT_EQ(contents_of(object), "sealed bytes");
}

TEST_F(Objects, AreNotAdoptedFromAFileThatIsGone) {
  const auto object = crypto::sha256(view("sealed bytes"));
  EXPECT_EQ(code_of(objects_.adopt(folder_ / "none", object)), ErrorCode::not_found);
  EXPECT_FALSE(objects_.has(object));
}

TEST_F(Objects, AreRemovedOnce) {
  const auto object = put("upload", "sealed bytes");
  ASSERT_TRUE(objects_.adopt(folder_ / "upload", object));
  EXPECT_TRUE(objects_.remove(object));
  EXPECT_FALSE(objects_.has(object));
  EXPECT_EQ(code_of(objects_.remove(object)), ErrorCode::not_found);
}

TEST_F(Objects, AreVisitedAllAndStrayFilesToo) {
  const auto object = put("upload", "sealed bytes");
  ASSERT_TRUE(objects_.adopt(folder_ / "upload", object));
  const auto hex = crypto::to_hex(object.span());
  const auto other = hex[0] == '0' ? "ff" : "00";
  const auto in = folder_ / "objects";
  std::filesystem::copy_file(objects_.path_of(object), in / other / hex);  // a right name in a wrong place
  std::filesystem::copy_file(objects_.path_of(object), in / "notes.txt");
  std::filesystem::create_symlink(objects_.path_of(object), in / other / std::string(64, other[0]));
  std::set<std::filesystem::path> strays;
  std::size_t found = 0;
  objects_.for_each([&](const auto& path, const auto& digest) {
    if (digest) {
      EXPECT_EQ(*digest, object);
      ++found;
    } else {
      strays.insert(path.lexically_relative(in));
    }
  });
  EXPECT_EQ(found, 1U);
  EXPECT_EQ(strays, (std::set<std::filesystem::path>{std::filesystem::path(other) / hex, "notes.txt",
                                                     std::filesystem::path(other) / std::string(64, other[0])}));
}

TEST_F(Objects, AreThereAgainAfterARestart) {
  const auto object = put("upload", "sealed bytes");
  ASSERT_TRUE(objects_.adopt(folder_ / "upload", object));
  EXPECT_TRUE(ObjectFolder::open(folder_ / "objects").value().has(object));
}

TEST_F(Objects, AreAdoptedByManyThreadsAtOnce) {
  std::vector<crypto::Digest> objects;
  for (int i = 0; i < 64; ++i) objects.push_back(put(std::to_string(i), "object " + std::to_string(i)));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::size_t i = static_cast<std::size_t>(t); i < objects.size(); i += 4)
          EXPECT_TRUE(objects_.adopt(folder_ / std::to_string(i), objects[i]));
      });
    }
  }
  for (const auto& object : objects) EXPECT_TRUE(objects_.has(object));
}

}  // namespace
}  // namespace depone::daemon::store
