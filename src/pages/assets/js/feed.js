import { io } from '../../socket.io/socket.io.esm.min.js';
import { applyUpdate, nothing } from './data.js';
import { createReader } from './reader.js';
import { api, enter, say, socketCredentials } from './session.js';
import { here } from './site.js';

/** Words of the root namespace at which the alarms are asked for again; the events alone would miss what happened meanwhile. */
const ALARM_EVENTS = ['alarm', 'urgent_alarm', 'announcement', 'clear_alarm'];
/** From a change of the data to the alarms it makes, with some room, ms. */
const ALARMS_MS = 1000;
/** What is known before the server was asked. */
const NO_ALARMS = { alarms: [], at: null, mayAck: false };

/**
 * The live data of this site: signs in, connects, keeps it current, and comes back after any interruption.
 * @param onChange called with `{ data, status, properties, predictions, alarms, link, now, readAlarms }` after changes and every ten
 *   seconds, since readings grow old; `predictions` is undefined until they were asked for
 * @param options.properties names at `/api/v2/properties`
 * @param options.all whether predictions and alarms are wanted, too
 */
export async function follow(onChange, { properties: names = ['delta'], all = false } = {}) {
  let status;
  let ahead = 0;
  let data = nothing();
  let properties = {};
  let predictions;
  let alarms = NO_ALARMS;
  let link = 'connecting';
  let isTelling = false;
  const now = () => Date.now() + ahead;
  // several answers that come at once are shown at once
  const changed = () => {
    if (isTelling) return;
    isTelling = true;
    setTimeout(() => {
      isTelling = false;
      if (status) onChange({ data, status, properties, predictions, alarms, link, now: now(), readAlarms });
    });
  };
  /** The age of a reading is a matter of the server's clock; the one of this device may be wrong, and may be set right meanwhile. */
  const setClock = (epoch) => {
    ahead = epoch - Date.now();
  };

  // without the rights to read treatments or device statuses there are none, and the value alone is shown
  const readProperties = createReader(`/api/v2/properties/${names}`, (answer) => {
    properties = answer ?? {};
    changed();
  });
  const readPredictions = createReader('/api/v2/predictions', (answer) => {
    predictions = answer?.predictions ?? [];
    changed();
  });
  const readAlarms = createReader('/api/v2/alarms', (answer) => {
    if (answer) setClock(answer.now);
    alarms = answer ?? NO_ALARMS;
    changed();
  });
  const readAll = () => Promise.all(all ? [readProperties(), readPredictions(), readAlarms()] : [readProperties()]);

  const socket = io({ path: here('/socket.io/'), reconnectionDelayMax: 10_000 });
  socket.on('connect', authorize);

  function authorize() {
    if (!status) return;
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
    const isFirst = !data.loaded;
    data = applyUpdate(data, packet, now());
    const isBack = link !== 'live';
    link = 'live';
    say('');
    changed();
    void readProperties();
    if (all && !isFirst && (isBack || packet.devicestatus)) void readPredictions();
    if (all && !isFirst && isBack) void readAlarms();
    // no event tells that the cause of a silenced alarm has gone; the server looks at it within a moment of the change
    else if (alarms.alarms.length > 0) setTimeout(readAlarms, ALARMS_MS);
  });
  if (all) for (const event of ALARM_EVENTS) socket.on(event, readAlarms);
  socket.on('disconnect', (reason) => {
    lost();
    // the server ended it: it restarts, or no longer accepts us
    if (reason === 'io server disconnect' && status) void comeBack();
  });
  socket.on('connect_error', lost);

  function lost() {
    link = 'lost';
    if (!status) return;
    say('No connection to the server. Values do not update.');
    changed();
  }

  async function comeBack() {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await readStatus();
    socket.connect();
  }

  async function readStatus() {
    const answer = await enter(() => api('/api/v1/status.json'));
    setClock(answer.serverTimeEpoch);
    status = answer;
  }

  await readStatus();
  if (socket.connected) authorize();
  else if (!socket.active) socket.connect();
  void readAll();
  setInterval(changed, 10_000);
  setInterval(readAll, 60_000);
  document.addEventListener('visibilitychange', () => {
    changed();
    // a phone that slept has missed more than its timers
    if (!document.hidden) void readAll();
  });
  changed();
}
