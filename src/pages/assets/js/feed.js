import { io } from '../../socket.io/socket.io.esm.min.js';
import { applyUpdate, nothing } from './data.js';
import { api, enter, say, socketCredentials } from './session.js';
import { here } from './site.js';

/**
 * The live data of this site: signs in, connects, keeps it current, and comes back after any interruption.
 * @param onChange called with `{ data, status, properties, link, now }` after every change and every ten seconds, since readings grow old
 */
export async function follow(onChange) {
  let status = await enter(() => api('/api/v1/status.json'));
  // the age of a reading is a matter of the server's clock; the one of this device may be wrong
  let ahead = status.serverTimeEpoch - Date.now();
  let data = nothing();
  let properties = {};
  let link = 'connecting';
  const now = () => Date.now() + ahead;
  const changed = () => onChange({ data, status, properties, link, now: now() });

  const socket = io({ path: here('/socket.io/'), reconnectionDelayMax: 10_000 });
  socket.on('connect', authorize);

  function authorize() {
    const who = { client: 'web', history: 48, status: true, ...socketCredentials() };
    socket.timeout(30_000).emit('authorize', who, (error, rights) => {
      if (error) {
        // no answer in time; when the connection broke instead, it comes back by itself
        if (socket.connected) socket.disconnect().connect();
      } else if (rights.retryAfter) setTimeout(authorize, rights.retryAfter * 1000);
      else if (!rights.read) say('What you signed in with may not read glucose.');
    });
  }

  socket.on('dataUpdate', (packet) => {
    data = applyUpdate(data, packet, now());
    link = 'live';
    say('');
    changed();
    void readProperties();
  });
  socket.on('disconnect', (reason) => {
    lost();
    // the server ended it: it restarts, or no longer accepts us
    if (reason === 'io server disconnect') void comeBack();
  });
  socket.on('connect_error', lost);

  function lost() {
    link = 'lost';
    say('No connection to the server. Values do not update.');
    changed();
  }

  async function comeBack() {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    status = await enter(() => api('/api/v1/status.json'));
    ahead = status.serverTimeEpoch - Date.now();
    socket.connect();
  }

  let reading = false;
  let again = false;
  async function readProperties() {
    again = reading;
    if (reading) return;
    reading = true;
    do {
      again = false;
      // without the right to read treatments there are none, and the value alone is shown
      properties = await api('/api/v2/properties/delta,iob,cob').catch(() => ({}));
      changed();
    } while (again);
    reading = false;
  }

  setInterval(changed, 10_000);
  setInterval(readProperties, 60_000);
  document.addEventListener('visibilitychange', changed);
  changed();
}
