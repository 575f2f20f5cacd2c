-- etcd's JSON carries keys and values in base64.
local kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local base64 = {}

function base64.encode(text)
  local out = {}
  for at = 1, #text, 3 do
    local a, b, c = text:byte(at, at + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    for place = 3, 0, -1 do
      local digit = math.floor(bits / 64 ^ place) % 64 + 1
      out[#out + 1] = kDigits:sub(digit, digit)
    end
    if not c then out[#out] = "=" end
    if not b then out[#out - 1] = "=" end
  end
  return table.concat(out)
end

function base64.decode(text)
  local out, bits, count = {}, 0, 0
  for digit in text:gmatch("[%w+/]") do
    bits = bits * 64 + kDigits:find(digit, 1, true) - 1
    count = count + 6
    if count >= 8 then
      count = count - 8
      local byte = math.floor(bits / 2 ^ count)
      bits = bits - byte * 2 ^ count
      out[#out + 1] = string.char(byte)
    end
  end
  return table.concat(out)
end

return base64
