/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of the gate (lib/libmmiotrace/gate.h), for spin
 *
 * Two vCPUs without the big lock, one with it, and a thread that changes where
 * accesses go.  Spin tries all orders of their steps (static/gate_model):
 *
 *   - no access to the device's mapping while that is zapped;
 *   - one access at a time, so that the order of the records is the order at
 *     the device; none between the marks of a group;
 *   - no deadlock;
 *   - who closes the gate gets through, if each thread that can go on does so
 *     some time (`gets_through`);
 *   - so does who is the first to wait for an access, if nobody closes the gate
 *     for ever and ever, and it has a processor some time (`gets_in`, of the
 *     vCPUs alone: -DVCPUS_ALONE);
 *   - if it has none, others make accesses (`gets_past`, likewise);
 *   - nobody waits with the big lock to enter.
 *
 * The loads and stores of MmtGate.closed are the header's: a thread without the
 * big lock may see a value that is older.  What the header's release and
 * acquire add - that who sees the gate open sees what was changed before - is
 * taken for granted here; test-gate-stress.c asks TSan for it.
 *
 * Each of these has an error, which spin must find:
 *
 *   -DNO_LOCK          mmt_gate_enter() takes no lock
 *   -DNO_SECOND_CHECK  it does not look again once it has the lock
 *   -DNO_WAIT          mmt_gate_close() does not wait
 *   -DCLOSE_LATE       it sets MmtGate.closed when it has the lock
 *   -DOPEN_ALL         one mmt_gate_open() undoes all mmt_gate_close()
 *   -DZAP_EARLY        the change begins before the gate is closed
 *   -DOPEN_EARLY       the gate is opened before the change is over
 *   -DWRONG_ORDER      a vCPU waits for the big lock while it is in the gate
 *   -DUNCHECKED        an access does not ask whether the device is reachable
 *   -DBARGE            it does not look whether somebody waits
 *   -DNO_PATIENCE      who waits for its turn does not get past who has it
 *   -DSAID_ONCE        who is next says so once
 *   -DENTER_WITH_BQL   a vCPU that has found the gate closed enters it with the
 *                      big lock
 */

#ifndef VCPUS
#define VCPUS 2                 /* without the big lock */
#endif

/* The locks: 0, or the number of the thread that has it, plus one */
byte bql;
byte gate;
byte turn;

/*
 * MmtGate.queued.  (A thread may see an older value of it as well, for some
 * time: then it overtakes.)
 */
bool queued;

/*
 * MmtGate.closed, and whether a thread without the big lock may still see an
 * older value: 0, or another than 0
 */
byte closed;
bool may_see_open;
bool may_see_closed;

/* The device: its mapping, and what the program believes of it */
bool mapped = true;
bool reachable = true;

/*
 * Who is next has lost its processor.  Nobody else waits for long enough to get
 * past it: time is not modelled.
 */
bool asleep;

/* Threads that make an access; records and accesses, modulo 2 */
byte inside;
bit records;
bit accesses;

/* Somebody is in mmt_gate_close(). */
bool closing;

inline lock(which)
{
    atomic { which == 0 -> which = _pid + 1 }
}

inline unlock(which)
{
    assert(which == _pid + 1);
    which = 0
}

/* Whoever has the big lock knows MmtGate.closed, and so do all after it. */
inline tell()
{
    if
    :: closed -> may_see_open = false
    :: else -> may_see_closed = false
    fi
}

/* __atomic_load_n(&gate->closed) */
inline load_closed(is)
{
    if
    :: closed || may_see_closed -> is = true
    :: !closed || may_see_open -> is = false
    fi
}

inline gate_queue_past()
{
    if
    :: atomic { gate == 0 -> gate = _pid + 1 };
       queued = false
    :: gate != 0 ->
       lock(gate)
    fi
}

inline may_sleep()
{
    if
    :: asleep = true
    :: true
    fi
}

inline gate_queue()
{
    if
    :: atomic { turn == 0 -> turn = _pid + 1; queued = true; may_sleep() };
       do
       :: atomic { gate == 0 && !asleep -> gate = _pid + 1 };
          break
#ifndef SAID_ONCE
       :: atomic { !queued && !asleep -> queued = true; may_sleep() }
#endif
       od;
       atomic { queued = false; unlock(turn) }
#ifndef NO_PATIENCE
    :: turn != 0 && asleep ->
       gate_queue_past()
#endif
    fi
}

inline gate_enter(entered)
{
    load_closed(is_closed);
    if
    :: is_closed ->
        entered = false
    :: else ->
        assert(bql != _pid + 1);
#ifndef NO_LOCK
        if
#ifndef BARGE
        :: queued -> gate_queue()
        :: !queued ->
#else
        :: true ->
#endif
            if
            :: atomic { gate == 0 -> gate = _pid + 1 }
            :: gate != 0 -> gate_queue()
            fi
        fi;
#endif
#ifndef NO_SECOND_CHECK
        load_closed(is_closed);
#endif
        if
        :: is_closed ->
            gate_leave();
            entered = false
        :: else ->
            entered = true
        fi
    fi
}

inline gate_leave()
{
#ifdef NO_LOCK
    skip
#else
    unlock(gate)
#endif
}

inline store_closed()
{
    atomic {
        closed++;
        may_see_open = may_see_open || closed == 1
    }
}

inline gate_close()
{
    closing = true;
#ifdef CLOSE_LATE
    if
    :: !closed ->
        lock(gate);
        store_closed();
        atomic { tell(); unlock(gate) }
    :: else ->
        store_closed()
    fi;
#else
    store_closed();
#ifndef NO_WAIT
    if
    :: closed == 1 ->
        lock(gate);
        atomic { tell(); unlock(gate) }
    :: else
    fi;
#endif
#endif
    closing = false
}

inline gate_open()
{
    atomic {
        assert(closed);
#ifdef OPEN_ALL
        closed = 0;
#else
        closed--;
#endif
        may_see_closed = may_see_closed || !closed
    }
}

/* In the gate, or alone: a record, the access, its end */
inline access()
{
    inside++;
    assert(inside == 1);
    records = 1 - records;
    if
#ifdef UNCHECKED
    :: true -> assert(mapped)
#else
    :: reachable -> assert(mapped)
#endif
    :: else
    fi;
    accesses = 1 - accesses;
    assert(records == accesses);
    inside--
}

/* With the big lock: alone */
inline access_alone()
{
    gate_close();
    access();
    gate_open()
}

/*
 * Whatever else an access may need - an emulated register, for example, can't
 * be accessed in the gate - is covered: it may be made alone at any time.
 */
active [VCPUS] proctype vcpu()
{
    bool is_closed;
    bool entered;
    bool again;

    do
    :: gate_enter(entered);
again_entered:
       if
       :: entered && reachable ->
           access();
           gate_leave()
       :: true ->
#ifndef WRONG_ORDER
           if
           :: entered -> gate_leave()
           :: else
           fi;
           lock(bql);
#else
           lock(bql);
           if
           :: entered -> gate_leave()
           :: else
           fi;
#endif
           if
           :: !entered && !again ->
               /* The change is over: enter after all. */
               again = true;
#ifndef ENTER_WITH_BQL
               unlock(bql);
               gate_enter(entered);
#else
               gate_enter(entered);
               unlock(bql);
#endif
               goto again_entered
           :: true ->
               access_alone();
               unlock(bql)
           fi
       fi;
       again = false
    od
}

active proctype host()
{
end:
    do
    :: asleep -> asleep = false
    :: asleep -> break          /* for ever */
    od;
end_stopped:
    false
}

#ifndef VCPUS_ALONE
active proctype vcpu_with_bql()
{
    do
    :: lock(bql);
       access_alone();
       unlock(bql)
    od
}

inline zap()
{
    reachable = false;
    mapped = false
}

inline restore()
{
#ifdef OPEN_EARLY
    reachable = true;
    gate_open();
    mapped = true
#else
    mapped = true;
    reachable = true;
    gate_open()
#endif
}

/* Two marks */
inline group()
{
    records = 1 - records;
    assert(inside == 0);
    records = 1 - records;
    assert(inside == 0)
}

active proctype changer()
{
    do
    :: lock(bql);
       /* The one change, with another in it, ... */
#ifdef ZAP_EARLY
       zap();
       gate_close();
#else
       gate_close();
       zap();
#endif
       gate_close();
       group();
       gate_open();
       if
       :: true ->
           /* ... and perhaps others while the gate remains closed */
           unlock(bql);
           lock(bql)
       :: true
       fi;
       assert(closed == 1 && inside == 0);
       restore();
       unlock(bql);

       /* The other: it remains zapped for a while. */
       lock(bql);
       gate_close();
       zap();
       gate_open();
       unlock(bql);
       lock(bql);
       gate_close();
       restore();
       unlock(bql)
    od
}

/* A store gets to all processors some time. */
active proctype memory()
{
end:
    do
    :: atomic { may_see_open && closed -> may_see_open = false }
    :: atomic { may_see_closed && !closed -> may_see_closed = false }
    od
}

#endif

ltl gets_through { [] (closing -> <> !closing) }
ltl gets_in {
    <> [] (!closing && !asleep) -> [] (turn -> <> !turn)
}
ltl gets_past { <> [] (!closing && asleep) -> [] <> (inside > 0) }
