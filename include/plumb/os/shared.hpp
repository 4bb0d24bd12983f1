// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <plumb/os/atomic.hpp>

#include <utility>

// State on the heap with several owners, in several threads.

namespace plumb::inline v0_1::os {

// The count of owners; derive what is to be shared from it.
struct counted {
    atomic<unsigned> owners{1};
};

// One of the owners of a Counted; the last one deletes it.
// Threads: each owner is one thread's; what they share looks after itself.
template <class Counted>
class shared {
public:
    shared() = default;
    explicit shared(Counted* made) noexcept : owned_(made) {}
    shared(const shared& other) noexcept : owned_(other.owned_) {
        if (owned_) owned_->owners.add(1);
    }
    shared(shared&& other) noexcept : owned_(std::exchange(other.owned_, nullptr)) {}
    shared& operator=(shared other) noexcept {
        std::swap(owned_, other.owned_);
        return *this;
    }
    ~shared() {
        if (owned_ && owned_->owners.add(-1u) == 0) delete owned_;
    }

    [[nodiscard]] Counted* get() const noexcept { return owned_; }
    [[nodiscard]] Counted* operator->() const noexcept { return owned_; }

private:
    Counted* owned_ = nullptr;
};

}  // namespace plumb::os
