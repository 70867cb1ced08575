// SPDX-License-Identifier: GPL-2.0-or-later
// The connection to the server. It comes back by itself, unless the server has said
// that it ends, or does not know this page any more; or that this page has made room for
// another one of this browser: then it comes back when the user turns to it.

/**
 * startFeed(): call take() with each update, and state() with 'open', 'lost', 'refused',
 * 'away' or 'ended'
 */
export function startFeed(take, state) {
  let source = null;
  let last = '';
  let away = false;

  function leave(why) {
    source.close();
    away = why === 'away';
    state(why);
  }

  function open() {
    away = false;
    source = new EventSource(last ? `events?last=${encodeURIComponent(last)}` : 'events');
    source.addEventListener('open', () => state('open'));
    source.addEventListener('message', (event) => {
      last = event.lastEventId;
      take(JSON.parse(event.data));
    });
    source.addEventListener('end', () => leave('ended'));
    source.addEventListener('away', () => leave('away'));
    source.addEventListener('error', (event) => {
      state(event.target.readyState === EventSource.CLOSED ? 'refused' : 'lost');
    });
  }

  function shown() {
    if (away && !document.hidden) {
      open();
    }
  }

  document.addEventListener('visibilitychange', shown);
  window.addEventListener('focus', shown);
  open();
}
