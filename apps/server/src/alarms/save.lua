-- save.lua: keeps what an evaluator of a system's alarms found, and tells it, if it still is the one that evaluates. Sent again
-- because the answer was lost, it changes nothing.
--
-- KEYS[1] cw:{system}:alarms · [2] …:alarms:log · [3] …:alarms:commands · [4] …:alarms:lease · [5] …:alarms:n ·
--   [6] …:alarms:acks (of an earlier CityWall; taken over by then) · [7] …:alarms:outcome: (begin of keys, + entry) ·
--   [8] …:alarms:evaluator · [9] …:alarms:saved
-- ARGV[1] owner · [2] ms the lease lasts · [3] channel · [4] entries the log keeps · [5] id of this saving
-- ARGV[6] number of saved alarms, then id and text of each; number of ids that are gone, then each; number of commands
--   that are settled, then entry and outcome of each; number of happenings, then the text of each; JSON list of what is told of the saved
--   alarms; JSON list of ids that stand no more; JSON list of what is settled.
-- Returns 0 another process has the lease, or had it since: nothing was done · 1 done.

local call = redis.call
local holder = call('GET', KEYS[4])
if holder and holder ~= ARGV[1] then return 0 end
if (call('GET', KEYS[8]) or ARGV[1]) ~= ARGV[1] then return 0 end
call('SET', KEYS[4], ARGV[1], 'PX', ARGV[2])
if call('GET', KEYS[9]) == ARGV[5] then return 1 end
call('SET', KEYS[9], ARGV[5])

local at = 6
local function list(step)
  local count = tonumber(ARGV[at])
  local first = at + 1
  at = first + count * step
  return first, at - 1
end
local from, to = list(2)
for i = from, to, 2 do call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
from, to = list(1)
for i = from, to do call('HDEL', KEYS[1], ARGV[i]) end
call('DEL', KEYS[6])
from, to = list(2)
for i = from, to, 2 do
  call('XDEL', KEYS[3], ARGV[i])
  call('SET', KEYS[7] .. ARGV[i], ARGV[i + 1], 'PX', 60000)
end
from, to = list(1)
local told = {}
for i = from, to do
  local entry = call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'e', ARGV[i])
  told[#told + 1] = '["' .. entry .. '",' .. ARGV[i] .. ']'
end
local n = call('INCR', KEYS[5])
call('PUBLISH', ARGV[3], '[' .. n .. ',' .. ARGV[at] .. ',' .. ARGV[at + 1] .. ',[' .. table.concat(told, ',') .. '],' .. ARGV[at + 2] .. ']')
return 1
