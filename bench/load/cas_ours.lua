-- A counter that clients read, add one to and write back under If-Match: one key, everybody at once.
-- All connections share what the last answer said, so an attempt is as fresh as it can be.
require "report"

counts_itself, acknowledged, unexpected = 1, 0, 0
local kPath = "/kv/contended"
local value, version = 0, 0
local stale = true

function request()
  if stale then return wrk.format("GET", kPath) end
  return wrk.format("PUT", kPath, { ["If-Match"] = '"' .. version .. '"' }, tostring(value + 1))
end

local function learn(new_value, new_version)
  if new_version <= version then return end -- a later answer was faster
  value, version, stale = new_value, new_version, false
end

local function etag_of(headers)
  for name, text in pairs(headers) do
    if name:lower() == "etag" then return tonumber(text:match('"(%d+)"')) end
  end
end

function response(status, headers, body)
  local now = etag_of(headers)
  if not now or (status ~= 200 and status ~= 412) then
    unexpected = unexpected + 1
  elseif status == 412 then
    stale = stale or now > version
  elseif body:sub(1, 1) == "{" then
    acknowledged = acknowledged + 1
    learn(value + 1, now) -- what it was made from is what we knew, or somebody told us more since
  else
    learn(tonumber(body), now)
  end
end
