-- archive.lua: takes or renews the archiver's lease, and moves a position in the same step.
--
-- KEYS[1] cw:archive
-- ARGV[1] owner · [2] ms the lease lasts
-- ARGV[3] field of the position, [4] its text before ('' none), [5] its text after; all absent: only the lease
-- Returns 1 done · 0 another process has the lease, or the position is not what it was.

local call = redis.call
local time = call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lease = call('HMGET', KEYS[1], 'owner', 'until')
if lease[1] and lease[1] ~= ARGV[1] and tonumber(lease[2]) > now then return 0 end
if ARGV[3] then
  if (call('HGET', KEYS[1], ARGV[3]) or '') ~= ARGV[4] then return 0 end
  call('HSET', KEYS[1], ARGV[3], ARGV[5])
end
call('HSET', KEYS[1], 'owner', ARGV[1], 'until', string.format('%.0f', now + tonumber(ARGV[2])))
return 1
