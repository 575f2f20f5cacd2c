// The service by itself, behind HTTP, and in simulated replicas under faults.
#include "examples/stock/stock.hpp"

#include "examples/stock/stock_routes.hpp"
#include "io/api/api_test_kit.hpp"
#include "sim/scenario.hpp"

namespace dnc {
namespace {

Stock::Answer applied(Stock& stock, std::uint64_t seq, const Bytes& command) {
  return Stock::decode(stock.apply({seq}, command)).value();
}
std::uint64_t committed(const Stock& stock, const std::string& item) {
  return Stock::decode(stock.query(Stock::look(item)))->units;
}

TEST(Stock, TakesOnlyWhatIsLeft) {
  Stock stock;
  EXPECT_EQ(applied(stock, 1, Stock::add("apples", 5)).units, 5u);
  EXPECT_EQ(applied(stock, 1, Stock::take("apples", 3)).units, 2u);
  const Stock::Answer refused = applied(stock, 2, Stock::take("apples", 3));
  EXPECT_EQ(refused.outcome, Stock::Outcome::kShort);
  EXPECT_EQ(refused.units, 2u);
  EXPECT_EQ(applied(stock, 2, Stock::take("pears", 1)).outcome, Stock::Outcome::kShort);
  EXPECT_EQ(applied(stock, 3, Stock::take("apples", 2)).outcome, Stock::Outcome::kOk);
}

TEST(Stock, QueriesSeeCommittedStateOnly) {
  Stock stock;
  applied(stock, 1, Stock::add("apples", 5));
  EXPECT_EQ(committed(stock, "apples"), 0u);
  stock.commit({1});
  applied(stock, 2, Stock::take("apples", 5));
  EXPECT_EQ(committed(stock, "apples"), 5u);
  stock.commit({2});
  EXPECT_EQ(committed(stock, "apples"), 0u);
}

TEST(Stock, RollbackGivesBackWhatWasTaken) {
  Stock stock;
  applied(stock, 1, Stock::add("apples", 5));
  stock.commit({1});
  applied(stock, 2, Stock::take("apples", 5));
  stock.rollback({1});
  EXPECT_EQ(applied(stock, 2, Stock::take("apples", 4)).units, 1u);
}

TEST(Stock, WhatDoesNotFitChangesNothing) {
  Stock stock;
  applied(stock, 1, Stock::add("apples", Stock::kUnitsMax));
  EXPECT_EQ(applied(stock, 1, Stock::add("apples", 1)).outcome, Stock::Outcome::kFull);
  for (std::size_t i = 1; i < Stock::kItemsMax; ++i)
    applied(stock, 1, Stock::add(std::to_string(i), 1));
  EXPECT_EQ(applied(stock, 1, Stock::add("pears", 1)).outcome, Stock::Outcome::kFull);
  EXPECT_EQ(applied(stock, 1, Stock::add("1", 1)).units, 2u);
}

TEST(Stock, MalformedCommandsChangeNothing) {
  Stock stock;
  const Bytes before = stock.snapshot();
  Bytes longer = Stock::add("apples", 1);
  longer.push_back(0);
  for (const Bytes& command :
       {Bytes{}, Bytes{Stock::kServiceId}, longer, Stock::add("apples", 0), Stock::add("", 1),
        Stock::look("apples"), Stock::add(std::string(Stock::kItemBytesMax + 1, 'a'), 1)})
    EXPECT_EQ(applied(stock, 1, command).outcome, Stock::Outcome::kMalformed);
  EXPECT_EQ(stock.snapshot(), before);
}

TEST(Stock, ASnapshotIsTheSameWhateverTheWayThere) {
  Stock one;
  applied(one, 1, Stock::add("pears", 1));
  applied(one, 1, Stock::add("apples", 2));
  Stock other;
  applied(other, 1, Stock::add("apples", 5));
  applied(other, 2, Stock::take("apples", 3));
  applied(other, 3, Stock::add("plums", 1));
  applied(other, 3, Stock::take("plums", 1));
  applied(other, 3, Stock::add("pears", 1));
  EXPECT_EQ(one.snapshot(), other.snapshot());
  Stock third;
  ASSERT_TRUE(third.restore({7}, one.snapshot()));
  EXPECT_EQ(committed(third, "apples"), 2u);
  Bytes cut = one.snapshot();
  cut.pop_back();
  EXPECT_FALSE(third.restore({8}, cut));
  EXPECT_EQ(third.snapshot(), one.snapshot());
}

// --- HTTP ---------------------------------------------------------------------------------------

class StockApiTest : public ApiTest {
 protected:
  StockApiTest() : ApiTest({service_kind<Stock>()}, {stock_routes()}) {}
  Answer post(const std::string& item, const std::string& body) {
    return ask("POST", "/stock/" + item, body);
  }
};

TEST_F(StockApiTest, AddsTakesAndRefuses) {
  EXPECT_EQ(post("apples", R"({"add":5})").body, Json({{"seq", 1}, {"term", 7}, {"units", 5}}));
  EXPECT_EQ(post("apples", R"({"take":2})").body["units"], 3);
  expect_error(post("apples", R"({"take":4})"), 409, "out_of_stock");
  EXPECT_EQ(get("/stock/apples").body, Json({{"seq", 3}, {"units", 3}}));
  EXPECT_EQ(get("/stock/pears").body["units"], 0);
  EXPECT_NE(get("/").text.find("POST /stock/{item}"), std::string::npos);
}

TEST_F(StockApiTest, BadRequestsAreSaid) {
  for (const char* body : {"", "5", "{}", R"({"add":0})", R"({"add":-1})", R"({"take":"2"})",
                           R"({"add":1,"take":1})", R"({"give":1})"})
    expect_error(post("apples", body), 400, "bad_request");
  expect_error(post("", R"({"add":1})"), 400, "bad_request");
  expect_error(ask("DELETE", "/stock/apples"), 405, "method_not_allowed");
  EXPECT_TRUE(node_.writes.empty());
  node_.refusal = "no_leader";
  expect_error(post("apples", R"({"add":1})"), 503, "no_leader");
  expect_error(get("/stock/apples"), 503, "no_leader");
}

// --- Replicas -----------------------------------------------------------------------------------

SimulationOptions with_stock(std::uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  options.services = {service_kind<Stock>()};
  options.checkpoints.blocks = 20;
  return options;
}

// Ninety clients want three units each and there are a hundred; leaders die meanwhile.
TEST(StockReplicas, NeverOversoldAndTheSameEverywhere) {
  Scenario world(with_stock(5));
  world.start();
  const auto added = world->request({{0}, Stock::add("apples", 100)}, {1});
  world.within(Duration(10'000), "units are added", [&] { return added->reply.has_value(); });
  std::vector<std::shared_ptr<const ClientRequest>> takes;
  for (std::uint8_t i = 1; i <= 90; ++i) {
    takes.push_back(world->request({{i}, Stock::take("apples", 3)}, {1u + i % 3u}));
    world->run_for(Duration(20));
    if (i % 30 == 0) world->reboot(world.await_leader());
  }
  world.within(Duration(60'000), "all are answered", [&] {
    return std::ranges::all_of(takes, [](const auto& take) { return take->reply.has_value(); });
  });
  const auto sold = std::ranges::count_if(takes, [](const auto& take) {
    return Stock::decode(take->reply->result)->outcome == Stock::Outcome::kOk;
  });
  EXPECT_EQ(sold, 33);
  world.settle();
  const Bytes state = world->node({1}).services().snapshot();
  for (const Seat seat : world->seats()) {
    const Services& services = world->node(seat).services();
    EXPECT_EQ(Stock::decode(services.query(Stock::look("apples")))->units, 1u);
    EXPECT_EQ(services.snapshot(), state);
    EXPECT_GT(world->node(seat).replica().pruned_upto().seq.value, 0u) << "no state was restored";
  }
}

}  // namespace
}  // namespace dnc
