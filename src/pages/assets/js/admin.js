import { createChange } from './change.js';
import { copyText } from './copy.js';
import { byId, el, table } from './dom.js';
import { ApiError, api, enter } from './session.js';

const AUTH = '/api/v2/authorization';
const WHY = 'Only with the API secret, or a token with role admin.';

const day = (iso) => (iso ? new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }) : '');
const listed = (value) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));

async function read() {
  const [subjects, roles] = await Promise.all([api(`${AUTH}/subjects`), api(`${AUTH}/roles`)]);
  return { subjects, roles };
}

function show({ subjects, roles }) {
  byId('admin').hidden = false;
  byId('no-subjects').hidden = subjects.length > 0;
  byId('subjects').replaceChildren(
    subjects.length === 0
      ? ''
      : table(
          'People and devices with a token',
          ['Name', 'Roles', 'Token', 'Last used', ''],
          subjects.map((subject) => [
            subject.name,
            listed(subject.roles),
            tokenCell(subject),
            day(subject.lastUsed),
            el(
              'button',
              { type: 'button', class: 'plain', 'aria-label': `Delete ${subject.name}`, onclick: () => drop(subject) },
              'Delete'
            )
          ]),
          { titled: true, stacked: true }
        )
  );
  byId('roles').replaceChildren(
    table(
      'Roles',
      ['Name', 'Permissions'],
      roles.map(({ name, permissions }) => [name, listed(permissions)]),
      { titled: true, stacked: true }
    )
  );
  const chosen = new Set([...document.querySelectorAll('input[name=role]:checked')].map(({ value }) => value));
  byId('role-choices').replaceChildren(
    ...roles.map(({ name }) =>
      el(
        'label',
        { class: 'check' },
        el('input', { type: 'checkbox', name: 'role', value: name, checked: chosen.has(name) }),
        name
      )
    )
  );
}

function tokenCell({ name, accessToken }) {
  const copy = async (event) => {
    const worked = await copyText(accessToken);
    event.target.textContent = worked ? 'Copied' : 'Select and copy by hand';
    setTimeout(() => {
      event.target.textContent = 'Copy';
    }, 3000);
  };
  return el(
    'span',
    { class: 'token' },
    el('code', {}, accessToken),
    el('button', { type: 'button', 'aria-label': `Copy the token of ${name}`, onclick: copy }, 'Copy')
  );
}

const change = createChange({ read, show, why: WHY });

async function drop({ _id, name }) {
  if (!confirm(`Delete ${name}? Whoever uses this token is shut out at once.`)) return;
  await change(() => api(`${AUTH}/subjects/${encodeURIComponent(_id)}`, { method: 'DELETE' }), `${name} is deleted.`);
}

byId('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const name = form.elements.name.value.trim();
  const roles = [...form.querySelectorAll('input[name=role]:checked')].map(({ value }) => value);
  byId('told').textContent = roles.length === 0 ? 'Choose at least one role.' : '';
  if (roles.length === 0) return;
  const button = form.querySelector('button');
  button.disabled = true;
  await change(async () => {
    await api(`${AUTH}/subjects`, { method: 'POST', body: { name, roles, notes: form.elements.notes.value.trim() } });
    form.reset();
  }, `${name} is added; the token stands in the table.`);
  button.disabled = false;
});

async function showSize() {
  const { dbsize } = await api('/api/v2/properties/dbsize').catch((error) => {
    if (error instanceof ApiError) return {};
    throw error;
  });
  byId('size').textContent = dbsize?.details ? `${dbsize.details.dataSize} MiB of data and indexes.` : 'Not known.';
}

show(await enter(read, WHY));
await showSize();
