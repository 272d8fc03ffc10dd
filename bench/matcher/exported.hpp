// The lines that `matcher --export` prints, a node each: ["add", "index", 0, 3, 5] is operator, dtype, constant or
// number of a leaf, and the lines of the sources.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace matcher_bench {

struct ExportedNode {
  std::string op;
  bool is_truth = false;
  std::int64_t number = 0;
  std::vector<std::size_t> sources;

  bool is_leaf() const { return op == "range" || op == "variable"; }
};

inline ExportedNode parsed(const std::string& line) {
  ExportedNode node;
  const std::size_t from = line.find('"') + 1, to = line.find('"', from);
  node.op = line.substr(from, to - from);
  node.is_truth = line.compare(to + 1, 8, ", \"bool\"") == 0;
  char* end = nullptr;
  node.number = std::strtoll(line.c_str() + line.find(',', to + 2) + 1, &end, 10);
  while (*end == ',') node.sources.push_back(std::strtoull(end + 1, &end, 10));
  return node;
}

inline std::vector<ExportedNode> read_exported(const char* path) {
  std::ifstream file(path);
  std::vector<ExportedNode> nodes;
  for (std::string line; std::getline(file, line);) nodes.push_back(parsed(line));
  return nodes;
}

}  // namespace matcher_bench
