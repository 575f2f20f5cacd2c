-- What every load script has in common: at its end wrk prints one line of JSON, and counters that a
-- script keeps in its threads are added up. Scripts run with this folder as working directory.
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

-- Every thread counts in globals of its own; those that a script does not use stay nil.
local function total(name)
  local sum = 0
  for _, thread in ipairs(threads) do
    sum = sum + (tonumber(thread:get(name)) or 0)
  end
  return sum
end

function done(summary, latency)
  local errors = summary.errors
  local counted = total("counts_itself") > 0
  io.write(string.format(
    '\nRESULT {"requests":%d,"duration_us":%d,"p50_us":%d,"p90_us":%d,"p99_us":%d,"max_us":%d,' ..
    '"errors":{"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d},' ..
    '"acknowledged":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(90),
    latency:percentile(99), latency.max, errors.connect, errors.read, errors.write, errors.timeout,
    counted and total("unexpected") or errors.status,
    counted and total("acknowledged") or summary.requests))
end
