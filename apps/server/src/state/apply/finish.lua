-- apply, finish: counters of the feeds, the writer's place, and the change told to everybody.

-- ── counters of the feeds ──
local result = { 0, #feeds }
for i = 1, #feeds do
  local place = i - 1
  local name, messages, lastAt, rejected = unpack(feeds[i])
  local key = prefix .. 'feed:' .. name
  local old = call('HMGET', key, 'messages', 'readings', 'occurrences', 'rejections', 'duplicates', 'late', 'lastAt')
  if not old[1] then call('SADD', prefix .. 'feeds', name) end
  local function plus(field, n) return string.format('%.0f', tonumber(old[field] or 0) + n) end
  call('HSET', key, 'messages', plus(1, messages), 'readings', plus(2, accepted[place]), 'occurrences', plus(3, happened[place]),
    'rejections', plus(4, rejected), 'duplicates', plus(5, duplicates[place]), 'late', plus(6, late[place]),
    'lastAt', string.format('%.0f', math.max(tonumber(old[7] or 0), lastAt)))
  result[#result + 1] = accepted[place]
  result[#result + 1] = duplicates[place]
  result[#result + 1] = late[place]
  result[#result + 1] = happened[place]
end

-- ── the writer's place, and the messages it may see again ──
local deliveries = ARGV[11]
if #deliveries > 0 then
  local key = prefix .. 'deliveries:' .. writer
  local slot = position % DELIVERIES
  local room = (DELIVERIES - slot) * 10
  call('SETRANGE', key, slot * 10, sub(deliveries, 1, room))
  if #deliveries > room then call('SETRANGE', key, 0, sub(deliveries, room + 1)) end
  position = position + #deliveries / 10
end
call('HSET', prefix .. 'writers', writer, packBytes('<c16dd', run, number, position))

-- ── tell everybody: [n, rows, occurrences] ──
if changes > 0 or #changedOccurrences > 0 then
  local n = call('INCR', KEYS[1])
  changed[1] = '\147' .. cmsgpack.pack(n) .. packBytes('>BH', 0xdc, changes)
  changed[2 * changes + 2] = packBytes('>BH', 0xdc, #changedOccurrences) .. concat(changedOccurrences)
  call('PUBLISH', prefix .. 'changes', concat(changed))
end

for i = 1, #refused do result[#result + 1] = refused[i] end
return result

