// SPDX-License-Identifier: GPL-2.0-or-later
// The connection to the server. It comes back by itself, unless the server has said
// that it ends, or does not know this page any more.

/**
 * startFeed(): call take() with each update, and state() with 'open', 'lost', 'refused'
 * or 'ended'
 */
export function startFeed(take, state) {
  const source = new EventSource('events');
  source.addEventListener('open', () => state('open'));
  source.addEventListener('message', (event) => take(JSON.parse(event.data)));
  source.addEventListener('end', () => {
    source.close();
    state('ended');
  });
  source.addEventListener('error', () => {
    state(source.readyState === EventSource.CLOSED ? 'refused' : 'lost');
  });
}
