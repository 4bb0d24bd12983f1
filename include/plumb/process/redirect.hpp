// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/core/dynamic_array.hpp>
#include <plumb/os/borrowed_handle.hpp>
#include <plumb/os/process.hpp>
#include <plumb/process/pipe.hpp>
#include <plumb/stream/file.hpp>

#include <array>

// Where the standard streams of a child come from and go to.

namespace plumb::inline v0_1 {

// What one of a child's standard streams is. Any stream of ours will do, such as a file, a socket or an end of a pipe: it stays
// ours, and need be open only until the child has been started.
class redirect {
public:
    static const redirect inherit;    // that of this program
    static const redirect null;       // what is always at its end, and swallows everything
    static const redirect pipe;       // a pipe, whose other end is input(), output() or error() of the process
    static const redirect output;     // for the error output: where the output goes

    template <has_native_handle Stream>
    redirect(const Stream& stream) noexcept : stream_(stream.native_handle()), kind_(kind::stream) {}

private:
    friend class streams_of_child;
    enum class kind : unsigned char { inherit, null, pipe, output, stream };
    constexpr explicit redirect(kind what) noexcept : kind_(what) {}

    os::handle stream_ = os::none;
    kind kind_;
};

inline constexpr redirect redirect::inherit(redirect::kind::inherit);
inline constexpr redirect redirect::null(redirect::kind::null);
inline constexpr redirect redirect::pipe(redirect::kind::pipe);
inline constexpr redirect redirect::output(redirect::kind::output);

// Our ends of the pipes to and from a child.
struct pipes_to_child {
    pipe_writer input;
    pipe_reader output, error;
};

// The standard streams of a child that is being started, and what is opened for them until it has.
class streams_of_child {
public:
    // Errors: bad_file_descriptor (a stream that is closed), invalid_argument (redirect::output for another than the error
    // output); those of opening.
    [[nodiscard]] result<void> open(const redirect& input, const redirect& output, const redirect& error) {
        if (auto set_up = set(0, input, ours.input, os::pipe_end::reader); !set_up) return set_up;
        if (auto set_up = set(1, output, ours.output, os::pipe_end::writer); !set_up) return set_up;
        return set(2, error, ours.error, os::pipe_end::writer);
    }

    [[nodiscard]] const std::array<os::handle, 3>& handles() const noexcept { return handles_; }
    pipes_to_child ours;

private:
    template <class End>
    [[nodiscard]] result<void> set(std::size_t place, const redirect& wanted, End& our_end, os::pipe_end theirs) {
        auto& given = handles_[place];
        switch (wanted.kind_) {
        case redirect::kind::inherit: return {};
        case redirect::kind::null: return take(given, file::open(os::null_device, file_mode::update));
        case redirect::kind::output:
            if (place != 2) return failure(verb::spawn, std::errc::invalid_argument);
            if (handles_[1] == os::none) return take(given, file::standard(standard_stream::output));
            given = handles_[1];
            return {};
        case redirect::kind::stream:
            if (wanted.stream_ == os::none) return failure(verb::spawn, std::errc::bad_file_descriptor);
            given = wanted.stream_;
            return {};
        case redirect::kind::pipe: break;
        }
        auto ends = os::native_pipes::pair_for_child(theirs);
        if (!ends) return failure(ends.error());
        auto reads = theirs == os::pipe_end::reader;
        pipes_.push_back(os::owner<os::native_pipes>(detail::fresh{given = (*ends)[reads ? 0 : 1]}));
        our_end = End(detail::fresh{(*ends)[reads ? 1 : 0]});
        return {};
    }
    [[nodiscard]] result<void> take(os::handle& given, result<file> opened) {
        if (!opened) return failure(opened.error());
        given = opened->native_handle();
        files_.push_back(*std::move(opened));
        return {};
    }

    std::array<os::handle, 3> handles_{os::none, os::none, os::none};
    detail::dynamic_array<file> files_;
    detail::dynamic_array<os::owner<os::native_pipes>> pipes_;    // the child's ends
};

}  // namespace plumb
