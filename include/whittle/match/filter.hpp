// Which rows can match a node, from its dtype and the operators of its sources: bit sets made at compile time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <whittle/match/table.hpp>

namespace whittle {
inline namespace v0 {
namespace detail {

/// What a row asks of the node's sources and of its dtype; `none` asks nothing.
struct RowDemand {
  Op sources[filtered_sources] = {};
  DTypes dtypes = any_dtype;
};

constexpr bool asks_for_constant(StepKind kind) {
  return kind == StepKind::constant || kind == StepKind::integer || kind == StepKind::real || kind == StepKind::truth;
}

/// Steps that hold for every row that the filter lets through are marked, so that matching can leave them out.
constexpr RowDemand demand_of(const Row& row, const Step* steps, std::vector<std::uint8_t>& is_implied) {
  RowDemand demand;
  std::uint8_t registers[filtered_sources] = {};
  is_implied.assign(row.step_count, 0);
  for (std::uint32_t i = 0; i < row.step_count; ++i) {
    const Step& step = steps[row.first_step + i];
    if (step.kind == StepKind::dtype && step.from == 0) {
      demand.dtypes = demand.dtypes & step.dtypes;
      is_implied[i] = 1;
    }
    if (step.kind == StepKind::source && step.from == 0 && step.index < filtered_sources)
      registers[step.index] = step.target;
    for (std::size_t k = 0; k < filtered_sources; ++k) {
      if (step.from == 0 || step.from != registers[k]) continue;
      const bool is_constant = asks_for_constant(step.kind);
      const bool is_built_in = step.kind == StepKind::op && static_cast<std::size_t>(step.op) < op_count;
      if (!is_constant && !is_built_in) continue;
      const Op op = is_constant ? Op::constant : step.op;
      if (demand.sources[k] != Op::none && demand.sources[k] != op) continue;
      demand.sources[k] = op;
      if (step.kind == StepKind::constant ||
          (is_built_in && step.sources == Sources::exact && info(op).arity == step.index))
        is_implied[i] = 1;
    }
  }
  return demand;
}

/// Lays the filter out, and fills in a bit a row.
struct FilterMaker {
  std::vector<std::uint8_t> columns = {};  ///< by operator; 0: no row asks for it
  std::size_t column_count = 1;
  std::vector<FilterBucket> buckets = {};
  std::size_t word_count = 0;

  constexpr void number_columns(const RowDemand* demands, std::size_t count) {
    columns.assign(op_count + 1, 0);
    for (std::size_t r = 0; r < count; ++r)
      for (Op op : demands[r].sources)
        if (std::uint8_t& column = columns[static_cast<std::size_t>(op)]; op != Op::none && column == 0)
          column = static_cast<std::uint8_t>(column_count++);
  }

  constexpr void add_bucket(std::size_t rows) {
    const std::size_t width = (rows + 63) / 64;
    buckets.push_back({static_cast<std::uint32_t>(word_count), static_cast<std::uint32_t>(width)});
    word_count += width * (dtype_count + filtered_sources * column_count);
  }

  constexpr void fill(std::size_t bucket, const RowDemand* demands, const std::uint16_t* rows, std::size_t count,
                      std::uint64_t* words) const {
    const std::size_t width = buckets[bucket].width;
    for (std::size_t word = 0; word < width; ++word) {
      std::uint64_t* at = words + buckets[bucket].first + word;
      std::uint64_t any[filtered_sources + 1] = {};  // rows that ask nothing
      for (std::size_t r = 64 * word; r < count && r < 64 * (word + 1); ++r) {
        const RowDemand& demand = demands[rows[r]];
        const std::uint64_t bit = std::uint64_t{1} << (r % 64);
        note_dtypes(demand.dtypes, bit, at, width, any[filtered_sources]);
        for (std::size_t k = 0; k < filtered_sources; ++k) {
          const std::size_t column = columns[static_cast<std::size_t>(demand.sources[k])];
          if (column == 0)
            any[k] |= bit;
          else
            at[width * (dtype_count + k * column_count + column)] |= bit;
        }
      }
      for (std::size_t t = 0; t < dtype_count; ++t) at[width * t] |= any[filtered_sources];
      for (std::size_t k = 0; k < filtered_sources; ++k)
        for (std::size_t c = 0; c < column_count; ++c) at[width * (dtype_count + k * column_count + c)] |= any[k];
    }
  }

 private:
  static constexpr void note_dtypes(DTypes dtypes, std::uint64_t bit, std::uint64_t* at, std::size_t width,
                                    std::uint64_t& any) {
    if (dtypes == any_dtype)
      any |= bit;
    else
      for (std::size_t t = 0; t < dtype_count; ++t)
        if (dtypes.contains(static_cast<DType>(t))) at[width * t] |= bit;
  }
};

}  // namespace detail
}  // namespace v0
}  // namespace whittle
