#include "io/api/event_stream.hpp"

#include "io/api/stream_test_kit.hpp"

namespace dnc {
namespace {

using test::Client;

class EventStreamTest : public StreamTest {
 protected:
  void start(EventStreamLimits limits = {}) {
    node_.state.seat = {1};
    node_.state.role = "follower";
    stream_.emplace(loop_, node_, load_, limits);
    serve();
  }
  void serve() {
    StreamTest::serve([this](const HttpRequest& request, const HttpReplier& reply) {
      stream_->listen(request, reply);
    });
  }
  void happen(const std::string& name) { stream_->happened({name, {{"term", "8"}}}); }
  static std::vector<std::string> names(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& event : messages(text, "happened"))
      found.push_back(event["name"]);
    return found;
  }

  Load load_{loop_, node_};
  std::optional<EventStream> stream_;
};

using Names = std::vector<std::string>;

TEST_F(EventStreamTest, BeginsWithWhatIsRememberedAndASnapshot) {
  start();
  node_.state.head_seq = {9};
  node_.state.progress = {{{1}, {8}}, {{3}, {7}}};
  node_.state.votes = {{{3}, {12}}};
  happen("voted");
  happen("term_adopted");
  Client client(port_);
  listen(client);
  const std::string text = text_of(client);
  EXPECT_NE(text.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos) << text;
  EXPECT_EQ(names(text), (Names{"voted", "term_adopted"}));
  EXPECT_EQ(messages(text, "happened")[0]["facts"]["term"], "8");
  const auto snapshots = messages(text, "snapshot");
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_GT(text.find("event: snapshot"), text.rfind("event: happened"));
  EXPECT_EQ(snapshots[0]["status"]["role"], "follower");
  EXPECT_EQ(snapshots[0]["head_seq"], 9);
  EXPECT_EQ(snapshots[0]["progress"][1], (Json{{"seat", 3}, {"commit_seq", 7}}));
  EXPECT_EQ(snapshots[0]["votes"][0], (Json{{"seat", 3}, {"to_term", 12}}));
  EXPECT_EQ(snapshots[0]["load"]["p50_us"], nullptr);
}

TEST_F(EventStreamTest, TellsAChangeSoonAndPositionsOnlyWithTheBeat) {
  start({.look_every = Duration{1}, .snapshot_every = Duration{60'000}});
  Client client(port_);
  listen(client);
  node_.state.commit_seq = {7};
  node_.state.head_seq = {8};
  node_.state.chain.head = {100};
  run(Duration{20});
  node_.state.role = "leader";
  run(Duration{20});
  const auto snapshots = messages(text_of(client), "snapshot");
  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[1]["status"]["role"], "leader");
  EXPECT_EQ(snapshots[1]["status"]["commit_seq"], 7);
}

TEST_F(EventStreamTest, BeatsThoughNothingChanges) {
  start({.look_every = Duration{1}, .snapshot_every = Duration{10}});
  Client client(port_);
  listen(client);
  run(Duration{100});
  EXPECT_GE(messages(text_of(client), "snapshot").size(), 3u);
}

TEST_F(EventStreamTest, ANewListenerTakesNoChangeFromTheOthers) {
  start({.look_every = Duration{60'000}});
  Client first(port_);
  Client second(port_);
  listen(first);
  node_.state.role = "leader";
  listen(second);
  const auto snapshots = messages(text_of(first), "snapshot");
  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[1]["status"]["role"], "leader");
}

TEST_F(EventStreamTest, AnEventIsToldAtOnceAndTheSnapshotBehindIt) {
  start({.look_every = Duration{60'000}});
  Client client(port_);
  listen(client);
  happen("term_adopted");
  node_.state.term = {8};  // as a step of the replica: events come in the middle of it
  run(Duration{20});
  const std::string text = text_of(client);
  EXPECT_EQ(names(text), Names{"term_adopted"});
  const auto snapshots = messages(text, "snapshot");
  ASSERT_EQ(snapshots.size(), 2u);
  EXPECT_EQ(snapshots[1]["status"]["term"], 8);
}

TEST_F(EventStreamTest, ResumesBehindTheLastEventThatTheListenerHas) {
  start();
  for (const char* name : {"first", "second", "third"})
    happen(name);
  Client all(port_);
  listen(all);
  const std::string id = messages(text_of(all), "happened")[1]["id"];
  serve();
  Client again(port_);
  Client stranger(port_);
  listen(again, "Last-Event-ID: " + id + "\r\n");
  listen(stranger, "Last-Event-ID: 1.2\r\n");
  EXPECT_EQ(names(text_of(again)), Names{"third"});
  EXPECT_EQ(names(text_of(stranger)), (Names{"first", "second", "third"}));
}

TEST_F(EventStreamTest, ForgetsTheOldest) {
  start({.remembered_max = 2});
  for (const char* name : {"first", "second", "third"})
    happen(name);
  Client client(port_);
  listen(client);
  EXPECT_EQ(names(text_of(client)), (Names{"second", "third"}));
}

TEST_F(EventStreamTest, RefusesOneTooManyAndTakesAnotherWhenOneHasGone) {
  start({.listeners_max = 1, .look_every = Duration{1}});
  Client first(port_);
  listen(first);
  Client second(port_);
  listen(second);
  run(Duration{10});
  const std::string refused = second.response();
  EXPECT_EQ(refused.substr(9, 3), "503");
  EXPECT_NE(refused.find("too_many_listeners"), std::string::npos);
  first.disconnect();
  run(Duration{50});
  Client third(port_);
  listen(third);
  EXPECT_EQ(messages(text_of(third), "snapshot").size(), 1u);
}

TEST_F(EventStreamTest, DropsWhoDoesNotRead) {
  start({.unsent_bytes_max = 1u << 10, .look_every = Duration{60'000}});
  Client client(port_);
  listen(client);
  const std::string large(1u << 20, 'x');
  for (int i = 0; i < 40; ++i)
    stream_->happened({large, {}});
  const auto got = names(text_of(client)).size();
  EXPECT_LT(got, 40u);
}

TEST_F(EventStreamTest, HeadHasNoBody) {
  start();
  Client client(port_);
  client.send("HEAD /events HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(test::run_until(loop_, [&] { return answered_ == 1; }));
  EXPECT_EQ(text_of(client).find("event:"), std::string::npos);
}

TEST(Load, CountsWhatIsCommittedSinceItBegan) {
  EventLoop loop;
  FakeNode node;
  Load load(loop, node);
  const auto commit = [&](std::uint64_t seq, std::size_t operations) {
    node.blocks[SeqNo{seq}].body.operations.resize(operations);
    node.state.commit_seq = {seq};
  };
  commit(1, 5);
  load.begin();
  EXPECT_EQ(load.figures().operations, 0u);
  commit(2, 3);
  commit(3, 4);
  EXPECT_EQ(load.figures().operations, 7u);
  node.pruned = {10};  // the state of others was taken in place of blocks 4 to 10
  commit(11, 2);
  EXPECT_EQ(load.figures().operations, 9u);
}

TEST(Load, SaysHowLongTheWritesOfASecondTook) {
  EventLoop loop;
  FakeNode node;
  Load load(loop, node, Duration{20});
  load.begin();
  for (int i = 1; i <= 100; ++i)
    load.answered(std::chrono::microseconds(i));
  EXPECT_EQ(load.figures().p50_us, std::nullopt);
  ASSERT_TRUE(test::run_until(loop, [&] { return load.figures().writes == 100; }));
  EXPECT_EQ(load.figures().p50_us, 50u);
  EXPECT_EQ(load.figures().p99_us, 99u);
  ASSERT_TRUE(test::run_until(loop, [&] { return load.figures().writes == 0; }));
  EXPECT_EQ(load.figures().p50_us, std::nullopt);
}

}  // namespace
}  // namespace dnc
