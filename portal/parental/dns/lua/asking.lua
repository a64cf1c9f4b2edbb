-- What every thread of dnsdist runs for each question, without dnsdist's global Lua lock: this file,
-- verdict.lua and answer.lua are one chunk. `flask dns dnsdist-config` fills in what stands between @
-- signs. Here: whose policy it is, by the LMDB files that the node writes.
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
int gettid(void);
int socket(int, int, int);
long sendto(int, const void *, size_t, int, const void *, unsigned);
typedef struct { uint16_t family; char path[108]; } kb_unix;
typedef struct { uint32_t opened; uint32_t dbi[6]; MDB_env *env[3]; double counts[@THREADS@][16]; } kb_store;
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
local SAFE_SEARCH, SWITCHES, KEEPS_LOG = 1, 7, 8 -- switches: safe search and two bits of YouTube
local OWN_RULES, INTERNET_OFF = 1, 2
local ALLOW, EXACT, SUBDOMAINS, IN_WINDOWS = 1, 2, 4, 8
local MINUTES_TO_MONDAY, WEEK_MINUTES = 4320, 10080 -- 1 January 1970 was a Thursday
local NEVER_CLOSED, UNKNOWN_CANARIES, EMPTY_CANARIES = @NEVER_CLOSED@, @UNKNOWN@, @EMPTY@
local POOLS = { [0] = 'home', 'safe', 'moderate', 'safe-moderate', 'strict', 'safe-strict', 'strict', 'safe-strict' }
local DOH_PATH, DOT_DOMAIN, TOKEN = @DOH_PATH@, @DOT_DOMAIN@, @TOKEN@ -- '' where there is none
local HAS_TOKENS = @HAS_TOKENS@
local IN_FORCE, CHAOS = @IN_FORCE@, 3
local CLOSED_CODES, CLOSED_SOCKET = @CLOSED_CODES@, @CLOSED_SOCKET@
local MAPPED = '\0\0\0\0\0\0\0\0\0\0\255\255'

local store = ffi.cast('kb_store *', @STORE@)
local net, pol, cat -- this thread's read transactions, reset between questions
local opened, dbi = 0, ffi.new('uint32_t[6]') -- what they belong to
local key, found, policy_found = ffi.new('kb_value'), ffi.new('kb_value'), ffi.new('kb_value')
local raw, raw_size = ffi.new('const char *[1]'), ffi.new('size_t[1]')
local address, address_size = ffi.new('const void *[1]'), ffi.new('size_t[1]')
local policy_id = ffi.new('uint8_t[4]')
local token = ffi.new('uint8_t[?]', TOKEN)
local message, teller, telling_at = ffi.new('uint8_t[262]'), -1, ffi.new('kb_unix', 1, CLOSED_SOCKET)
local raw_value, closing_bit, NO_BIT = ffi.new('dnsdist_ffi_raw_value_t[1]'), 255, 255
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
  for database = 0, 5 do dbi[database] = store.dbi[database] end
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

-- Copies what stands before DOT_DOMAIN, or behind DOH_PATH: true if it may be a token, false if it
-- is something else, nil if the device names none.
local function read_token(dq)
  local path = C.dnsdist_ffi_dnsquestion_get_http_path(dq)
  local bytes, length
  if path ~= nil then
    local text = ffi.string(path)
    if #text <= #DOH_PATH + 1 then return nil end
    bytes, length = ffi.cast(bytes_of, path) + #DOH_PATH + 1, #text - #DOH_PATH - 1
  else
    C.dnsdist_ffi_dnsquestion_get_sni(dq, raw, raw_size)
    length = tonumber(raw_size[0]) - #DOT_DOMAIN - 1
    if DOT_DOMAIN == '' or length < 1 then return nil end
    if ffi.string(raw[0] + length):lower() ~= '.' .. DOT_DOMAIN then return nil end
    bytes = ffi.cast(bytes_of, raw[0])
  end
  if length ~= TOKEN then return false end
  for at = 0, TOKEN - 1 do token[at] = bor(bytes[at], 32) end -- lower case; digits stay digits
  return true
end

-- Copies the id of the policy that a device carries: true, false (its token means nothing), or nil.
local function find_policy_id_of_token(dq)
  local may_be = read_token(dq)
  if not may_be then return may_be end
  renew(net)
  local is_known = look_up(net, 5, token, TOKEN, found)
  if is_known then ffi.copy(policy_id, found.mv_data, 4) end
  L.mdb_txn_reset(net)
  return is_known
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
