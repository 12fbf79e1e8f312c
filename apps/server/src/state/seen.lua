-- seen.lua: which redelivered messages had been applied before.
--
-- KEYS[1] cw:{system}:deliveries:<writer>
-- ARGV[…] 10 bytes each: packet id u16, hash of the message 8 bytes
-- Returns a list of 0 | 1, in the order of ARGV.

local find = string.find
local kept = redis.call('GET', KEYS[1]) or ''
local result = {}
for i = 1, #ARGV do
  -- Searched as text: a table of all 65,536 would take 20 ms even for one. A find that lies across two records is none.
  local from, hit = 1, 0
  while hit == 0 do
    local place = find(kept, ARGV[i], from, true)
    if not place then break end
    if (place - 1) % 10 == 0 then hit = 1 end
    from = place + 1
  end
  result[i] = hit
end
return result
