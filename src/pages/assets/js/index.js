import { showAlarms, sounding } from './alarm-banner.js';
import { drawChart } from './chart.js';
import { curveWords } from './chart-predictions.js';
import { chartTable } from './chart-table.js';
import { byId } from './dom.js';
import { follow } from './feed.js';
import { inForce } from './in-force.js';
import { createInspector } from './inspect.js';
import { currentReading } from './now.js';
import { devices, looping, onBoard, pillItems } from './pills.js';
import { api } from './session.js';
import { here } from './site.js';
import { treatmentItems } from './treatments.js';

const PROPERTIES = ['delta', 'iob', 'cob', 'basal', 'loop', 'openaps', 'pump', 'upbat', 'sage', 'cage', 'iage', 'bage'];

let last;
let announced;
/** The newest reading of any age, once it was looked for: `[]` when there has never been one. */
let earlier;
const inspect = createInspector({ chart: byId('chart'), slider: byId('slider'), output: byId('inspected') });

/** Everything the glance page shows, from the state as it is now. */
function show(given) {
  const isEmpty = given.data.loaded && given.data.sgvs.length === 0;
  // a sensor may have been off for days: that is no first run
  if (isEmpty && earlier === undefined) void findEarlier();
  const state = isEmpty && earlier?.length ? { ...given, data: { ...given.data, sgvs: earlier } } : given;
  last = state;
  const { data, status, link, alarms, now } = state;
  const { settings } = status;
  const reading = currentReading(state);
  const title = settings.customTitle === 'Nightscout' ? 'Vigil' : settings.customTitle;
  const isKnown = data.loaded && (!isEmpty || earlier !== undefined);
  const isFirstRun = isKnown && data.sgvs.length === 0 && data.treatments.length === 0;

  byId('site').textContent = title;
  const warning = sounding(alarms, now).some(({ level }) => level > 0) ? '⚠ ' : '';
  document.title = `${warning}${reading.state === 'fresh' ? `${reading.text} ${reading.arrow}` : reading.since} · ${title}`;
  byId('glance').hidden = !isKnown || isFirstRun;
  byId('connect').hidden = !isFirstRun;
  byId('loading').hidden = isKnown;
  byId('hero').className = `card hero ${reading.state} ${reading.range}${link === 'live' ? '' : ' lost'}`;
  byId('value').textContent = reading.text;
  byId('arrow').textContent = reading.arrow;
  byId('unit').textContent = reading.unit;
  byId('delta').textContent = reading.delta;
  byId('since').textContent = reading.since;
  announce(reading);
  showAlarms(state);
  pills('board', [...onBoard(state), ...looping(state)]);
  pills('devices', [...devices(state), ...inForce(state)]);
  byId('devices-card').hidden = byId('devices').childElementCount === 0;
  list(state);
  draw();
}

async function findEarlier() {
  earlier = [];
  const query = new URLSearchParams({ count: '1', 'find[date][$gt]': '0' });
  const found = await api(`/api/v1/entries/sgv.json?${query}`).catch(() => []);
  earlier = found.map(({ date, sgv, direction }) => ({ mills: date, mgdl: Number(sgv), direction }));
  if (last) show(last);
}

/** Spoken once per reading and once when it grows old, not at every tick of the clock. */
function announce({ sgv, state, sentence }) {
  const key = `${sgv?.mills} ${sgv?.mgdl} ${state}`;
  if (key === announced) return;
  announced = key;
  byId('spoken').textContent = sentence;
}

/** Builds what changed only: whoever reads it by ear is not sent back to its beginning. */
function rebuilt(id, key, build) {
  const place = byId(id);
  if (place.shownKey === key) return;
  place.shownKey = key;
  place.replaceChildren(...build());
}

const pills = (id, wanted) => rebuilt(id, JSON.stringify(wanted), () => pillItems(wanted));

function list({ data, now, status: { settings } }) {
  const minute = Math.floor(now / 60_000);
  rebuilt('treatments', `${data.version} ${minute}`, () =>
    treatmentItems(data.treatments, { now, timeFormat: settings.timeFormat })
  );
  byId('no-treatments').hidden = byId('treatments').childElementCount > 0;
}

const hoursShown = () => Number(document.querySelector('input[name=hours]:checked').value);

let drawnKey;
let predicted;
let predictedVersion = 0;
function draw() {
  const { data, now, predictions } = last;
  const place = byId('chart');
  const width = Math.floor(place.clientWidth);
  if (width === 0 || !data.loaded) return;
  if (predictions !== predicted) predictedVersion += 1;
  predicted = predictions;
  const hours = hoursShown();
  const key = [data.version, predictedVersion, Math.floor(now / 60_000), width, hours].join();
  if (key === drawnKey) return;
  drawnKey = key;
  const height = Math.max(250, Math.min(400, Math.round(width * 0.5)));
  const drawn = drawChart(last, { hours, width, height });
  place.replaceChildren(drawn.node);
  inspect(drawn, last);
  legend(drawn.curves);
  showTable();
  mark(predictions === undefined ? 'chart' : 'chart-complete');
}

/** When a person saw it first, for the budget that the tests hold. */
function mark(name) {
  if (performance.getEntriesByName(name).length > 0) return;
  requestAnimationFrame(() => setTimeout(() => performance.mark(name)));
}

function legend(curves) {
  const kinds = [...new Set(curves.map(({ label }) => curveWords(label)))];
  byId('expected').textContent =
    kinds.length === 0 ? '' : `Dotted, after now: what the loop expects${kinds.length > 1 ? ` – ${kinds.join(', ')}` : ''}.`;
}

function showTable() {
  const place = byId('values');
  if (!byId('values-box').open) return;
  rebuilt('values', `${last.data.version} ${hoursShown()}`, () => [chartTable(last, hoursShown())]);
  place.hidden = false;
}

let width = 0;
new ResizeObserver(([{ contentRect }]) => {
  // drawing changes the height only
  if (last && contentRect.width !== width) draw();
  width = contentRect.width;
}).observe(byId('chart'));
for (const choice of document.querySelectorAll('input[name=hours]')) choice.addEventListener('change', () => last && draw());
byId('values-box').addEventListener('toggle', () => last && showTable());

if ('serviceWorker' in navigator) navigator.serviceWorker.register(here('/sw.js')).catch(() => undefined);
void follow(show, { properties: PROPERTIES, all: true });
