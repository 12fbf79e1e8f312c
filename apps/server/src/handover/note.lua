-- note.lua: writes a note of the shift, and notes it in the journal.
--
-- KEYS[1] cw:{house}:handover:notes · [2] cw:{house}:handover:log
-- ARGV[1] time, Unix ms · [2] note · [3] entry of the journal · [4] notes kept · [5] entries the journal keeps

local call = redis.call
call('ZADD', KEYS[1], ARGV[1], ARGV[2])
call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[4]))
call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], '*', 'e', ARGV[3])
return 1
