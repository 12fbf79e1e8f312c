-- apply, occurrences: one entry an id; stages may come in any order, fields add up, the newest stage rules.
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
      local began = math.min(older.beganAt or older.at, newer.beganAt or newer.at)
      if began < newer.at then newer.beganAt = began end
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

