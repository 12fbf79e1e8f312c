-- recent.lua: keeps one message among the recent ones of its feed.
--
-- KEYS[1] cw:{system}:recent:<feed>   list, newest first
-- ARGV[1] the message, packed
-- ARGV[2] how many are kept
-- ARGV[3] bytes all of them may have; the newest is always kept
-- ARGV[4] ms after which they are forgotten
-- Returns how many are kept now.

local key, room = KEYS[1], tonumber(ARGV[3])
redis.call('LPUSH', key, ARGV[1])
local messages = redis.call('LRANGE', key, 0, tonumber(ARGV[2]) - 1)
local kept = 0
for i = 1, #messages do
  room = room - #messages[i]
  if i > 1 and room < 0 then break end
  kept = i
end
redis.call('LTRIM', key, 0, kept - 1)
redis.call('PEXPIRE', key, ARGV[4])
return kept
