-- journal-tail.lua: entries of a journal after a place, and the journal's figures at the same instant.
--
-- KEYS[1] cw:{system}:occ:log | cw:{system}:rejections
-- ARGV[1] id after which to read · [2] at most so many entries · [3] stop after so many bytes of values
-- Returns { entries ever added (-1: not counted), length, first id or '', last id ever added, 1 if there are more, entries }.

local call = redis.call
local key, after, most, bytes = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if call('EXISTS', key) == 0 then return { 0, 0, '', '0-0', 0, {} } end

local about = call('XINFO', 'STREAM', key)
local figures = {}
for i = 1, #about, 2 do figures[about[i]] = about[i + 1] end
local first = call('XRANGE', key, '-', '+', 'COUNT', 1)[1]

local entries, size, more = {}, 0, 1
while more == 1 and #entries < most and size < bytes do
  -- Few at a time: an entry may hold a payload of 64 KiB.
  local part = call('XRANGE', key, '(' .. after, '+', 'COUNT', 20)
  for _, entry in ipairs(part) do
    if #entries >= most or size >= bytes then break end
    entries[#entries + 1] = entry
    after = entry[1]
    for _, value in ipairs(entry[2]) do size = size + #value end
  end
  if #part < 20 and (#part == 0 or after == part[#part][1]) then more = 0 end
end
return { figures['entries-added'] or -1, figures['length'], first and first[1] or '', figures['last-generated-id'], more, entries }
