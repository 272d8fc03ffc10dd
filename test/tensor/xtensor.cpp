// The bridge to xtensor.
#ifdef WHITTLE_TEST_XTENSOR
#  include "evaluator_executor.hpp"

#  include <catch2/catch.hpp>

#  include <whittle/whittle.hpp>
#  include <whittle/xtensor.hpp>

namespace tensor_xtensor {

using namespace tensor_test;

TEST_CASE("arrays and expressions go in, values come out") {
  Fixture f;
  const xt::xarray<float> a{{1, 2, 3}, {4, 5, 6}};
  const w::Tensor t = w::from(a * 2.0f, f.context);
  CHECK(t.shape() == w::Dims{2, 3});
  CHECK(t.dtype() == w::DType::float32);
  const xt::xarray<float> back = w::to_xtensor<float>(t.transpose());
  CHECK((back == xt::xarray<float>(xt::transpose(a) * 2.0f)));
  const xt::xarray<double, xt::layout_type::column_major> columns{{1, 2}, {3, 4}};
  CHECK(w::from(columns, f.context).to_vector<double>() == std::vector<double>{1, 2, 3, 4});
  CHECK(w::to_xtensor<int>(w::from(xt::xarray<std::int64_t>{7}, f.context))(0) == 7);
  CHECK(w::to_xtensor<float>(t.sum()).dimension() == 0);
  const xt::xarray<bool> truth = a > 2.0f;
  CHECK((w::to_xtensor<bool>(w::from(truth, f.context)) == truth));
}

}  // namespace tensor_xtensor
#endif
