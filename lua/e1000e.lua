-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Intel's gigabit network cards from the 82571 on (e1000e, igb): registers of
-- the PHY behind MDIC, words of the EEPROM behind EERD and EEWR; frames, if the
-- log has the entries of rings (docs/memory.md).
--
--     vfio-trace run --rings e1000e ...
--     vfio-trace decode --script e1000e LOG
--
-- Arguments: device=ID, of a trace with several devices; bar=N (default: 0).
--
-- MDIC, EERD: Intel 82574 datasheet, 10.2.2.  PHY: IEEE 802.3, 22.2.4;
-- 82574 datasheet, 10.2.9.  Descriptors: rings/e1000e.rings.

local bar = args.bar or "0"

-- Fields: { low, high, name [, values] }, or { bit, name }
local SPEED = { [0] = "10", "100", "1000", "reserved" }
local PHY = {
  [0] = { "BMCR", { 15, "RESET" }, { 14, "LOOPBACK" }, { 12, "ANENABLE" },
          { 11, "PDOWN" }, { 10, "ISOLATE" }, { 9, "ANRESTART" },
          { 8, "FULLDPLX" }, { 7, "CTST" }, { 6, "SPEED1000" },
          { 13, "SPEED100" } },
  [1] = { "BMSR", { 15, "100BASE4" }, { 14, "100FULL" }, { 13, "100HALF" },
          { 12, "10FULL" }, { 11, "10HALF" }, { 8, "ESTATEN" },
          { 6, "MFPS" }, { 5, "ANEGCOMPLETE" }, { 4, "RFAULT" },
          { 3, "ANEGCAPABLE" }, { 2, "LSTATUS" }, { 1, "JCD" },
          { 0, "ERCAP" } },
  [2] = { "PHYSID1" },
  [3] = { "PHYSID2" },
  [4] = { "ADVERTISE", { 15, "NPAGE" }, { 13, "RFAULT" },
          { 11, "PAUSE_ASYM" }, { 10, "PAUSE_CAP" }, { 9, "100BASE4" },
          { 8, "100FULL" }, { 7, "100HALF" }, { 6, "10FULL" },
          { 5, "10HALF" }, { 0, 4, "SELECTOR" } },
  [5] = { "LPA", { 15, "NPAGE" }, { 14, "LPACK" }, { 13, "RFAULT" },
          { 11, "PAUSE_ASYM" }, { 10, "PAUSE_CAP" }, { 9, "100BASE4" },
          { 8, "100FULL" }, { 7, "100HALF" }, { 6, "10FULL" },
          { 5, "10HALF" }, { 0, 4, "SELECTOR" } },
  [6] = { "EXPANSION", { 4, "MFAULTS" }, { 3, "LP_NPCAP" }, { 2, "NPCAP" },
          { 1, "LCWP" }, { 0, "NWAY" } },
  [7] = { "NEXT_PAGE" },
  [8] = { "LP_NEXT_PAGE" },
  [9] = { "CTRL1000", { 13, 15, "TEST" }, { 12, "ENABLE_MASTER" },
          { 11, "AS_MASTER" }, { 10, "MULTIPORT" }, { 9, "1000FULL" },
          { 8, "1000HALF" } },
  [10] = { "STAT1000", { 15, "MSFAIL" }, { 14, "MSRES" }, { 13, "LOCALRXOK" },
           { 12, "REMRXOK" }, { 11, "LP_1000FULL" }, { 10, "LP_1000HALF" },
           { 0, 7, "IDLE_ERRORS" } },
  [15] = { "ESTATUS", { 15, "1000X_FULL" }, { 14, "1000X_HALF" },
           { 13, "1000T_FULL" }, { 12, "1000T_HALF" } },
  [16] = { "COPPER_CTRL1", { 15, "DISABLE_LINK_PULSES" },
           { 12, 14, "DOWNSHIFT_COUNT" }, { 11, "DOWNSHIFT" },
           { 10, "FORCE_LINK" }, { 8, 9, "ENERGY_DETECT" },
           { 5, 6, "MDI_CROSSOVER" }, { 2, "POWER_DOWN" },
           { 1, "POLARITY_REVERSAL" }, { 0, "DISABLE_JABBER" } },
  [17] = { "COPPER_STATUS1", { 14, 15, "SPEED", SPEED }, { 13, "DUPLEX" },
           { 12, "PAGE_RECEIVED" }, { 11, "RESOLVED" }, { 10, "LINK" },
           { 9, "TX_PAUSE" }, { 8, "RX_PAUSE" }, { 6, "MDIX" },
           { 5, "DOWNSHIFT" }, { 4, "ENERGY" }, { 3, "GLOBAL_LINK" },
           { 1, "POLARITY_REVERSED" }, { 0, "JABBER" } },
  [18] = { "COPPER_INT_ENABLE" },
  [19] = { "COPPER_STATUS2" },
  [20] = { "COPPER_CTRL3" },
  [21] = { "RX_ERRORS" },
  [22] = { "PAGE" },
  [25] = { "OEM_BITS" },
  [26] = { "COPPER_CTRL2" },
  [29] = { "BIAS_PAGE" },
  [30] = { "BIAS_DATA" },
  [31] = { "PAGE_SELECT" },
}

-- Registers that exist once: those below 16, and the ones that select a page
local EVERY_PAGE = { [22] = true, [29] = true, [30] = true, [31] = true }

local EEPROM = {
  [0] = "MAC address, bytes 0 and 1", "MAC address, bytes 2 and 3",
  "MAC address, bytes 4 and 5", "compatibility", "LED behaviour",
  "image version", nil, nil, "PBA, low", "PBA, high", "init control 1",
  "subsystem ID", "subsystem vendor ID", "device ID", "vendor ID",
  "init control 2",
}
EEPROM[0x3f] = "checksum"

local function fields(register, value)
  local words = {}
  for i = 2, #register do
    local f = register[i]
    local low, high, name = f[1], f[2], f[3]
    if name == nil then
      high, name = low, high
    end
    local v = bits(value, low, high)
    if low == high then
      words[#words + 1] = v == 1 and name or nil
    elseif v ~= 0 or f[4] then
      words[#words + 1] = name .. " = " .. (f[4] and f[4][v] or
                                            ("0x%x"):format(v))
    end
  end
  return #register > 1 and " { " .. table.concat(words, " | ") .. " }" or ""
end

local phys = {}         -- by device and address: the page

local function phy_name(key, number)
  local page = phys[key] or 0
  local register = PHY[number]
  if page ~= 0 and number > 15 and not EVERY_PAGE[number] then
    return { ("page 0x%x register %d"):format(page, number) }
  end
  return register or { ("register %d"):format(number) }
end

local function phy(a, value, op)
  local number, address = bits(value, 16, 20), bits(value, 21, 25)
  local key = a.device .. "/" .. address
  local data = value & 0xffff
  local register = phy_name(key, number)
  if op == "write" and (number == 22 or number == 31) then
    phys[key] = data
  end
  emit{ kind = "phy", op = op, phy = address, register = register[1],
        number = number, value = data,
        text = ("PHY %d %s %s %s 0x%04x%s"):format(address, op, register[1],
               op == "write" and "=" or "->", data, fields(register, data)) }
end

local reads = {}        -- by device: MDIC as it was written, for a read

on_access{ device = args.device, range = bar .. ":0x20:4", is = "MDIC",
  function(a)
    local op = bits(a.value, 26, 27)
    if a.op == "w" then
      reads[a.device] = op == 2 and a.value or nil
      if op == 1 then
        phy(a, a.value, "write")
      end
      return
    end
    if not reads[a.device] or bits(a.value, 28) == 0 then
      return
    end
    if bits(a.value, 30) == 1 then
      emit(("PHY %d read register %d: error"):format(
           bits(a.value, 21, 25), bits(a.value, 16, 20)))
    else
      phy(a, a.value, "read")
    end
    reads[a.device] = nil
  end }

local function eeprom(a, op, word, data)
  local name = EEPROM[word]
  emit{ kind = "eeprom", op = op, word = word, value = data,
        text = ("EEPROM %s word 0x%02x %s 0x%04x%s"):format(op, word,
               op == "write" and "=" or "->", data,
               name and " (" .. name .. ")" or "") }
end

local words = {}        -- by device: the word that is read

on_access{ device = args.device, range = bar .. ":0x14:4", is = "EERD",
  function(a)
    if a.op == "w" then
      words[a.device] = bits(a.value, 0) == 1 and bits(a.value, 2, 15) or nil
    elseif words[a.device] and bits(a.value, 1) == 1 then
      eeprom(a, "read", words[a.device], bits(a.value, 16, 31))
      words[a.device] = nil
    end
  end }

on_access{ device = args.device, range = bar .. ":0x102c:4:w", is = "EEWR",
  function(a)
    if bits(a.value, 0) == 1 then
      eeprom(a, "write", bits(a.value, 2, 15), bits(a.value, 16, 31))
    end
  end }

-- Frames: of the first descriptor of each, the header

local begun = {}        -- by device and ring: a frame is not complete yet

local function mac(bytes, at)
  return ("%02x:%02x:%02x:%02x:%02x:%02x"):format(bytes:byte(at, at + 5))
end

local function header(e, length)
  local data = e.data.buffer
  if not data or #data.bytes < 14 or length < 14 then
    return ""
  end
  return (", %s -> %s, type 0x%04x"):format(mac(data.bytes, 7),
         mac(data.bytes, 1), (">I2"):unpack(data.bytes, 13))
end

local function show_frame(e, direction, length, last)
  local key = e.device .. e.name
  local first = not begun[key]
  begun[key] = not last or nil
  emit{ kind = "frame", direction = direction, queue = e.n, index = e.index,
        bytes = length, first = first, last = last,
        text = ("%s: %d bytes%s%s"):format(e.name, length,
               first and header(e, length) or "",
               last and "" or ", more follows") }
end

local LAYOUTS = {
  E1000E_TXD = function(e)
    local word = ("<I4"):unpack(e.bytes, 9)
    local extended = bits(word, 29) == 1
    if not extended then
      show_frame(e, "transmit", word & 0xffff, bits(word, 24) == 1)
    elseif bits(word, 20, 23) == 1 then
      show_frame(e, "transmit", word & 0xfffff, bits(word, 24) == 1)
    end
  end,
  -- "of" says which of the two formats it is
  E1000E_RXD_DONE = function(e)
    local data = e.data.buffer
    local status = e.bytes:byte(9)
    if data then
      local extended = data.of == ("<I2"):unpack(e.bytes, 13)
      show_frame(e, "receive", data.of,
                 bits(extended and status or e.bytes:byte(13), 1) == 1)
    end
  end,
}

on_entry{ device = args.device,
  function(e)
    if e.layout and LAYOUTS[e.layout] and e.n and #e.bytes == 16 then
      LAYOUTS[e.layout](e)
    end
  end }
