// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

// Figures, as people read them and as JSON.

struct spread {
    double median = 0, lower = 0, upper = 0;    // and the quartiles
};
[[nodiscard]] spread spread_of(std::vector<double> values);

[[nodiscard]] std::string grouped(double number);                // 12345678 as "12,345,678"
[[nodiscard]] std::string rounded(double number, int places);
[[nodiscard]] std::string number(double value);                  // whole where it is whole, else two places
[[nodiscard]] std::string bytes(std::size_t size);               // "64 B", "16 KiB"

[[nodiscard]] std::string in_json(const std::string& text);
[[nodiscard]] std::string in_json(const spread& values);
[[nodiscard]] std::string in_json(const std::optional<std::map<std::string, double>>& counts);
