-- apply.lua: one batch of one system into state, whole or not at all.
--
-- KEYS[1]  cw:{system}:seq    routes the call; every other key has the same prefix and hash tag
-- ARGV[1]  prefix             cw:{system}:
-- ARGV[2]  now                Unix ms, clock of the writer
-- ARGV[3]  writer             one per MQTT connection
-- ARGV[4]  run                16 bytes, another one for every run of a writer
-- ARGV[5]  number             number of this call within the run
-- ARGV[6]  feeds              msgpack [[feed, messages, lastAt, rejections], …]; readings name a feed by its place (0…)
-- ARGV[7]  readings           binary, grouped by asset and series: batch-encoder.ts has the layout
-- ARGV[8]  how many readings ARGV[7] holds
-- ARGV[9]  occurrences        msgpack [[place of the feed, id, at, hash, create 0|1, occurrence], …]
-- ARGV[10] rejections         msgpack [[feed, topic, receivedAt, truncated 0|1, [[reason, detail, path], …],
--                             { reason: how many }], …]
-- ARGV[11] deliveries         10 bytes each: packet id u16, hash of the message 8 bytes
-- ARGV[12…] payloads of the rejections
--
-- Returns {0 applied | 1 was applied before, n, n × (accepted, duplicates, late, occurrences) by place of the feed,
-- refused…}, each refused as "<place of the feed>|a|<type/key>" (maxAssets) or "…|m|…" (metrics of one asset).

local prefix, now, writer, run, number = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4], tonumber(ARGV[5])
local call, unpackBytes, packBytes = redis.call, struct.unpack, struct.pack
local sub, floor, concat = string.sub, math.floor, table.concat

local JOURNAL_READINGS = 200000
local REJECTIONS, REJECTION_BYTES = 10000, 33554432
local OCCURRENCES, OCCURRENCE_LOG, STAGES = 100000, 50000, 32
local METRICS_OF_ASSET = 1000
local DELIVERIES = 8192
local RECENT_KEPT, RECENT_MOST, RECENT_TTL = 64 * 8, 96 * 8, 1200000
local MINUTE, HOUR, DAY = 60000, 3600000, 86400000
-- ms back that windows are kept, by the code of `history`: none, hour, day, quarter
local MINUTES_KEPT = { [0] = 0, HOUR, DAY, DAY }
local HOURS_KEPT = 90 * DAY

-- ── a batch that was applied and is sent again (its answer was lost) changes nothing ──
local position = 0
local known = call('HGET', prefix .. 'writers', writer)
if known then
  local lastRun, lastNumber, lastPosition = unpackBytes('<c16dd', known)
  if lastRun == run and lastNumber >= number then
    return { 1, 0 }
  end
  position = lastPosition
end

local feeds = cmsgpack.unpack(ARGV[6])
-- by place of the feed: accepted, duplicates, late, occurrences
local accepted, duplicates, late, happened = {}, {}, {}, {}
for i = 0, #feeds do
  accepted[i], duplicates[i], late[i], happened[i] = 0, 0, 0, 0
end
local changedRows, refused = {}, {}

-- ── windows: records of 24 bytes in slot order; `head` = slot × 1024 + place of `last` within the slot (1/1024) ──
local function merged(old, slot)
  local head, count, sum, low, high, last = unpackBytes('<HHdfff', old)
  local mean = sum / count
  low, high, last = mean + low, mean + high, mean + last
  if slot.min < low then low = slot.min end
  if slot.max > high then high = slot.max end
  local offset = head % 1024
  if slot.offset >= offset then
    offset, last = slot.offset, slot.last
  end
  -- A full counter keeps its mean: sum and count stop together.
  if count + slot.count <= 65535 then
    count, sum = count + slot.count, sum + slot.sum
  end
  mean = sum / count
  return packBytes('<HHdfff', slot.slot * 1024 + offset, count, sum, low - mean, high - mean, last - mean)
end

local function fresh(slot)
  local mean = slot.sum / slot.count
  return packBytes('<HHdfff', slot.slot * 1024 + slot.offset, slot.count, slot.sum, slot.min - mean, slot.max - mean, slot.last - mean)
end

local function writeWindows(key, slots, expiresAt)
  table.sort(slots, function(a, b) return a.slot < b.slot end)
  local old = call('GET', key)
  if not old then
    local parts = {}
    for i = 1, #slots do parts[i] = fresh(slots[i]) end
    call('SET', key, concat(parts), 'PXAT', string.format('%.0f', expiresAt))
    return
  end
  local from = #old
  for i = 1, #slots do
    local slot = slots[i]
    -- From the end: the newest minute is nearly always the one.
    local at = #old
    local found = false
    while at > 0 do
      local place = floor(unpackBytes('<H', old, at - 23) / 1024)
      if place == slot.slot then found = true break end
      if place < slot.slot then break end
      at = at - 24
    end
    if found then
      local start = at - 24
      old = sub(old, 1, start) .. merged(sub(old, start + 1, at), slot) .. sub(old, at + 1)
      if start < from then from = start end
    else
      old = sub(old, 1, at) .. fresh(slot) .. sub(old, at + 1)
      if at < from then from = at end
    end
  end
  call('SETRANGE', key, from, sub(old, from + 1))
end

-- chunks: { [chunk] = { [slot] = {…} } }, `unit` ms a slot, `perChunk` slots a chunk
local function addToWindow(chunks, at, value, unit, perChunk)
  local index = floor(at / unit)
  local chunk = floor(index / perChunk)
  local slots = chunks[chunk]
  if not slots then
    slots = {}
    chunks[chunk] = slots
  end
  local place = index - chunk * perChunk
  local slot = slots[place]
  if not slot then
    slots[place] = {
      slot = place, count = 1, sum = value, min = value, max = value, last = value, lastAt = at,
      offset = floor((at - index * unit) * 1024 / unit),
    }
    return
  end
  slot.count = slot.count + 1
  slot.sum = slot.sum + value
  if value < slot.min then slot.min = value end
  if value > slot.max then slot.max = value end
  if at >= slot.lastAt then
    slot.last, slot.lastAt, slot.offset = value, at, floor((at - index * unit) * 1024 / unit)
  end
end

local function listed(slots)
  local list = {}
  for _, slot in pairs(slots) do list[#list + 1] = slot end
  return list
end

-- ── readings ──
local blob, total, pos = ARGV[7], tonumber(ARGV[8]), 1
local journal = {}
local counts = {}

while pos <= #blob do
  local size, typeKey, declared, maxAssets, feed, series
  size, pos = unpackBytes('<I4', blob, pos)
  local after = pos + size
  typeKey, declared, maxAssets, feed, series, pos = unpackBytes('<Hc0BI4HH', blob, pos)

  -- Metrics first: one read of the asset's newest values serves all its series.
  local metrics, starts = {}, {}
  for i = 1, series do
    local length
    metrics[i], length, pos = unpackBytes('<Bc0I4', blob, pos)
    starts[i] = pos
    pos = pos + length
  end
  local assetKey = prefix .. 'a:' .. typeKey
  local records = call('HMGET', assetKey, unpack(metrics))
  local newestReceived = 0
  for i = 1, series do
    if records[i] then
      local received = unpackBytes('<d', records[i], 9)
      if received > newestReceived then newestReceived = received end
    end
  end

  -- The set of assets: who was never seen counts against the feed's maxAssets; the last sight is exact to a minute.
  local admitted = true
  if floor(newestReceived / MINUTE) < floor(now / MINUTE) then
    local entry = call('HGET', prefix .. 'assets', typeKey)
    if entry then
      local first, _, flag = unpackBytes('<ddB', entry)
      call('HSET', prefix .. 'assets', typeKey, packBytes('<ddB', first, now, math.max(flag, declared)) .. sub(entry, 18))
    else
      local name = feeds[feed + 1][1]
      if declared == 0 then
        local count = counts[name] or tonumber(call('HGET', prefix .. 'assets:count', name) or 0)
        if count >= maxAssets then
          admitted = false
        else
          count = call('HINCRBY', prefix .. 'assets:count', name, 1)
        end
        counts[name] = count
      end
      if admitted then
        call('HSET', prefix .. 'assets', typeKey, packBytes('<ddB', now, now, declared) .. name)
      end
    end
  end

  if not admitted then
    refused[#refused + 1] = feed .. '|a|' .. typeKey
  else
    local slash = string.find(typeKey, '/', 1, true)
    local assetType, assetName = sub(typeKey, 1, slash - 1), sub(typeKey, slash + 1)
    local newest = {}
    local fields
    for i = 1, series do
      local metric, record = metrics[i], records[i]
      local take = true
      if not record then
        fields = fields or call('HLEN', assetKey)
        if fields >= METRICS_OF_ASSET then
          take = false
          refused[#refused + 1] = feed .. '|m|' .. typeKey
        else
          fields = fields + 1
        end
      end
      if take then
        local history, n
        pos = starts[i]
        history, n, pos = unpackBytes('<BI4', blob, pos)
        local newAt, newReceived, newHash, newRow, newTail, newNumber
        local oldReceived = 0
        local latestAt, latestHash
        if record then
          latestAt, oldReceived, latestHash = unpackBytes('<ddI4', record)
        end
        local recentKey = prefix .. 'd:' .. typeKey .. '|' .. metric
        local added = {}
        local seen, seenAt
        local minutes, hours = {}, {}
        for _ = 1, n do
          local at, received, value, hash, bits, place, index, tail, row
          at, received, value, hash, bits, place, index, tail, row, pos = unpackBytes('<dddI4BHI4HI4c0', blob, pos)
          local mark = packBytes('<I4I4', at % 4294967296, hash)
          local duplicate, correction = false, false
          if latestAt and at <= latestAt then
            if at == latestAt and hash == latestHash then
              duplicate = true
            else
              -- Only what is not newer than everything before can be a repetition.
              if not seen then
                seen, seenAt = {}, {}
                local recent = (call('GET', recentKey) or '') .. concat(added)
                for p = 1, #recent, 8 do
                  seen[sub(recent, p, p + 7)] = true
                  seenAt[sub(recent, p, p + 3)] = true
                end
              end
              if seen[mark] then
                duplicate = true
              elseif at == latestAt or seenAt[sub(mark, 1, 4)] then
                correction = true
              end
            end
          end
          if duplicate then
            duplicates[place] = duplicates[place] + 1
          else
            accepted[place] = accepted[place] + 1
            added[#added + 1] = mark
            if seen then
              seen[mark] = true
              seenAt[sub(mark, 1, 4)] = true
            end
            -- bit 2: a number that windows and ranks take (not bad, not absurdly large)
            if not correction and bits % 4 >= 2 then
              if history > 0 and at >= now - MINUTES_KEPT[history] then addToWindow(minutes, at, value, MINUTE, 60) end
              if history == 3 and at >= now - HOURS_KEPT then addToWindow(hours, at, value, HOUR, 24) end
            end
            if latestAt and at < latestAt then
              late[place] = late[place] + 1
            else
              latestAt, latestHash = at, hash
              newAt, newReceived, newHash, newRow, newTail = at, received, hash, row, tail
              newNumber = nil
              if bits % 4 >= 2 then newNumber = value end
            end
            -- bit 1: the feed keeps a journal
            if bits % 2 == 1 then journal[index] = row end
          end
        end

        if #added > 0 then
          local length = call('APPEND', recentKey, concat(added))
          if length > RECENT_MOST then
            call('SET', recentKey, call('GETRANGE', recentKey, -RECENT_KEPT, -1), 'PX', RECENT_TTL)
          elseif length == #added * 8 or floor(oldReceived / 300000) ~= floor(now / 300000) then
            call('PEXPIRE', recentKey, RECENT_TTL)
          end
        end
        for chunk, slots in pairs(minutes) do
          local key = prefix .. 'w:' .. typeKey .. '|' .. metric .. ':' .. string.format('%.0f', chunk)
          writeWindows(key, listed(slots), (chunk + 1) * HOUR + MINUTES_KEPT[history])
        end
        for chunk, slots in pairs(hours) do
          local key = prefix .. 'h:' .. typeKey .. '|' .. metric .. ':' .. string.format('%.0f', chunk)
          writeWindows(key, listed(slots), (chunk + 1) * DAY + HOURS_KEPT)
        end
        if newRow then
          newest[#newest + 1] = metric
          newest[#newest + 1] = packBytes('<ddI4', newAt, newReceived, newHash) .. sub(newRow, newTail + 1)
          changedRows[#changedRows + 1] = newRow
          if newNumber then
            call('ZADD', prefix .. 'rank:' .. assetType .. '/' .. metric, string.format('%.17g', newNumber), assetName)
          end
        end
      end
    end
    if #newest > 0 then call('HSET', assetKey, unpack(newest)) end
  end
  pos = after
end

-- ── the readings journal, in order of receipt ──
local rows = {}
for i = 1, total do
  if journal[i] then rows[#rows + 1] = journal[i] end
end
local meta = call('HMGET', prefix .. 'journal', 'seq', 'kept', 'rejectionBytes')
local journalSeq, journalKept, rejectionBytes = tonumber(meta[1] or 0), tonumber(meta[2] or 0), tonumber(meta[3] or 0)
if #rows > 0 then
  local base = math.max(journalSeq + 1, now * 4096)
  journalSeq = base + #rows - 1
  call('XADD', prefix .. 'readings', string.format('%.0f-0', base), 'n', #rows, 'b', packBytes('>BH', 0xdc, #rows) .. concat(rows))
  journalKept = journalKept + #rows
  while journalKept > JOURNAL_READINGS do
    local oldest = call('XRANGE', prefix .. 'readings', '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    journalKept = journalKept - tonumber(oldest[2][2])
    call('XDEL', prefix .. 'readings', oldest[1])
  end
end

-- ── occurrences: one entry an id; stages may come in any order, fields add up, the newest stage rules ──
local changedOccurrences = {}
local occurrences = cmsgpack.unpack(ARGV[9])
for i = 1, #occurrences do
  local place, id, at, hash, create, occurrence = unpack(occurrences[i])
  local stage = packBytes('<dI4', at, hash)
  local entry = call('HGET', prefix .. 'occ', id)
  local stages, old = '', nil
  local repeated = false
  if entry then
    local n = string.byte(entry, 1)
    stages = sub(entry, 2, 1 + n * 12)
    old = cmsgpack.unpack(sub(entry, 2 + n * 12))
    for p = 1, #stages, 12 do
      if sub(stages, p, p + 11) == stage then repeated = true end
    end
  end
  if repeated then
    duplicates[place] = duplicates[place] + 1
  elseif entry or create == 1 then
    happened[place] = happened[place] + 1
    call('XADD', prefix .. 'occ:log', 'MAXLEN', '~', OCCURRENCE_LOG, '*', 'b', cmsgpack.pack(occurrence))
    local older, newer = old, occurrence
    if old and old.at > at then older, newer = occurrence, old end
    if older then
      for _, name in ipairs({ 'asset', 'level', 'place' }) do
        if newer[name] == nil then newer[name] = older[name] end
      end
      for name, value in pairs(older.fields or {}) do
        if newer.fields[name] == nil then newer.fields[name] = value end
      end
    end
    stages = sub(stages .. stage, -STAGES * 12)
    local packed = cmsgpack.pack(newer)
    call('HSET', prefix .. 'occ', id, string.char(#stages / 12) .. stages .. packed)
    call('ZADD', prefix .. 'occ:at', string.format('%.0f', newer.at), id)
    changedOccurrences[#changedOccurrences + 1] = packed
  end
end
if #changedOccurrences > 0 then
  local surplus = call('ZCARD', prefix .. 'occ:at') - OCCURRENCES
  if surplus > 0 then
    local oldest = call('ZRANGE', prefix .. 'occ:at', 0, surplus - 1)
    call('HDEL', prefix .. 'occ', unpack(oldest))
    call('ZREM', prefix .. 'occ:at', unpack(oldest))
  end
end

-- ── rejections: counted always, kept newest first within bounds of number and bytes ──
local rejections = cmsgpack.unpack(ARGV[10])
for i = 1, #rejections do
  local feed, topic, received, truncated, list, reasons = unpack(rejections[i])
  local payload = ARGV[11 + i]
  local packed = cmsgpack.pack(list)
  call('XADD', prefix .. 'rejections', '*', 'feed', feed, 'topic', topic, 'at', string.format('%.0f', received), 'payload', payload,
    'truncated', truncated, 'list', packed)
  rejectionBytes = rejectionBytes + #topic + #payload + #packed
  for reason, n in pairs(reasons) do
    call('HINCRBY', prefix .. 'rejections:count', feed .. '|' .. reason, n)
  end
end
if #rejections > 0 then
  local surplus = call('XLEN', prefix .. 'rejections') - REJECTIONS
  while surplus > 0 or rejectionBytes > REJECTION_BYTES do
    local oldest = call('XRANGE', prefix .. 'rejections', '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    local values = oldest[2]
    rejectionBytes = rejectionBytes - #values[4] - #values[8] - #values[12]
    surplus = surplus - 1
    call('XDEL', prefix .. 'rejections', oldest[1])
  end
end
if #rows > 0 or #rejections > 0 then
  call('HSET', prefix .. 'journal', 'seq', string.format('%.0f', journalSeq), 'kept', journalKept, 'rejectionBytes', rejectionBytes)
end

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
if #changedRows > 0 or #changedOccurrences > 0 then
  local n = call('INCR', KEYS[1])
  call('PUBLISH', prefix .. 'changes', '\147' .. cmsgpack.pack(n)
    .. packBytes('>BH', 0xdc, #changedRows) .. concat(changedRows)
    .. packBytes('>BH', 0xdc, #changedOccurrences) .. concat(changedOccurrences))
end

for i = 1, #refused do result[#result + 1] = refused[i] end
return result
