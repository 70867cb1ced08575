-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- USB host controllers (xHCI): commands, events, transfers, and doorbells of
-- endpoints.
--
--     vfio-trace run --rings xhci ...
--     vfio-trace decode --script xhci LOG
--
-- The rings file (docs/memory.md) logs the rings' entries.  For commands and
-- events, snapshots of the command ring at doorbell 0 and of the event ring at
-- ERDP will do, too; with QEMU's controller, these are
-- snapshot=0:0x2000:4K:0xffffffffffffffc0@0x58+0:0x1038:4K:0xfffffffffffff000
--
-- Where the registers are is in CAPLENGTH, DBOFF and RTSOFF, which a driver
-- reads when it starts.  Arguments: device=ID, of a trace with several devices;
-- bar=N (default: 0); with device=, if the trace begins later: caplength=N,
-- dboff=N, rtsoff=N.
--
-- xHCI Specification 1.2: registers in 5.3 to 5.6, TRBs in 6.4, TRB types in
-- table 6-91, completion codes in table 6-90.

local bar = args.bar or "0"
local TYPES = {
  [1] = "Normal", [2] = "Setup Stage", [3] = "Data Stage", [4] = "Status Stage",
  [5] = "Isoch", [7] = "Event Data", [8] = "No Op",
  [6] = "Link", [9] = "Enable Slot", [10] = "Disable Slot",
  [11] = "Address Device", [12] = "Configure Endpoint",
  [13] = "Evaluate Context", [14] = "Reset Endpoint", [15] = "Stop Endpoint",
  [16] = "Set TR Dequeue Pointer", [17] = "Reset Device", [18] = "Force Event",
  [19] = "Negotiate Bandwidth", [20] = "Set Latency Tolerance Value",
  [21] = "Get Port Bandwidth", [22] = "Force Header", [23] = "No Op",
  [24] = "Get Extended Property", [25] = "Set Extended Property",
  [32] = "Transfer Event", [33] = "Command Completion Event",
  [34] = "Port Status Change Event", [35] = "Bandwidth Request Event",
  [36] = "Doorbell Event", [37] = "Host Controller Event",
  [38] = "Device Notification Event", [39] = "MFINDEX Wrap Event",
}
local CODES = {
  [0] = "Invalid", "Success", "Data Buffer Error", "Babble Detected Error",
  "USB Transaction Error", "TRB Error", "Stall Error", "Resource Error",
  "Bandwidth Error", "No Slots Available Error", "Invalid Stream Type Error",
  "Slot Not Enabled Error", "Endpoint Not Enabled Error", "Short Packet",
  "Ring Underrun", "Ring Overrun", "VF Event Ring Full Error",
  "Parameter Error", "Bandwidth Overrun Error", "Context State Error",
  "No Ping Response Error", "Event Ring Full Error",
  "Incompatible Device Error", "Missed Service Error", "Command Ring Stopped",
  "Command Aborted", "Stopped", "Stopped - Length Invalid",
  "Stopped - Short Packet", "Max Exit Latency Too Large Error",
  [31] = "Isoch Buffer Overrun", [32] = "Event Lost Error",
  [33] = "Undefined Error", [34] = "Invalid Stream ID Error",
  [35] = "Secondary Bandwidth Error", [36] = "Split Transaction Error",
}

-- Commands that wait for their events: if there are more, all are forgotten
local COMMANDS_MAX = 4096

-- Commands that have an address of an input context in their first words
local HAS_CONTEXT = { [11] = true, [12] = true, [13] = true }
local HAS_ENDPOINT = { [14] = true, [15] = true, [16] = true }

local devices = {}
local n_commands = 0

local function forget_commands()
  for _, d in pairs(devices) do
    d.commands = {}
  end
  n_commands = 0
end

-- Keep a command until its event, or forget it (nil).
local function set_command(d, at, words)
  if words and not d.commands[at] then
    if n_commands == COMMANDS_MAX then
      forget_commands()
    end
    n_commands = n_commands + 1
  elseif not words and d.commands[at] then
    n_commands = n_commands - 1
  end
  d.commands[at] = words
end

local function device(id)
  local d = devices[id]
  if not d then
    d = { caplength = tonumber(args.caplength or ""),
          dboff = tonumber(args.dboff or ""),
          rtsoff = tonumber(args.rtsoff or ""), commands = {}, events = {},
          asked = 0 }
    devices[id] = d
  end
  return d
end

local function endpoint(id)
  if id == 0 then
    return "the host controller"
  elseif id == 1 then
    return "endpoint 0"
  end
  return ("endpoint %d %s"):format(id // 2, id % 2 == 1 and "IN" or "OUT")
end

-- Address and flags of a ring in a register of 8 bytes
local function merge(old, a, at)
  if a.width == 8 and a.offset == at then
    return a.value
  elseif a.offset == at then
    return old & ~0xffffffff | a.value
  elseif a.offset == at + 4 then
    return old & 0xffffffff | a.value << 32
  end
  return old
end

-- The command ring

local function begin_ring(d, a, at)
  d.crcr = merge(d.crcr or 0, a, at)
  d.command = d.crcr & ~0x3f
  d.cycle = d.crcr & 1
  d.asked = 0
  for at in pairs(d.commands) do
    set_command(d, at, nil)
  end
end

local function show_command(d, at, low, control, type)
  local slot = control >> 24
  local words = TYPES[type] or ("TRB type %d"):format(type)
  if type ~= 9 and type ~= 23 then
    words = words .. (", slot %d"):format(slot)
  end
  if HAS_ENDPOINT[type] then
    words = words .. ", " .. endpoint(bits(control, 16, 20))
  end
  if HAS_CONTEXT[type] then
    words = words .. (", input context at 0x%x"):format(low & ~0xf)
  end
  if type == 16 then
    words = words .. (", 0x%x"):format(low & ~0xf)
  end
  if type == 11 and bits(control, 9) == 1 then
    words = words .. ", no SET_ADDRESS"
  elseif type == 12 and bits(control, 9) == 1 then
    words = words .. ", deconfigure"
  end
  set_command(d, at, words)
  emit{ kind = "command", type = type, name = TYPES[type], slot = slot,
        address = ("0x%x"):format(at), parameter = ("0x%x"):format(low),
        text = "command: " .. words }
end

local function take_commands(d, s)
  for _ = 1, 4096 do
    local at = d.command - s.address
    if at < 0 or at > #s.data - 16 then
      return
    end
    local low, _, control = ("<I8I4I4"):unpack(s.data, at + 1)
    if control & 1 ~= d.cycle then
      return
    end
    local type = bits(control, 10, 15)
    if type == 6 then
      d.command = low & ~0xf
      d.cycle = d.cycle ~ bits(control, 1)
    else
      show_command(d, d.command, low, control, type)
      d.command = d.command + 16
      d.asked = 0
    end
  end
end

-- The event ring

local EVENTS = {
  [32] = function(d, low, status, control)
    return ("slot %d, %s, %d bytes left"):format(control >> 24,
           endpoint(bits(control, 16, 20)), status & 0xffffff)
  end,
  [33] = function(d, low, status, control)
    local command = d.commands[low & ~0xf]
    set_command(d, low & ~0xf, nil)
    command = command or ("command at 0x%x"):format(low)
    return command:find("slot %d") and command or
           ("%s, slot %d"):format(command, control >> 24)
  end,
  [34] = function(d, low)
    return ("port %d"):format(bits(low, 24, 31))
  end,
}

local function show_event(d, low, status, control)
  local type = bits(control, 10, 15)
  local code = status >> 24
  local name = TYPES[type] or ("TRB type %d"):format(type)
  local words = EVENTS[type] and EVENTS[type](d, low, status, control)
  emit{ kind = "event", type = type, name = TYPES[type], code = code,
        slot = control >> 24,
        text = ("%s: %s%s"):format(name, words and words .. ": " or "",
               CODES[code] or ("code %d"):format(code)) }
end

-- The events from e.at to e.to; behind the last one, the ring's segment begins
-- anew.  Only a segment that a snapshot shows as a whole is followed.
local function take_events(d, e, s)
  for _ = 1, 4096 do
    if e.at == s.address + #s.data and e.to < e.at then
      e.at = s.address
    end
    if e.at == e.to then
      return
    end
    local at = e.at - s.address
    if at < 0 or at > #s.data - 16 then
      break
    end
    local low, status, control = ("<I8I4I4"):unpack(s.data, at + 1)
    if bits(control, 10, 15) ~= 0 then
      show_event(d, low, status, control)
    end
    e.at = e.at + 16
  end
  e.at = e.to
end

local function on_event_pointer(d, a, interrupter, at)
  local e = d.events[interrupter] or { pointer = 0 }
  d.events[interrupter] = e
  e.pointer = merge(e.pointer, a, at)
  e.to = e.pointer & ~0xf
  if a.offset ~= at then
    -- the upper half says where all of it is
    e.at = e.at and e.at & 0xffffffff | e.to & ~0xffffffff
  end
  e.at = e.at or e.to
end

local function on_doorbell(d, a)
  local slot = (a.offset - d.dboff) // 4
  if slot == 0 then
    d.asked = d.asked + 1
  end
  if slot < 1 or slot > 255 then
    -- DBOFF may have been another one before
    return
  end
  emit{ kind = "doorbell", slot = slot, endpoint = a.value & 0xff,
        stream = bits(a.value, 16, 31),
        text = ("doorbell: slot %d, %s%s"):format(slot,
               endpoint(a.value & 0xff), bits(a.value, 16, 31) ~= 0 and
               (", stream %d"):format(bits(a.value, 16, 31)) or "") }
end

-- ERDP of the interrupters: every 32 bytes from RTSOFF + 0x38
local function interrupter_of(d, offset)
  local at = d.rtsoff and offset - d.rtsoff - 0x20 or -1
  if at >= 0 and at < 1024 * 32 and at % 32 >= 0x18 then
    return at // 32
  end
end

-- Registers: where they are depends on the device

local wanted = {}       -- places for which there is a function
local n_wanted = 0
local WANTED_MAX = 240  -- a script can have 256 functions

local function want(id, name, offset, length, f)
  local key = ("%s/%s/0x%x"):format(id, name, offset)
  if not wanted[key] and n_wanted < WANTED_MAX then
    wanted[key] = true
    n_wanted = n_wanted + 1
    if n_wanted == WANTED_MAX then
      emit("registers are at too many places: the last ones are not looked at")
    end
    on_access{ device = id ~= "" and id or nil,
               range = ("%s:0x%x:0x%x:w"):format(bar, offset, length),
               is = name, f }
  end
end

local function found(id)
  local d = device(id)
  if d.caplength then
    local at = d.caplength + 0x18
    want(id, "CRCR", at, 8, function(a) begin_ring(d, a, at) end)
  end
  if d.dboff then
    want(id, "DB*", d.dboff, 1024, function(a) on_doorbell(d, a) end)
  end
  if d.rtsoff then
    want(id, "IR*", d.rtsoff + 0x20, 1024 * 32, function(a)
      local i = interrupter_of(d, a.offset)
      if i then
        on_event_pointer(d, a, i, d.rtsoff + 0x38 + i * 32)
      end
    end)
  end
end

if args.device then
  found(args.device)
end

on_access{ device = args.device, range = bar .. ":0:1:r", is = "CAPLENGTH",
  function(a)
    device(a.device).caplength = a.value & 0xff
    found(a.device)
  end }

on_access{ device = args.device, range = bar .. ":0x14:4:r", width = 4,
           is = "DBOFF",
  function(a)
    device(a.device).dboff = a.value & 0xfffffffc
    found(a.device)
  end }

on_access{ device = args.device, range = bar .. ":0x18:4:r", width = 4,
           is = "RTSOFF",
  function(a)
    device(a.device).rtsoff = a.value & 0xffffffe0
    found(a.device)
  end }

-- Entries, by the layout that the rings file says they have.  If there are any,
-- snapshots are not looked at.

local REQUESTS = {
  [0] = "GET_STATUS", [1] = "CLEAR_FEATURE", [3] = "SET_FEATURE",
  [5] = "SET_ADDRESS", [6] = "GET_DESCRIPTOR", [7] = "SET_DESCRIPTOR",
  [8] = "GET_CONFIGURATION", [9] = "SET_CONFIGURATION",
  [10] = "GET_INTERFACE", [11] = "SET_INTERFACE", [12] = "SYNCH_FRAME",
}

-- USB 2.0, 9.3: of standard requests, the name
local function setup_words(bytes)
  local kind, request, value, index, length = ("<I1I1I2I2I2"):unpack(bytes)
  local name = bits(kind, 5, 6) == 0 and REQUESTS[request] or
               ("request 0x%02x/0x%02x"):format(kind, request)
  return ("%s value 0x%04x index %d length %d"):format(name, value, index,
                                                       length)
end

local HAS_BUFFER = { [1] = true, [3] = true, [5] = true }

local function show_transfer(e)
  local low, status, control = ("<I8I4I4"):unpack(e.bytes)
  local type = bits(control, 10, 15)
  local words = TYPES[type] or ("TRB type %d"):format(type)
  if type == 2 then
    words = words .. ": " .. setup_words(e.bytes)
  elseif HAS_BUFFER[type] and bits(control, 6) == 1 then
    -- IDT: these are the data
    words = words .. (": %d bytes in the TRB"):format(status & 0x1ffff)
  elseif HAS_BUFFER[type] then
    words = words .. (": %d bytes at 0x%x"):format(status & 0x1ffff, low)
  end
  emit{ kind = "transfer", slot = e.n // 32, endpoint = e.n % 32, type = type,
        name = TYPES[type], address = ("0x%x"):format(e.address),
        text = ("transfer: slot %d, %s: %s"):format(e.n // 32,
               endpoint(e.n % 32), words) }
end

on_entry{ device = args.device,
  function(e)
    local d = device(e.device)
    if #e.bytes ~= 16 then
      return
    end
    local low, status, control = ("<I8I4I4"):unpack(e.bytes)
    local type = bits(control, 10, 15)
    if e.layout == "XHCI_EVENT" then
      d.entries = true
      show_event(d, low, status, control)
    elseif e.layout == "XHCI_TRB" and e.n then
      d.entries = true
      show_transfer(e)
    elseif e.layout == "XHCI_TRB" then
      d.entries = true
      if type ~= 6 then
        show_command(d, e.address, low, control, type)
      end
    end
  end }

on_snapshot{ device = args.device, range = bar .. ":0x20:0x20000",
  function(s)
    local d = device(s.device)
    if d.entries then
      return
    end
    local interrupter = interrupter_of(d, s.offset)
    if d.command and s.offset == d.dboff then
      take_commands(d, s)
    elseif interrupter and d.events[interrupter] then
      take_events(d, d.events[interrupter], s)
    end
  end }

on_end(function()
  for id, d in pairs(devices) do
    if d.asked > 0 and not d.entries then
      emit(("%s: the command ring is not in the log; docs/memory.md says how to log it"):format(id))
    end
  end
end)
