-- apply, readings: newest values, with the windows under way and the recent readings they carry; assets; ranks.
--
-- One read and one write of an asset, whatever it brings. This loop is most of what Redis does for the ingest: strings are
-- dear here (each is hashed), so names of keys are made only where a key is written, and a row stays in two parts, its head
-- (asset and metric) and its tail (value and what follows), until many are joined.
local TEXT = {}

-- What stands before a text of n bytes in msgpack.
local function textHead(n)
  local head = TEXT[n]
  if not head then
    head = n < 32 and string.char(160 + n) or n < 256 and string.char(217, n) or packBytes('>BI2', 218, n)
    TEXT[n] = head
  end
  return head
end

local blob, pos = ARGV[7], 1
local nowMinute = floor(now / MINUTE)
-- rows of the journal by order of receipt
local heads, tails = {}, {}
-- rows that are news, head and tail in turn after what stands before them in the publication
local changed, changes = { '' }, 0
local counts = {}
-- metric → type → score and key in turn
local ranks = {}
local seenAssets = {}
-- marks of the readings of a series that are new
local fresh = {}
local metrics, histories, numbers, starts, newest, records = {}, {}, {}, {}, {}, {}
local assetPrefix = prefix .. 'a:'

while pos <= #blob do
  local size, type, key, declared, maxAssets, feed, series, body = unpackBytes('<I4Hc0Hc0BI4HH', blob, pos)
  pos = pos + 4 + size
  local assetKey = assetPrefix .. type .. key

  -- Metrics first: one read of the asset's newest values serves all its series.
  for i = 1, series do
    local length
    metrics[i], histories[i], numbers[i], length, body = unpackBytes('<Bc0BI4I4', blob, body)
    starts[i] = body
    body = body + length
  end
  if series == 1 then
    records[1] = call('HGET', assetKey, metrics[1])
  else
    records = call('HMGET', assetKey, unpack(metrics, 1, series))
  end
  local newestReceived = 0
  for i = 1, series do
    if records[i] then
      local received = unpackBytes('<d', records[i], 9)
      if received > newestReceived then newestReceived = received end
    end
  end

  -- The set of assets: who was never seen counts against the feed's maxAssets; the last sight is exact to a minute.
  local admitted = true
  if floor(newestReceived / MINUTE) < nowMinute then
    local typeKey = type .. key
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
    refused[#refused + 1] = feed .. '|a|' .. type .. key
  else
    local written = 0
    local fields
    for i = 1, series do
      local metric, record, history = metrics[i], records[i], histories[i]
      local take = true
      local latestAt, latestReceived, latestHash
      -- the minute under way
      local minute, count, lastMs, sum, low, high, last
      -- the ten seconds under way in it
      local ten, tenCount, tenMs, tenSum, tenLow, tenHigh, tenLast
      -- the readings remembered in the record, and how many of this call are to be
      local marks, block, oldTail = '', 0, nil
      local added = 0
      if record then
        local spans, n, from
        latestAt, latestReceived, latestHash, spans, n, block, from = unpackBytes('<ddI4BBB', record)
        if spans == 2 then
          minute, count, lastMs, sum, low, high, last, ten, tenCount, tenMs, tenSum, tenLow, tenHigh, tenLast, from =
            unpackBytes('<I4HHddddI4HHdddd', record, from)
        elseif spans == 1 then
          minute, count, lastMs, sum, low, high, last, from = unpackBytes('<I4HHdddd', record, from)
        end
        oldTail = from + n * 8
        if n > 0 then marks = sub(record, from, oldTail - 1) end
      else
        fields = fields or call('HLEN', assetKey)
        if fields >= METRICS_OF_ASSET then
          take = false
          refused[#refused + 1] = feed .. '|m|' .. type .. key
        else
          fields = fields + 1
        end
      end
      if take then
        -- type/key|metric, where a key of the series is needed
        local name
        -- head of its rows
        local head
        local newTail, newNumber
        local touched = false
        local seen, seenAt
        local from = starts[i]
        for _ = 1, numbers[i] do
          local at, received, value, mark, hash, bits, place, index, tail
          at, received, value, mark, hash, bits, place, index, tail, from = unpackBytes('<dddc8I4BHHI4c0', blob, from)
          local duplicate, correction = false, false
          if latestAt and at <= latestAt then
            if at == latestAt and hash == latestHash then
              duplicate = true
            else
              -- Only what is not newer than everything before can be a repetition.
              if not seen then
                seen, seenAt = {}, {}
                name = name or type .. key .. '|' .. metric
                local recent = (call('GET', prefix .. 'd:' .. name) or '') .. marks
                for p = 1, #recent, 8 do
                  seen[sub(recent, p, p + 7)] = true
                  seenAt[sub(recent, p, p + 3)] = true
                end
                for p = 1, added do
                  seen[fresh[p]] = true
                  seenAt[sub(fresh[p], 1, 4)] = true
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
            touched = true
            added = added + 1
            fresh[added] = mark
            if seen then
              seen[mark] = true
              seenAt[sub(mark, 1, 4)] = true
            end
            -- bit 2: a number that windows and ranks take (not bad, not absurdly large)
            local counting = bits % 4 >= 2
            if counting and not correction and history > 0 then
              local its = floor(at / MINUTE)
              if its == minute then
                if at >= now - TENS_KEPT then
                  local slot = floor(at / TEN_SECONDS)
                  if not ten then
                    -- The second reading of the minute: the first one gets its ten seconds too.
                    name = name or type .. key .. '|' .. metric
                    local lone = minute * MINUTE + lastMs
                    if count == 1 and lone >= now - TENS_KEPT then
                      ten = floor(lone / TEN_SECONDS)
                      tenCount, tenMs, tenSum, tenLow, tenHigh, tenLast = 1, lone - ten * TEN_SECONDS, last, last, last, last
                    elseif isNewestTen(name, slot) then
                      ten, tenCount = slot, 0
                    end
                  end
                  if ten and slot > ten then
                    name = name or type .. key .. '|' .. metric
                    if tenCount > 0 then closeTen(name, ten, tenMs, tenCount, tenSum, tenLow, tenHigh, tenLast) end
                    ten, tenCount = slot, 0
                  end
                  if slot ~= ten then
                    name = name or type .. key .. '|' .. metric
                    addToTens(name, at, value)
                  else
                    local ms = at - slot * TEN_SECONDS
                    if tenCount == 0 then
                      tenCount, tenMs, tenSum, tenLow, tenHigh, tenLast = 1, ms, value, value, value, value
                    else
                      -- A full counter keeps its mean: count and sum stop together.
                      if tenCount < 65535 then
                        tenCount, tenSum = tenCount + 1, tenSum + value
                      end
                      if value < tenLow then tenLow = value end
                      if value > tenHigh then tenHigh = value end
                      if ms >= tenMs then
                        tenMs, tenLast = ms, value
                      end
                    end
                  end
                end
                local ms = at - its * MINUTE
                if count < 65535 then
                  count, sum = count + 1, sum + value
                end
                if value < low then low = value end
                if value > high then high = value end
                if ms >= lastMs then
                  lastMs, last = ms, value
                end
              elseif (minute and its < minute) or at < now - MINUTES_KEPT[history] then
                -- Before the minute under way, or older than its minutes are kept: only a quarter's hours still take that.
                name = name or type .. key .. '|' .. metric
                addLate(name, history, at, its, value)
              else
                if minute then
                  name = name or type .. key .. '|' .. metric
                  if ten then
                    closeTen(name, ten, tenMs, tenCount, tenSum, tenLow, tenHigh, tenLast)
                    ten = nil
                  end
                  closeMinute(name, history, minute, lastMs, count, sum, low, high, last)
                end
                minute, count, lastMs, sum, low, high, last = its, 1, at - its * MINUTE, value, value, value, value
              end
            end
            head = head or '\153' .. textHead(#type + #key) .. type .. key .. textHead(#metric) .. metric
            if latestAt and at < latestAt then
              late[place] = late[place] + 1
            else
              latestAt, latestReceived, latestHash = at, received, hash
              newTail = tail
              newNumber = counting and value or nil
            end
            -- bit 1: the feed keeps a journal
            if bits % 2 == 1 then heads[index], tails[index] = head, tail end
          end
        end

        if name then writeTens(name) end
        if touched then
          local newMarks = fresh[1]
          if added > 1 then newMarks = concat(fresh, '', math.max(1, added + 1 - RING / 8), added) end
          if #marks + #newMarks >= BLOCK then
            marks, block = keepRecent(name or type .. key .. '|' .. metric, marks .. newMarks, block)
            newMarks = ''
          end
          local row = newTail or sub(record, oldTail)
          local n = (#marks + #newMarks) / 8
          local bytes
          if ten then
            bytes = packBytes('<ddI4BBBI4HHddddI4HHddddc0c0c0', latestAt, latestReceived, latestHash, 2, n, block, minute, count, lastMs, sum,
              low, high, last, ten, tenCount, tenMs, tenSum, tenLow, tenHigh, tenLast, marks, newMarks, row)
          elseif minute then
            bytes = packBytes('<ddI4BBBI4HHddddc0c0c0', latestAt, latestReceived, latestHash, 1, n, block, minute, count, lastMs, sum, low, high,
              last, marks, newMarks, row)
          else
            bytes = packBytes('<ddI4BBBc0c0c0', latestAt, latestReceived, latestHash, 0, n, block, marks, newMarks, row)
          end
          newest[written + 1], newest[written + 2] = metric, bytes
          written = written + 2
          if newTail then
            changes = changes + 1
            changed[2 * changes], changed[2 * changes + 1] = head, newTail
            if newNumber then
              local ofMetric = ranks[metric]
              if not ofMetric then
                ofMetric = {}
                ranks[metric] = ofMetric
              end
              local members = ofMetric[type]
              if not members then
                members = {}
                ofMetric[type] = members
              end
              local n = #members
              members[n + 1], members[n + 2] = newNumber, key
            end
          end
        end
      end
    end
    if written == 2 then
      call('HSET', assetKey, newest[1], newest[2])
    elseif written > 0 then
      call('HSET', assetKey, unpack(newest, 1, written))
    end
  end
end
if #seenAssets > 0 then call('HSET', prefix .. 'assets', unpack(seenAssets)) end
for metric, ofMetric in pairs(ranks) do
  for type, members in pairs(ofMetric) do call('ZADD', prefix .. 'rank:' .. type .. metric, unpack(members)) end
end
