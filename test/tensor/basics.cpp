// Laziness, memory, and copies in and out.
#include "evaluator_executor.hpp"
#include "reference.hpp"

#include <whittle/whittle.hpp>

namespace tensor_basics {

using namespace tensor_test;

TEST_CASE("data goes in and comes out") {
  Fixture f;
  const w::Tensor a = w::Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {2, 3}, f.context);
  CHECK(a.shape() == w::Dims{2, 3});
  CHECK(a.dtype() == w::DType::float32);
  CHECK(a.numel() == 6);
  CHECK(a.to_vector<float>() == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(a.to_vector<std::int32_t>() == std::vector<std::int32_t>{1, 2, 3, 4, 5, 6});
  CHECK(a.sum().item<double>() == 21);
  const w::Tensor b = w::Tensor::from({true, false, true}, {3}, f.context);
  CHECK(b.dtype() == w::DType::boolean);
  CHECK(b.to_vector<bool>() == std::vector<bool>{true, false, true});
}

TEST_CASE("nothing runs before a value is asked for, and each value is computed once") {
  Fixture f;
  const w::Tensor a = w::Tensor::from({1.f, 2.f}, {2}, f.context), b = a * 2 + 1, c = b * b;
  CHECK(f.ran(0));
  CHECK(c.to_vector<float>() == std::vector<float>{9, 25});
  CHECK(f.ran(1));
  c.to_vector<float>();
  CHECK(f.ran(1));
  w::realize({b, a + 3});
  CHECK(f.ran(2));
  CHECK((Fixture::on_device() || f.executor.effects == 2));
}

TEST_CASE("what was realised is read by those that are still lazy") {
  Fixture f;
  const w::Tensor a = w::Tensor::from({1.f, 2.f}, {2}, f.context), b = a.exp2(), c = b + 1;
  b.realize();
  CHECK(c.graph().op(c.graph().source(c.node(), 0)) == w::Op::reshape);
  CHECK(c.to_vector<float>() == std::vector<float>{3, 5});
}

TEST_CASE("assignment: new readers see the new value, old ones the old") {
  Fixture f;
  const w::Tensor p = w::Tensor::from({1.f, 2.f}, {2}, f.context);
  const w::Tensor before = p * 10, view = p.flip();
  p.assign(p + 1);
  const w::Tensor after = p * 10;
  CHECK(f.ran(0));
  CHECK(after.to_vector<float>() == std::vector<float>{20, 30});
  CHECK(p.is_realized());
  CHECK(before.is_realized());
  CHECK(before.to_vector<float>() == std::vector<float>{10, 20});
  CHECK(view.to_vector<float>() == std::vector<float>{2, 1});
  CHECK(p.to_vector<float>() == std::vector<float>{2, 3});
  CHECK(f.ran(1));
}

TEST_CASE("assignment happens once, in the same memory, and through copies of the handle") {
  Fixture f;
  const w::Tensor p = w::Tensor::from({1.f}, {1}, f.context), q = p;
  const w::Node home = p.node();
  for (int i = 0; i < 3; ++i) p.assign(p + p);
  CHECK(q.item<float>() == 8);
  CHECK(q.item<float>() == 8);
  CHECK(p.node() == home);
  const w::Tensor lazy = p + 1;
  p.assign(5);
  w::ones({1}, w::DType::float32, f.context).realize();  // anything realised makes assignments happen
  CHECK(p.is_realized());
  CHECK(lazy.item<float>() == 9);
  CHECK(p.item<float>() == 5);
}

TEST_CASE("two tensors exchange their values") {
  Fixture f;
  const w::Tensor a = w::Tensor::from({1.f}, {1}, f.context), b = w::Tensor::from({2.f}, {1}, f.context);
  const w::Tensor old_a = a + 0;
  a.assign(b + 0);
  b.assign(old_a);
  w::realize({a, b});
  CHECK(a.item<float>() == 2);
  CHECK(b.item<float>() == 1);
}

TEST_CASE("a part of a tensor is assigned") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({0.f, 0.f, 0.f, 0.f, 0.f, 0.f}, {2, 3}, f.context);
  x.shrink({{0, 2}, {1, 2}}).assign(7);
  CHECK(x.to_vector<float>() == std::vector<float>{0, 7, 0, 0, 7, 0});
  x.select(0, 1).flip().assign(w::Tensor::from({1.f, 2.f, 3.f}, {3}, f.context));
  CHECK(x.to_vector<float>() == std::vector<float>{0, 7, 0, 3, 2, 1});
}

TEST_CASE("write copies host data in place; values made before stay") {
  Fixture f;
  const w::Tensor x = w::Tensor::from({1.f, 2.f}, {2}, f.context), y = x + 1;
  x.write(std::vector<float>{5, 6});
  CHECK(y.to_vector<float>() == std::vector<float>{2, 3});
  CHECK(x.to_vector<float>() == std::vector<float>{5, 6});
  const w::Tensor z = w::zeros({2}, w::DType::float32, f.context);
  z.write(std::vector<float>{3, 4});
  CHECK((z * 2).to_vector<float>() == std::vector<float>{6, 8});
}

TEST_CASE("memory that nobody reaches is given back") {
  Fixture f;
  const w::Tensor a = w::Tensor::from({1.f, 2.f}, {2}, f.context);
  for (int i = 0; i < 10; ++i) (a + i).realize();
  CHECK(w::Memory::buffers(f.context) <= 2);
  w::Tensor lazy;
  {
    const w::Tensor b = (a * 3).realize();
    lazy = b + 1;
  }
  (a + 100).realize();
  CHECK(lazy.to_vector<float>() == std::vector<float>{4, 7});
}

TEST_CASE("a device that fails leaves tensors as they were") {
  if (Fixture::on_device()) return;  // only the evaluator fails when told to
  Fixture f;
  const w::Tensor p = w::Tensor::from({1.f}, {1}, f.context), q = p + 1;
  p.assign(p * 4);
  f.executor.fails = true;
  CHECK_THROWS_AS(q.realize(), w::DeviceError);
  CHECK_THROWS_AS(p.item<float>(), w::DeviceError);
  f.executor.fails = false;
  CHECK(q.item<float>() == 2);
  CHECK(p.item<float>() == 4);
}

TEST_CASE("a tensor outlives its context as an error") {
  EvaluatorExecutor executor;
  w::Tensor orphan;
  {
    w::Context context(executor);
    orphan = w::ones({2}, w::DType::float32, context);
  }
  CHECK_THROWS_WITH(orphan.sum(), Catch::Contains("context is gone"));
  CHECK_THROWS_WITH(w::Tensor().sum(), Catch::Contains("empty tensor"));
}

TEST_CASE("a dimension that is a variable: one graph for all its values") {
  Fixture f;
  w::Variable n = w::variable("n", 1, 8, f.context);
  const w::Tensor x = w::Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8}, {8}, f.context);
  const w::Tensor part = x.shrink({{0, n}}), doubled = part * 2, mean = part.mean();
  CHECK(doubled.shape() == w::Dims{n});
  for (int size : {3, 8, 1}) {
    n.set(size);
    const w::Tensor again = x.shrink({{0, n}}) * 2;
    std::vector<float> expected;
    for (int i = 1; i <= size; ++i) expected.push_back(static_cast<float>(2 * i));
    CHECK(again.to_vector<float>() == expected);
  }
  n.set(4);
  CHECK(mean.item<float>() == 2.5f);
  CHECK(w::zeros({n, 2}, w::DType::float32, f.context).numel() == 8);
  CHECK(w::matmul(w::ones({n, 3}, w::DType::float32, f.context), w::ones({3, 2}, w::DType::float32, f.context))
            .to_vector<float>() == std::vector<float>(8, 3.f));
}

TEST_CASE("a row at a variable position is written and read, as in a cache") {
  Fixture f;
  w::Variable position = w::variable("position", 0, 3, f.context);
  const w::Tensor cache = w::zeros({4, 2}, w::DType::float32, f.context).realize();
  position.set(2);
  cache.shrink({{position, position + 1}, {0, 2}}).assign(w::Tensor::from({5.f, 6.f}, {1, 2}, f.context));
  CHECK(cache.to_vector<float>() == std::vector<float>{0, 0, 0, 0, 5, 6, 0, 0});
  CHECK(cache.select(0, position).to_vector<float>() == std::vector<float>{5, 6});
}

}  // namespace tensor_basics
