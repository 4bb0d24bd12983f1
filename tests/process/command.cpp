// SPDX-License-Identifier: BSL-1.0
#include <plumb/process/command.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace plumb;

namespace {

std::vector<std::string> words_of(const command& what) { return {what.words().begin(), what.words().end()}; }

bool has(const std::vector<std::string>& all, std::string_view one) { return std::find(all.begin(), all.end(), one) != all.end(); }

int count_named(const std::vector<std::string>& all, std::string_view name) {
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const std::string& one) {
        return os::is_same_variable(name, std::string_view(one).substr(0, one.find('=', 1)));
    }));
}

}  // namespace

TEST_CASE("a command is its words, from wherever they come") {
    std::vector<std::string> strings = {"ls", "-l"};
    const char* const array[] = {"ls", "-l"};
    CHECK(words_of({"ls", "-l"}) == strings);
    CHECK(words_of(strings) == strings);
    CHECK(words_of(std::span(array)) == strings);
    CHECK(words_of({"one"}).size() == 1);
    CHECK(words_of({}).empty());
}

TEST_CASE("an environment is inherited, changed, or given whole") {
    auto ours = os::native_processes::variables();
    CHECK(environment().is_inherited());
    CHECK(environment().variables().value() == ours);
    CHECK_FALSE(environment::none().is_inherited());
    CHECK(environment::none().variables()->empty());
    CHECK(environment({"A=1", "B="}).variables().value() == std::vector<std::string>{"A=1", "B="});
    CHECK(environment({"A=1", "A=2"}).variables().value() == std::vector<std::string>{"A=2"});    // the last one counts
    CHECK(environment({"A=x=y"}).variables().value() == std::vector<std::string>{"A=x=y"});
}

TEST_CASE("a change sets one variable or takes it away, and leaves the others") {
    auto ours = os::native_processes::variables();
    REQUIRE(count_named(ours, "PATH") == 1);
    auto set = environment::with({"PATH=/here", "PLUMB_NEW=1"}).variables().value();
    CHECK(has(set, "PATH=/here"));
    CHECK(has(set, "PLUMB_NEW=1"));
    CHECK(count_named(set, "PATH") == 1);
    CHECK(set.size() == ours.size() + 1);
    auto taken = environment::with({"PATH"}).variables().value();
    CHECK(count_named(taken, "PATH") == 0);
    CHECK(taken.size() == ours.size() - 1);
    CHECK(environment::with({"PLUMB_NO_SUCH"}).variables().value() == ours);
    CHECK(environment::with({}).is_inherited());
}

TEST_CASE("a variable needs a name, and in a whole environment a value") {
    for (auto wrong : {"", "=1", "NAME"}) CHECK(environment({wrong}).variables().error().message() == "spawn: Invalid argument");
    for (auto wrong : {"", "=1"}) CHECK(environment::with({wrong}).variables().error() == std::errc::invalid_argument);
}
