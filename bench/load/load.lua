-- One kind of request over many keys.
--
--   wrk -s load.lua URL -- METHOD PATH BODY KEYS VALUE_BYTES ORDER CONNECTIONS
--
-- {key}, {key64}, {value} and {value64} are filled in; "-" is an empty body. ORDER is "random", or
-- "fill": every key in turn, and wrk ends as soon as each is acknowledged.
require "report"
local base64 = require "base64"

local kPreparedMax = 1000 -- more are made as they are needed

local method, path, body, keys, value, value64, filling, connections
local prepared = {}
local next_key, answered = 0, 0

local function filled(template, key, key64)
  return (template:gsub("{(%w+)}", { key = key, key64 = key64, value = value, value64 = value64 }))
end

local function make(number)
  local key = string.format("key%09d", number)
  local key64 = base64.encode(key)
  return wrk.format(method, filled(path, key, key64), nil, body and filled(body, key, key64))
end

-- wrk itself would go on until its time is over. Requests are sent in turn and each connection has one
-- under way, so that many answers more than keys leave none out.
local function count_answer(status)
  if status < 200 or status > 299 then
    io.write("a fill was refused with status ", status, "\n")
    os.exit(1)
  end
  answered = answered + 1
  if answered >= keys + connections then os.exit(0) end
end

function init(args)
  method, path, body = args[1], args[2], args[3] ~= "-" and args[3] or nil
  keys = tonumber(args[4])
  value = ("0123456789abcdef"):rep(math.ceil(tonumber(args[5]) / 16)):sub(1, tonumber(args[5]))
  value64 = base64.encode(value)
  filling = args[6] == "fill"
  connections = tonumber(args[7])
  math.randomseed(os.time())
  if filling then
    response = count_answer
  elseif keys <= kPreparedMax then
    for number = 0, keys - 1 do prepared[number] = make(number) end
  end
end

function request()
  if filling then
    next_key = next_key + 1
    return make((next_key - 1) % keys)
  end
  local number = keys > 1 and math.random(0, keys - 1) or 0
  return prepared[number] or make(number)
end
