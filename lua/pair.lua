-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- Registers behind an index and a data register.
--
--     vfio-trace decode --pair 0:0x60/0x64 LOG
--     vfio-trace decode --pair 0:0x60/0x64=INDIRECT LOG
--     vfio-trace decode --script pair:pair=0:0x60/0x64,step=4,name=IND LOG
--
-- Arguments: pair=REGION:INDEX/DATA[=DOMAIN], where DOMAIN is a domain of the
-- device's database that has the names; device=ID, of a trace with several
-- devices; name=NAME instead of PAIR; step=N: the index grows by N with each
-- access to the data register; mask=M: bits of the index register that are the
-- index.

local region, index, data, domain =
  (args.pair or ""):match("^([%w_-]+):(%w+)/(%w+)=?(.*)$")

local function integer(text)
  return math.tointeger(tonumber(text or "") or 0.5)
end

local index_at, data_at = integer(index), integer(data)
if not index_at or not data_at then
  error("pair=REGION:INDEX/DATA expected: pair=0:0x60/0x64, for example", 0)
end
local label = args.name or "PAIR"
local step = integer(args.step or "0")
local mask = integer(args.mask or "-1")
if not step or not mask then
  error("step=N and mask=M are whole numbers: step=4, mask=0xff, for example", 0)
end
local selected = {}     -- by device: the index
local accesses, names = 0, 0

on_access{ device = args.device, range = ("%s:0x%x:1"):format(region, index_at),
  function(a)
    if a.offset == index_at then
      selected[a.device] = a.value & mask
    end
  end }

on_access{ device = args.device, range = ("%s:0x%x:1"):format(region, data_at),
  function(a)
    local i = selected[a.device]
    if a.offset ~= data_at then
      return
    end
    local name, value
    if i and domain ~= "" then
      name, value = regdb.behind(domain, i, a.value)
    end
    accesses = accesses + 1
    names = names + (name and 1 or 0)
    emit{ kind = "pair", op = a.op, index = i, value = a.value, name = name,
          text = ("%s[%s]%s %s %s"):format(label,
                 i and ("0x%x"):format(i) or "?", name and " " .. name or "",
                 a.op == "w" and "=" or "->",
                 value or ("0x%x"):format(a.value)) }
    if i then
      selected[a.device] = i + step
    end
  end }

on_end(function()
  if domain ~= "" and accesses > 0 and names == 0 then
    emit(("no index has a name in a domain %s of the device's database"):format(
         domain))
  end
end)
