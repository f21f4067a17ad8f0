import { byId } from './dom.js';
import { siteAddress } from './site.js';

// Parts of the start page that most visits need nothing of: they come when they are looked at.

const connect = byId('connect');
const uploads = byId('uploads');
const details = uploads.querySelector('details');
const mount = uploads.querySelector('.mount');
let connecting;
let watching;

/** Somebody new: both are what the page is about. */
function firstRun() {
  if (connect.hidden || connecting) return;
  connecting = import('./connect.js').then(({ mountConnect }) => mountConnect(connect));
  details.open = true;
}

details.addEventListener('toggle', async () => {
  if (!details.open) return;
  const isFirst = watching === undefined;
  watching ??= import('./uploads.js').then(({ mountUploads }) => mountUploads(mount, () => details.open));
  const refresh = await watching;
  if (!isFirst) void refresh();
});
connect.querySelector('.address').textContent = `${location.protocol}//${siteAddress}`;
new MutationObserver(firstRun).observe(connect, { attributes: true, attributeFilter: ['hidden'] });
firstRun();
