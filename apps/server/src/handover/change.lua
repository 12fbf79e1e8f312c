-- change.lua: makes a handover, or changes one as it was read, and notes it in the journal.
--
-- KEYS[1] cw:{house}:handover · [2] cw:{house}:handover:head · [3] cw:{house}:handover:log
-- ARGV[1] number · [2] its text before ('' it is new) · [3] its text after · [4] number of the one that waits from then on
--   ('' none) · [5] entry of the journal · [6] handovers kept · [7] entries the journal keeps
-- Returns 1 done · 0 it is another one by now, or (new) another one waits.

local call = redis.call
if (call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[2] == '' then
  local head = call('HMGET', KEYS[2], 'n', 'waiting')
  if (head[2] or '') ~= '' or tonumber(head[1] or '0') + 1 ~= tonumber(ARGV[1]) then return 0 end
  call('HSET', KEYS[2], 'n', ARGV[1])
  call('HDEL', KEYS[1], tostring(tonumber(ARGV[1]) - tonumber(ARGV[6])))
end
call('HSET', KEYS[1], ARGV[1], ARGV[3])
call('HSET', KEYS[2], 'waiting', ARGV[4])
call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[7], '*', 'e', ARGV[5])
return 1
