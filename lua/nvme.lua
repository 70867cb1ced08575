-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- NVM Express: commands and completions in words.
--
--     vfio-trace run --rings nvme ...
--     vfio-trace decode --script nvme LOG
--
-- The rings file (docs/memory.md) logs the queues' entries.  Snapshots of the
-- admin queues do, too (snapshot=0:0x1000:2K@0x28+0:0x1004:512@0x30); of a queue
-- that has entries in the log, snapshots are not looked at.
--
-- Arguments: device=ID, of a trace with several devices; bar=N (default: 0).
--
-- NVM Express Base Specification 2.0: registers in 3.1.3, queues in 3.3,
-- commands in 3.3.3.1, admin commands in 5, status in 3.3.3.2.1; I/O commands:
-- NVM Command Set Specification 1.0, 3.

local bar = args.bar or "0"
local ADMIN = {
  [0x00] = "Delete I/O Submission Queue", [0x01] = "Create I/O Submission Queue",
  [0x02] = "Get Log Page", [0x04] = "Delete I/O Completion Queue",
  [0x05] = "Create I/O Completion Queue", [0x06] = "Identify",
  [0x08] = "Abort", [0x09] = "Set Features", [0x0a] = "Get Features",
  [0x0c] = "Asynchronous Event Request", [0x0d] = "Namespace Management",
  [0x10] = "Firmware Commit", [0x11] = "Firmware Image Download",
  [0x14] = "Device Self-test", [0x15] = "Namespace Attachment",
  [0x18] = "Keep Alive", [0x19] = "Directive Send",
  [0x1a] = "Directive Receive", [0x1c] = "Virtualization Management",
  [0x1d] = "NVMe-MI Send", [0x1e] = "NVMe-MI Receive",
  [0x7c] = "Doorbell Buffer Config", [0x80] = "Format NVM",
  [0x81] = "Security Send", [0x82] = "Security Receive", [0x84] = "Sanitize",
  [0x86] = "Get LBA Status",
}
local IO = {
  [0x00] = "Flush", [0x01] = "Write", [0x02] = "Read",
  [0x04] = "Write Uncorrectable", [0x05] = "Compare",
  [0x08] = "Write Zeroes", [0x09] = "Dataset Management", [0x0c] = "Verify",
  [0x0d] = "Reservation Register", [0x0e] = "Reservation Report",
  [0x11] = "Reservation Acquire", [0x15] = "Reservation Release",
  [0x19] = "Copy",
}
local HAS_BLOCKS = { [0x01] = true, [0x02] = true, [0x04] = true, [0x05] = true,
                     [0x08] = true, [0x0c] = true }
local IDENTIFY = {
  [0x00] = "namespace", [0x01] = "controller", [0x02] = "active namespaces",
  [0x03] = "namespace descriptors", [0x04] = "NVM sets",
  [0x05] = "namespace of a command set", [0x06] = "controller of a command set",
  [0x07] = "active namespaces of a command set",
  [0x08] = "namespace, independent of the command set",
  [0x10] = "allocated namespaces", [0x11] = "allocated namespace",
  [0x12] = "controllers of a namespace", [0x13] = "controllers",
  [0x14] = "primary controller", [0x15] = "secondary controllers",
  [0x1c] = "command sets",
}
local FEATURES = {
  [0x01] = "Arbitration", [0x02] = "Power Management", [0x03] = "LBA Range Type",
  [0x04] = "Temperature Threshold", [0x05] = "Error Recovery",
  [0x06] = "Volatile Write Cache", [0x07] = "Number of Queues",
  [0x08] = "Interrupt Coalescing", [0x09] = "Interrupt Vector Configuration",
  [0x0a] = "Write Atomicity", [0x0b] = "Asynchronous Event Configuration",
  [0x0c] = "Autonomous Power State Transition", [0x0d] = "Host Memory Buffer",
  [0x0e] = "Timestamp", [0x0f] = "Keep Alive Timer",
  [0x10] = "Thermal Management", [0x11] = "Non-Operational Power State",
  [0x16] = "Host Behavior Support", [0x80] = "Software Progress Marker",
  [0x81] = "Host Identifier", [0x82] = "Reservation Notification Mask",
  [0x83] = "Reservation Persistence",
}
local LOGS = {
  [0x00] = "supported log pages", [0x01] = "errors",
  [0x02] = "SMART and health", [0x03] = "firmware slots",
  [0x04] = "changed namespaces", [0x05] = "commands supported and effects",
  [0x06] = "device self-test", [0x07] = "telemetry of the host",
  [0x08] = "telemetry of the controller", [0x0c] = "asymmetric namespace access",
  [0x80] = "reservations", [0x81] = "sanitize status",
}
local STATUS = {
  [0] = { [0x00] = "success", [0x01] = "Invalid Command Opcode",
          [0x02] = "Invalid Field in Command", [0x03] = "Command ID Conflict",
          [0x04] = "Data Transfer Error", [0x05] = "Aborted: Power Loss",
          [0x06] = "Internal Error", [0x07] = "Abort Requested",
          [0x08] = "Aborted: SQ Deletion", [0x0b] = "Invalid Namespace or Format",
          [0x0c] = "Command Sequence Error", [0x13] = "Invalid PRP Offset",
          [0x80] = "LBA Out of Range", [0x81] = "Capacity Exceeded",
          [0x82] = "Namespace Not Ready", [0x83] = "Reservation Conflict" },
  [1] = { [0x00] = "Completion Queue Invalid", [0x01] = "Invalid Queue Identifier",
          [0x02] = "Invalid Queue Size", [0x03] = "Abort Limit Exceeded",
          [0x05] = "Asynchronous Event Request Limit Exceeded",
          [0x06] = "Invalid Firmware Slot", [0x07] = "Invalid Firmware Image",
          [0x08] = "Invalid Interrupt Vector", [0x09] = "Invalid Log Page",
          [0x0a] = "Invalid Format", [0x0c] = "Invalid Queue Deletion",
          [0x0d] = "Feature Identifier Not Saveable",
          [0x0e] = "Feature Not Changeable", [0x0f] = "Feature Not Namespace Specific",
          [0x80] = "Conflicting Attributes", [0x81] = "Invalid Protection Information",
          [0x82] = "Attempted Write to Read Only Range" },
  [2] = { [0x80] = "Write Fault", [0x81] = "Unrecovered Read Error",
          [0x82] = "Guard Check Error", [0x83] = "Application Tag Check Error",
          [0x84] = "Reference Tag Check Error", [0x85] = "Compare Failure",
          [0x86] = "Access Denied" },
}

-- Queues whose doorbells are in the range below, and commands that wait for
-- their completions: if there are more, all are forgotten
local QUEUES = 512
local COMMANDS_MAX = 16384

local devices = {}
local n_commands = 0

local function new_queues(d)
  d.sq, d.cq, d.commands, d.data = {}, {}, {}, {}
  if d.asq and d.aqa then
    d.sq[0] = { base = d.asq, size = bits(d.aqa, 0, 11) + 1, at = 0, to = 0 }
  end
  if d.acq and d.aqa then
    d.cq[0] = { base = d.acq, size = bits(d.aqa, 16, 27) + 1, at = 0, to = 0 }
  end
end

local function device(id)
  local d = devices[id]
  if not d then
    d = { stride = 4 }
    devices[id] = d
    new_queues(d)
  end
  return d
end

-- A register of 8 bytes that is written in one access, or in two
local function merge(old, a, at)
  if a.width == 8 and a.offset == at then
    return a.value
  elseif a.offset == at then
    return (old or 0) & ~0xffffffff | a.value
  elseif a.offset == at + 4 then
    return (old or 0) & 0xffffffff | a.value << 32
  end
  return old
end

on_access{ device = args.device, range = bar .. ":0:8:r", is = "CAP",
  function(a)
    if a.width == 8 then
      device(a.device).stride = 4 << bits(a.value, 32, 35)
    elseif a.offset == 4 then
      device(a.device).stride = 4 << bits(a.value, 0, 3)
    end
  end }

on_access{ device = args.device, range = bar .. ":0x14:4:w", is = "CC",
  function(a)
    local d = device(a.device)
    local enabled = bits(a.value, 0) == 1
    if enabled ~= d.enabled then
      d.enabled = enabled
      new_queues(d)
    end
  end }

on_access{ device = args.device, range = bar .. ":0x24:4:w", is = "AQA",
  function(a) device(a.device).aqa = a.value end }

on_access{ device = args.device, range = bar .. ":0x28:8:w", is = "ASQ",
  function(a)
    local d = device(a.device)
    d.asq = merge(d.asq, a, 0x28)
  end }

on_access{ device = args.device, range = bar .. ":0x30:8:w", is = "ACQ",
  function(a)
    local d = device(a.device)
    d.acq = merge(d.acq, a, 0x30)
  end }

-- Commands: what their words mean

local function queue_words(c)
  return ("%d, %d entries at 0x%x"):format(c.cdw10 & 0xffff,
                                           (c.cdw10 >> 16) + 1, c.prp1)
end

local function feature(c)
  local name = FEATURES[c.cdw10 & 0xff] or ("0x%02x"):format(c.cdw10 & 0xff)
  if c.opcode == 0x09 and c.cdw10 & 0xff == 0x07 then
    return ("%s: %d submission, %d completion"):format(name,
           (c.cdw11 & 0xffff) + 1, (c.cdw11 >> 16) + 1)
  elseif c.opcode == 0x09 then
    return ("%s = 0x%x"):format(name, c.cdw11)
  end
  return name
end

local function create(queues, c)
  local qid = c.cdw10 & 0xffff
  if qid < QUEUES then
    queues[qid] = { base = c.prp1, size = (c.cdw10 >> 16) + 1, at = 0, to = 0 }
  end
end

local ADMIN_WORDS = {
  [0x00] = function(d, c)
    d.sq[c.cdw10 & 0xffff] = nil
    return ("%d"):format(c.cdw10 & 0xffff)
  end,
  [0x01] = function(d, c)
    create(d.sq, c)
    return queue_words(c) .. (", completion queue %d"):format(c.cdw11 >> 16)
  end,
  [0x02] = function(_, c)
    local page = c.cdw10 & 0xff
    local n = (c.cdw10 >> 16 | (c.cdw11 & 0xffff) << 16) + 1
    return ("%s, %d bytes"):format(LOGS[page] or ("0x%02x"):format(page), n * 4)
  end,
  [0x04] = function(d, c)
    d.cq[c.cdw10 & 0xffff] = nil
    return ("%d"):format(c.cdw10 & 0xffff)
  end,
  [0x05] = function(d, c)
    create(d.cq, c)
    local irq = bits(c.cdw11, 1) == 1 and
                (", interrupt vector %d"):format(c.cdw11 >> 16) or ""
    return queue_words(c) .. irq
  end,
  [0x06] = function(_, c)
    local cns = c.cdw10 & 0xff
    local name = IDENTIFY[cns] or ("0x%02x"):format(cns)
    return c.nsid ~= 0 and ("%s, nsid %d"):format(name, c.nsid) or name
  end,
  [0x08] = function(_, c)
    return ("command 0x%x of queue %d"):format(c.cdw10 >> 16, c.cdw10 & 0xffff)
  end,
  [0x09] = function(_, c) return feature(c) end,
  [0x0a] = function(_, c) return feature(c) end,
  [0x7c] = function(_, c)
    return ("doorbells at 0x%x, event indexes at 0x%x"):format(c.prp1, c.prp2)
  end,
}

local function io_words(c)
  local words = ("nsid %d"):format(c.nsid)
  if HAS_BLOCKS[c.opcode] then
    words = words .. (" lba %d blocks %d"):format(c.cdw10 | c.cdw11 << 32,
                                                  (c.cdw12 & 0xffff) + 1)
    if bits(c.cdw12, 30) == 1 then
      words = words .. " FUA"
    end
  elseif c.opcode == 0x09 then
    words = words .. (" ranges %d%s"):format((c.cdw10 & 0xff) + 1,
                      bits(c.cdw11, 2) == 1 and " deallocate" or "")
  end
  return words
end

local function forget_commands()
  for _, d in pairs(devices) do
    d.commands = {}
  end
  n_commands = 0
end

-- Keep a command until its completion, or forget it (nil).
local function set_command(d, key, c)
  if c and not d.commands[key] then
    if n_commands == COMMANDS_MAX then
      forget_commands()
    end
    n_commands = n_commands + 1
  elseif not c and d.commands[key] then
    n_commands = n_commands - 1
  end
  d.commands[key] = c
end

local function take_command(d, qid, bytes)
  local dw0, nsid, _, _, prp1, prp2, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 =
    ("<I4I4I8I8I8I8I4I4I4I4I4I4"):unpack(bytes)
  local c = { opcode = dw0 & 0xff, cid = dw0 >> 16, nsid = nsid, prp1 = prp1,
              prp2 = prp2, cdw10 = cdw10, cdw11 = cdw11, cdw12 = cdw12,
              cdw13 = cdw13, cdw14 = cdw14, cdw15 = cdw15 }
  local name = (qid == 0 and ADMIN or IO)[c.opcode]
  local words = qid > 0 and name and io_words(c) or
                qid == 0 and ADMIN_WORDS[c.opcode] and
                ADMIN_WORDS[c.opcode](d, c) or ""
  c.name = name or ("opcode 0x%02x"):format(c.opcode)
  c.text = words ~= "" and c.name .. " " .. words or c.name
  set_command(d, qid << 16 | c.cid, c)
  emit{ kind = "command", queue = qid, cid = c.cid, opcode = c.opcode,
        name = c.name, nsid = nsid, prp1 = ("0x%x"):format(prp1),
        prp2 = ("0x%x"):format(prp2), cdw10 = cdw10, cdw11 = cdw11,
        cdw12 = cdw12, cdw13 = cdw13, cdw14 = cdw14, cdw15 = cdw15,
        text = ("SQ %d cid 0x%x: %s"):format(qid, c.cid, c.text) }
end

-- Completions, and the data that they announce

local function trim(text)
  return (text:gsub("[%s\0]+$", ""))
end

local SHOW_DATA = {
  [0x00] = function(bytes, c)
    local blocks = ("<I8"):unpack(bytes)
    local format = bytes:byte(27) & 0xf
    local lbaf = ("<I4"):unpack(bytes, 129 + 4 * format)
    emit{ kind = "namespace", nsid = c.nsid, blocks = blocks,
          block_size = 1 << bits(lbaf, 16, 23) % 64,
          text = ("namespace %d: %d blocks of %d bytes"):format(c.nsid, blocks,
                 1 << bits(lbaf, 16, 23) % 64) }
  end,
  [0x01] = function(bytes)
    local vendor = ("<I2"):unpack(bytes)
    local serial, model = trim(bytes:sub(5, 24)), trim(bytes:sub(25, 64))
    local firmware = trim(bytes:sub(65, 72))
    local namespaces = ("<I4"):unpack(bytes, 517)
    emit{ kind = "controller", vendor = vendor, serial = serial, model = model,
          firmware = firmware, namespaces = namespaces,
          text = ("controller: vendor 0x%04x, model '%s', serial '%s', firmware '%s', %d namespaces"):format(
                 vendor, model, serial, firmware, namespaces) }
  end,
}

local function result(c, dw0)
  if c.name == "Set Features" or c.name == "Get Features" then
    if c.cdw10 & 0xff == 0x07 then
      return (", %d submission, %d completion queues"):format(
             (dw0 & 0xffff) + 1, (dw0 >> 16) + 1)
    end
  end
  return dw0 ~= 0 and (", result 0x%x"):format(dw0) or ""
end

-- Returns the command if it has succeeded and its data can be shown.
local function take_completion(d, qid, bytes)
  local dw0, _, head, sqid, cid, status = ("<I4I4I2I2I2I2"):unpack(bytes)
  local code, kind = bits(status, 1, 8), bits(status, 9, 11)
  local c = d.commands[sqid << 16 | cid] or { name = "command that is not known" }
  local word = STATUS[kind] and STATUS[kind][code] or
               ("status %d/0x%02x"):format(kind, code)
  set_command(d, sqid << 16 | cid, nil)
  emit{ kind = "completion", queue = qid, sq = sqid, cid = cid, head = head,
        name = c.name, status = code, status_type = kind, result = dw0,
        text = ("CQ %d: SQ %d cid 0x%x %s: %s%s"):format(qid, sqid, cid,
               c.text or c.name, word, result(c, dw0)) }
  if c.name == "Identify" and sqid == 0 and code == 0 and kind == 0 and
     SHOW_DATA[c.cdw10 & 0xff] then
    return c
  end
end

-- Doorbells and snapshots

-- Entries that a doorbell has announced and that no snapshot showed
local function report_missing(d)
  for kind, queues in pairs{ SQ = d.sq, CQ = d.cq } do
    for qid, q in pairs(queues) do
      if q.at ~= q.to then
        if not q.missing and not q.entries then
          emit(("%s %d: entry %d of the queue at 0x%x is in no snapshot, nor are those behind it"):format(
               kind, qid, q.at, q.base))
        end
        q.missing = true
        q.at = q.to
      end
    end
  end
  d.data = {}
end

on_access{ device = args.device, range = bar .. ":0x1000:0x1000:w",
           is = "*DBL*",
  function(a)
    local d = device(a.device)
    local number = (a.offset - 0x1000) // d.stride
    local q = (number % 2 == 0 and d.sq or d.cq)[number // 2]
    report_missing(d)
    if q then
      q.to = a.value % q.size
    elseif not d.told then
      d.told = true
      emit(("doorbell of %s %d: that queue is not known"):format(
           number % 2 == 0 and "SQ" or "CQ", number // 2))
    end
  end }

-- Take the entries that a snapshot shows.
local function walk(q, s, size, take)
  while q.at ~= q.to and not q.entries do
    local at = q.base + q.at * size - s.address
    if at < 0 or at > #s.data - size then
      break
    end
    q.missing = nil
    q.at = (q.at + 1) % q.size
    take(s.data:sub(at + 1, at + size))
  end
end

-- The queues in the order of their numbers; a command may delete some.
local function walk_all(queues, s, size, take)
  local ids = {}
  for id in pairs(queues) do
    ids[#ids + 1] = id
  end
  table.sort(ids)
  for _, id in ipairs(ids) do
    if queues[id] then
      walk(queues[id], s, size, function(bytes) take(id, bytes) end)
    end
  end
end

local function show_data(d, s)
  for i = #d.data, 1, -1 do
    local c = d.data[i]
    local at = c.prp1 - s.address
    if at >= 0 and at <= #s.data - 4096 then
      table.remove(d.data, i)
      SHOW_DATA[c.cdw10 & 0xff](s.data:sub(at + 1, at + 4096), c)
    end
  end
end

on_snapshot{ device = args.device, range = bar .. ":0x1000:0x1000",
             is = "*DBL*",
  function(s)
    local d = device(s.device)
    walk_all(d.sq, s, 64, function(qid, bytes) take_command(d, qid, bytes) end)
    walk_all(d.cq, s, 16, function(qid, bytes)
      d.data[#d.data + 1] = take_completion(d, qid, bytes)
    end)
    show_data(d, s)
  end }

-- Entries, by the layout that the rings file says they have

local function mark_entries(queues, qid)
  if queues[qid] then
    queues[qid].entries = true
  end
end

local LAYOUTS = {
  NVME_SQE = function(d, e)
    mark_entries(d.sq, e.n)
    take_command(d, e.n, e.bytes)
  end,
  NVME_CQE = function(d, e)
    mark_entries(d.cq, e.n)
    local c = take_completion(d, e.n, e.bytes)
    local data = e.data.identify
    if c and data and #data.bytes == 4096 then
      SHOW_DATA[c.cdw10 & 0xff](data.bytes, c)
    end
  end,
}
local SIZES = { NVME_SQE = 64, NVME_CQE = 16 }

on_entry{ device = args.device,
  function(e)
    local size = e.layout and SIZES[e.layout]
    if size and e.n and #e.bytes == size then
      local d = device(e.device)
      d.told = true             -- queues that are not known have entries, too
      LAYOUTS[e.layout](d, e)
    end
  end }
