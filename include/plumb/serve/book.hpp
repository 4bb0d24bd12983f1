// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/thread.hpp>
#include <plumb/serve/observer.hpp>

// What a server counts, and tells its observer.

namespace plumb::inline v0_1::detail {

// Threads: any.
template <class P>
class server_book {
public:
    explicit server_book(const serve::observer& hears) : hears_(hears) {}

    void note(serve::happening what, error cause = nothing, std::string_view reason = {}) {
        using enum serve::happening;
        os::lock held(mutex_);
        counts_.accepted += what == accepted;
        counts_.failed += what == failed;
        counts_.crashed += what == crashed;
        counts_.cut += what == cut;
        running_ += what == accepted;
        running_ -= what == ended || what == failed || what == crashed;
        hears_({what, cause, reason, running_, counts_.accepted});
    }

    // How a server ends that ends for this reason: an error, unless somebody wanted it to.
    [[nodiscard]] result<serve::report> closed(error why, serve::ending wanted) {
        if (why != condition::cancelled) return failure(why);
        os::lock held(mutex_);
        counts_.why = wanted;
        return counts_;
    }

    [[nodiscard]] std::uint64_t accepted() {
        os::lock held(mutex_);
        return counts_.accepted;
    }

private:
    static constexpr error nothing{verb::none, std::errc{}};

    typename P::mutex mutex_;
    const serve::observer& hears_;
    serve::report counts_;
    std::size_t running_ = 0;
};

}  // namespace plumb::detail
