import { createChange } from './change.js';
import { api } from './session.js';

export const AUTH = '/api/v2/authorization';
export const WHY = 'Only with the API secret, or a token with role admin.';

/** Subjects and roles. @throws {ApiError} */
export async function readAccess() {
  const [subjects, roles] = await Promise.all([api(`${AUTH}/subjects`), api(`${AUTH}/roles`)]);
  return { subjects, roles };
}

const showers = [];

/** Registers who shows subjects or roles. */
export const onAccess = (show) => void showers.push(show);

/** Has both shown as they are now. */
export function showAccess(access) {
  for (const show of showers) show(access);
}

/** Changes of subjects or roles. @param told id of the place for the sentences */
export const accessChange = (told) => createChange({ read: readAccess, show: showAccess, why: WHY, told });
