-- What every thread of dnsdist runs for each question: portal/parental/verdict.py once more, over
-- the same LMDB files. It runs without dnsdist's global Lua lock. `flask dns dnsdist-config` fills in
-- what stands between @ signs.
local ffi = require('ffi')
ffi.cdef[[
typedef struct MDB_env MDB_env;
typedef struct MDB_txn MDB_txn;
typedef struct { size_t mv_size; const uint8_t *mv_data; } kb_value;
int mdb_txn_begin(MDB_env *, MDB_txn *, unsigned, MDB_txn **);
void mdb_txn_abort(MDB_txn *);
void mdb_txn_reset(MDB_txn *);
int mdb_txn_renew(MDB_txn *);
int mdb_get(MDB_txn *, unsigned, kb_value *, kb_value *);
int memcmp(const void *, const void *, size_t);
long time(long *);
typedef struct { uint32_t opened; uint32_t dbi[4]; MDB_env *env[3]; } kb_store;
typedef struct __attribute__((packed)) {
  uint8_t version, flags; int16_t zone; uint32_t pause_until, bonus_until; uint8_t windows, zero[3];
  uint32_t low_mask, high_mask, rules, table_at;
} kb_policy;
typedef struct __attribute__((packed)) {
  uint32_t low_mask, high_mask; uint8_t bits, zero[7]; uint8_t school_days[42], free_days[42];
} kb_window;
]]
local C, L = ffi.C, ffi.load('liblmdb.so.0')
local band, bor, lshift, rshift, floor = bit.band, bit.bor, bit.lshift, bit.rshift, math.floor
local bytes_of, number_at = ffi.typeof('const uint8_t *'), ffi.typeof('const uint32_t *')
local policy_at, window_at = ffi.typeof('const kb_policy *'), ffi.typeof('const kb_window *')

local RDONLY, NOTFOUND = 0x20000, -30798
local VERSION, HEADER, WINDOW, RECORD = 2, 32, 100, 6
local SAFE_SEARCH, SWITCHES = 1, 7 -- safe search and the two bits of YouTube
local OWN_RULES, INTERNET_OFF = 1, 2
local ALLOW, EXACT, SUBDOMAINS, IN_WINDOWS = 1, 2, 4, 8
local MINUTES_TO_MONDAY, WEEK_MINUTES = 4320, 10080 -- 1 January 1970 was a Thursday
local NEVER_CLOSED, UNKNOWN_CANARIES, EMPTY_CANARIES = @NEVER_CLOSED@, @UNKNOWN@, @EMPTY@
local POOLS = { [0] = 'home', 'safe', 'moderate', 'safe-moderate', 'strict', 'safe-strict', 'strict', 'safe-strict' }
local MAPPED = '\0\0\0\0\0\0\0\0\0\0\255\255'

local store = ffi.cast('kb_store *', @STORE@)
local net, pol, cat -- this thread's read transactions, reset between questions
local opened, dbi = 0, ffi.new('uint32_t[4]') -- what they belong to
local key, found, policy_found = ffi.new('kb_value'), ffi.new('kb_value'), ffi.new('kb_value')
local raw, raw_size = ffi.new('const char *[1]'), ffi.new('size_t[1]')
local address, address_size = ffi.new('const void *[1]'), ffi.new('size_t[1]')
local policy_id = ffi.new('uint8_t[4]')
local name, size = ffi.new('uint8_t[256]'), 0
local starts, labels = ffi.new('uint8_t[128]'), 0

local function reader(number)
  local slot = ffi.new('MDB_txn *[1]')
  local code = L.mdb_txn_begin(store.env[number], nil, RDONLY, slot)
  if code ~= 0 then error('no read transaction: ' .. code) end
  L.mdb_txn_reset(slot[0])
  return slot[0]
end

-- Follows the main thread to the files that it has opened, again if the old ones were deleted.
local function follow()
  if net then L.mdb_txn_abort(net) end
  if pol then L.mdb_txn_abort(pol) end
  if cat then L.mdb_txn_abort(cat) end
  net, pol, cat = nil, nil, nil
  net, pol, cat = reader(0), reader(1), reader(2)
  for database = 0, 3 do dbi[database] = store.dbi[database] end
  opened = store.opened
end

local function renew(txn)
  local code = L.mdb_txn_renew(txn)
  if code ~= 0 then error('no renewed transaction: ' .. code) end
end

local function look_up(txn, database, data, length, into)
  key.mv_data, key.mv_size = data, length
  local code = L.mdb_get(txn, dbi[database], key, into)
  if code ~= 0 and code ~= NOTFOUND then error('no answer of the store: ' .. code) end
  return code == 0
end

local function read_name(dq)
  C.dnsdist_ffi_dnsquestion_get_qname_raw(dq, raw, raw_size)
  size = tonumber(raw_size[0])
  if size < 1 or size > 255 then error('not a name') end
  local bytes = ffi.cast(bytes_of, raw[0])
  for at = 0, size - 1 do -- Lengths of labels are below 64, so all bytes may be folded.
    local byte = bytes[at]
    if byte >= 65 and byte <= 90 then byte = byte + 32 end
    name[at] = byte
  end
  labels = 0
  local at = 0
  while name[at] ~= 0 do
    starts[labels] = at
    labels = labels + 1
    at = at + name[at] + 1
  end
end

local function is_at_or_below(sites)
  for number = 1, #sites do
    local site = sites[number]
    local start = size - #site
    if start >= 0 and C.memcmp(name + start, site, #site) == 0 then
      for label = 0, labels - 1 do
        if starts[label] == start then return true end
      end
    end
  end
  return false
end

-- Copies the id of the asking home's policy; false if nobody is filtered behind this address.
local function find_policy_id(dq)
  C.dnsdist_ffi_dnsquestion_get_remoteaddr(dq, address, address_size)
  local bytes, length = ffi.cast(bytes_of, address[0]), 4
  if address_size[0] ~= 4 then
    if C.memcmp(bytes, MAPPED, 12) == 0 then bytes = bytes + 12 else length = 7 end
  end
  renew(net)
  local is_known = look_up(net, 0, bytes, length, found)
  if is_known then ffi.copy(policy_id, found.mv_data, 4) end
  L.mdb_txn_reset(net)
  return is_known
end

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

local function category_of(low, high, window_low, window_high)
  if bor(low, high, window_low, window_high) == 0 then return nil end
  local outcome = nil
  renew(cat)
  for label = 0, labels - 1 do
    if look_up(cat, 3, name + starts[label], size - starts[label], found) then
      local mask = ffi.cast(number_at, found.mv_data)
      if bor(band(mask[0], window_low), band(mask[1], window_high)) ~= 0 then outcome = 'window' break end
      if bor(band(mask[0], low), band(mask[1], high)) ~= 0 then outcome = 'category' end
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
  for label = 0, labels - 1 do
    local outcome = rule_of(policy, bytes, length, starts[label], now, band(bits, OWN_RULES) ~= 0)
    if outcome then return outcome end
  end
  if band(bits, INTERNET_OFF) ~= 0 then return 'bedtime' end
  local outcome = category_of(policy.low_mask, policy.high_mask, low, high)
  if outcome then return outcome end
  return band(policy.flags, SAFE_SEARCH) ~= 0 and 'safe_search' or 'none'
end

local OPEN = { own_allow = true, none = true, safe_search = true }

-- Returns outcome and answer: 'closed', 'unknown', 'empty', or the pool that answers.
local function judge(policy, bytes, length)
  if is_at_or_below(UNKNOWN_CANARIES) then return 'canary', 'unknown' end
  if is_at_or_below(EMPTY_CANARIES) then return 'canary', 'empty' end
  if is_at_or_below(NEVER_CLOSED) then return 'never_closed', 'home' end
  if length < HEADER or policy.version ~= VERSION then error('not a policy') end
  local outcome = verdict(policy, bytes, length)
  if not OPEN[outcome] then return outcome, 'closed' end
  return outcome, outcome == 'own_allow' and 'home' or POOLS[band(policy.flags, SWITCHES)]
end

local function answer(dq)
  if store.opened == 0 then return 'failed_open' end
  if store.opened ~= opened then follow() end
  if not find_policy_id(dq) then return end
  renew(pol)
  local outcome, way
  if look_up(pol, 1, policy_id, 4, policy_found) then
    read_name(dq)
    local bytes = policy_found.mv_data
    outcome, way = judge(ffi.cast(policy_at, bytes), bytes, tonumber(policy_found.mv_size))
  end
  L.mdb_txn_reset(pol)
  return outcome, way
end

return function(dq)
  local is_done, outcome, way = pcall(answer, dq)
  if not is_done then -- The internet must not stop because of a policy: it is counted, and open.
    outcome, way = 'failed_open', nil
    if net then L.mdb_txn_reset(net) end
    if pol then L.mdb_txn_reset(pol) end
    if cat then L.mdb_txn_reset(cat) end
  end
  if outcome then C.dnsdist_ffi_dnsquestion_set_tag(dq, 'outcome', outcome) end
  if way then C.dnsdist_ffi_dnsquestion_set_tag(dq, 'answer', way) end
  return 10 -- DNSAction.None: the rules behind this one read the tags.
end
