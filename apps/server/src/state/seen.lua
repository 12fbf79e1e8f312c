-- seen.lua: which redelivered messages had been applied before.
--
-- KEYS[1] cw:{system}:deliveries:<writer>
-- ARGV[…] 10 bytes each: packet id u16, hash of the message 8 bytes
-- Returns a list of 0 | 1, in the order of ARGV.

local kept = redis.call('GET', KEYS[1]) or ''
local known = {}
for p = 1, #kept, 10 do
  known[string.sub(kept, p, p + 9)] = true
end
local result = {}
for i = 1, #ARGV do
  result[i] = known[ARGV[i]] and 1 or 0
end
return result
