// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/plumb.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

// A progress bar, for a person who watches stderr.

namespace program {

// Draws how much is done. Draws nothing where stderr is no terminal.
class progress {
public:
    // All that there is to do, or 0 where nobody knows.
    explicit progress(std::uint64_t all) : all_(all) {
        auto error_output = plumb::file::standard(plumb::standard_stream::error);
        is_watched_ = error_output && error_output->is_terminal();
    }
    progress(const progress&) = delete;
    ~progress() {
        if (shown_ != nothing) std::fputc('\n', stderr);
    }

    void show(std::uint64_t done) {
        auto step = all_ == 0 ? done >> 20 : width * std::uint64_t{done} / all_;
        if (!is_watched_ || step == shown_) return;
        shown_ = step;
        auto megabytes = static_cast<double>(done) / 1e6;
        if (all_ == 0) std::fprintf(stderr, "\r%.1f MB", megabytes);
        else std::fprintf(stderr, "\r[%-*s] %3.0f %%  %.1f MB", int{width}, std::string(step, '#').c_str(),
                          100.0 * static_cast<double>(done) / static_cast<double>(all_), megabytes);
        std::fflush(stderr);
    }

private:
    static constexpr int width = 40;
    static constexpr auto nothing = ~std::uint64_t{0};

    std::uint64_t all_;
    std::uint64_t shown_ = nothing;    // the step that stands there
    bool is_watched_;
};

}  // namespace program
