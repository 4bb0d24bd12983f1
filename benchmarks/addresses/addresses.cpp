// SPDX-License-Identifier: BSL-1.0
#include <plumb/address.hpp>

#include <benchmark/benchmark.h>

#include <arpa/inet.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<asio.hpp>)
#ifndef ASIO_STANDALONE
#define ASIO_STANDALONE
#endif
#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#define HAS_ASIO 1
#endif

// What it costs to read and to write an address, beside the functions of C and beside Asio.
//
//     addresses --benchmark_enable_random_interleaving=true --benchmark_repetitions=9 --benchmark_report_aggregates_only

namespace {

using namespace plumb;

// Addresses as they are met: short and long, gaps at every place, and for v6 the forms that are not how we would write them.
const std::vector<std::string> v4_texts = {
    "127.0.0.1", "0.0.0.0", "255.255.255.255", "10.0.0.1", "192.168.1.254", "172.16.31.7", "8.8.8.8", "203.0.113.99",
    "169.254.169.254", "100.64.1.2", "198.51.100.23", "1.1.1.1", "93.184.216.34", "224.0.0.251", "185.199.108.153", "4.2.2.1",
};
const std::vector<std::string> v6_texts = {
    "::1", "::", "2001:db8::1", "fe80::1ff:fe23:4567:890a", "2a00:1450:4001:829::200e", "2606:4700:4700::1111",
    "ff02::fb", "2001:db8:85a3:8d3:1319:8a2e:370:7348", "fd12:3456:789a:1::1", "2001:0db8:0000:0000:0000:ff00:0042:8329",
    "::ffff:192.0.2.128", "64:ff9b::203.0.113.9", "2620:fe::fe", "2001:DB8:0:1::A:B", "fe80::a00:27ff:fe4e:66a1", "1:2:3:4:5:6:7:8",
};

std::vector<std::string> as_endpoints() {
    std::vector<std::string> texts;
    const char* ports[] = {"80", "443", "8080", "65535", "7", "53", "49152", "22"};
    std::size_t next = 0;
    for (const auto& text : v4_texts) texts.push_back(text + ":" + ports[next++ % 8]);
    for (const auto& text : v6_texts) texts.push_back("[" + text + "]:" + ports[next++ % 8]);
    return texts;
}
const std::vector<std::string> endpoint_texts = as_endpoints();

// Runs one operation over all items in turn. The time that is reported is that of all 16 (of endpoints: 32); items_per_second
// is what compares.
template <class Items, class Operation>
void over(benchmark::State& state, const Items& items, Operation operation) {
    for (auto _ : state)
        for (const auto& item : items) operation(item);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items.size()));
}

template <class T>
void plumb_parse(benchmark::State& state, const std::vector<std::string>& texts) {
    over(state, texts, [](std::string_view text) {
        auto value = T::parse(text);
        benchmark::DoNotOptimize(value);
    });
}

template <class T>
void plumb_format(benchmark::State& state, const std::vector<std::string>& texts) {
    std::vector<T> values;
    for (const auto& text : texts) values.push_back(T::parse(text).value());
    over(state, values, [](const T& value) {
        char text[T::max_text_size];
        auto size = to_chars(text, text + sizeof text, value);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(text);
    });
}

using wire_address = std::array<unsigned char, sizeof(in6_addr)>;

void c_parse(benchmark::State& state, int family, const std::vector<std::string>& texts) {
    over(state, texts, [family](const std::string& text) {
        wire_address wire;
        auto outcome = inet_pton(family, text.c_str(), wire.data());
        benchmark::DoNotOptimize(outcome);
        benchmark::DoNotOptimize(wire);
    });
}

void c_format(benchmark::State& state, int family, const std::vector<std::string>& texts) {
    std::vector<wire_address> values(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (inet_pton(family, texts[i].c_str(), values[i].data()) != 1) std::abort();
    over(state, values, [family](const wire_address& value) {
        char text[INET6_ADDRSTRLEN];
        auto outcome = inet_ntop(family, value.data(), text, sizeof text);
        benchmark::DoNotOptimize(outcome);
        benchmark::DoNotOptimize(text);
    });
}

struct c_endpoint {
    int family;
    wire_address wire;
    unsigned short number;
};

// What a C program does by hand for an endpoint: split it, inet_pton, and a careful strtol.
bool parse_by_hand(const std::string& text, c_endpoint& value) {
    auto colon = text.rfind(':');
    if (colon == text.npos) return false;
    char host[INET6_ADDRSTRLEN];
    bool bracketed = text[0] == '[';
    if (bracketed && text[colon - 1] != ']') return false;
    auto size = bracketed ? colon - 2 : colon;
    if (size >= sizeof host) return false;
    std::memcpy(host, text.data() + bracketed, size);
    host[size] = '\0';
    value.family = bracketed ? AF_INET6 : AF_INET;
    if (inet_pton(value.family, host, value.wire.data()) != 1) return false;
    char* end = nullptr;
    auto number = std::strtol(text.c_str() + colon + 1, &end, 10);
    if (*end != '\0' || number < 0 || number > 65535) return false;
    value.number = static_cast<unsigned short>(number);
    return true;
}

void c_endpoint_parse(benchmark::State& state) {
    over(state, endpoint_texts, [](const std::string& text) {
        c_endpoint value;
        auto outcome = parse_by_hand(text, value);
        benchmark::DoNotOptimize(outcome);
        benchmark::DoNotOptimize(value);
    });
}

void c_endpoint_format(benchmark::State& state) {
    std::vector<c_endpoint> values(endpoint_texts.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!parse_by_hand(endpoint_texts[i], values[i])) std::abort();
    over(state, values, [](const c_endpoint& value) {
        char host[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 8];
        inet_ntop(value.family, value.wire.data(), host, sizeof host);
        auto size = std::snprintf(text, sizeof text, value.family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, value.number);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(text);
    });
}

#ifdef HAS_ASIO
void asio_parse(benchmark::State& state, const std::vector<std::string>& texts) {
    over(state, texts, [](const std::string& text) {
        asio::error_code failure;
        auto value = asio::ip::make_address(text.c_str(), failure);
        benchmark::DoNotOptimize(value);
    });
}

void asio_format(benchmark::State& state, const std::vector<std::string>& texts) {
    std::vector<asio::ip::address> values;
    for (const auto& text : texts) values.push_back(asio::ip::make_address(text));
    over(state, values, [](const asio::ip::address& value) {
        auto text = value.to_string();
        benchmark::DoNotOptimize(text);
    });
}
#endif

}  // namespace

int main(int count, char** arguments) {
    benchmark::AddCustomContext("asio",
#ifdef HAS_ASIO
                                "measured"
#else
                                "absent: <asio.hpp> is not installed"
#endif
    );
    auto add = [](const char* name, auto function, auto... inputs) { benchmark::RegisterBenchmark(name, function, inputs...); };
    add("parse/v4/plumb", plumb_parse<ipv4_address>, v4_texts);
    add("parse/v4/inet_pton", c_parse, AF_INET, v4_texts);
    add("parse/v6/plumb", plumb_parse<ipv6_address>, v6_texts);
    add("parse/v6/inet_pton", c_parse, AF_INET6, v6_texts);
    add("parse/endpoint/plumb", plumb_parse<endpoint>, endpoint_texts);
    add("parse/endpoint/by_hand_in_c", c_endpoint_parse);
    add("format/v4/plumb", plumb_format<ipv4_address>, v4_texts);
    add("format/v4/inet_ntop", c_format, AF_INET, v4_texts);
    add("format/v6/plumb", plumb_format<ipv6_address>, v6_texts);
    add("format/v6/inet_ntop", c_format, AF_INET6, v6_texts);
    add("format/endpoint/plumb", plumb_format<endpoint>, endpoint_texts);
    add("format/endpoint/by_hand_in_c", c_endpoint_format);
#ifdef HAS_ASIO
    add("parse/v4/asio", asio_parse, v4_texts);
    add("parse/v6/asio", asio_parse, v6_texts);
    add("format/v4/asio", asio_format, v4_texts);
    add("format/v6/asio", asio_format, v6_texts);
#endif
    benchmark::Initialize(&count, arguments);
    if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 2;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
}
