-- lease.lua: takes or renews the lease of a system's alarms.
--
-- KEYS[1] cw:{system}:alarms:lease · [2] …:alarms:evaluator
-- ARGV[1] owner · [2] ms the lease lasts · [3] '1' the owner begins, and reads what is kept first; '0' it goes on from what it knows
-- Returns 1 done · 0 another process has the lease, or had it since the owner began.
--
-- A lease that ran out may be renewed as long as nobody else evaluated meanwhile: what the owner knows is still true then.

local call = redis.call
local holder = call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[3] == '0' and (call('GET', KEYS[2]) or ARGV[1]) ~= ARGV[1] then return 0 end
call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
call('SET', KEYS[2], ARGV[1])
return 1
