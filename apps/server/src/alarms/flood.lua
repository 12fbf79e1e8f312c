-- flood.lua: keeps what is known of the flood of alarms and tells it, if it still is this process that decides on it.
--
-- KEYS[1] cw:{house}:flood · [2] cw:{house}:flood:lease
-- ARGV[1] owner · [2] ms the lease lasts · [3] state as JSON, '' only the lease · [4] channel · [5] what is told, '' nothing
-- Returns 0 another process has the lease · 1 done.

local call = redis.call
local holder = call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return 0 end
call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
if ARGV[3] ~= '' then call('SET', KEYS[1], ARGV[3]) end
if ARGV[5] ~= '' then call('PUBLISH', ARGV[4], ARGV[5]) end
return 1
