// SPDX-License-Identifier: BSL-1.0
// Every promised name is still plain to say after every header of POSIX and the network, with all of plumb let into the
// global namespace; with AFTER_STD defined, all of std as well.
#if defined(AFTER_STD)
#include "every_standard_header"
#endif
#include "every_posix_header"
#include <plumb/loop.hpp>
#include <plumb/plumb.hpp>
#include <plumb/process.hpp>

#if defined(AFTER_STD)
using namespace std;
using namespace std::literals;
#else
#include <array>
#include <chrono>
#include <span>
#include <string>
using namespace std::chrono_literals;
#endif
using namespace plumb;

// Values: addresses, ports, byte order, errors, time.
void values() {
    (void)std::array{ipv4_address::parse("1.2.3.4").has_value(), ipv6_address::parse("::1").has_value(),
                     ip_address::parse("::1").has_value(), ip_prefix::parse("10.0.0.0/8").has_value(),
                     endpoint::parse("[::1]:80").has_value(), local_address::parse("/tmp/door").has_value()};
    ip_address address = "127.0.0.1"_ip;
    endpoint place = "127.0.0.1:80"_endpoint;
    ip_prefix net = "127.0.0.0/8"_prefix;
    port number = 7777;
    (void)port::from(7);
    (void)number.is_reserved();
    (void)net.contains(address);
    (void)(address.is_loopback() || address.is_multicast() || address.is_private() || address.is_link_local() ||
           address.is_unspecified() || address.is_documentation());
    std::string text = to_string(address) + to_string(place) + to_string(net) + to_string(ipv4_address::any());
    (void)ipv4_address::any().to_bytes();
    (void)ipv6_address::any().to_bytes();
    big<std::uint16_t> wide(to_network(from_network(std::uint16_t{1})));
    little<std::uint32_t> tight(7u);
    (void)(wide.value() + tight.value());
    result<int> outcome = failure(verb::bind, std::errc::address_in_use);
    error why = outcome.error();
    (void)(why.code() == std::errc::address_in_use && why == std::errc::address_in_use && why == condition::timed_out);
    (void)why.message();
    (void)must(result<int>(1));
    deadline soon = within(5s);
    instant moment = tcp::now();
    soon = until(moment);
    bytes seen = "text";
    std::array<std::byte, 8> room;
    mutable_bytes fill = room;
    (void)(seen.size() + fill.size());
}

// Sockets, by the names that programs say.
template <class T>
void held() {}

void sockets() {
    held<tcp>();
    held<udp>();
    held<local::stream>();
    held<local::datagram>();
    held<local::seqpacket>();
    held<icmp_v4>();
    held<icmp_v6>();
    held<packet>();
    held<generic>();
    held<tcp::socket>();
    held<tcp::acceptor>();
    held<udp::socket>();
    held<local::stream::socket>();
    held<local::stream::acceptor>();
    held<local::datagram::socket>();
    held<plumb::socket<tcp>>();
    held<acceptor<tcp>>();
    held<connection_info>();
    held<descriptor>();
    held<received>();
    held<replace_stale_file>();
    held<file>();
    held<buffered<tcp::socket>>();
}

// Signals, alarms and sleep.
void signals() {
    auto stop = stop_on({signal_number::interrupt, signal_number::terminate});
    auto handler = on_signal(signal_number::child, [] {});
    auto ignored = ignore_signals(signal_number::hangup);
    auto held_back = block_signals(signal_set{signal_number::user_1});
    auto let_through = unblock_signals(signal_number::user_2);
    auto reader = signal_reader::open(signal_number::window_size);
    auto told = wait_for_signal(signal_number::user_1, within(1s));
    signal_info none;
    auto ticking = alarm_clock::every(2s);
    std::string name = to_string(none.number) + to_string(real_time_signal(0).value());
    (void)wait_readable({reader->native_handle(), ticking->native_handle()});
    (void)(stop && handler && ignored && reader && told && ticking && sleep_for(1s) && sleep_until(tcp::now()));
    held<signal_stop>();
    held<signal_handler<void (*)()>>();
}

// Servers.
void serve_it(tcp::socket);

void servers(tcp::acceptor& server) {
    auto token = stop_on(signal_number::terminate).value().token();
    serve::observer told = [](const serve::event& one) { (void)to_string(one).size(); };
    (void)serve::sequential(server, serve_it, {.end_after = 5, .stop = token});
    (void)serve::forking(server, serve_it, {.max_children = 256, .stop = token, .drain = within(5s), .observer = told, .keep = {server}});
    auto report = serve::threaded(server, serve_it, {.threads = 8, .stop = token}).value();
    (void)(report.why == serve::ending::stopped && serve::happening::cut == serve::happening::starved && serve::unlimited > 0);
}

// The programs of the front page, as they are written there.
void report(error);

int echo() {
    auto server = tcp::listen({ipv4_address::any(), 7777}).value();
    for (;;) {
        auto peer = server.accept().value();
        std::array<std::byte, 4096> buffer;
        while (auto size = peer.read(buffer).value()) peer.write_all(std::span(buffer).first(size)).value();
    }
}

void echo_datagrams() {
    auto socket = udp::bind({ipv4_address::any(), 7777}).value();
    std::array<std::byte, 65'507> buffer;
    for (;;) {
        auto letter = socket.receive_from(buffer).value();
        socket.send_to(std::span(buffer).first(letter.size), letter.sender).value();
        (void)letter.truncated;
    }
}

void send_report() {
    auto peer = tcp::connect("example.com:80", within(5s), no_delay{true});
    if (!peer) return report(peer.error());
    (void)peer->send_file("report.pdf").value();
    peer->shutdown(direction::write).value();
    auto thanks = peer->read_to_end<std::string>().value();
    peer->set(receive_buffer_size{1 << 20}).value();
    bool nagle_off = peer->get<no_delay>().value();
    (void)nagle_off;
}

void names_of_hosts() {
    auto found = resolve("localhost", "80");
    auto name = reverse_resolve({ipv4_address::loopback(), 80});
    (void)(found && name);
}

void pipes() {
    held<pipe_reader>();
    held<pipe_writer>();
    held<pipe_pair>();
    held<duplex_end>();
    auto [reader, writer] = pipe().value();
    writer.write_all("heard\n").value();
    writer.close();
    (void)reader.read_to_end<std::string>().value();
    (void)copy(reader, writer).value();
    (void)copy(reader, writer, 100, within(1s)).value();
    (void)copy(file::open("a").value(), file::open("b", file_mode::create).value()).value();
    held<kernel_stream<file>>();
    auto [ours, theirs] = duplex_pipe().value();
    ours.write_all("both ways", within(1s)).value();
    (void)copy(ours, theirs, within(1s)).value();
    (void)copy(ours, theirs, plumb::stop_token()).value();
    (void)copy(ours, theirs, within(1s), plumb::stop_token()).value();
    theirs.shutdown(direction::write).value();
}

bool keep(pipe_reader& in, const char* path) { return copy(in, file::open(path, file_mode::append).value()).has_value(); }

void children() {
    held<process>();
    held<process_id>();
    held<process_status>();
    held<command>();
    held<environment>();
    held<redirect>();
    held<spawn_options>();
    held<run_options>();
    held<run_outcome>();
    held<fork_options>();
    held<borrowed_handle>();
    auto [reader, writer] = pipe().value();
    auto keeper = process::fork([](pipe_reader in) { return keep(in, "echo.log"); }, std::move(reader)).value();
    writer.write_all("heard\n").value();
    writer.close();
    auto status = keeper.wait().value();
    (void)(status.exited() && status.code() == 0 && !status.signaled() && status.signal() == signal_number::kill);
    (void)keeper.wait(within(1s));
    (void)(keeper.terminate() && keeper.kill());

    auto sort = process::spawn({"sort", "-n"}, {.input = redirect::pipe, .output = redirect::pipe}).value();
    sort.input().write_all("3\n1\n2\n").value();
    sort.input().close();
    auto sorted = sort.output().read_to_end<std::string>().value();
    (void)process::run({"sort"}, {.input = sorted, .timeout = within(5s), .environment = environment::with({"LC_ALL=C"})});
    (void)wait_any(std::span(&sort, 1), within(1s));
}

task<> async_echo(tcp::async_socket peer) {
    while (auto chunk = co_await peer.receive())
        if (chunk->empty() || !co_await peer.write_all(*chunk)) break;
}

task<> forward(tcp::async_socket& from, tcp::async_socket& to) {
    (void)co_await copy(from, to, within(1s));
    (void)co_await copy(from, to, plumb::stop_token());
}

task<> accept_all(loop& in, tcp::async_acceptor& server, plumb::stop_token stop) {
    scope clients(in);
    while (auto peer = co_await server.accept(stop)) clients.spawn(async_echo(*std::move(peer)));
    (void)co_await clients.join(within(5s));
    clients.stop();
    (void)co_await in.wait(0, interest::readable, within(1s));
    auto [winner, gave] = co_await when_any(tcp::connect(in, "localhost:80", within(5s)), in.sleep_for(5s));
    auto [found, nobody] = co_await when_all(resolve(in, "localhost", "80"), clients.join());
    auto named = co_await reverse_resolve(in, ipv4_address::loopback());
    auto late = co_await limited(in, when_all(in.sleep_for(1s), in.sleep_for(2s)), within(5s));
    (void)(winner == 1 && std::get<0>(gave) && found && nobody && late && named);
}

void loops() {
    loop loop{driver::epoll};
    auto server = tcp::listen(loop, {ipv4_address::any(), 7777}).value();
    plumb::stop_source source;
    loop.run(accept_all(loop, server, source.token()));
    loop.post([] {});
    (void)run_loops(2, source, [](plumb::loop& in, std::size_t) -> task<> { (void)co_await in.sleep_for(1s); });
    (void)run_loops(2, source, [](plumb::loop&, std::size_t) -> task<> { co_return; });
    held<lent_bytes>();
    held<nothing>();
    held<first<int>>();
    held<channel<int>>();
    held<async_buffered<tcp::async_socket>>();
    held<async_pipe_reader>();
    held<async_pipe_writer>();
    held<async_duplex_end>();
}
