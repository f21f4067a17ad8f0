import './admin-roles.js';
import './admin-tokens.js';
import { readAccess, showAccess, WHY } from './admin-access.js';
import { showStatus } from './admin-status.js';
import { mountConnect } from './connect.js';
import { byId } from './dom.js';
import { api, enter } from './session.js';
import { mountUploads } from './uploads.js';

const STATUS_EVERY_MS = 15_000;

showAccess(await enter(readAccess, WHY));
byId('admin').hidden = false;
mountUploads(byId('uploads').querySelector('.mount'));
void mountConnect(byId('connect'));
// what the address names was not there yet
if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView();

async function refresh() {
  if (document.visibilityState !== 'visible') return;
  const [status, notices] = await Promise.all([enter(() => api('/api/v2/admin/status'), WHY), api('/api/v1/adminnotifies')]);
  showStatus(status, notices.message.notifies, refresh);
}
await refresh();
setInterval(() => void refresh().catch(() => undefined), STATUS_EVERY_MS);
