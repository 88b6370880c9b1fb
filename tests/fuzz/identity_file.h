// An identity file that `depone init` made, and the key file that opens it: for tests alone.
#pragma once

#include <string_view>

namespace depone::fuzz {

constexpr std::string_view kKeyFile = "92ce3ebde0813d775f29f7c6ebf2bd58c00ca6a9375b6edaa050f12c910aac7b\n";
// clang-format off
constexpr std::string_view kIdentityFile = R"({"v":1,"card":{"payloadType":"application/vnd.depone.card.v1+json","payload":"eyJ2IjoxLCJ0eXBlIjoiY2FyZCIsImlzc3VlZF9hdCI6IjIwMjYtMTEtMjRUMDM6MDA6MDAuMDAwWiIsImJvZHkiOnsiaGFuZGxlIjoiZnV6eiIsInNpZ24iOiJ3TWowd0JjeVEzdVptNWcwRjFFQVkwU3FCM0xXZE4zc1VaeTBicGFKMk1JPSIsInNlYWwiOnsic3VpdGUiOjMyLCJwdWJsaWMiOiIyY2hFWWFWZVFqVVNJa3g4MDNDTGNRbDVhZDVDKzRrTTloZVB2bWNCcFE4PSJ9LCJjaGFubmVsIjoieUFid29VZnhPUFJ5UmRZM0oybGZYL2JlV0xxOTRnTzBsK04yVGdZT1dwYz0iLCJyb2xlc193YW50ZWQiOlsibGF3eWVyIl0sInBhcnRzIjp7fX19","signatures":[{"keyid":"099e172763e254b71d660d994ad8efc06a8baf2b885636ea2bf5d038fa02cc5a","sig":"iHb9rRQV63hutIL4ohQIwe8e7RfZyP819PNaWG4cNwsrw4je/svEOUUQ1AaqsVIBCxxff028qBtoDjbd+Z2NDw=="}]},"slots":{"v":1,"slots":[{"kind":"key_file","ops":0,"mem_kib":0,"salt":"XlfdWNI1txlQxZVZ894tEg==","nonce":"F7KRo8je2ov2HCXVKXq0bkCcwjnrfjTz","wrapped":"oYENS2n038tDXDYcEI+GNrCi81EM7hVXrcy2AfTPp/PG0xAW90tdYKkoS0eXXbBR"}]},"keys":"9mhDoCX3guTQhFp5CfzM7eD4gzij28qCXrRa+CkZw3K5zkfTGtxJn2jLeMpGH1q3TBpvyVC6MxtCZZsaKgThPNfCN4EuWhtvuTQzlCzTPy8ELQpLJbDfdDtJtuKh1iY4heyy/PmJAfQ3wx2+bwKwz8Yk0G7ejCciODaGgVAtcyzMCRFIh6fNuw=="}
)";
constexpr std::string_view kKeySlots = R"({"v":1,"slots":[{"kind":"key_file","ops":0,"mem_kib":0,"salt":"XlfdWNI1txlQxZVZ894tEg==","nonce":"F7KRo8je2ov2HCXVKXq0bkCcwjnrfjTz","wrapped":"oYENS2n038tDXDYcEI+GNrCi81EM7hVXrcy2AfTPp/PG0xAW90tdYKkoS0eXXbBR"}]}
)";
// clang-format on

}  // namespace depone::fuzz
