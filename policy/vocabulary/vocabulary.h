// Which codes exist: the acts of Article 7 of the Rome Statute, the recommendations of North Korea's fourth Universal
// Periodic Review, standards of proof, and the words of consent. Compiled in (data/README.md says how far to trust
// each); tables live for the whole program. Thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depone::policy::vocabulary {

struct Crime {
  std::string code;    // RS7.1.f
  std::string parent;  // RS7.1.g for its children, else empty
  std::string label;
  std::string summary;
};
std::span<const Crime> crimes();
const Crime* find_crime(std::string_view code);
// The code and those below it: a search for RS7.1.g finds RS7.1.g-1.
std::vector<std::string> crime_and_children(std::string_view code);

struct Recommendation {
  std::string id;       // prk4-02
  std::string state;    // PRK
  std::string session;  // 47
  std::string date;
  std::vector<std::string> recommending;  // ISO 3166 alpha-3
  std::string summary;
  std::vector<std::string> crimes;  // ours
  std::string position;             // supported or noted, where the source says
  std::string wording;
};
std::span<const Recommendation> recommendations();
const Recommendation* find_recommendation(std::string_view id);

struct Standard {
  std::string code;
  std::string label;
  std::string forum;
};
std::span<const Standard> standards();

struct ConsentWord {
  std::string code;
  std::string label;
};
std::span<const ConsentWord> purposes();           // that a consent can name
std::span<const ConsentWord> internal_purposes();  // internal use that no consent needs to name
std::span<const ConsentWord> recipients();         // `prosecutor:<ISO>` and the like stand for a family
bool is_purpose(std::string_view code);
bool is_internal_purpose(std::string_view code);
// icc_otp, un_ohchr, media, …; prosecutor:KOR, court:KOR (ISO 3166 alpha-3), ngo:some-id
bool is_recipient(std::string_view code);

// The known word nearest to a mistyped one, for an error's sentence; nothing where none is near.
std::optional<std::string> nearest(std::string_view mistyped, std::span<const std::string> known);

}  // namespace depone::policy::vocabulary
