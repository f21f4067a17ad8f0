import { byId, el, table } from './dom.js';
import { ago } from './format.js';
import { api, withSignIn } from './session.js';
import { duration } from './uploads.js';

const when = (ms) => new Date(ms).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const number = (value) => value.toLocaleString('en-GB');
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

function size(bytes) {
  let unit = 0;
  let value = bytes;
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1000;
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** Fills a list of facts; those that are not known are left out. */
function facts(place, pairs) {
  place.replaceChildren(
    ...pairs.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [el('dt', {}, name), el('dd', {}, value)]))
  );
}

let shown = '';
let settings = [];

/**
 * Shows what the server says of itself.
 * @param notices of `/adminnotifies`
 * @param refresh asks again
 */
export function showStatus(status, notices, refresh) {
  settings = status.settings;
  showNotices(notices);
  showRisks(status);
  showServer(status);
  showStorage(status.storage);
  showBackups(status, refresh);
  showDeliveries(status.deliveries);
  showSettings();
}

/** Notes are HTML with links in the protocol; here they are texts. */
const textOf = (html) => new DOMParser().parseFromString(html, 'text/html').body.textContent;

function showNotices(notices) {
  byId('notices').replaceChildren(
    notices.length === 0
      ? el('p', {}, 'There are no notices.')
      : el(
          'ul',
          { class: 'sources' },
          ...notices
            .toSorted((a, b) => b.lastRecorded - a.lastRecorded)
            .map(({ title, message, count, lastRecorded }) =>
              el(
                'li',
                {},
                el('b', {}, title),
                `: ${textOf(message)}`,
                el('span', { class: 'quiet detail' }, `${when(lastRecorded)}${count > 1 ? `, ${count} times` : ''}`)
              )
            )
        )
  );
}

function showRisks({ risks, warnings }) {
  byId('risks').replaceChildren(
    el('h3', {}, 'Risks of the present settings'),
    risks === undefined
      ? el('p', {}, 'They could not be looked at: the database does not answer.')
      : risks.length === 0
        ? el('p', {}, 'None were found.')
        : el(
            'ul',
            { class: 'sources' },
            ...risks.map(({ severity, risk, fix }) =>
              el(
                'li',
                {},
                el('b', { class: `severity ${severity}` }, severity),
                ` ${risk}`,
                el('span', { class: 'quiet detail' }, fix)
              )
            )
          ),
    ...(warnings.length > 0
      ? [el('h3', {}, 'Settings not understood'), el('ul', {}, ...warnings.map((one) => el('li', {}, one)))]
      : [])
  );
}

function showServer({ server, sockets, cluster }) {
  const connected = Object.entries(sockets).map(
    ([namespace, counts]) => `${Object.values(counts).reduce((a, b) => a + b, 0)} on ${namespace}`
  );
  facts(byId('about'), [
    ['Version', `${server.name} ${server.version}`],
    ['Speaks as Nightscout', server.speaksAs],
    ['Node.js', server.node],
    ['Running for', duration(server.uptimeMs)],
    ['Memory', size(server.memory)],
    ['Sockets', connected.join(', ') || 'none'],
    ['Processes', cluster && `${cluster.processes}, Redis ${cluster.connected ? 'connected' : 'away'}`]
  ]);
}

function showStorage({ kind, version, reachable, dataSize, indexSize, documents, disk, archive, journal }) {
  facts(byId('storage'), [
    ['Database', `${kind === 'sqlite' ? 'SQLite' : 'MongoDB'} ${version ?? ''}${reachable ? '' : ', not reachable'}`],
    ['Size', dataSize === undefined ? undefined : `${size(dataSize)} of documents, ${size(indexSize)} of indexes`],
    ['In the archive', archive?.documents ? `${number(archive.documents)} documents in ${size(archive.bytes)}` : undefined],
    [
      'Journal',
      journal && (journal.away ? `MongoDB is away: ${number(journal.waiting)} uploads wait` : 'MongoDB is there, nothing waits')
    ],
    ['Disk', disk && `${size(disk.free)} of ${size(disk.total)} free`],
    ...Object.entries(documents ?? {}).map(([name, count]) => [name, number(count)])
  ]);
}

function showBackups({ backups, now }, refresh) {
  const button = byId('back-up');
  button.hidden = backups === undefined;
  if (!backups) return facts(byId('backup-facts'), [['By the server', 'none']]);
  const { last, failure, nextAt, kept, everyMs, running } = backups;
  facts(byId('backup-facts'), [
    ['Now', running ? 'one is being made' : undefined],
    ['Last good one', last ? `${ago(Math.max(0, now - last.at))}: ${last.file}, ${size(last.bytes)}` : 'none yet'],
    ['Next', nextAt === undefined ? 'none: BACKUP_EVERY is off' : when(nextAt)],
    ['Every', everyMs && duration(everyMs)],
    ['Kept', number(kept)],
    ['Last failure', failure && `${when(failure.at)}: ${failure.reason}`]
  ]);
  button.disabled = running;
  button.onclick = () => void backUp(button, refresh);
}

async function backUp(button, refresh) {
  const told = byId('backup-told');
  button.disabled = true;
  try {
    await withSignIn(() => api('/api/v2/admin/backup', { method: 'POST' }));
    told.textContent = 'It has begun; this goes on by itself.';
  } catch (error) {
    told.textContent = `${error.message}.`.replace('..', '.');
  }
  await refresh();
}

function showDeliveries(deliveries) {
  const rows = Object.entries(deliveries);
  byId('messages').hidden = rows.length === 0;
  if (rows.length === 0) return;
  byId('deliveries').replaceChildren(
    table(
      'Messages since the start',
      ['Service', 'Waiting', 'Delivered', 'Failed attempts', 'Refused', 'Dropped'],
      rows.map(([name, { queued, delivered, failures, refused, dropped }]) => [
        name,
        ...[queued, delivered, failures, refused, dropped].map(String)
      ]),
      { stacked: true }
    )
  );
}

function showSettings() {
  const all = byId('all-settings').checked;
  const key = JSON.stringify([settings, all]);
  if (key === shown) return;
  shown = key;
  const rows = settings.filter(({ given }) => given || all);
  byId('setting-list').replaceChildren(
    rows.length === 0
      ? el('p', {}, 'None is set: everything has its default.')
      : table(
          'All settings shown',
          ['Name', 'Value', 'Default', 'What it does'],
          rows.map(({ name, given, secret, value, default: fallback, about }) => [
            el('code', {}, name),
            !given ? 'not set' : secret || value === undefined ? 'set, not shown' : value,
            fallback,
            about
          ]),
          { titled: true, stacked: true }
        )
  );
}

byId('all-settings').addEventListener('change', showSettings);
