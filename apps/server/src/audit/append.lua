-- append.lua: adds an entry to the audit if the chain still ends where its seal says.
--
-- KEYS[1] cw:{house}:audit · [2] cw:{house}:audit:head
-- ARGV[1] seal before the entry ('' before the first) · [2] number of the entry · [3] its seal · [4] its text · [5] entries kept
-- Returns 1 done · 0 another one was first.

local call = redis.call
local before = call('HGET', KEYS[2], 'seal') or ''
if before ~= ARGV[1] then return 0 end
call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[4])
call('HSET', KEYS[2], 'n', ARGV[2], 'seal', ARGV[3])
return 1
