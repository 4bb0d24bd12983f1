// SPDX-License-Identifier: BSL-1.0
// Ends badly, as its argument says: what the death of a program prints is looked at from outside.
#include <plumb/core.hpp>

#include <string_view>

using namespace plumb;

int main(int count, char** words) {
    auto way = std::string_view(count > 1 ? words[1] : "");
    result<int> refused = failure(verb::bind, std::errc::address_in_use);
    if (way == "value") return refused.value();
    if (way == "must") return must(refused);
    if (way == "must_void") must(result<void>(failure(verb::read, condition::end_of_stream, 3u)));
    return 0;
}
