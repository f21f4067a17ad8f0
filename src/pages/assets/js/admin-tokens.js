import { AUTH, accessChange, onAccess } from './admin-access.js';
import { copyButton } from './copyable.js';
import { byId, el, table } from './dom.js';
import { api } from './session.js';
import { siteAddress } from './site.js';

const day = (iso) => (iso ? new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' }) : '');
const listed = (value) => (Array.isArray(value) ? value.join(', ') : String(value ?? ''));

onAccess(({ subjects, roles }) => {
  byId('no-subjects').hidden = subjects.length > 0;
  byId('subjects').replaceChildren(
    subjects.length === 0
      ? ''
      : table(
          'People and devices with a token',
          ['Name', 'Roles', 'Token', 'Last used', 'Ends', ''],
          subjects.map((subject) => [
            subject.name,
            listed(subject.roles),
            tokenCell(subject),
            day(subject.lastUsed),
            endOf(subject),
            el(
              'button',
              {
                type: 'button',
                class: 'plain',
                'aria-label': `Revoke the token of ${subject.name}`,
                onclick: () => drop(subject)
              },
              'Revoke'
            )
          ]),
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
});

const endOf = ({ expires }) => (expires && Date.parse(expires) <= Date.now() ? `${day(expires)}: over` : day(expires));

function tokenCell({ name, accessToken }) {
  const link = `${location.protocol}//${siteAddress}/?token=${accessToken}`;
  return el(
    'span',
    { class: 'token' },
    el('code', {}, accessToken),
    copyButton(accessToken, `the token of ${name}`),
    copyButton(link, `a link for ${name}`, 'Copy link')
  );
}

const change = accessChange('told');

async function drop({ _id, name }) {
  if (!confirm(`Revoke the token of ${name}? Whoever uses it is shut out at once.`)) return;
  await change(
    () => api(`${AUTH}/subjects/${encodeURIComponent(_id)}`, { method: 'DELETE' }),
    `The token of ${name} is revoked.`
  );
}

byId('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const { name: field, notes, expires } = form.elements;
  const name = field.value.trim();
  const roles = [...form.querySelectorAll('input[name=role]:checked')].map(({ value }) => value);
  byId('told').textContent = roles.length === 0 ? 'Choose at least one role.' : '';
  if (roles.length === 0) return;
  const button = form.querySelector('button');
  button.disabled = true;
  await change(async () => {
    // to the end of that day, here
    const ends = expires.value && new Date(`${expires.value}T23:59:59`).toISOString();
    const body = { name, roles, notes: notes.value.trim(), ...(ends && { expires: ends }) };
    await api(`${AUTH}/subjects`, { method: 'POST', body });
    form.reset();
  }, `${name} is added; the token stands in the table.`);
  button.disabled = false;
});
