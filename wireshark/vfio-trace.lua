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
-- types that are fields of types
local DEPTH = 8

local proto = Proto("mmio", "Access to a register (vfio-trace)")

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
    mark = ProtoExpert.new("mmio.expert.mark", "Mark",
        expert.group.COMMENTS_GROUP, expert.severity.COMMENT),
    warning = ProtoExpert.new("mmio.expert.tracer", "The tracer warns",
        expert.group.SEQUENCE, expert.severity.WARN),
    lost = ProtoExpert.new("mmio.expert.lost", "Events are missing here",
        expert.group.SEQUENCE, expert.severity.WARN),
    damaged = ProtoExpert.new("mmio.expert.damaged", "Damaged line",
        expert.group.MALFORMED, expert.severity.ERROR),
}
proto.experts = {
    e.malformed, e.version, e.undefined, e.mark, e.warning, e.lost, e.damaged,
}

-- Definitions, by the number of the file that they are of; emptied when another
-- capture is read

local sets = {}

function proto.init()
    sets = {}
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

-- Both 32 bits
local function and32(a, b)
    local result, bit = 0, 1
    while a > 0 and b > 0 do
        local x, y = a % 65536, b % 65536
        if x == 65535 then
            result = result + y * bit
        elseif y == 65535 then
            result = result + x * bit
        elseif x > 0 and y > 0 then
            local place = bit
            for _ = 1, 16 do
                if x % 2 == 1 and y % 2 == 1 then
                    result = result + place
                end
                x, y, place = floor(x / 2), floor(y / 2), place * 2
            end
        end
        a, b, bit = floor(a / 65536), floor(b / 65536), bit * 65536
    end
    return result
end

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
        if fraction > 0 then
            return "nan"
        end
        return sign == 1 and "-inf" or "inf"
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

-- Call taken(field, value) for each field that has a bit in the mask; the field
-- is nil for bits that no field has
local function each_field(type, v, mask, taken)
    local known = ZERO
    for _, field in ipairs(type.fields) do
        if not is_zero(both(field.mask, mask)) then
            local missing = both(field.mask, complement(known))
            known = add(known, missing)
            taken(field, low_bits(right(v, field.low), field.bits))
        end
    end
    local rest = both(both(v, mask), complement(known))
    if not is_zero(rest) then
        taken(nil, rest)
    end
end

local function is_flag(field, v)
    local type = field.type
    return type and type.kind == BOOLEAN and not type.indirect and
           v.hi == 0 and v.lo <= 1
end

local function put_field(field, v, mask, depth)
    if not field.type or
       (field.type.kind ~= HEX and
        not same(both(field.mask, mask), field.mask)) then
        return number(v)
    end
    return put_value(field.type, v, field.bits, depth)
end

-- A field of a text, or nil: a flag that is not set
local function name_field(field, v, mask, depth)
    if not field then
        return hex(v)
    elseif not is_flag(field, v) then
        return field.name .. " = " .. put_field(field, v, mask, depth)
    end
    return v.lo == 1 and field.name or nil
end

local function put_fields(type, v, mask, depth)
    local texts = {}
    each_field(type, v, mask, function(field, value)
        texts[#texts + 1] = name_field(field, value, mask, depth)
    end)
    return "{ " .. (#texts > 0 and table.concat(texts, " | ") or "0") .. " }"
end

put_value = function(type, v, bits, depth)
    if not type or depth > DEPTH then
        return number(v)
    end
    v = resolve(type, v, bits)
    if type.kind == ENUM then
        return type.values[key(v)] or number(v)
    elseif type.kind == BITSET then
        return put_fields(type, v, complement(ZERO), depth + 1)
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
        local whole = add(left(left(v, part.low), type.shift), type.add)
        local mask = left(mask_of(part.low, part.bits), type.shift)
        text = put_fields(type, whole, mask, 1)
    else
        text = number(v)
    end
    local plain = v.hi == 0 and v.lo < 10 and decimal(v) or hex(v)
    if text == plain or text == hex(v) then
        return nil
    end
    return text
end

local function change_field(field, old, new, mask, depth)
    if is_flag(field, new) and old.hi == 0 and old.lo <= 1 then
        return (new.lo == 1 and "+" or "-") .. field.name
    end
    return field.name .. " " .. put_field(field, old, mask, depth) .. " -> " ..
           put_field(field, new, mask, depth)
end

local function change_fields(type, before, after, mask)
    local texts, known = {}, ZERO
    each_field(type, after, mask, function(field, value)
        if field then
            local old = low_bits(right(before, field.low), field.bits)
            known = add(known, both(field.mask, complement(known)))
            if not same(old, value) then
                texts[#texts + 1] = change_field(field, old, value, mask, 1)
            end
        end
    end)
    local rest = both(mask, complement(known))
    local old, new = both(before, rest), both(after, rest)
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
        local mask = left(mask_of(part.low, part.bits), type.shift)
        return change_fields(type,
            add(left(left(old, part.low), type.shift), type.add),
            add(left(left(new, part.low), type.shift), type.add), mask)
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

-- Reading; every function returns nil where bytes are missing

local function read8(tvb, at, stop)
    return at + 1 <= stop and tvb(at, 1):uint() or nil
end

local function read16(tvb, at, stop)
    return at + 2 <= stop and tvb(at, 2):le_uint() or nil
end

local function read32(tvb, at, stop)
    return at + 4 <= stop and tvb(at, 4):le_uint() or nil
end

local function read64(tvb, at, stop)
    if at + 8 > stop then
        return nil
    end
    return pair(tvb(at, 4):le_uint(), tvb(at + 4, 4):le_uint())
end

-- Return: the text; characters that a line can not show are '?'
local function read_text(tvb, at, len)
    if len == 0 then
        return ""
    end
    return (tvb(at, len):string(ENC_UTF_8):gsub("%c", "?"))
end

-- Return: a name behind a byte with its length, and what follows
local function read_name(tvb, at, stop)
    local len = read8(tvb, at, stop)
    if not len or at + 1 + len > stop then
        return nil
    end
    return read_text(tvb, at + 1, len), at + 1 + len
end

-- Definitions.  Return: a text for the tree; nil if it is malformed

local function define_phase(set, tvb, at, stop)
    local id = read32(tvb, at, stop)
    local name = read_name(tvb, at + 4, stop)
    if not id or not name then
        return nil
    end
    set.phases[id] = name
    return string.format("phase %d: %s", id, name)
end

local function read_values(type, tvb, at, stop, count)
    for _ = 1, count do
        local value = read64(tvb, at, stop)
        local name, after = read_name(tvb, at + 8, stop)
        if not value or not name then
            return false
        end
        local k = key(value)
        type.values[k] = type.values[k] or name
        at = after
    end
    return true
end

local function read_fields(set, type, tvb, at, stop, count)
    for _ = 1, count do
        local low, high = read8(tvb, at, stop), read8(tvb, at + 1, stop)
        local id = read32(tvb, at + 2, stop)
        local name, after = read_name(tvb, at + 6, stop)
        if not name or low > high or high > 63 then
            return false
        end
        local bits = high - low + 1
        type.fields[#type.fields + 1] = {
            name = name, low = low, bits = bits, mask = mask_of(low, bits),
            type = set.types[id],
        }
        at = after
    end
    return true
end

local function define_type(set, tvb, at, stop)
    local id, kind = read32(tvb, at, stop), read8(tvb, at + 4, stop)
    local shift, value = read8(tvb, at + 5, stop), read64(tvb, at + 6, stop)
    local radix = read8(tvb, at + 14, stop)
    local indirect = read8(tvb, at + 15, stop)
    local count = read16(tvb, at + 16, stop)
    if not count or shift > 63 or radix > 63 then
        return nil
    end
    local type = { kind = kind, shift = shift, add = value, radix = radix,
                   indirect = indirect == 1, values = {}, fields = {} }
    local good = true
    if kind == ENUM then
        good = read_values(type, tvb, at + 18, stop, count)
    elseif kind == BITSET then
        good = read_fields(set, type, tvb, at + 18, stop, count)
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

local function define_shape(set, tvb, at, stop)
    local id, count = read32(tvb, at, stop), read8(tvb, at + 4, stop)
    if not count or count > 8 then
        return nil
    end
    local shape, names = {}, {}
    at = at + 5
    for i = 1, count do
        local shift, low = read8(tvb, at, stop), read8(tvb, at + 1, stop)
        local bits, width = read8(tvb, at + 2, stop), read8(tvb, at + 3, stop)
        local offset = read64(tvb, at + 4, stop)
        local kind = read32(tvb, at + 12, stop)
        local name, after = read_name(tvb, at + 16, stop)
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

local function malformed(tree, tvb, at, text)
    tree:add_proto_expert_info(e.malformed, text)
    return tvb:len() - at
end

-- Take an item.  Return: whether it is well formed
local function take_item(record, tree, tvb, type, at, len)
    local range = len > 0 and tvb(at, len) or nil
    if define[type] then
        local text = define[type](record.set, tvb, at, at + len)
        if text and record.kind == DEFINITIONS then
            tree:add(f.definition, range, text)
        end
        return text ~= nil
    elseif type == ITEM_LATENCY and len == 4 then
        tree:add_le(f.latency, range)
        record.latency = range:le_uint()
    elseif type == ITEM_BEFORE and len == 8 then
        record.before = read64(tvb, at, at + len)
        record.before_range = range
    elseif type == ITEM_DATA then
        record.data = len
        if range then
            tree:add(f.data, range)
        end
    elseif type == ITEM_LATENCY or type == ITEM_BEFORE then
        return false
    elseif range then
        local text = read_text(tvb, at, len)
        local field = item_fields[type]
        if type == ITEM_TEXT then
            field = text_fields[record.kind] or f.text
        end
        if field then
            tree:add(field, range, text)
        end
        if type == ITEM_REGISTER then
            record.registers[#record.registers + 1] = text
        elseif item_names[type] then
            record[item_names[type]] = text
        end
    end
    return true
end

local function take_items(record, tree, tvb, at)
    local stop = tvb:len()
    while at < stop do
        local head = read32(tvb, at, stop)
        if not head then
            return malformed(tree, tvb, at, "An item is cut off")
        end
        local type, len = head % 256, floor(head / 256)
        if at + 4 + len > stop then
            return malformed(tree, tvb, at,
                             "An item is longer than the record")
        end
        if not take_item(record, tree, tvb, type, at + 4, len) then
            malformed(tree, tvb, at, "A definition or an item is malformed")
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
    local record = {
        kind = tvb(5, 1):uint(), flags = tvb(12, 4):le_uint(),
        offset = read64(tvb, 32, HEAD), value = read64(tvb, 40, HEAD),
        phase = tvb(68, 4):le_uint(), shape = tvb(72, 4):le_uint(),
        width = tvb(76, 1):uint(), region_number = tvb(77, 1):uint(),
        cpu = tvb(64, 4):le_uint(),
        registers = {},
    }
    record.set = set_of(tvb(8, 4):le_uint())
    return record
end

local function add_access(record, tree, tvb)
    if record.kind == READ then
        tree:add(f.read, tvb(5, 1), true)
    elseif record.kind == WRITE then
        tree:add(f.write, tvb(5, 1), true)
    end
    if record.region_number <= 5 then
        tree:add(f.bar, tvb(77, 1))
    end
    tree:add_le(f.offset, tvb(32, 8))
    tree:add(f.width, tvb(76, 1))
    if has(record, CPU) then
        tree:add_le(f.cpu, tvb(64, 4))
    end
    if has(record, PC) then
        tree:add_le(f.pc, tvb(56, 8))
    end
end

local function add_head(record, tree, tvb)
    tree:add(f.kind, tvb(5, 1))
    if record.kind == DEFINITIONS then
        return
    end
    tree:add_le(f.line, tvb(16, 8))
    if has(record, TIMED) then
        local ns = tvb(24, 8):le_uint64()
        tree:add(f.time, tvb(24, 8),
                 NSTime.new((ns / 1000000000):tonumber(),
                            (ns % 1000000000):tonumber()))
    end
    if is_access(record) then
        add_access(record, tree, tvb)
    elseif record.kind == MEMORY then
        tree:add_le(f.address, tvb(32, 8))
    end
    if has(record, ADDRESS) then
        tree:add_le(f.address, tvb(48, 8))
    end
    if has(record, VALUE) then
        local field = record.kind == MAP and f.length or
                      record.kind == LOST and f.lost or f.value
        record.value_item = tree:add_le(field, tvb(40, 8))
    end
    if record.kind == MARK and has(record, GUEST) then
        tree:add(f.guest, tvb(12, 4), true)
    end
    local phase = record.set.phases[record.phase]
    if phase then
        tree:add(f.phase, tvb(68, 4), phase)
    end
end

-- What the value of an access means

local function add_fields(part, value, tree, range)
    local type = part.type
    if not type or type.kind ~= BITSET then
        return
    end
    local v = left(bits_of(part, value), part.low)
    local mask = left(mask_of(part.low, part.bits), type.shift)
    v = add(left(v, type.shift), type.add)
    each_field(type, v, mask, function(field, bits)
        local text
        if not field then
            text = "bits without a name: " .. hex(bits)
        elseif is_flag(field, bits) then
            text = field.name .. " = " .. decimal(bits)
        else
            text = name_field(field, bits, mask, 1)
        end
        local item = tree:add(f.field, range, text)
        if field then
            item:append_text(string.format("  [%d:%d]",
                field.low + field.bits - 1, field.low))
        end
    end)
end

-- Return: the text of a part for the column, with its value
local function add_part(record, part, tree, range)
    local v = bits_of(part, record.value)
    local name = part_name(part, record.region)
    local text = name .. " = " .. hex(v)
    local means = meaning(part, record.value)
    local item = tree:add(f.meaning, range, means or hex(v))
    item:set_text(text .. (means and " " .. means or ""))
    add_fields(part, record.value, item, range)
    if means then
        text = text .. " " .. means
    end
    if record.before then
        local changed = change(part, record.before, record.value)
        if changed then
            tree:add(f.change, record.before_range, changed)
            text = text .. "  " .. changed
        end
    end
    return text
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
        tree:add(f.change, record.before_range, changed)
        text = text .. "  " .. changed
    end
    return text
end

local function add_parts(record, shape, tree, tvb)
    local texts = {}
    for i, part in ipairs(shape) do
        texts[i] = add_part(record, part, tree, tvb(40, 8))
    end
    return table.concat(texts, "; ")
end

-- Columns

local letters = { [READ] = "R", [WRITE] = "W", [ACCESS] = "?" }

local function place(record)
    local device = record.device or ""
    return device .. (device ~= "" and " " or "") .. (record.region or "")
end

local function show_access(record, pinfo, tree, tvb)
    local shape = record.set.shapes[record.shape]
    local text
    if record.before then
        tree:add_le(f.before, record.before_range)
    end
    if shape and has(record, VALUE) then
        text = add_parts(record, shape, tree, tvb)
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
    record.address = read64(tvb, 48, HEAD)
    add_head(record, item, tvb)
    take_items(record, item, tvb, head)
    pinfo.cols.protocol = protocols[record.kind] or "TRACE"
    local shown = show[record.kind]
    local info = shown and shown(record, pinfo, item, tvb) or
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
