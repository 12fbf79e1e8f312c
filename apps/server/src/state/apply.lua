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
--                             { reason: how many }, origin, retained 0|1], …]
-- ARGV[11] deliveries         10 bytes each: packet id u16, hash of the message 8 bytes
-- ARGV[12…] payloads of the rejections, then for each of them what its message brought all the same (8 bytes a reading),
--           then ids of kept rejections that this batch settles: where one is no longer kept, it was settled before
--           and nothing is done
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
-- A broker that was killed comes back as it was when it last saved (mosquitto: up to 30 s ago) and sends again what was
-- under way then: the ring reaches so far back up to 2,000 messages a second of a system.
local DELIVERIES = 65536
-- Recent readings are remembered as marks of 8 bytes: fewer than 8 of them in the newest value itself, a block of 8 at a
-- time in a ring of 8 blocks. The ring has its full size from the start: a string that grows takes twice its size.
local BLOCK, RING, RECENT_TTL = 64, 512, 1200000
local TEN_SECONDS, MINUTE, HOUR, DAY = 10000, 60000, 3600000, 86400000
-- ten-second slots of a chunk, and how far back they are kept
local TENS_OF_CHUNK, TENS_KEPT = 60, HOUR
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

local rejections = cmsgpack.unpack(ARGV[10])
local firstSettled = 12 + 2 * #rejections
for i = firstSettled, #ARGV do
  if #call('XRANGE', prefix .. 'rejections', ARGV[i], ARGV[i]) == 0 then return { 1, 0 } end
end

local feeds = cmsgpack.unpack(ARGV[6])
-- by place of the feed: accepted, duplicates, late, occurrences
local accepted, duplicates, late, happened = {}, {}, {}, {}
for i = 0, #feeds do
  accepted[i], duplicates[i], late[i], happened[i] = 0, 0, 0, 0
end
local changedRows, refused = {}, {}

-- ── windows ──
-- The minute under way stands in the newest value; one that is over is appended to its hour. A slot is 24 bytes: `head` =
-- slot × 1024 + place of `last` within it (1/1024), count, sum, and three offsets from the mean.
local function slotBytes(slot, place, count, sum, low, high, last)
  local mean = sum / count
  return packBytes('<HHdfff', slot * 1024 + place, count, sum, low - mean, high - mean, last - mean)
end

-- Adds an aggregate to a slot that may be there already, wherever it is in its chunk. Returns how many readings the slot
-- had, of its last one place and value, and whether the chunk is new.
local function mergeSlot(key, slot, place, count, sum, low, high, last, expiresAt)
  local old = call('GET', key)
  if not old then
    call('SET', key, slotBytes(slot, place, count, sum, low, high, last), 'PXAT', string.format('%.0f', expiresAt))
    return 0, 0, 0, true
  end
  local at = #old
  while at > 0 do
    local other = floor(unpackBytes('<H', old, at - 23) / 1024)
    if other == slot then
      local head, n, total, least, most, newest = unpackBytes('<HHdfff', old, at - 23)
      local mean = total / n
      least, most, newest = mean + least, mean + most, mean + newest
      if low < least then least = low end
      if high > most then most = high end
      local had, hadPlace, hadLast = n, head % 1024, newest
      local offset = hadPlace
      if place >= offset then
        offset, newest = place, last
      end
      -- A full counter keeps its mean: count and sum stop together.
      if n + count <= 65535 then
        n, total = n + count, total + sum
      end
      call('SETRANGE', key, at - 24, slotBytes(slot, offset, n, total, least, most, newest))
      return had, hadPlace, hadLast
    end
    if other < slot then break end
    at = at - 24
  end
  call('SETRANGE', key, at, slotBytes(slot, place, count, sum, low, high, last) .. sub(old, at + 1))
  return 0
end

-- The ten-second slot that the readings of a call fall into, written once they fall into another one.
local tens = {}

local function writeTens(series)
  local slot = tens.slot
  if not slot then return end
  tens.slot = nil
  local chunk = floor(slot / TENS_OF_CHUNK)
  local within = slot - chunk * TENS_OF_CHUNK
  local key = prefix .. 's:' .. series .. ':'
  local _, _, _, created = mergeSlot(key .. chunk, within, floor(tens.lastMs * 1024 / TEN_SECONDS), tens.count, tens.sum, tens.low, tens.high, tens.last,
    (chunk + 1) * TENS_OF_CHUNK * TEN_SECONDS + TENS_KEPT)
  if created then
    -- What grew has room to grow on: the chunk before is written anew, to its size.
    local slots = call('GET', key .. (chunk - 1))
    if slots then call('SET', key .. (chunk - 1), slots, 'KEEPTTL') end
  end
end

-- Only minutes with a second reading have ten-second slots: where there is one, the minute's window tells it all.
local function addToTens(series, at, value)
  if at < now - TENS_KEPT then return end
  local slot = floor(at / TEN_SECONDS)
  local ms = at - slot * TEN_SECONDS
  if slot ~= tens.slot then
    writeTens(series)
    tens.slot, tens.count, tens.sum, tens.low, tens.high, tens.last, tens.lastMs = slot, 1, value, value, value, value, ms
    return
  end
  tens.count, tens.sum = tens.count + 1, tens.sum + value
  if value < tens.low then tens.low = value end
  if value > tens.high then tens.high = value end
  if ms >= tens.lastMs then
    tens.last, tens.lastMs = value, ms
  end
end

-- An aggregate of the hour's part that began at `minute` into the hour windows of a quarter.
local function addToHour(series, minute, lastMs, count, sum, low, high, last)
  local hour = floor(minute / 60)
  local day = floor(hour / 24)
  local place = floor(((minute - hour * 60) * MINUTE + lastMs) * 1024 / HOUR)
  mergeSlot(prefix .. 'h:' .. series .. ':' .. day, hour - day * 24, place, count, sum, low, high, last, (day + 1) * DAY + HOURS_KEPT)
end

-- A minute that is over. Nothing newer is in its chunk: appending keeps the order.
local function closeMinute(series, history, minute, lastMs, count, sum, low, high, last)
  if minute * MINUTE < now - MINUTES_KEPT[history] - MINUTE then return end
  local hour = floor(minute / 60)
  local key = prefix .. 'w:' .. series .. ':' .. hour
  local length = call('APPEND', key, slotBytes(minute - hour * 60, floor(lastMs * 1024 / MINUTE), count, sum, low, high, last))
  if length == 24 then
    call('PEXPIREAT', key, string.format('%.0f', (hour + 1) * HOUR + MINUTES_KEPT[history]))
    -- What grew by appending has room to grow on: the hour before is written anew, to its size.
    local before = prefix .. 'w:' .. series .. ':' .. (hour - 1)
    local slots = call('GET', before)
    if slots then call('SET', before, slots, 'KEEPTTL') end
  end
  if history == 3 then addToHour(series, minute, lastMs, count, sum, low, high, last) end
end

-- A reading of a minute before the one under way.
local function addLate(series, history, at, minute, value)
  local hour = floor(minute / 60)
  local lastMs = at - minute * MINUTE
  if at >= now - MINUTES_KEPT[history] then
    local had, hadPlace, hadLast = mergeSlot(prefix .. 'w:' .. series .. ':' .. hour, minute - hour * 60, floor(lastMs * 1024 / MINUTE), 1, value, value, value, value,
      (hour + 1) * HOUR + MINUTES_KEPT[history])
    -- The end of a place (1/1024 of a minute): readings are rather on whole ten seconds than just before them.
    if had == 1 then addToTens(series, minute * MINUTE + math.ceil((hadPlace + 1) * MINUTE / 1024) - 1, hadLast) end
    if had > 0 then addToTens(series, at, value) end
  end
  if history == 3 and at >= now - HOURS_KEPT then
    addToHour(series, minute, lastMs, 1, value, value, value, value)
  end
end

-- ── recent readings ──
-- Moves whole blocks of marks into the ring; gives back what is left of them, and the block that is written next.
local function keepRecent(series, marks, block)
  local key = prefix .. 'd:' .. series
  if #marks >= RING then
    call('SET', key, sub(marks, -RING), 'PX', RECENT_TTL)
    return '', 0
  end
  while #marks >= BLOCK do
    local length = call('SETRANGE', key, block * BLOCK, sub(marks, 1, BLOCK))
    if length < RING then
      call('SET', key, string.rep('\0', block * BLOCK) .. sub(marks, 1, BLOCK) .. string.rep('\0', RING - (block + 1) * BLOCK))
    end
    marks, block = sub(marks, BLOCK + 1), (block + 1) % (RING / BLOCK)
  end
  call('PEXPIRE', key, RECENT_TTL)
  return marks, block
end

-- ── readings ──
local blob, total, pos = ARGV[7], tonumber(ARGV[8]), 1
local journal = {}
local counts = {}
local ranks = {}
local seenAssets = {}
local metrics, histories, numbers, starts, newest = {}, {}, {}, {}, {}

while pos <= #blob do
  local size, typeKey, declared, maxAssets, feed, series, body
  size, typeKey, declared, maxAssets, feed, series, body = unpackBytes('<I4Hc0BI4HH', blob, pos)
  pos = pos + 4 + size

  -- Metrics first: one read of the asset's newest values serves all its series.
  for i = 1, series do
    local length
    metrics[i], histories[i], numbers[i], length, body = unpackBytes('<Bc0BI4I4', blob, body)
    starts[i] = body
    body = body + length
  end
  local assetKey = prefix .. 'a:' .. typeKey
  local records = call('HMGET', assetKey, unpack(metrics, 1, series))
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
      seenAssets[#seenAssets + 1] = typeKey
      seenAssets[#seenAssets + 1] = packBytes('<ddB', first, now, math.max(flag, declared)) .. sub(entry, 18)
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
        seenAssets[#seenAssets + 1] = typeKey
        seenAssets[#seenAssets + 1] = packBytes('<ddB', now, now, declared) .. name
      end
    end
  end

  if not admitted then
    refused[#refused + 1] = feed .. '|a|' .. typeKey
  else
    local written = 0
    local fields
    for i = 1, series do
      local metric, record, history = metrics[i], records[i], histories[i]
      local take = true
      local latestAt, latestReceived, latestHash
      -- the minute under way, and the readings remembered in the record
      local minute, count, lastMs, sum, low, high, last
      local marks, block, oldTail = '', 0, nil
      if record then
        local live, n, from
        latestAt, latestReceived, latestHash, live, n, block, from = unpackBytes('<ddI4BBB', record)
        if live == 1 then
          minute, count, lastMs, sum, low, high, last, from = unpackBytes('<I4HHdddd', record, from)
        end
        marks, oldTail = sub(record, from, from + n * 8 - 1), from + n * 8
      else
        fields = fields or call('HLEN', assetKey)
        if fields >= METRICS_OF_ASSET then
          take = false
          refused[#refused + 1] = feed .. '|m|' .. typeKey
        else
          fields = fields + 1
        end
      end
      if take then
        local seriesKey = typeKey .. '|' .. metric
        local newRow, newTail, newNumber
        local changed = false
        local seen, seenAt
        local from = starts[i]
        for _ = 1, numbers[i] do
          local at, received, value, hash, bits, place, index, tail, row
          at, received, value, hash, bits, place, index, tail, row, from = unpackBytes('<dddI4BHI4HI4c0', blob, from)
          local mark = packBytes('<I4I4', at % 4294967296, hash)
          local duplicate, correction = false, false
          if latestAt and at <= latestAt then
            if at == latestAt and hash == latestHash then
              duplicate = true
            else
              -- Only what is not newer than everything before can be a repetition.
              if not seen then
                seen, seenAt = {}, {}
                local recent = (call('GET', prefix .. 'd:' .. seriesKey) or '') .. marks
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
            changed = true
            marks = marks .. mark
            if seen then
              seen[mark] = true
              seenAt[sub(mark, 1, 4)] = true
            end
            -- bit 2: a number that windows and ranks take (not bad, not absurdly large)
            local counting = bits % 4 >= 2
            if counting and not correction and history > 0 then
              local its = floor(at / MINUTE)
              if its == minute then
                local ms = at - its * MINUTE
                if count == 1 then addToTens(seriesKey, minute * MINUTE + lastMs, last) end
                addToTens(seriesKey, at, value)
                -- A full counter keeps its mean: count and sum stop together.
                if count < 65535 then
                  count, sum = count + 1, sum + value
                end
                if value < low then low = value end
                if value > high then high = value end
                if ms >= lastMs then
                  lastMs, last = ms, value
                end
              elseif minute and its < minute then
                addLate(seriesKey, history, at, its, value)
              elseif at < now - MINUTES_KEPT[history] then
                -- Older than its minutes are kept: only a quarter's hours still take it.
                addLate(seriesKey, history, at, its, value)
              else
                if minute then closeMinute(seriesKey, history, minute, lastMs, count, sum, low, high, last) end
                minute, count, lastMs, sum, low, high, last = its, 1, at - its * MINUTE, value, value, value, value
              end
            end
            if latestAt and at < latestAt then
              late[place] = late[place] + 1
            else
              latestAt, latestReceived, latestHash = at, received, hash
              newRow, newTail = row, tail
              newNumber = counting and value or nil
            end
            -- bit 1: the feed keeps a journal
            if bits % 2 == 1 then journal[index] = row end
          end
        end

        writeTens(seriesKey)
        if changed then
          if #marks >= BLOCK then marks, block = keepRecent(seriesKey, marks, block) end
          local head
          if minute then
            head = packBytes('<ddI4BBBI4HHdddd', latestAt, latestReceived, latestHash, 1, #marks / 8, block, minute, count, lastMs, sum, low,
              high, last)
          else
            head = packBytes('<ddI4BBB', latestAt, latestReceived, latestHash, 0, #marks / 8, block)
          end
          newest[written + 1] = metric
          newest[written + 2] = head .. marks .. (newRow and sub(newRow, newTail + 1) or sub(record, oldTail))
          written = written + 2
          if newRow then
            changedRows[#changedRows + 1] = newRow
            if newNumber then
              local slash = string.find(typeKey, '/', 1, true)
              local rank = sub(typeKey, 1, slash) .. metric
              local members = ranks[rank]
              if not members then
                members = {}
                ranks[rank] = members
              end
              members[#members + 1] = newNumber
              members[#members + 1] = sub(typeKey, slash + 1)
            end
          end
        end
      end
    end
    if written > 0 then call('HSET', assetKey, unpack(newest, 1, written)) end
  end
end
if #seenAssets > 0 then call('HSET', prefix .. 'assets', unpack(seenAssets)) end
for rank, members in pairs(ranks) do call('ZADD', prefix .. 'rank:' .. rank, unpack(members)) end

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
-- Redis keeps the fields of an entry in the order they were written: 4 topic, 8 payload, 12 list, 18 had.
local function forget(entry)
  local values = entry[2]
  rejectionBytes = rejectionBytes - #values[4] - #values[8] - #values[12] - #(values[18] or '')
  for _, told in ipairs(cmsgpack.unpack(values[12])) do
    call('HINCRBY', prefix .. 'rejections:kept', values[2] .. '|' .. told[1], -1)
  end
  call('XDEL', prefix .. 'rejections', entry[1])
end

for i = firstSettled, #ARGV do
  local entry = call('XRANGE', prefix .. 'rejections', ARGV[i], ARGV[i])[1]
  if entry then forget(entry) end
end
for i = 1, #rejections do
  local feed, topic, received, truncated, list, reasons, origin, retained = unpack(rejections[i])
  local payload, had = ARGV[11 + i], ARGV[11 + #rejections + i]
  local packed = cmsgpack.pack(list)
  call('XADD', prefix .. 'rejections', '*', 'feed', feed, 'topic', topic, 'at', string.format('%.0f', received), 'payload', payload,
    'truncated', truncated, 'list', packed, 'origin', origin, 'retained', retained, 'had', had)
  rejectionBytes = rejectionBytes + #topic + #payload + #packed + #had
  for _, told in ipairs(list) do
    call('HINCRBY', prefix .. 'rejections:kept', feed .. '|' .. told[1], 1)
  end
  for reason, n in pairs(reasons) do
    call('HINCRBY', prefix .. 'rejections:count', feed .. '|' .. reason, n)
  end
end
if #rejections > 0 then
  local surplus = call('XLEN', prefix .. 'rejections') - REJECTIONS
  while surplus > 0 or rejectionBytes > REJECTION_BYTES do
    local oldest = call('XRANGE', prefix .. 'rejections', '-', '+', 'COUNT', 1)[1]
    if not oldest then break end
    surplus = surplus - 1
    forget(oldest)
  end
end
if #rows > 0 or #rejections > 0 or firstSettled <= #ARGV then
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
