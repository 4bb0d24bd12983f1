// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/version.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

// Why an operation failed: what plumb and the systems call it, what that means on every system, and in which words it is told.

namespace plumb::inline v0_1 {

// What plumb itself reports, beside the causes that the system gives.
enum class condition : std::uint16_t {
    end_of_stream = 1,    // the stream ended before all of it was there; detail: the bytes that did arrive
    truncated,            // it did not fit and what did not fit is gone; detail: its full size where known
    timed_out,            // the deadline passed; detail: the bytes that did move
    cancelled,            // a stop was requested; detail: the bytes that did move
    invalid_text,         // the text is not what was asked for; detail: the offset of the first wrong character
    too_long,             // it is longer than the limit that was given; detail: that limit
    self_connected,       // the connection reached its own socket, nobody listens there
    wrong_descriptor,     // the descriptor is not what the type says
    status_lost,          // a child has ended, and how it did was told to somebody else or to nobody
};

// What the resolver reports. The numbers are ours: those of EAI_* differ between systems.
enum class lookup : std::uint16_t {
    host_not_found = 1, no_address, try_again, failed, service_not_found, family_not_supported, invalid_name,
};

// Whose number a cause is.
enum class error_domain : std::uint8_t {
    none,
    posix,       // a value of std::errc, which is the system's errno
    plumb,       // a plumb::condition
    resolver,    // a plumb::lookup
    windows,     // what GetLastError or WSAGetLastError gave
};

namespace detail {

struct windows_cause {
    std::uint16_t number;
    std::errc meaning;
};

// Windows' numbers and what they mean, written out because no library maps the Winsock half of them.
inline constexpr windows_cause windows_causes[] = {
    {2, std::errc::no_such_file_or_directory},
    {3, std::errc::no_such_file_or_directory},
    {4, std::errc::too_many_files_open},
    {5, std::errc::permission_denied},
    {6, std::errc::bad_file_descriptor},
    {8, std::errc::not_enough_memory},
    {14, std::errc::not_enough_memory},
    {19, std::errc::read_only_file_system},
    {32, std::errc::device_or_resource_busy},
    {33, std::errc::device_or_resource_busy},
    {38, std::errc::io_error},
    {39, std::errc::no_space_on_device},
    {50, std::errc::not_supported},
    {53, std::errc::no_such_file_or_directory},
    {80, std::errc::file_exists},
    {87, std::errc::invalid_argument},
    {109, std::errc::broken_pipe},
    {112, std::errc::no_space_on_device},
    {120, std::errc::function_not_supported},
    {123, std::errc::invalid_argument},
    {131, std::errc::invalid_argument},
    {145, std::errc::directory_not_empty},
    {161, std::errc::no_such_file_or_directory},
    {183, std::errc::file_exists},
    {193, std::errc::executable_format_error},
    {206, std::errc::filename_too_long},
    {232, std::errc::broken_pipe},
    {233, std::errc::broken_pipe},
    {258, std::errc::timed_out},
    {267, std::errc::not_a_directory},
    {995, std::errc::operation_canceled},
    {1113, std::errc::illegal_byte_sequence},
    {1450, std::errc::not_enough_memory},
    {1455, std::errc::not_enough_memory},
    {1460, std::errc::timed_out},
    {10004, std::errc::interrupted},
    {10009, std::errc::bad_file_descriptor},
    {10013, std::errc::permission_denied},
    {10014, std::errc::bad_address},
    {10022, std::errc::invalid_argument},
    {10024, std::errc::too_many_files_open},
    {10035, std::errc::resource_unavailable_try_again},
    {10036, std::errc::operation_in_progress},
    {10037, std::errc::connection_already_in_progress},
    {10038, std::errc::not_a_socket},
    {10039, std::errc::destination_address_required},
    {10040, std::errc::message_size},
    {10041, std::errc::wrong_protocol_type},
    {10042, std::errc::no_protocol_option},
    {10043, std::errc::protocol_not_supported},
    {10044, std::errc::not_supported},
    {10045, std::errc::operation_not_supported},
    {10046, std::errc::address_family_not_supported},
    {10047, std::errc::address_family_not_supported},
    {10048, std::errc::address_in_use},
    {10049, std::errc::address_not_available},
    {10050, std::errc::network_down},
    {10051, std::errc::network_unreachable},
    {10052, std::errc::network_reset},
    {10053, std::errc::connection_aborted},
    {10054, std::errc::connection_reset},
    {10055, std::errc::no_buffer_space},
    {10056, std::errc::already_connected},
    {10057, std::errc::not_connected},
    {10058, std::errc::broken_pipe},
    {10060, std::errc::timed_out},
    {10061, std::errc::connection_refused},
    {10063, std::errc::filename_too_long},
    {10064, std::errc::host_unreachable},
    {10065, std::errc::host_unreachable},
    {10093, std::errc::function_not_supported},
};

// What any cause means in std::errc; the empty value where it has no counterpart.
[[nodiscard]] constexpr std::errc meaning_of(error_domain domain, std::uint16_t cause) noexcept {
    switch (domain) {
    case error_domain::posix: return static_cast<std::errc>(cause);
    case error_domain::plumb:
        switch (static_cast<condition>(cause)) {
        case condition::end_of_stream: return {};
        case condition::truncated: return std::errc::message_size;
        case condition::timed_out: return std::errc::timed_out;
        case condition::cancelled: return std::errc::operation_canceled;
        case condition::invalid_text: return std::errc::invalid_argument;
        case condition::too_long: return std::errc::value_too_large;
        case condition::self_connected: return std::errc::connection_refused;
        case condition::wrong_descriptor: return std::errc::invalid_argument;
        case condition::status_lost: return std::errc::no_child_process;
        }
        return {};
    case error_domain::resolver:
        switch (static_cast<lookup>(cause)) {
        case lookup::try_again: return std::errc::resource_unavailable_try_again;
        case lookup::family_not_supported: return std::errc::address_family_not_supported;
        case lookup::invalid_name: return std::errc::invalid_argument;
        default: return {};
        }
    case error_domain::windows:
        for (auto [number, meaning] : windows_causes)
            if (number == cause) return meaning;
        return {};
    case error_domain::none: return {};
    }
    return {};
}

[[nodiscard]] constexpr std::string_view sentence_of(condition cause) noexcept {
    switch (cause) {
    case condition::end_of_stream: return "The stream ended early";
    case condition::truncated: return "More came than there was room for";
    case condition::timed_out: return "The deadline passed";
    case condition::cancelled: return "A stop was requested";
    case condition::invalid_text: return "Invalid text";
    case condition::too_long: return "Longer than the limit";
    case condition::self_connected: return "Connection refused (the socket reached itself)";
    case condition::wrong_descriptor: return "The descriptor is not of this type";
    case condition::status_lost: return "How the child ended is lost";
    }
    return "Unknown condition";
}

[[nodiscard]] constexpr std::string_view sentence_of(lookup cause) noexcept {
    switch (cause) {
    case lookup::host_not_found: return "Host not found";
    case lookup::no_address: return "The host has no address of this kind";
    case lookup::try_again: return "Temporary failure in name resolution";
    case lookup::failed: return "The name server failed";
    case lookup::service_not_found: return "Service not found";
    case lookup::family_not_supported: return "Address family not supported by the resolver";
    case lookup::invalid_name: return "Not a valid host name";
    }
    return "Unknown resolver failure";
}

struct posix_sentence {
    std::errc cause;
    char sentence[44];
};

// The causes that Windows' C library has numbers but no words for: everywhere in the same words, those of POSIX systems.
inline constexpr posix_sentence posix_sentences[] = {
    {std::errc::address_family_not_supported, "Address family not supported by protocol"},
    {std::errc::address_in_use, "Address already in use"},
    {std::errc::address_not_available, "Cannot assign requested address"},
    {std::errc::already_connected, "Transport endpoint is already connected"},
    {std::errc::connection_aborted, "Software caused connection abort"},
    {std::errc::connection_already_in_progress, "Operation already in progress"},
    {std::errc::connection_refused, "Connection refused"},
    {std::errc::connection_reset, "Connection reset by peer"},
    {std::errc::destination_address_required, "Destination address required"},
    {std::errc::host_unreachable, "No route to host"},
    {std::errc::message_size, "Message too long"},
    {std::errc::network_down, "Network is down"},
    {std::errc::network_reset, "Network dropped connection on reset"},
    {std::errc::network_unreachable, "Network is unreachable"},
    {std::errc::no_buffer_space, "No buffer space available"},
    {std::errc::no_protocol_option, "Protocol not available"},
    {std::errc::not_a_socket, "Socket operation on non-socket"},
    {std::errc::not_connected, "Transport endpoint is not connected"},
    {std::errc::not_supported, "Operation not supported"},
    {std::errc::operation_canceled, "Operation canceled"},
    {std::errc::operation_in_progress, "Operation now in progress"},
    {std::errc::operation_not_supported, "Operation not supported"},
    {std::errc::protocol_not_supported, "Protocol not supported"},
    {std::errc::timed_out, "Connection timed out"},
    {std::errc::value_too_large, "Value too large for defined data type"},
    {std::errc::wrong_protocol_type, "Protocol wrong type for socket"},
};

// Text that is put together in place. Every program carries what tells an error: std::string's code would be ten times as much,
// and what is called cold is made small.
class short_text {
public:
    [[gnu::noinline, gnu::cold]] void add(std::string_view more) noexcept {
        for (char c : more) put(c);
    }
    [[gnu::noinline, gnu::cold]] void add(const char* more) noexcept {
        for (; *more; ++more) put(*more);
    }
    [[gnu::noinline, gnu::cold]] void add(std::uint32_t number) noexcept {
        if (number >= 10) add(number / 10);
        put(static_cast<char>('0' + number % 10));
    }
    [[nodiscard]] const char* c_str() const noexcept { return text_; }
    [[nodiscard]] std::string_view view() const noexcept { return {text_, size_}; }

private:
    void put(char c) noexcept {
        if (size_ < sizeof text_ - 1) text_[size_++] = c;
    }

    char text_[256] = {};
    std::size_t size_ = 0;
};

[[gnu::cold]] inline void add_sentence(short_text& to, std::errc cause) {
    for (auto& [known, sentence] : posix_sentences)
        if (known == cause) return to.add(sentence);
    to.add(std::generic_category().message(static_cast<int>(cause)).c_str());
}

[[gnu::cold]] inline void add_sentence(short_text& to, error_domain domain, std::uint16_t cause) {
    if (domain == error_domain::plumb) return to.add(sentence_of(static_cast<condition>(cause)));
    if (domain == error_domain::resolver) return to.add(sentence_of(static_cast<lookup>(cause)));
    if (auto meaning = meaning_of(domain, cause); domain != error_domain::windows || meaning != std::errc{})
        return add_sentence(to, meaning);
    to.add("Windows error ");
    to.add(cause);
}

// The std::error_category of one of our domains.
class category final : public std::error_category {
public:
    constexpr explicit category(error_domain domain) noexcept : domain_(domain) {}

    const char* name() const noexcept override {
        return domain_ == error_domain::plumb ? "plumb" : domain_ == error_domain::resolver ? "resolver" : "windows";
    }
    std::string message(int cause) const override {
        short_text text;
        add_sentence(text, domain_, static_cast<std::uint16_t>(cause));
        return std::string(text.view());
    }
    std::error_condition default_error_condition(int cause) const noexcept override {
        auto meaning = meaning_of(domain_, static_cast<std::uint16_t>(cause));
        return meaning == std::errc{} ? std::error_condition(cause, *this) : std::make_error_condition(meaning);
    }

private:
    error_domain domain_;
};

[[nodiscard]] inline const std::error_category& category_of(error_domain domain) noexcept {
    static const category plumb(error_domain::plumb), resolver(error_domain::resolver), windows(error_domain::windows);
    switch (domain) {
    case error_domain::plumb: return plumb;
    case error_domain::resolver: return resolver;
    case error_domain::windows: return windows;
    default: return std::generic_category();
    }
}

}  // namespace detail

}  // namespace plumb
