// Server and Client over Beast and OpenSSL: the one file that instantiates them (it takes half a minute to compile).
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>
#include <poll.h>

#include "protocol/transport/client.h"
#include "protocol/transport/newcomers.h"
#include "protocol/transport/progress.h"
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
constexpr std::size_t kDrainBytesMax = 256 * 1024;  // of a body that nobody wanted, for the connection's sake
constexpr std::size_t kHangUpBytesMax = 4 * 1024 * 1024;
constexpr std::chrono::seconds kHangUp{2};
constexpr std::size_t kCoalesceBytes = 32 * 1024;  // a head and a short body leave together
constexpr std::size_t kReadBytes = 256 * 1024;     // with Beast's default, 1.5 KB come in a turn
constexpr int kInterimMax = 8;                     // answers 1xx before the one that counts
constexpr int kAcceptedTogether = 64;
constexpr std::size_t kToldMax = 64;  // connections beyond the most, that are told so

using Stream = beast::ssl_stream<beast::tcp_stream>;

Error to_error(const error_code& error) {
  if (error == beast::error::timeout) return fail(ErrorCode::timed_out, "the other side did not answer in time");
  return fail(ErrorCode::unreachable, fmt::format("the connection broke: {}", error.message()));
}

bool has_no_body(unsigned status) { return status == 204 || status == 304 || status < 200; }

std::string head_text(const ResponseHead& head, bool last) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", head.status,
                                std::string_view(http::obsolete_reason(http::int_to_status(head.status))));
  for (const auto& field : head.fields) out += fmt::format("{}: {}\r\n", field.name, field.value);
  if (last) out += "Connection: close\r\n";
  if (head.content_length)
    out += fmt::format("Content-Length: {}\r\n\r\n", *head.content_length);
  else if (has_no_body(head.status))
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

// Some bytes of a body, either way; the wait is taken from `progress`.
awaitable<std::pair<error_code, std::size_t>> read_some(Stream& stream, std::span<std::uint8_t> into,
                                                        Progress& progress) {
  beast::get_lowest_layer(stream).expires_after(progress.left());
  const auto begin = Progress::Clock::now();
  const auto [error, n] = co_await stream.async_read_some(asio::buffer(into.data(), into.size()), kAwait);
  progress.moved(n, Progress::Clock::now() - begin);
  co_return std::pair{error, n};
}
awaitable<error_code> write_all(Stream& stream, ByteView bytes, Progress& progress) {
  while (!bytes.empty()) {  // a record at a time, so that each tells of progress
    beast::get_lowest_layer(stream).expires_after(progress.left());
    const auto begin = Progress::Clock::now();
    const auto [error, n] = co_await stream.async_write_some(asio::buffer(bytes.data(), bytes.size()), kAwait);
    if (error) co_return error;
    progress.moved(n, Progress::Clock::now() - begin);
    bytes = bytes.subspan(n);
  }
  co_return error_code{};
}

// --- server --------------------------------------------------------------------------------------------------------

struct Connection {
  Connection(tcp::socket socket, ssl::context& context) : stream(std::move(socket), context) {}
  Stream stream;
  beast::flat_buffer buffer;
  crypto::SignPublicKey peer;
  // Both of State::mutex.
  bool counted = false;  // among those of its peer
  bool leaving = false;  // it was told to make a place
  // All on the strand only.
  bool idle = true;      // no exchange is under way
  bool closing = false;  // no further request
  Welcome welcome = Welcome::yes;
  bool cut = false;  // nothing more at all, though decrypted bytes may still wait to be read
};

class HttpExchange final : public Exchange {
 public:
  HttpExchange(Connection& connection, const ServerLimits& limits, RequestHead head)
      : connection_(connection),
        head_(std::move(head)),
        body_left_(head_.content_length),
        in_(limits.progress, limits.progress_bytes_min),
        out_(limits.progress, limits.progress_bytes_min) {
    const auto expects = head_.find("Expect");
    continue_awaited_ = body_left_ > 0 && expects && equal_ignoring_case(*expects, "100-continue");
  }

  const RequestHead& request() const override { return head_; }
  const crypto::SignPublicKey& peer() const override { return connection_.peer; }
  std::string key_exchange() const override { return transport::key_exchange(connection_.stream.native_handle()); }
  Welcome welcome() const override { return connection_.welcome; }
  bool begun() const override { return begun_; }
  bool finished() const { return finished_; }

  awaitable<Result<std::size_t>> read(std::span<std::uint8_t> into) override {
    if (body_left_ == 0 || into.empty()) co_return std::size_t{0};
    if (connection_.cut) co_return was_cut();
    into = into.first(static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), body_left_)));
    if (std::exchange(continue_awaited_, false) && !begun_) {
      if (const auto sent = co_await send(view("HTTP/1.1 100 Continue\r\n\r\n")); !sent) co_return sent.error();
    }
    if (connection_.buffer.size() > 0) {  // what came in with the head
      const auto n = asio::buffer_copy(asio::buffer(into.data(), into.size()), connection_.buffer.data());
      connection_.buffer.consume(n);
      body_left_ -= n;
      co_return n;
    }
    const auto [error, n] = co_await read_some(connection_.stream, into, in_);
    if (error) co_return broke(error);
    body_left_ -= n;
    co_return n;
  }

  awaitable<Result<>> begin(ResponseHead head) override {
    if (begun_) throw std::logic_error("an answer was begun twice");
    if (head.status < 200 || head.status > 599) throw std::logic_error("no such status");
    if (!is_sendable(head.fields)) co_return fail(ErrorCode::input, "a field of the answer's head cannot be sent");
    begun_ = true;
    bodiless_ = head_.method == "HEAD" || has_no_body(head.status);
    chunked_ = !bodiless_ && !head.content_length;
    answer_left_ = bodiless_ ? 0 : head.content_length.value_or(0);
    // A body that will not be taken off the wire, and one that may come or not, end the connection after this answer.
    if (continue_awaited_ || body_left_ > connection_.buffer.size() + kDrainBytesMax) connection_.closing = true;
    pending_ = head_text(head, connection_.closing);
    co_return Result<>();
  }

  awaitable<Result<>> write(ByteView bytes) override {
    if (!begun_ || finished_) throw std::logic_error("bytes of an answer outside of it");
    if (bytes.empty() || bodiless_) co_return Result<>();
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
    if (const auto sent = co_await send(bytes); !sent) co_return sent;
    if (chunked_) pending_ += "\r\n";
    co_return Result<>();
  }

  awaitable<Result<>> finish() override {
    if (!begun_ || finished_) throw std::logic_error("an answer ends that is not under way");
    // The peer must see a cut, not an end.
    if (answer_left_ > 0) throw std::logic_error("an answer is shorter than it said");
    if (chunked_) pending_ += "0\r\n\r\n";
    if (const auto sent = co_await flush(); !sent) co_return sent;
    finished_ = true;
    co_return Result<>();
  }

  // Takes off what the handler left of the body, so that the next request can be heard.
  awaitable<bool> drain() {
    Bytes away(body_left_ > 0 ? 16 * 1024 : 0);
    while (body_left_ > 0) {
      const auto n = co_await read(away);
      if (!n || *n == 0) co_return false;
    }
    co_return true;
  }

 private:
  awaitable<Result<>> flush() {
    const std::string out = std::exchange(pending_, {});
    co_return co_await send(view(out));
  }
  awaitable<Result<>> send(ByteView bytes) {
    if (connection_.cut) co_return was_cut();
    if (const auto error = co_await write_all(connection_.stream, bytes, out_)) co_return broke(error);
    co_return Result<>();
  }
  Error broke(const error_code& error) {
    connection_.cut = connection_.closing = true;
    return to_error(error);
  }
  static Error was_cut() { return fail(ErrorCode::unreachable, "the connection was cut"); }

  Connection& connection_;
  RequestHead head_;
  std::uint64_t body_left_;
  std::uint64_t answer_left_ = 0;
  Progress in_, out_;
  std::string pending_;
  bool continue_awaited_ = false, bodiless_ = false, chunked_ = false;
  bool begun_ = false, finished_ = false;
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
        acceptor(asio::make_strand(io_)),
        drain_timer(acceptor.get_executor()),
        newcomers(limits_.handshakes_per_second, limits_.handshakes_per_address_per_second, Newcomers::Clock::now()) {
    prepare_context(context.native_handle(), key, &admit);
  }

  // False: there are too many, or they come too fast, or the server is stopping.
  bool add(const std::shared_ptr<Connection>& connection, const std::string& source) {
    const std::lock_guard lock(mutex);
    if (stopping) return false;
    if (!newcomers.may_begin(source, Newcomers::Clock::now()) || !make_place()) {
      ++turned_away;
      return false;
    }
    live.insert(connection);
    newcomers.add(connection.get(), source);
    return true;
  }
  // A place for one more: where there is none, somebody who has not shown a key yet makes it.
  bool make_place() {
    if (taken() < limits.connections_max) return true;
    if (const auto id = newcomers.least_missed()) {
      const auto stalled = std::ranges::find(live, *id, [](const auto& one) -> Newcomers::Id { return one.get(); });
      newcomers.remove(*id);
      if (stalled == live.end()) return false;
      (*stalled)->leaving = true;
      ++leaving;
      ++turned_away;
      cut_where(*stalled, [](const Connection&) { return true; });
      return true;
    }
    return taken() < limits.connections_max + kToldMax;
  }
  std::size_t taken() const { return live.size() - leaving; }
  // Its peer is known. False: it has so many that it is not even told.
  bool introduce(Connection& connection) {
    const std::lock_guard lock(mutex);
    newcomers.remove(&connection);
    const auto count = ++of_peer[connection.peer];
    connection.counted = true;
    if (taken() > limits.connections_max) connection.welcome = Welcome::too_many;
    if (count > limits.connections_per_peer_max) connection.welcome = Welcome::too_many_of_peer;
    connection.closing = connection.closing || connection.welcome != Welcome::yes;
    if (connection.welcome != Welcome::yes) ++turned_away;
    return count <= limits.connections_per_peer_max + kToldMax;
  }
  void remove(const std::shared_ptr<Connection>& connection) {
    {
      const std::lock_guard lock(mutex);
      if (live.erase(connection) == 1 && connection->leaving) --leaving;
      newcomers.remove(connection.get());
      if (connection->counted && --of_peer[connection->peer] == 0) of_peer.erase(connection->peer);
      if (!stopping || !live.empty()) return;
    }
    asio::post(acceptor.get_executor(), [state = shared_from_this()] { state->drain_timer.cancel(); });
    tell_drained();
  }
  void tell_drained() {
    std::vector<std::function<void()>> waiting;
    {
      const std::lock_guard lock(mutex);
      waiting.swap(drained);
    }
    for (const auto& tell : waiting) tell();
  }
  bool empty() const {
    const std::lock_guard lock(mutex);
    return live.empty();
  }
  template <class Which>
  void close_where(Which which) {
    const std::lock_guard lock(mutex);
    for (const auto& connection : live) cut_where(connection, which);
  }
  template <class Which>
  static void cut_where(const std::shared_ptr<Connection>& connection, Which which) {
    asio::post(connection->stream.get_executor(), [connection, which] {
      if (!which(*connection)) return;
      connection->cut = connection->closing = true;
      beast::get_lowest_layer(connection->stream).close();
    });
  }
  // On the acceptor's strand.
  void stop_accepting() {
    error_code ignored;
    acceptor.close(ignored);
    if (empty()) return;
    drain_timer.expires_after(limits.drain);
    drain_timer.async_wait([state = shared_from_this()](const error_code& error) {
      if (!error) state->close_where([](const Connection&) { return true; });
    });
  }

  asio::io_context& io;
  Address address;
  ServerLimits limits;
  transport::Admit admit;
  Handler handler;
  Log log;
  ssl::context context;
  tcp::acceptor acceptor;
  asio::steady_timer drain_timer;
  std::uint16_t bound_port = 0;
  mutable std::mutex mutex;
  std::set<std::shared_ptr<Connection>> live;
  Newcomers newcomers;
  std::map<crypto::SignPublicKey, std::size_t> of_peer;  // connections whose handshake is over
  std::size_t leaving = 0;
  std::uint64_t turned_away = 0;
  bool stopping = false;
  std::vector<std::function<void()>> drained;
};

namespace {

using SharedState = std::shared_ptr<Server::State>;

// What is wrong with a request's head of so many bytes, as a status; 0: nothing.
unsigned head_fault(const error_code& error, const http::request<http::buffer_body>& message, std::size_t bytes,
                    std::size_t bytes_max) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error) return 400;
  // The parser's own limit begins anew behind what it has parsed already.
  if (bytes > bytes_max) return 431;
  // A body says its length: uploads must be bounded beforehand. Any other coding would leave its end in doubt.
  return message.count(http::field::transfer_encoding) > 0 ? 411 : 0;
}

// A head, or nothing when the connection ends (cleanly or not) or does not speak HTTP.
awaitable<std::optional<RequestHead>> read_head(Connection& connection, const ServerLimits& limits, bool first) {
  auto& tcp_layer = beast::get_lowest_layer(connection.stream);
  if (connection.buffer.size() == 0) {
    connection.idle = true;
    tcp_layer.expires_after(first ? limits.head : limits.idle);
    const auto [error, n] = co_await connection.stream.async_read_some(connection.buffer.prepare(8 * 1024), kAwait);
    if (error) co_return std::nullopt;
    connection.buffer.commit(n);
  }
  connection.idle = false;
  http::request_parser<http::buffer_body> parser;
  parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
  parser.body_limit(boost::none);
  tcp_layer.expires_after(limits.head);
  const auto [error, n] = co_await http::async_read_header(connection.stream, connection.buffer, parser, kAwait);
  const bool gone = error && error.category() != http::make_error_code(http::error::bad_method).category();
  if (gone || error == http::error::end_of_stream || error == http::error::partial_message) co_return std::nullopt;
  if (const unsigned fault = head_fault(error, parser.get(), n, limits.head_bytes_max); fault != 0) {
    const std::string answer = head_text({fault, {}, 0}, true);
    tcp_layer.expires_after(kHangUp);
    (void)co_await asio::async_write(connection.stream, asio::buffer(answer), kAwait);
    co_return std::nullopt;
  }
  const auto& message = parser.get();
  RequestHead head{std::string(message.method_string()), std::string(message.target()), fields_of(message), 0};
  if (const auto length = parser.content_length()) head.content_length = *length;
  connection.closing = connection.closing || !message.keep_alive();
  co_return head;
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
    state->log(fmt::format("a {} request failed: {}", exchange.request().method, failure));
    if (exchange.begun()) co_return false;
    if (!co_await respond(exchange, 500, "text/plain", view("the archive failed\n"))) co_return false;
  }
  if (!exchange.finished() || connection.closing) co_return false;
  co_return co_await exchange.drain();
}

// Ends a connection so that the peer still gets what was sent to it, an alert included: to close with bytes unread
// would be a reset, which may overtake them.
awaitable<void> hang_up(Connection& connection, bool established) {
  auto& tcp_layer = beast::get_lowest_layer(connection.stream);
  if (connection.cut) {
    tcp_layer.close();
    co_return;
  }
  tcp_layer.expires_after(kHangUp);
  if (established) (void)co_await connection.stream.async_shutdown(kAwait);
  error_code error;
  tcp_layer.socket().shutdown(tcp::socket::shutdown_send, error);
  std::array<std::uint8_t, 16 * 1024> away;
  for (std::size_t have = 0; !error && have < kHangUpBytesMax;) {
    const auto [ended, n] = co_await tcp_layer.async_read_some(asio::buffer(away), kAwait);
    error = ended;
    have += n;
  }
  tcp_layer.close();
}

awaitable<void> session(SharedState state, std::shared_ptr<Connection> connection) {
  beast::get_lowest_layer(connection->stream).expires_after(state->limits.handshake);
  note_peer(connection->stream.native_handle(), &connection->peer);
  const auto [error] = co_await connection->stream.async_handshake(ssl::stream_base::server, kAwait);
  if (!error && !connection->peer.is_zero()) {
    const bool may_speak = state->introduce(*connection);
    for (bool first = true; may_speak && (first || !connection->closing); first = false) {
      auto head = co_await read_head(*connection, state->limits, first);
      if (!head || connection->cut) break;
      const bool alive = co_await one_exchange(state, *connection, std::move(*head));
      if (!alive) break;
    }
  }
  connection->idle = false;
  co_await hang_up(*connection, !error);
}

// Where a connection comes from: an IPv4 address, or the network of an IPv6 one.
std::string source_of(const tcp::socket& socket) {
  error_code gone;
  const auto address = socket.remote_endpoint(gone).address();
  if (gone) return {};
  if (address.is_v4()) return address.to_string();
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.begin() + 8};
}

void start_session(const SharedState& state, tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto source = source_of(socket);
  auto connection = std::make_shared<Connection>(std::move(socket), state->context);
  if (!state->add(connection, source)) return;
  const auto ended = [state, connection](std::exception_ptr failed) {
    if (failed) {
      try {
        std::rethrow_exception(failed);
      } catch (const std::exception& error) {
        state->log(fmt::format("a connection failed: {}", error.what()));
      }
    }
    state->remove(connection);
  };
  try {
    asio::co_spawn(connection->stream.get_executor(), session(state, connection), ended);
  } catch (...) {
    state->remove(connection);
    throw;
  }
}

void take(const SharedState& state, tcp::socket socket) {
  try {
    start_session(state, std::move(socket));
  } catch (const std::exception& failed) {  // out of memory: this connection is lost, not those to come
    state->log(fmt::format("a connection could not be taken: {}", failed.what()));
  }
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
    take(state, std::move(socket));
    // All who wait, in one turn: one a turn, and those who are in would keep them waiting.
    for (int i = 0; i < kAcceptedTogether; ++i) {
      error_code none_left;
      tcp::socket next(asio::make_strand(state->io));
      if (state->acceptor.accept(next, none_left)) break;
      take(state, std::move(next));
    }
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
  if (state_->acceptor.non_blocking(true, error)) return cannot(error);
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

std::uint64_t Server::turned_away() const {
  const std::lock_guard lock(state_->mutex);
  return state_->turned_away;
}

void Server::close_peer(const crypto::SignPublicKey& key) {
  state_->close_where([key](Connection& connection) { return connection.peer == key; });
}

void Server::stop(std::function<void()> drained) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    if (drained) state_->drained.push_back(std::move(drained));
  }
  asio::post(state_->acceptor.get_executor(), [state = state_] { state->stop_accepting(); });
  if (state_->empty()) return state_->tell_drained();
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
  Progress progress() const { return {limits.progress, limits.progress_bytes_min}; }

  // Whether the peer sent something, or closed. Between requests, and while a body goes out, nothing is due from it.
  bool heard_something() {
    pollfd waiting{beast::get_lowest_layer(*stream).socket().native_handle(), POLLIN, 0};
    return buffer.size() > 0 || ::poll(&waiting, 1, 0) != 0;
  }
  Result<> send(ByteView bytes);
  bool answer_is_read() const { return !parser || parser->is_done(); }

  ClientLimits limits;
  asio::io_context io{1};
  ssl::context context;
  transport::Admit admit;
  std::optional<Stream> stream;
  Address address;
  beast::flat_buffer buffer;
  std::optional<http::response_parser<http::buffer_body>> parser;
  Progress out{{}, 0}, in{{}, 0};
  std::string pending;           // a head that waits for its body
  std::uint64_t body_left = 0;   // to be written
  bool in_request = false;       // begun, and its answer's head not come
  bool expects_body = true;      // the answer to HEAD has none
  bool answered = false;         // at least one answer came on this connection
  bool stopped_reading = false;  // the peer answered or closed before it had the whole request
  bool last = false;             // the peer said that it closes after this answer
  bool broken = false;
};

namespace {

using ClientState = Client::State;

// Why a connection ended before an answer came. An archive that does not take this key lets TLS 1.3's handshake succeed
// on this side, and says so with an alert.
Error no_answer(const error_code& error, bool answered, const Address& address) {
  if (error == beast::error::timeout)
    return fail(ErrorCode::timed_out, fmt::format("the archive at {} did not answer in time", to_text(address)));
  const bool alert = error.category() == asio::error::get_ssl_category() &&
                     is_refusal_alert(static_cast<unsigned long>(error.value()));
  if (alert && !answered) {
    return fail(ErrorCode::refused, fmt::format("the archive at {} closed the connection: this identity's channel key "
                                                "is not enrolled there, or was revoked; ask a custodian",
                                                to_text(address)));
  }
  const bool ended = error == http::error::end_of_stream || error == asio::error::eof ||
                     error == ssl::error::stream_truncated || error == asio::error::connection_reset ||
                     error == asio::error::broken_pipe;
  if (ended) {
    return fail(ErrorCode::unreachable,
                fmt::format("the archive at {} closed the connection before it answered; try again", to_text(address)));
  }
  if (error.category() == http::make_error_code(http::error::bad_method).category()) {
    return fail(ErrorCode::malformed, fmt::format("what answers at {} does not speak as an archive does: {}",
                                                  to_text(address), error.message()));
  }
  return to_error(error);
}

Error no_connection(const ClientState& state, const error_code& error) {
  const auto where = to_text(state.address);
  if (failed_at_pin(const_cast<Stream&>(*state.stream).native_handle())) {
    return fail(ErrorCode::wrong_key, fmt::format("whoever answers at {} is not the archive that was joined: its key "
                                                  "is another; do not go on, and tell its custodians",
                                                  where));
  }
  if (error == beast::error::timeout)
    return fail(ErrorCode::timed_out, fmt::format("the archive at {} does not answer", where));
  if (error.category() == asio::error::get_ssl_category() && error != ssl::error::stream_truncated) {
    return fail(ErrorCode::unreachable,
                fmt::format("what answers at {} does not speak as an archive does: {}", where, error.message()));
  }
  if (error == asio::error::connection_refused)
    return fail(ErrorCode::unreachable, fmt::format("cannot reach {}: connection refused; is deponed running?", where));
  return fail(ErrorCode::unreachable, fmt::format("cannot reach the archive at {}: {}", where, error.message()));
}

awaitable<error_code> dial(ClientState& state) {
  tcp::resolver resolver(co_await asio::this_coro::executor);
  auto [unresolved, endpoints] =
      co_await resolver.async_resolve(state.address.host, std::to_string(state.address.port), kAwait);
  if (unresolved) co_return unresolved;
  state.expire(state.limits.connect);
  auto& tcp_layer = beast::get_lowest_layer(*state.stream);
  auto [unconnected, endpoint] = co_await tcp_layer.async_connect(endpoints, kAwait);
  if (unconnected) co_return unconnected;
  error_code ignored;
  tcp_layer.socket().set_option(tcp::no_delay(true), ignored);
  auto [error] = co_await state.stream->async_handshake(ssl::stream_base::client, kAwait);
  co_return error;
}

awaitable<error_code> read_answer_head(ClientState& state) {
  state.expire(state.limits.progress);
  for (int interim = 0; interim < kInterimMax; ++interim) {
    state.parser.emplace();
    state.parser->header_limit(static_cast<std::uint32_t>(state.limits.head_bytes_max));
    state.parser->body_limit(boost::none);
    if (!state.expects_body) state.parser->skip(true);
    const auto [error, n] = co_await http::async_read_header(*state.stream, state.buffer, *state.parser, kAwait);
    if (error) co_return error;
    if (state.parser->get().result_int() >= 200) co_return error_code{};
  }
  co_return http::make_error_code(http::error::bad_status);
}

awaitable<Result<std::size_t>> read_answer_body(ClientState& state, std::span<std::uint8_t> into) {
  auto& body = state.parser->get().body();
  body.data = into.data();
  body.size = into.size();
  while (!state.parser->is_done() && body.size == into.size()) {
    state.expire(std::chrono::duration_cast<std::chrono::milliseconds>(state.in.left()));
    const auto begin = Progress::Clock::now();
    auto [error, n] = co_await http::async_read_some(*state.stream, state.buffer, *state.parser, kAwait);
    if (error && error != http::error::need_buffer) co_return to_error(error);
    state.in.moved(n, Progress::Clock::now() - begin);
  }
  co_return into.size() - body.size;
}

}  // namespace

Result<Client> Client::connect(const Address& address, const ChannelKey& own, const crypto::SignPublicKey& server_key,
                               ClientLimits limits) {
  auto state = std::make_unique<State>(limits);
  state->address = address;
  state->admit = [server_key](const crypto::SignPublicKey& key) { return key == server_key; };
  prepare_context(state->context.native_handle(), own, &state->admit);
  state->stream.emplace(state->io, state->context);
  if (const error_code error = state->run(dial(*state))) return no_connection(*state, error);
  return Client(std::move(state));
}

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
bool Client::peer_stopped_reading() const { return state_->stopped_reading; }
bool Client::reusable() const {
  auto& s = *state_;
  return !s.broken && !s.last && !s.stopped_reading && !s.in_request && s.body_left == 0 && s.answer_is_read() &&
         !s.heard_something();
}

Result<> Client::begin(const RequestHead& head) {
  auto& s = *state_;
  const auto visible = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!is_token(head.method) || head.target.empty() || !std::ranges::all_of(head.target, visible) ||
      !is_sendable(head.fields)) {
    return fail(ErrorCode::input, "a request's head has characters that cannot be sent");
  }
  // A connection that was not used yet may be closed by an archive that does not take our key: receive() tells.
  const bool fresh = !s.answered && !s.in_request && !s.broken;
  if (!fresh && !reusable())
    return fail(ErrorCode::unreachable, "this connection cannot carry another request; connect again");
  s.in_request = true;
  s.expects_body = head.method != "HEAD";
  s.body_left = head.content_length;
  s.out = s.in = s.progress();
  s.pending = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", head.method, head.target, to_text(s.address));
  for (const auto& field : head.fields) s.pending += fmt::format("{}: {}\r\n", field.name, field.value);
  if (head.content_length > 0 || head.method == "POST" || head.method == "PATCH" || head.method == "PUT")
    s.pending += fmt::format("Content-Length: {}\r\n", head.content_length);
  s.pending += "\r\n";
  return {};
}

Result<> Client::State::send(ByteView bytes) {
  if (stopped_reading) return {};
  if (heard_something()) {
    stopped_reading = true;
    return {};
  }
  const error_code error = run(write_all(*stream, bytes, out));
  if (error == beast::error::timeout) {
    broken = true;
    return to_error(error);
  }
  if (error) stopped_reading = true;  // receive() tells whether there was an answer
  return {};
}

Result<> Client::write(ByteView bytes) {
  auto& s = *state_;
  if (!s.in_request || bytes.size() > s.body_left) throw std::logic_error("a request's body is longer than it said");
  s.body_left -= bytes.size();
  if (!s.pending.empty() && s.pending.size() + bytes.size() <= kCoalesceBytes) {
    s.pending += text_view(bytes);
    return {};
  }
  if (!s.pending.empty()) DEPONE_TRY(s.send(view(std::exchange(s.pending, {}))));
  return bytes.empty() ? Result<>() : s.send(bytes);
}

Result<ResponseHead> Client::receive() {
  auto& s = *state_;
  if (!s.in_request) throw std::logic_error("an answer to no request");
  if (!s.pending.empty()) DEPONE_TRY(s.send(view(std::exchange(s.pending, {}))));
  if (s.buffer.capacity() < kReadBytes) s.buffer.reserve(kReadBytes);
  if (const error_code error = s.run(read_answer_head(s))) {
    s.broken = true;
    return no_answer(error, s.answered, s.address);
  }
  s.in_request = false;
  s.answered = true;
  s.stopped_reading = s.stopped_reading || s.body_left > 0;
  const auto& message = s.parser->get();
  s.last = !message.keep_alive();
  ResponseHead head{message.result_int(), fields_of(message), std::nullopt};
  if (const auto length = s.parser->content_length()) head.content_length = *length;
  return head;
}

Result<std::size_t> Client::read(std::span<std::uint8_t> into) {
  auto& s = *state_;
  if (s.in_request) throw std::logic_error("an answer's body before its head");
  if (s.broken) return fail(ErrorCode::unreachable, "the connection is broken");
  if (s.answer_is_read() || into.empty()) return std::size_t{0};
  auto n = s.run(read_answer_body(s, into));
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
