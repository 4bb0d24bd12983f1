// SPDX-License-Identifier: BSL-1.0
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "descriptors.hpp"

#include <cstdio>

namespace {

// Counts what no outcome tells: a run of no tests at all succeeds.
struct counted : doctest::IReporter {
    static inline unsigned tests = 0;

    explicit counted(const doctest::ContextOptions&) {}
    void test_run_end(const doctest::TestRunStats& stats) override { tests = stats.numTestCasesPassingFilters; }
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("counted", 1, counted);

}  // namespace

// Runs the tests of one file, and fails if there are none, or if they leave more or fewer descriptors open than they found.
int main(int count, char** words) {
    auto before = support::open_descriptors();
    doctest::Context context(count, words);
    auto outcome = context.run();
    if (context.shouldExit()) return outcome;
    if (counted::tests == 0) std::printf("no test was chosen\n");
    auto after = support::open_descriptors();

    for (auto& [number, target] : after) {
        auto known = before.find(number);
        if (known == before.end()) std::printf("left open: descriptor %d -> %s\n", number, target.c_str());
        else if (known->second != target)
            std::printf("exchanged: descriptor %d -> %s, was %s\n", number, target.c_str(), known->second.c_str());
    }
    for (auto& [number, target] : before)
        if (!after.contains(number)) std::printf("closed: descriptor %d -> %s\n", number, target.c_str());
    return outcome ? outcome : counted::tests == 0 || before != after;
}
