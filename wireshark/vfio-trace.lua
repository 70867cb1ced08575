-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Wireshark dissector of what `vfio-trace convert --to pcapng` writes:
-- accesses to the registers of PCI devices.
--
--     wireshark -X lua_script:vfio-trace.lua gpu.pcapng
--
-- or in Wireshark's folder "Personal Lua Plugins" (Help, About, Folders).
-- docs/wireshark.md describes the records and the fields.
--
-- For Lua 5.2 (Wireshark 4.0) to 5.4: no integers, no bit operators.  A number
-- of 64 bits is a pair, its lower and its upper 32 bits.

local VERSION = 1
local HEAD = 80
-- How deep fields may have fields, how many there are in a type and in the
-- texts of a record, and how long texts are that are kept: a file may have been
-- made to stop Wireshark.
local DEPTH = 1
local FIELDS_MAX = 256
local RECORD_FIELDS_MAX = 4096
local KEPT_MAX = 1000

local proto = Proto("mmio", "vfio-trace")

-- Kinds of records

local DEFINITIONS, READ, WRITE, ACCESS, MARK, TRACER = 0, 1, 2, 3, 4, 5
local INTERRUPT, MACHINE, MEMORY, MAP, UNMAP, DEVICE = 6, 7, 8, 9, 10, 11
local LOST, DAMAGED = 12, 13

local kind_names = {
    [DEFINITIONS] = "Definitions", [READ] = "Read", [WRITE] = "Write",
    [ACCESS] = "Access", [MARK] = "Mark", [TRACER] = "Mark of the tracer",
    [INTERRUPT] = "Interrupt", [MACHINE] = "Machine",
    [MEMORY] = "Guest memory", [MAP] = "Map", [UNMAP] = "Unmap",
    [DEVICE] = "Device", [LOST] = "Lost events", [DAMAGED] = "Damaged line",
}

-- Bits of the flags

local TIMED, VALUE, CPU, PC, ADDRESS, GUEST, CUT = 1, 2, 4, 8, 16, 32, 64

-- Marks of the tracer that say that something is wrong or missing

local warnings = {
    ["cut"] = true, ["damaged"] = true, ["departed"] = true, ["error"] = true,
    ["failed"] = true, ["memory-cut"] = true, ["pending"] = true,
    ["reader"] = true, ["refused"] = true, ["step-failed"] = true,
    ["step-lost"] = true, ["unsynced"] = true, ["unverified"] = true,
}

-- Fields

local f = {
    kind = ProtoField.uint8("mmio.kind", "Kind", base.DEC, kind_names),
    read = ProtoField.bool("mmio.read", "Read"),
    write = ProtoField.bool("mmio.write", "Write"),
    line = ProtoField.uint64("mmio.line", "Line of the log", base.DEC),
    time = ProtoField.relative_time("mmio.time", "Time in the log"),
    device = ProtoField.string("mmio.device", "Device"),
    region = ProtoField.string("mmio.region", "Region"),
    bar = ProtoField.uint8("mmio.bar", "BAR", base.DEC),
    reg = ProtoField.string("mmio.reg", "Register"),
    offset = ProtoField.uint64("mmio.offset", "Offset", base.HEX),
    width = ProtoField.uint8("mmio.width", "Bytes", base.DEC),
    value = ProtoField.uint64("mmio.value", "Value", base.HEX),
    before = ProtoField.uint64("mmio.before", "Value before", base.HEX),
    meaning = ProtoField.string("mmio.meaning", "Meaning"),
    change = ProtoField.string("mmio.change", "Change"),
    field = ProtoField.string("mmio.field", "Field"),
    address = ProtoField.uint64("mmio.address", "Address", base.HEX),
    cpu = ProtoField.uint32("mmio.cpu", "Processor", base.DEC),
    pc = ProtoField.uint64("mmio.pc", "Program counter", base.HEX),
    latency = ProtoField.uint32("mmio.latency", "Latency (ns)", base.DEC),
    phase = ProtoField.string("mmio.phase", "Phase"),
    mark = ProtoField.string("mmio.mark", "Mark"),
    guest = ProtoField.bool("mmio.guest", "Written by the guest"),
    tracer = ProtoField.string("mmio.tracer", "Mark of the tracer"),
    name = ProtoField.string("mmio.tracer.name", "Name"),
    irq = ProtoField.string("mmio.irq", "Interrupt"),
    machine = ProtoField.string("mmio.machine", "Machine"),
    memory = ProtoField.string("mmio.memory", "Guest memory"),
    data = ProtoField.bytes("mmio.data", "Data"),
    length = ProtoField.uint64("mmio.length", "Length", base.DEC),
    lost = ProtoField.uint64("mmio.lost", "Lost events", base.DEC),
    text = ProtoField.string("mmio.text", "Text"),
    definition = ProtoField.string("mmio.definition", "Definition"),
}

local all = {}
for _, field in pairs(f) do
    all[#all + 1] = field
end
proto.fields = all

local e = {
    malformed = ProtoExpert.new("mmio.malformed", "Malformed record",
        expert.group.MALFORMED, expert.severity.ERROR),
    version = ProtoExpert.new("mmio.version", "Version not known",
        expert.group.UNDECODED, expert.severity.WARN),
    undefined = ProtoExpert.new("mmio.undefined",
        "The definition of this access is not in the file",
        expert.group.UNDECODED, expert.severity.NOTE),
    mark = ProtoExpert.new("mmio.noted", "Mark",
        expert.group.COMMENTS_GROUP, expert.severity.COMMENT),
    warning = ProtoExpert.new("mmio.warned", "The tracer warns",
        expert.group.SEQUENCE, expert.severity.WARN),
    lost = ProtoExpert.new("mmio.missing", "Events are missing here",
        expert.group.SEQUENCE, expert.severity.WARN),
    damaged = ProtoExpert.new("mmio.damaged", "Damaged line",
        expert.group.MALFORMED, expert.severity.ERROR),
}
proto.experts = {
    e.malformed, e.version, e.undefined, e.mark, e.warning, e.lost, e.damaged,
}

-- Definitions, by the number of the file that they are of; emptied when another
-- capture is read

local sets = {}

-- Texts of parts, in tables by part
local kept, kept_n = {}, 0

function proto.init()
    sets, kept, kept_n = {}, {}, 0
end

local function set_of(number)
    local set = sets[number]
    if not set then
        set = { types = {}, shapes = {}, phases = {} }
        sets[number] = set
    end
    return set
end

-- Pairs

local TWO32 = 4294967296
local floor = math.floor

local function power(n)
    return floor(2 ^ n)
end

local function pair(lo, hi)
    return { lo = lo, hi = hi }
end

local ZERO = pair(0, 0)

local function right(v, n)
    if n == 0 then
        return v
    elseif n >= 64 then
        return ZERO
    elseif n >= 32 then
        return pair(floor(v.hi / power(n - 32)), 0)
    end
    local p = power(n)
    return pair(floor(v.lo / p) + (v.hi % p) * power(32 - n), floor(v.hi / p))
end

local function low_bits(v, n)
    if n >= 64 then
        return v
    elseif n >= 32 then
        return pair(v.lo, n == 32 and 0 or v.hi % power(n - 32))
    end
    return pair(v.lo % power(n), 0)
end

local function left(v, n)
    if n == 0 then
        return v
    elseif n >= 64 then
        return ZERO
    elseif n >= 32 then
        return pair(0, (v.lo % power(64 - n)) * power(n - 32))
    end
    local p = power(n)
    return pair((v.lo % power(32 - n)) * p,
                (v.hi % power(32 - n)) * p + floor(v.lo / power(32 - n)))
end

local function add(a, b)
    local lo = a.lo + b.lo
    local carry = lo >= TWO32 and 1 or 0
    return pair(lo % TWO32, (a.hi + b.hi + carry) % TWO32)
end

local function complement(v)
    return pair(TWO32 - 1 - v.lo, TWO32 - 1 - v.hi)
end

local function negative(v)
    return add(complement(v), pair(1, 0))
end

local function same(a, b)
    return a.lo == b.lo and a.hi == b.hi
end

local function mask_of(low, bits)
    return left(low_bits(complement(ZERO), bits), low)
end

-- Of 32 bits.  Lua 5.2 has a library, and 5.3 an operator, which 5.2 can't
-- parse.
local and32 = bit32 and bit32.band or
              load("return function(a, b) return a & b end")()

local function both(a, b)
    return pair(and32(a.lo, b.lo), and32(a.hi, b.hi))
end

local function is_zero(v)
    return v.lo == 0 and v.hi == 0
end

local function hex(v)
    if v.hi > 0 then
        return string.format("0x%x%08x", v.hi, v.lo)
    end
    return string.format("0x%x", v.lo)
end

-- As vfio-trace writes numbers in texts: 0 without 0x
local function number(v)
    return is_zero(v) and "0" or hex(v)
end

local function decimal(v)
    if v.hi < 2097152 then
        return string.format("%d", v.hi * TWO32 + v.lo)
    end
    return tostring(UInt64.new(v.lo, v.hi))
end

local function double(v)
    return v.hi * TWO32 + v.lo
end

local function key(v)
    return v.hi == 0 and v.lo or hex(v)
end

-- Values as texts, as `vfio-trace decode` prints them (lib/libregdb/text.c)

local HEX, UINT, INT, BOOLEAN, FLOAT = 0, 1, 2, 3, 4
local FIXED, UFIXED, ENUM, BITSET = 5, 6, 7, 8

local put_value

-- Fields that the record may still have in its texts; less than 0 if there were
-- too many
local room = 0

local function has_room()
    room = room - 1
    return room >= 0
end

local function resolve(type, v, bits)
    if (type.kind == INT or type.kind == FIXED) and
       not is_zero(both(v, mask_of(bits - 1, 1))) then
        v = add(v, complement(mask_of(0, bits)))
    end
    return add(left(v, type.shift), type.add)
end

-- IEEE 754 with a sign, so many bits of exponent and of fraction
local function real(v, exponent_bits, fraction_bits)
    local fraction = double(low_bits(v, fraction_bits))
    local exponent = double(low_bits(right(v, fraction_bits), exponent_bits))
    local sign = right(v, fraction_bits + exponent_bits).lo % 2
    local top, bias = power(exponent_bits) - 1, power(exponent_bits - 1) - 1
    local result
    if exponent == top then
        return (sign == 1 and "-" or "") .. (fraction > 0 and "nan" or "inf")
    elseif exponent == 0 then
        result = fraction * 2.0 ^ (1 - bias - fraction_bits)
    else
        result = (fraction + 2.0 ^ fraction_bits) *
                 2.0 ^ (exponent - bias - fraction_bits)
    end
    return string.format("%f", sign == 1 and -result or result)
end

local function put_float(v, bits)
    if bits == 64 then
        return real(v, 11, 52)
    elseif bits == 32 then
        return real(v, 8, 23)
    elseif bits == 16 then
        return real(v, 5, 10)
    end
    return number(v)
end

local function put_fixed(type, v, bits)
    local minus = type.kind == FIXED and v.hi >= 2147483648
    local size = minus and negative(v) or v
    local raw = minus and low_bits(v, bits) or v
    local digits = raw.hi > 0 and string.format("%x%08x", raw.hi, raw.lo) or
                   string.format("%08x", raw.lo)
    return string.format("%s%f (%s)", minus and "-" or "",
                         double(size) / 2.0 ^ type.radix, digits)
end

-- Which fields have a bit in a mask, and what is left of it: the same for all
-- values
local function make_plan(type, mask)
    local plan, known = { partial = {} }, ZERO
    for _, field in ipairs(type.fields) do
        if not is_zero(both(field.mask, mask)) then
            known = add(known, both(field.mask, complement(known)))
            plan[#plan + 1] = field
            plan.partial[#plan] = not same(both(field.mask, mask), field.mask)
        end
    end
    plan.rest = both(mask, complement(known))
    return plan
end

-- The plan for all of a type
local function plan_of(type)
    if not type.plan then
        type.plan = make_plan(type, complement(ZERO))
    end
    return type.plan
end

local function field_value(field, v)
    if v.hi == 0 and field.low < 32 then
        return pair(floor(v.lo / field.divisor) % field.modulus, 0)
    end
    return low_bits(right(v, field.low), field.bits)
end

local function is_flag(field, v)
    local type = field.type
    return type and type.kind == BOOLEAN and not type.indirect and
           v.hi == 0 and v.lo <= 1
end

local function put_field(field, v, partial, depth)
    if not field.type or (field.type.kind ~= HEX and partial) then
        return number(v)
    end
    return put_value(field.type, v, field.bits, depth)
end

-- A field of a text, or nil: a flag that is not set
local function name_field(field, v, partial, depth)
    if not is_flag(field, v) then
        return field.name .. " = " .. put_field(field, v, partial, depth)
    end
    return v.lo == 1 and field.name or nil
end

local function put_fields(plan, v, depth)
    local texts = {}
    for i, field in ipairs(plan) do
        if not has_room() then
            texts[#texts + 1] = "..."
            break
        end
        texts[#texts + 1] = name_field(field, field_value(field, v),
                                       plan.partial[i], depth)
    end
    local rest = both(v, plan.rest)
    if not is_zero(rest) then
        texts[#texts + 1] = hex(rest)
    end
    return "{ " .. (#texts > 0 and table.concat(texts, " | ") or "0") .. " }"
end

put_value = function(type, v, bits, depth)
    if not type or (type.kind == BITSET and depth > DEPTH) then
        return number(v)
    end
    v = resolve(type, v, bits)
    if type.kind == ENUM then
        return type.values[key(v)] or number(v)
    elseif type.kind == BITSET then
        return put_fields(plan_of(type), v, depth + 1)
    elseif type.kind == BOOLEAN and v.hi == 0 and v.lo <= 1 then
        return v.lo == 1 and "TRUE" or "FALSE"
    elseif type.kind == UINT then
        return decimal(v)
    elseif type.kind == INT then
        return v.hi >= 2147483648 and "-" .. decimal(negative(v)) or decimal(v)
    elseif type.kind == FLOAT then
        return put_float(v, bits)
    elseif type.kind == FIXED or type.kind == UFIXED then
        return put_fixed(type, v, bits)
    end
    return number(v)
end

local function bits_of(part, value)
    return low_bits(right(value, part.shift), part.bits)
end

-- The plan for a part of a register with fields
local function part_plan(part)
    if not part.plan then
        part.plan = make_plan(part.type, left(mask_of(part.low, part.bits),
                                              part.type.shift))
    end
    return part.plan
end

-- A part's bits where they are in the type with fields
local function part_value(part, v)
    return add(left(left(v, part.low), part.type.shift), part.type.add)
end

-- What a part's value means, or nil if it is the number itself
local function meaning(part, value)
    local type = part.type
    local v = bits_of(part, value)
    local text
    if not type then
        return nil
    elseif part.bits >= part.width then
        text = put_value(type, v, part.bits, 0)
    elseif type.kind == BITSET then
        text = put_fields(part_plan(part), part_value(part, v), 1)
    else
        text = number(v)
    end
    local plain = v.hi == 0 and v.lo < 10 and decimal(v) or hex(v)
    if text == plain or text == hex(v) then
        return nil
    end
    return text
end

local function change_field(field, old, new, partial)
    if is_flag(field, new) and old.hi == 0 and old.lo <= 1 then
        return (new.lo == 1 and "+" or "-") .. field.name
    end
    return field.name .. " " .. put_field(field, old, partial, 1) .. " -> " ..
           put_field(field, new, partial, 1)
end

local function change_fields(plan, before, after)
    local texts = {}
    for i, field in ipairs(plan) do
        local old, new = field_value(field, before), field_value(field, after)
        if not has_room() then
            texts[#texts + 1] = "..."
            break
        end
        if not same(old, new) then
            texts[#texts + 1] = change_field(field, old, new, plan.partial[i])
        end
    end
    local old, new = both(before, plan.rest), both(after, plan.rest)
    if not same(old, new) then
        texts[#texts + 1] = number(old) .. " -> " .. number(new)
    end
    return table.concat(texts, " ")
end

-- What has changed in a part, or nil
local function change(part, before, after)
    local type = part.type
    local old, new = bits_of(part, before), bits_of(part, after)
    if same(old, new) then
        return nil
    elseif type and type.kind == BITSET and part.width > 0 then
        return change_fields(part_plan(part), part_value(part, old),
                             part_value(part, new))
    end
    if part.bits < part.width then
        type = nil
    end
    return put_value(type, old, part.bits, 0) .. " -> " ..
           put_value(type, new, part.bits, 0)
end

-- A part's name as `decode` prints it
local function part_name(part, region)
    if part.name == "" then
        return (region or "") .. "+" .. hex(part.offset)
    elseif part.width > 0 and (part.low > 0 or part.bits < part.width) then
        return string.format("%s[%d:%d]", part.name, part.low + part.bits - 1,
                             part.low)
    end
    return part.name
end

-- Reading.  The bytes are read as a string, since ranges of a Tvb are objects
-- that take longer to make than all else.  Every function returns nil where
-- bytes are missing.

local byte = string.byte

local function read8(source, at, stop)
    return at + 1 <= stop and byte(source.bytes, at + 1) or nil
end

local function read16(source, at, stop)
    if at + 2 > stop then
        return nil
    end
    local b0, b1 = byte(source.bytes, at + 1, at + 2)
    return b0 + b1 * 256
end

local function read32(source, at, stop)
    if at + 4 > stop then
        return nil
    end
    local b0, b1, b2, b3 = byte(source.bytes, at + 1, at + 4)
    return b0 + b1 * 256 + b2 * 65536 + b3 * 16777216
end

local function read64(source, at, stop)
    if at + 8 > stop then
        return nil
    end
    local b0, b1, b2, b3, b4, b5, b6, b7 = byte(source.bytes, at + 1, at + 8)
    return pair(b0 + b1 * 256 + b2 * 65536 + b3 * 16777216,
                b4 + b5 * 256 + b6 * 65536 + b7 * 16777216)
end

-- Characters that a terminal would execute, and those that change directions, as
-- in lib/libmmiotrace/printable.c
local unprintable = {
    "%c", "\xc2[\x80-\x9f]", "\xd8\x9c", "\xe2\x80[\x8e\x8f\xa8-\xae]",
    "\xe2\x81[\xa6-\xa9]",
}

-- Return: the text; characters that a line can not show are '?'
local function read_text(source, at, len)
    local text = source.bytes:sub(at + 1, at + len)
    if text:find("[^ -~]") then
        -- other files than ours may have bytes that are not UTF-8
        text = source.tvb(at, len):string(ENC_UTF_8)
        for _, pattern in ipairs(unprintable) do
            text = text:gsub(pattern, "?")
        end
    end
    return text
end

-- Return: a name behind a byte with its length, and what follows
local function read_name(source, at, stop)
    local len = read8(source, at, stop)
    if not len or at + 1 + len > stop then
        return nil
    end
    return read_text(source, at + 1, len), at + 1 + len
end

-- Definitions.  Return: a text for the tree; nil if it is malformed

local function define_phase(set, source, at, stop)
    local id = read32(source, at, stop)
    local name = read_name(source, at + 4, stop)
    if not id or not name then
        return nil
    end
    set.phases[id] = name
    return string.format("phase %d: %s", id, name)
end

local function read_values(type, source, at, stop, count)
    for _ = 1, count do
        local value = read64(source, at, stop)
        local name, after = read_name(source, at + 8, stop)
        if not value or not name then
            return false
        end
        local k = key(value)
        type.values[k] = type.values[k] or name
        at = after
    end
    return true
end

local function read_fields(set, type, source, at, stop, count)
    for _ = 1, count do
        local low, high = read8(source, at, stop), read8(source, at + 1, stop)
        local id = read32(source, at + 2, stop)
        local name, after = read_name(source, at + 6, stop)
        if not name or low > high or high > 63 then
            return false
        end
        local bits = high - low + 1
        type.fields[#type.fields + 1] = {
            name = name, low = low, bits = bits, mask = mask_of(low, bits),
            divisor = power(low), modulus = power(bits), type = set.types[id],
        }
        at = after
    end
    return true
end

local function define_type(set, source, at, stop)
    local id, kind = read32(source, at, stop), read8(source, at + 4, stop)
    local shift = read8(source, at + 5, stop)
    local value = read64(source, at + 6, stop)
    local radix = read8(source, at + 14, stop)
    local indirect = read8(source, at + 15, stop)
    local count = read16(source, at + 16, stop)
    if not count or shift > 63 or radix > 63 or
       (kind == BITSET and count > FIELDS_MAX) then
        return nil
    end
    local type = { kind = kind, shift = shift, add = value, radix = radix,
                   indirect = indirect == 1, values = {}, fields = {} }
    local good = true
    if kind == ENUM then
        good = read_values(type, source, at + 18, stop, count)
    elseif kind == BITSET then
        good = read_fields(set, type, source, at + 18, stop, count)
    end
    if not good then
        return nil
    end
    set.types[id] = type
    if kind == BITSET then
        local names = {}
        for _, field in ipairs(type.fields) do
            names[#names + 1] = field.name
        end
        return string.format("type %d: %s", id, table.concat(names, ", "))
    end
    return string.format("type %d", id)
end

local function define_shape(set, source, at, stop)
    local id, count = read32(source, at, stop), read8(source, at + 4, stop)
    if not count or count > 8 then
        return nil
    end
    local shape, names = {}, {}
    at = at + 5
    for i = 1, count do
        local shift, low = read8(source, at, stop), read8(source, at + 1, stop)
        local bits = read8(source, at + 2, stop)
        local width = read8(source, at + 3, stop)
        local offset = read64(source, at + 4, stop)
        local kind = read32(source, at + 12, stop)
        local name, after = read_name(source, at + 16, stop)
        if not name or bits < 1 or shift + bits > 64 or low + bits > 64 then
            return nil
        end
        shape[i] = { name = name, shift = shift, low = low, bits = bits,
                     width = width, offset = offset, type = set.types[kind] }
        names[i] = part_name(shape[i], "")
        at = after
    end
    set.shapes[id] = shape
    return string.format("shape %d: %s", id, table.concat(names, ", "))
end

-- Items of a record

local ITEM_DEVICE, ITEM_REGION, ITEM_REGISTER, ITEM_TEXT = 1, 2, 3, 4
local ITEM_MARK, ITEM_LATENCY, ITEM_DATA, ITEM_BEFORE = 5, 6, 7, 8
local define = {
    [9] = define_phase, [10] = define_type, [11] = define_shape,
}

local item_fields = {
    [ITEM_DEVICE] = f.device, [ITEM_REGION] = f.region,
    [ITEM_REGISTER] = f.reg, [ITEM_MARK] = f.name,
}
local item_names = {
    [ITEM_DEVICE] = "device", [ITEM_REGION] = "region", [ITEM_TEXT] = "text",
    [ITEM_MARK] = "mark",
}

-- What texts of each kind are called
local text_fields = {
    [MARK] = f.mark, [TRACER] = f.tracer, [INTERRUPT] = f.irq,
    [MACHINE] = f.machine, [MEMORY] = f.memory,
}

-- Take an item.  Return: whether it is well formed
local function take_item(record, tree, type, at, len)
    if define[type] then
        local text = define[type](record.set, record, at, at + len)
        if text and record.kind == DEFINITIONS and
           tree:referenced(f.definition) then
            tree:add(f.definition, record.tvb(at, len), text)
        end
        return text ~= nil
    elseif type == ITEM_LATENCY then
        record.latency, record.latency_at = read32(record, at, at + len), at
        return len == 4
    elseif type == ITEM_BEFORE then
        record.before, record.before_at = read64(record, at, at + len), at
        return len == 8
    elseif len == 0 then
        return true
    elseif type == ITEM_DATA then
        if tree:referenced(f.data) then
            tree:add(f.data, record.tvb(at, len))
        end
        return true
    end
    local text = read_text(record, at, len)
    local field = item_fields[type]
    if type == ITEM_TEXT then
        field = text_fields[record.kind] or f.text
    end
    if field and tree:referenced(field) then
        tree:add(field, record.tvb(at, len), text)
    end
    if type == ITEM_REGISTER then
        record.registers[#record.registers + 1] = text
    elseif item_names[type] then
        record[item_names[type]] = text
    end
    return true
end

local function take_items(record, tree, at)
    local stop = #record.bytes
    local good = true
    while at < stop do
        local head = read32(record, at, stop)
        if not head then
            tree:add_proto_expert_info(e.malformed, "An item is cut off")
            return
        end
        local type, len = head % 256, floor(head / 256)
        if at + 4 + len > stop then
            tree:add_proto_expert_info(e.malformed,
                                       "An item is longer than the record")
            return
        end
        -- said once: a record may have thousands of items
        if not take_item(record, tree, type, at + 4, len) and good then
            good = false
            tree:add_proto_expert_info(e.malformed,
                                       "An item of the record is malformed")
        end
        at = at + 4 + len
    end
end

-- The head of a record

local region_names = { [6] = "rom", [7] = "config", [8] = "vga-memory",
                       [9] = "vga-3b0", [10] = "vga-3c0" }

local function is_access(record)
    return record.kind >= READ and record.kind <= ACCESS
end

local function has(record, flag)
    return floor(record.flags / flag) % 2 == 1
end

local function read_head(tvb)
    local record = { tvb = tvb, bytes = tvb:raw(), registers = {} }
    record.kind = read8(record, 5, HEAD)
    record.set = set_of(read32(record, 8, HEAD))
    record.flags = read32(record, 12, HEAD)
    record.offset = read64(record, 32, HEAD)
    record.value = read64(record, 40, HEAD)
    record.cpu = read32(record, 64, HEAD)
    record.phase = read32(record, 68, HEAD)
    record.shape = read32(record, 72, HEAD)
    record.width = read8(record, 76, HEAD)
    record.region_number = read8(record, 77, HEAD)
    return record
end

-- Fields are added if a filter or the window asks for them.

local function add_bytes(record, tree, field, at, len)
    if tree:referenced(field) then
        tree:add_le(field, record.tvb(at, len))
    end
end

local function add_true(record, tree, field, at)
    if tree:referenced(field) then
        tree:add(field, record.tvb(at, 1), true)
    end
end

-- Numbers of 64 bits without the zeros that Wireshark would put before them
local function add_hex(record, tree, field, name, at)
    if tree:referenced(field) then
        tree:add_le(field, record.tvb(at, 8)):set_text(
            name .. ": " .. hex(read64(record, at, at + 8)))
    end
end

local function add_access(record, tree)
    if record.kind == READ then
        add_true(record, tree, f.read, 5)
    elseif record.kind == WRITE then
        add_true(record, tree, f.write, 5)
    end
    if record.region_number <= 5 then
        add_bytes(record, tree, f.bar, 77, 1)
    end
    add_hex(record, tree, f.offset, "Offset", 32)
    add_bytes(record, tree, f.width, 76, 1)
    if has(record, VALUE) then
        add_hex(record, tree, f.value, "Value", 40)
    end
    if has(record, CPU) then
        add_bytes(record, tree, f.cpu, 64, 4)
    end
    if has(record, PC) then
        add_hex(record, tree, f.pc, "Program counter", 56)
    end
    if record.latency then
        add_bytes(record, tree, f.latency, record.latency_at, 4)
    end
end

local function add_other(record, tree)
    if record.kind == MARK and has(record, GUEST) then
        add_true(record, tree, f.guest, 12)
    elseif record.kind == MEMORY then
        add_hex(record, tree, f.address, "Address", 32)
    elseif has(record, VALUE) then
        add_bytes(record, tree, record.kind == LOST and f.lost or f.length,
                  40, 8)
    end
end

-- Where it comes from in the log
local function add_origin(record, tree)
    add_bytes(record, tree, f.line, 16, 8)
    if has(record, TIMED) and tree:referenced(f.time) then
        local ns = record.tvb(24, 8):le_uint64()
        tree:add(f.time, record.tvb(24, 8),
                 NSTime.new((ns / 1000000000):tonumber(),
                            (ns % 1000000000):tonumber()))
    end
    local phase = record.set.phases[record.phase]
    if phase and tree:referenced(f.phase) then
        tree:add(f.phase, record.tvb(68, 4), phase)
    end
end

local function add_head(record, tree)
    if record.kind == DEFINITIONS then
        return
    end
    if is_access(record) then
        add_access(record, tree)
    else
        add_other(record, tree)
    end
    if has(record, ADDRESS) then
        add_hex(record, tree, f.address, "Address", 48)
    end
    add_origin(record, tree)
end

-- What the value of an access means

local function add_fields(part, value, tree, range)
    local plan, v = part_plan(part), part_value(part, bits_of(part, value))
    for i, field in ipairs(plan) do
        if not has_room() then
            break
        end
        local bits = field_value(field, v)
        local text = is_flag(field, bits) and
                     field.name .. " = " .. decimal(bits) or
                     name_field(field, bits, plan.partial[i], 1)
        tree:add(f.field, range, text):set_text(
            string.format("[%d:%d] %s", field.low + field.bits - 1, field.low,
                          text))
    end
    local rest = both(v, plan.rest)
    if not is_zero(rest) then
        tree:add(f.field, range, "bits without a name: " .. hex(rest))
    end
end

local function add_part(record, part, texts, tree, range)
    local item = tree:add(f.meaning, range, texts.means or texts.value)
    item:set_text(texts.plain)
    if part.type and part.type.kind == BITSET and tree:referenced(f.field) then
        add_fields(part, record.value, item, range)
    end
    if texts.changed then
        tree:add(f.change, record.tvb(record.before_at, 8), texts.changed)
    end
end

-- Texts of a part
local function make_texts(part, value, before, region)
    local texts = { value = hex(bits_of(part, value)) }
    texts.means = meaning(part, value)
    texts.plain = part_name(part, region) .. " = " .. texts.value ..
                  (texts.means and " " .. texts.means or "")
    texts.changed = before and change(part, before, value) or nil
    texts.all = texts.plain ..
                (texts.changed and "  " .. texts.changed or "")
    return texts
end

-- Registers are accessed with few different values: texts are kept, up to a
-- limit
local TEXTS_MAX = 20000

local function find_texts(part, record)
    local value, before = record.value, record.before
    local id = string.format("%x %x %x %x", value.hi, value.lo,
                             before and before.hi or value.hi,
                             before and before.lo or value.lo)
    local of_part = kept[part]
    if not of_part or kept_n > TEXTS_MAX then
        if kept_n > TEXTS_MAX then
            kept, kept_n = {}, 0
        end
        of_part = {}
        kept[part] = of_part
    end
    local texts = of_part[id]
    if not texts then
        texts = make_texts(part, value, before, record.region)
        if #texts.all <= KEPT_MAX and room >= 0 then
            of_part[id], kept_n = texts, kept_n + 1
        end
    end
    return texts
end

local function plain_name(record)
    local region = record.region or region_names[record.region_number] or "?"
    return record.registers[1] or region .. "+" .. hex(record.offset)
end

local function add_plain(record, tree)
    local text = plain_name(record) .. " = "
    if not has(record, VALUE) then
        return text .. "?"
    end
    text = text .. hex(record.value)
    if record.before then
        local changed = number(record.before) .. " -> " .. number(record.value)
        if tree:referenced(f.change) then
            tree:add(f.change, record.tvb(record.before_at, 8), changed)
        end
        text = text .. "  " .. changed
    end
    return text
end

local function add_parts(record, shape, tree)
    local wanted = tree:referenced(f.meaning) or tree:referenced(f.field) or
                   tree:referenced(f.change)
    local lines = {}
    for i, part in ipairs(shape) do
        local texts = find_texts(part, record)
        lines[i] = texts.all
        if wanted then
            add_part(record, part, texts, tree, record.tvb(40, 8))
        end
    end
    return table.concat(lines, "; ")
end

-- Columns

local letters = { [READ] = "R", [WRITE] = "W", [ACCESS] = "?" }

local function place(record)
    local device = record.device or ""
    return device .. (device ~= "" and " " or "") .. (record.region or "")
end

local function show_access(record, pinfo, tree)
    local shape = record.set.shapes[record.shape]
    local text
    if record.before then
        add_hex(record, tree, f.before, "Value before", record.before_at)
    end
    if shape and has(record, VALUE) then
        text = add_parts(record, shape, tree)
    else
        text = add_plain(record, tree)
        if record.shape > 0 and not shape then
            tree:add_proto_expert_info(e.undefined)
        end
    end
    local cpu = has(record, CPU) and string.format("cpu %d", record.cpu) or
                "cpu"
    local source, target = place(record), cpu
    if record.kind == WRITE then
        source, target = target, source
    end
    pinfo.cols.src = source
    pinfo.cols.dst = target
    return string.format("%s%d %s", letters[record.kind], record.width, text)
end

local function without_prefix(text)
    return (text:gsub("^vfio%-trace: ", ""))
end

local function show_mark(record, pinfo, tree)
    local text = record.text or ""
    pinfo.cols.src = has(record, GUEST) and "guest" or "user"
    tree:add_proto_expert_info(e.mark, "Mark: " .. text)
    return "mark " .. text
end

local function show_tracer(record, pinfo, tree)
    local text = without_prefix(record.text or "")
    pinfo.cols.src = record.device or "tracer"
    if warnings[record.mark] then
        tree:add_proto_expert_info(e.warning, "The tracer warns: " .. text)
    end
    return text
end

local function show_map(record, pinfo)
    pinfo.cols.src = place(record)
    return string.format("map %s at %s, %s bytes", record.region or "-",
                         hex(record.address), decimal(record.value))
end

local function show_unmap(record, pinfo)
    pinfo.cols.src = place(record)
    return "unmap " .. (record.region or "-")
end

local function show_device(record)
    return record.text or ""
end

local function show_lost(record, _, tree)
    tree:add_proto_expert_info(e.lost)
    if not has(record, VALUE) then
        return "lost events"
    end
    return "lost " .. decimal(record.value) .. " events"
end

local function show_damaged(record, _, tree)
    tree:add_proto_expert_info(e.damaged)
    return "damaged line: " .. (record.text or "")
end

local function show_definitions()
    return "definitions of registers and their fields"
end

local show = {
    [DEFINITIONS] = show_definitions, [READ] = show_access,
    [WRITE] = show_access, [ACCESS] = show_access, [MARK] = show_mark,
    [TRACER] = show_tracer, [INTERRUPT] = show_tracer,
    [MACHINE] = show_tracer, [MEMORY] = show_tracer, [MAP] = show_map,
    [UNMAP] = show_unmap, [DEVICE] = show_device, [LOST] = show_lost,
    [DAMAGED] = show_damaged,
}

-- Protocol: what people would filter
local protocols = {
    [READ] = "MMIO", [WRITE] = "MMIO", [ACCESS] = "MMIO", [MARK] = "MARK",
    [INTERRUPT] = "IRQ", [MACHINE] = "VM", [MEMORY] = "MEMORY",
    [DAMAGED] = "DAMAGED", [LOST] = "LOST",
}

local function refuse(tvb, pinfo, tree, expert_info, text)
    local item = tree:add(proto, tvb())
    item:add_proto_expert_info(expert_info, text)
    pinfo.cols.protocol = "MMIO"
    pinfo.cols.info = text
    return tvb:len()
end

function proto.dissector(tvb, pinfo, tree)
    if tvb:len() < 8 or tvb(0, 4):string() ~= "VFTR" then
        -- the link type is for everyone's private use
        return Dissector.get("data"):call(tvb, pinfo, tree)
    end
    if tvb(4, 1):uint() ~= VERSION then
        return refuse(tvb, pinfo, tree, e.version, string.format(
            "Record of version %d, which needs a newer vfio-trace.lua",
            tvb(4, 1):uint()))
    end
    local head = tvb(6, 2):le_uint()
    if tvb:len() < HEAD or head < HEAD or head > tvb:len() then
        return refuse(tvb, pinfo, tree, e.malformed, "The record is cut off")
    end
    local record = read_head(tvb)
    local item = tree:add(proto, tvb())
    record.address = read64(record, 48, HEAD)
    room = RECORD_FIELDS_MAX
    add_bytes(record, item, f.kind, 5, 1)
    take_items(record, item, head)
    add_head(record, item)
    pinfo.cols.protocol = protocols[record.kind] or "TRACE"
    local shown = show[record.kind]
    local info = shown and shown(record, pinfo, item) or
                 string.format("record of kind %d", record.kind)
    if record.latency then
        info = string.format("%s  (%d ns)", info, record.latency)
    end
    if has(record, CUT) then
        info = info .. " ..."
    end
    item:append_text(": " .. info)
    pinfo.cols.info = info
    return tvb:len()
end

DissectorTable.get("wtap_encap"):add((wtap_encaps or wtap).USER7, proto)
