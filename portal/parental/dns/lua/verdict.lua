-- What a policy says of the name that was asked: verdict.py once more.
local function is_free_day(day)
  if not look_up(pol, 2, 'free_days', 9, found) or found.mv_size < 4 then return false end
  local first = ffi.cast(number_at, found.mv_data)[0]
  local place = day - first
  if place < 0 or place >= (tonumber(found.mv_size) - 4) * 8 then return false end
  return band(found.mv_data[4 + rshift(place, 3)], lshift(1, band(place, 7))) ~= 0
end

-- Returns what the windows that are on now close: two halves of a mask, and their bits.
local function windows_on(policy, bytes, length, now)
  if now < policy.bonus_until or policy.windows == 0 then return 0, 0, 0 end
  if HEADER + policy.windows * WINDOW > length then error('windows are cut off') end
  local minutes = floor(now / 60) + policy.zone
  local is_free = is_free_day(floor(minutes / 1440))
  local half_hour = floor((minutes + MINUTES_TO_MONDAY) % WEEK_MINUTES / 30)
  local place, mark = rshift(half_hour, 3), lshift(1, band(half_hour, 7))
  local low, high, bits = 0, 0, 0
  for number = 0, policy.windows - 1 do
    local window = ffi.cast(window_at, bytes + HEADER + number * WINDOW)
    local week = is_free and window.free_days or window.school_days
    if band(week[place], mark) ~= 0 then
      low, high, bits = bor(low, window.low_mask), bor(high, window.high_mask), bor(bits, window.bits)
    end
  end
  return low, high, bits
end

local function record_at(policy, bytes, length, place)
  local table_end = policy.table_at + 4 * (place + 1)
  if table_end > length then error('the table of rules is cut off') end
  local at = ffi.cast(number_at, bytes + table_end - 4)[0]
  if at + RECORD > length or at + RECORD + bytes[at + 5] > length then error('a rule is cut off') end
  return at
end

local function order(bytes, at, site, site_size)
  local other = bytes[at + 5]
  local same = C.memcmp(bytes + at + RECORD, site, other < site_size and other or site_size)
  return same ~= 0 and same or other - site_size
end

local function is_live(bits, expires, now, is_whole, are_windows_on)
  if band(bits, is_whole and SUBDOMAINS or EXACT) ~= 0 then return false end
  if expires ~= 0 and expires <= now then return false end
  return band(bits, IN_WINDOWS) == 0 or are_windows_on
end

-- Returns the outcome of the live rules for exactly the site that begins at `start`, or nil.
local function rule_of(policy, bytes, length, start, now, are_windows_on)
  local site, site_size, low, high = name + start, size - start, 0, policy.rules
  while low < high do
    local middle = floor((low + high) / 2)
    if order(bytes, record_at(policy, bytes, length, middle), site, site_size) < 0 then
      low = middle + 1
    else
      high = middle
    end
  end
  local outcome = nil
  while low < policy.rules do
    local at = record_at(policy, bytes, length, low)
    if order(bytes, at, site, site_size) ~= 0 then break end
    local expires = ffi.cast(number_at, bytes + at + 1)[0]
    if is_live(bytes[at], expires, now, start == 0, are_windows_on) then
      if band(bytes[at], ALLOW) ~= 0 then return 'own_allow' end
      outcome = 'own_block'
    end
    low = low + 1
  end
  return outcome
end

local function lowest_bit(low, high)
  for place = 0, 31 do
    if band(rshift(low, place), 1) ~= 0 then return place end
  end
  return 32 + lowest_bit(high, 1)
end

local function category_of(low, high, window_low, window_high)
  if bor(low, high, window_low, window_high) == 0 then return nil end
  local outcome = nil
  renew(cat)
  for label = 0, labels - 2 do
    if look_up(cat, 3, name + starts[label], size - starts[label], found) then
      local mask = ffi.cast(number_at, found.mv_data)
      local of_window, of_window_high = band(mask[0], window_low), band(mask[1], window_high)
      if bor(of_window, of_window_high) ~= 0 then
        outcome, closing_bit = 'window', lowest_bit(of_window, of_window_high)
        break
      end
      local closes, closes_high = band(mask[0], low), band(mask[1], high)
      if not outcome and bor(closes, closes_high) ~= 0 then
        outcome, closing_bit = 'category', lowest_bit(closes, closes_high)
      end
    end
  end
  L.mdb_txn_reset(cat)
  return outcome
end

-- Returns the outcome, in the words of verdict.py.
local function verdict(policy, bytes, length)
  local now = tonumber(C.time(nil))
  if now < policy.pause_until then return 'pause' end
  local low, high, bits = windows_on(policy, bytes, length, now)
  for label = 0, labels - 2 do -- One label alone is in no list.
    local outcome = rule_of(policy, bytes, length, starts[label], now, band(bits, OWN_RULES) ~= 0)
    if outcome then return outcome end
  end
  if band(bits, INTERNET_OFF) ~= 0 then return 'bedtime' end
  local outcome = category_of(policy.low_mask, policy.high_mask, low, high)
  if outcome then return outcome end
  return band(policy.flags, SAFE_SEARCH) ~= 0 and 'safe_search' or 'none'
end
