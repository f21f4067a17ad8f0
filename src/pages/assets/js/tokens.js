import { api } from './session.js';

const AUTH = '/api/v2/authorization';

/**
 * What an app that sends must be allowed: every document, the question whether its secret is right (Loop, xDrip4iOS), and to
 * silence alarms.
 */
const UPLOADER = { name: 'uploader', permissions: ['api:*:*', 'authorization:debug:test', 'notifications:*:ack'] };

/**
 * Makes a token for an app, and the role it needs where there is none of that name.
 * @param role `uploader` or a built-in one
 * @returns the token. @throws {ApiError}
 */
export async function makeToken(app, role) {
  const [subjects, roles] = await Promise.all([api(`${AUTH}/subjects`), api(`${AUTH}/roles`)]);
  if (role === UPLOADER.name && !roles.some(({ name }) => name === role))
    await api(`${AUTH}/roles`, { method: 'POST', body: { ...UPLOADER, notes: 'For apps that send data.' } });
  const taken = new Set(subjects.map(({ name }) => name));
  let name = app;
  for (let n = 2; taken.has(name); n += 1) name = `${app} ${n}`;
  const { _id } = await api(`${AUTH}/subjects`, { method: 'POST', body: { name, roles: [role] } });
  const made = (await api(`${AUTH}/subjects`)).find((subject) => subject._id === _id);
  return { name, token: made.accessToken };
}
