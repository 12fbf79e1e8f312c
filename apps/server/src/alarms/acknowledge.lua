-- acknowledge.lua: notes that a person has seen a standing alarm; the evaluator takes it from there.
--
-- KEYS[1] cw:{system}:alarms · [2] cw:{system}:alarms:acks
-- ARGV[1] id · [2] JSON of who and when · [3] channel
-- Returns 'done' · 'already' · 'no-alarm'

local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then return 'no-alarm' end
local told = cjson.decode(text).told
if told == cjson.null then return 'no-alarm' end
if told.state == 'active-acknowledged' then return 'already' end
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[2]) == 0 then return 'already' end
redis.call('PUBLISH', ARGV[3], ARGV[2])
return 'done'
