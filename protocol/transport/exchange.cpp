#include <algorithm>

#include <fmt/format.h>

#include "protocol/transport/server.h"

namespace depone::protocol::transport {

boost::asio::awaitable<Result<Bytes>> read_all(Exchange& exchange, std::size_t bytes_max, const MayHold* may_hold) {
  const auto length = exchange.request().content_length;
  if (length > bytes_max) {
    co_return fail(ErrorCode::too_large, fmt::format("the request is larger than {} bytes", bytes_max));
  }
  Bytes body;
  for (std::size_t have = 0; have < length;) {
    // Room is made for what came, not for what was announced.
    const auto room =
        static_cast<std::size_t>(std::min<std::uint64_t>(length, std::max<std::size_t>(2 * have, 64 * 1024)));
    if (may_hold != nullptr && !(*may_hold)(room))
      co_return fail(ErrorCode::no_space, "there is no memory for this request now");
    body.resize(room);
    const auto n = co_await exchange.read(std::span(body).subspan(have));
    if (!n) co_return n.error();
    if (*n == 0) co_return fail(ErrorCode::unreachable, "the request's body was cut");
    have += *n;
  }
  co_return body;
}

boost::asio::awaitable<Result<>> respond(Exchange& exchange, unsigned status, std::string_view content_type,
                                         ByteView body, std::vector<Field> more) {
  ResponseHead head{status, std::move(more), body.size()};
  if (!content_type.empty()) head.fields.push_back({"Content-Type", std::string(content_type)});
  if (status == 204) head.content_length.reset();
  if (const auto begun = co_await exchange.begin(std::move(head)); !begun) co_return begun;
  const bool has_body = exchange.request().method != "HEAD" && status != 204;
  if (has_body) {
    if (const auto written = co_await exchange.write(body); !written) co_return written;
  }
  co_return co_await exchange.finish();
}

}  // namespace depone::protocol::transport
