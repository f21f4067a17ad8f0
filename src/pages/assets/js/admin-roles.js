import { AUTH, accessChange, onAccess } from './admin-access.js';
import { byId, el, table } from './dom.js';
import { api } from './session.js';

const ROLES = `${AUTH}/roles`;
const listed = (value) => (Array.isArray(value) ? value.join(' ') : String(value ?? ''));
const form = byId('role');
/** The role that is being changed; undefined: a new one. */
let editing;

// those of this site can be changed, the built-in ones not
onAccess(({ roles }) => {
  byId('role-list').replaceChildren(
    table(
      'All roles',
      ['Name', 'Permissions', ''],
      roles.map((role) => [role.name, listed(role.permissions), role._id ? buttons(role) : 'built in']),
      { titled: true, stacked: true }
    )
  );
});

function buttons(role) {
  return el(
    'span',
    { class: 'token' },
    el('button', { type: 'button', class: 'plain', 'aria-label': `Change ${role.name}`, onclick: () => edit(role) }, 'Change'),
    el('button', { type: 'button', class: 'plain', 'aria-label': `Delete ${role.name}`, onclick: () => drop(role) }, 'Delete')
  );
}

function edit(role) {
  editing = role;
  byId('role-title').textContent = `Change ${role.name}`;
  form.elements.name.value = role.name;
  form.elements.permissions.value = listed(role.permissions);
  form.elements.permissions.focus();
}

form.addEventListener('reset', () => {
  editing = undefined;
  byId('role-title').textContent = 'Add a role';
});

const change = accessChange('role-told');

async function drop({ _id, name }) {
  if (!confirm(`Delete the role ${name}? Tokens that have it may do so much less at once.`)) return;
  await change(() => api(`${ROLES}/${encodeURIComponent(_id)}`, { method: 'DELETE' }), `The role ${name} is deleted.`);
  form.reset();
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const name = form.elements.name.value.trim();
  const permissions = form.elements.permissions.value.split(/[\s,;]+/).filter(Boolean);
  const button = form.querySelector('button');
  button.disabled = true;
  const role = editing;
  await change(async () => {
    await api(ROLES, { method: role ? 'PUT' : 'POST', body: { ...role, name, permissions } });
    form.reset();
  }, `The role ${name} is saved, and holds at once.`);
  button.disabled = false;
});

byId('permissions').addEventListener('toggle', async ({ target }) => {
  const place = target.querySelector('.names');
  if (!target.open || place.hasChildNodes()) return;
  const names = await api(`${AUTH}/permissions`).catch(() => []);
  place.replaceChildren(...names.flatMap((name) => [el('code', {}, name), ' ']));
});
