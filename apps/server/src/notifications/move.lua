-- move.lua: takes a dead letter away, to be sent again or for good.
--
-- KEYS[1] cw:{notify}:dead · [2] cw:{notify}:again
-- ARGV[1] key of the message · [2] 1: it is sent again
-- Returns 1 done · 0 there is no such dead letter (any more).

local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then return 0 end
if ARGV[2] == '1' then redis.call('HSET', KEYS[2], ARGV[1], text) end
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
