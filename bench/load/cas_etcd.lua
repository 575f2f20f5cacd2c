-- The same counter in etcd: a transaction compares the revision that was read and puts one more; a
-- failed one brings the value along, so that the next attempt needs no read of its own.
require "report"
local base64 = require "base64"

counts_itself, acknowledged, unexpected = 1, 0, 0
local kKey = base64.encode("contended")
local kRead = '{"key":"' .. kKey .. '"}'
local kTransaction = '{"compare":[{"key":"' .. kKey .. '","target":"MOD","result":"EQUAL",' ..
  '"mod_revision":"%d"}],"success":[{"request_put":{"key":"' .. kKey .. '","value":"%s"}}],' ..
  '"failure":[{"request_range":{"key":"' .. kKey .. '"}}]}'
local value, revision = 0, 0

function request()
  if revision == 0 then return wrk.format("POST", "/v3/kv/range", nil, kRead) end
  local body = kTransaction:format(revision, base64.encode(tostring(value + 1)))
  return wrk.format("POST", "/v3/kv/txn", nil, body)
end

local function learn(new_value, new_revision)
  if new_revision <= revision then return end -- a later answer was faster
  value, revision = new_value, new_revision
end

function response(status, _, body)
  local read = tonumber(body:match('"mod_revision":"(%d+)"'))
  if status == 200 and body:find('"succeeded":true', 1, true) then
    acknowledged = acknowledged + 1
    learn(value + 1, tonumber(body:match('"revision":"(%d+)"')))
  elseif status == 200 and read then
    learn(tonumber(base64.decode(body:match('"value":"([^"]+)"'))), read)
  else
    unexpected = unexpected + 1
  end
end
