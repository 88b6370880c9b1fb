// Server and Client over Beast and OpenSSL: the one file that instantiates them (it takes half a minute to compile).
#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "protocol/transport/client.h"
#include "protocol/transport/server.h"
#include "protocol/transport/tls_context.h"

namespace depone::protocol::transport {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = asio::ssl;
using asio::awaitable;
using tcp = asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kDrainBytesMax = 256 * 1024;  // of a body that nobody wanted, before the connection is closed
constexpr std::size_t kCoalesceBytes = 32 * 1024;   // a head and a short body leave in one record

using Stream = beast::ssl_stream<beast::tcp_stream>;

Error to_error(const error_code& error) {
  if (error == beast::error::timeout) return fail(ErrorCode::timed_out, "the other side did not answer in time");
  return fail(ErrorCode::unreachable, fmt::format("the connection broke: {}", error.message()));
}

std::string head_text(const ResponseHead& head) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", head.status,
                                std::string_view(http::obsolete_reason(http::int_to_status(head.status))));
  for (const auto& field : head.fields) out += fmt::format("{}: {}\r\n", field.name, field.value);
  if (head.content_length)
    out += fmt::format("Content-Length: {}\r\n\r\n", *head.content_length);
  else if (head.status == 204 || head.status == 304)
    out += "\r\n";
  else
    out += "Transfer-Encoding: chunked\r\n\r\n";
  return out;
}

template <class Fields>
std::vector<Field> fields_of(const Fields& from) {
  std::vector<Field> fields;
  for (const auto& field : from) fields.push_back({std::string(field.name_string()), std::string(field.value())});
  return fields;
}

// --- server --------------------------------------------------------------------------------------------------------

struct Connection {
  Connection(tcp::socket socket, ssl::context& context) : stream(std::move(socket), context) {}
  Stream stream;
  beast::flat_buffer buffer;
  crypto::SignPublicKey peer;
  bool idle = false;     // between requests; on the strand only
  bool closing = false;  // no further request; on the strand only
};

class HttpExchange final : public Exchange {
 public:
  HttpExchange(Connection& connection, const ServerLimits& limits, RequestHead head)
      : connection_(connection),
        limits_(limits),
        head_(std::move(head)),
        body_left_(head_.content_length) {
    expects_continue_ = head_.find("Expect").has_value();
  }

  const RequestHead& request() const override { return head_; }
  const crypto::SignPublicKey& peer() const override { return connection_.peer; }
  std::string key_exchange() const override { return transport::key_exchange(connection_.stream.native_handle()); }
  bool begun() const override { return begun_; }
  bool finished() const { return finished_; }
  bool broken() const { return broken_; }
  std::uint64_t body_left() const { return body_left_; }

  awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into) override {
    if (body_left_ == 0 || into.empty()) co_return std::size_t{0};
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), body_left_)));
    if (std::exchange(expects_continue_, false)) {
      if (const auto sent = co_await send(asio::buffer(std::string_view("HTTP/1.1 100 Continue\r\n\r\n"))); !sent)
        co_return sent.error();
    }
    if (connection_.buffer.size() > 0) {  // what came in with the head
      const auto n = asio::buffer_copy(asio::buffer(into.data(), into.size()), connection_.buffer.data());
      connection_.buffer.consume(n);
      body_left_ -= n;
      co_return n;
    }
    beast::get_lowest_layer(connection_.stream).expires_after(limits_.progress);
    const auto [error, n] = co_await connection_.stream.async_read_some(asio::buffer(into.data(), into.size()), kAwait);
    if (error) co_return broke(error);
    body_left_ -= n;
    co_return n;
  }

  awaitable<Result<>> begin(ResponseHead head) override {
    begun_ = true;
    chunked_ = !head.content_length && head.status != 204;
    answer_left_ = head.content_length.value_or(0);
    pending_ = head_text(head);
    if (head_.method == "HEAD") chunked_ = false, answer_left_ = 0;
    co_return Result<>();
  }

  awaitable<Result<>> write(ByteView bytes) override {
    if (bytes.empty()) co_return Result<>();
    if (chunked_) {
      pending_ += fmt::format("{:x}\r\n", bytes.size());
    } else {
      if (bytes.size() > answer_left_) throw std::logic_error("an answer is longer than it said");
      answer_left_ -= bytes.size();
    }
    if (pending_.size() + bytes.size() <= kCoalesceBytes) {
      pending_ += text_view(bytes);
      if (chunked_) pending_ += "\r\n";
      co_return Result<>();
    }
    if (const auto sent = co_await flush(); !sent) co_return sent;
    const auto sent = co_await send(asio::buffer(bytes.data(), bytes.size()));
    if (chunked_) pending_ += "\r\n";
    co_return sent;
  }

  awaitable<Result<>> finish() override {
    if (chunked_) pending_ += "0\r\n\r\n";
    if (answer_left_ > 0) broken_ = true;  // less than announced: the peer must see a cut
    const auto sent = co_await flush();
    finished_ = true;
    co_return sent;
  }

 private:
  awaitable<Result<>> flush() {
    if (pending_.empty()) co_return Result<>();
    const std::string out = std::exchange(pending_, {});
    co_return co_await send(asio::buffer(out));
  }
  awaitable<Result<>> send(asio::const_buffer bytes) {
    // A piece at a time, so that the deadline is for progress, not for the whole.
    while (bytes.size() > 0) {
      beast::get_lowest_layer(connection_.stream).expires_after(limits_.progress);
      const auto [error, n] = co_await connection_.stream.async_write_some(bytes, kAwait);
      if (error) co_return broke(error);
      bytes += n;
    }
    co_return Result<>();
  }
  Error broke(const error_code& error) {
    broken_ = true;
    return to_error(error);
  }

  Connection& connection_;
  const ServerLimits& limits_;
  RequestHead head_;
  std::uint64_t body_left_;
  std::uint64_t answer_left_ = 0;
  std::string pending_;
  bool expects_continue_ = false, chunked_ = false, begun_ = false, finished_ = false, broken_ = false;
};

}  // namespace

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(asio::io_context& io_, Address listen_, const ChannelKey& key, ServerLimits limits_, Admit admit_,
        Handler handler_, Log log_)
      : io(io_),
        address(std::move(listen_)),
        limits(limits_),
        admit(std::move(admit_)),
        handler(std::move(handler_)),
        log(std::move(log_)),
        context(ssl::context::tls_server),
        acceptor(asio::make_strand(io_)) {
    prepare_context(context.native_handle(), key, &admit);
  }

  void add(const std::shared_ptr<Connection>& connection) {
    const std::lock_guard lock(mutex);
    live.insert(connection);
  }
  void remove(const std::shared_ptr<Connection>& connection) {
    std::function<void()> last;
    {
      const std::lock_guard lock(mutex);
      live.erase(connection);
      if (stopping && live.empty()) last = std::exchange(drained, nullptr);
    }
    if (last) last();
  }
  template <class Which>
  void close_where(Which which) {
    const std::lock_guard lock(mutex);
    for (const auto& connection : live) {
      asio::post(connection->stream.get_executor(), [connection, which] {
        if (which(*connection)) beast::get_lowest_layer(connection->stream).close();
      });
    }
  }

  asio::io_context& io;
  Address address;
  ServerLimits limits;
  transport::Admit admit;
  Handler handler;
  Log log;
  ssl::context context;
  tcp::acceptor acceptor;
  std::uint16_t bound_port = 0;
  mutable std::mutex mutex;
  std::set<std::shared_ptr<Connection>> live;
  bool stopping = false;
  std::function<void()> drained;
};

namespace {

using SharedState = std::shared_ptr<Server::State>;

// A head, or nothing when the connection ends (cleanly or not) or is not speaking HTTP.
awaitable<std::optional<RequestHead>> read_head(Connection& connection, const ServerLimits& limits, bool first) {
  auto& tcp_layer = beast::get_lowest_layer(connection.stream);
  if (connection.buffer.size() == 0) {
    connection.idle = true;
    tcp_layer.expires_after(first ? limits.head : limits.idle);
    const auto [error, n] = co_await connection.stream.async_read_some(connection.buffer.prepare(8 * 1024), kAwait);
    connection.idle = false;
    if (error) co_return std::nullopt;
    connection.buffer.commit(n);
  }
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
  parser.body_limit(boost::none);
  tcp_layer.expires_after(limits.head);
  const auto [error, n] = co_await http::async_read_header(connection.stream, connection.buffer, parser, kAwait);
  const bool acceptable = !error && !parser.chunked();  // a body says its length: uploads must be bounded beforehand
  if (!acceptable) {
    const unsigned status = error == http::error::header_limit ? 431 : error ? 400 : 411;
    if (error == http::error::end_of_stream || error == beast::error::timeout) co_return std::nullopt;
    const std::string answer = head_text({status, {{"Connection", "close"}}, 0});
    (void)co_await asio::async_write(connection.stream, asio::buffer(answer), kAwait);
    co_return std::nullopt;
  }
  const auto& message = parser.get();
  RequestHead head{std::string(message.method_string()), std::string(message.target()), fields_of(message), 0};
  if (const auto length = parser.content_length()) head.content_length = *length;
  connection.closing = connection.closing || !message.keep_alive();
  co_return head;
}

// Takes off a body that the handler did not read, so that the next request can be heard; false: better close.
awaitable<bool> drain(HttpExchange& exchange) {
  if (exchange.body_left() > kDrainBytesMax) co_return false;
  Bytes away(16 * 1024);
  while (exchange.body_left() > 0) {
    const auto n = co_await exchange.read(away);
    if (!n || *n == 0) co_return false;
  }
  co_return true;
}

awaitable<bool> one_exchange(const SharedState& state, Connection& connection, RequestHead head) {
  HttpExchange exchange(connection, state->limits, std::move(head));
  std::string failure;
  try {
    co_await state->handler(exchange);
    if (!exchange.begun()) failure = "the handler gave no answer";
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (!failure.empty()) {
    state->log(fmt::format("{} failed: {}", exchange.request().method, failure));
    if (exchange.begun()) co_return false;
    if (!co_await respond(exchange, 500, "text/plain", view("the archive failed\n"))) co_return false;
  }
  if (!exchange.finished() || exchange.broken()) co_return false;
  co_return co_await drain(exchange);
}

awaitable<void> session(SharedState state, std::shared_ptr<Connection> connection) {
  beast::get_lowest_layer(connection->stream).expires_after(state->limits.handshake);
  const auto [error] = co_await connection->stream.async_handshake(ssl::stream_base::server, kAwait);
  const auto key = error ? std::nullopt : peer_key(connection->stream.native_handle());
  if (key) {
    connection->peer = *key;
    for (bool first = true; !connection->closing; first = false) {
      auto head = co_await read_head(*connection, state->limits, first);
      if (!head || !co_await one_exchange(state, *connection, std::move(*head))) break;
    }
    beast::get_lowest_layer(connection->stream).expires_after(std::chrono::seconds(2));
    (void)co_await connection->stream.async_shutdown(kAwait);
  }
  beast::get_lowest_layer(connection->stream).close();
}

void start_session(const SharedState& state, tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto connection = std::make_shared<Connection>(std::move(socket), state->context);
  state->add(connection);
  asio::co_spawn(connection->stream.get_executor(), session(state, connection),
                 [state, connection](std::exception_ptr failed) {
                   if (failed) {
                     try {
                       std::rethrow_exception(failed);
                     } catch (const std::exception& error) {
                       state->log(fmt::format("a connection failed: {}", error.what()));
                     }
                   }
                   state->remove(connection);
                 });
}

awaitable<void> accept_loop(SharedState state) {
  while (state->acceptor.is_open()) {
    auto [error, socket] = co_await state->acceptor.async_accept(asio::make_strand(state->io), kAwait);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) break;
    if (error) {  // out of descriptors: wait for some to come back
      asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::milliseconds(100));
      (void)co_await pause.async_wait(kAwait);
      continue;
    }
    bool full = false;
    {
      const std::lock_guard lock(state->mutex);
      full = state->stopping || state->live.size() >= state->limits.connections_max;
    }
    if (!full) start_session(state, std::move(socket));
  }
}

}  // namespace

Server::Server(asio::io_context& io, Address listen, const ChannelKey& key, ServerLimits limits, Admit admit,
               Handler handler, Log log)
    : state_(std::make_shared<State>(io, std::move(listen), key, limits, std::move(admit), std::move(handler),
                                     std::move(log))) {}
Server::~Server() = default;

Result<> Server::listen() {
  const auto cannot = [&](const error_code& error) {
    return fail(ErrorCode::io, fmt::format("cannot listen on {}: {}", to_text(state_->address), error.message()));
  };
  error_code error;
  tcp::resolver resolver(state_->io);
  const auto found =
      resolver.resolve(state_->address.host, std::to_string(state_->address.port), tcp::resolver::passive, error);
  if (error || found.empty()) return cannot(error);
  const auto endpoint = found.begin()->endpoint();
  if (state_->acceptor.open(endpoint.protocol(), error)) return cannot(error);
  state_->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (state_->acceptor.bind(endpoint, error)) return cannot(error);
  if (state_->acceptor.listen(asio::socket_base::max_listen_connections, error)) return cannot(error);
  state_->bound_port = state_->acceptor.local_endpoint(error).port();
  asio::co_spawn(state_->acceptor.get_executor(), accept_loop(state_), [state = state_](std::exception_ptr failed) {
    if (failed) state->log("accepting connections failed");
  });
  return {};
}

std::uint16_t Server::port() const { return state_->bound_port; }
std::size_t Server::open_connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->live.size();
}

void Server::close_peer(const crypto::SignPublicKey& key) {
  state_->close_where([key](Connection& connection) { return connection.peer == key; });
}

void Server::stop(std::function<void()> drained) {
  asio::post(state_->acceptor.get_executor(), [state = state_] {
    error_code ignored;
    state->acceptor.close(ignored);
  });
  bool empty = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    empty = state_->live.empty();
    if (!empty) state_->drained = std::move(drained);
  }
  if (empty) return drained();
  state_->close_where([](Connection& connection) {
    connection.closing = true;
    return connection.idle;
  });
}

// --- client --------------------------------------------------------------------------------------------------------

struct Client::State {
  explicit State(ClientLimits limits_) : limits(limits_), context(ssl::context::tls_client) {}

  // Runs one coroutine to its end on this thread.
  template <class T>
  T run(awaitable<T> work) {
    std::optional<T> out;
    std::exception_ptr failed;
    asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
      failed = error;
      if (!error) out.emplace(std::move(value));
    });
    io.restart();
    io.run();
    if (failed) std::rethrow_exception(failed);
    return std::move(*out);
  }
  void expire(std::chrono::milliseconds after) { beast::get_lowest_layer(*stream).expires_after(after); }

  ClientLimits limits;
  asio::io_context io{1};
  ssl::context context;
  transport::Admit admit;
  bool pin_failed = false;
  std::optional<Stream> stream;
  Address address;
  beast::flat_buffer buffer;
  std::optional<http::response_parser<http::buffer_body>> parser;
  bool answered = false;  // at least one answer came on this connection
  bool stopped_reading = false;
  bool broken = false;
  std::string pending;       // a head that waits for its body
  bool expects_body = true;  // the answer to HEAD has none
};

namespace {

// Why a connection ended before an answer came. An archive that does not know this key lets TLS 1.3's handshake
// succeed on this side and then closes, with an alert or without.
Error no_answer(const error_code& error, bool answered, const Address& address) {
  const bool closed = error == http::error::end_of_stream || error == asio::error::eof ||
                      error == ssl::error::stream_truncated || error == asio::error::connection_reset ||
                      error == asio::error::broken_pipe || error.category() == asio::error::get_ssl_category();
  if (closed && !answered) {
    return fail(ErrorCode::refused, fmt::format("the archive at {} closed the connection without a word: this identity "
                                                "is not enrolled there, or was revoked; ask a custodian",
                                                to_text(address)));
  }
  return to_error(error);
}

using ClientState = Client::State;

}  // namespace

Result<Client> Client::connect(const Address& address, const ChannelKey& own, const crypto::SignPublicKey& server_key,
                               ClientLimits limits) {
  auto state = std::make_unique<State>(limits);
  auto& s = *state;
  s.address = address;
  s.admit = [&s, server_key](const crypto::SignPublicKey& key) {
    s.pin_failed = key != server_key;
    return !s.pin_failed;
  };
  prepare_context(s.context.native_handle(), own, &s.admit);
  s.stream.emplace(s.io, s.context);

  const auto dial = [](State& state) -> awaitable<error_code> {
    tcp::resolver resolver(co_await asio::this_coro::executor);
    auto [unresolved, endpoints] =
        co_await resolver.async_resolve(state.address.host, std::to_string(state.address.port), kAwait);
    if (unresolved) co_return unresolved;
    state.expire(state.limits.connect);
    auto [unconnected, endpoint] = co_await beast::get_lowest_layer(*state.stream).async_connect(endpoints, kAwait);
    if (unconnected) co_return unconnected;
    error_code ignored;
    beast::get_lowest_layer(*state.stream).socket().set_option(tcp::no_delay(true), ignored);
    auto [error] = co_await state.stream->async_handshake(ssl::stream_base::client, kAwait);
    co_return error;
  };
  const error_code error = s.run(dial(s));
  if (s.pin_failed) {
    return fail(ErrorCode::wrong_key, fmt::format("whoever answers at {} is not the archive that was joined: its key "
                                                  "is another; do not go on, and tell its custodians",
                                                  to_text(address)));
  }
  if (error == beast::error::timeout)
    return fail(ErrorCode::timed_out, fmt::format("the archive at {} does not answer", to_text(address)));
  if (error.category() == asio::error::get_ssl_category()) {
    return fail(ErrorCode::unreachable, fmt::format("what answers at {} does not speak as an archive does: {}",
                                                    to_text(address), error.message()));
  }
  if (error)
    return fail(ErrorCode::unreachable,
                fmt::format("cannot reach the archive at {}: {}", to_text(address), error.message()));
  return Client(std::move(state));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
bool Client::reusable() const { return !state_->broken && !state_->stopped_reading; }
bool Client::peer_stopped_reading() const { return state_->stopped_reading; }

Result<> Client::begin(const RequestHead& head) {
  auto& s = *state_;
  s.expects_body = head.method != "HEAD";
  s.pending = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", head.method, head.target, s.address.host);
  for (const auto& field : head.fields) s.pending += fmt::format("{}: {}\r\n", field.name, field.value);
  if (head.content_length > 0 || head.method == "POST" || head.method == "PATCH")
    s.pending += fmt::format("Content-Length: {}\r\n", head.content_length);
  s.pending += "\r\n";
  return {};
}

Result<> Client::write(ByteView bytes) {
  auto& s = *state_;
  if (s.stopped_reading) return {};
  const auto send = [](State& state, ByteView out) -> awaitable<error_code> {
    asio::const_buffer left(out.data(), out.size());
    while (left.size() > 0) {
      state.expire(state.limits.progress);
      const auto [error, n] = co_await state.stream->async_write_some(left, kAwait);
      if (error) co_return error;
      left += n;
    }
    co_return error_code{};
  };
  error_code error;
  if (!s.pending.empty() && s.pending.size() + bytes.size() <= kCoalesceBytes) {
    s.pending += text_view(bytes);
    return {};
  }
  if (!s.pending.empty()) {
    const std::string head = std::exchange(s.pending, {});
    error = s.run(send(s, view(head)));
  }
  if (!error && !bytes.empty()) error = s.run(send(s, bytes));
  if (error == beast::error::timeout) {
    s.broken = true;
    return to_error(error);
  }
  if (error) s.stopped_reading = true;  // receive() tells whether there was an answer
  return {};
}

Result<ResponseHead> Client::receive() {
  auto& s = *state_;
  if (!s.pending.empty()) {
    const std::string rest = std::exchange(s.pending, {});
    DEPONE_TRY(write(view(rest)));
  }
  s.parser.emplace();
  s.parser->header_limit(static_cast<std::uint32_t>(s.limits.head_bytes_max));
  s.parser->body_limit(boost::none);
  if (!s.expects_body) s.parser->skip(true);
  if (s.buffer.capacity() < 256 * 1024) s.buffer.reserve(256 * 1024);
  const auto read_head = [](State& state) -> awaitable<error_code> {
    do {
      state.expire(state.limits.progress);
      const auto [error, n] = co_await http::async_read_header(*state.stream, state.buffer, *state.parser, kAwait);
      if (error) co_return error;
    } while (state.parser->get().result() == http::status::continue_);
    co_return error_code{};
  };
  const error_code error = s.run(read_head(s));
  if (error) {
    s.broken = true;
    return no_answer(error, s.answered, s.address);
  }
  s.answered = true;
  const auto& message = s.parser->get();
  if (!message.keep_alive()) s.stopped_reading = true;
  ResponseHead head{message.result_int(), fields_of(message), std::nullopt};
  if (const auto length = s.parser->content_length()) head.content_length = *length;
  return head;
}

Result<std::size_t> Client::read(std::span<std::uint8_t> into) {
  auto& s = *state_;
  if (!s.parser || s.parser->is_done() || into.empty()) return std::size_t{0};
  const auto read_some = [](State& state, std::span<std::uint8_t> out) -> awaitable<Result<std::size_t>> {
    auto& body = state.parser->get().body();
    body.data = out.data();
    body.size = out.size();
    while (!state.parser->is_done() && body.size == out.size()) {
      state.expire(state.limits.progress);
      auto [error, n] = co_await http::async_read_some(*state.stream, state.buffer, *state.parser, kAwait);
      if (error && error != http::error::need_buffer) co_return to_error(error);
    }
    co_return out.size() - body.size;
  };
  auto n = s.run(read_some(s, into));
  if (!n) s.broken = true;
  return n;
}

Result<Answer> Client::exchange(RequestHead head, ByteView body, std::size_t answer_bytes_max) {
  head.content_length = body.size();
  DEPONE_TRY(begin(head));
  DEPONE_TRY(write(body));
  Answer answer;
  DEPONE_ASSIGN(answer.head, receive());
  if (answer.head.content_length.value_or(0) > answer_bytes_max && state_->expects_body) {
    state_->broken = true;
    return fail(ErrorCode::too_large, "the archive's answer is larger than it should be");
  }
  for (std::size_t have = 0;;) {
    answer.body.resize(std::min(answer_bytes_max + 1, have + 16 * 1024));
    DEPONE_ASSIGN(const std::size_t n, read(std::span(answer.body).subspan(have)));
    have += n;
    if (have > answer_bytes_max) {
      state_->broken = true;
      return fail(ErrorCode::too_large, "the archive's answer is larger than it should be");
    }
    if (n == 0) {
      answer.body.resize(have);
      return answer;
    }
  }
}

}  // namespace depone::protocol::transport
