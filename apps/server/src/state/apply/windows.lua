-- apply, windows: aggregates of ten seconds, minutes and hours.
--
-- What is under way stands in the newest value, as two spans: the minute, and in it the ten seconds of its newest
-- reading, as soon as the minute has a second one. A span that is over is appended to its chunk as a slot of 24 bytes:
-- `head` = slot × 1024 + place of `last` within it (1/1024), count, sum, and three offsets from the mean.
local function slotBytes(slot, place, count, sum, low, high, last)
  local mean = sum / count
  return packBytes('<HHdfff', slot * 1024 + place, count, sum, low - mean, high - mean, last - mean)
end

-- Adds an aggregate to a slot that may be there already, wherever it is in its chunk. Returns how many readings the slot
-- had, and of its last one place and value.
local function mergeSlot(key, slot, place, count, sum, low, high, last, expiresAt)
  local old = call('GET', key)
  if not old then
    call('SET', key, slotBytes(slot, place, count, sum, low, high, last), 'PXAT', string.format('%.0f', expiresAt))
    return 0
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

-- Appends a slot that is newer than all in its chunk; a new chunk lives until `expiresAt`.
local function appendSlot(family, chunk, expiresAt, slot, place, count, sum, low, high, last)
  local length = call('APPEND', family .. chunk, slotBytes(slot, place, count, sum, low, high, last))
  if length == 24 then
    call('PEXPIREAT', family .. chunk, string.format('%.0f', expiresAt))
    -- What grew by appending has room to grow on: the chunk before is written anew, to its size.
    local before = family .. (chunk - 1)
    local slots = call('GET', before)
    if slots then call('SET', before, slots, 'KEEPTTL') end
  end
end

-- The ten seconds under way are over. Nothing newer is in their chunk: appending keeps the order.
local function closeTen(series, ten, lastMs, count, sum, low, high, last)
  local chunk = floor(ten / TENS_OF_CHUNK)
  local expiresAt = (chunk + 1) * TENS_OF_CHUNK * TEN_SECONDS + TENS_KEPT
  if expiresAt <= now then return end
  appendSlot(prefix .. 's:' .. series .. ':', chunk, expiresAt, ten - chunk * TENS_OF_CHUNK, floor(lastMs * 1024 / TEN_SECONDS), count, sum, low, high, last)
end

-- Ten seconds before those under way, that late readings of a call fall into: written once they fall into others.
local tens = {}

local function writeTens(series)
  local slot = tens.slot
  if not slot then return end
  tens.slot = nil
  local chunk = floor(slot / TENS_OF_CHUNK)
  mergeSlot(prefix .. 's:' .. series .. ':' .. chunk, slot - chunk * TENS_OF_CHUNK, floor(tens.lastMs * 1024 / TEN_SECONDS), tens.count, tens.sum, tens.low,
    tens.high, tens.last, (chunk + 1) * TENS_OF_CHUNK * TEN_SECONDS + TENS_KEPT)
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

-- Whether ten seconds may be kept under way: not where their chunk already reaches so far. It does where an earlier
-- CityWall (format 1) wrote every reading of the minute there.
local function isNewestTen(series, ten)
  local chunk = floor(ten / TENS_OF_CHUNK)
  local newest = call('GETRANGE', prefix .. 's:' .. series .. ':' .. chunk, -24, -1)
  return #newest < 24 or floor(unpackBytes('<H', newest) / 1024) < ten - chunk * TENS_OF_CHUNK
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
  appendSlot(prefix .. 'w:' .. series .. ':', hour, (hour + 1) * HOUR + MINUTES_KEPT[history], minute - hour * 60, floor(lastMs * 1024 / MINUTE), count, sum, low,
    high, last)
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

