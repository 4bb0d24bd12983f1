// SPDX-License-Identifier: BSL-1.0
#include <plumb/core/dynamic_array.hpp>

#include <doctest/doctest.h>
#include <memory>
#include <string>

using plumb::detail::dynamic_array;

TEST_CASE("an array holds what it was given, in this order, however far it has to grow") {
    dynamic_array<std::string> words;
    CHECK(words.empty());
    for (int i = 0; i < 1000; ++i) words.push_back("word " + std::to_string(i));
    CHECK(words.size() == 1000);
    int count = 0;
    for (auto& each : words) CHECK(each == "word " + std::to_string(count++));
    CHECK(words[999] == words.back());
    CHECK(words.front() == "word 0");
    words.pop_back();
    CHECK(words.back() == "word 998");
    words.clear();
    CHECK(words.empty());
    words.push_back("again");
    CHECK(words[0] == "again");
}

TEST_CASE("an element of the array itself can be added to it") {
    dynamic_array<std::string> words;
    words.push_back("a word that is longer than what a string holds in place");
    for (int i = 0; i < 9; ++i) words.push_back(words[0]);
    for (auto& each : words) CHECK(each == words[0]);
}

TEST_CASE("what was reserved does not move") {
    dynamic_array<char> text;
    text.reserve(100);
    auto place = text.data();
    for (int i = 0; i < 100; ++i) text.push_back('x');
    CHECK(text.data() == place);
    text.reserve(10);
    CHECK(text.data() == place);
    CHECK(text.size() == 100);
}

TEST_CASE("where there is room nothing moves, and it grows for more than was asked for") {
    dynamic_array<std::string> words;
    CHECK(words.make_room(1));
    auto place = words.data();
    for (int i = 0; i < 4; ++i) {
        CHECK(words.make_room(words.size() + 1));
        words.push_back("word " + std::to_string(i));
    }
    CHECK(words.data() == place);
    CHECK(words.make_room(5));
    CHECK(words.data() != place);
    CHECK(words.size() == 4);
    CHECK(words.back() == "word 3");
}

TEST_CASE("elements are put in and taken out anywhere, and the others keep their order") {
    dynamic_array<std::string> words;
    words.insert(0, "b");
    words.insert(1, "d");
    words.insert(0, "a");
    words.insert(2, "c");
    std::string all;
    for (auto& each : words) all += each;
    CHECK(all == "abcd");
    words.erase(1);
    words.erase(2);
    CHECK(words.size() == 2);
    CHECK(words[0] + words[1] == "ac");
    words.erase(0);
    words.erase(0);
    CHECK(words.empty());
}

TEST_CASE("an array is moved with its elements, which may be what cannot be copied") {
    dynamic_array<std::unique_ptr<int>> owners;
    owners.push_back(std::make_unique<int>(7));
    auto first = owners[0].get();
    auto moved = std::move(owners);
    CHECK(owners.empty());
    CHECK(moved[0].get() == first);
    owners = std::move(moved);
    CHECK(moved.empty());
    CHECK(*owners[0] == 7);
}

TEST_CASE("a copy has elements of its own") {
    dynamic_array<std::string> words;
    words.push_back("one");
    auto copy = words;
    copy[0] = "two";
    copy.push_back("three");
    CHECK(words.size() == 1);
    CHECK(words[0] == "one");
    words = copy;
    CHECK(words[1] == "three");
    CHECK(copy.size() == 2);
}
