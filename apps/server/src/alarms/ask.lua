-- ask.lua: notes a command to alarms and tells the evaluator of it; what becomes of it is told when it is kept (save.lua).
--
-- KEYS[1] cw:{system}:alarms:commands
-- ARGV[1] JSON of the command · [2] channel · [3] entries that may wait
-- Returns the entry · '' too many wait: nobody evaluates.

if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return '' end
local entry = redis.call('XADD', KEYS[1], '*', 'c', ARGV[1])
redis.call('PUBLISH', ARGV[2], '["' .. entry .. '",' .. ARGV[1] .. ']')
return entry
