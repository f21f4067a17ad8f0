import { byId } from './dom.js';
import { follow } from './feed.js';
import { clock } from './format.js';
import { currentReading } from './now.js';
import { pagePath } from './site.js';

const FACES = ['clock', 'clock-color', 'bgclock'];
const asked = decodeURIComponent(pagePath().split('/')[2] ?? '');
const face = FACES.includes(asked) ? asked : 'clock';

let announced;

/** The value to be read from across the room; `bgclock` shows the time as large, `clock-color` fills the screen with the range. */
function show(state) {
  const { settings } = state.status;
  const reading = currentReading(state);
  document.body.className = `clock ${face} ${reading.state} ${reading.range}${state.link === 'live' ? '' : ' lost'}`;
  document.title = reading.state === 'fresh' ? `${reading.text} ${reading.arrow}` : reading.since;
  byId('value').textContent = state.data.loaded ? reading.text : '…';
  byId('arrow').textContent = reading.arrow;
  byId('delta').textContent = `${reading.delta} ${reading.unit}`;
  byId('since').textContent = state.data.loaded ? reading.since : 'Connecting …';
  byId('time').textContent = clock(state.now, settings.timeFormat);
  byId('time').hidden = face !== 'bgclock';
  const key = `${reading.sgv?.mills} ${reading.sgv?.mgdl} ${reading.state}`;
  if (state.data.loaded && key !== announced) {
    announced = key;
    byId('spoken').textContent = reading.sentence;
  }
}

void follow(show);
