-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- What of Wireshark's interface the dissector uses, for a plain Lua:
--
--     lua5.4 wireshark-stub.lua DISSECTOR RECORDS
--
-- RECORDS has records, each behind its length in four bytes.  Prints what each
-- record's column Info would have.  Debian 12's Wireshark has Lua 5.2, Debian
-- 13's has 5.4; one machine has one of them.

local function names(make)
    return setmetatable({}, { __index = function(_, name)
        return make(name)
    end })
end

base = names(function() return 0 end)
expert = { group = base, severity = base }
ProtoField = names(function() return function(name) return { name } end end)
ProtoExpert = { new = function(name) return { name } end }
wtap_encaps = { USER7 = 154 }
ENC_UTF_8 = 0

local proto

function Proto()
    return {}
end

DissectorTable = { get = function()
    return { add = function(_, _, dissector) proto = dissector end }
end }

-- Numbers that a format or a time takes must be whole.
local function whole(n)
    assert(n == math.floor(n))
    return n
end

UInt64 = { new = function(lo, hi)
    local digits = {}
    while lo > 0 or hi > 0 do
        local rest = hi % 10
        hi = math.floor(hi / 10)
        lo = lo + rest * 4294967296
        table.insert(digits, 1, string.format("%d", lo % 10))
        lo = math.floor(lo / 10)
    end
    return table.concat(digits)
end }

NSTime = { new = function(seconds, ns)
    return whole(seconds), whole(ns)
end }

local big = {}
big.__index = big
big.__div = function() return setmetatable({}, big) end
big.__mod = big.__div
function big.tonumber() return 0 end

local function range(bytes)
    local r = {}
    function r.string() return bytes end
    function r.le_uint64() return setmetatable({}, big) end
    function r.uint() return bytes:byte() end
    function r.le_uint()
        local n = 0
        for i = #bytes, 1, -1 do
            n = n * 256 + bytes:byte(i)
        end
        return n
    end
    return r
end

local function tvb(bytes)
    local methods = { len = function() return #bytes end,
                      raw = function() return bytes end }
    return setmetatable(methods, { __call = function(_, at, len)
        at, len = at or 0, len or #bytes
        assert(at >= 0 and len > 0 and at + len <= #bytes, "out of range")
        return range(bytes:sub(at + 1, at + len))
    end })
end

local tree = {}
for _, name in ipairs({ "add", "add_le", "set_text", "append_text",
                        "add_proto_expert_info" }) do
    tree[name] = function() return tree end
end
function tree.referenced() return true end

dofile(arg[1])
proto.init()
local file = assert(io.open(arg[2], "rb"))
for head in function() return file:read(4) end do
    local pinfo = { cols = {} }
    proto.dissector(tvb(file:read(range(head).le_uint())), pinfo, tree)
    print(pinfo.cols.info)
end
