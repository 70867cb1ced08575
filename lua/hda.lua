-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- High Definition Audio: verbs to the codecs and their responses, of immediate
-- commands (ICOI, ICII), and of CORB and RIRB.
--
--     vfio-trace run --rings hda ...
--     vfio-trace decode --script hda LOG
--
-- The rings file (docs/memory.md) logs the entries of CORB and RIRB.  Snapshots
-- of both do, too (snapshot=0:0x48:1K@0x40+0:0x5d:2K@0x50).
--
-- Arguments: device=ID, of a trace with several devices; bar=N (default: 0).
--
-- High Definition Audio Specification 1.0a: registers in 3.3, CORB and RIRB in
-- 4.4, verbs in 7.3.3, parameters in 7.3.4.

local bar = args.bar or "0"

-- Verbs of 12 bits, with a payload of 8
local VERBS = {
  [0xf00] = "Get Parameter", [0xf01] = "Get Connection Select",
  [0x701] = "Set Connection Select", [0xf02] = "Get Connection List Entry",
  [0xf03] = "Get Processing State", [0x703] = "Set Processing State",
  [0xf04] = "Get SDI Select", [0x704] = "Set SDI Select",
  [0xf05] = "Get Power State", [0x705] = "Set Power State",
  [0xf06] = "Get Converter Stream, Channel",
  [0x706] = "Set Converter Stream, Channel",
  [0xf07] = "Get Pin Widget Control", [0x707] = "Set Pin Widget Control",
  [0xf08] = "Get Unsolicited Response", [0x708] = "Set Unsolicited Response",
  [0xf09] = "Get Pin Sense", [0x709] = "Execute Pin Sense",
  [0xf0a] = "Get Beep Generation", [0x70a] = "Set Beep Generation",
  [0xf0c] = "Get EAPD/BTL Enable", [0x70c] = "Set EAPD/BTL Enable",
  [0xf0d] = "Get Digital Converter Control",
  [0x70d] = "Set Digital Converter Control 1",
  [0x70e] = "Set Digital Converter Control 2",
  [0x73e] = "Set Digital Converter Control 3",
  [0x73f] = "Set Digital Converter Control 4",
  [0xf0f] = "Get Volume Knob Control", [0x70f] = "Set Volume Knob Control",
  [0xf10] = "Get GPI Data", [0x710] = "Set GPI Data",
  [0xf11] = "Get GPI Wake", [0x711] = "Set GPI Wake",
  [0xf12] = "Get GPI Unsolicited", [0x712] = "Set GPI Unsolicited",
  [0xf13] = "Get GPI Sticky", [0x713] = "Set GPI Sticky",
  [0xf14] = "Get GPO Data", [0x714] = "Set GPO Data",
  [0xf15] = "Get GPIO Data", [0x715] = "Set GPIO Data",
  [0xf16] = "Get GPIO Enable", [0x716] = "Set GPIO Enable",
  [0xf17] = "Get GPIO Direction", [0x717] = "Set GPIO Direction",
  [0xf18] = "Get GPIO Wake", [0x718] = "Set GPIO Wake",
  [0xf19] = "Get GPIO Unsolicited", [0x719] = "Set GPIO Unsolicited",
  [0xf1a] = "Get GPIO Sticky", [0x71a] = "Set GPIO Sticky",
  [0xf1c] = "Get Configuration Default",
  [0x71c] = "Set Configuration Default 0", [0x71d] = "Set Configuration Default 1",
  [0x71e] = "Set Configuration Default 2", [0x71f] = "Set Configuration Default 3",
  [0xf20] = "Get Subsystem ID",
  [0x720] = "Set Subsystem ID 0", [0x721] = "Set Subsystem ID 1",
  [0x722] = "Set Subsystem ID 2", [0x723] = "Set Subsystem ID 3",
  [0xf24] = "Get Stripe Control", [0x724] = "Set Stripe Control",
  [0xf2d] = "Get Converter Channel Count", [0x72d] = "Set Converter Channel Count",
  [0xf2e] = "Get DIP Size", [0xf2f] = "Get ELD Data",
  [0xf30] = "Get DIP Index", [0x730] = "Set DIP Index",
  [0xf31] = "Get DIP Data", [0x731] = "Set DIP Data",
  [0xf32] = "Get DIP Transmit Control", [0x732] = "Set DIP Transmit Control",
  [0xf33] = "Get Content Protection", [0x733] = "Set Content Protection",
  [0xf34] = "Get ASP Channel Mapping", [0x734] = "Set ASP Channel Mapping",
  [0x7ff] = "Function Reset",
}

-- Verbs of 4 bits, with a payload of 16
local LONG = {
  [0x2] = "Set Converter Format", [0x3] = "Set Amplifier Gain/Mute",
  [0x4] = "Set Processing Coefficient", [0x5] = "Set Coefficient Index",
  [0xa] = "Get Converter Format", [0xb] = "Get Amplifier Gain/Mute",
  [0xc] = "Get Processing Coefficient", [0xd] = "Get Coefficient Index",
}
local PARAMETERS = {
  [0x00] = "Vendor ID", [0x02] = "Revision ID",
  [0x04] = "Subordinate Node Count", [0x05] = "Function Group Type",
  [0x08] = "Audio Function Group Capabilities",
  [0x09] = "Audio Widget Capabilities", [0x0a] = "PCM Sizes, Rates",
  [0x0b] = "Stream Formats", [0x0c] = "Pin Capabilities",
  [0x0d] = "Input Amplifier Capabilities", [0x0e] = "Connection List Length",
  [0x0f] = "Power States", [0x10] = "Processing Capabilities",
  [0x11] = "GPIO Count", [0x12] = "Output Amplifier Capabilities",
  [0x13] = "Volume Knob Capabilities",
}
local WIDGETS = { [0] = "audio output", "audio input", "audio mixer",
                  "audio selector", "pin complex", "power widget",
                  "volume knob", "beep generator", [0xf] = "vendor defined" }
local GROUPS = { [1] = "audio function group", [2] = "modem function group" }

-- What responses mean, by parameter
local RESPONSES = {
  [0x00] = function(r)
    return ("vendor 0x%04x, device 0x%04x"):format(r >> 16, r & 0xffff)
  end,
  [0x02] = function(r)
    return ("version %d.%d, revision 0x%x, stepping 0x%x"):format(
           bits(r, 20, 23), bits(r, 16, 19), bits(r, 8, 15), bits(r, 0, 7))
  end,
  [0x04] = function(r)
    return ("nodes from 0x%x, %d of them"):format(bits(r, 16, 23),
                                                  bits(r, 0, 7))
  end,
  [0x05] = function(r) return GROUPS[bits(r, 0, 7)] end,
  [0x09] = function(r) return WIDGETS[bits(r, 20, 23)] end,
  [0x0e] = function(r) return ("%d entries"):format(bits(r, 0, 6)) end,
}

local devices = {}

local function device(id)
  local d = devices[id]
  if not d then
    d = { corb = { at = 0, size = 256 }, rirb = { at = 0, to = 0, size = 256 },
          waiting = {} }
    devices[id] = d
  end
  return d
end

-- Parse a verb.
local function parse(word)
  local v = { codec = word >> 28, node = bits(word, 20, 27), word = word }
  if LONG[bits(word, 16, 19)] then
    v.verb, v.payload = bits(word, 16, 19), word & 0xffff
    v.name = LONG[v.verb]
  else
    v.verb, v.payload = bits(word, 8, 19), word & 0xff
    v.name = VERBS[v.verb] or ("verb 0x%03x"):format(v.verb)
  end
  local words = (" 0x%x"):format(v.payload)
  if v.verb == 0xf00 then
    v.parameter = v.payload
    words = " " .. (PARAMETERS[v.payload] or ("0x%02x"):format(v.payload))
  elseif v.payload == 0 and (v.verb >= 0xf00 or v.verb == 0x7ff) then
    words = ""
  end
  v.text = ("codec %d node 0x%02x: %s%s"):format(v.codec, v.node, v.name, words)
  return v
end

local function show_verb(d, word, how)
  local v = parse(word)
  local queue = d.waiting[v.codec] or {}
  d.waiting[v.codec] = queue
  if #queue < 256 then
    queue[#queue + 1] = v
  end
  emit{ kind = "verb", how = how, codec = v.codec, node = v.node, verb = v.verb,
        payload = v.payload, name = v.name, text = v.text }
end

local function show_response(d, codec, response, unsolicited)
  local v = not unsolicited and d.waiting[codec] and
            table.remove(d.waiting[codec], 1) or nil
  local meaning = v and v.parameter and RESPONSES[v.parameter] and
                  RESPONSES[v.parameter](response)
  emit{ kind = unsolicited and "unsolicited" or "response", codec = codec,
        response = response, node = v and v.node, name = v and v.name,
        text = ("%s -> 0x%08x%s"):format(v and v.text or
               ("codec %d%s"):format(codec,
                                     unsolicited and ", unsolicited" or ""),
               response, meaning and " (" .. meaning .. ")" or "") }
end

-- Immediate commands

on_access{ device = args.device, range = bar .. ":0x60:4:w", is = "ICOI",
  function(a)
    local d = device(a.device)
    d.waiting = {}
    show_verb(d, a.value & 0xffffffff, "immediate")
    d.immediate = bits(a.value, 28, 31)
  end }

on_access{ device = args.device, range = bar .. ":0x64:4:r", is = "ICII",
  function(a)
    local d = device(a.device)
    if d.immediate then
      show_response(d, d.immediate, a.value, false)
      d.immediate = nil
    end
  end }

-- CORB and RIRB

local SIZES = { [0] = 2, 16, 256 }

local function on_base(offset, name, ring)
  on_access{ device = args.device, range = ("%s:0x%x:8:w"):format(bar, offset),
             is = name,
    function(a)
      local r = device(a.device)[ring]
      local base = r.base or 0
      if a.width == 8 and a.offset == offset then
        r.base = a.value
      elseif a.offset == offset then
        r.base = base & ~0xffffffff | a.value
      elseif a.offset == offset + 4 then
        r.base = base & 0xffffffff | a.value << 32
      end
    end }
end

on_base(0x40, "CORB?BASE", "corb")
on_base(0x50, "RIRB?BASE", "rirb")

local function on_size(offset, name, ring)
  on_access{ device = args.device, range = ("%s:0x%x:1:w"):format(bar, offset),
             width = 1, is = name,
    function(a)
      device(a.device)[ring].size = SIZES[bits(a.value, 0, 1)] or 256
    end }
end

on_size(0x4e, "CORBSIZE", "corb")
on_size(0x5e, "RIRBSIZE", "rirb")

-- A reset of a pointer makes the ring begin anew.
on_access{ device = args.device, range = bar .. ":0x4a:2:w", is = "CORBRP",
  function(a)
    if bits(a.value, 15) == 1 then
      device(a.device).corb.at = 0
    end
  end }

on_access{ device = args.device, range = bar .. ":0x58:2:w", is = "RIRBWP",
  function(a)
    local d = device(a.device)
    if bits(a.value, 15) == 1 then
      d.rirb.at, d.rirb.to = 0, 0
      d.waiting = {}
    end
  end }

-- Entries, by the layout that the rings file says they have.  Snapshots of a
-- ring that has entries in the log are not looked at.

on_entry{ device = args.device,
  function(e)
    local d = device(e.device)
    if e.layout == "HDA_VERB" and #e.bytes == 4 then
      d.corb.entries = true
      show_verb(d, ("<I4"):unpack(e.bytes), "corb")
    elseif e.layout == "HDA_RESPONSE" and #e.bytes == 8 then
      local response, extra = ("<I4I4"):unpack(e.bytes)
      d.rirb.entries = true
      show_response(d, bits(extra, 0, 3), response, bits(extra, 4) == 1)
    end
  end }

-- Both rings keep their first unused entry at @at + 1.

on_access{ device = args.device, range = bar .. ":0x48:2:w", is = "CORBWP",
  function(a)
    local d = device(a.device)
    d.corb.to = bits(a.value, 0, 7) % d.corb.size
    d.fresh = false
  end }

local function take_verbs(d, s)
  local r = d.corb
  while r.base and r.to and r.at ~= r.to and not r.entries do
    local entry = (r.at + 1) % r.size
    local at = (r.base & ~0x7f) + entry * 4 - s.address
    if at < 0 or at > #s.data - 4 then
      return
    end
    r.at = entry
    show_verb(d, ("<I4"):unpack(s.data, at + 1), "corb")
  end
end

-- Responses that the driver knows of, and that a snapshot shows
local function take_responses(d)
  local r = d.rirb
  while r.base and r.at ~= r.to and not r.entries do
    local entry = (r.at + 1) % r.size
    local at = (r.base & ~0x7f) + entry * 8
    local response, extra = memory.u32(at), memory.u32(at + 4)
    if not extra then
      return
    end
    r.at = entry
    show_response(d, bits(extra, 0, 3), response, bits(extra, 4) == 1)
  end
end

on_access{ device = args.device, range = bar .. ":0x58:2:r", is = "RIRBWP",
  function(a)
    local d = device(a.device)
    d.rirb.to = bits(a.value, 0, 7) % d.rirb.size
    if d.fresh then
      take_responses(d)
    end
  end }

on_snapshot{ device = args.device, range = bar .. ":0x40:0x20",
  function(s)
    local d = device(s.device)
    local base = d.rirb.base and d.rirb.base & ~0x7f
    take_verbs(d, s)
    if base and s.address <= base and base < s.address + #s.data then
      d.fresh = true
      take_responses(d)
    end
  end }

on_end(function()
  for id, d in pairs(devices) do
    if d.corb.to and d.corb.at ~= d.corb.to and not d.corb.entries then
      emit(("%s: verbs are not in the log; docs/memory.md says how to log CORB"):format(id))
    end
  end
end)
