import { drawChart } from './chart.js';
import { byId } from './dom.js';
import { follow } from './feed.js';
import { currentReading } from './now.js';
import { here, siteAddress } from './site.js';
import { treatmentItems } from './treatments.js';

let last;
let announced;

/** Everything the glance page shows, from the state as it is now. */
function show(state) {
  last = state;
  const { data, status, properties, link, now } = state;
  const { settings } = status;
  const reading = currentReading(state);
  const title = settings.customTitle === 'Nightscout' ? 'Vigil' : settings.customTitle;
  const isFirstRun = data.loaded && data.sgvs.length === 0 && data.treatments.length === 0;

  byId('site').textContent = title;
  document.title = reading.state === 'fresh' ? `${reading.text} ${reading.arrow} · ${title}` : `${reading.since} · ${title}`;
  byId('glance').hidden = !data.loaded || isFirstRun;
  byId('connect').hidden = !isFirstRun;
  byId('loading').hidden = data.loaded;
  byId('hero').className = `card hero ${reading.state} ${reading.range}${link === 'live' ? '' : ' lost'}`;
  byId('value').textContent = reading.text;
  byId('arrow').textContent = reading.arrow;
  byId('unit').textContent = reading.unit;
  byId('delta').textContent = reading.delta;
  byId('since').textContent = reading.since;
  announce(reading);
  pill('iob', properties.iob?.display, 'U');
  pill('cob', properties.cob?.display, 'g');

  const items = treatmentItems(data.treatments, { now, timeFormat: settings.timeFormat });
  byId('treatments').replaceChildren(...items);
  byId('no-treatments').hidden = items.length > 0;
  draw();
}

/** Spoken once per reading and once when it grows old, not at every tick of the clock. */
function announce({ sgv, state, sentence }) {
  const key = `${sgv?.mills} ${sgv?.mgdl} ${state}`;
  if (key === announced) return;
  announced = key;
  byId('spoken').textContent = sentence;
}

function pill(id, display, unit) {
  const known = display !== undefined && display !== null;
  byId(id).textContent = known ? `${display} ${unit}` : '';
  byId(`${id}-box`).hidden = !known;
}

function draw() {
  const { data, status, now } = last;
  const place = byId('chart');
  const width = Math.floor(place.clientWidth);
  if (width === 0) return;
  const hours = Number(document.querySelector('input[name=hours]:checked').value);
  const height = Math.max(170, Math.min(320, Math.round(width * 0.42)));
  place.replaceChildren(drawChart(data.sgvs, { settings: status.settings, now, hours, width, height }));
}

let drawn = 0;
new ResizeObserver(([{ contentRect }]) => {
  // drawing changes the height only
  if (last && contentRect.width !== drawn) draw();
  drawn = contentRect.width;
}).observe(byId('chart'));
for (const choice of document.querySelectorAll('input[name=hours]')) choice.addEventListener('change', () => last && draw());

for (const place of document.querySelectorAll('[data-url]')) {
  place.textContent = place.dataset.url.replace('SITE', siteAddress).replace(/^https:/, location.protocol);
}
if ('serviceWorker' in navigator) navigator.serviceWorker.register(here('/sw.js')).catch(() => undefined);
void follow(show);
