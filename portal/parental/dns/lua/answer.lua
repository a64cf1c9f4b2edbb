-- What is said: to the device by dnsdist, to the node what was closed, to the portal what is in force.
-- What is open leaves the rules here; what is closed goes on with a tag to those that answer it.
local NONE, REFUSED, ALLOW_IT, ANSWERED, POOL = 10, 2, 4, 5, 6 -- DNSAction
local OUTCOME_CODES = @OUTCOME_CODES@
local NOBODYS = @LETS_STRANGERS_IN@ and NONE or ALLOW_IT -- The next rule sends strangers away.
local POOL_NAMES = {}
for _, pool in pairs(POOLS) do POOL_NAMES[pool] = true end
local A = 1
local counts = store.counts[C.gettid() % @THREADS@]

-- Tells the node that something was closed; the name only if the parents keep a log of such names.
-- Nobody waits for it: what can't be told is lost for the count.
local function tell(policy, outcome)
  if teller < 0 then teller = C.socket(1, 2, 0) end -- AF_UNIX, SOCK_DGRAM
  ffi.copy(message, policy_id, 4)
  message[4], message[5] = CLOSED_CODES[outcome], closing_bit
  local length = 6
  if band(policy.flags, KEEPS_LOG) ~= 0 then
    ffi.copy(message + 6, name, size)
    length = 6 + size
  end
  C.sendto(teller, message, length, 0x4040, telling_at, 3 + #CLOSED_SOCKET) -- DONTWAIT, NOSIGNAL
end

local OPEN = { own_allow = true, none = true, safe_search = true }

-- Returns outcome and answer: 'closed', 'unknown', 'empty', or the pool that answers.
local function judge(dq, policy, bytes, length)
  if is_at_or_below(UNKNOWN_CANARIES) then return 'canary', 'unknown' end
  if is_at_or_below(EMPTY_CANARIES) then return 'canary', 'empty' end
  if is_at_or_below(NEVER_CLOSED) then return 'never_closed', 'home' end
  if length < HEADER or policy.version ~= VERSION then error('not a policy') end
  local outcome = verdict(policy, bytes, length)
  if not OPEN[outcome] then
    -- A browser asks for A, AAAA and HTTPS at once; it is counted once.
    if C.dnsdist_ffi_dnsquestion_get_qtype(dq) == A then tell(policy, outcome) end
    return outcome, 'closed'
  end
  return outcome, POOLS[band(policy.flags, SWITCHES)] -- also what a rule opens: it opens, as safe as ever
end

-- Answers "123.in-force.kabinet" (CHAOS, TXT) with what this thread sees of policy 123: the number
-- of its save, and when it was applied (milliseconds of Unix time). Returns whether it was asked.
local function tell_in_force(dq)
  if store.opened == 0 then return false end
  if store.opened ~= opened then follow() end
  read_name(dq)
  local length = size - #IN_FORCE
  local number = length > 1 and tonumber(ffi.string(name + 1, length - 1))
  if not number or C.memcmp(name + length, IN_FORCE, #IN_FORCE) ~= 0 then return false end
  for place = 0, 3 do policy_id[place] = band(rshift(number, 24 - 8 * place), 255) end
  renew(pol)
  local seq, applied_at = 0, 0
  if look_up(pol, 4, policy_id, 4, found) then
    for place = 0, 7 do seq = seq * 256 + found.mv_data[place] end
    for place = 8, tonumber(found.mv_size) - 1 do applied_at = applied_at * 256 + found.mv_data[place] end
  end
  L.mdb_txn_reset(pol)
  local text = string.format('%d %d', seq, applied_at)
  text = string.char(#text) .. text
  raw_value[0].value, raw_value[0].size = text, #text
  C.dnsdist_ffi_dnsquestion_spoof_raw(dq, raw_value, 1)
  return true
end

-- Finds whose policy holds: a device's token wins over the address. Returns false for nobody's, and
-- nil for a token that means nothing.
local function find_policy(dq)
  if not HAS_TOKENS then return find_policy_id(dq) end
  local is_known = find_policy_id_of_token(dq)
  if is_known == nil then return find_policy_id(dq) end
  if not is_known then return nil end
  C.dnsdist_ffi_dnsquestion_set_tag(dq, 'by', 'token')
  return true
end

local function answer(dq)
  if store.opened == 0 then return 'failed_open' end
  if store.opened ~= opened then follow() end
  local is_known = find_policy(dq)
  if is_known == nil then return 'refused' end
  if not is_known then return end
  renew(pol)
  local outcome, way
  if look_up(pol, 1, policy_id, 4, policy_found) then
    read_name(dq)
    closing_bit = NO_BIT
    local bytes = policy_found.mv_data
    outcome, way = judge(dq, ffi.cast(policy_at, bytes), bytes, tonumber(policy_found.mv_size))
  end
  L.mdb_txn_reset(pol)
  return outcome, way
end

local function let_go()
  if net then L.mdb_txn_reset(net) end
  if pol then L.mdb_txn_reset(pol) end
  if cat then L.mdb_txn_reset(cat) end
end

-- Returns what dnsdist does with a question, having told it the rest.
local function decide(dq)
  if C.dnsdist_ffi_dnsquestion_get_qclass(dq) == CHAOS then return tell_in_force(dq) and ANSWERED or REFUSED end
  local outcome, way = answer(dq)
  if not outcome then return NOBODYS end
  local code = OUTCOME_CODES[outcome]
  counts[code] = counts[code] + 1
  if outcome == 'refused' then return REFUSED end
  if not way then return NOBODYS end
  if POOL_NAMES[way] then
    C.dnsdist_ffi_dnsquestion_set_result(dq, way, #way)
    return POOL
  end
  C.dnsdist_ffi_dnsquestion_set_tag(dq, 'answer', way)
  return NONE
end

local action

-- LuaJIT compiles no way out of pcall: what it compiles ends in the loop, and only the way out is
-- left to its interpreter.
local function act(dq)
  action = decide(dq)
  for _ = 1, 8 do end
end

local question_at = ffi.typeof('dnsdist_ffi_dnsquestion_t *')

-- What dnsdist gives is a light userdata, which LuaJIT can't compile: it is made a pointer here, once.
return function(given)
  if pcall(act, ffi.cast(question_at, given)) then return action end
  let_go() -- The internet must not stop because of a policy: it is counted, and open.
  counts[OUTCOME_CODES.failed_open] = counts[OUTCOME_CODES.failed_open] + 1
  return NOBODYS
end
